//! Where Claude Desktop keeps its configuration, as data, so that every system's places are tested on all of them.

use std::fs;
use std::path::{Path, PathBuf};

/// The systems that Claude Desktop, or what people make of it, runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Platform {
    MacOs,
    Windows,
    /// Anthropic's own package and the builds of others (<https://github.com/aaddrick/claude-desktop-debian>) keep to
    /// Electron's place.
    Linux,
}

/// The directories of a user.
#[derive(Debug, Clone, Default)]
struct Homes {
    /// `~`.
    home: Option<PathBuf>,
    /// `$XDG_CONFIG_HOME` or `~/.config`; `%APPDATA%` on Windows.
    config: Option<PathBuf>,
    /// `%LOCALAPPDATA%` on Windows.
    local: Option<PathBuf>,
}

impl Platform {
    fn of_system() -> Self {
        if cfg!(target_os = "macos") {
            Self::MacOs
        } else if cfg!(windows) {
            Self::Windows
        } else {
            Self::Linux
        }
    }

    /// Where the file may be, the place that counts first.
    ///
    /// macOS and Windows: <https://modelcontextprotocol.io/docs/develop/connect-local-servers>.
    fn candidates(self, homes: &Homes) -> Vec<PathBuf> {
        let plain = match self {
            Self::MacOs => homes.home.as_ref().map(|home| home.join("Library").join("Application Support")),
            Self::Windows | Self::Linux => homes.config.clone(),
        };
        // Windows shows a packaged app (MSIX) a directory of its own in the place of %APPDATA%, and Claude's installer
        // makes it one. What is in the plain place then, mostly a left-over of an older installer, is not what that app
        // reads (https://github.com/anthropics/claude-code/issues/26073), so a package comes first.
        let packaged = match (self, &homes.local) {
            (Self::Windows, Some(local)) => packages(&local.join("Packages")),
            _ => Vec::new(),
        };
        packaged.into_iter().chain(plain).map(|directory| directory.join("Claude").join(NAME)).collect()
    }
}

const NAME: &str = "claude_desktop_config.json";

/// What the packages of Claude Desktop are shown in the place of `%APPDATA%`. The name of a package ends with a digest
/// of its publisher, which is not the same for every edition.
fn packages(directory: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(directory) else { return Vec::new() };
    let mut packages: Vec<PathBuf> = entries
        .filter_map(Result::ok)
        .filter(|entry| entry.file_name().to_str().is_some_and(|name| name.starts_with("Claude_")))
        .map(|entry| entry.path().join("LocalCache").join("Roaming"))
        .collect();
    packages.sort();
    packages
}

/// The first of these that exists, else the first.
fn choose(candidates: &[PathBuf]) -> Option<PathBuf> {
    candidates.iter().find(|path| path.exists()).or(candidates.first()).cloned()
}

fn candidates() -> Vec<PathBuf> {
    let homes = Homes { home: dirs::home_dir(), config: dirs::config_dir(), local: dirs::data_local_dir() };
    Platform::of_system().candidates(&homes)
}

/// Claude's configuration on this system: the file that exists, else the place where Claude would make it. None where
/// the user has no home.
pub(super) fn find() -> Option<PathBuf> {
    choose(&candidates())
}

/// Where a file was looked for that is not at `path`: there, or in all places of this system when it is one of them.
pub(super) fn looked_for(path: &Path) -> Vec<PathBuf> {
    let candidates = candidates();
    if candidates.iter().any(|candidate| candidate == path) { candidates } else { vec![path.to_owned()] }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn homes(root: &Path) -> Homes {
        Homes { home: Some(root.into()), config: Some(root.join("config")), local: Some(root.join("local")) }
    }

    fn put(path: &Path) {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::File::options().create(true).truncate(false).write(true).open(path).unwrap();
    }

    #[test]
    fn each_system_has_its_place() {
        let root = Path::new("/home/me");
        for (platform, place) in [
            (Platform::MacOs, "Library/Application Support/Claude"),
            (Platform::Windows, "config/Claude"),
            (Platform::Linux, "config/Claude"),
        ] {
            assert_eq!(platform.candidates(&homes(root)), [root.join(place).join(NAME)], "{platform:?}");
            assert!(platform.candidates(&Homes::default()).is_empty());
        }
    }

    #[test]
    fn on_windows_a_package_comes_first() {
        let root = tempfile::tempdir().unwrap();
        let homes = homes(root.path());
        let package = root.path().join("local/Packages/Claude_pzs8sxrjxfjjc");
        fs::create_dir_all(&package).unwrap();
        fs::create_dir_all(root.path().join("local/Packages/ClaudeLike_x")).unwrap();
        let packaged = package.join("LocalCache/Roaming/Claude").join(NAME);
        let plain = root.path().join("config/Claude").join(NAME);
        let found = || choose(&Platform::Windows.candidates(&homes)).unwrap();
        assert_eq!(Platform::Windows.candidates(&homes), [packaged.clone(), plain.clone()]);
        assert_eq!(Platform::Linux.candidates(&homes), std::slice::from_ref(&plain));
        assert_eq!(found(), packaged);
        put(&plain);
        assert_eq!(found(), plain);
        put(&packaged);
        assert_eq!(found(), packaged);
    }

    #[test]
    fn a_missing_file_was_looked_for_where_it_was_named() {
        assert_eq!(looked_for(Path::new("/none/x.json")), [PathBuf::from("/none/x.json")]);
        assert!(find().is_none_or(|path| looked_for(&path) == candidates()));
    }
}
