//! Names as JSON and people write them, and the numbers of lines.

use serde_json::Value;

/// A string of JSON.
pub(super) fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

/// The names of a path. Those that would not be one name otherwise are quoted.
pub(in crate::clients) fn name(path: &[&str]) -> String {
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-');
    let names: Vec<_> = path
        .iter()
        .map(|name| if name.chars().all(plain) { (*name).to_owned() } else { quoted(name) })
        .collect();
    names.join(".")
}

/// The number of the line of this offset, from 1.
pub(super) fn line(text: &str, at: usize) -> usize {
    text[..at].matches('\n').count() + 1
}
