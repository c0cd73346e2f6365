//! The files of a state directory.

use std::fs::Metadata;
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::Error;
pub(in crate::store) use crate::files::Versioned;
use crate::files::{self, Directory, read_json, write_json};

/// The version of these files. A file of another version is left alone.
pub(in crate::store) const VERSION: u32 = 1;

/// No file of ours comes near this many bytes.
const LONGEST_STATE_FILE: u64 = 4 * 1024 * 1024;

/// Writes a file, and its directory if need be. `owner` says whose a new file is to be.
pub(super) fn write<T: Serialize>(
    path: &Path,
    content: &T,
    owner: impl FnOnce(&Directory) -> Option<Metadata>,
) -> Result<(), Error> {
    write_json(path, VERSION, content, owner)
}

pub(super) fn remove(path: Option<PathBuf>) -> Result<(), Error> {
    path.map_or(Ok(()), |path| files::remove(&path))
}

/// Reads a file; none when it does not exist.
pub(super) fn read<T: DeserializeOwned>(path: &Path) -> Result<Option<T>, Error> {
    read_json(path, VERSION, LONGEST_STATE_FILE)
}
