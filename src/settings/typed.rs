//! Values as somebody types them.

use super::home::expanded;

/// A word as a shell would have it, which has its `~` expanded where it is a path of the user's. A program is one.
pub(super) fn in_shell(word: String, is_program: bool) -> Result<String, &'static str> {
    if !(word.starts_with("~/") || (is_program && word.starts_with('~'))) {
        return Ok(word);
    }
    let path = expanded(word.as_ref())?;
    path.into_os_string().into_string().map_err(|_| "begins with ~, and the home directory is not UTF-8")
}

/// The name or the path of a program, with its `~` expanded.
///
/// # Errors
///
/// What is wrong with it, to be read after its name.
pub fn program(text: &str) -> Result<String, &'static str> {
    in_shell(text.to_owned(), true)
}

/// A number of seconds as a flag or a variable may have it: digits and nothing else.
///
/// # Errors
///
/// What is wrong with it, to be read after its name.
pub fn whole_seconds(text: &str) -> Result<u64, &'static str> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| digits).ok_or("is not a whole number of seconds")
}
