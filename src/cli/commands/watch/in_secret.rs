//! The Secret of Kubernetes that a watch keeps current.

use chrono::{DateTime, Utc};

use crate::cli::args;
use crate::cli::commands::Context;
use crate::clock::{Clock as _, Shutdown, SystemClock};
use crate::error::Diagnostic;
use crate::event::Event;
use crate::kubernetes::{self, Kept, SecretName, Surroundings};
use crate::token::Token;
use crate::watch::Mirror;

pub(super) struct InSecret<'a> {
    secret: &'a SecretName,
    surroundings: Surroundings,
    clock: &'a SystemClock,
    stop: &'a Shutdown,
}

impl<'a> InSecret<'a> {
    /// The one that the flags name.
    pub(super) fn of(context: &'a Context, flags: &'a args::Watch) -> Option<Self> {
        let secret = flags.kubernetes_secret.as_ref()?;
        let surroundings = Surroundings::of_process(flags.service_account.as_deref());
        Some(Self { secret, surroundings, clock: &context.clock, stop: &context.stop })
    }
}

impl Mirror for InSecret<'_> {
    fn keep(&self, token: &Token, expires_at: DateTime<Utc>) -> Result<Option<Event>, Box<dyn Diagnostic>> {
        let now = self.clock.now();
        let kept = kubernetes::keep(&self.surroundings, self.secret, token, expires_at, now, self.stop);
        match kept {
            Ok((_, Kept::Already)) => Ok(None),
            Ok((secret, Kept::Written)) => Ok(Some(Event::SecretUpdated { secret })),
            Ok((secret, Kept::Newer)) => Ok(Some(Event::Warning {
                message: format!(
                    "the Secret {secret} holds another token, which ends later than this one: it was left"
                ),
            })),
            Err(error) => Err(Box::new(error)),
        }
    }
}
