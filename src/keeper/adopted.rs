//! A `.env` that is only read: its token is used while it lasts, and somebody else renews it.
//!
//! It is one where `--read-only` or `ZOOMTOK_READ_ONLY` says so, or that cannot be written, as a mounted secret.

use super::{How, Keeper, Kept, Look, Need};
use crate::error::Error;
use crate::files::{Lock, is_replaceable, lock_path};
use crate::settings::Settings;

impl Keeper<'_> {
    /// Why a new token could not be put into the `.env` of a look, where that is sure before anything is tried.
    pub fn adopted(&self, look: &Look) -> Option<Error> {
        let path = || look.file.path().to_owned();
        if look.read_only {
            return Some(Error::Adopted { path: path(), source: None });
        }
        if look.file.is_stream() {
            return Some(Error::Stream { path: path() });
        }
        let real = look.file.real();
        // Only a lock file that exists: whoever has no credentials leaves none behind.
        let held = if lock_path(real).exists() { Lock::try_acquire(real) } else { Ok(None) };
        let tried = held.and_then(|_lock| is_replaceable(real, 0));
        let error = tried.err().filter(Error::is_unwritable)?;
        Some(Error::Adopted { path: path(), source: Some(Box::new(error)) })
    }

    /// That the `.env` of a look is to be read only, or what is wrong with the setting that may say so.
    pub(super) fn refuse_to_write(&self, look: &Look) -> Error {
        let settings = Settings::new(self.environment, &look.file);
        let adopted = || Error::Adopted { path: look.file.path().to_owned(), source: None };
        settings.read_only().err().unwrap_or_else(adopted)
    }

    /// The token of a look where the `.env` could not be written, for this reason.
    pub(super) fn kept_without_writing(&self, look: &Look, need: &Need, error: Error) -> Result<Kept, Error> {
        if !error.is_unwritable() {
            return Err(error);
        }
        let kept = self.meets(look, need, look.held.state.token(), How::Kept)?;
        let adopted = || Error::Adopted { path: look.file.path().to_owned(), source: Some(Box::new(error)) };
        kept.ok_or_else(adopted)
    }
}
