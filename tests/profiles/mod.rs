//! Profiles: several accounts, each with a `.env` of its own in the configuration directory.

pub(crate) mod all;
pub(crate) mod chosen;
pub(crate) mod commands;
pub(crate) mod installed;
pub(crate) mod login;

use std::fs;
use std::path::PathBuf;

use crate::support::Home;
use crate::support::canaries;

/// The directory of the profiles of a home.
pub(crate) fn directory(home: &Home) -> PathBuf {
    home.work().with_file_name("config").join("zoomtok").join("profiles")
}

/// The file of a profile.
pub(crate) fn file(home: &Home, name: &str) -> PathBuf {
    directory(home).join(format!("{name}.env"))
}

/// Makes a profile with this text, for its owner alone.
pub(crate) fn put(home: &Home, name: &str, text: &str) {
    canaries::learn(text);
    fs::create_dir_all(directory(home)).unwrap();
    fs::write(file(home, name), text).unwrap();
    #[cfg(unix)]
    crate::support::set_mode(&file(home, name), 0o600);
}

/// The text of a profile.
pub(crate) fn text(home: &Home, name: &str) -> String {
    fs::read_to_string(file(home, name)).unwrap()
}

/// The last value of a variable in a profile, without its quotes.
pub(crate) fn value(home: &Home, name: &str, variable: &str) -> Option<String> {
    let text = text(home, name);
    let line = text.lines().rfind(|line| line.starts_with(&format!("{variable}=")))?;
    Some(line.split_once('=')?.1.trim_matches('"').to_owned())
}
