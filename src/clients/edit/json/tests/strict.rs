//! Texts that are not strict JSON, lists, and values that stood somewhere before.

use super::*;
use crate::clients::edit::json::oracle::{ARGS, SERVER};

#[test]
fn what_claude_does_not_read_is_found() {
    for (text, expected) in [
        ("{}", None),
        ("{\"a\": \"// \u{feff}\", \"b\": [1, 2]}\r\n", None),
        ("\u{feff}{}", Some("begins with a byte-order mark")),
        ("{\n// mine\n}", Some("has a comment (line 2)")),
        ("{}\n/* mine */", Some("has a comment (line 2)")),
        ("{\n\"a\": [1,],\n}", Some("has a comma behind the last element (line 2)")),
        (
            "\u{feff}{ // a\n\"b\": 1,\n}",
            Some(
                "begins with a byte-order mark and has a comment (line 1) and has a comma behind the last element (line 2)",
            ),
        ),
    ] {
        assert_eq!(beyond_json(text).unwrap().as_deref(), expected, "{text:?}");
    }
    beyond_json("{").unwrap_err();
}

#[test]
fn a_list_takes_the_place_of_a_list_as_that_is_laid_out() {
    let args = ["mcp", "--no-watch"].map(String::from);
    let edited = |text: &str| edit(text, ARGS, &New::List(&args)).map(|edit| edit.text);
    for (old, new) in [
        (
            r#"{"mcpServers":{"zoom":{"args":["a","b"],"env":{}}}}"#,
            r#"{"mcpServers":{"zoom":{"args":["mcp","--no-watch"],"env":{}}}}"#,
        ),
        (
            "{\n  \"mcpServers\": {\n    \"zoom\": {\n      \"args\": [\"a\"] // mine\n    }\n  }\n}",
            "{\n  \"mcpServers\": {\n    \"zoom\": {\n      \"args\": [\"mcp\", \"--no-watch\"] // mine\n    }\n  }\n}",
        ),
        (
            "{\n  \"mcpServers\": {\n    \"zoom\": {\n      \"args\": [\n        \"a\"\n      ]\n    }\n  }\n}",
            "{\n  \"mcpServers\": {\n    \"zoom\": {\n      \"args\": [\n        \"mcp\",\n        \"--no-watch\"\n      ]\n    }\n  }\n}",
        ),
    ] {
        assert_eq!(edited(old).unwrap().unwrap().as_str(), new);
        assert_eq!(edited(new).unwrap(), None);
    }
    let fault = edited(r#"{"mcpServers": {"zoom": {"args": "canary"}}}"#).unwrap_err();
    assert_eq!(fault, Fault::at(1, "mcpServers.zoom.args is not a list"));
}

#[test]
fn what_stood_there_is_laid_out_as_the_file_is() {
    let value = serde_json::json!({"args": ["a", {}], "command": "x", "env": {"A": "b"}, "n": null, "t": []});
    let put = |text: &str| edit(text, SERVER, &New::Json(&value)).unwrap().text.unwrap().to_string();
    assert_eq!(
        put("{\n  \"mcpServers\": {}\n}"),
        "{\n  \"mcpServers\": {\n    \"zoom\": {\n      \"args\": [\n        \"a\",\n        {}\n      ],\n      \"command\": \"x\",\n      \
         \"env\": {\n        \"A\": \"b\"\n      },\n      \"n\": null,\n      \"t\": []\n    }\n  }\n}"
    );
    assert_eq!(
        put(r#"{"mcpServers":{}}"#),
        r#"{"mcpServers":{"zoom":{"args":["a",{}],"command":"x","env":{"A":"b"},"n":null,"t":[]}}}"#
    );
}
