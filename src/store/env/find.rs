//! Finds the `.env` to use.

use std::path::{Path, PathBuf};

/// Where a `.env` was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// In the directory of the search, or above it.
    Above,
    /// In zoomtok's configuration directory.
    Configuration,
}

/// The nearest `.env` from `directory` upwards, else the one in zoomtok's configuration directory. A directory of that name,
/// as some have for their Python, is none.
pub fn find(directory: &Path, configuration: Option<&Path>) -> Option<(PathBuf, Place)> {
    let above = directory.ancestors().map(|directory| (directory.join(".env"), Place::Above));
    let configured =
        configuration.map(|configuration| (configuration.join("zoomtok").join(".env"), Place::Configuration));
    let is_one = |path: &Path| path.symlink_metadata().is_ok_and(|found| !found.is_dir());
    let (path, place) = above.chain(configured.clone()).find(|(path, _)| is_one(path))?;
    // Also for a process in that directory, or below it.
    let is_configured = configured.is_some_and(|(configured, _)| configured == path);
    Some((path, if is_configured { Place::Configuration } else { place }))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn put(path: &Path) {
        fs::File::options().create_new(true).write(true).open(path).unwrap();
    }

    #[test]
    fn the_nearest_one_is_found() {
        let root = tempfile::tempdir().unwrap();
        let below = root.path().join("a/b");
        let configuration = root.path().join("config");
        fs::create_dir_all(&below).unwrap();
        fs::create_dir_all(configuration.join("zoomtok")).unwrap();
        put(&configuration.join("zoomtok/.env"));
        let found = || find(&below, Some(&configuration)).unwrap();
        assert_eq!(found(), (configuration.join("zoomtok/.env"), Place::Configuration));
        let in_it = configuration.join("zoomtok");
        assert_eq!(find(&in_it, Some(&configuration)).unwrap(), (in_it.join(".env"), Place::Configuration));
        put(&root.path().join("a/.env"));
        assert_eq!(found(), (root.path().join("a/.env"), Place::Above));
        fs::create_dir(below.join(".env")).unwrap();
        assert_eq!(found(), (root.path().join("a/.env"), Place::Above));
        fs::remove_dir(below.join(".env")).unwrap();
        put(&below.join(".env"));
        assert_eq!(found(), (below.join(".env"), Place::Above));
    }
}
