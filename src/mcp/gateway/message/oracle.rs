//! Properties of a message with any bytes.

#![expect(clippy::panic, reason = "a property that does not hold ends a test")]

use serde_json::Value;

use super::{Kind, Message, Outcome};

/// The id that a message is given on its way.
const NUMBER: u64 = 7_711_243;

/// Reads a message of a client and of a server.
///
/// # Panics
///
/// One that is accepted is no JSON object, has another id, method or parameters than another reader finds in it, or is another
/// message with another id; one that is refused has no answer; or a server's is refused that a client might send.
pub fn gateway_message(data: &[u8]) {
    let (from_client, from_server) = (Message::from_client(data), Message::from_server(data));
    assert!(from_client.is_err() || from_server.is_ok(), "a server may send what a client may");
    let message = match from_client {
        Ok(message) => message,
        Err(refused) => {
            let answer: Value = parsed(&refused.answer());
            assert_eq!(answer["error"]["code"], refused.code);
            return;
        }
    };
    let whole = parsed(message.text());
    let Value::Object(fields) = &whole else { panic!("it is no object: {whole}") };
    let (id, method, params) = match &message.kind {
        Kind::Request { id, method, params } => (Some(id.clone()), Some(method.to_string()), *params),
        Kind::Notification { method, params } => (None, Some(method.to_string()), *params),
        Kind::Answer { id, .. } => (id.clone(), None, None),
    };
    let id = id.map_or(Value::Null, |id| parsed(&id));
    assert_eq!(fields.get("id").unwrap_or(&Value::Null), &id, "the id");
    assert_eq!(fields.get("method").and_then(Value::as_str), method.as_deref(), "the method");
    match &message.kind {
        Kind::Answer { outcome, .. } => {
            let (name, value) = match outcome {
                Outcome::Result(result) => ("result", result),
                Outcome::Error(error) => ("error", error),
            };
            assert_eq!(fields.get(name), Some(&parsed(value.get())), "the outcome");
        }
        Kind::Request { .. } | Kind::Notification { .. } => {
            let params = params.map_or(Value::Null, |params| parsed(params.get()));
            assert_eq!(fields.get("params").unwrap_or(&Value::Null), &params, "the parameters");
        }
    }
    // With another id it is the same otherwise, in one line.
    let line = message.spliced(message.with_id(NUMBER));
    assert!(!line.contains(['\n', '\r']), "a line end in a message");
    let mut expected = whole.clone();
    if expected.get("id").is_some() {
        expected["id"] = NUMBER.into();
    }
    assert_eq!(parsed(&line), expected, "more than the id has changed");
}

fn parsed(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text:?}"))
}
