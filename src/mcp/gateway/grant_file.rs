//! The file with the grants, in zoomtok's configuration directory: they belong to the user, not to a `.env`.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::grant::Grant;
use super::grant_error::GrantError;
use super::name::Name;
use crate::clock::{Clock, Shutdown};
use crate::error::Error;
use crate::files::{
    LOCK_PATIENCE, Lock, distrust, heir, make_private_parent, open_regular, read_json, resolve, write_json,
};

/// The version of the file.
const GRANTS_VERSION: u32 = 1;

/// The largest file of grants. One takes about 200 bytes.
const LONGEST_GRANTS: u64 = 4 * 1024 * 1024;

/// The file with the grants, which need not exist.
#[derive(Debug, Clone)]
pub(crate) struct GrantFile(PathBuf);

#[derive(Serialize, Deserialize)]
struct Content {
    grants: Vec<Grant>,
}

impl GrantFile {
    /// The file in the system's directory for configuration.
    ///
    /// # Errors
    ///
    /// There is none, or the links that lead to the file lead nowhere.
    pub(crate) fn new(configuration: Option<&Path>) -> Result<Self, GrantError> {
        let path = configuration.ok_or(GrantError::NoPlace)?.join("zoomtok").join("grants.json");
        // Configurations are often links into a repository of them.
        resolve(&path).map(Self).map_err(|source| Error::Unreadable { path, source }.into())
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    /// All grants, in the order they were added; none where there is no file.
    ///
    /// # Errors
    ///
    /// It cannot be read, is not what zoomtok wrote, or may have been written by somebody else.
    pub(crate) fn read(&self) -> Result<Vec<Grant>, GrantError> {
        let path = || self.0.clone();
        let problem = |error| match error {
            Error::Unparseable { .. } => GrantError::Broken {
                path: path(),
                problem: "is not what this version of zoomtok wrote there",
            },
            other => other.into(),
        };
        let content = read_json::<Content>(&self.0, GRANTS_VERSION, LONGEST_GRANTS).map_err(problem)?;
        let Some(Content { grants }) = content else { return Ok(Vec::new()) };
        // Anybody who can write it can admit anybody.
        let (_, metadata) =
            open_regular(&self.0).map_err(|source| Error::Unreadable { path: path(), source })?;
        match distrust(&self.0, &metadata) {
            Some(problem) => Err(GrantError::Untrusted { path: path(), problem }),
            None => Ok(grants),
        }
    }

    /// Adds a grant.
    ///
    /// # Errors
    ///
    /// There is one of that name, the file cannot be changed, or as for reading.
    pub(crate) fn add(&self, grant: Grant, clock: &dyn Clock, stop: &Shutdown) -> Result<(), GrantError> {
        self.change(clock, stop, |grants| {
            if grants.iter().any(|there| there.name == grant.name) {
                return Err(GrantError::Taken(grant.name));
            }
            grants.push(grant);
            Ok(())
        })
    }

    /// Removes the grant of this name.
    ///
    /// # Errors
    ///
    /// There is none, the file cannot be changed, or as for reading.
    pub(crate) fn remove(&self, name: &Name, clock: &dyn Clock, stop: &Shutdown) -> Result<(), GrantError> {
        self.change(clock, stop, |grants| {
            let before = grants.len();
            grants.retain(|grant| grant.name != *name);
            if grants.len() == before { Err(GrantError::Unknown(name.clone())) } else { Ok(()) }
        })
    }

    fn change(
        &self,
        clock: &dyn Clock,
        stop: &Shutdown,
        change: impl FnOnce(&mut Vec<Grant>) -> Result<(), GrantError>,
    ) -> Result<(), GrantError> {
        make_private_parent(&self.0)?;
        let _lock = Lock::acquire(&self.0, LOCK_PATIENCE, clock, stop)?;
        let mut grants = self.read()?;
        change(&mut grants)?;
        Ok(write_json(&self.0, GRANTS_VERSION, &Content { grants }, heir)?)
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::super::grants::Grants;
    use super::*;
    use crate::clock::SystemClock;
    use crate::error::{Code, Diagnostic as _};

    fn name(text: &str) -> Name {
        Name::parse(text).unwrap()
    }

    fn add(file: &GrantFile, text: &str) -> Result<String, GrantError> {
        let clock = SystemClock::start();
        let (grant, bearer) = Grant::new(name(text), None, clock.now())?;
        file.add(grant, &clock, &Shutdown::never())?;
        Ok(bearer.to_string())
    }

    fn names(file: &GrantFile) -> Vec<String> {
        file.read().unwrap().iter().map(|grant| grant.name.to_string()).collect()
    }

    #[test]
    fn a_grant_counts_from_when_it_is_added_until_it_is_removed() {
        let directory = tempfile::tempdir().unwrap();
        let file = GrantFile::new(Some(directory.path())).unwrap();
        let clock = SystemClock::start();
        let grants = Grants::new(file.clone(), clock);
        let found = |bearer: &str| grants.find(bearer).unwrap().map(|grant| grant.name.to_string());
        assert_eq!(found("ztg_x"), None);
        let (a, b) = (add(&file, "a").unwrap(), add(&file, "b").unwrap());
        assert_eq!((found(&a).as_deref(), found(&b).as_deref()), (Some("a"), Some("b")));
        let taken = add(&file, "a").unwrap_err();
        assert_eq!((taken.code(), taken.to_string().as_str()), (Code::Usage, "there is a grant a already"));
        file.remove(&name("a"), &clock, &Shutdown::never()).unwrap();
        assert_eq!((found(&a), found(&b).as_deref()), (None, Some("b")));
        let gone = file.remove(&name("a"), &clock, &Shutdown::never()).unwrap_err();
        assert_eq!((gone.code(), gone.to_string().as_str()), (Code::Usage, "there is no grant a"));
        assert_eq!(names(&file), ["b"]);
        // A new one of the same name has a new token.
        assert_ne!(add(&file, "a").unwrap(), a);
        assert_eq!(found(&a), None);
    }

    #[test]
    fn grants_added_at_the_same_time_are_all_there() {
        let directory = tempfile::tempdir().unwrap();
        let file = GrantFile::new(Some(directory.path())).unwrap();
        std::thread::scope(|scope| {
            for at in 0..8 {
                let file = &file;
                scope.spawn(move || (0..3).for_each(|n| drop(add(file, &format!("g{at}-{n}")).unwrap())));
            }
        });
        assert_eq!(names(&file).len(), 24);
    }

    #[test]
    fn a_broken_file_lets_nobody_in_and_is_left_alone() {
        let directory = tempfile::tempdir().unwrap();
        let file = GrantFile::new(Some(directory.path())).unwrap();
        let bearer = add(&file, "a").unwrap();
        let good = fs::read_to_string(file.path()).unwrap();
        let grants = Grants::new(file.clone(), SystemClock::start());
        for broken in [
            "",
            "{}",
            &good[..good.len() / 2],
            &good.replace("\"version\": 1", "\"version\": 2"),
            &good.replace("\"a\"", "\"../a\""),
        ] {
            let write = |text: &str| {
                crate::files::Reservation::new(file.path(), 1).unwrap().commit(text.as_bytes()).unwrap();
            };
            write(broken);
            let error = grants.find(&bearer).unwrap_err();
            assert_eq!(error.code(), Code::Configuration);
            assert!(error.to_string().contains("so every grant is refused"), "{error}");
            assert!(add(&file, "b").is_err());
            assert_eq!(fs::read_to_string(file.path()).unwrap(), broken);
            write(&good);
            assert!(grants.find(&bearer).unwrap().is_some());
        }
    }

    #[cfg(unix)]
    #[test]
    fn only_the_user_can_read_the_file_and_one_that_others_can_write_lets_nobody_in() {
        use std::os::unix::fs::{PermissionsExt as _, symlink};
        let directory = tempfile::tempdir().unwrap();
        let file = GrantFile::new(Some(directory.path())).unwrap();
        let bearer = add(&file, "a").unwrap();
        assert_eq!(fs::metadata(file.path()).unwrap().permissions().mode() & 0o777, 0o600);
        fs::set_permissions(file.path(), fs::Permissions::from_mode(0o606)).unwrap();
        let error = Grants::new(file.clone(), SystemClock::start()).find(&bearer).unwrap_err();
        assert!(matches!(error, GrantError::Untrusted { .. }), "{error}");
        assert!(error.hint().unwrap().contains("chmod 600"), "{error:?}");
        fs::set_permissions(file.path(), fs::Permissions::from_mode(0o600)).unwrap();
        // A link into a repository of configurations is followed, and stays.
        let real = directory.path().join("dotfiles.json");
        fs::rename(file.path(), &real).unwrap();
        symlink(&real, directory.path().join("zoomtok/grants.json")).unwrap();
        let file = GrantFile::new(Some(directory.path())).unwrap();
        add(&file, "b").unwrap();
        assert!(directory.path().join("zoomtok/grants.json").is_symlink());
        assert_eq!(names(&file), ["a", "b"]);
    }
}
