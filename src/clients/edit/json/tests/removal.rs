//! A server taken out.

use super::*;
use crate::clients::edit::json::oracle::SERVER;

#[track_caller]
fn removed(text: &str) -> String {
    remove(text, SERVER).unwrap().text.unwrap().to_string()
}

#[test]
fn only_the_server_its_comma_and_its_lines_go() {
    for (old, new) in [
        // The only one.
        ("{\n  \"mcpServers\": {\n    \"zoom\": {\"a\": 1}\n  }\n}\n", "{\n  \"mcpServers\": {}\n}\n"),
        (r#"{"mcpServers": { "zoom": {}, }}"#, r#"{"mcpServers": {}}"#),
        // The first, one in the middle, the last, on lines of their own.
        (
            "{\"mcpServers\": {\r\n\t\"zoom\": {\r\n\t\t// mine\r\n\t},\r\n\t\"b\": 1\r\n}}",
            "{\"mcpServers\": {\r\n\t\"b\": 1\r\n}}",
        ),
        (
            "{\"mcpServers\": {\n  \"a\": 1, // a\n  \"zoom\": {},\n  \"b\": 2\n}}",
            "{\"mcpServers\": {\n  \"a\": 1, // a\n  \"b\": 2\n}}",
        ),
        (
            "{\"mcpServers\": {\n  \"a\": 1, // a\n  \"zoom\": {}\n}}",
            "{\"mcpServers\": {\n  \"a\": 1 // a\n}}",
        ),
        ("{\"mcpServers\": {\n  \"a\": 1,\n  \"zoom\": {},\n}}", "{\"mcpServers\": {\n  \"a\": 1,\n}}"),
        // A comment behind it stays, wherever it is.
        (
            "{\"mcpServers\": {\n  \"a\": 1,\n  \"zoom\": {} // zoom\n}}",
            "{\"mcpServers\": {\n  \"a\": 1\n   // zoom\n}}",
        ),
        ("{\"mcpServers\": {\n  // only\n  \"zoom\": {}\n}}", "{\"mcpServers\": {\n  // only\n}}"),
        // All on one line.
        (r#"{"mcpServers": {"zoom": {}, "b": 1}}"#, r#"{"mcpServers": {"b": 1}}"#),
        (r#"{"mcpServers": {"a": 1, "zoom": {}}}"#, r#"{"mcpServers": {"a": 1}}"#),
        (r#"{"mcpServers":{"a":1,"zoom":{},"b":2}}"#, r#"{"mcpServers":{"a":1,"b":2}}"#),
        (r#"{"mcpServers": {"zoom": {} /* z */, "b": 1}}"#, r#"{"mcpServers": { /* z */ "b": 1}}"#),
        (r#"{"mcpServers": {"a": 1, /* z */ "zoom": {}}}"#, r#"{"mcpServers": {"a": 1 /* z */ }}"#),
    ] {
        assert_eq!(removed(old), new);
    }
}

#[test]
fn where_there_is_none_nothing_goes() {
    for text in ["{}", r#"{"mcpServers": {"a": {}}}"#] {
        assert_eq!(remove(text, SERVER).unwrap().text, None);
    }
    for text in ["[]", r#"{"mcpServers": {"zoom": {}, "zoom": {}}}"#, r#"{"mcpServers": {"zoom": 1}}"#, "{"] {
        remove(text, SERVER).unwrap_err();
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, ..ProptestConfig::default() })]

    #[test]
    fn a_removal_takes_one_server_and_leaves_every_other_sign(text in configuration()) {
        let with = edit(&text, SERVER, &New::Object(vec![("command", New::Text("canary"))])).unwrap();
        let with = with.text.map_or(text, |text| text.to_string());
        let new = removed(&with);
        prop_assert!(!new.contains("canary"));
        let mut expected = (STRICT_JSON.read)(&with).unwrap();
        expected["mcpServers"].as_object_mut().unwrap().remove("zoom").unwrap();
        prop_assert_eq!((STRICT_JSON.read)(&new).unwrap(), expected);
        let signs = |text: &str| text.chars().filter(|c| !c.is_whitespace() && *c != ',').collect::<String>();
        let (new, old) = (signs(&new), signs(&with));
        // One piece is gone, and nothing else.
        let head = new.chars().zip(old.chars()).take_while(|(new, old)| new == old).count();
        let tail = new.chars().rev().zip(old.chars().rev()).take_while(|(new, old)| new == old).count();
        prop_assert!(head + tail >= new.chars().count(), "{} {}", new, old);
    }
}
