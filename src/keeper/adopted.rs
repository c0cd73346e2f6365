//! A `.env` that is only read: its token is used while it lasts, and somebody else renews it.
//!
//! It is one where `--read-only` or `ZOOMTOK_READ_ONLY` says so, or that cannot be written, as a mounted secret.

use super::{Keeper, Look};
use crate::error::Error;
use crate::files::{Lock, is_replaceable, lock_path};

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
}
