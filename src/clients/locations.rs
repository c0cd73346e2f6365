//! Where clients keep their configurations, as data, so that the locations of every system are tested on all of them.

use std::fs;
use std::path::{Path, PathBuf};

use super::system::System;

/// A directory in which a client's configuration may be.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Location {
    /// The system on which it is there.
    pub(crate) system: System,
    /// The directory of the user that it is in.
    pub(crate) base: Base,
    /// The way from there.
    pub(crate) below: &'static [&'static str],
}

/// A directory of a user.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Base {
    /// `~`
    Home,
    /// `$XDG_CONFIG_HOME` or `~/.config`; `%APPDATA%` on Windows.
    Config,
    /// The directories that Windows shows packaged apps (MSIX) in place of `%APPDATA%`. The name of a package begins like
    /// this and ends with a digest of its publisher, which is not the same for every edition.
    Packaged(&'static str),
}

/// The directories of a user.
#[derive(Debug, Clone, Default)]
pub(super) struct Homes {
    home: Option<PathBuf>,
    config: Option<PathBuf>,
    /// `%LOCALAPPDATA%` on Windows.
    local: Option<PathBuf>,
}

impl Homes {
    /// Those of whoever runs this program.
    pub(super) fn current() -> Self {
        Self { home: dirs::home_dir(), config: dirs::config_dir(), local: dirs::data_local_dir() }
    }

    fn directories(&self, base: Base) -> Vec<PathBuf> {
        match base {
            Base::Home => self.home.iter().cloned().collect(),
            Base::Config => self.config.iter().cloned().collect(),
            Base::Packaged(name) => {
                self.local.iter().flat_map(|local| packages(&local.join("Packages"), name)).collect()
            }
        }
    }
}

/// The files of this name in these locations of a system, in their order.
pub(super) fn candidates(locations: &[Location], file: &str, system: System, homes: &Homes) -> Vec<PathBuf> {
    let locations = locations.iter().filter(|location| location.system == system);
    let directories = locations.flat_map(|location| {
        let below: PathBuf = location.below.iter().collect();
        homes.directories(location.base).into_iter().map(move |base| base.join(&below))
    });
    directories.map(|directory| directory.join(file)).collect()
}

/// The first of these that exists, else the first.
pub(super) fn choose(candidates: &[PathBuf]) -> Option<PathBuf> {
    candidates.iter().find(|path| path.exists()).or(candidates.first()).cloned()
}

/// What packages whose names begin like this are shown in place of `%APPDATA%`.
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
        Homes { home: Some(root.into()), config: Some(root.join("config")), local: Some(root.join("local")) }
    }
}
