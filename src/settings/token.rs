//! The token that counts, of those that are set.

use chrono::{DateTime, Utc};

use super::lookup::Settings;
use super::origin::Origin;
use super::table::{ACCESS_TOKEN, ACCOUNT_ID, CLIENT_ID, TOKEN_EXPIRES_AT};
use crate::error::Error;
use crate::token::{Claims, Found, TokenState};

/// The token at hand.
#[derive(Debug, Clone)]
pub struct Held {
    /// Its state.
    pub state: TokenState,
    /// Where it was found, if anywhere.
    pub origin: Option<Origin>,
}

impl Settings {
    /// The token of `.env`, or of the environment where that one lives longer.
    ///
    /// The environment does not simply win, as it does elsewhere: Claude Desktop hands its servers the one of the
    /// time it was started. `ahead` is as in [`TokenState::of`].
    ///
    /// # Errors
    ///
    /// [`Error::Setting`] when the variable of the environment is not UTF-8.
    pub fn token(&self, now: DateTime<Utc>, ahead: impl Fn() -> i64) -> Result<Held, Error> {
        let in_file = self.snapshot.get(ACCESS_TOKEN);
        let file_recorded = self.snapshot.get(TOKEN_EXPIRES_AT).and_then(|entry| time(&entry.value));
        let filed = in_file.map(|entry| Found { text: &entry.value, recorded: file_recorded });
        let of_file = Held {
            state: TokenState::of(filed.as_ref(), now, &ahead),
            origin: in_file.map(|entry| self.place_in_file(entry.line)),
        };
        let Some(text) = self.environment.get(ACCESS_TOKEN)? else { return Ok(of_file) };
        if in_file.is_some_and(|entry| *entry.value == text) {
            return Ok(of_file);
        }
        let recorded = self.environment.get(TOKEN_EXPIRES_AT)?.and_then(time);
        let of_environment = TokenState::of(Some(&Found { text, recorded }), now, &ahead);
        let better = of_file.state.clone().or_longer(of_environment);
        Ok(if better == of_file.state {
            of_file
        } else {
            Held { state: better, origin: Some(Origin::Environment) }
        })
    }

    /// Warnings, as sentences, if a token was not issued for the configured account or client.
    ///
    /// # Errors
    ///
    /// [`Error::Setting`] when a variable of the environment is not UTF-8.
    pub fn foreign(&self, claims: &Claims) -> Result<Vec<String>, Error> {
        let mut warnings = Vec::new();
        for (name, claimed, what) in [
            (ACCOUNT_ID, claims.account_id.as_ref(), "another account"),
            (CLIENT_ID, claims.client_id.as_ref(), "another app"),
        ] {
            if let (Some(value), Some(claimed)) = (self.value(name)?, claimed)
                && value.text.trim() != claimed
            {
                warnings.push(format!("the token was issued for {what} than {name} ({})", value.origin));
            }
        }
        Ok(warnings)
    }
}

fn time(text: &str) -> Option<DateTime<Utc>> {
    DateTime::parse_from_rfc3339(text).ok().map(|time| time.with_timezone(&Utc))
}
