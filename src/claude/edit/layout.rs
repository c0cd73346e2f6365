//! How the text around a new property is laid out, and the property laid out likewise.

use std::borrow::Cow;

use jsonc_parser::ast::{Object, ObjectProp, Value as Node};
use jsonc_parser::common::Ranged;

use super::quoted;

/// How a new object is indented where nothing shows it, as Claude Desktop itself writes the file.
const INDENT: &str = "  ";

/// How the text around a new property is laid out.
pub(super) struct Style<'t> {
    /// Whether each property has its line.
    pub(super) lines: bool,
    pub(super) newline: &'static str,
    /// The indentation of the object's line.
    pub(super) outer: &'t str,
    /// The indentation of the new property.
    inner: Cow<'t, str>,
    /// One level of indentation.
    unit: &'t str,
    /// What stands between a name and its value.
    colon: &'t str,
    /// What stands behind a brace that opens an object of one line.
    padding: &'t str,
}

impl<'t> Style<'t> {
    /// How it is around a new property of `object`; `trail` has the properties on the way to it from `root`.
    pub(super) fn of(text: &'t str, root: &Node<'_>, object: &Object<'_>, trail: &[&ObjectProp<'_>]) -> Self {
        let inside = object.start() + 1..object.end() - 1;
        let outer = indentation(text, object.start());
        let unit = unit(text, root).unwrap_or(INDENT);
        let last = object.properties.last();
        let before_last = match object.properties.as_slice() {
            [] => inside.clone(),
            [only] => inside.start..only.start(),
            [.., previous, last] => previous.end()..last.start(),
        };
        let on_its_own_line = has_break(&text[before_last.clone()]);
        let lines = match last {
            Some(last) => on_its_own_line || has_break(&text[last.end()..inside.end]),
            // An empty object does not show it. What it is in does; and where there is nothing, Claude's own way.
            None => on_its_own_line || trail.last().is_none_or(|holder| has_line(text, holder)),
        };
        let inner = match last {
            Some(last) if on_its_own_line => indentation(text, last.start()).into(),
            _ => format!("{outer}{unit}").into(),
        };
        let shown = last.or(trail.last().copied());
        let colon = shown.map(|shown| &text[shown.name.end()..shown.value.start()]);
        let colon = colon.filter(|colon| colon.trim_matches([' ', '\t']) == ":").unwrap_or(": ");
        let first = object.properties.first().map_or(inside.end, Ranged::start);
        let padding = Some(&text[inside.start..first]);
        let padding = padding.filter(|text| text.trim_matches([' ', '\t']).is_empty()).unwrap_or_default();
        let newline = if text.contains("\r\n") { "\r\n" } else { "\n" };
        Self { lines, newline, outer, inner, unit, colon, padding }
    }

    /// What stands before a new property.
    pub(super) fn separator(&self) -> String {
        if self.lines {
            format!("{}{}", self.newline, self.inner)
        } else if self.colon.ends_with(' ') {
            " ".into()
        } else {
            String::new()
        }
    }

    /// The property `names[0]`, an object that holds the next one, and so on to the value.
    pub(super) fn property(&self, names: &[&str], value: &str) -> String {
        let line = |depth: usize| {
            if self.lines {
                format!("{}{}{}", self.newline, self.inner, self.unit.repeat(depth))
            } else {
                self.padding.to_owned()
            }
        };
        // From the inside out.
        names.iter().enumerate().rev().fold(quoted(value), |value, (depth, name)| {
            let property = format!("{}{}{value}", quoted(name), self.colon);
            if depth == 0 { property } else { format!("{{{}{property}{}}}", line(depth), line(depth - 1)) }
        })
    }
}
/// One level of indentation, as the first value shows it that begins a line inside of another.
fn unit<'t>(text: &'t str, node: &Node<'_>) -> Option<&'t str> {
    let children: Vec<(usize, &Node<'_>)> = match node {
        Node::Object(object) => object.properties.iter().map(|child| (child.start(), &child.value)).collect(),
        Node::Array(array) => array.elements.iter().map(|child| (child.start(), child)).collect(),
        _ => return None,
    };
    let shown = children.first().filter(|(start, _)| has_break(&text[node.start()..*start]));
    shown
        .and_then(|(start, _)| indentation(text, *start).strip_prefix(indentation(text, node.start())))
        .filter(|unit| !unit.is_empty())
        .or_else(|| children.iter().find_map(|(_, child)| unit(text, child)))
}

/// The blanks that the line of this offset begins with.
fn indentation(text: &str, at: usize) -> &str {
    let line = &text[text[..at].rfind(['\n', '\r']).map_or(0, |end| end + 1)..at];
    &line[..line.len() - line.trim_start_matches([' ', '\t']).len()]
}

/// Whether a property begins its line.
fn has_line(text: &str, property: &ObjectProp<'_>) -> bool {
    let before = &text[..property.start()];
    before.trim_end_matches([' ', '\t']).ends_with(['\n', '\r'])
}

fn has_break(text: &str) -> bool {
    text.contains(['\n', '\r'])
}
