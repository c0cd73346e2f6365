//! Where the statements of a `.env` text are, and where in them the values.
//!
//! Lines are joined and comments recognised as dotenvy does it, but for its bug that `A=b  # it's` (an even number of
//! blanks before the `#`) opens a quote: shells and the other parsers see a comment there, and so does this.

use std::ops::Range;

use super::fault::Fault;

/// A logical line that is neither blank nor a comment: one line of the text, or several that a quote holds together.
pub(super) struct Statement {
    /// The line it begins on, counted from 1.
    pub(super) line: usize,
    /// Its text, without a comment behind it and without its newline.
    pub(super) code: Range<usize>,
    /// Where the next line begins.
    pub(super) end: usize,
    /// The first quote in it that ran over the end of its line though it was not meant to, as far as that can be seen.
    pub(super) stray: Option<Fault>,
}

/// The value that a statement assigns.
#[derive(Clone)]
pub(super) struct Value {
    /// Where it is, without the quotes around it.
    pub(super) span: Range<usize>,
    /// The quotes around it, when it is one quoted string as a shell sees it.
    pub(super) quote: Option<char>,
}

/// A quote that is not closed on the line where it was opened.
#[derive(Clone, Copy)]
struct Quote {
    byte: u8,
    /// Where it stands.
    at: usize,
    /// The line where it stands, counted from 1.
    line: usize,
}

/// All statements of the text that begins at `start`, in order.
///
/// Where a quote is never closed, the first line is to blame whose quote ran over its end though it was not meant to: a
/// stray apostrophe takes the next one for its end, and so on, until the last one is left over in a line that is right.
pub(super) fn statements(text: &str, mut start: usize) -> Result<Vec<Statement>, Fault> {
    let mut found: Vec<Statement> = Vec::new();
    let mut line = 1;
    while start < text.len() {
        let end = text[start..].find('\n').map_or(text.len(), |at| start + at + 1);
        let visible = text[start..end].trim_start();
        if visible.is_empty() || visible.starts_with('#') {
            start = end;
            line += 1;
            continue;
        }
        let (statement, unclosed) = statement(text, start, line);
        line += text[start..statement.end].matches('\n').count();
        start = statement.end;
        found.push(statement);
        if let Some(unclosed) = unclosed {
            return Err(found.iter().find_map(|statement| statement.stray.clone()).unwrap_or(unclosed));
        }
    }
    Ok(found)
}

/// The statement that begins at `start`, and whose quote it is where one is never closed.
fn statement(text: &str, start: usize, line: usize) -> (Statement, Option<Fault>) {
    let mut quote: Option<Quote> = None;
    let mut stray = None;
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
            // An escaped character means itself, but a newline ends the line all the same.
            b'\\' => {
                from += text[from..].chars().next().filter(|c| *c != '\n').map_or(0, char::len_utf8);
                escaped_until = from;
            }
            b'"' | b'\'' => match quote {
                Some(open) if open.byte == byte => {
                    if open.line != here && stray.is_none() && open.is_stray(text, at) {
                        stray = Some(open.fault(text));
                    }
                    quote = None;
                }
                Some(_) => {}
                None => quote = Some(Quote { byte, at, line: here }),
            },
            _ => {}
        }
    }
    let code = &text[start..code_end];
    let code = code.strip_suffix('\r').unwrap_or(code);
    let statement = Statement { line, code: start..start + code.len(), end, stray };
    (statement, quote.map(|open| open.fault(text)))
}

impl Quote {
    /// Whether a quote that is closed at `closed`, on a later line, was not meant to run that far.
    fn is_stray(self, text: &str, closed: usize) -> bool {
        let line_start = text[..closed].rfind('\n').map_or(0, |at| at + 1);
        let (name, rest) = subject(&text[line_start..closed]);
        let behind = text[closed + 1..].chars().next();
        // It stands where the quotes of another variable are opened.
        let opens_another = !name.is_empty() && rest.trim_end_matches(BLANKS) == "=";
        opens_another
            || self.is_within_a_word(text)
            || (self.byte == b'\'' && self.line_ends_in_escaped(text))
            || behind.is_some_and(|c| !c.is_whitespace())
    }

    /// As with an apostrophe.
    fn is_within_a_word(self, text: &str) -> bool {
        text[..self.at].chars().next_back().is_some_and(|before| before != '=' && !before.is_whitespace())
    }

    /// As with `'C:\dir\'`.
    fn line_ends_in_escaped(self, text: &str) -> bool {
        let line = text[self.at + 1..].lines().next().unwrap_or_default().trim_end();
        line.strip_suffix(char::from(self.byte)).is_some_and(|line| line.ends_with('\\'))
    }

    /// The problem with the line where it stands.
    fn fault(self, text: &str) -> Fault {
        let problem = match (self.byte, self.line_ends_in_escaped(text), self.is_within_a_word(text)) {
            (_, true, _) => {
                "the backslash before the last quote keeps it from closing the value; leave that backslash out"
            }
            (b'\'', _, true) => {
                "the apostrophe opens a quote that this line does not close; write the value in double quotes"
            }
            (_, _, true) => {
                "the quotation mark opens a quote that this line does not close; write the value in single quotes"
            }
            _ => "a quote is opened here and never closed",
        };
        Fault::at(self.line, problem)
    }
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
    /// The assigned value; none when it is no assignment.
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
