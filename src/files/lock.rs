//! One writer at a time, over all processes.
//!
//! The lock is the kernel's, on a file of its own beside the `.env`: it goes when its holder goes, however that
//! ends, and it survives the `.env` being replaced. The file itself means nothing and is never removed, since a
//! removed lock file can be held by two.

use std::fs::{File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::directory::{Access, Directory};
use super::give::give;
use super::heir::heir;
use super::in_place;
use super::obstacle::{Obstacle, obstacle};
use super::path::name_of;
use super::replace::is_being_written;
use crate::clock::{Clock, Shutdown, retry_within};
use crate::error::Error;

/// How long a process waits for another, in seconds. The holder is done within 20 s, see `zoom/exchange.rs`.
pub const LOCK_PATIENCE: Duration = Duration::from_secs(30);

/// The pause between two looks at a lock that is held. It is what a waiting process adds to the time of the exchange
/// it waits for.
const LOCK_PAUSE: Duration = Duration::from_millis(15);

/// How long [`Lock::acquire_async`] waits. Its files are held for milliseconds.
const ASYNC_LOCK_PATIENCE: Duration = Duration::from_secs(5);

/// The pause between two of its attempts.
const ASYNC_LOCK_PAUSE: Duration = Duration::from_millis(5);

/// A lock that is held until it is dropped.
#[derive(Debug)]
pub struct Lock {
    #[cfg_attr(
        not(all(test, unix)),
        expect(dead_code, reason = "held, not used: closing it is what releases the lock")
    )]
    file: File,
    /// Where everything is that the lock is for, whatever leads there by now.
    directory: Directory,
    target: PathBuf,
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
    pub fn acquire(
        target: &Path,
        patience: Duration,
        clock: &dyn Clock,
        stop: &Shutdown,
    ) -> Result<Self, Error> {
        let deadline = clock.elapsed() + patience;
        loop {
            if let Some(lock) = Self::try_acquire(target)? {
                return Ok(lock);
            }
            stop.check()?;
            if clock.elapsed() >= deadline {
                return Err(Error::Busy { path: lock_path(target), waited: patience.as_secs() });
            }
            clock.sleep(LOCK_PAUSE, stop)?;
        }
    }

    /// Takes the lock of a `target` that its holders change within milliseconds, waiting without blocking the thread.
    ///
    /// # Errors
    ///
    /// [`Error::Busy`] and [`Error::Store`] as above.
    pub(crate) async fn acquire_async(target: &Path) -> Result<Self, Error> {
        let attempt = || Self::try_acquire(target);
        let lock = retry_within(ASYNC_LOCK_PATIENCE, ASYNC_LOCK_PAUSE, attempt).await?;
        lock.ok_or_else(|| Error::Busy { path: lock_path(target), waited: ASYNC_LOCK_PATIENCE.as_secs() })
    }

    /// Takes the lock of `target` if nobody holds it.
    ///
    /// # Errors
    ///
    /// [`Error::Store`] as above.
    pub fn try_acquire(target: &Path) -> Result<Option<Self>, Error> {
        let path = lock_path(target);
        let directory = open_directory(&path)?;
        if obstacle(&directory, target) == Some(Obstacle::Mount) {
            // It is never replaced, and other containers that it is mounted in have no other file in common.
            let file = in_place::open(&directory, target, 0)?;
            return Ok(locked(file, &directory, target)?.map(|file| Self {
                file,
                directory,
                target: target.to_owned(),
            }));
        }
        // Somebody may have removed the file before it was opened here. Then its holder is known by what it is about to
        // put in place.
        Ok(try_lock_in(&directory, &path, Some(target))?
            .filter(|_| !is_being_written(&directory, target))
            .map(|file| Self { file, directory: directory.clone(), target: target.to_owned() }))
    }

    /// The directory of what is locked.
    pub(crate) fn directory(&self) -> &Directory {
        &self.directory
    }

    /// The path that is locked.
    pub(crate) fn target(&self) -> &Path {
        &self.target
    }
}

/// Opens the file at `path`, made if need be for the owner of its directory, and takes the kernel's lock on it if nobody
/// holds that. It goes when the file is closed.
///
/// # Errors
///
/// [`Error::Store`] when the file cannot be made or the filesystem cannot lock.
pub(super) fn try_lock(path: &Path) -> Result<Option<File>, Error> {
    try_lock_in(&open_directory(path)?, path, None)
}

fn open_directory(path: &Path) -> Result<Directory, Error> {
    Directory::of(path).map_err(|source| Error::Store { action: "open", path: path.to_owned(), source })
}

/// The same in a directory that is open. A file that is made is for the owner of `target`, where there is one.
fn try_lock_in(directory: &Directory, path: &Path, target: Option<&Path>) -> Result<Option<File>, Error> {
    let failed = |action, source| Error::Store { action, path: path.to_owned(), source };
    let name = name_of(path);
    let (file, is_made) =
        directory.file_or_make(name, Access::Lock).map_err(|error| failed("open", error))?;
    if is_made {
        // Only one that was made here: what was there before may be a file of root's.
        let target = target.and_then(|target| directory.metadata(name_of(target)).ok());
        if let Some(owner) = target.or_else(|| heir(directory)) {
            give(&file, &owner);
        }
    }
    locked(file, directory, path)
}

/// The file, if nobody else holds the kernel's lock on it.
fn locked(file: File, directory: &Directory, path: &Path) -> Result<Option<File>, Error> {
    let failed = |action, source| Error::Store { action, path: path.to_owned(), source };
    match file.try_lock() {
        // Somebody may have removed the file after it was opened here; the next process would lock another one.
        Ok(()) => {
            let is_there = directory.has(name_of(path), &file).map_err(|error| failed("look at", error))?;
            Ok(is_there.then_some(file))
        }
        Err(TryLockError::WouldBlock) => Ok(None),
        // A filesystem of the network may have waited for its server, and a signal has come.
        Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Interrupted => Ok(None),
        Err(TryLockError::Error(error)) => Err(failed("lock (does this filesystem have locks?)", error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::manual::ManualClock;
    use crate::clock::pause;
    use crate::error::Diagnostic as _;

    #[test]
    fn one_holds_it_and_the_other_gives_up_in_time() {
        let directory = tempfile::tempdir().unwrap();
        let target = directory.path().join(".env");
        let clock = ManualClock::at("2026-03-04T12:00:00Z");
        let held = Lock::acquire(&target, LOCK_PATIENCE, &clock, &Shutdown::never()).unwrap();
        assert_eq!(clock.elapsed(), Duration::ZERO);
        let error = Lock::acquire(&target, LOCK_PATIENCE, &clock, &Shutdown::never()).unwrap_err();
        assert!(matches!(error, Error::Busy { waited: 30, .. }), "{error}");
        assert!(clock.elapsed() < LOCK_PATIENCE + 2 * LOCK_PAUSE);
        drop(held);
        Lock::acquire(&target, LOCK_PATIENCE, &clock, &Shutdown::never()).unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn without_blocking_it_waits_for_its_holder_or_gives_up_in_time() {
        let directory = tempfile::tempdir().unwrap();
        let target = directory.path().join("pins.json");
        let held = Lock::try_acquire(&target).unwrap().unwrap();
        let error = Lock::acquire_async(&target).await.unwrap_err();
        assert!(matches!(error, Error::Busy { waited: 5, .. }), "{error}");
        let release = async {
            pause(ASYNC_LOCK_PATIENCE / 2).await;
            drop(held);
        };
        let (lock, ()) = tokio::join!(Lock::acquire_async(&target), release);
        lock.unwrap();
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
        assert!(!lock.directory.has(name_of(&lock_path(&target)), &lock.file).unwrap());
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
            Lock::try_acquire(&target).unwrap_err();
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
