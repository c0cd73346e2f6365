//! Values as TOML has them.

use serde_json::Value;

use crate::clients::edit::json::New;
use crate::clients::shape::Fixed;

/// A name, in quotes if it needs them.
pub(super) fn key(name: &str) -> String {
    let is_bare = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    if !name.is_empty() && name.chars().all(is_bare) { name.to_owned() } else { quoted(name) }
}

/// A string.
fn quoted(text: &str) -> String {
    let escaped = text.chars().map(|c| match c {
        '"' => "\\\"".to_owned(),
        '\\' => "\\\\".to_owned(),
        '\n' => "\\n".to_owned(),
        '\r' => "\\r".to_owned(),
        '\t' => "\\t".to_owned(),
        c if c.is_control() => format!("\\u{:04X}", u32::from(c)),
        c => c.to_string(),
    });
    format!("\"{}\"", escaped.collect::<String>())
}

/// A value on one line.
pub(super) fn inline(new: &New<'_>) -> String {
    match new {
        New::Text(text) | New::Fixed(Fixed::Text(text)) => quoted(text),
        New::Fixed(Fixed::Flag(flag)) => flag.to_string(),
        New::List(texts) => list(texts.iter().map(|text| quoted(text))),
        New::Fixed(Fixed::List(texts)) => list(texts.iter().map(|text| quoted(text))),
        New::Object(properties) => table(properties.iter().map(|(name, new)| (*name, inline(new)))),
        New::Json(value) => of_json(value),
    }
}

/// A value of a client's configuration as TOML. TOML has no null, so there is none among it.
fn of_json(value: &Value) -> String {
    match value {
        Value::Null => quoted(""),
        Value::Bool(flag) => flag.to_string(),
        Value::Number(number) => number.to_string(),
        Value::String(text) => quoted(text),
        Value::Array(values) => list(values.iter().map(of_json)),
        Value::Object(object) => table(object.iter().map(|(name, value)| (name.as_str(), of_json(value)))),
    }
}

/// The properties of a table with a header, each on a line.
pub(super) fn lines(new: &New<'_>) -> Vec<String> {
    let line = |name: &str, value: String| format!("{} = {value}", key(name));
    match new {
        New::Object(properties) => properties.iter().map(|(name, new)| line(name, inline(new))).collect(),
        New::Json(Value::Object(object)) => {
            object.iter().map(|(name, value)| line(name, of_json(value))).collect()
        }
        _ => Vec::new(),
    }
}

fn list(values: impl Iterator<Item = String>) -> String {
    format!("[{}]", values.collect::<Vec<_>>().join(", "))
}

fn table<'n>(properties: impl Iterator<Item = (&'n str, String)>) -> String {
    let properties: Vec<String> =
        properties.map(|(name, value)| format!("{} = {value}", key(name))).collect();
    if properties.is_empty() { "{}".into() } else { format!("{{ {} }}", properties.join(", ")) }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::clients::edit::toml::read;

    #[test]
    fn a_text_is_read_as_it_was_whatever_it_holds() {
        for (text, written) in [
            ("plain", r#""plain""#),
            ("a \"b\" c", r#""a \"b\" c""#),
            (r"C:\a", r#""C:\\a""#),
            ("a\nb\r\n\tc", r#""a\nb\r\n\tc""#),
            ("\u{0}\u{1b}\u{7f}", r#""\u0000\u001B\u007F""#),
        ] {
            assert_eq!(inline(&New::Text(text)), written);
            assert_eq!(read(&format!("{} = {written}", key(text))).unwrap()[text], text, "{text:?}");
        }
        assert_eq!((key("a-b_1"), key(""), key("a.b")), ("a-b_1".into(), "\"\"".into(), "\"a.b\"".into()));
    }

    #[test]
    fn a_server_that_stood_somewhere_else_is_put_back_with_all_it_had() {
        let server = json!({
            "args": ["-y", {"deep": [1, 2.5]}], "command": "npx", "enabled": false, "env": {"A B": "c"}, "none": {},
        });
        let text = lines(&New::Json(&server)).join("\n");
        assert_eq!(
            text,
            "args = [\"-y\", { deep = [1, 2.5] }]\ncommand = \"npx\"\nenabled = false\nenv = { \"A B\" = \"c\" }\nnone = {}"
        );
        assert_eq!(read(&text).unwrap(), server);
        assert_eq!(read(&format!("a = {}", inline(&New::Json(&server)))).unwrap()["a"], server);
        let fixed = [Fixed::Flag(true), Fixed::List(&["*"])];
        assert_eq!(fixed.map(|fixed| inline(&New::Fixed(fixed))), ["true", "[\"*\"]"]);
    }
}
