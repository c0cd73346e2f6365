//! Properties that hold for every text in place of a client's configuration.

#![expect(clippy::unwrap_used, reason = "what does not hold ends a test")]

use jsonc_parser::{CollectOptions, JsonValue, ParseOptions, parse_to_ast, parse_to_value};

use super::*;
use crate::clients::edit::{Part, STRICT_JSON};
use crate::clients::shape::Shape;
use crate::clients::system::System;

/// The place of a token.
pub(super) const PLACE: Place<'_> = Place {
    shape: &Shape::MCP_SERVERS,
    server: "zoom",
    part: Part::Variable("TOKEN"),
    system: System::Linux,
};
/// The place of a server.
pub(super) const SERVER: Place<'_> = Place { part: Part::Whole, ..PLACE };
/// The place of its arguments.
pub(super) const ARGS: Place<'_> = Place { part: Part::Args, ..PLACE };

/// Takes a text, puts a token into it, and a server.
///
/// # Panics
///
/// An edit changes anything else, or does not do what it should.
pub fn claude_config(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let args = ["mcp", "--env-file", r"C:\Users\me\.env"].map(String::from);
    let server = vec![("command", New::Text(r"C:\bin\zoomtok.exe")), ("args", New::List(&args))];
    for (place, new) in [(PLACE, New::Text("new")), (ARGS, New::List(&args)), (SERVER, New::Object(server))] {
        if let Ok(Edit { text: Some(changed), .. }) = edit(text, place, &new) {
            assert_one_change(text, &changed, place, &new);
        }
    }
}

/// Fails unless `changed` is `old` with `new` in its place and nothing else.
#[track_caller]
pub(super) fn assert_one_change(old: &str, changed: &str, place: Place<'_>, new: &New<'_>) {
    let mut expected = reading(old);
    let mut at = &mut expected;
    for name in place.path() {
        at = at.as_object_mut().unwrap().entry(name).or_insert_with(|| serde_json::json!({}));
    }
    *at = new.into();
    assert_eq!(reading(changed), expected, "{old:?}");
    if let Some(span) = span(old, place) {
        // Where something stood, all the bytes around it stay.
        let (head, tail) = (&old[..span.start], &old[span.end..]);
        let stays = changed.starts_with(head) && changed.ends_with(tail);
        assert!(stays && changed.len() > head.len() + tail.len(), "{old:?} {changed:?}");
    } else {
        // Where nothing stood, nothing but blanks goes.
        let mut come = changed.chars();
        let kept = old.chars().filter(|c| !c.is_whitespace()).all(|c| come.any(|other| other == c));
        assert!(kept, "{old:?} {changed:?}");
    }
    assert!(edit(changed, place, new).unwrap().text.is_none(), "a second edit changes {changed:?}");
    if let New::Text(token) = new {
        assert_eq!(STRICT_JSON.value(changed, place).unwrap().as_deref().map(String::as_str), Some(*token));
    }
}

/// A reading of a text by jsonc-parser, which keeps the digits of numbers.
fn reading(text: &str) -> Value {
    fn plain(value: JsonValue<'_>) -> Value {
        match value {
            JsonValue::String(text) => text.into_owned().into(),
            JsonValue::Number(digits) => serde_json::json!({ "number": digits }),
            JsonValue::Boolean(value) => value.into(),
            JsonValue::Object(object) => Value::Object(
                object.into_iter().map(|(name, value)| (name.to_string(), plain(value))).collect(),
            ),
            JsonValue::Array(array) => array.into_iter().map(plain).collect(),
            JsonValue::Null => Value::Null,
        }
    }
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    plain(parse_to_value(text, &ParseOptions::default()).unwrap().unwrap())
}

/// Where the value stands that is at a place.
fn span(text: &str, place: Place<'_>) -> Option<Range<usize>> {
    let body = text.strip_prefix('\u{feff}').unwrap_or(text);
    let skipped = text.len() - body.len();
    let parsed = parse_to_ast(body, &CollectOptions::default(), &ParseOptions::default()).unwrap();
    let root = parsed.value?;
    let mut node = &root;
    for name in place.path() {
        node = &node.as_object()?.get(name)?.value;
    }
    Some(node.start() + skipped..node.end() + skipped)
}
