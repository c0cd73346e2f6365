//! Whether a file could be replaced, found out without touching it.

use std::fs::File;
use std::io::{self, Write as _};
use std::path::Path;

use super::directory::{Access, Directory};
use super::limits::may_grow_to;
use super::replace::{has_owner_of, replaced, take_owner};
use crate::error::Error;

/// Tries what a replace of `target` begins with: a temporary file beside it, with room for so many bytes and of the
/// same owner. It has a name of its own, so that this needs no lock, and is gone afterwards.
///
/// # Errors
///
/// [`Error::Store`], as a replace would end with.
pub(crate) fn is_replaceable(target: &Path, room: usize) -> Result<(), Error> {
    let failed = |action, source| Error::Store { action, path: target.to_owned(), source };
    let directory = Directory::of(target).map_err(|error| failed("open the directory of", error))?;
    let old = replaced(&directory, target)?;
    let name = format!(".zoomtok-{}", std::process::id());
    // One of a process with this number that was killed.
    let _ = directory.remove(name.as_ref());
    let mut file = directory
        .make(name.as_ref(), Access::ReadWrite)
        .map_err(|error| failed("make a temporary file to replace", error))?;
    let tried = try_it(&mut file, old.as_ref(), room);
    drop(file);
    let removed = directory.remove(name.as_ref());
    tried.map_err(|(action, error)| failed(action, error))?;
    removed.map_err(|error| failed("remove a temporary file beside", error))
}

fn try_it(
    file: &mut File,
    old: Option<&std::fs::Metadata>,
    room: usize,
) -> Result<(), (&'static str, io::Error)> {
    may_grow_to(room)
        .and_then(|()| file.write_all(&vec![0; room]))
        .map_err(|error| ("make room to replace", error))?;
    let Some(old) = old else { return Ok(()) };
    match has_owner_of(file, old) {
        Ok(true) => Ok(()),
        Ok(false) => take_owner(file, old).map_err(|error| ("keep the owner of", error)),
        Err(error) => Err(("look at", error)),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::error::Code;
    use crate::error::Diagnostic as _;

    #[test]
    fn a_file_that_can_be_replaced_stays_as_it_is_and_alone() {
        let directory = tempfile::tempdir().unwrap();
        is_replaceable(&directory.path().join(".env"), 1000).unwrap();
        assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 0);
    }

    #[test]
    fn where_no_file_can_be_made_it_is_reported() {
        let directory = tempfile::tempdir().unwrap();
        let error = is_replaceable(&directory.path().join("none/.env"), 0).unwrap_err();
        assert_eq!(error.code(), Code::Store);
    }
}
