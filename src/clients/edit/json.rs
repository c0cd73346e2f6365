//! A text of JSON with one value changed.
//!
//! The text is cut at one place, and everything on both sides of it stays as it is. jsonc-parser says where that place
//! is; `serde_json`, which is stricter, reads the text before and after, and unless the two readings differ in that one
//! value there is no new text.
//!
//! jsonc-parser can edit too (its feature `cst`). This would be 241 lines shorter with it, and a program with nothing else
//! 65 KiB larger (460 KB became 527). Other bytes would not stay: it breaks a text of one line into many, and takes the
//! comment behind a removed server out with it. Five of the 24 tests here fail with it.
//!
//! The texts are wiped when they are dropped. The trees that jsonc-parser and `serde_json` make of them are not.

use std::ops::Range;

use jsonc_parser::ast::{Object, ObjectProp, Value as Node};
use jsonc_parser::common::Ranged as _;
use serde_json::Value;
use zeroize::Zeroizing;

use self::document::Document;
use self::layout::Style;
use self::names::line;
use super::place::{Edit, Place};
use super::reading::{command, path_in};
use crate::store::Fault;

mod document;
mod layout;
mod names;
mod removal;

pub(in crate::clients) use layout::New;
pub(in crate::clients) use names::name;
pub(in crate::clients) use removal::remove;

/// Puts `new` at `place`. Nothing changes where an object has the properties of the new one, whatever else it has.
///
/// # Errors
///
/// The text is not JSON with comments, or the place cannot be reached without harm to something else.
pub(in crate::clients) fn edit(text: &str, place: Place<'_>, new: &New<'_>) -> Result<Edit, Fault> {
    let document = Document::read(text)?;
    let path = path_in(&document.value, place);
    let root = document.tree()?;
    let found = find(&document, &root, &path, new)?;
    let there = document.value_at(&path);
    let before = match &found {
        Found::Value { node: Node::StringLit(literal), .. } => Some(literal.value.to_string().into()),
        Found::Value { node: Node::Object(_), .. } => {
            there.and_then(|there| command(there, place.shape)).map(|command| command.to_owned().into())
        }
        Found::Value { node, .. } => Some(document.text[node.start()..node.end()].to_owned().into()),
        Found::Gap { .. } => None,
    };
    if there.is_some_and(|there| new.is_said_by(there)) {
        return Ok(Edit { text: None, before });
    }
    let (cut, put, gone) = match &found {
        Found::Value { node, holder, trail } => {
            let cut = node.start()..node.end();
            (cut.clone(), document.replacement(&root, node, holder, trail, new), cut)
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
            name(&place.path())
        )));
    }
    Ok(Edit { text: Some(changed), before })
}

/// All that a text says.
///
/// # Errors
///
/// The text is not JSON with comments.
pub(in crate::clients) fn read(text: &str) -> Result<Value, Fault> {
    Ok(Document::read(text)?.value)
}

/// Where the server of `place` stands.
///
/// # Errors
///
/// The text is not JSON with comments, or has the place twice.
pub(in crate::clients) fn span(text: &str, place: Place<'_>) -> Result<Option<Range<usize>>, Fault> {
    let document = Document::read(text)?;
    let root = document.tree()?;
    let skipped = document.mark.len();
    match find(&document, &root, &place.server_path(), &New::Object(Vec::new()))? {
        Found::Value { node, .. } => Ok(Some(node.start() + skipped..node.end() + skipped)),
        Found::Gap { .. } => Ok(None),
    }
}

/// The part of a text that is not strict JSON, to be read after its name; none where all of it is.
///
/// # Errors
///
/// The text is not JSON with comments either.
pub(in crate::clients) fn beyond_json(text: &str) -> Result<Option<String>, Fault> {
    let document = Document::read(text)?;
    let lines =
        |what: &str, at: Option<usize>| at.map(|at| format!("has {what} (line {})", line(document.text, at)));
    let parts = [
        (!document.mark.is_empty()).then(|| "begins with a byte-order mark".to_owned()),
        lines("a comment", document.comments.first().map(|comment| comment.start)),
        lines("a comma behind the last element", document.trailing_commas.first().copied()),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    Ok((!parts.is_empty()).then(|| parts.join(" and ")))
}

/// Where a path leads.
enum Found<'d, 'a> {
    /// To a value in `holder`. `trail` has the properties on the way to it, its own the last.
    Value { node: &'d Node<'a>, holder: &'d Object<'a>, trail: Vec<&'d ObjectProp<'a>> },
    /// To an object that lacks the next name.
    Gap { object: &'d Object<'a>, trail: Vec<&'d ObjectProp<'a>> },
}

impl Document<'_> {
    /// The text to put in the place of `node`, laid out as that is.
    fn replacement(
        &self,
        root: &Node<'_>,
        node: &Node<'_>,
        holder: &Object<'_>,
        trail: &[&ObjectProp<'_>],
        new: &New<'_>,
    ) -> String {
        match node {
            Node::Object(object) => Style::of(self.text, root, object, trail).value(new),
            Node::Array(array) => {
                let way = trail.split_last().map_or(trail, |(_, way)| way);
                let has_lines = self.text[array.start()..array.end()].contains(['\n', '\r']);
                Style::of(self.text, root, holder, way).property_value(new, has_lines)
            }
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
        let place = || names::name(&path[..=depth]);
        let property = match (named.next(), named.next()) {
            // Parsers differ on which one counts.
            (Some(_), Some(second)) => return Err(at(&second.value, format!("{} is there twice", place()))),
            (None, _) => return Ok(Found::Gap { object, trail }),
            (Some(property), None) => property,
        };
        trail.push(property);
        let holder = object;
        match (&property.value, (depth + 1 == path.len()).then_some(wanted)) {
            (Node::Object(next), None) => object = next,
            (value, None) => return Err(at(value, format!("{} is not an object", place()))),
            (value @ (Node::Object(_) | Node::Array(_)), Some(New::Text(_) | New::Fixed(_))) => {
                return Err(at(value, format!("{} is not a string", place())));
            }
            (node @ Node::Object(_), Some(New::Object(_) | New::Json(_)))
            | (node @ Node::Array(_), Some(New::List(_)))
            | (node, Some(New::Text(_) | New::Fixed(_))) => return Ok(Found::Value { node, holder, trail }),
            (value, Some(New::Object(_) | New::Json(_))) => {
                return Err(at(value, format!("{} is not an object", place())));
            }
            (value, Some(New::List(_))) => return Err(at(value, format!("{} is not a list", place()))),
        }
    }
    Err(Fault::general("it has no such place"))
}

#[cfg(any(test, fuzzing))]
pub(crate) mod oracle;
#[cfg(test)]
pub(in crate::clients) mod tests;
