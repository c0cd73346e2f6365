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
/// The fault, to be read after the name.
pub fn program(text: &str) -> Result<String, &'static str> {
    in_shell(text.to_owned(), true)
}

/// A command line, split into words as a shell does. No shell runs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommandLine(pub Vec<String>);

impl CommandLine {
    /// Splits a text.
    ///
    /// # Errors
    ///
    /// The fault, to be read after the name.
    pub fn read(text: &str) -> Result<Self, &'static str> {
        // The backslashes of Windows are those of its paths, and not for the splitter: a NUL, which no setting has,
        // stands for them meanwhile.
        let hidden = if cfg!(windows) { r"\" } else { "\0" };
        let words = shell_words::split(&text.replace(hidden, "\0"));
        let words = words.map_err(|_| "has a quote that is not closed")?;
        let words = words.iter().map(|word| word.replace('\0', hidden)).enumerate();
        let words: Vec<String> = words.map(|(at, word)| in_shell(word, at == 0)).collect::<Result<_, _>>()?;
        if words.is_empty() { Err("has no word in it") } else { Ok(Self(words)) }
    }
}

/// A number of seconds as a flag or a variable may have it: digits and nothing else.
///
/// # Errors
///
/// The fault, to be read after the name.
pub fn whole_seconds(text: &str) -> Result<u64, &'static str> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| digits).ok_or("is not a whole number of seconds")
}
