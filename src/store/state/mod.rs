//! The state of one home of tokens that zoomtok keeps outside of it: its memory, and tokens that could not be put in
//! their place.
//!
//! Anybody may read it. All of it is written by [`StateTurn`], under the lock of that `.env`. Losing it costs a request, but
//! for the recovery file.

mod file;
mod memory;
mod recovery;
mod root;
#[cfg(test)]
mod tests;
mod texts;
mod unwritten;

use std::fs::Metadata;
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde::de::DeserializeOwned;

pub(super) use self::file::{VERSION, Versioned};
use self::file::{read, remove, write};
pub use self::memory::{ClockDifference, GrantedTo, Life, Memory, RememberedFailure};
pub use self::recovery::Recovery;
pub use self::root::default_root;
pub(crate) use self::root::{no_place, root_where};
pub(super) use self::texts::Texts;
use super::identity::Identity;
use crate::error::{Diagnostic as _, Error};
use crate::files::{Lock, heir, heir_of_secrets, is_replaceable};

/// The directory that holds this for one home of tokens.
#[derive(Debug, Clone)]
pub struct StateDirectory {
    /// A name for it in this process.
    key: String,
    /// None where the system names no place for such files.
    path: Option<PathBuf>,
}

/// The same while the lock is held, which makes it the one that can be written.
pub(super) struct StateTurn<'a> {
    directory: &'a StateDirectory,
    _lock: &'a Lock,
}

impl StateDirectory {
    /// The directory below `root` for a home of tokens.
    pub fn of(root: Option<&Path>, identity: &Identity) -> Self {
        let name = identity.key();
        let key = format!("{}:{name}", root.unwrap_or(Path::new("")).display());
        Self { key, path: root.map(|root| root.join(name)) }
    }

    /// The right to write it, for the holder of the lock of its `.env`.
    pub(super) fn for_turn<'a>(&'a self, lock: &'a Lock) -> StateTurn<'a> {
        StateTurn { directory: self, _lock: lock }
    }

    /// Where the memory is kept.
    pub fn memory_path(&self) -> Option<PathBuf> {
        self.path.as_ref().map(|path| path.join("state.json"))
    }

    /// Where tokens wait that could not be put in their place.
    pub fn recovery_path(&self) -> Option<PathBuf> {
        self.path.as_ref().map(|path| path.join("recovery.json"))
    }

    /// Where the texts of a `.env` are while it is written where it is.
    pub fn rewrite_path(&self) -> Option<PathBuf> {
        self.path.as_ref().map(|path| path.join("rewrite.json"))
    }

    /// Where the part is kept that belongs to a store that many machines share.
    pub fn fleet_path(&self) -> Option<PathBuf> {
        self.path.as_ref().map(|path| path.join("fleet.json"))
    }

    /// Whether anything waits for its place.
    pub fn is_waiting(&self) -> bool {
        [self.recovery_path(), self.rewrite_path()].into_iter().flatten().any(|path| path.exists())
    }

    /// Where the calls are counted that a policy limits.
    pub fn counts_path(&self) -> Option<PathBuf> {
        self.path.as_deref().map(Self::counts_in)
    }

    /// The same, by the path of the directory.
    pub(super) fn counts_in(directory: &Path) -> PathBuf {
        directory.join("policy-counts.json")
    }

    /// The memory between runs; an empty one where it cannot be read.
    pub fn memory(&self) -> Memory {
        let in_file = || self.memory_path().and_then(|path| read(&path).ok().flatten());
        unwritten::memory(&self.key).or_else(in_file).unwrap_or_default()
    }

    /// Why the memory is not in its file, if there is a place for that.
    pub fn problem(&self) -> Option<String> {
        unwritten::problem(&self.key)
    }

    /// The values that wait for their place, if any do.
    ///
    /// # Errors
    ///
    /// They exist and cannot be read.
    pub fn recovery(&self) -> Result<Option<Recovery>, Error> {
        self.recovery_path().map_or(Ok(None), |path| read(&path))
    }

    /// The part that belongs to a store that many machines share, if there is one.
    ///
    /// # Errors
    ///
    /// It exists and cannot be read.
    pub(super) fn fleet<T: DeserializeOwned>(&self) -> Result<Option<T>, Error> {
        self.fleet_path().map_or(Ok(None), |path| read(&path))
    }

    /// The texts of a rewrite that was not finished, if there are any.
    ///
    /// # Errors
    ///
    /// They exist and cannot be read.
    pub fn rewrite(&self) -> Result<Option<Texts>, Error> {
        self.rewrite_path().map_or(Ok(None), |path| read(&path))
    }
}

impl StateTurn<'_> {
    /// Remembers `memory` from now on. This process does so in any case.
    ///
    /// # Errors
    ///
    /// [`Error::Store`] when other processes do not; they have the old memory then.
    pub(super) fn remember(&self, memory: &Memory) -> Result<(), Error> {
        let key = &self.directory.key;
        let written = self.directory.memory_path().map(|path| write(&path, memory, heir));
        let problem = match &written {
            Some(Ok(())) => {
                unwritten::forget(key);
                return Ok(());
            }
            Some(Err(error)) => Some(error.with_causes()),
            None => None,
        };
        unwritten::keep(key, memory, problem);
        written.unwrap_or(Ok(()))
    }

    /// Saves values that could not be put in their place. `of` is what the system said of the `.env`.
    ///
    /// # Errors
    ///
    /// [`Error::Store`] when they cannot be saved here either.
    pub(super) fn save_recovery(&self, recovery: &Recovery, of: Option<&Metadata>) -> Result<PathBuf, Error> {
        let path = self.directory.recovery_path().ok_or_else(|| no_place("the recovery file"))?;
        write(&path, recovery, |directory| heir_of_secrets(directory, of))?;
        Ok(path)
    }

    /// Keeps the part that belongs to a store that many machines share. `of` is what the system said of the `.env`.
    ///
    /// # Errors
    ///
    /// [`Error::Store`].
    pub(super) fn save_fleet<T: Serialize>(&self, part: &T, of: Option<&Metadata>) -> Result<(), Error> {
        let path = self.directory.fleet_path().ok_or_else(|| no_place("what belongs to the shared store"))?;
        write(&path, part, |directory| heir_of_secrets(directory, of))
    }

    /// Makes sure that the part of a shared store can be replaced by one of so many bytes. False where there is none so far.
    ///
    /// # Errors
    ///
    /// [`Error::Store`], as replacing it would end with.
    pub(super) fn can_save_fleet(&self, room: usize) -> Result<bool, Error> {
        match self.directory.fleet_path().filter(|path| path.exists()) {
            Some(path) => is_replaceable(&path, room).map(|()| true),
            None => Ok(false),
        }
    }

    /// Forgets the recovered values, now that they are in their place.
    ///
    /// # Errors
    ///
    /// [`Error::Store`] when the file cannot be removed.
    pub(super) fn forget_recovery(&self) -> Result<(), Error> {
        remove(self.directory.recovery_path())
    }

    /// Forgets everything but how often the limits of a policy were used.
    ///
    /// # Errors
    ///
    /// [`Error::Store`] when a file cannot be removed.
    pub(super) fn forget_all(&self) -> Result<(), Error> {
        self.forget_recovery()?;
        self.forget_rewrite()?;
        remove(self.directory.fleet_path())?;
        unwritten::forget(&self.directory.key);
        remove(self.directory.memory_path())?;
        // One that still holds counts stays.
        let _ = self.directory.path.as_ref().map(std::fs::remove_dir);
        Ok(())
    }

    /// Saves the texts of a `.env` that is about to be written where it is. `of` is what the system said of it.
    ///
    /// # Errors
    ///
    /// [`Error::Store`].
    pub(super) fn save_rewrite(&self, texts: &Texts, of: Option<&Metadata>) -> Result<(), Error> {
        let path = self.directory.rewrite_path().ok_or_else(|| no_place("the texts"))?;
        write(&path, texts, |directory| heir_of_secrets(directory, of))
    }

    /// Forgets the texts, now that the new one is in its place.
    ///
    /// # Errors
    ///
    /// [`Error::Store`] when the file cannot be removed.
    pub(super) fn forget_rewrite(&self) -> Result<(), Error> {
        remove(self.directory.rewrite_path())
    }
}
