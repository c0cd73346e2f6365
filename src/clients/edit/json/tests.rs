use proptest::prelude::*;

use super::names::quoted;
use super::oracle::{PLACE, assert_one_change, claude_config};
use super::*;
use crate::clients::edit::STRICT_JSON;

mod removal;
mod server;
mod strict;

const PATH: [&str; 4] = ["mcpServers", "zoom", "env", "TOKEN"];

#[track_caller]
fn edited(text: &str) -> String {
    edit(text, PLACE, &New::Text("new")).unwrap().text.unwrap().to_string()
}

#[track_caller]
fn refused(text: &str) -> Fault {
    edit(text, PLACE, &New::Text("new")).unwrap_err()
}

#[test]
fn only_the_value_changes() {
    for (old, new) in [
        (
            "{\n\t\"mcpServers\": {\"zoom\": {\"command\": \"x\", \"env\": {\"TOKEN\": \"old\"}}},\n}\n",
            "{\n\t\"mcpServers\": {\"zoom\": {\"command\": \"x\", \"env\": {\"TOKEN\": \"new\"}}},\n}\n",
        ),
        (
            "\u{feff}{\r\n// a \"TOKEN\": \"old\"\r\n\"mcpServers\" : {\"zoom\":{\"env\":{ \"TOKEN\"  :\"old\" ,}}} /* z */\r\n}",
            "\u{feff}{\r\n// a \"TOKEN\": \"old\"\r\n\"mcpServers\" : {\"zoom\":{\"env\":{ \"TOKEN\"  :\"new\" ,}}} /* z */\r\n}",
        ),
        (
            r#"{"n":123456789012345678901234,"m":1.0e3,"s":"\u00e9\/","mcpServers":{"zoom":{"env":{"TOKEN":null}}}}"#,
            r#"{"n":123456789012345678901234,"m":1.0e3,"s":"\u00e9\/","mcpServers":{"zoom":{"env":{"TOKEN":"new"}}}}"#,
        ),
        (
            r#"{"mcp\u0053ervers":{"zoom":{"env":{"TOKEN":12}}},"other":{"a":1,"a":2}}"#,
            r#"{"mcp\u0053ervers":{"zoom":{"env":{"TOKEN":"new"}}},"other":{"a":1,"a":2}}"#,
        ),
    ] {
        assert_eq!(edited(old), new);
    }
}

#[test]
fn what_is_missing_is_made_in_the_style_of_the_file() {
    for (old, new) in [
        // Nothing at all: as Claude writes it.
        (
            "{}",
            "{\n  \"mcpServers\": {\n    \"zoom\": {\n      \"env\": {\n        \"TOKEN\": \"new\"\n      }\n    }\n  }\n}",
        ),
        // Four blanks, an empty object, CRLF.
        (
            "{\r\n    \"a\": 1,\r\n    \"mcpServers\": {}\r\n}\r\n",
            "{\r\n    \"a\": 1,\r\n    \"mcpServers\": {\r\n        \"zoom\": {\r\n            \"env\": {\r\n                \
             \"TOKEN\": \"new\"\r\n            }\r\n        }\r\n    }\r\n}\r\n",
        ),
        // Tabs, and a property before it.
        (
            "{\n\t\"mcpServers\": {\n\t\t\"zoom\": {\n\t\t\t\"command\": \"x\"\n\t\t}\n\t}\n}\n",
            "{\n\t\"mcpServers\": {\n\t\t\"zoom\": {\n\t\t\t\"command\": \"x\",\n\t\t\t\"env\": {\n\t\t\t\t\"TOKEN\": \
             \"new\"\n\t\t\t}\n\t\t}\n\t}\n}\n",
        ),
        // A trailing comma stays the style.
        (
            "{\n  \"mcpServers\": {\n    \"other\": {},\n  },\n}",
            "{\n  \"mcpServers\": {\n    \"other\": {},\n    \"zoom\": {\n      \"env\": {\n        \"TOKEN\": \"new\"\n      \
             }\n    },\n  },\n}",
        ),
        // All on one line, tight and wide.
        (r#"{"a":1}"#, r#"{"a":1,"mcpServers":{"zoom":{"env":{"TOKEN":"new"}}}}"#),
        (r#"{ "a": 1 }"#, r#"{ "a": 1, "mcpServers": { "zoom": { "env": { "TOKEN": "new" } } } }"#),
        (
            r#"{"mcpServers": {"zoom": {"env": {"A": "b",}}}}"#,
            r#"{"mcpServers": {"zoom": {"env": {"A": "b", "TOKEN": "new",}}}}"#,
        ),
        (r#"{"mcpServers":{"zoom":{"env":{ }}}}"#, r#"{"mcpServers":{"zoom":{"env":{ "TOKEN":"new" }}}}"#),
        // A comment stays with what it is about.
        (
            "{\"mcpServers\": {\"zoom\": {\"env\": {\n  \"A\": \"b\" // about A\n  // at the end\n}}}}",
            "{\"mcpServers\": {\"zoom\": {\"env\": {\n  \"A\": \"b\", // about A\n  \"TOKEN\": \"new\"\n  // at the end\n}}}}",
        ),
        (
            "{\"mcpServers\": {\"zoom\": {\"env\": {\n  \"A\": \"b\", // about A\n}}}}",
            "{\"mcpServers\": {\"zoom\": {\"env\": {\n  \"A\": \"b\", // about A\n  \"TOKEN\": \"new\",\n}}}}",
        ),
        (
            "{\"mcpServers\": {\"zoom\": {\"env\": { /* none */ }}}}",
            "{\"mcpServers\": {\"zoom\": {\"env\": { /* none */ \"TOKEN\": \"new\" }}}}",
        ),
        (
            "{\n  \"mcpServers\": {\"zoom\": {\n    \"env\": {\n      // none\n    }\n  }}\n}",
            "{\n  \"mcpServers\": {\"zoom\": {\n    \"env\": {\n      // none\n      \"TOKEN\": \"new\"\n    }\n  }}\n}",
        ),
    ] {
        assert_eq!(edited(old), new);
        assert_eq!(STRICT_JSON.value(new, PLACE).unwrap().unwrap().as_str(), "new");
    }
}

#[test]
fn a_value_that_is_there_is_left_there() {
    let text = r#"{"mcpServers":{"zoom":{"env":{"TOKEN":"n\u0065w"}}}}"#;
    let edit = edit(text, PLACE, &New::Text("new")).unwrap();
    assert_eq!((edit.text, edit.before), (None, Some("new".to_owned().into())));
}

#[test]
fn what_is_in_the_way_is_named_and_left_alone() {
    for (text, line, problem) in [
        ("[]", 1, "what it holds is not an object"),
        ("\"a\"", 1, "what it holds is not an object"),
        ("{\"mcpServers\": []}", 1, "mcpServers is not an object"),
        ("{\n\"mcpServers\": null}", 2, "mcpServers is not an object"),
        ("{\"mcpServers\": {\n\"zoom\": \"x\"}}", 2, "mcpServers.zoom is not an object"),
        ("{\"mcpServers\": {\"zoom\": {\"env\": 1}}}", 1, "mcpServers.zoom.env is not an object"),
        (
            "{\"mcpServers\": {\"zoom\": {\"env\": {\"TOKEN\": {}}}}}",
            1,
            "mcpServers.zoom.env.TOKEN is not a string",
        ),
        ("{\"mcpServers\": {},\n\"mcpServers\": {}}", 2, "mcpServers is there twice"),
        ("{\"mcpServers\": {},\n\"mcp\\u0053ervers\": 1}", 2, "mcpServers is there twice"),
        ("{\"mcpServers\": {\"zoom\": 1, \"zoom\": {}}}", 1, "mcpServers.zoom is there twice"),
        (
            "{\"mcpServers\": {\"zoom\": {\"env\": {\"TOKEN\": \"a\", \"TOKEN\": \"a\"}}}}",
            1,
            "mcpServers.zoom.env.TOKEN is there twice",
        ),
    ] {
        assert_eq!(refused(text), Fault::at(line, problem), "{text}");
    }
    let odd = Place { server: "a.b", ..PLACE };
    assert_eq!(name(&odd.path()), "mcpServers.\"a.b\".env.TOKEN");
}

#[test]
fn what_is_not_json_with_comments_is_refused() {
    for text in [
        "",
        " \n",
        "\u{feff}",
        "// nothing\n",
        "{",
        "{}}",
        "{} {}",
        "{'a': 1}",
        "{a: 1}",
        "{\"a\": 0x1}",
        "{\"a\": +1}",
        "{\"a\": .5}",
        "{\"a\": NaN}",
        "{\"a\": \"\\x41\"}",
        "{\"a\": 1 \"b\": 2}",
        "{\"a\": \"\t\"}",
        "{,}",
        "[,]",
        "{\"a\": 1,,}",
        "{\"a\":,}",
        "{\"a\" 1}",
        "{\u{a0}}",
        "{}\u{feff}",
        "{\"a\": \"b}",
        "{/* }",
        "/",
        "{\"a\": 01}",
        "{\"a\": \"\\ud800\"}",
        "{\"a\": 1 # b\n}",
        "\u{0}",
        "{} garbage",
        "{\"a\": [1 2]}",
    ] {
        let fault = refused(text);
        assert!(fault.problem.contains("JSON"), "{text:?}: {fault}");
        STRICT_JSON.value(text, PLACE).unwrap_err();
    }
    let fault = refused("{\n  \"a\": secret\n}");
    assert_eq!(fault, Fault::at(2, "not JSON at column 8: expected value"));
    assert!(!refused("{\n  \"a\": \"\\ud8secret\"\n}").problem.contains("secret"));
}

#[test]
fn depth_has_a_limit_and_the_stack_holds() {
    let nested = |depth| format!("{{\"a\": {}{}}}", "[".repeat(depth), "]".repeat(depth));
    edited(&nested(100));
    for depth in [200, 100_000] {
        assert!(refused(&nested(depth)).problem.contains("JSON"));
    }
}

/// Writes a configuration as the choices have it.
struct Writer<'a> {
    choices: std::slice::Iter<'a, u8>,
    text: String,
    names: usize,
}

impl Writer<'_> {
    fn choose(&mut self, of: usize) -> usize {
        usize::from(self.choices.next().copied().unwrap_or_default()) % of
    }

    fn one_of(&mut self, of: &[&str]) {
        let chosen = self.choose(of.len());
        self.text += of[chosen];
    }

    fn gap(&mut self) {
        self.one_of(&[
            "",
            " ",
            "",
            "\n",
            "\r\n\t",
            "  ",
            "\n    ",
            " /* { \" , */ ",
            " // } , \"\n",
            "/*\n*/",
            "\r",
            " // é\r\n",
        ]);
    }

    fn value(&mut self, depth: usize) {
        match self.choose(if depth > 3 { 6 } else { 8 }) {
            0 => self.one_of(&["1", "-0", "1.0e3", "123456789012345678901234", "0.10", "1E-2"]),
            1 => self.one_of(&["true", "false", "null"]),
            2..6 => self.one_of(&[r#""a""#, r#""""#, r#""\u00e9\/\"//""#, "\"é\u{2028}/*\"", r#""}""#]),
            6 => {
                self.text.push('[');
                for index in 0..self.choose(3) {
                    self.text += if index > 0 { "," } else { "" };
                    self.gap();
                    self.value(depth + 1);
                    self.gap();
                }
                self.text.push(']');
            }
            _ => self.object(depth, |_| false),
        }
    }

    fn name(&mut self, name: &str) {
        self.text += &quoted(name);
        self.gap();
        self.text.push(':');
        self.gap();
    }

    /// An object of some properties; `special` may write one of them, and says whether it did.
    fn object(&mut self, depth: usize, mut special: impl FnMut(&mut Self) -> bool) {
        self.text.push('{');
        self.gap();
        let (count, turn) = (self.choose(3), self.choose(3));
        let mut some = false;
        for index in 0..=count {
            let start = self.text.len();
            if some {
                self.text.push(',');
                self.gap();
            }
            let written = if index == turn.min(count) {
                special(self)
            } else {
                self.names += 1;
                self.name(&format!("n{}", self.names));
                self.value(depth + 1);
                true
            };
            if written {
                some = true;
                self.gap();
            } else {
                self.text.truncate(start);
            }
        }
        if some && self.choose(3) == 0 {
            self.text.push(',');
            self.gap();
        }
        self.text.push('}');
    }

    fn path(&mut self, rest: &[&str]) {
        self.object(0, |writer| {
            let Some((name, rest)) = rest.split_first() else { return false };
            if writer.choose(4) == 0 {
                return false;
            }
            writer.name(name);
            if rest.is_empty() {
                writer.one_of(&[r#""old""#, r#""new""#, "null", "17", r#""\u006eew""#]);
            } else {
                writer.path(rest);
            }
            true
        });
    }
}

pub(in crate::clients) fn configuration() -> impl Strategy<Value = String> {
    proptest::collection::vec(any::<u8>(), 0..200).prop_map(|choices| {
        let mut writer = Writer { choices: choices.iter(), text: String::new(), names: 0 };
        writer.one_of(&["", "\u{feff}"]);
        writer.gap();
        writer.path(&PATH);
        writer.gap();
        writer.text
    })
}

/// Texts of the pieces that configurations are made of, in any order.
fn rubble() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("{"),
        Just("}"),
        Just("["),
        Just("]"),
        Just(":"),
        Just(","),
        Just("\"mcpServers\":{"),
        Just("\"zoom\":{"),
        Just("\"env\":{"),
        Just("\"TOKEN\":"),
        Just("\"a\""),
        Just("1"),
        Just(" "),
        Just("\n"),
        Just("\r"),
        Just("//"),
        Just("/*"),
        Just("*/"),
        Just("\""),
        Just("\\"),
        Just("'"),
        Just("é"),
        Just("\u{feff}"),
        Just("null"),
        Just("}}}}"),
    ];
    proptest::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, ..ProptestConfig::default() })]

    #[test]
    fn an_edit_changes_one_value(text in configuration()) {
        let Edit { text: new, before, .. } = edit(&text, PLACE, &New::Text("new")).unwrap();
        let Some(new) = new else {
            prop_assert_eq!(&**STRICT_JSON.value(&text, PLACE).unwrap().unwrap(), "new");
            return Ok(());
        };
        assert_one_change(&text, &new, PLACE, &New::Text("new"));
        if before.is_some_and(|before| *before == "old") {
            prop_assert_eq!(edited_to(&new, "old"), text);
        }
    }

    #[test]
    fn rubble_is_refused_or_survives(text in rubble()) {
        claude_config(text.as_bytes());
    }

    #[test]
    fn no_text_is_a_panic(text in any::<String>()) {
        for text in [format!("{{{text}}}"), text] {
            claude_config(text.as_bytes());
        }
    }
}

fn edited_to(text: &str, value: &str) -> String {
    edit(text, PLACE, &New::Text(value)).unwrap().text.unwrap().to_string()
}

#[test]
fn no_format_shows_an_edit() {
    let text = r#"{"mcpServers":{"zoom":{"command":"node","env":{"TOKEN":"canary old"}}}}"#;
    let edit = edit(text, PLACE, &New::Text("canary new")).unwrap();
    assert!(edit.text.is_some() && edit.before.is_some());
    assert!(!format!("{edit:?}").contains("canary"), "{edit:?}");
}
