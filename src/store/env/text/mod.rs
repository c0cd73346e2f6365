//! The text of a `.env` file: what it says about our variables, and the same text with other values.
//!
//! dotenvy reads the values. It cannot write, so [`scan`] finds the bytes of each value; the two check each other, and
//! where they or a shell would read different values, the text is refused rather than guessed at.
//!
//! The text, the values and every text that is made on the way are wiped when they are dropped, also secrets of others.
//! The buffers of dotenvy are not.

mod ambiguous;
mod fault;
mod forms;
#[cfg(test)]
#[expect(dead_code, reason = "the integration tests use the rest")]
mod generated;
#[cfg(any(test, fuzzing))]
pub(crate) mod oracle;
pub(crate) mod reference;
mod removal;
mod scan;
#[cfg(test)]
mod tests;

use std::fmt;

pub use fault::Fault;
use scan::{Statement, Value};
use zeroize::Zeroizing;

const BOM: &str = "\u{feff}";

/// The problem with a text of two bytes a character.
const UTF_16: &str =
    "the text is UTF-16 and not UTF-8 from here on, as PowerShell's > and >> write it; save it as UTF-8";

/// The most bytes of line ends that are put in with a line: `\r\n` before and behind it.
const MOST_AROUND_A_LINE: usize = 4;

/// The text of a `.env` file that makes sense, as far as the variables go that it was read for.
#[derive(Clone)]
pub struct EnvText {
    text: Zeroizing<String>,
    ours: Vec<&'static str>,
    assignments: Vec<Assignment>,
    others: Vec<Reading>,
}

/// One of our variables as the text sets it.
#[derive(Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its value, which may be empty.
    pub value: Zeroizing<String>,
    /// The line that counts, the last one that sets it, counted from 1.
    pub line: usize,
}

/// A line that sets one of our variables.
#[derive(Clone)]
struct Assignment {
    name: &'static str,
    entry: Entry,
    value: Value,
    /// Where its own line begins.
    start: usize,
    /// Where the next line begins.
    end: usize,
}

impl Assignment {
    fn pair(&self) -> (&'static str, &str) {
        (self.name, &self.entry.value)
    }
}

/// The name and value that dotenvy reads in a statement; nothing when it cannot.
type Reading = Option<(String, Zeroizing<String>)>;

impl EnvText {
    /// Reads a text for the variables of these names.
    ///
    /// # Errors
    ///
    /// The text is not UTF-8 or holds a NUL, a quote is never closed, or a line of one of our variables cannot be
    /// read, or not by all in the same way.
    pub fn parse(bytes: &[u8], ours: &[&'static str]) -> Result<Self, Fault> {
        let line_at = |at: usize| bytes[..at].split(|byte| *byte == b'\n').count();
        if let Some(at) = utf_16(bytes) {
            return Err(Fault::at(line_at(at), UTF_16));
        }
        let text = std::str::from_utf8(bytes)
            .map_err(|error| Fault::at(line_at(error.valid_up_to()), "the text is not UTF-8"))?;
        if let Some(at) = text.find('\0') {
            return Err(Fault::at(line_at(at), "there is a NUL byte in the text"));
        }
        Self::read(text.to_owned().into(), ours.to_vec())
    }

    /// The text of a file that does not exist yet.
    pub fn empty(ours: &[&'static str]) -> Self {
        Self { text: Zeroizing::default(), ours: ours.to_vec(), assignments: Vec::new(), others: Vec::new() }
    }

    /// The last entry for one of our variables; none if the text does not set it.
    pub fn get(&self, name: &str) -> Option<&Entry> {
        self.of(name).next_back().map(|assignment| &assignment.entry)
    }

    /// The names of the variables that it sets and that are not ours, as far as they can be read.
    pub fn other_names(&self) -> impl Iterator<Item = &str> {
        self.others.iter().flatten().map(|(name, _)| name.as_str())
    }

    /// The text with other values: each line that sets one of these variables sets the new value, in the quotes it
    /// has, and every other byte stays.
    ///
    /// A variable that is not set yet gets a line behind the one that sets the variable before it in `changes`, else
    /// at the end.
    ///
    /// # Errors
    ///
    /// A name is not one of ours, a value holds anything but `A-Z a-z 0-9 . _ ~ + / = - :`, or the new text does not
    /// read as it should.
    pub fn with(&self, changes: &[(&str, &str)]) -> Result<Zeroizing<String>, Fault> {
        let mut env = self.clone();
        let mut previous = None;
        for (name, value) in changes {
            env = env.with_one(name, value, previous)?;
            previous = Some(*name);
        }
        Ok(env.text)
    }

    fn read(text: Zeroizing<String>, ours: Vec<&'static str>) -> Result<Self, Fault> {
        let start = if text.starts_with(BOM) { BOM.len() } else { 0 };
        let statements = scan::statements(&text, start)?;
        let readings = readings(&text, &statements);
        if readings.len() != statements.len() {
            return Err(Fault::general("it cannot be told where its lines end"));
        }
        let mut env = Self { text, ours, assignments: Vec::new(), others: Vec::new() };
        for (statement, reading) in statements.into_iter().zip(readings) {
            env.add(&statement, reading)?;
        }
        Ok(env)
    }

    fn add(&mut self, statement: &Statement, reading: Reading) -> Result<(), Fault> {
        let code = &self.text[statement.code.clone()];
        let Some(name) = self.our_name(code) else {
            return self.add_other(statement, reading);
        };
        let Some(value) = statement.value(&self.text) else {
            let (_, rest) = scan::subject(code);
            // The shell idiom `export NAME` assigns nothing.
            if rest.is_empty() && code.trim_start().starts_with("export") {
                return Ok(());
            }
            return Err(Fault::at(statement.line, format!("{name} {}", forms::without_equals(rest))));
        };
        let raw = &self.text[value.span.clone()];
        if let Some(problem) = ambiguous::with_a_meaning(raw, value.quote) {
            return Err(Fault::at(statement.line, format!("{name} {problem}")));
        }
        // Both must see the same: dotenvy, and a shell, for which a value without those characters is literal.
        if !reading.is_some_and(|(key, read)| key == name && *read == raw) {
            let problem = ambiguous::otherwise(raw, value.quote);
            return Err(Fault::at(statement.line, format!("{name} {problem}")));
        }
        let entry = Entry { value: raw.to_owned().into(), line: statement.line };
        let start = statement.code.start;
        self.assignments.push(Assignment { name, entry, value, start, end: statement.end });
        Ok(())
    }

    fn add_other(&mut self, statement: &Statement, reading: Reading) -> Result<(), Fault> {
        let code = &self.text[statement.code.clone()];
        if reading.as_ref().is_some_and(|(key, _)| self.ours.contains(&key.as_str())) {
            return Err(Fault::at(statement.line, "it cannot be told which variable is set here"));
        }
        if let Some((name, how)) = forms::foreign(code, &self.ours) {
            return Err(Fault::at(statement.line, format!("{name} is set {how}; write {name}=value")));
        }
        let quoted = reading.is_some()
            && statement.stray.is_none()
            && statement.value(&self.text).is_some_and(|value| value.quote.is_some());
        // Stray apostrophes, or a backslash before the closing one: not every reader takes such lines together.
        if !quoted && code.lines().skip(1).any(|line| self.our_name(line).is_some()) {
            return Err(Fault::at(
                statement.stray.as_ref().and_then(|stray| stray.line).unwrap_or(statement.line),
                "a quote that is opened here swallows a line with one of our variables",
            ));
        }
        // dotenvy substitutes, so that a value with a `$` may change with that of another variable.
        let fixed = !code.contains('$');
        self.others.push(reading.map(|(key, value)| (key, if fixed { value } else { Zeroizing::default() })));
        Ok(())
    }

    fn our_name(&self, line: &str) -> Option<&'static str> {
        let (name, _) = scan::subject(line);
        self.ours.iter().copied().find(|ours| *ours == name)
    }

    fn with_one(&self, name: &str, value: &str, previous: Option<&str>) -> Result<Self, Fault> {
        if !self.ours.contains(&name) {
            return Err(Fault::general(format!("{name} is not a variable to be written")));
        }
        if !value.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._~+/=-:".contains(&byte)) {
            return Err(Fault::general(format!("the new {name} holds a character that must not be written")));
        }
        // Room for all of it from the start: a text that has to move leaves a copy behind.
        let line = line_of(name, value);
        let room = self.text.len() + (self.assignments.len() + 1) * (line.len() + MOST_AROUND_A_LINE);
        let mut text = Zeroizing::new(String::with_capacity(room));
        text.push_str(&self.text);
        for assignment in self.of(name).rev() {
            text.replace_range(assignment.value.span.clone(), &assignment.value.rewritten(value));
        }
        if self.get(name).is_none() {
            let behind = previous.and_then(|previous| self.of(previous).next_back());
            insert_line(&mut text, behind.map(|assignment| assignment.end), &line);
        }

        let wrong = || Fault::general(format!("with the new {name} the text would not read as it should"));
        let new = Self::read(text, self.ours.clone()).map_err(|_| wrong())?;
        let written: Vec<&str> = new.of(name).map(|assignment| assignment.entry.value.as_str()).collect();
        if written != vec![value; self.of(name).count().max(1)] || new.all_but(name) != self.all_but(name) {
            return Err(wrong());
        }
        Ok(new)
    }

    fn of(&self, name: &str) -> impl DoubleEndedIterator<Item = &Assignment> {
        self.assignments.iter().filter(move |assignment| assignment.name == name)
    }

    /// All that a change of this variable must leave unchanged.
    fn all_but(&self, name: &str) -> (Vec<(&str, &str)>, &[Reading]) {
        let ours = self.assignments.iter().filter(|assignment| assignment.name != name);
        (ours.map(|assignment| (assignment.name, assignment.entry.value.as_str())).collect(), &self.others)
    }
}

impl Value {
    /// A new value for this one's place, in quotes where it has none and needs some.
    fn rewritten(&self, value: &str) -> Zeroizing<String> {
        // A shell expands a tilde at the beginning, and in lists like PATH.
        let tilde = value.split([':', '=']).any(|part| part.starts_with('~'));
        if self.quote.is_none() && (self.span.is_empty() || value.is_empty() || tilde) {
            ["\"", value, "\""].concat().into()
        } else {
            value.to_owned().into()
        }
    }
}

/// Where a part of the text begins that is UTF-16, as the editors and shells of Windows save it: all of it, or what
/// PowerShell has put behind the rest.
fn utf_16(bytes: &[u8]) -> Option<usize> {
    if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
        return Some(0);
    }
    let nul = bytes.iter().position(|byte| *byte == 0)?;
    // Characters of two bytes each, one of which is 0.
    let is_wide = |at: usize| {
        let of = |first: bool| {
            let every_other = bytes[at..].iter().skip(usize::from(first)).step_by(2).take(3);
            every_other.clone().count() == 3 && every_other.into_iter().all(|byte| *byte == 0)
        };
        of(true) != of(false)
    };
    [nul.saturating_sub(1), nul].into_iter().find(|at| is_wide(*at))
}

/// The values that dotenvy reads, statement by statement. Its errors are dropped, for they show the line.
fn readings(text: &str, statements: &[Statement]) -> Vec<Reading> {
    // Without comments, which it misreads (see `scan`), and each line with a newline, for it cannot read blanks at the
    // end of a text without.
    let mut code = Zeroizing::new(String::with_capacity(text.len() + statements.len()));
    for statement in statements {
        code.push_str(&text[statement.code.clone()]);
        code.push('\n');
    }
    let read = |read: dotenvy::Result<(String, String)>| read.ok().map(|(key, value)| (key, value.into()));
    dotenvy::from_read_iter(code.as_bytes()).map(read).collect()
}

/// The line that sets a variable which is not set yet.
fn line_of(name: &str, value: &str) -> Zeroizing<String> {
    [name, "=\"", value, "\""].concat().into()
}

/// Puts a line at this place, the beginning of a line, or at the end of the text.
fn insert_line(text: &mut String, at: Option<usize>, line: &str) {
    let at = at.unwrap_or(text.len());
    let before = &text[..at];
    let newline = match before.rfind('\n') {
        Some(last) if before[..last].ends_with('\r') => "\r\n",
        _ => "\n",
    };
    // A shell would take a line behind a backslash for the continuation of the one before.
    let apart = if before.strip_suffix('\n').unwrap_or(before).ends_with('\\') { newline } else { "" };
    let inserted = if before.is_empty() || before == BOM || before.ends_with('\n') {
        [apart, line, newline].concat()
    } else {
        // The first half of the missing newline may exist.
        let missing = if before.ends_with('\r') { "\n" } else { newline };
        [missing, apart, line].concat()
    };
    text.insert_str(at, &Zeroizing::new(inserted));
}

impl fmt::Debug for EnvText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map()
            .entries(self.assignments.iter().map(|assignment| (assignment.name, &assignment.entry)))
            .finish()
    }
}

impl fmt::Debug for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}", self.line)
    }
}
