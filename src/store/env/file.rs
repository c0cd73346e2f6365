//! A `.env` file, read with care.

use std::fs::{File, Metadata};
use std::io;
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::text::{Entry, EnvText, Fault};
use crate::error::Error;
use crate::files::{
    Access, Directory, Lock, distrust, follows, is_stream, name_of, open_regular, read_opened, read_stream,
    resolve, retry_sharing,
};
use crate::store::state::Texts;

/// No `.env` comes near this many bytes; what is larger was named by mistake.
const LONGEST_ENV_FILE: u64 = 1024 * 1024;

/// The end of the error for a larger file.
const TOO_LARGE: &str = "which no .env is";

/// The error for a pipe that is not read.
const STREAM: &str = "it is a pipe and not a regular file; get, check, exec and doctor read it, once, where --env-file or \
                      ZOOM_ENV_FILE names it, and watch and mcp never do";

/// A `.env` as it was read, or the place where one will be made.
#[derive(Debug, Clone)]
pub struct EnvFile {
    path: PathBuf,
    real: PathBuf,
    /// The directory of that, if it was read under a lock.
    directory: Option<Directory>,
    /// The metadata of the file that was read, not of one that has its name by now. None where there is no such file.
    metadata: Option<Metadata>,
    size: usize,
    text: EnvText,
    /// Whether it can be read only once, and never be written.
    stream: bool,
}

impl EnvFile {
    /// Reads a named file that can be read only once, such as a pipe. Gives nothing for any other, which [`EnvFile::read`]
    /// reads.
    ///
    /// # Errors
    ///
    /// As with [`EnvFile::read`].
    pub fn read_once(path: &Path, names: &[&'static str]) -> Result<Option<Self>, Error> {
        if !is_stream(path) {
            return Ok(None);
        }
        let read = || Ok((read_stream(path, LONGEST_ENV_FILE, TOO_LARGE)?, path.metadata()?));
        let given = Self::of(path, path.to_owned(), None, read(), names)?;
        Ok(Some(Self { stream: true, ..given }))
    }

    /// Reads the file at `path`, and from it the variables in `names`.
    ///
    /// A file that is not there has no variables.
    ///
    /// # Errors
    ///
    /// [`Error::Unreadable`] or [`Error::Unparseable`] for an existing file that is not a readable `.env`.
    pub fn read(path: &Path, names: &[&'static str]) -> Result<Self, Error> {
        let unreadable = |source| Error::Unreadable { path: path.to_owned(), source };
        let real = retry_sharing(|| resolve(path)).map_err(unreadable)?;
        let found = retry_sharing(|| open_regular(&real)).and_then(read_all).map_err(|error| {
            let is_stream = is_none(&error) && is_stream(path);
            if is_stream { io::Error::new(io::ErrorKind::InvalidInput, STREAM) } else { error }
        });
        Self::of(path, real, None, found, names)
    }

    /// Reads it as it is while `lock` is held. Where the path still leads to the file that is locked, it is read in the
    /// directory of that lock and by no link.
    ///
    /// # Errors
    ///
    /// As above.
    pub fn read_under(lock: &Lock, path: &Path, names: &[&'static str]) -> Result<Self, Error> {
        let unreadable = |source| Error::Unreadable { path: path.to_owned(), source };
        let real = retry_sharing(|| resolve(path)).map_err(unreadable)?;
        if real != lock.target() {
            return Self::read(path, names);
        }
        let directory = lock.directory().clone();
        let found = directory.file(name_of(&real), Access::Read).and_then(read_all);
        Self::of(path, real, Some(directory), found, names)
    }

    /// Reads it once more, in the same directory: what has its name by now. An editor may have put a new file there.
    ///
    /// # Errors
    ///
    /// As above, and [`Error::Unreadable`] for a link, for anything but a regular file and for a file of somebody else:
    /// what this one's owner may not read is not copied for them.
    pub fn again(&self, names: &[&'static str]) -> Result<Self, Error> {
        let path = &self.real;
        let unreadable = |source| Error::Unreadable { path: path.clone(), source };
        let directory = self.directory().map_err(unreadable)?;
        let found = self.read_again(&directory);
        Self::of(path, path.clone(), Some(directory), found, names)
    }

    /// The file as it will be once an interrupted rewrite of it is finished; none where its bytes are no such thing. `texts`
    /// gives the texts of the rewrite by the real path.
    ///
    /// # Errors
    ///
    /// As [`EnvFile::read`].
    pub fn unfinished(
        path: &Path,
        names: &[&'static str],
        texts: impl FnOnce(&Path) -> Option<Texts>,
    ) -> Result<Option<Self>, Error> {
        let unreadable = |source| Error::Unreadable { path: path.to_owned(), source };
        let real = retry_sharing(|| resolve(path)).map_err(unreadable)?;
        let Some(texts) = texts(&real) else { return Ok(None) };
        let (bytes, metadata) =
            retry_sharing(|| open_regular(&real)).and_then(read_all).map_err(unreadable)?;
        if !texts.are_in(&bytes) {
            return Ok(None);
        }
        let bytes = Zeroizing::new(texts.new.as_bytes().to_vec());
        Self::of(path, real, None, Ok((bytes, metadata)), names).map(Some)
    }

    /// The bytes that it has now, in the same directory, if it is still the same owner's.
    ///
    /// # Errors
    ///
    /// [`Error::Unreadable`].
    pub(super) fn bytes_again(&self) -> Result<Zeroizing<Vec<u8>>, Error> {
        let found = self.directory().and_then(|directory| self.read_again(&directory));
        let unreadable = |source| Error::Unreadable { path: self.path.clone(), source };
        found.map(|(bytes, _)| bytes).map_err(unreadable)
    }

    fn read_again(&self, directory: &Directory) -> io::Result<(Zeroizing<Vec<u8>>, Metadata)> {
        let (file, metadata) = directory.file(name_of(&self.real), Access::Read)?;
        follows(self.metadata(), Some(&metadata))?;
        read_all((file, metadata))
    }

    fn directory(&self) -> io::Result<Directory> {
        self.directory.clone().map_or_else(|| Directory::of(&self.real), Ok)
    }

    fn of(
        path: &Path,
        real: PathBuf,
        directory: Option<Directory>,
        found: io::Result<(Zeroizing<Vec<u8>>, Metadata)>,
        names: &[&'static str],
    ) -> Result<Self, Error> {
        let (bytes, metadata) = match found {
            Ok((bytes, metadata)) => (Some(bytes), Some(metadata)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => (None, None),
            Err(source) => return Err(Error::Unreadable { path: path.to_owned(), source }),
        };
        let text = match &bytes {
            Some(bytes) => EnvText::parse(bytes, names).map_err(|fault| unparseable(path, fault))?,
            None => EnvText::empty(names),
        };
        let size = bytes.map_or(0, |bytes| bytes.len());
        Ok(Self { path: path.to_owned(), real, directory, metadata, size, text, stream: false })
    }

    /// The path as it was named or found.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The path without symbolic links: what is locked and replaced.
    pub fn real(&self) -> &Path {
        &self.real
    }

    /// Whether there is such a file.
    pub fn exists(&self) -> bool {
        self.metadata.is_some()
    }

    /// The metadata of the file that was read, where there is one: its owner and its mode among others.
    pub fn metadata(&self) -> Option<&Metadata> {
        self.metadata.as_ref()
    }

    /// Whether it can be read only once, and never be written.
    pub fn is_stream(&self) -> bool {
        self.stream
    }

    /// Its size in bytes.
    pub fn size(&self) -> usize {
        self.size
    }

    /// Why it may be somebody else's, where nobody has named it: words to be read after its path.
    pub fn distrust(&self) -> Option<String> {
        distrust(&self.path, self.metadata.as_ref()?)
    }

    /// Whether the last assignment of a variable gives it nothing.
    pub fn sets_empty(&self, name: &str) -> bool {
        self.text.get(name).is_some_and(|entry| entry.value.is_empty())
    }

    /// The last assignment of a variable, if there is one that is not empty.
    pub fn get(&self, name: &str) -> Option<&Entry> {
        self.text.get(name).filter(|entry| !entry.value.is_empty())
    }

    /// The names of all other variables that the file sets, as far as they can be read.
    pub fn other_names(&self) -> impl Iterator<Item = &str> {
        self.text.other_names()
    }

    /// The text of the file with these variables changed and those removed, and nothing else.
    ///
    /// # Errors
    ///
    /// [`Error::Unparseable`] when the change cannot be made without harm to something else.
    pub fn changed(&self, changes: &[(&str, &str)], gone: &[&str]) -> Result<Zeroizing<String>, Error> {
        self.text.changed(changes, gone).map_err(|fault| unparseable(&self.path, fault))
    }
}

fn read_all((file, metadata): (File, Metadata)) -> io::Result<(Zeroizing<Vec<u8>>, Metadata)> {
    Ok((read_opened(file, &metadata, LONGEST_ENV_FILE, TOO_LARGE)?, metadata))
}

/// No file, or nothing that is one. The links of `/dev/fd` to pipes lead to names that do not exist.
fn is_none(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::InvalidInput)
}

fn unparseable(path: &Path, fault: Fault) -> Error {
    Error::Unparseable { path: path.to_owned(), line: fault.line, problem: fault.problem }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::io::Write as _;

    use super::*;
    use crate::error::Diagnostic as _;

    const NAMES: &[&str] = &["ZOOM_ACCESS_TOKEN"];

    fn put(path: &Path, bytes: &[u8]) {
        File::options().create(true).truncate(true).write(true).open(path).unwrap().write_all(bytes).unwrap();
    }

    #[test]
    fn a_reader_finds_the_old_file_or_the_new_one() {
        use std::time::Duration;

        use crate::clock::{Clock as _, Shutdown, SystemClock};
        use crate::files::Reservation;

        const NAME: &str = "ZOOM_ACCESS_TOKEN";
        let directory = tempfile::tempdir().unwrap();
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
                        "before" | "after" => {
                            clock.sleep(Duration::from_millis(1), &Shutdown::never()).unwrap();
                        }
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
    fn only_a_file_that_is_not_there_is_empty() {
        let root = tempfile::tempdir().unwrap();
        let file = EnvFile::read(&root.path().join(".env"), NAMES).unwrap();
        assert!(!file.exists());
        assert!(file.get("ZOOM_ACCESS_TOKEN").is_none());
        let error = EnvFile::read(root.path(), NAMES).unwrap_err();
        assert_eq!(error.code(), crate::error::Code::Configuration);
    }

    #[test]
    fn a_huge_file_is_not_read() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join(".env");
        put(&path, b"");
        File::options().write(true).open(&path).unwrap().set_len(50 * 1024 * 1024).unwrap();
        assert!(matches!(EnvFile::read(&path, NAMES), Err(Error::Unreadable { .. })));
    }

    #[cfg(unix)]
    #[test]
    fn links_are_followed_also_to_a_file_that_is_not_there() {
        use std::os::unix::fs::symlink;
        let root = tempfile::tempdir().unwrap();
        let root = root.path().canonicalize().unwrap();
        fs::create_dir(root.join("real")).unwrap();
        symlink("second", root.join("first")).unwrap();
        symlink("real/.env", root.join("second")).unwrap();
        let read = || EnvFile::read(&root.join("first"), NAMES).unwrap();
        assert_eq!(read().real(), root.join("real/.env"));
        assert!(!read().exists());
        put(&root.join("real/.env"), b"ZOOM_ACCESS_TOKEN=x\n");
        assert_eq!(read().real(), root.join("real/.env"));
        assert_eq!(read().get("ZOOM_ACCESS_TOKEN").unwrap().value.as_str(), "x");
        symlink("loop", root.join("loop")).unwrap();
        assert!(EnvFile::read(&root.join("loop"), NAMES).is_err());
    }
}
