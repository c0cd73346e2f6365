//! The name of a file in its directory, and where links lead.

use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};

/// How many symbolic links may lead to a file, as in the Linux kernel.
const MAX_LINKS: usize = 40;

/// The name of a file in its directory.
pub(crate) fn name_of(target: &Path) -> &OsStr {
    target.file_name().unwrap_or_default()
}

/// The path without symbolic links, also of a file that is not there yet: a link to nowhere says where to make it.
pub(crate) fn resolve(path: &Path) -> io::Result<PathBuf> {
    let mut path = path.to_owned();
    for _ in 0..MAX_LINKS {
        match plain(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            resolved => return resolved,
        }
        let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        match path.read_link() {
            Ok(link) => path = parent.join(link),
            Err(_) => {
                // No parent either: writing will say so, reading finds no file.
                return Ok(plain(parent).map_or_else(
                    |_| path.clone(),
                    |parent| parent.join(path.file_name().unwrap_or_default()),
                ));
            }
        }
    }
    Err(io::Error::new(io::ErrorKind::InvalidInput, "too many symbolic links"))
}

/// `canonicalize`, but for the `\\?\` that it puts before a path on Windows and that many programs do not take.
fn plain(path: &Path) -> io::Result<PathBuf> {
    let path = path.canonicalize()?;
    Ok(match path.to_str().and_then(|text| text.strip_prefix(r"\\?\")) {
        Some(text) if text.as_bytes().get(1) == Some(&b':') => text.into(),
        _ => path,
    })
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn links_are_resolved_also_to_a_file_that_does_not_exist_and_loops_are_not() {
        let root = tempfile::tempdir().unwrap();
        let root = root.path().canonicalize().unwrap();
        std::fs::create_dir(root.join("real")).unwrap();
        symlink("second", root.join("first")).unwrap();
        symlink("real/.env", root.join("second")).unwrap();
        assert_eq!(resolve(&root.join("first")).unwrap(), root.join("real/.env"));
        symlink("loop", root.join("loop")).unwrap();
        resolve(&root.join("loop")).unwrap_err();
    }
}
