//! Replacing a file so that every reader, and any failure, finds the old bytes or the new ones.

mod system;

use std::ffi::OsString;
use std::fs::{File, Metadata};
use std::io::{self, Seek as _, Write as _};
use std::path::{Path, PathBuf};

use self::system::{claim, keep_mode, replaceable};
use super::directory::{Access, Directory};
use super::heir::{follows, heir, heir_of_secrets};
use super::limits::may_grow_to;
use super::path::name_of;
use crate::error::Error;

pub(super) use self::system::{has_owner_of, take_owner};
pub(crate) use self::system::{sync, sync_directory};

/// A place made ready for the new bytes of a file, before anybody knows them.
///
/// It is a temporary file beside the target, of mode 0600 and as large as the new text can be: a lack
/// of room or permission is noticed before a token is asked for. Dropped, it takes the temporary file with it. It belongs to
/// the user who runs zoomtok until its text is final, also where root replaces the file of somebody else.
///
/// The name of that file is fixed, so that the remains of a killed process are found and removed. This needs the lock: two
/// reservations of one target must not exist at once. Should somebody have removed the lock file under its holder, the
/// temporary file is a lock too: a living process keeps its own.
#[derive(Debug)]
pub struct Reservation {
    directory: Directory,
    /// None once it has the name of the target.
    temporary: Option<File>,
    target: PathBuf,
    old: Option<Metadata>,
    /// The owner of a new file, if not the user who runs zoomtok.
    heir: Option<Metadata>,
}

/// Where the new bytes of `target` are written first; exists only while a replace is under way, or after a kill.
pub fn temporary(target: &Path) -> PathBuf {
    target.with_file_name(temporary_name(target))
}

fn temporary_name(target: &Path) -> OsString {
    let mut name = name_of(target).to_owned();
    name.push(".zoomtok-tmp");
    name
}

/// Removes what a killed process left beside `target`. The caller holds the lock.
///
/// # Errors
///
/// There is something that cannot be removed, or a process that is still writing it.
pub fn clean(target: &Path) -> Result<(), Error> {
    let failed = |source| Error::Store { action: "open the directory of", path: target.to_owned(), source };
    clean_in(&Directory::of(target).map_err(failed)?, target)
}

fn clean_in(directory: &Directory, target: &Path) -> Result<(), Error> {
    let name = temporary_name(target);
    // Kept open until it is removed, and with it the claim. A file that cannot be opened may still be removed; on Windows
    // an open one may not.
    let left = if cfg!(unix) { directory.file(&name, Access::Read).ok() } else { None };
    let claimed = left.as_ref().map_or(Ok(()), |(file, _)| claim(file, directory, &name));
    match claimed.and_then(|()| directory.remove(&name)) {
        Err(source) if source.kind() != io::ErrorKind::NotFound => {
            Err(Error::Store { action: "remove", path: temporary(target), source })
        }
        _ => Ok(()),
    }
}

impl Reservation {
    /// Makes ready to replace `target`, a path without symbolic links, with up to `room` bytes.
    ///
    /// # Errors
    ///
    /// [`Error::Store`] when the directory is not writable, the disk is full, the owner of the target cannot be kept,
    /// or the target does not let itself be replaced. Nothing has changed then.
    pub fn new(target: &Path, room: usize) -> Result<Self, Error> {
        let failed =
            |source| Error::Store { action: "open the directory of", path: target.to_owned(), source };
        Self::in_directory(&Directory::of(target).map_err(failed)?, target, room)
    }

    /// The same in a directory that is held already.
    pub(crate) fn in_directory(directory: &Directory, target: &Path, room: usize) -> Result<Self, Error> {
        let failed = |action, source| Error::Store { action, path: target.to_owned(), source };
        let old = replaced(directory, target)?;
        clean_in(directory, target)?;
        let name = temporary_name(target);
        let make = || -> Result<Self, Error> {
            let file = directory
                .make(&name, Access::ReadWrite)
                .map_err(|error| failed("make a temporary file to replace", error))?;
            let reservation = Self {
                directory: directory.clone(),
                temporary: Some(file),
                target: target.to_owned(),
                old: old.clone(),
                heir: None,
            };
            claim(reservation.file(), directory, &name).map_err(|error| failed("replace", error))?;
            Ok(reservation)
        };
        let mut reservation = make()?;
        if let Some(old) = &old
            && !has_owner_of(reservation.file(), old).map_err(|error| failed("look at", error))?
        {
            // Tried with a file that is given away for this alone: what is written next is nobody else's to open.
            take_owner(reservation.file(), old).map_err(|error| failed("keep the owner of", error))?;
            drop(reservation);
            reservation = make()?;
        }
        reservation.make_room(room).map_err(|error| failed("make room to replace", error))?;
        Ok(reservation)
    }

    /// The same, where a file that is made new is to belong to `owner`.
    #[must_use]
    pub(crate) fn for_owner(mut self, owner: Option<Metadata>) -> Self {
        self.heir = owner;
        self
    }

    /// The same, where a new file is to belong to the owner of the directory: root does not leave files of its
    /// own in somebody else's.
    #[must_use]
    pub(crate) fn for_owner_of_directory(self) -> Self {
        let owner = heir(&self.directory);
        self.for_owner(owner)
    }

    /// The same for a copy of the file `of` beside it, which may hold secrets.
    #[must_use]
    pub(crate) fn for_owner_of_file(self, of: &Path) -> Self {
        let of = self.directory.metadata(name_of(of)).ok();
        let owner = heir_of_secrets(&self.directory, of.as_ref());
        self.for_owner(owner)
    }

    /// Puts `bytes` in the place of the old ones, durably. The file keeps the mode that it has now; a new one has 0600.
    ///
    /// # Errors
    ///
    /// [`Error::Store`], and then the target has its old bytes; but for a failure to fsync the directory at the very
    /// end, after which it has the new ones and a power cut may bring the old ones back.
    pub fn commit(self, bytes: &[u8]) -> Result<(), Error> {
        self.commit_if(bytes, || true).map(drop)
    }

    /// As [`Reservation::commit`], if `still` says so when the bytes are on the disk and only their name is missing.
    /// Gives the reservation back when it does not.
    ///
    /// # Errors
    ///
    /// As above.
    pub fn commit_if(mut self, bytes: &[u8], still: impl FnOnce() -> bool) -> Result<Option<Self>, Error> {
        let target = self.target.clone();
        let failed = |source| Error::Store { action: "replace", path: target.clone(), source };
        let owner = self.write(bytes).map_err(failed)?;
        if !still() {
            return Ok(Some(self));
        }
        self.give_away(owner.as_ref()).map_err(failed)?;
        if cfg!(windows) {
            // There an open file bars those who do not share it, also under its new name.
            self.temporary = None;
        }
        let renamed = self.directory.rename(&temporary_name(&target), name_of(&target));
        if renamed.is_err() && cfg!(windows) {
            // A file that cannot be removed now is removed by the next replace.
            let _ = self.directory.remove(&temporary_name(&target));
        }
        renamed.map_err(failed)?;
        // It has another name by now, and nothing is left to remove.
        self.temporary = None;
        sync_directory(&self.directory).map_err(failed)?;
        Ok(None)
    }

    /// Writes all bytes, and gives whose file it is to be.
    fn write(&mut self, bytes: &[u8]) -> io::Result<Option<Metadata>> {
        may_grow_to(bytes.len())?;
        let now = match self.directory.metadata(name_of(&self.target)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            now => Some(now?),
        };
        follows(self.old.as_ref(), now.as_ref())?;
        let mut file = self.file();
        file.rewind()?;
        file.write_all(bytes)?;
        file.set_len(bytes.len() as u64)?;
        // The current mode: if somebody has closed it to others meanwhile, it stays closed. If that cannot be known, the old.
        let like = now.or_else(|| self.old.clone());
        if let Some(like) = &like {
            keep_mode(file, like)?;
        }
        sync(file)?;
        Ok(like.or_else(|| self.heir.clone()))
    }

    /// Gives the file, of which all is written, to its owner.
    fn give_away(&self, owner: Option<&Metadata>) -> io::Result<()> {
        match owner {
            Some(owner) if !has_owner_of(self.file(), owner)? => {
                take_owner(self.file(), owner)?;
                sync(self.file())
            }
            _ => Ok(()),
        }
    }

    fn make_room(&self, room: usize) -> io::Result<()> {
        may_grow_to(room)?;
        self.file().write_all(&vec![0; room])
    }

    fn file(&self) -> &File {
        let Some(file) = &self.temporary else { unreachable!("it is there until it has its name") };
        file
    }
}

impl Drop for Reservation {
    fn drop(&mut self) {
        if self.temporary.take().is_some() {
            // A file that cannot be removed now is removed by the next replace.
            let _ = self.directory.remove(&temporary_name(&self.target));
        }
    }
}

/// Whether a living process is writing what is beside `target`.
pub(super) fn is_being_written(directory: &Directory, target: &Path) -> bool {
    let name = temporary_name(target);
    let claimed = directory.file(&name, Access::Read).and_then(|(file, _)| claim(&file, directory, &name));
    claimed.is_err_and(|error| error.kind() == io::ErrorKind::ResourceBusy)
}

/// The metadata of the file to be replaced, if there is one, after checking that it can be replaced.
///
/// # Errors
///
/// [`Error::Store`] when it cannot be looked at, is no regular file, or does not let itself be replaced.
pub(super) fn replaced(directory: &Directory, target: &Path) -> Result<Option<Metadata>, Error> {
    let failed = |action, source| Error::Store { action, path: target.to_owned(), source };
    match directory.metadata(name_of(target)) {
        Ok(old) => {
            replaceable(directory, target, &old).map_err(|error| failed("replace", error))?;
            Ok(Some(old))
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(failed("look at", error)),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::error::Diagnostic as _;

    fn directory() -> tempfile::TempDir {
        tempfile::tempdir().unwrap()
    }

    fn put(path: &Path, bytes: &[u8]) {
        File::options().create(true).truncate(true).write(true).open(path).unwrap().write_all(bytes).unwrap();
    }

    fn names(directory: &Path) -> Vec<OsString> {
        let mut names: Vec<_> =
            fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        names.sort();
        names
    }

    #[test]
    fn the_new_bytes_take_the_place_of_the_old() {
        let directory = directory();
        let target = directory.path().join(".env");
        put(&target, b"a long old text");
        Reservation::new(&target, 100).unwrap().commit(b"new").unwrap();
        assert_eq!(fs::read(&target).unwrap(), b"new");
        assert_eq!(names(directory.path()), [".env"]);
    }

    #[test]
    fn more_bytes_than_reserved_are_written_too() {
        let directory = directory();
        let target = directory.path().join(".env");
        Reservation::new(&target, 1).unwrap().commit(b"a text of some length").unwrap();
        assert_eq!(fs::read(&target).unwrap(), b"a text of some length");
    }

    #[test]
    fn a_commit_that_is_called_off_keeps_the_reservation() {
        let directory = directory();
        let target = directory.path().join(".env");
        put(&target, b"old");
        let reservation = Reservation::new(&target, 100).unwrap();
        let again = reservation.commit_if(b"a long new text", || false).unwrap().unwrap();
        assert_eq!(fs::read(&target).unwrap(), b"old");
        assert!(again.commit_if(b"new", || true).unwrap().is_none());
        assert_eq!(fs::read(&target).unwrap(), b"new");
        assert_eq!(names(directory.path()), [".env"]);
    }

    #[test]
    fn a_reservation_that_is_dropped_leaves_nothing() {
        let directory = directory();
        let target = directory.path().join(".env");
        put(&target, b"old");
        drop(Reservation::new(&target, 100).unwrap());
        assert_eq!(fs::read(&target).unwrap(), b"old");
        assert_eq!(names(directory.path()), [".env"]);
    }

    #[test]
    fn the_remains_of_a_killed_process_are_replaced() {
        let directory = directory();
        let target = directory.path().join(".env");
        put(&temporary(&target), b"half a tok");
        Reservation::new(&target, 100).unwrap().commit(b"new").unwrap();
        assert_eq!(names(directory.path()), [".env"]);
        put(&temporary(&target), b"half a tok");
        clean(&target).unwrap();
        clean(&target).unwrap();
        assert_eq!(names(directory.path()), [".env"]);
    }

    #[test]
    fn without_a_directory_the_file_is_named() {
        let directory = directory();
        let error = Reservation::new(&directory.path().join("none/.env"), 1).unwrap_err();
        assert!(error.to_string().contains(".env"), "{error}");
        assert_eq!(error.code(), crate::error::Code::Store);
    }

    #[cfg(unix)]
    #[test]
    fn the_mode_stays_and_a_new_file_is_private() {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o7777;
        let directory = directory();
        let target = directory.path().join(".env");
        let reservation = Reservation::new(&target, 10).unwrap();
        assert_eq!(mode(&temporary(&target)), 0o600);
        reservation.commit(b"1").unwrap();
        assert_eq!(mode(&target), 0o600);
        for kept in [0o640, 0o664, 0o400] {
            fs::set_permissions(&target, fs::Permissions::from_mode(kept)).unwrap();
            let reservation = Reservation::new(&target, 10).unwrap();
            assert_eq!(mode(&temporary(&target)), 0o600);
            reservation.commit(b"2").unwrap();
            assert_eq!(mode(&target), kept);
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_mode_that_was_changed_meanwhile_stays() {
        use std::os::unix::fs::PermissionsExt as _;
        let directory = directory();
        let target = directory.path().join(".env");
        put(&target, b"1");
        for (before, meanwhile) in [(0o644, 0o600), (0o600, 0o640)] {
            fs::set_permissions(&target, fs::Permissions::from_mode(before)).unwrap();
            let reservation = Reservation::new(&target, 10).unwrap();
            fs::set_permissions(&target, fs::Permissions::from_mode(meanwhile)).unwrap();
            reservation.commit(b"2").unwrap();
            assert_eq!(fs::metadata(&target).unwrap().permissions().mode() & 0o7777, meanwhile);
        }
    }
}
