use proptest::prelude::*;
use serde_json::json;

use super::*;

fn refused(text: &str) -> (Option<String>, i32, String) {
    let Refused { id, code, reason } = Message::from_client(text.as_bytes()).unwrap_err();
    (id, code, reason)
}

/// Servers repeat in their answers what they were asked.
#[test]
fn a_field_that_means_nothing_in_an_answer_stays_in_it() {
    for (text, given) in [
        (
            r#"{"jsonrpc":"2.0","id":1,"result":"x","params":{"a":""}}"#,
            r#"{"jsonrpc":"2.0","id":7,"result":"x","params":{"a":""}}"#,
        ),
        (
            r#"{"params":[1.50],"error":{},"id":"a","jsonrpc":"2.0","x":1}"#,
            r#"{"params":[1.50],"error":{},"id":7,"jsonrpc":"2.0","x":1}"#,
        ),
    ] {
        oracle::gateway_message(text.as_bytes());
        let message = Message::from_client(text.as_bytes()).unwrap();
        assert!(matches!(message.kind, Kind::Answer { .. }), "{text}");
        assert_eq!(message.spliced(message.with_id(7)), given);
    }
}

#[test]
fn nothing_of_an_unknown_form_passes() {
    let none = None::<&str>;
    for (text, id, code, reason) in [
        ("", none, -32700, "the message is not JSON: EOF while parsing a value at line 1 column 0"),
        ("{", none, -32700, "the message is not JSON: EOF while parsing an object at line 1 column 1"),
        ("7", none, -32600, "a message is a JSON object"),
        ("\"x\"", none, -32600, "a message is a JSON object"),
        ("[]", none, -32600, "batches are not accepted; send one message at a time"),
        (
            r#" [{"jsonrpc":"2.0","id":1,"method":"ping"}]"#,
            none,
            -32600,
            "batches are not accepted; send one message at a time",
        ),
        (r#"{"id":1,"method":"ping"}"#, Some("1"), -32600, "\"jsonrpc\" must be \"2.0\""),
        (r#"{"jsonrpc":"1.0","id":1,"method":"ping"}"#, Some("1"), -32600, "\"jsonrpc\" must be \"2.0\""),
        (r#"{"jsonrpc":2.0,"id":1,"method":"ping"}"#, Some("1"), -32600, "\"jsonrpc\" must be \"2.0\""),
        (
            r#"{"jsonrpc":"2.0","id":null,"method":"ping"}"#,
            none,
            -32600,
            "an id must be a string or a whole number",
        ),
        (
            r#"{"jsonrpc":"2.0","id":1.0,"method":"ping"}"#,
            none,
            -32600,
            "an id must be a string or a whole number",
        ),
        (
            r#"{"jsonrpc":"2.0","id":1e2,"method":"ping"}"#,
            none,
            -32600,
            "an id must be a string or a whole number",
        ),
        (
            r#"{"jsonrpc":"2.0","id":{},"method":"ping"}"#,
            none,
            -32600,
            "an id must be a string or a whole number",
        ),
        (r#"{"jsonrpc":"2.0","id":1,"method":7}"#, Some("1"), -32600, "\"method\" must be a string"),
        (
            r#"{"jsonrpc":"2.0","id":1,"method":"a","params":[]}"#,
            Some("1"),
            -32602,
            "params must be an object",
        ),
        (
            r#"{"jsonrpc":"2.0","id":"b","method":"a","params":"x"}"#,
            Some("\"b\""),
            -32602,
            "params must be an object",
        ),
        (r#"{"jsonrpc":"2.0","method":"a","params":7}"#, none, -32602, "params must be an object"),
        (r#"{"jsonrpc":"2.0","id":1}"#, none, -32600, "it must be a request, a notification or an answer"),
        (r#"{"jsonrpc":"2.0"}"#, none, -32600, "it must be a request, a notification or an answer"),
        (
            r#"{"jsonrpc":"2.0","id":1,"method":"ping","result":{}}"#,
            Some("1"),
            -32600,
            "it must be a request, a notification or an answer",
        ),
        (
            r#"{"jsonrpc":"2.0","result":{}}"#,
            none,
            -32600,
            "it must be a request, a notification or an answer",
        ),
        (r#"{"jsonrpc":"2.0","id":1,"result":{},"error":{}}"#, none, -32600, "it has a result and an error"),
        (r#"{"jsonrpc":"2.0","id":1,"id":2,"method":"ping"}"#, Some("1"), -32600, "\"id\" is there twice"),
        (
            r#"{"jsonrpc":"2.0","id":1,"method":"ping","\u006dethod":"tools/call"}"#,
            Some("1"),
            -32600,
            "\"method\" is there twice",
        ),
        (
            r#"{"jsonrpc":"2.0","id":1,"method":"ping","Method":"tools/call"}"#,
            Some("1"),
            -32600,
            "\"Method\" would be read as \"method\" by some servers",
        ),
        (
            "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\",\"param\u{17f}\":{}}",
            Some("1"),
            -32600,
            "\"param\u{17f}\" would be read as \"params\" by some servers",
        ),
        (
            r#"{"jsonrpc":"2.0","id":1,"method":"a","params":{"b":{"c":1,"c":2}}}"#,
            Some("1"),
            -32600,
            "\"c\" is there twice in one object",
        ),
    ] {
        assert_eq!(refused(text), (id.map(str::to_owned), code, reason.to_owned()), "{text}");
    }
    assert_eq!(Message::from_client(b"{\"a\":\"\xff\"}").unwrap_err().reason, "the message is not UTF-8");
}

#[test]
fn each_kind_of_message_is_known() {
    let kind = |text: &str| match Message::from_client(text.as_bytes()).unwrap().kind {
        Kind::Request { id, method, params } => {
            format!("request {id} {method} {}", params.map_or("-", RawValue::get))
        }
        Kind::Notification { method, params } => {
            format!("notification {method} {}", params.map_or("-", RawValue::get))
        }
        Kind::Answer { id, outcome } => format!("answer {id:?} {}", matches!(outcome, Outcome::Result(_))),
    };
    for (text, expected) in [
        (r#"{"jsonrpc":"2.0","id":1,"method":"ping"}"#, "request 1 ping -"),
        (r#"{"jsonrpc":"2.0","id":"\u0061","method":"a\/b","params":{ }}"#, "request \"a\" a/b { }"),
        (r#"{"jsonrpc":"2.0","id":-9,"method":"a","params":null,"x":1}"#, "request -9 a null"),
        (r#"{"jsonrpc":"2.0","method":"n"}"#, "notification n -"),
        ("\u{feff}{\"jsonrpc\":\"2.0\",\"method\":\"n\"}\r", "notification n -"),
        (r#"{"jsonrpc":"2.0","id":7,"result":{}}"#, "answer Some(\"7\") true"),
        (r#"{"jsonrpc":"2.0","id":7,"error":{}}"#, "answer Some(\"7\") false"),
        (r#"{"jsonrpc":"2.0","id":null,"error":{}}"#, "answer None false"),
        (r#"{"jsonrpc":"2.0","error":{}}"#, "answer None false"),
    ] {
        assert_eq!(kind(text), expected, "{text}");
    }
}

#[test]
fn only_the_replaced_part_changes() {
    let text = "{ \"x\" : 1.50, \"id\" : \"a\", \"method\":\"m\",\n \"jsonrpc\":\"2.0\",\"params\": {\"n\":12345678901234567890123}}\r\n";
    let message = Message::from_client(text.as_bytes()).unwrap();
    let Kind::Request { params: Some(params), .. } = &message.kind else { panic!("{message:?}") };
    assert_eq!(
        message.spliced([message.replace(params, "{}".into()), message.with_id(7).unwrap()]),
        "{ \"x\" : 1.50, \"id\" : 7, \"method\":\"m\",  \"jsonrpc\":\"2.0\",\"params\": {}}"
    );
    assert_eq!(message.spliced([]), text.trim().replace('\n', " "));
}

#[test]
fn an_error_is_json_whatever_is_in_it() {
    let answer: serde_json::Value = serde_json::from_str(&error(Some("\"a\""), -32600, "a \"b\"\n")).unwrap();
    assert_eq!(
        answer,
        json!({"jsonrpc": "2.0", "id": "a", "error": {"code": -32600, "message": "a \"b\"\n"}})
    );
    assert!(!error(None, -1, "").contains("id"));
}

proptest! {
    #[test]
    fn whatever_the_bytes_are_the_oracle_holds(bytes: Vec<u8>) {
        oracle::gateway_message(&bytes);
    }

    /// A message with something else somewhere in it.
    #[test]
    fn a_message_that_is_damaged_or_spelt_otherwise_is_read_as_others_read_it(
        at in any::<prop::sample::Index>(),
        piece in prop::sample::select(vec!["\"", "\\", "\\u0061", ",", "{", "}", "[", "null", "1e5", "\u{feff}", "\0", "\n",
            "\"id\":2,", "\"ID\":2,", "\"method\":\"x\",", "\\ud800", "9007199254740993", "-0", ""]),
        cut in 0..4_usize,
    ) {
        const MESSAGE: &str = r#"{"jsonrpc":"2.0","id":"a","method":"tools/call","params":{"name":"b","arguments":{"c":1}}}"#;
        let at = at.index(MESSAGE.len());
        let rest = &MESSAGE[(at + cut).min(MESSAGE.len())..];
        oracle::gateway_message(format!("{}{piece}{rest}", &MESSAGE[..at]).as_bytes());
    }
}
