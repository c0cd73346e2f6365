//! Files of zoomtok's own: JSON with a version, for their owner alone, written whole or not at all.

use std::fs::Metadata;
use std::io;
use std::path::Path;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::directory::{Access, Directory};
use super::make::make_private;
use super::path::name_of;
use super::read::read_opened;
use super::replace::Reservation;
use crate::error::Error;

/// The bytes that a file is given from the start, more than two tokens of Zoom's and what goes with them.
const STATE_FILE_ROOM: usize = 8 * 1024;

/// The content of such a file.
#[derive(Serialize, Deserialize)]
pub(crate) struct Versioned<T> {
    pub(crate) version: u32,
    #[serde(flatten)]
    pub(crate) content: T,
}

/// Writes a file, and its directory if need be. `owner` says whose a new file is to be. The caller holds the lock.
///
/// # Errors
///
/// [`Error::Store`]; the old file is intact then.
pub(crate) fn write_json<T: Serialize>(
    path: &Path,
    version: u32,
    content: &T,
    owner: impl FnOnce(&Directory) -> Option<Metadata>,
) -> Result<(), Error> {
    let failed = |source| Error::Store { action: "write", path: path.to_owned(), source };
    make_private(path.parent().unwrap_or(Path::new(""))).map_err(failed)?;
    // It may hold tokens, and a text that has to move leaves a copy behind.
    let mut text = Zeroizing::new(Vec::with_capacity(STATE_FILE_ROOM));
    serde_json::to_writer_pretty(&mut *text, &Versioned { version, content })
        .map_err(|error| failed(error.into()))?;
    text.push(b'\n');
    let directory = Directory::of(path).map_err(failed)?;
    let owner = owner(&directory);
    Reservation::in_directory(&directory, path, text.len())?.for_owner(owner).commit(&text)
}

/// Reads a file of at most `most` bytes; none when it does not exist. A link is not followed.
///
/// # Errors
///
/// [`Error::Unreadable`], and [`Error::Unparseable`] for another version as well.
pub(crate) fn read_json<T: DeserializeOwned>(
    path: &Path,
    version: u32,
    most: u64,
) -> Result<Option<T>, Error> {
    let opened = Directory::of(path).and_then(|directory| directory.file(name_of(path), Access::Read));
    let text = match opened
        .and_then(|(file, metadata)| read_opened(file, &metadata, most, "which none of these is"))
    {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(source) => return Err(Error::Unreadable { path: path.to_owned(), source }),
    };
    let unparseable =
        |problem: &str| Error::Unparseable { path: path.to_owned(), line: None, problem: problem.into() };
    // The error of serde_json is not shown: it may repeat a value.
    let file: Versioned<T> =
        serde_json::from_slice(&text).map_err(|_| unparseable("this is not what zoomtok wrote there"))?;
    if file.version != version {
        return Err(unparseable("another version of zoomtok wrote this"));
    }
    Ok(Some(file.content))
}

/// Removes a file, if it exists.
///
/// # Errors
///
/// [`Error::Store`] when it cannot be removed.
pub(crate) fn remove(path: &Path) -> Result<(), Error> {
    match Directory::of(path).and_then(|directory| directory.remove(name_of(path))) {
        Err(source) if source.kind() != io::ErrorKind::NotFound => {
            Err(Error::Store { action: "remove", path: path.to_owned(), source })
        }
        _ => Ok(()),
    }
}
