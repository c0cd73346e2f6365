//! The files of a state directory: JSON with a version, written whole or not at all.

use std::fs::Metadata;
use std::io;
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::error::Error;
use crate::files::{Access, Directory, Reservation, make_private, name_of, read_opened};

/// The version of these files. A file of another version is left alone.
pub(in crate::store) const VERSION: u32 = 1;

/// No file of ours comes near this many bytes.
const LONGEST_STATE_FILE: u64 = 4 * 1024 * 1024;

/// The bytes that a file is given from the start, more than two tokens of Zoom's and what goes with them.
const STATE_FILE_ROOM: usize = 8 * 1024;

#[derive(Serialize, Deserialize)]
pub(in crate::store) struct Versioned<T> {
    pub(in crate::store) version: u32,
    #[serde(flatten)]
    pub(in crate::store) content: T,
}

/// Writes a file, and its directory if need be. `owner` says whose a new file is to be.
pub(super) fn write<T: Serialize>(
    path: &Path,
    content: &T,
    owner: impl FnOnce(&Directory) -> Option<Metadata>,
) -> Result<(), Error> {
    let failed = |source| Error::Store { action: "write", path: path.to_owned(), source };
    make_private(path.parent().unwrap_or(Path::new(""))).map_err(failed)?;
    // It may hold tokens, and a text that has to move leaves a copy behind.
    let mut text = Zeroizing::new(Vec::with_capacity(STATE_FILE_ROOM));
    serde_json::to_writer_pretty(&mut *text, &Versioned { version: VERSION, content })
        .map_err(|error| failed(error.into()))?;
    text.push(b'\n');
    let directory = Directory::of(path).map_err(failed)?;
    let owner = owner(&directory);
    Reservation::in_directory(&directory, path, text.len())?.for_owner(owner).commit(&text)
}

pub(super) fn remove(path: Option<PathBuf>) -> Result<(), Error> {
    let Some(path) = path else { return Ok(()) };
    match Directory::of(&path).and_then(|directory| directory.remove(name_of(&path))) {
        Err(source) if source.kind() != io::ErrorKind::NotFound => {
            Err(Error::Store { action: "remove", path, source })
        }
        _ => Ok(()),
    }
}

/// Reads a file; none when it does not exist.
pub(super) fn read<T: DeserializeOwned>(path: &Path) -> Result<Option<T>, Error> {
    let opened = Directory::of(path).and_then(|directory| directory.file(name_of(path), Access::Read));
    let text = match opened.and_then(|(file, metadata)| {
        read_opened(file, &metadata, LONGEST_STATE_FILE, "which none of these is")
    }) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(source) => return Err(Error::Unreadable { path: path.to_owned(), source }),
    };
    let unparseable =
        |problem: &str| Error::Unparseable { path: path.to_owned(), line: None, problem: problem.into() };
    // The error of serde_json is not shown: it may repeat a value.
    let file: Versioned<T> =
        serde_json::from_slice(&text).map_err(|_| unparseable("this is not what zoomtok wrote there"))?;
    if file.version != VERSION {
        return Err(unparseable("another version of zoomtok wrote this"));
    }
    Ok(Some(file.content))
}
