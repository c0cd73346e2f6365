//! A small file that many processes count in, many times a second.
//!
//! It is overwritten in place, under the kernel's lock on the file itself: no second file, no fsync, no rename. A killed
//! process leaves it whole, since each write is one call that covers all there was. A power cut may not; whoever reads
//! it has to say what a file means that cannot be understood.

use std::fs::File;
use std::io::{self, Read as _, Seek as _, Write as _};
use std::path::{Path, PathBuf};

use super::limits::may_grow_to;
use super::lock::try_lock;
use super::make::make_private_parent;
use super::replace::sync;
use crate::error::Error;

/// Text is written in whole pages: within one, the kernel is not interrupted by a signal, and a file that does not grow
/// needs no room on a full disk.
const PAGE: usize = 4096;

/// The file, locked until this is dropped.
#[derive(Debug)]
pub(crate) struct Tally {
    file: File,
    path: PathBuf,
    length: usize,
    /// For the bytes on their way from the file and into it.
    buffer: Vec<u8>,
}

/// The file, open and not locked: the next count need not open it again. Nor need it ask for memory: musl's allocator, which
/// releases have, asks the system for that much each time.
#[derive(Debug)]
pub(crate) struct Released {
    file: File,
    buffer: Vec<u8>,
}

impl Tally {
    /// Opens the file at `path` for this process alone, made with its directory if need be; none while another holds it.
    ///
    /// # Errors
    ///
    /// [`Error::Store`] when it cannot be made, opened or locked.
    pub(crate) fn try_open(path: &Path) -> Result<Option<Self>, Error> {
        let file = match try_lock(path) {
            Err(Error::Store { source, .. }) if source.kind() == io::ErrorKind::NotFound => {
                make_private_parent(path)?;
                try_lock(path)?
            }
            tried => tried?,
        };
        Ok(file.map(|file| Self { file, path: path.to_owned(), length: 0, buffer: Vec::new() }))
    }

    /// The same with a file that was released, if that is still the one at `path`.
    ///
    /// # Errors
    ///
    /// [`Error::Store`] as above.
    pub(crate) fn try_reopen(path: &Path, released: Option<Released>) -> Result<Option<Self>, Error> {
        if let Some(Released { file, buffer }) = released
            && file.try_lock().is_ok()
        {
            let tally = Self { file, path: path.to_owned(), length: 0, buffer };
            // Asked under the lock: another file may have taken its place before.
            if is_at(path, &tally.file) {
                return Ok(Some(tally));
            }
        }
        Self::try_open(path)
    }

    /// Lets go of the lock and keeps the file open. None where that cannot be, or has no use: then it is closed.
    pub(crate) fn release(self) -> Option<Released> {
        let Self { file, buffer, .. } = self;
        file.unlock().ok().filter(|()| cfg!(unix)).map(|()| Released { file, buffer })
    }

    /// The text in the file; nothing when it was just made.
    ///
    /// # Errors
    ///
    /// [`Error::Unreadable`].
    pub(crate) fn read(&mut self) -> Result<Vec<u8>, Error> {
        let Self { file, buffer, .. } = self;
        buffer.clear();
        buffer.reserve(PAGE + 1);
        // A plain `read_to_end` would ask for the length and the position first.
        let whole = file.rewind().and_then(|()| file.take(u64::MAX).read_to_end(buffer));
        whole.map_err(|source| Error::Unreadable { path: self.path.clone(), source })?;
        self.length = buffer.len();
        Ok(match text(buffer) {
            // Blanks alone are not nothing: no zoomtok wrote them.
            [] => buffer.clone(),
            text => text.to_vec(),
        })
    }

    /// Puts `text` in the place of what was read, with blanks behind it.
    ///
    /// # Errors
    ///
    /// [`Error::Store`], as with a full disk.
    pub(crate) fn write(&mut self, text: impl AsRef<[u8]>) -> Result<(), Error> {
        let Self { file, buffer, .. } = self;
        buffer.clear();
        buffer.extend_from_slice(text.as_ref());
        buffer.push(b'\n');
        buffer.resize(buffer.len().next_multiple_of(PAGE).max(self.length), b' ');
        let written =
            may_grow_to(buffer.len()).and_then(|()| file.rewind()).and_then(|()| file.write_all(buffer));
        written.map_err(|source| Error::Store { action: "write", path: self.path.clone(), source })?;
        self.length = buffer.len();
        Ok(())
    }
}

impl Tally {
    /// Has what was written survive a power cut.
    ///
    /// # Errors
    ///
    /// [`Error::Store`].
    pub(crate) fn sync(&self) -> Result<(), Error> {
        sync(&self.file).map_err(|source| Error::Store { action: "write", path: self.path.clone(), source })
    }

    /// Whether something is kept at `path`, or once was.
    pub(crate) fn exists(path: &Path) -> bool {
        [path, &mark(path)].into_iter().any(|path| path.symlink_metadata().is_ok())
    }

    /// Whether something was once kept here, also where the file is empty or new by now.
    pub(crate) fn was_kept(&self) -> bool {
        mark(&self.path).symlink_metadata().is_ok()
    }

    /// Takes note that something is kept here. It is a file of its own, which stays when the other one is lost.
    ///
    /// # Errors
    ///
    /// [`Error::Store`].
    pub(crate) fn note_kept(&self) -> Result<(), Error> {
        try_lock(&mark(&self.path)).map(drop)
    }
}

/// The text before the blanks at the end.
fn text(bytes: &[u8]) -> &[u8] {
    // In one comparison: looking at each of them took a tenth of a counted call.
    static BLANKS: [u8; PAGE] = [b' '; PAGE];
    match bytes.iter().position(|byte| *byte == b'\n') {
        Some(end) if BLANKS.starts_with(&bytes[end + 1..]) => &bytes[..end],
        _ => bytes.trim_ascii_end(),
    }
}

/// Whether an open file is the one at `path`, which no link leads to.
#[cfg(unix)]
fn is_at(path: &Path, file: &File) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    let number = |metadata: std::fs::Metadata| (metadata.dev(), metadata.ino());
    let there = path.symlink_metadata().map(number).ok();
    there.is_some() && there == file.metadata().map(number).ok()
}

/// Elsewhere it is opened each time.
#[cfg(not(unix))]
fn is_at(_: &Path, _: &File) -> bool {
    false
}

fn mark(path: &Path) -> PathBuf {
    path.with_extension("kept")
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn one_holds_it_at_a_time() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("made/counts.json");
        let held = Tally::try_open(&path).unwrap().unwrap();
        assert!(Tally::try_open(&path).unwrap().is_none());
        drop(held);
        assert!(Tally::try_open(&path).unwrap().is_some());
    }

    #[test]
    fn a_shorter_text_covers_all_of_a_longer_one() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("counts.json");
        for text in ["[1]".to_owned(), format!("[{}]", "1,".repeat(4000) + "1"), "[2]".to_owned()] {
            let mut tally = Tally::try_open(&path).unwrap().unwrap();
            let before = fs::read(&path).unwrap().len();
            tally.read().unwrap();
            tally.write(&text).unwrap();
            let bytes = fs::read(&path).unwrap();
            assert!(bytes.len() >= before && bytes.len().is_multiple_of(PAGE));
            assert_eq!(String::from_utf8(bytes).unwrap().trim_end(), text);
        }
    }

    #[test]
    fn a_released_file_is_held_by_one_at_a_time_as_well() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("counts.json");
        let released = Tally::try_open(&path).unwrap().unwrap().release();
        let other = Tally::try_open(&path).unwrap().unwrap();
        assert!(Tally::try_reopen(&path, released).unwrap().is_none());
        let released = other.release();
        let mut again = Tally::try_reopen(&path, released).unwrap().unwrap();
        assert!(Tally::try_open(&path).unwrap().is_none());
        again.write(b"[1]").unwrap();
        assert_eq!(again.read().unwrap(), b"[1]");
    }

    #[cfg(unix)]
    #[test]
    fn a_count_in_a_released_file_asks_for_no_memory_but_that_of_its_text() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("counts.json");
        let mut tally = Tally::try_open(&path).unwrap().unwrap();
        tally.read().unwrap();
        let (place, capacity) = (tally.buffer.as_ptr(), tally.buffer.capacity());
        for text in ["[1]", "[2]"] {
            tally.write(text).unwrap();
            let released = tally.release();
            tally = Tally::try_reopen(&path, released).unwrap().unwrap();
            let read = tally.read().unwrap();
            assert_eq!(
                (&*read, tally.buffer.as_ptr(), tally.buffer.capacity()),
                (text.as_bytes(), place, capacity)
            );
            assert!(read.capacity() < PAGE);
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_released_file_that_is_no_longer_there_is_opened_anew() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("made/counts.json");
        let put = |text: &[u8]| {
            let mut tally = Tally::try_open(&path).unwrap().unwrap();
            tally.write(text).unwrap();
            tally.release()
        };
        for lose in [
            |path: &Path| fs::remove_file(path).unwrap(),
            |path: &Path| fs::rename(path, path.with_extension("old")).unwrap(),
            |path: &Path| fs::remove_dir_all(path.parent().unwrap()).unwrap(),
        ] {
            let released = put(b"[1]");
            lose(&path);
            drop(put(b"[2]"));
            assert_eq!(Tally::try_reopen(&path, released).unwrap().unwrap().read().unwrap(), b"[2]");
        }
    }

    #[test]
    fn a_text_ends_where_its_blanks_begin() {
        let blank = |text: &str| format!("{text}\n{}", " ".repeat(PAGE - text.len() - 1));
        for (bytes, expected) in [
            (blank("{}"), "{}"),
            (String::new(), ""),
            ("[1]\n".into(), "[1]"),
            ("[\n1]\n  ".into(), "[\n1]"),
            ("[1]".into(), "[1]"),
            (blank("[1]") + &" ".repeat(2 * PAGE), "[1]"),
            (blank("[1]") + "x", &(blank("[1]") + "x")),
        ] {
            assert_eq!(text(bytes.as_bytes()), expected.as_bytes());
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_file_that_was_removed_is_not_held() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("counts.json");
        let held = Tally::try_open(&path).unwrap().unwrap();
        fs::remove_file(&path).unwrap();
        // The one that counts is the one that others find.
        let other = Tally::try_open(&path).unwrap().unwrap();
        assert!(Tally::try_open(&path).unwrap().is_none());
        drop((held, other));
    }

    #[cfg(unix)]
    #[test]
    fn nobody_else_can_read_the_tally() {
        use std::os::unix::fs::PermissionsExt as _;
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("zoomtok/counts.json");
        Tally::try_open(&path).unwrap().unwrap().write(b"[]").unwrap();
        for (path, mode) in [(path.as_path(), 0o600), (path.parent().unwrap(), 0o700)] {
            assert_eq!(fs::metadata(path).unwrap().permissions().mode() & 0o777, mode, "{}", path.display());
        }
    }
}
