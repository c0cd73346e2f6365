//! The `.env` as the home of the tokens of one account.

mod carry;
pub(super) mod file;
pub(super) mod find;
mod home;
pub(super) mod profiles;
mod removal;
pub(super) mod rewrite;
pub(crate) mod text;
mod turn;

use std::path::{Path, PathBuf};

use self::file::EnvFile;
use self::home::Home;
pub(crate) use self::home::ROOM_FOR_TOKENS;
pub(super) use self::turn::EnvTurn;
use super::snapshot::Snapshot;
use super::state::{Memory, StateDirectory};
use super::turn::{Store, Turn};
use crate::clock::{Clock, Shutdown};
use crate::error::Error;
use crate::files::{LOCK_PATIENCE, Lock, Stamp, clean, is_replaceable, lock_path, stamp, temporary};

/// The `.env` at a path, with its lock beside it and its state directory.
#[derive(Debug, Clone)]
pub struct EnvStore {
    home: Home,
    /// Its content, where it can be read only once.
    given: Option<EnvFile>,
}

impl EnvStore {
    /// The `.env` at `path`, which need not exist, read for these variables, and its state below `state_root`.
    pub fn new(path: PathBuf, names: &'static [&'static str], state_root: Option<PathBuf>) -> Self {
        Self { home: Home { path, names, state_root }, given: None }
    }

    /// Reads it now and never again, if it can be read only once, such as a pipe.
    ///
    /// # Errors
    ///
    /// It cannot be read or parsed.
    pub fn read_stream(&mut self) -> Result<(), Error> {
        self.given = EnvFile::read_once(&self.home.path, self.home.names)?;
        Ok(())
    }

    /// Whether it could be read only once.
    pub fn is_stream(&self) -> bool {
        self.given.is_some()
    }

    /// The path as it was named or found.
    pub fn path(&self) -> &Path {
        &self.home.path
    }

    /// The turn of this `.env`, as such.
    ///
    /// # Errors
    ///
    /// As with [`Store::turn`].
    pub(super) fn own_turn<'a>(
        &'a self,
        of: &Snapshot,
        clock: &'a dyn Clock,
        stop: &Shutdown,
    ) -> Result<EnvTurn<'a>, Error> {
        let lock = Lock::acquire(of.file().real(), LOCK_PATIENCE, clock, stop)?;
        Ok(EnvTurn::new(&self.home, lock, self.state(of), clock))
    }

    /// Its state directory. The name of a pipe is that of another one the next time.
    fn state(&self, of: &Snapshot) -> StateDirectory {
        let root = self.state_root().filter(|_| !of.file().is_stream());
        StateDirectory::of(root, of.identity())
    }
}

impl Store for EnvStore {
    fn read(&self) -> Result<Snapshot, Error> {
        let read = || EnvFile::read(&self.home.path, self.home.names);
        self.home.snapshot(self.given.as_ref().map_or_else(read, |given| Ok(given.clone())))
    }

    fn stamp(&self) -> Option<Stamp> {
        stamp(&self.home.path)
    }

    fn memory(&self, of: &Snapshot) -> Memory {
        self.state(of).memory()
    }

    fn forgets(&self, of: &Snapshot) -> Option<String> {
        self.state(of).problem()
    }

    fn is_waiting(&self, of: &Snapshot) -> bool {
        self.state(of).is_waiting()
    }

    fn clean(&self, of: &Snapshot) {
        let target = of.file().real();
        if temporary(target).exists()
            && let Ok(Some(_lock)) = Lock::try_acquire(target)
        {
            // A failure is reported by the next replace, which needs the place.
            let _ = clean(target);
        }
    }

    fn refusal(&self, of: &Snapshot) -> Option<Error> {
        of.file().is_stream().then(|| Error::Stream { path: self.home.path.clone() })
    }

    fn probe(&self, of: &Snapshot) -> Result<(), Error> {
        let real = of.file().real();
        // Only a lock file that exists: a run without credentials leaves none behind.
        let held = if lock_path(real).exists() { Lock::try_acquire(real) } else { Ok(None) };
        held.and_then(|_lock| is_replaceable(real, 0))
    }

    fn turn<'a>(
        &'a self,
        of: &Snapshot,
        clock: &'a dyn Clock,
        stop: &Shutdown,
    ) -> Result<Box<dyn Turn + 'a>, Error> {
        Ok(Box::new(self.own_turn(of, clock, stop)?))
    }

    fn state_root(&self) -> Option<&Path> {
        self.home.state_root.as_deref()
    }
}
