//! A `.env` that cannot be replaced, but written: one that is mounted by itself, as containers have it.
//!
//! It is written where it is. A process that is killed in the middle of that leaves half of the old text and half of the new
//! one, so both are on the disk in the state directory before, and the next run writes the new one again.

use std::fs::{File, Metadata};
use std::path::{Path, PathBuf};

use crate::error::Error;
use crate::files::in_place::{open, write};
use crate::files::{Directory, Obstacle, is_mounted, is_replaceable, make_private};
use crate::store::state::{StateDirectory, StateTurn, Texts};

/// A file that is open to be written where it is.
#[derive(Debug)]
pub(super) struct Rewrite {
    file: File,
    target: PathBuf,
}

impl Rewrite {
    /// Opens `target` to be written, and checks that both texts can be kept meanwhile.
    ///
    /// # Errors
    ///
    /// [`Error::Store`], and nothing has changed then.
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
        Ok(Self { file, target: target.to_owned() })
    }

    /// Puts the new text in the place of the old one. `of` is what the system said of the file.
    ///
    /// # Errors
    ///
    /// [`Error::Store`], and the old text is in its place, or the new one waits for the next turn.
    pub(super) fn commit(
        mut self,
        state: &StateTurn<'_>,
        texts: &Texts,
        of: Option<&Metadata>,
    ) -> Result<(), Error> {
        state.save_rewrite(texts, of)?;
        let failed = |source| Error::Store { action: "write", path: self.target.clone(), source };
        if let Err(error) = write(&mut self.file, texts.new.as_bytes()) {
            // As on a full disk. The old text had room.
            if write(&mut self.file, texts.old.as_bytes()).is_ok() {
                state.forget_rewrite()?;
            }
            return Err(failed(error));
        }
        state.forget_rewrite()
    }
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

/// Whether a token could be put into the `.env` at `target`, in whichever way, with the texts kept in `state` if need be.
///
/// # Errors
///
/// [`Error::Store`], as that would end with.
pub(crate) fn is_storable(target: &Path, room: usize, state: &StateDirectory) -> Result<(), Error> {
    if !is_mounted(target) {
        return is_replaceable(target, room);
    }
    let failed = |source| Error::Store { action: "replace", path: target.to_owned(), source };
    open(&Directory::of(target).map_err(failed)?, target, room)?;
    let Some(path) = state.rewrite_path() else { return Err(failed(Obstacle::Mount.error())) };
    // A missing directory is made in the nearest one that exists.
    let there = path.ancestors().skip(1).find(|path| path.is_dir());
    there.map_or(Ok(()), |there| is_replaceable(&there.join("rewrite.json"), 2 * room))
}
