//! The functions of a keeper for a watch, beside a token.

use std::path::PathBuf;

use super::remember::{app_of, believed};
use super::{Keeper, Look};
use crate::error::Error;
use crate::store::{ACCESS_TOKEN, Life, Memory, REFRESH_TOKEN, note_user, of_same_user};
use crate::token::Token;
use crate::zoom::Credentials;

impl Keeper<'_> {
    /// The memory beside the token of a look.
    pub fn memory(&self, look: &Look) -> Memory {
        self.store.memory(&look.snapshot)
    }

    /// Why a new token could not be put where that of a look is, where that is sure before anything is tried.
    pub fn adopted(&self, look: &Look) -> Option<Error> {
        let adopted = |source| Error::Adopted { path: look.env_file().path().to_owned(), source };
        if look.read_only {
            return Some(adopted(None));
        }
        self.store.refusal(&look.snapshot).or_else(|| {
            let error = self.store.probe(&look.snapshot).err().filter(Error::is_unwritable)?;
            Some(adopted(Some(Box::new(error))))
        })
    }

    /// Takes note of the user for whom a token was issued. Where that cannot be noted it costs a warning of another run.
    pub(super) fn note_user<Secret>(&self, look: &Look, credentials: &Credentials<Secret>, token: &Token) {
        if let Some(root) = self.store.state_root().filter(|_| credentials.grant.is_of_user()) {
            let _ = note_user(root, look.snapshot.identity(), token.expose());
        }
    }

    /// The other `.env`s whose grant is that of the same user and app, so that a login or a refresh of one ends the other.
    pub fn of_same_user(&self, look: &Look) -> Vec<PathBuf> {
        let is_of_user = look.snapshot.get(REFRESH_TOKEN).is_some();
        match (self.store.state_root(), look.snapshot.get(ACCESS_TOKEN)) {
            (Some(root), Some(token)) if is_of_user => {
                of_same_user(root, look.snapshot.identity(), &token.value)
            }
            _ => Vec::new(),
        }
    }

    /// How long a new token would live, in seconds, where one has not lived for as long as it was needed lately.
    pub fn short_life(&self, look: &Look) -> Option<i64> {
        let credentials = look.settings.credentials().ok()?;
        believed(&self.memory(look), &app_of(&credentials), look.now)
    }

    /// Remembers that tokens of the app of a look live no longer than this, in seconds. Without a turn at once it is not
    /// remembered; the process that has measured it knows it all the same.
    pub fn remember_short_life(&self, look: &Look, seconds: i64) {
        let Ok(credentials) = look.settings.credentials() else { return };
        let Ok(turn) = self.store.turn(&look.snapshot, self.clock, self.stop) else { return };
        let life = Some(Life { seconds, app: app_of(&credentials), measured_at: self.clock.now() });
        // A note that cannot be written is kept by this process.
        let _ = turn.remember(&Memory { life, ..turn.memory() });
    }

    /// The reason why this process cannot write down its memory beside the token of a look, if there is one.
    pub fn forgets(&self, look: &Look) -> Option<String> {
        self.store.forgets(&look.snapshot)
    }
}
