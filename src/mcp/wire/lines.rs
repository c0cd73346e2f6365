//! The lines of a client: messages that rmcp knows, and others.
//!
//! rmcp answers a line that it cannot read without the id that stands in it, so its sender waits for ever. Here it gets
//! its answer.

use rmcp::RoleServer;
use rmcp::model::{ErrorCode, ErrorData, RequestId};
use rmcp::service::{RxJsonRpcMessage, TxJsonRpcMessage};
use serde_json::Value;
use tokio::io::AsyncRead;

use super::raw::{RawLine, RawLines};

/// The longest line that is read, in bytes. The arguments of a tool have some hundred; a longer line is dropped. A
/// value of JSON takes two bytes in a line and some hundred in memory while it is read, so this is also what bounds that.
const MAX_LINE: usize = 128 * 1024;

/// The meaning of a line.
#[derive(Debug)]
pub(crate) enum Heard {
    Message(Box<RxJsonRpcMessage<RoleServer>>),
    /// It is no message; this answer is for its sender.
    Wrong(Box<TxJsonRpcMessage<RoleServer>>),
    /// It is no JSON, or an unknown notification: neither has an answer.
    Nothing,
}

/// The messages in the lines of a reader. A line that is being read when [`Lines::next`] is dropped is read on at the next.
pub(crate) struct Lines<R>(RawLines<R>);

impl<R: AsyncRead + Unpin> Lines<R> {
    pub(crate) fn new(read: R) -> Self {
        Self(RawLines::new(read, MAX_LINE))
    }

    /// The meaning of the next line; none at the end. A last line without an end is none.
    pub(crate) async fn next(&mut self) -> Option<Heard> {
        Some(match self.0.next().await? {
            RawLine::Bytes(line) => hear(&line),
            RawLine::TooLong => Heard::Nothing,
        })
    }
}

fn hear(line: &[u8]) -> Heard {
    let line = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line);
    if let Ok(message) = serde_json::from_slice(line) {
        return Heard::Message(Box::new(message));
    }
    let Ok(value) = serde_json::from_slice::<Value>(line) else { return Heard::Nothing };
    let method = value.get("method").and_then(Value::as_str);
    let id = match value.get("id") {
        Some(Value::String(id)) => Some(RequestId::String(id.as_str().into())),
        Some(Value::Number(id)) => id.as_i64().map(RequestId::Number),
        // Without an id, a method that can be read is that of a notification: those have no answers.
        None if method.is_some() => return Heard::Nothing,
        _ => None,
    };
    let is_object = value.get("params").is_none_or(|params| params.is_object() || params.is_null());
    let error = if id.is_some() && method.is_some() && !is_object {
        ErrorData::invalid_params("params must be an object", None)
    } else {
        ErrorData::new(ErrorCode::INVALID_REQUEST, "Invalid request", None)
    };
    Heard::Wrong(Box::new(TxJsonRpcMessage::<RoleServer>::error(error, id)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use tokio::io::AsyncWriteExt as _;

    use super::*;

    fn heard(line: &str) -> Option<Value> {
        match hear(line.as_bytes()) {
            Heard::Message(_) => Some(json!("message")),
            Heard::Wrong(answer) => Some(serde_json::to_value(answer).unwrap()),
            Heard::Nothing => None,
        }
    }

    #[test]
    fn a_wrong_line_is_answered_with_its_id() {
        let answer = |id: Value, code: i32, message: &str| {
            Some(json!({"jsonrpc": "2.0", "id": id, "error": {"code": code, "message": message}}))
        };
        for params in ["[]", r#"["get_user", {}]"#, "7", r#""x""#, "true"] {
            for (id, known) in [("1", json!(1)), (r#""a""#, json!("a"))] {
                let line =
                    format!(r#"{{"jsonrpc":"2.0","id":{id},"method":"tools/call","params":{params}}}"#);
                assert_eq!(heard(&line), answer(known, -32602, "params must be an object"), "{line}");
            }
        }
        let wrong = |id| answer(id, -32600, "Invalid request");
        assert_eq!(heard(r#"{"jsonrpc":"2.0","id":1,"method":7}"#), wrong(json!(1)));
        assert_eq!(heard(r#"{"jsonrpc":"2.0","id":1}"#), wrong(json!(1)));
        let mut nameless = wrong(json!(null)).unwrap();
        nameless.as_object_mut().unwrap().remove("id");
        for line in ["[]", "7", "{}", r#"{"jsonrpc":"2.0","id":[1],"method":"ping"}"#, r#"{"id":null}"#] {
            assert_eq!(heard(line), Some(nameless.clone()), "{line}");
        }
        for line in ["", "{", "x", r#"{"jsonrpc":"2.0","method":"no/such","params":[]}"#] {
            assert_eq!(heard(line), None, "{line}");
        }
        for line in [
            r#"{"jsonrpc":"2.0","id":1,"method":"ping"}"#,
            "\u{feff}{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}\r",
            r#"{"jsonrpc":"2.0","id":1,"method":"no/such","params":{}}"#,
            r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":null}"#,
        ] {
            assert_eq!(heard(line), Some(json!("message")), "{line}");
        }
    }

    #[tokio::test]
    async fn a_line_is_whole_however_it_comes_and_one_that_is_too_long_is_passed_over() {
        let (mut write, read) = tokio::io::duplex(16);
        let mut lines = Lines::new(read);
        let long = format!("{}\n", "x".repeat(2 * MAX_LINE));
        let ping = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}\n";
        let sent = format!("{long}{ping}\n{long}{ping}unfinished");
        let writing = tokio::spawn(async move { write.write_all(sent.as_bytes()).await.unwrap() });
        let mut heard = Vec::new();
        loop {
            // Dropped again and again, as it is when an answer comes between.
            let next = tokio::select! {
                biased;
                next = lines.next() => next,
                () = tokio::task::yield_now() => continue,
            };
            let Some(next) = next else { break };
            heard.push(matches!(next, Heard::Message(_)));
        }
        writing.await.unwrap();
        assert_eq!(heard, [false, true, false, false, true]);
    }
}
