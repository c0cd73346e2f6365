//! Digests of texts and of JSON. Pure.

use serde_json::{Map, Value};

/// The SHA-256 of some bytes, in hexadecimal.
pub(crate) fn sha256(bytes: &[u8]) -> String {
    let digest = ring::digest::digest(&ring::digest::SHA256, bytes);
    let mut text = String::with_capacity(64);
    for byte in digest.as_ref() {
        for digit in [byte >> 4, byte & 0xf] {
            text.extend(char::from_digit(digit.into(), 16));
        }
    }
    text
}

/// The one form of a value, whatever the order of its fields and the blanks between them: JSON without blanks, with the
/// fields of objects in the order of their code points, and strings and numbers as `serde_json` writes them.
pub(crate) fn canonical(value: &Value) -> String {
    let mut text = String::new();
    write(value, &mut text);
    text
}

/// The digest of the arguments of a call, by that form.
pub(crate) fn of_fields(fields: &Map<String, Value>) -> String {
    let mut text = String::new();
    write_fields(fields, &mut text);
    sha256(text.as_bytes())
}

fn write(value: &Value, text: &mut String) {
    match value {
        Value::Array(values) => {
            text.push('[');
            for (at, value) in values.iter().enumerate() {
                if at > 0 {
                    text.push(',');
                }
                write(value, text);
            }
            text.push(']');
        }
        Value::Object(fields) => write_fields(fields, text),
        plain => text.push_str(&plain.to_string()),
    }
}

fn write_fields(fields: &Map<String, Value>, text: &mut String) {
    // They are in this order unless a feature of serde_json keeps that of the text.
    let mut sorted: Vec<_> = fields.iter().collect();
    sorted.sort_unstable_by_key(|(name, _)| *name);
    text.push('{');
    for (at, (name, value)) in sorted.into_iter().enumerate() {
        if at > 0 {
            text.push(',');
        }
        text.push_str(&Value::from(name.as_str()).to_string());
        text.push(':');
        write(value, text);
    }
    text.push('}');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_the_usual_digest() {
        // FIPS 180-2, B.1.
        assert_eq!(sha256(b"abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }

    #[test]
    fn only_the_meaning_of_json_counts() {
        let of = |text: &str| canonical(&serde_json::from_str(text).unwrap());
        let one = r#"{"a": [1, {"y": null, "x": "é\n"}], "b": 1.50}"#;
        assert_eq!(of(one), r#"{"a":[1,{"x":"é\n","y":null}],"b":1.5}"#);
        assert_eq!(of(one), of(r#"{"b":1.5,"a":[1,{"x":"\u00e9\u000a","y":null}]}"#));
        for other in [
            r#"{"a": [{"y": null, "x": "é\n"}, 1], "b": 1.50}"#,
            r#"{"a": [1, {"x": "é\n"}], "b": 1.50}"#,
            r#"{"a": [1, {"y": null, "x": "e\n"}], "b": 1.50}"#,
            r#"{"a": [1, {"y": null, "x": "é\n"}], "b": "1.5"}"#,
            r#"{"a": [true, {"y": null, "x": "é\n"}], "b": 1.50}"#,
        ] {
            assert_ne!(of(one), of(other), "{other}");
        }
        let fields = serde_json::json!({"b": 1, "a": [2]});
        assert_eq!(of_fields(fields.as_object().unwrap()), sha256(br#"{"a":[2],"b":1}"#));
    }
}
