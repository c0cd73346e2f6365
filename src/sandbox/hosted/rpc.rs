//! JSON-RPC: requests, answers and errors.

use serde_json::{Value, json};

/// The parts of a message from a client.
pub(super) enum Message {
    Request {
        id: Value,
        method: String,
        params: Value,
    },
    /// A notification, or the answer to a request of the server: neither has an answer.
    Other,
}

impl Message {
    /// Reads one message.
    ///
    /// # Errors
    ///
    /// The text is not one message; the error to answer with.
    pub(super) fn read(body: &[u8]) -> Result<Self, Value> {
        let value: Value =
            serde_json::from_slice(body).map_err(|_| error(&Value::Null, -32700, "Parse error"))?;
        let method = value.get("method").and_then(Value::as_str);
        let is_answer = value.get("result").is_some() || value.get("error").is_some();
        let invalid = || error(&Value::Null, -32600, "Invalid Request");
        match (method, value.get("id")) {
            (Some(method), Some(id @ (Value::Number(_) | Value::String(_)))) => Ok(Self::Request {
                id: id.clone(),
                method: method.to_owned(),
                params: value.get("params").cloned().unwrap_or_else(|| json!({})),
            }),
            (Some(_), None) => Ok(Self::Other),
            (None, Some(_)) if is_answer => Ok(Self::Other),
            _ => Err(invalid()),
        }
    }
}

/// An answer with a result.
pub(super) fn result(id: &Value, result: &Value) -> Value {
    json!({"jsonrpc": "2.0", "id": id, "result": result})
}

/// An answer with an error.
pub(super) fn error(id: &Value, code: i32, message: &str) -> Value {
    json!({"jsonrpc": "2.0", "id": id, "error": {"code": code, "message": message}})
}
