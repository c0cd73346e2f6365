//! Why a value of ours is refused that not every reader takes in the same way.

use super::reference;

/// The characters that a shell or a parser takes for more than themselves, by the quotes around them.
fn special(quote: Option<char>) -> &'static [char] {
    match quote {
        Some('\'') => &[],
        Some(_) => &['$', '`', '\\'],
        None => &['$', '`', '\\', ';', '&', '|', '<', '>', '(', ')'],
    }
}

/// The problem with a value, to be read after the name of its variable, if a character in it means more than itself.
/// `raw` is the value without the quotes around it.
pub(super) fn with_a_meaning(raw: &str, quote: Option<char>) -> Option<String> {
    if !raw.contains(special(quote)) {
        return None;
    }
    let is_unquoted = quote.is_none();
    Some(if is_unquoted && raw.split(';').skip(1).any(is_another_command) {
        "is followed by another command on its line; leave that out".into()
    } else if is_unquoted && raw.ends_with('\\') {
        "goes on behind a backslash at the end of its line; write it in one line, without the backslash"
            .into()
    } else if let Some(reference) = reference::of(raw) {
        let mut fix = reference.fix.chars();
        let first = fix.next().map(|c| c.to_ascii_lowercase()).into_iter();
        format!("{}; {}", reference.what, first.chain(fix).collect::<String>())
    } else if raw.contains("$(") || raw.contains('`') {
        "holds a command for a shell ($(…) or backquotes); write it in single quotes if that belongs to the value"
            .into()
    } else if raw.contains('$') {
        "refers to another variable ($…); write it in single quotes if the $ belongs to the value".into()
    } else {
        "holds a character with a meaning in shells; write it in single quotes".into()
    })
}

/// The problem with a value that readers take in different ways for another reason.
pub(super) fn otherwise(raw: &str, quote: Option<char>) -> &'static str {
    let is_assignment = |word: &str| {
        word.split_once('=').is_some_and(|(name, _)| {
            name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
                && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        })
    };
    if quote.is_none() && raw.split_whitespace().skip(1).any(is_assignment) {
        "is followed by another variable on its line; give each a line of its own"
    } else {
        "is not read the same everywhere; write it as one string in single quotes"
    }
}

/// As in `NAME=value; export NAME`, and with nothing behind the semicolon.
fn is_another_command(text: &str) -> bool {
    let command = text.trim();
    command.is_empty() || command.starts_with("export ")
}
