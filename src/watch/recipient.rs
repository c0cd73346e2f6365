//! The recipient of each new token, beside the `.env`.

use crate::error::{Diagnostic, Error};
use crate::event::Event;
use crate::token::Token;

/// Hears what happens; an error of it ends the watch.
pub(crate) type Report<'r> = &'r mut dyn FnMut(Event) -> Result<(), Error>;

/// A program that uses the token, or what stands in for it.
pub(crate) trait Recipient {
    /// Hands the token over, and reports what happens meanwhile.
    ///
    /// # Errors
    ///
    /// The program did not get it.
    fn hand_over(&self, token: &Token, report: Report<'_>) -> Result<(), Box<dyn Diagnostic>>;
}
