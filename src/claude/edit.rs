//! The text of Claude's configuration with one value changed. Pure: text in, text out.
//!
//! The text is cut at one place, and everything on both sides of it stays as it is. jsonc-parser says where that place
//! is; `serde_json`, which is stricter, reads the text before and after, and unless the two readings differ in that one
//! value there is no new text.
//!
//! The texts are wiped when they are dropped. What jsonc-parser and `serde_json` make of them is not.

use std::ops::Range;

use jsonc_parser::ast::{Object, ObjectProp, Value as Node};
use jsonc_parser::common::Ranged as _;
use jsonc_parser::tokens::Token;
use jsonc_parser::{CollectOptions, ParseOptions, Scanner, ScannerOptions, parse_to_ast};
use serde_json::Value;
use zeroize::Zeroizing;

pub(super) use self::entry::entry;
pub(super) use self::layout::New;
use self::layout::Style;
use crate::store::Fault;

mod entry;
mod layout;

/// What of JSON5 goes beyond comments and trailing commas, all of it switched off.
const STRICT: ScannerOptions = ScannerOptions {
    allow_single_quoted_strings: false,
    allow_hexadecimal_numbers: false,
    allow_unary_plus_numbers: false,
    allow_bare_decimal_point_numbers: false,
    allow_non_finite_numbers: false,
    allow_extended_string_escapes: false,
};

/// The place of the token, `mcpServers.<server>.env.<key>`; without a key that of the server, `mcpServers.<server>`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place<'a> {
    pub(super) server: &'a str,
    pub(super) key: Option<&'a str>,
}

/// What comes of an edit.
#[derive(Debug)]
pub(super) struct Edit {
    /// The new text; none where the old one will do.
    pub(super) text: Option<Zeroizing<String>>,
    /// What stood there; of a server, its command.
    pub(super) before: Option<Zeroizing<String>>,
    /// The server that the configuration has, before the edit.
    pub(super) server: Server,
}

/// What the configuration says about the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Server {
    /// Nothing.
    Missing,
    /// There is one that Claude cannot start.
    WithoutCommand,
    /// There is one.
    Present,
    /// It is `zoomtok mcp`, which reads `.env`.
    ReadsEnv,
}

impl<'a> Place<'a> {
    fn path(&self) -> Vec<&'a str> {
        let key = self.key.map(|key| ["env", key]);
        ["mcpServers", self.server].into_iter().chain(key.into_iter().flatten()).collect()
    }

    /// As a person writes it.
    pub(super) fn name(&self) -> String {
        name(&self.path())
    }

    /// The place of the server, likewise.
    pub(super) fn server_name(&self) -> String {
        name(&self.path()[..2])
    }
}

/// Puts `new` at `place`: a text at that of the token, an object at that of a server. A token is not put where the
/// server reads `.env`. Nothing changes where an object has the properties of the new one, whatever else it has.
///
/// # Errors
///
/// The text is not JSON with comments, or the place cannot be reached without harm to something else.
pub(super) fn edit(text: &str, place: Place<'_>, new: &New<'_>) -> Result<Edit, Fault> {
    let document = Document::read(text)?;
    let path = place.path();
    let root = document.tree()?;
    let found = find(&document, &root, &path, new)?;
    let server = document.server(place);
    let there = document.value_at(&path);
    let before = match &found {
        Found::Value { node: Node::StringLit(literal), .. } => Some(literal.value.to_string().into()),
        Found::Value { node: Node::Object(_), .. } => {
            there.and_then(|there| there.get("command")?.as_str()).map(|command| command.to_owned().into())
        }
        Found::Value { node, .. } => Some(document.text[node.start()..node.end()].to_owned().into()),
        Found::Gap { .. } => None,
    };
    let is_there = there.is_some_and(|there| new.is_said_by(there));
    if is_there || (place.key.is_some() && server == Server::ReadsEnv) {
        return Ok(Edit { text: None, before, server });
    }
    let (cut, put, gone) = match &found {
        Found::Value { node, trail } => {
            let cut = node.start()..node.end();
            (cut.clone(), document.replacement(&root, node, trail, new), cut)
        }
        Found::Gap { object, trail } => {
            let (cut, put) = document.insertion(&root, object, trail, &path[trail.len()..], new);
            (cut, put, 0..0)
        }
    };
    let (put, body) = (Zeroizing::new(put), document.text);
    let changed = [document.mark, &body[..cut.start], &put, &body[cut.end..]].concat();
    let changed = Zeroizing::new(changed);
    let drops_nothing = !gone.is_empty() || document.strict[cut].trim().is_empty();
    if !drops_nothing || !document.becomes(&changed, &path, new, &gone) {
        return Err(general(format!("{} cannot be set without changing something else", place.name())));
    }
    Ok(Edit { text: Some(changed), before, server })
}

/// What stands at `place`, if it is a string.
///
/// # Errors
///
/// The text is not JSON with comments.
pub(super) fn value(text: &str, place: Place<'_>) -> Result<Option<Zeroizing<String>>, Fault> {
    let document = Document::read(text)?;
    Ok(document.value_at(&place.path()).and_then(Value::as_str).map(|text| text.to_owned().into()))
}

/// A text that was read.
struct Document<'t> {
    /// The byte-order mark, if there is one.
    mark: &'static str,
    /// The text behind it.
    text: &'t str,
    /// The same with comments and trailing commas blanked out, byte for byte: JSON.
    strict: Zeroizing<String>,
    comments: Vec<Range<usize>>,
    trailing_commas: Vec<usize>,
    value: Value,
}

/// Where a path leads.
enum Found<'d, 'a> {
    /// To a value. `trail` has the properties on the way to it, its own the last.
    Value { node: &'d Node<'a>, trail: Vec<&'d ObjectProp<'a>> },
    /// To an object that lacks the next name.
    Gap { object: &'d Object<'a>, trail: Vec<&'d ObjectProp<'a>> },
}

impl<'t> Document<'t> {
    fn read(text: &'t str) -> Result<Self, Fault> {
        const MARK: &str = "\u{feff}";
        let (mark, text) = text.strip_prefix(MARK).map_or(("", text), |text| (MARK, text));
        if text.trim().is_empty() {
            return Err(general("it is empty, which is not JSON"));
        }
        let (mut comments, mut trailing_commas) = (Vec::new(), Vec::new());
        // Whether the token before ends a value, and the comma behind such a one.
        let (mut behind_value, mut comma) = (false, None);
        let mut scanner = Scanner::new(text, &STRICT);
        // What the scanner says is wrong may repeat what stands there; where it is, is enough.
        while let Some(token) =
            scanner.scan().map_err(|error| not_json(error.line_display(), error.column_display(), ""))?
        {
            let range = scanner.token_start()..scanner.token_end();
            match token {
                Token::CommentLine(_) | Token::CommentBlock(_) => comments.push(range),
                Token::Comma => {
                    comma = behind_value.then_some(range.start);
                    behind_value = false;
                }
                Token::CloseBrace | Token::CloseBracket => {
                    trailing_commas.extend(comma.take());
                    behind_value = true;
                }
                other => {
                    comma = None;
                    behind_value = !matches!(other, Token::OpenBrace | Token::OpenBracket | Token::Colon);
                }
            }
        }
        let blanks = comments.iter().cloned().chain(trailing_commas.iter().map(|at| *at..at + 1));
        let strict = blanked(text, blanks);
        let value = serde_json::from_str(&strict).map_err(|error| {
            let problem = error.to_string();
            let problem = problem.split(" at line ").next().unwrap_or_default();
            not_json(error.line(), error.column(), problem)
        })?;
        Ok(Self { mark, text, strict, comments, trailing_commas, value })
    }

    /// The tree of the strict text, whose places are those of the text. `serde_json` has read it before and goes 128
    /// levels deep, so this goes no deeper.
    fn tree(&self) -> Result<Node<'_>, Fault> {
        let options = ParseOptions {
            allow_comments: false,
            allow_loose_object_property_names: false,
            allow_trailing_commas: false,
            allow_missing_commas: false,
            allow_single_quoted_strings: false,
            allow_hexadecimal_numbers: false,
            allow_unary_plus_numbers: false,
            allow_bare_decimal_point_numbers: false,
            allow_non_finite_numbers: false,
            allow_extended_string_escapes: false,
        };
        let parsed = parse_to_ast(&self.strict, &CollectOptions::default(), &options)
            .map_err(|error| not_json(error.line_display(), error.column_display(), ""))?;
        parsed.value.ok_or_else(|| general("it is empty, which is not JSON"))
    }

    fn value_at(&self, path: &[&str]) -> Option<&Value> {
        path.iter().try_fold(&self.value, |value, name| value.get(name))
    }

    fn server(&self, place: Place<'_>) -> Server {
        let Some(server) = self.value_at(&place.path()[..2]) else { return Server::Missing };
        let Some(command) = server.get("command").and_then(Value::as_str) else {
            return Server::WithoutCommand;
        };
        let program = command.rsplit(['/', '\\']).next().unwrap_or_default().to_ascii_lowercase();
        let arguments = server.get("args").and_then(Value::as_array);
        let is_mcp = arguments.is_some_and(|arguments| arguments.iter().any(|argument| argument == "mcp"));
        if is_mcp && matches!(program.as_str(), "zoomtok" | "zoomtok.exe") {
            Server::ReadsEnv
        } else {
            Server::Present
        }
    }

    /// Whether `changed` says what this text says, comments included, and `new` at `path`. The comments in what is
    /// `gone` are gone with it.
    fn becomes(&self, changed: &str, path: &[&str], new: &New<'_>, gone: &Range<usize>) -> bool {
        let mut expected = self.value.clone();
        let mut at = &mut expected;
        for name in path {
            let Some(object) = at.as_object_mut() else { return false };
            at = object.entry(*name).or_insert_with(|| Value::Object(serde_json::Map::new()));
        }
        *at = new.into();
        let Ok(changed) = Document::read(changed) else { return false };
        changed.value == expected
            && changed.mark == self.mark
            && changed.commented(&(0..0)) == self.commented(gone)
    }

    /// The comments outside of a range.
    fn commented(&self, gone: &Range<usize>) -> Vec<&str> {
        let kept = self.comments.iter().filter(|range| !gone.contains(&range.start));
        kept.map(|range| &self.text[range.clone()]).collect()
    }

    /// What to put in the place of `node`, laid out as that is.
    fn replacement(
        &self,
        root: &Node<'_>,
        node: &Node<'_>,
        trail: &[&ObjectProp<'_>],
        new: &New<'_>,
    ) -> String {
        match node {
            Node::Object(object) => Style::of(self.text, root, object, trail).value(new),
            _ => Value::from(new).to_string(),
        }
    }

    /// Where to cut, and what to put there, so that `object` gets the property `names[0]` as its last one: an object
    /// with the property `names[1]`, and so on to `new`.
    fn insertion(
        &self,
        root: &Node<'_>,
        object: &Object<'_>,
        trail: &[&ObjectProp<'_>],
        names: &[&str],
        new: &New<'_>,
    ) -> (Range<usize>, String) {
        let text = self.text;
        let inside = object.start() + 1..object.end() - 1;
        let style = Style::of(text, root, object, trail);
        let property = style.property(names, new);
        let separator = style.separator();
        if let Some(last) = object.properties.last() {
            let comma = self.trailing_commas.iter().find(|at| (last.end()..inside.end).contains(at));
            let after = comma.map_or(last.end(), |at| at + 1);
            // A comment behind the last property, on its line, is about that one.
            let at = self.comments.iter().fold(after, |at, comment| {
                let follows =
                    comment.start >= at && text[at..comment.start].trim_matches([' ', '\t']).is_empty();
                if follows && comment.end <= inside.end { comment.end } else { at }
            });
            let kept = &text[after..at];
            return if comma.is_some() {
                (at..at, format!("{separator}{property},"))
            } else {
                (after..at, format!(",{kept}{separator}{property}"))
            };
        }
        let comment = self.comments.iter().rfind(|comment| inside.contains(&comment.start));
        let cut = comment.map_or(inside.start, |comment| comment.end)..inside.end;
        let rest = &text[cut.clone()];
        let put = match (style.lines, comment) {
            (true, _) => format!("{separator}{property}{}{}", style.newline, style.outer),
            (false, Some(_)) => format!(" {property}{rest}"),
            (false, None) => format!("{rest}{property}{rest}"),
        };
        (cut, put)
    }
}

/// Follows `path` from `root` to an object or, where that is not what is `wanted`, to a value that is none.
fn find<'d, 'a>(
    document: &Document<'_>,
    root: &'d Node<'a>,
    path: &[&str],
    wanted: &New<'_>,
) -> Result<Found<'d, 'a>, Fault> {
    let at = |node: &Node<'_>, problem| fault(line(document.text, node.start()), problem);
    let mut object = root.as_object().ok_or_else(|| at(root, "what it holds is not an object".to_owned()))?;
    let mut trail = Vec::new();
    for (depth, name) in path.iter().enumerate() {
        let mut named = object.properties.iter().filter(|property| property.name.as_str() == *name);
        let place = || self::name(&path[..=depth]);
        let property = match (named.next(), named.next()) {
            // Parsers differ on which one counts.
            (Some(_), Some(second)) => return Err(at(&second.value, format!("{} is there twice", place()))),
            (None, _) => return Ok(Found::Gap { object, trail }),
            (Some(property), None) => property,
        };
        trail.push(property);
        let is_last = depth + 1 == path.len();
        match (&property.value, is_last && !matches!(wanted, New::Object(_))) {
            (value @ (Node::Object(_) | Node::Array(_)), true) => {
                return Err(at(value, format!("{} is not a string", place())));
            }
            (Node::Object(next), false) if !is_last => object = next,
            (node @ Node::Object(_), false) | (node, true) => return Ok(Found::Value { node, trail }),
            (value, false) => return Err(at(value, format!("{} is not an object", place()))),
        }
    }
    Err(general("it has no such place"))
}

/// The text with these ranges blanked out. Line breaks stay, so that a line has its number in both.
fn blanked(text: &str, ranges: impl Iterator<Item = Range<usize>>) -> Zeroizing<String> {
    let mut strict = Zeroizing::new(text.to_owned());
    for range in ranges {
        let blank: String = text[range.clone()]
            .chars()
            .flat_map(|c| std::iter::repeat_n(if matches!(c, '\n' | '\r') { c } else { ' ' }, c.len_utf8()))
            .collect();
        strict.replace_range(range, &blank);
    }
    strict
}

/// A string of JSON.
fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

/// The names of a path, those in quotes that would not be one name otherwise.
fn name(path: &[&str]) -> String {
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-');
    let names: Vec<_> = path
        .iter()
        .map(|name| if name.chars().all(plain) { (*name).to_owned() } else { quoted(name) })
        .collect();
    names.join(".")
}

/// The number of the line of this offset, from 1.
fn line(text: &str, at: usize) -> usize {
    text[..at].matches('\n').count() + 1
}

fn fault(line: usize, problem: String) -> Fault {
    Fault { line: Some(line), problem }
}

fn general(problem: impl Into<String>) -> Fault {
    Fault { line: None, problem: problem.into() }
}

fn not_json(line: usize, column: usize, problem: &str) -> Fault {
    let what = if problem.is_empty() { String::new() } else { format!(": {problem}") };
    fault(line, format!("not JSON at column {column}{what}"))
}

#[cfg(any(test, fuzzing))]
pub(crate) mod oracle;
#[cfg(test)]
mod tests;
