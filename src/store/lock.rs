//! One writer at a time, over all processes.
//!
//! The lock is the kernel's, on a file of its own beside the `.env`: it goes when its holder goes, however that
//! ends, and it survives the `.env` being replaced. The file itself means nothing and is never removed, since a
//! removed lock file can be held by two.

use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::replace::is_being_written;
use super::sharing::insist;
use crate::clock::{Clock, Stop};
use crate::error::Error;

/// How long a process waits for another, in seconds. The holder is done within 20 s, see `zoom/exchange.rs`.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// The pause between two looks at a lock that is held. It is what a waiting process adds to the time of the exchange
/// it waits for.
const PAUSE: Duration = Duration::from_millis(15);

/// A lock that is held until it is dropped.
#[derive(Debug)]
pub struct Lock {
    #[cfg_attr(
        not(all(test, unix)),
        expect(dead_code, reason = "held, not used: closing it is what releases the lock")
    )]
    file: File,
}

/// The lock file of `target`.
pub fn lock_path(target: &Path) -> PathBuf {
    let mut name = target.file_name().unwrap_or_default().to_owned();
    name.push(".lock");
    target.with_file_name(name)
}

impl Lock {
    /// Takes the lock of `target`, a path without symbolic links, waiting up to `patience` for it.
    ///
    /// # Errors
    ///
    /// [`Error::Busy`] when somebody else kept it for longer; [`Error::Store`] when the lock file cannot be made or
    /// the filesystem cannot lock: nothing is written without a lock.
    /// [`Error::Interrupted`] when the end is asked for meanwhile.
    pub fn acquire(target: &Path, patience: Duration, clock: &dyn Clock, stop: &Stop) -> Result<Self, Error> {
        let deadline = clock.elapsed() + patience;
        loop {
            if let Some(lock) = Self::try_acquire(target)? {
                return Ok(lock);
            }
            stop.check()?;
            if clock.elapsed() >= deadline {
                return Err(Error::Busy { path: lock_path(target), waited: patience.as_secs() });
            }
            clock.sleep(PAUSE, stop)?;
        }
    }

    /// Takes the lock of `target` if nobody holds it.
    ///
    /// # Errors
    ///
    /// [`Error::Store`] as above.
    pub fn try_acquire(target: &Path) -> Result<Option<Self>, Error> {
        // Somebody may have removed the file before it was opened here. Then its holder is known by what it is about to
        // put in place.
        Ok(try_lock(&lock_path(target), target)?
            .filter(|_| !is_being_written(target))
            .map(|file| Self { file }))
    }
}

/// Opens the file at `path`, made if need be for the owner of `target`, and takes the kernel's lock on it if nobody
/// holds that. It goes when the file is closed.
///
/// # Errors
///
/// [`Error::Store`] when the file cannot be made or the filesystem cannot lock.
pub(super) fn try_lock(path: &Path, target: &Path) -> Result<Option<File>, Error> {
    let failed = |action, source| Error::Store { action, path: path.to_owned(), source };
    let file = insist(|| open(path, target)).map_err(|error| failed("open", error))?;
    match file.try_lock() {
        // Somebody may have removed the file after it was opened here; the next process would lock another one.
        Ok(()) => {
            let there = is_at(&file, path).map_err(|error| failed("look at", error))?;
            Ok(there.then_some(file))
        }
        Err(TryLockError::WouldBlock) => Ok(None),
        // A filesystem of the network may have waited for its server, and a signal has come.
        Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Interrupted => Ok(None),
        Err(TryLockError::Error(error)) => Err(failed("lock (does this filesystem have locks?)", error)),
    }
}

/// Opens a file to lock, made if need be.
fn open(path: &Path, target: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    // Shared for reading and writing but not for removal: while it is open it keeps its name.
    #[cfg(windows)]
    std::os::windows::fs::OpenOptionsExt::share_mode(&mut options, 1 | 2);
    match options.open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        opened => return opened,
    }
    match options.create_new(true).open(path) {
        // Another process was faster.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => options.create_new(false).open(path),
        made => made.inspect(|file| give_to_owner(file, target)),
    }
}

/// Gives a lock file that root has just made to the owner of the `.env`, who could not open it otherwise. Only one that
/// was made here: what was there before may be a link that somebody laid to a file of root's.
#[cfg(unix)]
fn give_to_owner(made: &File, target: &Path) {
    use std::os::unix::fs::{MetadataExt as _, fchown};
    if let (Ok(lock), Ok(target)) = (made.metadata(), std::fs::metadata(target))
        && lock.uid() != target.uid()
    {
        // Nobody but root can, and nobody else needs to.
        let _ = fchown(made, Some(target.uid()), Some(target.gid()));
    }
}

#[cfg(not(unix))]
fn give_to_owner(_: &File, _: &Path) {
    // A new file has the owner and the access list that the directory gives.
}

/// Whether an open file is the one that has this name now.
#[cfg(unix)]
pub(super) fn is_at(file: &File, path: &Path) -> io::Result<bool> {
    use std::os::unix::fs::MetadataExt as _;
    let identity = |metadata: std::fs::Metadata| (metadata.dev(), metadata.ino());
    let held = file.metadata()?;
    match std::fs::metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        there => Ok(identity(held) == identity(there?)),
    }
}

#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "the same signature on every system")]
fn is_at(_: &File, _: &Path) -> io::Result<bool> {
    // It was opened so that it keeps its name.
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::manual::ManualClock;

    #[test]
    fn one_holds_it_and_the_other_gives_up_in_time() {
        let directory = tempfile::tempdir().unwrap();
        let target = directory.path().join(".env");
        let clock = ManualClock::at("2026-03-04T12:00:00Z");
        let held = Lock::acquire(&target, PATIENCE, &clock, &Stop::never()).unwrap();
        assert_eq!(clock.elapsed(), Duration::ZERO);
        let error = Lock::acquire(&target, PATIENCE, &clock, &Stop::never()).unwrap_err();
        assert!(matches!(error, Error::Busy { waited: 30, .. }), "{error}");
        assert!(clock.elapsed() < PATIENCE + 2 * PAUSE);
        drop(held);
        Lock::acquire(&target, PATIENCE, &clock, &Stop::never()).unwrap();
    }

    #[test]
    fn a_file_that_nobody_holds_is_no_lock() {
        let directory = tempfile::tempdir().unwrap();
        let target = directory.path().join(".env");
        drop(Lock::try_acquire(&target).unwrap());
        assert!(lock_path(&target).exists());
        assert!(Lock::try_acquire(&target).unwrap().is_some());
    }

    #[cfg(unix)]
    #[test]
    fn a_lock_file_that_was_removed_is_not_held() {
        let directory = tempfile::tempdir().unwrap();
        let target = directory.path().join(".env");
        let lock = Lock::try_acquire(&target).unwrap().unwrap();
        std::fs::remove_file(lock_path(&target)).unwrap();
        assert!(!is_at(&lock.file, &lock_path(&target)).unwrap());
        assert!(Lock::try_acquire(&target).unwrap().is_some());
    }

    #[cfg(unix)]
    #[test]
    fn a_link_in_the_place_of_the_lock_file_gives_nothing_away() {
        use std::os::unix::fs::{MetadataExt as _, chown, symlink};
        let directory = tempfile::tempdir().unwrap();
        let (target, mine) = (directory.path().join(".env"), directory.path().join("mine"));
        for path in [&target, &mine] {
            File::options().create(true).truncate(false).write(true).open(path).unwrap();
        }
        // Only root can give files away, so only as root this shows anything.
        if chown(&target, Some(1234), Some(1234)).is_ok() {
            symlink(&mine, lock_path(&target)).unwrap();
            let before = std::fs::metadata(&mine).unwrap().uid();
            assert!(Lock::try_acquire(&target).unwrap().is_some());
            assert_eq!(std::fs::metadata(&mine).unwrap().uid(), before);
        }
    }

    #[test]
    fn where_no_lock_file_can_be_the_token_cannot_be_stored() {
        let directory = tempfile::tempdir().unwrap();
        let error = Lock::try_acquire(&directory.path().join("none/.env")).unwrap_err();
        assert_eq!(error.code(), crate::error::Code::Store);
    }
}
