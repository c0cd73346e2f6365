//! The question that a client's own user is asked about a call (an elicitation), and the reading of its answer. Pure.

use serde_json::{Map, Value, json};

use crate::controls::revealed;

/// The field of the answer.
const ALLOW: &str = "allow";

/// The outcome of a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Answer {
    Allow,
    Deny,
    /// The question was put away without a decision, or the answer is none. The call is not allowed.
    Nothing,
}

/// Whether a client with these capabilities can put a question with a form to its user.
pub(crate) fn can_be_asked(capabilities: &Value) -> bool {
    match capabilities.get("elicitation") {
        // Before modes were named there was this one alone.
        Some(Value::Object(modes)) => modes.contains_key("form") || !modes.contains_key("url"),
        _ => false,
    }
}

/// The parameters of `elicitation/create` for a call. `arguments` are those that may be shown.
pub(crate) fn question(gateway: &str, tool: &str, arguments: &Map<String, Value>) -> Value {
    json!({
        "message": message(gateway, tool, arguments),
        "requestedSchema": {
            "type": "object",
            "properties": {
                ALLOW: {"type": "boolean", "title": "Allow this call, once", "default": false},
            },
            "required": [ALLOW],
        },
    })
}

/// Reads the result of `elicitation/create`. Only a plain yes is one.
pub(crate) fn answer(result: &Value) -> Answer {
    match result.get("action").and_then(Value::as_str) {
        Some("accept") => match result.get("content").and_then(|content| content.get(ALLOW)) {
            Some(Value::Bool(true)) => Answer::Allow,
            Some(Value::Bool(false)) => Answer::Deny,
            _ => Answer::Nothing,
        },
        Some("decline") => Answer::Deny,
        _ => Answer::Nothing,
    }
}

/// The call in words. Each argument has a line of its own, and none can pretend to be another one.
fn message(gateway: &str, tool: &str, arguments: &Map<String, Value>) -> String {
    let with = if arguments.is_empty() { ", without arguments." } else { ", with" };
    let mut lines = vec![format!("The policy asks for your approval: {} of {gateway}{with}", revealed(tool))];
    for (name, value) in arguments {
        lines.push(format!("{}: {}", revealed(name), revealed(&value.to_string())));
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_question_has_the_call_with_nothing_hidden() {
        let arguments = json!({"content": "a\nallow: true\u{202e}", "pa\nth": "/x", "n": [1, {"a": null}]});
        let asked = question("files", "wri\u{200b}te", arguments.as_object().unwrap());
        assert_eq!(
            asked["message"],
            "The policy asks for your approval: wri\\u{200b}te of files, with\n\
             content: \"a\\nallow: true\\u{202e}\"\n\
             n: [1,{\"a\":null}]\n\
             pa\\u{a}th: \"/x\""
        );
        assert_eq!(asked["requestedSchema"]["required"], json!(["allow"]));
        assert_eq!(asked["requestedSchema"]["properties"]["allow"]["default"], false);
        let without = question("files", "list", &Map::new());
        assert_eq!(
            without["message"],
            "The policy asks for your approval: list of files, without arguments."
        );
    }

    #[test]
    fn only_a_plain_yes_allows() {
        for (result, expected) in [
            (json!({"action": "accept", "content": {"allow": true}}), Answer::Allow),
            (json!({"action": "accept", "content": {"allow": true, "more": 1}}), Answer::Allow),
            (json!({"action": "accept", "content": {"allow": false}}), Answer::Deny),
            (json!({"action": "decline"}), Answer::Deny),
            (json!({"action": "decline", "content": {"allow": true}}), Answer::Deny),
            (json!({"action": "cancel"}), Answer::Nothing),
            (json!({"action": "cancel", "content": {"allow": true}}), Answer::Nothing),
            (json!({"action": "accept"}), Answer::Nothing),
            (json!({"action": "accept", "content": {"allow": "true"}}), Answer::Nothing),
            (json!({"action": "accept", "content": {"allow": 1}}), Answer::Nothing),
            (json!({"action": "Accept", "content": {"allow": true}}), Answer::Nothing),
            (json!({"content": {"allow": true}}), Answer::Nothing),
            (json!(null), Answer::Nothing),
        ] {
            assert_eq!(answer(&result), expected, "{result}");
        }
    }

    #[test]
    fn only_a_client_with_forms_is_asked() {
        for (capabilities, expected) in [
            (json!({"elicitation": {}}), true),
            (json!({"elicitation": {"form": {}}}), true),
            (json!({"elicitation": {"form": {}, "url": {}}}), true),
            (json!({"elicitation": {"url": {}}}), false),
            (json!({"elicitation": null}), false),
            (json!({"sampling": {}}), false),
            (json!(null), false),
        ] {
            assert_eq!(can_be_asked(&capabilities), expected, "{capabilities}");
        }
    }
}
