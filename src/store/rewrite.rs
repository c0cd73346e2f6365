//! A `.env` that cannot be replaced, but written: one that is mounted by itself, as containers have it.
//!
//! It is written where it is. A process that is killed in the middle of that leaves half of the old text and half of the new
//! one, so both are on the disk in the state directory before, and the next run writes the new one again.

use std::fs::File;
use std::io::{self, Seek as _, Write as _};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::directory::{Access, Directory};
use super::env_file::EnvFile;
use super::limits::may_grow_to;
use super::make::make_private;
use super::obstacle::Obstacle;
use super::probe::is_replaceable;
use super::replace::{Reservation, name_of, sync};
use super::state::StateDirectory;
use crate::error::Error;

/// What a `.env` said and is to say, while it is written where it is.
#[derive(Clone, Serialize, Deserialize)]
pub struct Texts {
    /// The text before.
    pub old: Zeroizing<String>,
    /// The text after.
    pub new: Zeroizing<String>,
}

impl Texts {
    /// Whether these are bytes that somebody wrote who was stopped: of the old text or the new one, or of a part of the
    /// disk that was not written at all. What anybody else has written since is none of it.
    pub fn are_in(&self, bytes: &[u8]) -> bool {
        let (old, new) = (self.old.as_bytes(), self.new.as_bytes());
        let is_of_either =
            |(at, byte): (usize, &u8)| *byte == 0 || old.get(at) == Some(byte) || new.get(at) == Some(byte);
        (old.len().min(new.len())..=old.len().max(new.len())).contains(&bytes.len())
            && bytes.iter().enumerate().all(is_of_either)
    }
}

/// A place made ready for a new text of a `.env`.
#[derive(Debug)]
pub enum Prepared {
    /// Beside it, to take its name.
    Beside(Box<Reservation>),
    /// In the file itself.
    InPlace(Rewrite),
}

impl Prepared {
    /// Puts `text` in the place of what `now` has.
    ///
    /// # Errors
    ///
    /// [`Error::Store`], and the old text is in its place, or what is to be there waits for the next run.
    pub fn commit(self, now: &EnvFile, text: &str) -> Result<(), Error> {
        match self {
            Self::Beside(reservation) => reservation.commit(text.as_bytes()),
            Self::InPlace(rewrite) => rewrite.commit(now, text),
        }
    }
}

/// A file that is open to be written where it is.
#[derive(Debug)]
pub struct Rewrite {
    file: File,
    target: PathBuf,
    state: StateDirectory,
}

impl Rewrite {
    /// Opens `target` to be written, and sees that both texts can be kept meanwhile.
    pub(super) fn new(
        directory: &Directory,
        target: &Path,
        state: &StateDirectory,
        room: usize,
    ) -> Result<Self, Error> {
        let file = open(directory, target, room)?;
        let failed = |action, source| Error::Store { action, path: target.to_owned(), source };
        let Some(path) = state.rewrite_path() else {
            return Err(failed("replace", Obstacle::Mount.error()));
        };
        make_private(path.parent().unwrap_or(Path::new("")))
            .map_err(|error| failed("keep a copy of", error))?;
        is_replaceable(&path, 2 * room)?;
        Ok(Self { file, target: target.to_owned(), state: state.clone() })
    }

    fn commit(mut self, now: &EnvFile, new: &str) -> Result<(), Error> {
        let old = now.whole()?;
        let texts = Texts { old, new: new.to_owned().into() };
        self.state.save_rewrite(&texts, now.metadata())?;
        let failed = |source| Error::Store { action: "write", path: self.target.clone(), source };
        if let Err(error) = write(&mut self.file, texts.new.as_bytes()) {
            // As on a full disk. The old text had room.
            if write(&mut self.file, texts.old.as_bytes()).is_ok() {
                self.state.forget_rewrite()?;
            }
            return Err(failed(error));
        }
        self.state.forget_rewrite()
    }
}

/// Opens a file that is to be written where it is.
pub(super) fn open(directory: &Directory, target: &Path, room: usize) -> Result<File, Error> {
    let failed = |source| Error::Store { action: "write", path: target.to_owned(), source };
    let (file, metadata) = directory.file(name_of(target), Access::ReadWrite).map_err(failed)?;
    if is_gone(&metadata) {
        let what = "it was replaced where it is mounted from, and what is written here reaches nobody; start the container \
                    anew, and mount the directory that it is in";
        return Err(failed(io::Error::new(io::ErrorKind::Unsupported, what)));
    }
    may_grow_to(room).map_err(failed)?;
    Ok(file)
}

/// Writes what was interrupted to its end, where these texts are in the file. Whether they were.
pub(super) fn finish(
    directory: &Directory,
    target: &Path,
    texts: &Texts,
    bytes: &[u8],
) -> Result<bool, Error> {
    if !texts.are_in(bytes) {
        return Ok(false);
    }
    if bytes != texts.new.as_bytes() {
        let mut file = open(directory, target, texts.new.len())?;
        write(&mut file, texts.new.as_bytes()).map_err(|source| Error::Store {
            action: "write",
            path: target.to_owned(),
            source,
        })?;
    }
    Ok(true)
}

fn write(file: &mut File, text: &[u8]) -> io::Result<()> {
    file.rewind()?;
    file.write_all(text)?;
    file.set_len(text.len() as u64)?;
    sync(file)
}

#[cfg(unix)]
fn is_gone(metadata: &std::fs::Metadata) -> bool {
    std::os::unix::fs::MetadataExt::nlink(metadata) == 0
}

#[cfg(not(unix))]
fn is_gone(_: &std::fs::Metadata) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_stopped_write_leaves_is_known_from_what_others_write() {
        let texts = Texts { old: "A=1\nT=old\n".to_owned().into(), new: "A=1\nT=newer\n".to_owned().into() };
        for left in ["A=1\nT=old\n", "A=1\nT=new\n", "A=1\nT=newer\n", "A=1\nT=newe", "A=1\nT=o\0\0\0\0"] {
            assert!(texts.are_in(left.as_bytes()), "{left:?}");
        }
        for other in ["", "A=1\n", "A=2\nT=old\n", "A=1\nT=old\n# mine\n", "A=1\nT=mine\n"] {
            assert!(!texts.are_in(other.as_bytes()), "{other:?}");
        }
    }
}
