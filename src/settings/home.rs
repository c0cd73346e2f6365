//! A path as somebody wrote it where no shell was: in a `.env`, in a client's configuration.

use std::path::{Component, Path, PathBuf};

/// The path with the user's home in the place of a `~` at its beginning, as a shell has it.
///
/// # Errors
///
/// The fault of the path, to be read after its name.
pub fn expanded(path: &Path) -> Result<PathBuf, &'static str> {
    in_home(path, dirs::home_dir)
}

/// The directory for configurations: that of `XDG_CONFIG_HOME`, else the one of the system.
pub(crate) fn configuration_directory() -> Option<PathBuf> {
    configuration_where(std::env::var_os("XDG_CONFIG_HOME").map(PathBuf::from), dirs::config_dir)
}

fn configuration_where(
    named: Option<PathBuf>,
    of_system: impl FnOnce() -> Option<PathBuf>,
) -> Option<PathBuf> {
    // `dirs` reads the variable on Linux only; who sets it elsewhere means it too.
    named.filter(|path| path.is_absolute()).or_else(of_system)
}

fn in_home(path: &Path, home: impl FnOnce() -> Option<PathBuf>) -> Result<PathBuf, &'static str> {
    let mut parts = path.components();
    match parts.next() {
        Some(Component::Normal(first)) if first == "~" => {
            let home = home().ok_or("begins with ~, and there is no home directory: set HOME")?;
            Ok(home.join(parts))
        }
        Some(Component::Normal(first)) if first.as_encoded_bytes().starts_with(b"~") => Err(
            "begins with ~ and a name: only ~/ is expanded; write the whole path (or ./~ for such a name)",
        ),
        _ => Ok(path.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_names_a_directory_for_configurations_means_it() {
        let whole = if cfg!(windows) { "C:\\x" } else { "/x" };
        let of_system = || Some(PathBuf::from("system"));
        for (named, expected) in
            [(Some(whole), whole), (Some("x"), "system"), (Some(""), "system"), (None, "system")]
        {
            let found = configuration_where(named.map(PathBuf::from), of_system);
            assert_eq!(found.as_deref(), Some(Path::new(expected)), "{named:?}");
        }
    }

    #[test]
    fn only_ones_own_home_is_expanded() {
        let home = || Some(PathBuf::from("/home/me"));
        for (path, expected) in [
            ("~/a/.env", "/home/me/a/.env"),
            ("~", "/home/me"),
            ("a/~/b", "a/~/b"),
            ("./~me/b", "./~me/b"),
            ("/~/b", "/~/b"),
            ("a~", "a~"),
            ("", ""),
        ] {
            assert_eq!(in_home(Path::new(path), home).unwrap(), Path::new(expected), "{path}");
        }
        for path in ["~me", "~me/.env", "~+/a"] {
            assert!(in_home(Path::new(path), home).unwrap_err().contains("only ~/ is expanded"), "{path}");
        }
        assert!(in_home(Path::new("~/a"), || None).unwrap_err().contains("HOME"));
    }
}
