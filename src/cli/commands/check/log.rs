//! A line of the log: one line whatever a path holds, and of no effect on a shell that is given the log to run.

use crate::controls::is_control;

/// The characters that a shell acts upon, outside of quotes or within double ones.
const COMMANDS: &str = if cfg!(windows) { "$`;|&<>" } else { "$`;|&<>\\" };

/// The characters that it acts upon in a path as well. Our own words have brackets and apostrophes.
const PATTERNS: &str = "(){}[]*?!#~^'\"";

/// A text of ours that holds nobody else's.
pub(super) fn line(text: &str) -> String {
    escape(text, |character| COMMANDS.contains(character))
}

/// A text that holds a path.
pub(super) fn line_with_path(text: &str) -> String {
    escape(text, |character| COMMANDS.contains(character) || PATTERNS.contains(character))
}

fn escape(text: &str, is_special: impl Fn(char) -> bool) -> String {
    let mut line = String::with_capacity(text.len());
    for character in text.chars() {
        if is_special(character) || is_control(character) {
            line.extend(character.escape_unicode());
        } else {
            line.push(character);
        }
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_shell_or_a_terminal_acts_upon_is_written_as_its_number() {
        assert_eq!(line_with_path("no /home/me/a-b_c.d, é/.env"), "no /home/me/a-b_c.d, é/.env");
        assert_eq!(line_with_path("/$(id)/`id`"), r"/\u{24}\u{28}id\u{29}/\u{60}id\u{60}");
        assert_eq!(line_with_path("/a\nid\u{1b}[2J\u{202e}'"), r"/a\u{a}id\u{1b}\u{5b}2J\u{202e}\u{27}");
        assert_eq!(line("expires (in 5m); it's"), r"expires (in 5m)\u{3b} it's");
    }
}
