//! A copy of the token that the watch keeps current somewhere else than in the `.env`.

use std::time::Duration;

use chrono::{DateTime, Utc};

use crate::error::Diagnostic;
use crate::event::Event;
use crate::token::Token;

/// Another place for the token.
pub(crate) trait Mirror {
    /// Makes sure that the token is there, and gives what is to be reported of that.
    ///
    /// # Errors
    ///
    /// It is not there.
    fn keep(&self, token: &Token, expires_at: DateTime<Utc>) -> Result<Option<Event>, Box<dyn Diagnostic>>;
}

/// The copy, as far as it is known.
#[derive(Default)]
pub(super) struct Mirrored<'a> {
    pub(super) mirror: Option<&'a dyn Mirror>,
    /// The token that was there, and when it was, by the clock that never jumps.
    pub(super) seen: Option<(Token, Duration)>,
    /// The last warning about it, which is not repeated.
    pub(super) warning: Option<String>,
}

impl<'a> Mirrored<'a> {
    /// Nothing so far.
    pub(super) fn of(mirror: Option<&'a dyn Mirror>) -> Self {
        Self { mirror, ..Self::default() }
    }
}
