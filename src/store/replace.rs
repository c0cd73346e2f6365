//! Replacing a file so that whoever reads it, and whatever fails, finds the old bytes or the new ones.

mod system;

use std::ffi::OsString;
use std::fs::{self, File, Metadata};
use std::io::{self, Seek as _, Write as _};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use self::system::{claim, keep_mode, replaceable, sync, sync_directory};
use super::sharing::insist;
use crate::error::Error;

pub(super) use self::system::take_owner;

/// A place made ready for the new bytes of a file, before anybody knows them.
///
/// It is a temporary file beside the target, of mode 0600, as large as the new text can be and of the right owner:
/// what could fail for want of room or permission has failed before a token is asked for. Dropped, it takes the
/// temporary file with it.
///
/// The name of that file is fixed, so that what a killed process left is found and removed. That needs the lock: two
/// reservations of one target must not exist at once. Should somebody have removed the lock file under its holder, the
/// temporary file is a lock too: a living process keeps its own.
#[derive(Debug)]
pub struct Reservation {
    temporary: NamedTempFile,
    target: PathBuf,
    old: Option<Metadata>,
}

/// Where the new bytes of `target` are written first; exists only while a replace is under way, or after a kill.
pub fn temporary(target: &Path) -> PathBuf {
    target.with_file_name(temporary_name(target))
}

fn temporary_name(target: &Path) -> OsString {
    let mut name = target.file_name().unwrap_or_default().to_owned();
    name.push(".zoomtok-tmp");
    name
}

/// Removes what a killed process left beside `target`. The caller holds the lock.
///
/// # Errors
///
/// There is something that cannot be removed, or a process that is still writing it.
pub fn clean(target: &Path) -> Result<(), Error> {
    let path = temporary(target);
    // Kept open until it is removed, and with it the claim. What cannot be opened may still be removed; on Windows what
    // is open may not.
    let left = if cfg!(unix) { File::open(&path).ok() } else { None };
    let claimed = left.as_ref().map_or(Ok(()), |file| claim(file, &path));
    match claimed.and_then(|()| insist(|| fs::remove_file(&path))) {
        Err(source) if source.kind() != io::ErrorKind::NotFound => {
            Err(Error::Store { action: "remove", path, source })
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
        let failed = |action, source| Error::Store { action, path: target.to_owned(), source };
        let old = replaced(target)?;
        clean(target)?;
        let directory = target.parent().unwrap_or(Path::new(""));
        let name = temporary_name(target);
        let mut builder = tempfile::Builder::new();
        builder.prefix(&name).rand_bytes(0);
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o600));
        let mut temporary = insist(|| builder.tempfile_in(directory))
            .map_err(|error| failed("make a temporary file to replace", error))?;
        claim(temporary.as_file(), temporary.path()).map_err(|error| failed("replace", error))?;
        take_owner(temporary.as_file(), old.as_ref()).map_err(|error| failed("keep the owner of", error))?;
        temporary.write_all(&vec![0; room]).map_err(|error| failed("make room to replace", error))?;
        Ok(Self { temporary, target: target.to_owned(), old })
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
        self.write(bytes).map_err(failed)?;
        if !still() {
            return Ok(Some(self));
        }
        let (file, temporary) = self.temporary.keep().map_err(|error| failed(error.error))?;
        if cfg!(windows) {
            // There an open file bars those who do not share it, also under its new name.
            drop(file);
        }
        if let Err(error) = insist(|| fs::rename(&temporary, &self.target)) {
            // What cannot be removed now is removed by the next replace.
            let _ = fs::remove_file(&temporary);
            return Err(failed(error));
        }
        sync_directory(&self.target).map_err(failed)?;
        Ok(None)
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        let file = self.temporary.as_file_mut();
        file.rewind()?;
        file.write_all(bytes)?;
        file.set_len(bytes.len() as u64)?;
        // As it is by now: whoever closed it to others meanwhile finds it closed. Where that cannot be told, as it was.
        let now = fs::metadata(&self.target).ok();
        if let Some(old) = now.as_ref().or(self.old.as_ref()) {
            take_owner(file, Some(old))?;
            keep_mode(file, old)?;
        }
        sync(file)
    }
}

/// Whether a living process is writing what is beside `target`.
pub(super) fn is_being_written(target: &Path) -> bool {
    let path = temporary(target);
    let claimed = File::open(&path).and_then(|file| claim(&file, &path));
    claimed.is_err_and(|error| error.kind() == io::ErrorKind::ResourceBusy)
}

/// What is to be replaced, where there is something, once it is known to let itself be replaced.
///
/// # Errors
///
/// [`Error::Store`] when it cannot be looked at, or does not let itself be replaced.
pub(super) fn replaced(target: &Path) -> Result<Option<Metadata>, Error> {
    let failed = |action, source| Error::Store { action, path: target.to_owned(), source };
    match fs::metadata(target) {
        Ok(old) => {
            replaceable(target, &old).map_err(|error| failed("replace", error))?;
            Ok(Some(old))
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(failed("look at", error)),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::super::EnvFile;
    use super::*;
    use crate::clock::{Clock as _, Stop, SystemClock};

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
    fn who_changes_his_mind_keeps_the_reservation() {
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
    fn what_a_killed_process_left_is_replaced() {
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
    fn who_reads_meanwhile_finds_one_or_the_other() {
        const NAME: &str = "ZOOM_ACCESS_TOKEN";
        let directory = directory();
        let target = directory.path().join(".env");
        let replace = |token: &str| {
            let text = format!("{NAME}={token}\n");
            Reservation::new(&target, text.len()).unwrap().commit(text.as_bytes()).unwrap();
        };
        replace("before");
        std::thread::scope(|scope| {
            let reader = scope.spawn(|| {
                let clock = SystemClock::start();
                for _ in 0..20_000 {
                    let file = EnvFile::read(&target, &[NAME]).unwrap();
                    match file.get(NAME).unwrap().value.as_str() {
                        "before" | "after" => clock.sleep(Duration::from_millis(1), &Stop::never()).unwrap(),
                        value => return value.to_owned(),
                    }
                }
                "before the end".to_owned()
            });
            for _ in 0..50 {
                replace("after");
                replace("before");
            }
            replace("end");
            assert_eq!(reader.join().unwrap(), "end");
        });
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
