//! Where clients keep their configurations, as data, so that the locations of every system are tested on all of them.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use super::system::System;

/// A place in which a client's configuration may be.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Location {
    /// The systems on which it is there.
    pub(crate) systems: &'static [System],
    /// The directory of the user that it is in.
    pub(crate) base: Base,
    /// The way from there to the file, with slashes between the names.
    pub(crate) file: &'static str,
}

impl Location {
    /// A place that every system has.
    pub(crate) const fn everywhere(base: Base, file: &'static str) -> Self {
        Self { systems: System::ALL, base, file }
    }

    /// A place of one system.
    pub(crate) const fn on(systems: &'static [System], base: Base, file: &'static str) -> Self {
        Self { systems, base, file }
    }
}

/// A directory of a user.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Base {
    /// `~`
    Home,
    /// `$XDG_CONFIG_HOME` or `~/.config`; `~/Library/Application Support` on macOS, `%APPDATA%` on Windows.
    Config,
    /// The directories that Windows shows packaged apps (MSIX) in place of `%APPDATA%`. The name of a package begins like
    /// this and ends with a digest of its publisher, which is not the same for every edition.
    Packaged(&'static str),
    /// The directory that a variable names. Where it is set, the client looks nowhere else.
    Variable(&'static str),
}

/// The lookup of an environment variable.
type Variables = fn(&str) -> Option<OsString>;

/// The directories of a user.
#[derive(Debug, Clone, Default)]
pub(super) struct Homes {
    home: Option<PathBuf>,
    config: Option<PathBuf>,
    /// `%LOCALAPPDATA%` on Windows.
    local: Option<PathBuf>,
    variable: Option<Variables>,
}

/// A file that may be a client's configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Candidate {
    pub(super) path: PathBuf,
    /// A directory that is there where the client is; none where only the file shows that.
    sign: Option<PathBuf>,
}

impl Candidate {
    /// Whether the client is there.
    pub(super) fn is_found(&self) -> bool {
        self.path.exists() || self.sign.as_ref().is_some_and(|sign| sign.is_dir())
    }
}

impl Homes {
    /// Those of whoever runs this program.
    pub(super) fn current() -> Self {
        Self {
            home: dirs::home_dir(),
            config: dirs::config_dir(),
            local: dirs::data_local_dir(),
            variable: Some(|name| std::env::var_os(name)),
        }
    }

    fn directories(&self, base: Base) -> Vec<PathBuf> {
        match base {
            Base::Home => self.home.iter().cloned().collect(),
            Base::Config => self.config.iter().cloned().collect(),
            Base::Packaged(name) => {
                self.local.iter().flat_map(|local| packages(&local.join("Packages"), name)).collect()
            }
            Base::Variable(name) => {
                let value = self.variable.and_then(|variable| variable(name));
                value.filter(|value| !value.is_empty()).map(PathBuf::from).into_iter().collect()
            }
        }
    }

    fn candidates_of(&self, location: &Location) -> Vec<Candidate> {
        let below: PathBuf = location.file.split('/').collect();
        let candidate = |base: PathBuf| {
            let path = base.join(&below);
            let sign = match location.base {
                // The package itself: what it is shown is made when it first writes.
                Base::Packaged(_) => base.ancestors().nth(2).map(Path::to_owned),
                Base::Variable(_) => Some(base),
                // Everybody has such a directory.
                Base::Home | Base::Config if below.components().count() == 1 => None,
                Base::Home | Base::Config => path.parent().map(Path::to_owned),
            };
            Candidate { path, sign }
        };
        self.directories(location.base).into_iter().map(candidate).collect()
    }
}

/// The files in these locations of a system, in their order. Where a variable names one, there is no other.
pub(super) fn candidates(locations: &[Location], system: System, homes: &Homes) -> Vec<Candidate> {
    let of_system = || locations.iter().filter(|location| location.systems.contains(&system));
    let by_variable = |location: &&Location| matches!(location.base, Base::Variable(_));
    let named: Vec<Candidate> =
        of_system().filter(by_variable).flat_map(|location| homes.candidates_of(location)).collect();
    if named.is_empty() {
        of_system().flat_map(|location| homes.candidates_of(location)).collect()
    } else {
        named
    }
}

/// The first of these that exists, else the first of a client that is there, else the first.
pub(super) fn choose(candidates: &[Candidate]) -> Option<PathBuf> {
    let existing = candidates.iter().find(|candidate| candidate.path.exists());
    let found = existing.or_else(|| candidates.iter().find(|candidate| candidate.is_found()));
    found.or(candidates.first()).map(|candidate| candidate.path.clone())
}

/// The directories that packages whose names begin like this are shown in place of `%APPDATA%`.
fn packages(directory: &Path, name: &str) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(directory) else { return Vec::new() };
    let mut packages: Vec<PathBuf> = entries
        .filter_map(Result::ok)
        .filter(|entry| entry.file_name().to_str().is_some_and(|entry| entry.starts_with(name)))
        .map(|entry| entry.path().join("LocalCache").join("Roaming"))
        .collect();
    packages.sort();
    packages
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// The directories of a user whose home is `root`.
    pub(in crate::clients) fn homes(root: &Path) -> Homes {
        Homes {
            home: Some(root.into()),
            config: Some(root.join("config")),
            local: Some(root.join("local")),
            variable: None,
        }
    }
}
