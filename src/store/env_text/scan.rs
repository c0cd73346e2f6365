//! Where the statements of a `.env` text are, and where in them the values.
//!
//! Lines are joined and comments recognised as dotenvy does it, but for its bug that `A=b  # it's` (an even number of
//! blanks before the `#`) opens a quote: shells and the other parsers see a comment there, and so does this.

use std::ops::Range;

use super::Fault;

/// A logical line that is neither blank nor a comment: one line of the text, or several that a quote holds together.
pub(super) struct Statement {
    /// The line it begins on, counted from 1.
    pub(super) line: usize,
    /// Its text, without a comment behind it and without its newline.
    pub(super) code: Range<usize>,
    /// Where the next line begins.
    pub(super) end: usize,
}

/// The value that a statement assigns.
#[derive(Clone)]
pub(super) struct Value {
    /// Where it is, without the quotes around it.
    pub(super) span: Range<usize>,
    /// The quotes around it, when it is one quoted string as a shell sees it.
    pub(super) quote: Option<char>,
}

/// All statements of the text that begins at `start`, in order.
pub(super) fn statements(text: &str, mut start: usize) -> Result<Vec<Statement>, Fault> {
    let mut found = Vec::new();
    let mut line = 1;
    while start < text.len() {
        let end = text[start..].find('\n').map_or(text.len(), |at| start + at + 1);
        let visible = text[start..end].trim_start();
        if visible.is_empty() || visible.starts_with('#') {
            start = end;
            line += 1;
            continue;
        }
        let statement = statement(text, start, line)?;
        line += text[start..statement.end].matches('\n').count();
        start = statement.end;
        found.push(statement);
    }
    Ok(found)
}

fn statement(text: &str, start: usize, line: usize) -> Result<Statement, Fault> {
    let mut quote: Option<(u8, usize)> = None;
    let mut here = line;
    let (mut code_end, mut end) = (text.len(), text.len());
    // Only these can change what the rest means. A token is hundreds of bytes without any.
    let special = |byte: &u8| matches!(byte, b'\n' | b'#' | b'\\' | b'"' | b'\'');
    let (mut from, mut escaped_until) = (start, start);
    while let Some(offset) = text.as_bytes()[from..].iter().position(special) {
        let at = from + offset;
        let byte = text.as_bytes()[at];
        from = at + 1;
        let comment = byte == b'#' && at > escaped_until && is_blank_before(&text[start..at]);
        if quote.is_none() && (byte == b'\n' || comment) {
            code_end = at;
            end = text[at..].find('\n').map_or(text.len(), |newline| at + newline + 1);
            break;
        }
        match byte {
            b'\n' => here += 1,
            // What is escaped means itself, but a newline ends the line all the same.
            b'\\' => {
                from += text[from..].chars().next().filter(|c| *c != '\n').map_or(0, char::len_utf8);
                escaped_until = from;
            }
            b'"' | b'\'' => match quote {
                Some((open, _)) if open == byte => quote = None,
                Some(_) => {}
                None => quote = Some((byte, here)),
            },
            _ => {}
        }
    }
    if let Some((_, opened)) = quote {
        return Err(Fault::at(opened, "a quote is opened here and never closed"));
    }
    let code = &text[start..code_end];
    let code = code.strip_suffix('\r').unwrap_or(code);
    Ok(Statement { line, code: start..start + code.len(), end })
}

fn is_blank_before(text: &str) -> bool {
    text.ends_with(|c: char| c.is_whitespace() && c != '\r')
}

/// The word that a line begins with, after an `export`, and what stands behind it.
///
/// A minus counts as part of the word, so that `NAME-OLD` is not taken for `NAME`.
pub(super) fn subject(code: &str) -> (&str, &str) {
    let (word, rest) = split_word(code.trim_start());
    if word == "export" && !rest.starts_with('=') { split_word(rest) } else { (word, rest) }
}

fn split_word(code: &str) -> (&str, &str) {
    let end = code.find(|c: char| !(c.is_ascii_alphanumeric() || "_.-".contains(c))).unwrap_or(code.len());
    (&code[..end], code[end..].trim_start())
}

impl Statement {
    /// What it assigns; nothing when it is no assignment.
    pub(super) fn value(&self, text: &str) -> Option<Value> {
        let (_, rest) = subject(&text[self.code.clone()]);
        let assigned = rest.strip_prefix('=')?;
        let word = assigned.trim_start_matches(BLANKS);
        let trimmed = word.trim_end_matches(BLANKS);
        if trimmed.is_empty() {
            // Right behind the equals sign: a shell wants no blank there.
            let at = self.code.end - assigned.len();
            return Some(Value { span: at..at, quote: None });
        }
        let start = self.code.end - word.len();
        let span = start..start + trimmed.len();
        let quote = trimmed.chars().next().filter(|first| is_quoted(trimmed, *first));
        Some(match quote {
            Some(_) => Value { span: span.start + 1..span.end - 1, quote },
            None => Value { span, quote },
        })
    }
}

const BLANKS: [char; 2] = [' ', '\t'];

/// Whether the word is one string in these quotes, as a shell sees it: a backslash escapes in double quotes only.
fn is_quoted(word: &str, quote: char) -> bool {
    let mut escaped = false;
    let closing = word[quote.len_utf8()..].find(|c| {
        let closes = c == quote && !escaped;
        escaped = quote == '"' && c == '\\' && !escaped;
        closes
    });
    (quote == '"' || quote == '\'') && closing.is_some_and(|at| at + 2 == word.len())
}
