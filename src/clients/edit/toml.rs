//! A text of TOML with one value changed.
//!
//! The text is cut at a few places, and everything around them stays as it is, CRLF and comments too: it is never written anew
//! from what was read. `toml_edit` says where those places are; `toml` reads the text before and after, and unless the two
//! readings differ in that one value there is no new text.

use std::ops::Range;

use serde_json::Value;

use self::document::Document;
use self::layout::inline;
use self::place::Found;
use super::json::{New, name};
use super::place::{Edit, Part, Place};
use super::reading::{command, path_in, value_at};
use crate::store::Fault;

mod document;
mod layout;
mod place;

/// All that a text says.
///
/// # Errors
///
/// The text is not TOML.
pub(in crate::clients) fn read(text: &str) -> Result<Value, Fault> {
    Ok(Document::read(text)?.value)
}

/// Puts `new` at `place`. Nothing changes where a table has the properties of the new one, whatever else it has.
///
/// # Errors
///
/// The text is not TOML, or the place cannot be reached without harm to something else.
pub(in crate::clients) fn edit(text: &str, place: Place<'_>, new: &New<'_>) -> Result<Edit, Fault> {
    let document = Document::read(text)?;
    let path = path_in(&document.value, place);
    let there = value_at(&document.value, &path);
    let before = match there {
        Some(Value::String(text)) => Some(text.clone().into()),
        Some(there @ Value::Object(_)) => command(there, place.shape).map(|text| text.to_owned().into()),
        Some(there) => Some(there.to_string().into()),
        None => None,
    };
    if there.is_some_and(|there| new.is_said_by(there)) {
        return Ok(Edit { text: None, before });
    }
    if let Some(there) = there {
        check_kind(there, new, &path)?;
    }
    let (server, part) = path.split_at(place.server_path().len());
    let cuts = match (document.find(server), place.part) {
        (Found::Nothing(holder), _) => {
            let wrapped = part.iter().rev().fold(new.clone(), |new, name| New::Object(vec![(*name, new)]));
            document.new_server(holder.as_ref(), server, &wrapped)
        }
        (Found::Table(table), Part::Whole) => document.replaced(table, new),
        (Found::Inline(table), Part::Whole) => table.span().map(|span| vec![(span, inline(new))]),
        (Found::Table(table), _) => document.in_table(table, part, new),
        (Found::Inline(table), _) => Document::in_inline(table, part, new),
        (Found::Odd, _) => None,
    };
    let refused = || {
        Fault::general(format!(
            "{} cannot be set without changing something else: its server is not in a table of its own",
            name(&path)
        ))
    };
    let changed = document.with(&cuts.ok_or_else(refused)?);
    let mut expected = document.value.clone();
    if !set(&mut expected, &path, new) || !document.becomes(&changed, expected, place) {
        return Err(refused());
    }
    Ok(Edit { text: Some(changed), before })
}

/// Takes the server of `place` out. Nothing changes where there is none.
///
/// # Errors
///
/// The text is not TOML, or the server cannot be taken out without harm to something else.
pub(in crate::clients) fn remove(text: &str, place: Place<'_>) -> Result<Edit, Fault> {
    let document = Document::read(text)?;
    let path = place.server_path();
    let before = value_at(&document.value, &path).and_then(|server| command(server, place.shape));
    let before = before.map(|command| command.to_owned().into());
    let cuts = match document.find(&path) {
        Found::Nothing(_) => return Ok(Edit { text: None, before: None }),
        Found::Table(table) => document.without(table),
        Found::Inline(_) | Found::Odd => None,
    };
    let refused =
        || Fault::general(format!("{} cannot be taken out: it is not in a table of its own", name(&path)));
    let changed = document.with(&cuts.ok_or_else(refused)?);
    let mut expected = document.value.clone();
    let mut way = place.shape.root.iter();
    let holder = way.try_fold(&mut expected, |value, name| value.get_mut(*name));
    let removed = holder.and_then(Value::as_object_mut).and_then(|holder| holder.remove(place.server));
    if removed.is_none() || !document.becomes(&changed, expected, place) {
        return Err(refused());
    }
    Ok(Edit { text: Some(changed), before })
}

/// Where the server of `place` stands: its own table to the end of its last line, without those below it; or its value.
///
/// # Errors
///
/// The text is not TOML.
pub(in crate::clients) fn span(text: &str, place: Place<'_>) -> Result<Option<Range<usize>>, Fault> {
    let document = Document::read(text)?;
    let span = match document.find(&place.server_path()) {
        Found::Table(table) => {
            table.span().map(|header| header.start..document.end_with_comment(table, header.end))
        }
        Found::Inline(table) => table.span(),
        Found::Nothing(_) | Found::Odd => None,
    };
    let skipped = document.mark.len();
    Ok(span.map(|span| span.start + skipped..span.end + skipped))
}

/// Makes sure that a value takes the place of one of its kind.
fn check_kind(there: &Value, new: &New<'_>, path: &[&str]) -> Result<(), Fault> {
    let (is_kind, kind) = match new {
        New::Object(_) | New::Json(_) => (there.is_object(), "a table"),
        New::List(_) => (there.is_array(), "a list"),
        New::Text(_) | New::Fixed(_) => (!there.is_object() && !there.is_array(), "a string"),
    };
    if is_kind { Ok(()) } else { Err(Fault::general(format!("{} is not {kind}", name(path)))) }
}

/// Puts a value into a reading.
fn set(root: &mut Value, path: &[&str], new: &New<'_>) -> bool {
    let mut at = root;
    for name in path {
        let Some(object) = at.as_object_mut() else { return false };
        at = object.entry(*name).or_insert_with(|| Value::Object(serde_json::Map::new()));
    }
    *at = new.into();
    true
}

#[cfg(test)]
pub(in crate::clients) mod tests;
