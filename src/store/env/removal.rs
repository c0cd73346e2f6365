//! The end of a `.env`, and of all that is remembered of it.

use std::io;
use std::path::PathBuf;

use super::EnvStore;
use crate::clock::{Clock, Shutdown};
use crate::error::Error;
use crate::files::{LOCK_PATIENCE, Lock, clean, lock_path, name_of, remove, resolve};
use crate::store::identity::Identity;
use crate::store::state::StateDirectory;

impl EnvStore {
    /// Removes the file, what waits for its place, what is remembered of it, and its lock, once nobody else changes it. How
    /// often the limits of a policy were used stays: else they would begin anew with the next file of that name. A
    /// symbolic link is removed, but not its target, which is returned.
    ///
    /// # Errors
    ///
    /// [`Error::Busy`] when somebody else had the lock for long, [`Error::Store`], [`Error::Interrupted`].
    pub fn remove(&self, clock: &dyn Clock, stop: &Shutdown) -> Result<Option<PathBuf>, Error> {
        let path = &self.home.path;
        let real = resolve(path).map_err(|source| Error::Unreadable { path: path.clone(), source })?;
        if path.is_symlink() {
            remove(path)?;
            return Ok(Some(real));
        }
        let lock = Lock::acquire(&real, LOCK_PATIENCE, clock, stop)?;
        let state = StateDirectory::of(self.home.state_root.as_deref(), &Identity::of_file(&real));
        // First the secrets that nothing would lead to any more.
        state.for_turn(&lock).forget_all()?;
        clean(&real)?;
        match lock.directory().remove(name_of(&real)) {
            Err(source) if source.kind() != io::ErrorKind::NotFound => {
                return Err(Error::Store { action: "remove", path: real, source });
            }
            _ => {}
        }
        // While it is held, as far as the system allows that: whoever waits for it notices and makes another.
        if cfg!(windows) {
            drop(lock);
            return remove(&lock_path(&real)).map(|()| None);
        }
        let removed = remove(&lock_path(&real));
        drop(lock);
        removed.map(|()| None)
    }

    /// Forgets what is remembered of the file, once nobody else changes it; false if tokens wait for their place in it, and
    /// nothing is forgotten then. How often the limits of a policy were used stays.
    ///
    /// # Errors
    ///
    /// As above.
    pub fn forget(&self, clock: &dyn Clock, stop: &Shutdown) -> Result<bool, Error> {
        let path = &self.home.path;
        let real = resolve(path).map_err(|source| Error::Unreadable { path: path.clone(), source })?;
        let lock = Lock::acquire(&real, LOCK_PATIENCE, clock, stop)?;
        let state = StateDirectory::of(self.home.state_root.as_deref(), &Identity::of_file(&real));
        if state.is_waiting() {
            return Ok(false);
        }
        state.for_turn(&lock).forget_all()?;
        Ok(true)
    }
}
