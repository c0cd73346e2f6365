//! Whether a file could be replaced, found out without touching it.

use std::io::Write as _;
use std::path::Path;

use super::replace::{replaced, take_owner};
use super::sharing::insist;
use crate::error::Error;

/// Tries what a replace of `target` begins with: a temporary file beside it, with room for so many bytes and of the
/// same owner. It has a name of its own, so that this needs no lock, and is gone afterwards.
///
/// # Errors
///
/// [`Error::Store`], as a replace would end with.
pub(crate) fn is_replaceable(target: &Path, room: usize) -> Result<(), Error> {
    let failed = |action, source| Error::Store { action, path: target.to_owned(), source };
    let old = replaced(target)?;
    let directory = target.parent().unwrap_or(Path::new(""));
    let mut temporary = insist(|| tempfile::Builder::new().prefix(".zoomtok-").tempfile_in(directory))
        .map_err(|error| failed("make a temporary file to replace", error))?;
    take_owner(temporary.as_file(), old.as_ref()).map_err(|error| failed("keep the owner of", error))?;
    temporary.write_all(&vec![0; room]).map_err(|error| failed("make room to replace", error))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::error::Code;

    #[test]
    fn a_file_that_can_be_replaced_stays_as_it_is_and_alone() {
        let directory = tempfile::tempdir().unwrap();
        is_replaceable(&directory.path().join(".env"), 1000).unwrap();
        assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 0);
    }

    #[test]
    fn where_no_file_can_be_made_it_is_told() {
        let directory = tempfile::tempdir().unwrap();
        let error = is_replaceable(&directory.path().join("none/.env"), 0).unwrap_err();
        assert_eq!(error.code(), Code::Store);
    }
}
