//! The list of the grants, in zoomtok's configuration directory or in the shared store: they belong to the user, not to a `.env`.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::document::{Document, Form};
use super::grant::Grant;
use super::grant_error::GrantError;
use super::name::Name;
use super::stores::{GRANTS, Stores};
use crate::clock::{Clock, Shutdown};
use crate::error::Error;
use crate::files::{Stamp, distrust, open_regular, resolve, stamp};

/// The version of the list.
const GRANTS_VERSION: u32 = 1;

/// The largest file of grants. One takes about 200 bytes.
const LONGEST_GRANTS: u64 = 4 * 1024 * 1024;

/// The list of the grants, which need not exist.
#[derive(Debug, Clone)]
pub(crate) struct GrantFile(Document<GrantList>);

/// All grants, in the order they were added.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct GrantList {
    pub(crate) grants: Vec<Grant>,
}

impl GrantFile {
    /// The file in the system's directory for configuration; with a shared store the list is there, and no file is read.
    ///
    /// # Errors
    ///
    /// The links that lead to the file lead nowhere.
    pub(crate) fn new(configuration: Option<&Path>, stores: Stores) -> Result<Self, Error> {
        let path = configuration.map(|directory| directory.join("zoomtok").join("grants.json"));
        // Configurations are often links into a repository of them.
        let resolved = |path: PathBuf| resolve(&path).map_err(|source| Error::Unreadable { path, source });
        let path = path.map(resolved).transpose()?;
        let form = Form { version: GRANTS_VERSION, longest: LONGEST_GRANTS };
        Ok(Self(Document::new(form, path, stores, GRANTS.into(), None)))
    }

    /// All grants; none where there is no list.
    ///
    /// # Errors
    ///
    /// It cannot be read, is not what zoomtok wrote, or may have been written by somebody else.
    pub(crate) fn read(&self) -> Result<Arc<GrantList>, GrantError> {
        if self.0.shared()?.is_some() {
            return Ok(self.0.read_here()?.unwrap_or_default());
        }
        self.read_file()
    }

    /// The grants of the shared store, without blocking the thread for as long as that may take; none where they are in a file.
    ///
    /// # Errors
    ///
    /// As with [`GrantFile::read`].
    pub(super) async fn read_shared(&self) -> Result<Option<Arc<GrantList>>, GrantError> {
        if self.0.shared()?.is_none() {
            return Ok(None);
        }
        Ok(Some(self.0.read().await?.unwrap_or_default()))
    }

    /// The grants of this machine's file, whether they are in use or not.
    ///
    /// # Errors
    ///
    /// As with [`GrantFile::read`].
    pub(crate) fn read_file(&self) -> Result<Arc<GrantList>, GrantError> {
        let path = self.0.file().ok_or_else(no_place)?;
        let read = self.0.read_file().map_err(|error| meant(error.into()))?;
        let Some(content) = read else { return Ok(Arc::default()) };
        Self::trusted(path)?;
        Ok(content)
    }

    /// The state of the file; none where there is none.
    pub(super) fn stamp(&self) -> Option<Stamp> {
        stamp(self.0.file()?)
    }

    /// Adds a grant.
    ///
    /// # Errors
    ///
    /// There is one of that name, the list cannot be changed, or as for reading.
    pub(crate) fn add(&self, grant: &Grant, clock: &dyn Clock, stop: &Shutdown) -> Result<(), GrantError> {
        self.change(clock, stop, |grants| {
            if grants.iter().any(|there| there.name == grant.name) {
                return Err(GrantError::Taken(grant.name.clone()));
            }
            grants.push(grant.clone());
            Ok(())
        })
    }

    /// Removes the grant of this name.
    ///
    /// # Errors
    ///
    /// There is none, the list cannot be changed, or as for reading.
    pub(crate) fn remove(&self, name: &Name, clock: &dyn Clock, stop: &Shutdown) -> Result<(), GrantError> {
        self.change(clock, stop, |grants| {
            let before = grants.len();
            grants.retain(|grant| grant.name != *name);
            if grants.len() == before { Err(GrantError::Unknown(name.clone())) } else { Ok(()) }
        })
    }

    /// Adds the grants of this machine's file to those of the shared store, in one step. Gives their names.
    ///
    /// # Errors
    ///
    /// There is no shared store, a name is taken there by another grant, or as for reading and adding.
    pub(crate) fn share(&self, clock: &dyn Clock, stop: &Shutdown) -> Result<Vec<Name>, GrantError> {
        if self.0.shared()?.is_none() {
            return Err(GrantError::NotShared);
        }
        let of_file = self.read_file()?;
        self.change(clock, stop, |grants| {
            let mut added = Vec::new();
            for grant in &of_file.grants {
                match grants.iter().find(|there| there.name == grant.name) {
                    Some(there) if there == grant => {}
                    Some(_) => return Err(GrantError::Taken(grant.name.clone())),
                    None => {
                        grants.push(grant.clone());
                        added.push(grant.name.clone());
                    }
                }
            }
            Ok(added)
        })
    }

    /// The names of the grants of this machine's file that do not count, since the grants are in a shared store and it has others.
    ///
    /// # Errors
    ///
    /// As with [`GrantFile::read`].
    pub(crate) fn unshared(&self) -> Result<Vec<Name>, GrantError> {
        if self.0.shared()?.is_none() || self.0.file().is_none() {
            return Ok(Vec::new());
        }
        let (of_file, shared) = (self.read_file()?, self.read()?);
        let others = of_file.grants.iter().filter(|grant| !shared.grants.contains(grant));
        Ok(others.map(|grant| grant.name.clone()).collect())
    }

    fn change<R>(
        &self,
        clock: &dyn Clock,
        stop: &Shutdown,
        mut change: impl FnMut(&mut Vec<Grant>) -> Result<R, GrantError>,
    ) -> Result<R, GrantError> {
        let is_file = self.0.shared()?.is_none();
        if is_file && self.0.file().is_none() {
            return Err(no_place());
        }
        let changed = self.0.change_here(clock, stop, |before: Option<&GrantList>| {
            if let Some(path) = self.0.file().filter(|_| is_file && before.is_some()) {
                Self::trusted(path)?;
            }
            let mut grants = before.map(|list| list.grants.clone()).unwrap_or_default();
            let done = change(&mut grants)?;
            Ok((Some(GrantList { grants }), done))
        });
        changed.map_err(meant)
    }

    /// Refuses a file that others may have written: they could admit anybody.
    fn trusted(path: &Path) -> Result<(), GrantError> {
        let unreadable = |source| Error::Unreadable { path: path.to_owned(), source };
        let (_, metadata) = open_regular(path).map_err(unreadable)?;
        match distrust(path, &metadata) {
            Some(problem) => Err(GrantError::Untrusted { path: path.to_owned(), problem }),
            None => Ok(()),
        }
    }
}

fn meant(error: GrantError) -> GrantError {
    match error {
        GrantError::File(Error::Unparseable { path, .. }) => {
            GrantError::Broken { path, problem: "is not what this version of zoomtok wrote there" }
        }
        other => other,
    }
}

/// The error where the system names no place for configuration.
fn no_place() -> GrantError {
    Error::NoPlace { what: "grants".into(), variable: "XDG_CONFIG_HOME" }.into()
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
        file.add(&grant, &clock, &Shutdown::never())?;
        Ok(bearer.to_string())
    }

    fn found_by(grants: &Grants, bearer: &str) -> Result<Option<Grant>, GrantError> {
        crate::clock::runtime().unwrap().block_on(grants.find(bearer))
    }

    fn names(file: &GrantFile) -> Vec<String> {
        file.read().unwrap().grants.iter().map(|grant| grant.name.to_string()).collect()
    }

    #[test]
    fn a_grant_counts_from_when_it_is_added_until_it_is_removed() {
        let directory = tempfile::tempdir().unwrap();
        let file = GrantFile::new(Some(directory.path()), Stores::none()).unwrap();
        let clock = SystemClock::start();
        let grants = Grants::new(file.clone(), Arc::new(clock));
        let found = |bearer: &str| found_by(&grants, bearer).unwrap().map(|grant| grant.name.to_string());
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
    fn no_format_shows_what_the_file_holds() {
        let directory = tempfile::tempdir().unwrap();
        let file = GrantFile::new(Some(directory.path()), Stores::none()).unwrap();
        let bearer = add(&file, "a").unwrap();
        let shown = format!("{file:?}");
        assert!(shown.contains("grants.json") && shown.contains("zoomtok:{gateways}:grants"), "{shown}");
        assert!(!shown.contains(&bearer) && !shown.contains("digest"), "{shown}");
    }

    #[test]
    fn grants_added_at_the_same_time_are_all_there() {
        let directory = tempfile::tempdir().unwrap();
        let file = GrantFile::new(Some(directory.path()), Stores::none()).unwrap();
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
        let file = GrantFile::new(Some(directory.path()), Stores::none()).unwrap();
        let bearer = add(&file, "a").unwrap();
        let good = fs::read_to_string(file.0.file().unwrap()).unwrap();
        let grants = Grants::new(file.clone(), Arc::new(SystemClock::start()));
        for broken in [
            "",
            "{}",
            &good[..good.len() / 2],
            &good.replace("\"version\": 1", "\"version\": 2"),
            &good.replace("\"a\"", "\"../a\""),
        ] {
            let write = |text: &str| {
                crate::files::Reservation::new(file.0.file().unwrap(), 1)
                    .unwrap()
                    .commit(text.as_bytes())
                    .unwrap();
            };
            write(broken);
            let error = found_by(&grants, &bearer).unwrap_err();
            assert_eq!(error.code(), Code::Configuration);
            assert!(error.to_string().contains("so every grant is refused"), "{error}");
            assert!(add(&file, "b").is_err());
            assert_eq!(fs::read_to_string(file.0.file().unwrap()).unwrap(), broken);
            write(&good);
            assert!(found_by(&grants, &bearer).unwrap().is_some());
        }
    }

    #[cfg(unix)]
    #[test]
    fn only_the_user_can_read_the_file_and_one_that_others_can_write_lets_nobody_in() {
        use std::os::unix::fs::{PermissionsExt as _, symlink};
        let directory = tempfile::tempdir().unwrap();
        let file = GrantFile::new(Some(directory.path()), Stores::none()).unwrap();
        let bearer = add(&file, "a").unwrap();
        assert_eq!(fs::metadata(file.0.file().unwrap()).unwrap().permissions().mode() & 0o777, 0o600);
        fs::set_permissions(file.0.file().unwrap(), fs::Permissions::from_mode(0o606)).unwrap();
        let error =
            found_by(&Grants::new(file.clone(), Arc::new(SystemClock::start())), &bearer).unwrap_err();
        assert!(matches!(error, GrantError::Untrusted { .. }), "{error}");
        assert!(error.hint().unwrap().contains("chmod 600"), "{error:?}");
        fs::set_permissions(file.0.file().unwrap(), fs::Permissions::from_mode(0o600)).unwrap();
        // A link into a repository of configurations is followed, and stays.
        let real = directory.path().join("dotfiles.json");
        fs::rename(file.0.file().unwrap(), &real).unwrap();
        symlink(&real, directory.path().join("zoomtok/grants.json")).unwrap();
        let file = GrantFile::new(Some(directory.path()), Stores::none()).unwrap();
        add(&file, "b").unwrap();
        assert!(directory.path().join("zoomtok/grants.json").is_symlink());
        assert_eq!(names(&file), ["a", "b"]);
    }
}
