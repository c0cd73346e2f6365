//! As much of a message as the transport has to know. Pure.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::{Value, json};

/// The code of JSON-RPC for a fault of the server.
const INTERNAL: i32 = -32603;

/// The code with which Zoom's hosted servers refuse a tool that they do not have, and how they say it.
const NO_SUCH_TOOL: i32 = -32602;
pub(super) const NO_SUCH_TOOL_TEXT: &str = "Can not found tool";

/// The code with which they refuse a token.
const REFUSED: i32 = -32001;

/// A message without its contents.
#[derive(Debug, Deserialize)]
pub(super) struct Envelope<'a> {
    #[serde(borrow)]
    pub(super) method: Option<Cow<'a, str>>,
    pub(super) id: Option<Value>,
    error: Option<Failure>,
}

#[derive(Debug, Deserialize)]
struct Failure {
    code: Option<i32>,
    message: Option<String>,
}

/// The state of the token, by an answer.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Nothing.
    None,
    /// The server does not take it.
    Refused,
    /// The server takes it, and it lacks these scopes.
    Scopes(String),
    /// It is no question of the token: Zoom's server does not have this tool.
    NoSuchTool(String),
}

impl<'a> Envelope<'a> {
    /// Reads a message; none for a text that is none.
    pub(super) fn read(text: &'a str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }

    /// Whether this is the answer to the request of this id.
    pub(super) fn answers(&self, id: &Value) -> bool {
        self.method.is_none() && self.id.as_ref() == Some(id)
    }

    /// Whether it is an answer without the id of its request, which a server sends where it has not read that.
    pub(super) fn is_nameless_error(&self) -> bool {
        self.method.is_none() && self.error.is_some() && self.id.as_ref().is_none_or(Value::is_null)
    }

    /// The state of the token, by an answer. Zoom has one code for both: only the message names the scopes.
    pub(super) fn verdict(&self) -> Verdict {
        let Some(failure) = self.error.as_ref() else { return Verdict::None };
        let message = failure.message.as_deref().unwrap_or_default();
        if failure.code == Some(NO_SUCH_TOOL)
            && let Some(name) = message.strip_prefix(NO_SUCH_TOOL_TEXT)
        {
            let name = name.trim_start_matches(':').split(" in ").next().unwrap_or_default();
            return Verdict::NoSuchTool(name.trim().to_owned());
        }
        if failure.code != Some(REFUSED) {
            return Verdict::None;
        }
        if let Some((_, scopes)) = message.split_once("scopes") {
            let scopes = scopes.trim_start_matches(':').trim();
            let scopes = scopes.trim_start_matches('[').trim_end_matches(['.', ']']);
            return Verdict::Scopes(scopes.to_owned());
        }
        // Other servers have this code for other things, such as a session that they do not know.
        if message.to_ascii_lowercase().contains("token") { Verdict::Refused } else { Verdict::None }
    }
}

/// An answer with an error, for the request of this id.
pub(super) fn failed(id: &Value, message: &str) -> String {
    json!({"jsonrpc": "2.0", "id": id, "error": {"code": INTERNAL, "message": message}}).to_string()
}

/// The same answer with this id.
pub(super) fn with_id(text: &str, id: &Value) -> Option<String> {
    let mut answer: Value = serde_json::from_str(text).ok()?;
    answer.as_object_mut()?.insert("id".into(), id.clone());
    Some(answer.to_string())
}

/// The same answer with something added to the message of its error.
pub(super) fn explained(text: &str, more: &str) -> String {
    let explain = || -> Option<String> {
        let mut answer: Value = serde_json::from_str(text).ok()?;
        let message = answer.get_mut("error")?.get_mut("message")?;
        *message = json!(format!("{}. {more}", message.as_str()?.trim_end_matches('.')));
        Some(answer.to_string())
    };
    explain().unwrap_or_else(|| text.to_owned())
}

/// How to get scopes that a token lacks.
pub(super) fn scopes_hint(scopes: &str) -> String {
    format!(
        "Add {scopes} to the app at marketplace.zoom.us, under Scopes, then authorize the app again: a token has the \
         scopes that its app had when it was authorized. A new token alone does not help"
    )
}

/// Which of Zoom's hosted servers may have a tool that another one does not have, by the names that are known.
pub(super) fn other_server_hint(tool: &str) -> String {
    const WORDS: [(&[&str], &str); 6] = [
        (&["zoom_chat_"], "zoom/chat"),
        (&["whiteboard"], "zoom/whiteboard"),
        (&["task"], "zoom/tasks"),
        (&["conversation", "deal", "customer", "indicator", "scorecard"], "zoom/revenue-accelerator"),
        (&["meeting", "recording"], "zoom/meeting"),
        (&["file"], "zoom or zoom/docs"),
    ];
    let server = WORDS.iter().find(|(words, _)| words.iter().any(|word| tool.contains(word)));
    match server {
        Some((_, server)) => format!(
            "Each of Zoom's servers has tools of its own, and a tool of this name would be one of {server} (--url)"
        ),
        None => {
            "Each of Zoom's servers has tools of its own, and their names change: list the tools again".into()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(code: i32, message: &str) -> Verdict {
        let text =
            json!({"jsonrpc": "2.0", "id": 1, "error": {"code": code, "message": message}}).to_string();
        Envelope::read(&text).unwrap().verdict()
    }

    #[test]
    fn one_code_means_two_things() {
        for (code, message, expected) in [
            (-32001, "Access token is required", Verdict::Refused),
            (-32001, "Invalid access token", Verdict::Refused),
            (-32001, "invalid ACCESS TOKEN.", Verdict::Refused),
            (
                -32001,
                "Invalid access token, does not contain scopes:[meeting:read:search, hub:write:content]",
                Verdict::Scopes("meeting:read:search, hub:write:content".into()),
            ),
            (-32001, "Invalid access token, does not contain scopes: [a:b].", Verdict::Scopes("a:b".into())),
            (-32001, "Session not found", Verdict::None),
            (-32001, "Request timed out", Verdict::None),
            (-32602, "Invalid access token", Verdict::None),
            (
                -32602,
                "Can not found tool: create_task in this MCP Server",
                Verdict::NoSuchTool("create_task".into()),
            ),
            (-32001, "Can not found tool: create_task in this MCP Server", Verdict::None),
        ] {
            assert_eq!(verdict(code, message), expected, "{message}");
        }
        for text in [r#"{"id":1,"result":{"code":-32001}}"#, r#"{"id":1,"error":{"code":-32001}}"#] {
            assert_eq!(Envelope::read(text).unwrap().verdict(), Verdict::None, "{text}");
        }
    }

    #[test]
    fn an_unknown_tool_may_be_one_of_another_server() {
        for (tool, server) in [
            ("zoom_chat_message_send", "one of zoom/chat "),
            ("create_a_whiteboard", "one of zoom/whiteboard "),
            ("get_my_tasks", "one of zoom/tasks "),
            ("get_deal_stages", "one of zoom/revenue-accelerator "),
            ("search_meetings", "one of zoom/meeting "),
            ("get_file_content", "one of zoom or zoom/docs "),
            ("list_available_tools", "list the tools again"),
        ] {
            assert!(other_server_hint(tool).contains(server), "{tool}");
        }
    }

    #[test]
    fn an_answer_is_known_by_its_id() {
        let read = |text: &'static str| Envelope::read(text).unwrap();
        assert!(read(r#"{"id":7,"result":{}}"#).answers(&json!(7)));
        assert!(!read(r#"{"id":"7","result":{}}"#).answers(&json!(7)));
        assert!(!read(r#"{"id":7,"method":"ping"}"#).answers(&json!(7)), "a request of the server");
        assert!(read(r#"{"id":null,"error":{"code":1}}"#).is_nameless_error());
        assert!(read(r#"{"error":{"code":1}}"#).is_nameless_error());
        assert!(!read(r#"{"id":1,"error":{"code":1}}"#).is_nameless_error());
        assert!(Envelope::read("<html>").is_none());
    }

    #[test]
    fn an_error_is_explained_and_all_else_stays() {
        let text = r#"{"jsonrpc":"2.0","id":1,"error":{"code":-32001,"message":"No.","data":{"a":1}}}"#;
        let explained: Value = serde_json::from_str(&explained(text, "Do this")).unwrap();
        assert_eq!(explained["error"], json!({"code": -32001, "message": "No. Do this", "data": {"a": 1}}));
        assert_eq!(super::explained("{}", "x"), "{}");
        assert_eq!(with_id(r#"{"id":null,"error":{}}"#, &json!(4)).unwrap(), r#"{"error":{},"id":4}"#);
        assert_eq!(with_id("[]", &json!(4)), None);
    }
}
