//! Whether a server says that its token is not accepted any more. Pure.
//!
//! A server reports what Zoom has answered in words of its own. Zoom's words are known: HTTP status 401, code 124 ("Invalid
//! access token" and "Access token is expired" of the API), and -32001 of its hosted MCP servers. An answer that names scopes is
//! about what the token may be used for, which no other token changes.

use serde_json::Value;

use super::message::{Kind, Message, Outcome};

/// The code of Zoom's hosted MCP servers for a token that is missing, not accepted, or without a scope.
const NO_TOKEN: i32 = -32001;

/// The phrases, in lower case, by which servers report a token that was not accepted.
const WORDS: [&str; 9] = [
    "\"code\":124",
    "\"code\": 124",
    "code 124",
    "code: 124",
    "access token is expired",
    "invalid access token",
    "401 unauthorized",
    "status code 401",
    "status code: 401",
];

/// Whether an answer says so.
pub(crate) fn says_so(answer: &Message<'_>) -> bool {
    match answer.kind {
        Kind::Answer { outcome: Outcome::Error(error), .. } => {
            let error: Value = serde_json::from_str(error.get()).unwrap_or_default();
            error["code"].as_i64() == Some(NO_TOKEN.into()) && !names_scopes(&error["message"].to_string())
        }
        Kind::Answer { outcome: Outcome::Result(result), .. } => {
            // Most answers are no failures, and are not read.
            if !result.get().contains("\"isError\"") {
                return false;
            }
            let result: Value = serde_json::from_str(result.get()).unwrap_or_default();
            let parts = result["content"].as_array().map_or(&[][..], Vec::as_slice);
            let says_so = |text: &str| {
                let text = text.to_lowercase();
                WORDS.iter().any(|words| text.contains(words)) && !names_scopes(&text)
            };
            result["isError"] == true && parts.iter().filter_map(|part| part["text"].as_str()).any(says_so)
        }
        Kind::Request { .. } | Kind::Notification { .. } => false,
    }
}

fn names_scopes(text: &str) -> bool {
    text.contains("scope")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_a_refused_token_is_taken_for_one() {
        let failure =
            |text: &str| json!({"result": {"content": [{"type": "text", "text": text}], "isError": true}});
        let error = |code: i64, message: &str| json!({"error": {"code": code, "message": message}});
        for (answer, expected) in [
            (failure("Zoom API error: 401 {\"code\":124,\"message\":\"Invalid access token.\"}"), true),
            (failure("Request failed with status code 401"), true),
            (failure("HTTP 401 Unauthorized"), true),
            (failure("Access token is expired."), true),
            (failure("Invalid access token, does not contain scopes:[meeting:read]"), false),
            (failure("meeting 401124 not found"), false),
            (failure("status code: 404"), false),
            (json!({"result": {"content": [{"type": "text", "text": "Access token is expired."}]}}), false),
            (json!({"result": {"isError": true}}), false),
            (error(-32001, "Invalid access token"), true),
            (error(-32001, "Access token is required"), true),
            (error(-32001, "Invalid access token, does not contain scopes:[a]"), false),
            (error(-32603, "Invalid access token"), false),
        ] {
            let mut answer = answer;
            answer["jsonrpc"] = "2.0".into();
            answer["id"] = 1.into();
            let text = answer.to_string();
            assert_eq!(says_so(&Message::from_server(text.as_bytes()).unwrap()), expected, "{text}");
        }
    }
}
