//! A server put whole in its place.

use std::sync::LazyLock;

use super::*;
use crate::clients::edit::json::oracle::SERVER;

static ARGS: LazyLock<[String; 3]> =
    LazyLock::new(|| ["mcp", "--env-file", r"C:\Users\me\.env"].map(String::from));

/// An entry as Windows has it.
fn of_windows() -> New<'static> {
    entry(r"C:\bin\zoomtok.exe", &*ARGS)
}

fn entry<'a>(command: &'a str, args: &'a [String]) -> New<'a> {
    New::Object(vec![("command", New::Text(command)), ("args", New::List(args))])
}

#[track_caller]
fn installed(text: &str) -> String {
    edit(text, SERVER, &of_windows()).unwrap().text.unwrap().to_string()
}

#[test]
fn it_is_laid_out_as_the_file_is() {
    for (old, new) in [
        // Nothing at all: as Claude writes it.
        (
            "{}",
            "{\n  \"mcpServers\": {\n    \"zoom\": {\n      \"command\": \"C:\\\\bin\\\\zoomtok.exe\",\n      \"args\": [\n        \
             \"mcp\",\n        \"--env-file\",\n        \"C:\\\\Users\\\\me\\\\.env\"\n      ]\n    }\n  }\n}",
        ),
        // Beside another one, with tabs, CRLF, comments and trailing commas.
        (
            "\u{feff}{\r\n\t\"mcpServers\": { // mine\r\n\t\t\"a\": {}, // about a\r\n\t},\r\n}",
            "\u{feff}{\r\n\t\"mcpServers\": { // mine\r\n\t\t\"a\": {}, // about a\r\n\t\t\"zoom\": {\r\n\t\t\t\"command\": \
             \"C:\\\\bin\\\\zoomtok.exe\",\r\n\t\t\t\"args\": [\r\n\t\t\t\t\"mcp\",\r\n\t\t\t\t\"--env-file\",\r\n\t\t\t\t\
             \"C:\\\\Users\\\\me\\\\.env\"\r\n\t\t\t]\r\n\t\t},\r\n\t},\r\n}",
        ),
        // In the place of another one, between two.
        (
            "{\n    \"mcpServers\": {\n        \"a\": 1,\n        \"zoom\": {\n            // old\n            \"env\": {\"T\": \"canary\"},\n            \
             \"command\": \"node\"\n        }, // zoom\n        \"b\": 2\n    }\n}\n",
            "{\n    \"mcpServers\": {\n        \"a\": 1,\n        \"zoom\": {\n            \"command\": \
             \"C:\\\\bin\\\\zoomtok.exe\",\n            \"args\": [\n                \"mcp\",\n                \"--env-file\",\n                \
             \"C:\\\\Users\\\\me\\\\.env\"\n            ]\n        }, // zoom\n        \"b\": 2\n    }\n}\n",
        ),
        // In the place of one that has a line, or the file, to itself.
        (
            "{\n\t\"mcpServers\": {\n\t\t\"zoom\": {\"command\": \"node\", \"env\": {}}\n\t}\n}",
            "{\n\t\"mcpServers\": {\n\t\t\"zoom\": {\"command\": \"C:\\\\bin\\\\zoomtok.exe\", \"args\": [\"mcp\", \
             \"--env-file\", \"C:\\\\Users\\\\me\\\\.env\"]}\n\t}\n}",
        ),
        (
            r#"{"mcpServers":{"zoom":{ "command":"node" },"b":{}}}"#,
            r#"{"mcpServers":{"zoom":{ "command":"C:\\bin\\zoomtok.exe","args":["mcp","--env-file","C:\\Users\\me\\.env"] },"b":{}}}"#,
        ),
        (
            r#"{ "mcpServers": { "a": {} } }"#,
            r#"{ "mcpServers": { "a": {}, "zoom": { "command": "C:\\bin\\zoomtok.exe", "args": ["mcp", "--env-file", "C:\\Users\\me\\.env"] } } }"#,
        ),
        // An empty one shows no layout; what it is in does.
        (
            "{\n  \"mcpServers\": {\n    \"zoom\": {}\n  }\n}",
            "{\n  \"mcpServers\": {\n    \"zoom\": {\n      \"command\": \"C:\\\\bin\\\\zoomtok.exe\",\n      \"args\": [\n        \
             \"mcp\",\n        \"--env-file\",\n        \"C:\\\\Users\\\\me\\\\.env\"\n      ]\n    }\n  }\n}",
        ),
    ] {
        assert_eq!(installed(old), new);
    }
}

#[test]
fn one_that_runs_the_same_is_left_there_with_all_it_has() {
    let there = installed(r#"{"mcpServers":{"zoom":{"command":"node"}}}"#);
    for text in [&there, &there.replace("{\"command\"", "{\"env\":{\"A\":\"b\"},\"command\"")] {
        let edit = edit(text, SERVER, &of_windows()).unwrap();
        assert_eq!(edit.text, None, "{text}");
        assert_eq!(edit.before.as_ref().map(|before| before.as_str()), Some(r"C:\bin\zoomtok.exe"));
    }
    for other in [there.replace("\"mcp\",", ""), there.replace("C:\\\\bin", "D:\\\\bin")] {
        assert_ne!(other, there);
        assert_eq!(installed(&other), there);
    }
}

#[test]
fn of_what_stood_there_only_the_command_is_told() {
    for (there, command) in [
        (r#""zoom": {"command": "node", "args": ["canary"], "env": {"TOKEN": "canary"}}"#, Some("node")),
        (r#""zoom": {"command": ["canary"]}"#, None),
        (r#""zoom": {}"#, None),
        ("", None),
    ] {
        let edit = edit(&format!(r#"{{"mcpServers": {{{there}}}}}"#), SERVER, &of_windows()).unwrap();
        assert_eq!(edit.before.as_ref().map(|before| before.as_str()), command, "{there}");
        assert!(!edit.text.unwrap().contains("canary"));
    }
}

#[test]
fn what_is_no_server_is_named_and_left_alone() {
    for (text, problem) in [
        ("{\"mcpServers\": {\"zoom\": \"canary\"}}", "mcpServers.zoom is not an object"),
        ("{\"mcpServers\": {\"zoom\": [\"canary\"]}}", "mcpServers.zoom is not an object"),
        ("{\"mcpServers\": {\"zoom\": null}}", "mcpServers.zoom is not an object"),
        ("{\"mcpServers\": \"canary\"}", "mcpServers is not an object"),
        ("{\"mcpServers\": {\"zoom\": {}, \"zoom\": {}}}", "mcpServers.zoom is there twice"),
        ("[]", "what it holds is not an object"),
    ] {
        assert_eq!(edit(text, SERVER, &of_windows()).unwrap_err(), Fault::at(1, problem), "{text}");
    }
}

fn entries() -> impl Strategy<Value = (String, Vec<String>)> {
    (any::<String>(), proptest::collection::vec(any::<String>(), 1..4))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, ..ProptestConfig::default() })]

    #[test]
    fn an_installation_changes_one_server(text in configuration(), (command, args) in entries()) {
        let entry = entry(&command, &args);
        let new = edit(&text, SERVER, &entry).unwrap().text.unwrap();
        assert_one_change(&text, &new, SERVER, &entry);
    }
}
