//! Where a gateway keeps its state: a directory by its name, for its owner alone.

use std::io;
use std::path::{Path, PathBuf};

use super::name::Name;
use crate::error::Error;
use crate::policy::counts::SharedCounts;

/// The directory of a state root in which each gateway has one.
const GATEWAYS: &str = "gateways";

/// The state directory of one gateway. It is made by whatever first writes a file in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place(PathBuf);

impl Place {
    /// The place of the gateway of this name.
    pub(crate) fn new(root: &Path, name: &Name) -> Self {
        Self(root.join(GATEWAYS).join(name.as_str()))
    }

    /// Which tools were accepted.
    pub(crate) fn pins(&self) -> PathBuf {
        self.0.join("pins.json")
    }

    /// How often each limit of the policy was used, by all gateways of this name.
    pub(crate) fn counts(&self) -> SharedCounts {
        let path = self.0.join("counts.json");
        SharedCounts::new(Box::new(move || Ok(Some(vec![path.clone()]))))
    }

    /// The directory of the calls that wait for a person.
    pub(crate) fn approvals(&self) -> PathBuf {
        self.0.join("approvals")
    }

    /// When its server has ended by itself.
    pub(crate) fn restarts(&self) -> PathBuf {
        self.0.join("restarts.json")
    }
}

/// The names of all gateways that have kept anything, in order.
///
/// # Errors
///
/// [`Error::Unreadable`].
pub(crate) fn all(root: &Path) -> Result<Vec<Name>, Error> {
    let mut names: Vec<Name> =
        names_in(&root.join(GATEWAYS))?.iter().filter_map(|name| Name::parse(name).ok()).collect();
    names.sort();
    Ok(names)
}

/// The names in a directory; none where it does not exist. Those that are not UTF-8 are none of ours.
///
/// # Errors
///
/// [`Error::Unreadable`].
pub(crate) fn names_in(directory: &Path) -> Result<Vec<String>, Error> {
    let failed = |source| Error::Unreadable { path: directory.to_owned(), source };
    match std::fs::read_dir(directory) {
        // Whatever stands in its place, it is not there.
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
            Ok(Vec::new())
        }
        entries => {
            let names: io::Result<Vec<_>> =
                entries.map_err(failed)?.map(|entry| Ok(entry?.file_name())).collect();
            Ok(names.map_err(failed)?.into_iter().filter_map(|name| name.into_string().ok()).collect())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::{Charge, Window};

    #[tokio::test]
    async fn each_name_has_a_directory_of_its_own_with_counts_that_outlive_the_gateway() {
        let root = tempfile::tempdir().unwrap();
        let place = |name: &str| Place::new(root.path(), &Name::parse(name).unwrap());
        let now = "2026-03-04T12:00:30Z".parse().unwrap();
        let (rule, counter, window) = ("calls".to_owned(), "calls".to_owned(), Window::Minute);
        let charges = [Charge { rule, counter, window, max: 3, amount: 1 }];
        assert_eq!(all(root.path()).unwrap(), []);
        for (name, passes) in [("a", true), ("a", true), ("b", true), ("a", true), ("a", false), ("b", true)]
        {
            let taken = place(name).counts().take("stdio", &charges, now).await;
            assert_eq!(taken.is_ok(), passes, "{name}");
        }
        assert_eq!(all(root.path()).unwrap().iter().map(Name::as_str).collect::<Vec<_>>(), ["a", "b"]);
        let file = root.path().join("gateways/a/counts.json");
        assert_eq!(
            [place("a").pins(), place("a").approvals()],
            ["pins.json", "approvals"].map(|name| file.with_file_name(name))
        );
        assert!(file.is_file());
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = |path: &Path| path.metadata().unwrap().permissions().mode() & 0o777;
            assert_eq!((mode(file.parent().unwrap()), mode(&file)), (0o700, 0o600));
        }
    }

    #[test]
    fn other_directories_are_not_listed_as_gateways() {
        let root = tempfile::tempdir().unwrap();
        for name in ["real", ".hidden", "a b"] {
            crate::files::make_private(&root.path().join(GATEWAYS).join(name)).unwrap();
        }
        assert_eq!(all(root.path()).unwrap(), [Name::parse("real").unwrap()]);
    }
}
