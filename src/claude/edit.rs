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
use serde_json::Value;
use zeroize::Zeroizing;

use self::document::Document;
pub(super) use self::entry::{Server, entry};
pub(super) use self::layout::New;
use self::layout::Style;
use crate::store::Fault;

mod document;
mod entry;
mod layout;

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
        return Err(Fault::general(format!(
            "{} cannot be set without changing something else",
            place.name()
        )));
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

/// Where a path leads.
enum Found<'d, 'a> {
    /// To a value. `trail` has the properties on the way to it, its own the last.
    Value { node: &'d Node<'a>, trail: Vec<&'d ObjectProp<'a>> },
    /// To an object that lacks the next name.
    Gap { object: &'d Object<'a>, trail: Vec<&'d ObjectProp<'a>> },
}

impl Document<'_> {
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
    let at = |node: &Node<'_>, problem| Fault::at(line(document.text, node.start()), problem);
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
    Err(Fault::general("it has no such place"))
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

#[cfg(any(test, fuzzing))]
pub(crate) mod oracle;
#[cfg(test)]
mod tests;
