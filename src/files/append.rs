//! Adding a line to a file that only grows.

use std::io::{self, Write as _};
use std::path::Path;

use super::directory::{Access, Directory};
use super::give::give;
use super::heir::heir;
use super::limits::may_grow_to;
use super::make::make_usual;
use super::path::name_of;
use crate::error::Error;

/// Adds `line` at the end of the regular file at `path`, made with its directory if need be: for its owner alone, and where
/// root makes it in a directory of somebody else for them. A link is not followed.
///
/// # Errors
///
/// [`Error::Store`].
pub(crate) fn append(path: &Path, line: &str) -> Result<(), Error> {
    try_append(path, line).map_err(|source| Error::Store {
        action: "append to",
        path: path.to_owned(),
        source,
    })
}

fn try_append(path: &Path, line: &str) -> io::Result<()> {
    if let Some(directory) = path.parent() {
        make_usual(directory)?;
    }
    let directory = Directory::of(path)?;
    let (mut file, is_made) = directory.file_or_make(name_of(path), Access::Append)?;
    if is_made && let Some(owner) = heir(&directory) {
        give(&file, &owner);
    }
    let length = usize::try_from(file.metadata()?.len()).unwrap_or(usize::MAX);
    may_grow_to(length.saturating_add(line.len()))?;
    file.write_all(line.as_bytes())
}
