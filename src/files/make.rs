//! Making directories, with any umask and for any user.

use std::io;
use std::path::Path;

use crate::error::Error;

/// Makes a directory that nobody else can look into, and those above it, as far as they do not exist. Where root makes
/// them in a directory of somebody else, they belong to its owner.
///
/// # Errors
///
/// Those of the system.
pub(crate) fn make_private(directory: &Path) -> io::Result<()> {
    make(directory, Kind::Private)
}

/// The same for the directory of a file.
///
/// # Errors
///
/// [`Error::Store`].
pub(crate) fn make_private_parent(file: &Path) -> Result<(), Error> {
    let directory = file.parent().unwrap_or(Path::new(""));
    make_private(directory).map_err(|source| Error::Store {
        action: "make",
        path: directory.to_owned(),
        source,
    })
}

/// Makes directories as others make them, but that their owner can always use them.
///
/// # Errors
///
/// Those of the system.
pub(crate) fn make_usual(directory: &Path) -> io::Result<()> {
    make(directory, Kind::Usual)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Private,
    Usual,
}

#[cfg(unix)]
fn make(path: &Path, kind: Kind) -> io::Result<()> {
    use super::directory::Directory;
    use super::path::name_of;
    if path.as_os_str().is_empty() || path.is_dir() {
        return Ok(());
    }
    let above = path.parent().unwrap_or(Path::new(""));
    make(above, kind)?;
    Directory::open(above)?.make_directory(name_of(path), kind == Kind::Private)
}

#[cfg(not(unix))]
fn make(path: &Path, _: Kind) -> io::Result<()> {
    std::fs::create_dir_all(path)
}

#[cfg(all(test, unix))]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn an_existing_directory_is_left_alone_and_a_missing_one_is_made() {
        let root = tempfile::tempdir().unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        let above = root.path().join("above");
        fs::create_dir(&above).unwrap();
        fs::set_permissions(&above, fs::Permissions::from_mode(0o751)).unwrap();
        make_private(&above.join("a/b")).unwrap();
        make_private(&above.join("a/b")).unwrap();
        assert_eq!((mode(&above), mode(&above.join("a")), mode(&above.join("a/b"))), (0o751, 0o700, 0o700));
        fs::File::options().create_new(true).write(true).open(above.join("file")).unwrap();
        make_private(&above.join("file/b")).unwrap_err();
    }
}
