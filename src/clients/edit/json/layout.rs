//! How the text around a new property is laid out, and the property laid out likewise.

use std::borrow::Cow;

use jsonc_parser::ast::{Object, ObjectProp, Value as Node};
use jsonc_parser::common::Ranged;
use serde_json::Value;

use super::names::quoted;
use crate::clients::shape::Fixed;

/// How a new object is indented where nothing shows it, as Claude Desktop itself writes the file.
const INDENT: &str = "  ";

/// A value to be put into a text. Unlike those of [`Value`] its properties keep their order.
#[derive(Clone)]
pub(in crate::clients) enum New<'a> {
    Text(&'a str),
    List(&'a [String]),
    Object(Vec<(&'a str, New<'a>)>),
    /// A value that stood somewhere before.
    Json(&'a Value),
    /// A value that a client has in every server.
    Fixed(Fixed),
}

impl New<'_> {
    /// Whether there is nothing in it that `there` does not say.
    pub(in crate::clients::edit) fn is_said_by(&self, there: &Value) -> bool {
        match self {
            Self::Object(properties) => properties
                .iter()
                .all(|(name, new)| there.get(name).is_some_and(|there| new.is_said_by(there))),
            other => Value::from(other) == *there,
        }
    }
}

impl From<&New<'_>> for Value {
    fn from(new: &New<'_>) -> Self {
        match new {
            New::Text(text) | New::Fixed(Fixed::Text(text)) => (*text).into(),
            New::List(texts) => (*texts).into(),
            New::Json(value) => (*value).clone(),
            New::Fixed(Fixed::Flag(flag)) => (*flag).into(),
            New::Fixed(Fixed::List(texts)) => (*texts).into(),
            New::Object(properties) => Self::Object(
                properties.iter().map(|(name, new)| ((*name).to_owned(), Self::from(new))).collect(),
            ),
        }
    }
}

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
    /// The text between a name and its value.
    colon: &'t str,
    /// The blanks behind a brace that opens an object of one line.
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
            // An empty object does not show it. The object around it does; and where there is none, Claude's own way
            // counts.
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

    /// The text before a new property.
    pub(super) fn separator(&self) -> String {
        self.before(1)
    }

    /// The property `names[0]`, an object that holds the next one, and so on to the value.
    pub(super) fn property(&self, names: &[&str], new: &New<'_>) -> String {
        let Some((name, rest)) = names.split_first() else { return self.value(new) };
        let wrapped = rest.iter().rev().fold(new.clone(), |new, name| New::Object(vec![(*name, new)]));
        self.named(name, &wrapped, 1)
    }

    /// The value, in the place of the object that the style is of.
    pub(super) fn value(&self, new: &New<'_>) -> String {
        self.nested(new, 0)
    }

    /// The value of a property of the object that the style is of, in lines of its own or in one.
    pub(super) fn property_value(mut self, new: &New<'_>, lines: bool) -> String {
        self.lines &= lines;
        self.nested(new, 1)
    }

    fn named(&self, name: &str, new: &New<'_>, depth: usize) -> String {
        format!("{}{}{}", quoted(name), self.colon, self.nested(new, depth))
    }

    /// A value of a property of this depth: a new property has 1, the object that it is put into 0.
    fn nested(&self, new: &New<'_>, depth: usize) -> String {
        let json = |value| self.nested(&New::Json(value), depth + 1);
        let (parts, open, close): (Vec<_>, _, _) = match new {
            New::Text(text) | New::Fixed(Fixed::Text(text)) => return quoted(text),
            New::Fixed(Fixed::Flag(flag)) => return flag.to_string(),
            New::Fixed(Fixed::List(texts)) => (texts.iter().map(|text| quoted(text)).collect(), "[", "]"),
            New::Json(Value::Object(object)) => {
                let named = object.iter().map(|(name, value)| self.named(name, &New::Json(value), depth + 1));
                (named.collect(), "{", "}")
            }
            New::Json(Value::Array(values)) => (values.iter().map(json).collect(), "[", "]"),
            New::Json(value) => return value.to_string(),
            New::List(texts) => (texts.iter().map(|text| quoted(text)).collect(), "[", "]"),
            New::Object(properties) => {
                let named = properties.iter().map(|(name, new)| self.named(name, new, depth + 1));
                (named.collect(), "{", "}")
            }
        };
        if parts.is_empty() {
            return format!("{open}{close}");
        }
        let parts = parts.join(&format!(",{}", self.before(depth + 1)));
        let (first, last) = match new {
            _ if self.lines => (self.before(depth + 1), self.before(depth)),
            New::Object(_) | New::Json(Value::Object(_)) => {
                (self.padding.to_owned(), self.padding.to_owned())
            }
            _ => Default::default(),
        };
        format!("{open}{first}{parts}{last}{close}")
    }

    /// The text before something of this depth.
    fn before(&self, depth: usize) -> String {
        match depth.checked_sub(1) {
            _ if !self.lines => if self.colon.ends_with(' ') { " " } else { "" }.into(),
            None => format!("{}{}", self.newline, self.outer),
            Some(deeper) => format!("{}{}{}", self.newline, self.inner, self.unit.repeat(deeper)),
        }
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
