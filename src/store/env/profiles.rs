//! Profiles: a `.env` for each account, by name, in zoomtok's configuration directory.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use crate::error::Error;
use crate::files::check_word;

/// How the file of a profile ends.
const ENDING: &str = ".env";

/// The name of a profile. It is never a path.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ProfileName(String);

impl ProfileName {
    /// Reads a name that somebody chose.
    ///
    /// # Errors
    ///
    /// Why it cannot be one, phrased to follow the name of the argument.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        check_word(text)?;
        Ok(Self(text.to_owned()))
    }

    /// The name as it was chosen.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Its file, which need not exist, where configurations are in this directory.
    pub fn file(&self, configuration: &Path) -> PathBuf {
        directory(configuration).join(format!("{}{ENDING}", self.0))
    }

    /// The profile that a file of this name is, if it is one.
    fn of_file(name: &str) -> Option<Self> {
        Self::parse(name.strip_suffix(ENDING)?).ok()
    }
}

impl fmt::Display for ProfileName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The directory of the profiles.
fn directory(configuration: &Path) -> PathBuf {
    configuration.join("zoomtok").join("profiles")
}

/// All profiles that exist, in order, where configurations are in this directory.
///
/// # Errors
///
/// [`Error::Unreadable`].
pub fn all(configuration: &Path) -> Result<Vec<ProfileName>, Error> {
    in_directory(&directory(configuration))
}

/// Those in the directory of the profiles.
///
/// # Errors
///
/// [`Error::Unreadable`].
pub fn in_directory(directory: &Path) -> Result<Vec<ProfileName>, Error> {
    let failed = |source| Error::Unreadable { path: directory.to_owned(), source };
    let entries = match std::fs::read_dir(directory) {
        // A file in its place is what Windows has no valid name for.
        Err(error)
            if matches!(
                error.kind(),
                io::ErrorKind::NotFound | io::ErrorKind::NotADirectory | io::ErrorKind::InvalidFilename
            ) =>
        {
            return Ok(Vec::new());
        }
        entries => entries.map_err(failed)?,
    };
    let mut names = Vec::new();
    for entry in entries {
        let entry = entry.map_err(failed)?;
        let is_file = entry.file_type().is_ok_and(|kind| !kind.is_dir());
        names.extend(entry.file_name().to_str().filter(|_| is_file).and_then(ProfileName::of_file));
    }
    names.sort();
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn profiles_are_files_with_a_name_that_can_be_given() {
        let root = tempfile::tempdir().unwrap();
        assert_eq!(all(root.path()).unwrap(), []);
        let directory = directory(root.path());
        std::fs::create_dir_all(directory.join("directory.env")).unwrap();
        for name in ["work.env", "work.env.lock", "a.b.env", ".env", ".hidden.env", "a b.env", "notes.txt"] {
            std::fs::File::options().create_new(true).write(true).open(directory.join(name)).unwrap();
        }
        let names: Vec<String> = all(root.path()).unwrap().iter().map(ProfileName::to_string).collect();
        assert_eq!(names, ["a.b", "work"]);
        let file = ProfileName::parse("work").unwrap().file(root.path());
        assert_eq!(file, root.path().join("zoomtok/profiles/work.env"));
        assert!(file.exists());
    }

    #[test]
    fn a_file_in_place_of_the_directory_holds_no_profiles() {
        let root = tempfile::tempdir().unwrap();
        std::fs::create_dir(root.path().join("zoomtok")).unwrap();
        std::fs::File::options().create_new(true).write(true).open(directory(root.path())).unwrap();
        assert_eq!(all(root.path()).unwrap(), []);
    }
}
