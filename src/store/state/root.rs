//! Where zoomtok keeps state.

use std::path::PathBuf;

use crate::error::Error;

/// Where zoomtok keeps state on this system: `$XDG_STATE_HOME/zoomtok`, else `~/.local/state/zoomtok`, on macOS and
/// Windows the local application data.
pub fn default_root() -> Option<PathBuf> {
    root_where(std::env::var_os("XDG_STATE_HOME").map(PathBuf::from))
}

/// The same for a process in which `$XDG_STATE_HOME` is this.
pub(crate) fn root_where(named: Option<PathBuf>) -> Option<PathBuf> {
    // `dirs` reads the variable on Linux only; who sets it elsewhere means it too.
    let named = named.filter(|path| path.is_absolute());
    let in_home = || {
        let has_place = !cfg!(any(windows, target_os = "macos"));
        dirs::home_dir().filter(|_| has_place).map(|home| home.join(".local").join("state"))
    };
    named.or_else(in_home).or_else(dirs::data_local_dir).map(|root| root.join("zoomtok"))
}

/// The error where something has no place, since the system names none for state.
pub(crate) fn no_place(what: &str) -> Error {
    Error::NoPlace { what: what.into(), variable: "XDG_STATE_HOME" }
}
