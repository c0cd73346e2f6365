//! A `.env` that is only read: its token is used while it lasts, and somebody else renews it.
//!
//! It is one where `--read-only` or `ZOOMTOK_READ_ONLY` says so, or that cannot be written, as a mounted secret.

use super::{Keeper, Look};
use crate::error::Error;

impl Keeper<'_> {
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
}
