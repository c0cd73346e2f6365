//! The directory of the downloads, and a file that grows in it.
//!
//! Everything is named in the directory that was opened at the start, and no link is followed at the name of a file.

use std::ffi::OsString;
use std::fs::{File, TryLockError};
use std::io::{self, ErrorKind, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use sysinfo::System;

use crate::error::Error;
use crate::files::{Access, Directory, make_usual, may_grow_to, sync, sync_directory};

/// The ending of a file that is not whole.
const PART: &str = ".part";

/// The directory of the downloads.
#[derive(Debug)]
pub(super) struct Place {
    path: PathBuf,
    directory: Directory,
}

/// The thing that has the name of a file.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum There {
    Nothing,
    /// A file of so many bytes.
    File(u64),
    /// A directory, a link or the like.
    Else,
}

/// A file that is not whole yet. It stays when this is dropped, and the next download goes on with it.
#[derive(Debug)]
pub(super) struct Part {
    file: File,
    size: u64,
    path: PathBuf,
}

impl Place {
    /// Opens the directory, made if need be.
    ///
    /// # Errors
    ///
    /// [`Error::Store`].
    pub(super) fn open(path: &Path) -> Result<Self, Error> {
        let failed = |action, source| Error::Store { action, path: path.to_owned(), source };
        make_usual(path).map_err(|error| failed("make", error))?;
        let directory = Directory::open(path).map_err(|error| failed("open", error))?;
        Ok(Self { path: path.to_owned(), directory })
    }

    /// The thing that has this name.
    ///
    /// # Errors
    ///
    /// [`Error::Store`].
    pub(super) fn look(&self, name: &str) -> Result<There, Error> {
        match self.directory.metadata(name.as_ref()) {
            Ok(metadata) if metadata.is_file() => Ok(There::File(metadata.len())),
            Ok(_) => Ok(There::Else),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(There::Nothing),
            Err(source) => Err(Error::Store { action: "look at", path: self.path.join(name), source }),
        }
    }

    /// The part of a file that is there, or an empty one. No other process has it meanwhile.
    ///
    /// One that was last written before the machine started is emptied: a part is not flushed while it grows, so it may
    /// have gone down with the machine with its size on the disk and some of its bytes not.
    ///
    /// # Errors
    ///
    /// [`Error::Store`], with [`ErrorKind::WouldBlock`] if another process is downloading it, and
    /// [`ErrorKind::InvalidInput`] if it is no regular file.
    pub(super) fn part(&self, name: &str) -> Result<Part, Error> {
        let part = OsString::from(format!("{name}{PART}"));
        let path = self.path.join(&part);
        let opened = || -> io::Result<(File, u64)> {
            let (mut file, _) = self.directory.file_or_make(&part, Access::ReadWrite)?;
            let taken = || io::Error::new(ErrorKind::WouldBlock, "another process is downloading it");
            match file.try_lock() {
                Err(TryLockError::WouldBlock) => return Err(taken()),
                // A file system may have no locks.
                Ok(()) | Err(TryLockError::Error(_)) => {}
            }
            // The other process may have finished it before the lock was taken.
            if !self.directory.has(&part, &file)? {
                return Err(taken());
            }
            if older_than_the_start(file.metadata()?.modified()?) {
                file.set_len(0)?;
            }
            let size = file.seek(SeekFrom::End(0))?;
            Ok((file, size))
        };
        let (file, size) =
            opened().map_err(|source| Error::Store { action: "open", path: path.clone(), source })?;
        Ok(Part { file, size, path })
    }

    /// Gives a part that is whole its name, durably.
    ///
    /// # Errors
    ///
    /// [`Error::Store`]; then nothing has that name which had not before.
    pub(super) fn finish(&self, part: Part, name: &str) -> Result<(), Error> {
        let failed = |source| Error::Store { action: "store", path: self.path.join(name), source };
        sync(&part.file).map_err(failed)?;
        if self.look(name)? != There::Nothing {
            return Err(failed(io::Error::new(
                ErrorKind::AlreadyExists,
                "another file has this name by now",
            )));
        }
        let from = OsString::from(format!("{name}{PART}"));
        if cfg!(windows) {
            // There an open file bars those who do not share it, also under its new name.
            drop(part);
            self.directory.rename(&from, name.as_ref()).map_err(failed)?;
        } else {
            self.directory.rename(&from, name.as_ref()).map_err(failed)?;
        }
        sync_directory(&self.directory).map_err(failed)
    }

    /// Removes a part of which nothing is worth keeping.
    pub(super) fn discard(&self, part: Part, name: &str) {
        drop(part);
        // One that cannot be removed is emptied by the next download.
        let _ = self.directory.remove(format!("{name}{PART}").as_ref());
    }
}

impl Part {
    /// Its bytes so far.
    pub(super) fn size(&self) -> u64 {
        self.size
    }

    /// Adds bytes.
    ///
    /// # Errors
    ///
    /// [`Error::Store`], as with a full disk.
    pub(super) fn append(&mut self, bytes: &[u8]) -> Result<(), Error> {
        let size = self.size + bytes.len() as u64;
        let mut write = || {
            may_grow_to(usize::try_from(size).unwrap_or(usize::MAX))?;
            self.file.write_all(bytes)
        };
        write().map_err(|source| self.failed("write", source))?;
        self.size = size;
        Ok(())
    }

    /// Begins anew.
    ///
    /// # Errors
    ///
    /// [`Error::Store`].
    pub(super) fn empty(&mut self) -> Result<(), Error> {
        let emptied = self.file.set_len(0).and_then(|()| self.file.rewind());
        emptied.map_err(|source| self.failed("empty", source))?;
        self.size = 0;
        Ok(())
    }

    fn failed(&self, action: &'static str, source: io::Error) -> Error {
        Error::Store { action, path: self.path.clone(), source }
    }
}

/// Whether something was written before the machine started, as far as the system tells.
fn older_than_the_start(written: SystemTime) -> bool {
    System::boot_time().is_ok_and(|start| written < SystemTime::UNIX_EPOCH + Duration::from_secs(start))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn kind(error: &Error) -> ErrorKind {
        let Error::Store { source, .. } = error else { panic!("{error}") };
        source.kind()
    }

    #[test]
    fn a_part_grows_stays_and_gets_its_name_when_it_is_whole() {
        let root = tempfile::tempdir().unwrap();
        let place = Place::open(&root.path().join("new/directory")).unwrap();
        let file = |name: &str| root.path().join("new/directory").join(name);
        let mut part = place.part("a.mp4").unwrap();
        part.append(b"begin").unwrap();
        assert_eq!(kind(&place.part("a.mp4").unwrap_err()), ErrorKind::WouldBlock);
        drop(part);
        let mut part = place.part("a.mp4").unwrap();
        assert_eq!(part.size(), 5);
        part.append(b"ning").unwrap();
        assert_eq!(place.look("a.mp4").unwrap(), There::Nothing);
        place.finish(part, "a.mp4").unwrap();
        assert_eq!(
            (fs::read(file("a.mp4")).unwrap().as_slice(), file("a.mp4.part").exists()),
            (&b"beginning"[..], false)
        );
        assert_eq!(place.look("a.mp4").unwrap(), There::File(9));

        let mut part = place.part("a.mp4").unwrap();
        part.append(b"other").unwrap();
        part.empty().unwrap();
        part.append(b"o").unwrap();
        assert_eq!(fs::read(file("a.mp4.part")).unwrap(), b"o");
        assert_eq!(kind(&place.finish(part, "a.mp4").unwrap_err()), ErrorKind::AlreadyExists);
        assert_eq!(fs::read(file("a.mp4")).unwrap(), b"beginning");
        place.discard(place.part("a.mp4").unwrap(), "a.mp4");
        assert!(!file("a.mp4.part").exists());
    }

    #[test]
    fn a_part_from_before_the_machine_started_is_begun_anew() {
        let root = tempfile::tempdir().unwrap();
        let place = Place::open(root.path()).unwrap();
        let mut part = place.part("a.mp4").unwrap();
        part.append(b"lost with the power").unwrap();
        let start = SystemTime::UNIX_EPOCH + Duration::from_secs(System::boot_time().unwrap());
        part.file.set_modified(start - Duration::from_secs(1)).unwrap();
        drop(part);
        let mut part = place.part("a.mp4").unwrap();
        assert_eq!(part.size(), 0);
        part.append(b"anew").unwrap();
        assert_eq!(fs::read(root.path().join("a.mp4.part")).unwrap(), b"anew");
        part.file.set_modified(start + Duration::from_secs(1)).unwrap();
        drop(part);
        assert_eq!(place.part("a.mp4").unwrap().size(), 4);
    }

    #[cfg(unix)]
    #[test]
    fn no_link_is_followed_at_the_name_of_a_file() {
        use std::os::unix::fs::symlink;
        let root = tempfile::tempdir().unwrap();
        let place = Place::open(root.path()).unwrap();
        let secret = root.path().join("secret");
        File::options().create_new(true).write(true).open(&secret).unwrap();
        symlink(&secret, root.path().join("a.mp4.part")).unwrap();
        symlink(&secret, root.path().join("b.mp4")).unwrap();
        assert_eq!(kind(&place.part("a.mp4").unwrap_err()), ErrorKind::InvalidInput);
        assert_eq!(place.look("b.mp4").unwrap(), There::Else);
        assert_eq!(fs::metadata(&secret).unwrap().len(), 0);
    }
}
