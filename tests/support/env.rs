//! A Zoom to ask, and what the tests look for in a `.env` and in its file.

#[cfg(unix)]
use std::fs::{self, Permissions};
#[cfg(unix)]
use std::os::unix::fs::PermissionsExt as _;
#[cfg(unix)]
use std::path::Path;
#[cfg(unix)]
use std::process::Command;

use zoomtok::sandbox::{Options, Sandbox};

use crate::support::Home;

/// A Zoom as it usually is.
pub(crate) fn sandbox() -> Sandbox {
    Sandbox::start(Options::default()).unwrap()
}

/// The text with the values of these variables taken out of the lines that are of the plainest form.
pub(crate) fn without(text: &str, names: &[&str]) -> String {
    let mut kept = String::new();
    for line in text.split_inclusive('\n') {
        match line.split_once('=') {
            Some((name, value)) if names.contains(&name.trim_start_matches('\u{feff}')) => {
                kept.extend([name, "=", value.trim_start_matches(|c| !"\r\n".contains(c))]);
            }
            _ => kept.push_str(line),
        }
    }
    kept
}

/// Puts another token into the `.env`, as somebody does by hand.
pub(crate) fn replace_token(home: &Home, token: &str) {
    let others = without(&home.env_text(), &["ZOOM_ACCESS_TOKEN", "ZOOM_TOKEN_EXPIRES_AT"]);
    home.write_env(&format!("{others}ZOOM_ACCESS_TOKEN={token}\n"));
}

/// Fails unless a sandbox was asked for a token so many times.
#[track_caller]
pub(crate) fn assert_exchanges(sandbox: &Sandbox, n: usize) {
    assert_eq!(sandbox.token_requests().len(), n, "requests for a token");
}

/// The permissions of a file.
#[cfg(unix)]
pub(crate) fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o7777
}

#[cfg(unix)]
pub(crate) fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
}

/// Makes a named pipe.
#[cfg(unix)]
pub(crate) fn make_pipe(path: &Path) {
    assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
}
