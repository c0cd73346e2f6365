//! A line of the audit log: a call, what was decided about it, and what came of it. Pure.
//!
//! It is JSON on a line of its own, with the fields that docs/stability.md promises. Arguments are described and not
//! repeated, since they may be anything, unless whoever starts the gateway wants them.

use std::time::Duration;

use chrono::{DateTime, SecondsFormat, Utc};
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::controls::in_json;

/// The version of a line.
const AUDIT_VERSION: u32 = 1;

/// The arguments that are described.
const MOST_ARGUMENTS: usize = 50;

/// The characters of a name in a line: of an argument, a tool, a client.
const LONGEST_IN_AUDIT: usize = 200;

/// The characters of an error in a line.
const LONGEST_AUDIT_ERROR: usize = 1000;

/// The characters of a value, written as JSON, where values are wanted.
const LONGEST_VALUE: usize = 64 * 1024;

/// When a line is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Event {
    /// Before the server is given the call, where no call may be made that is not in the log.
    Begin,
    /// When the call is answered.
    End,
}

/// The decision about a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Outcome {
    /// The policy allows it.
    Allowed,
    /// A person has allowed it.
    Approved,
    /// The policy or a person has denied it.
    Denied,
    /// It was answered that it waits for a person.
    Pending,
    /// Its tool is held back, since it is not as it was accepted.
    Held,
    /// It was no call that could be judged.
    Invalid,
}

/// A call, as the log describes it.
#[derive(Debug, Clone)]
pub(crate) struct Line<'a> {
    pub(crate) time: DateTime<Utc>,
    pub(crate) event: Event,
    /// The fields that the lines of one call share.
    pub(crate) call: &'a str,
    /// The gateway.
    pub(crate) name: &'a str,
    /// None for the one client of a gateway over standard input and output.
    pub(crate) grant: Option<&'a str>,
    /// The name and the version of the client.
    pub(crate) client: Option<&'a str>,
    pub(crate) tool: Option<&'a str>,
    pub(crate) arguments: &'a Map<String, Value>,
    pub(crate) decision: Outcome,
    /// The place of the rule in the policy.
    pub(crate) rule: Option<&'a str>,
    /// How long it waited for a person.
    pub(crate) wait: Option<Duration>,
    /// From when it came until it was answered.
    pub(crate) duration: Option<Duration>,
    /// The bytes of the answer.
    pub(crate) size: Option<usize>,
    /// Why it failed, if it did.
    pub(crate) error: Option<&'a str>,
}

/// A line as it is written.
#[derive(Serialize)]
struct Written<'a> {
    v: u32,
    time: String,
    event: Event,
    call: &'a str,
    name: &'a str,
    grant: Option<&'a str>,
    client: Option<String>,
    tool: Option<String>,
    arguments: Map<String, Value>,
    decision: Outcome,
    rule: Option<String>,
    wait_ms: Option<f64>,
    duration_ms: Option<f64>,
    size: Option<usize>,
    error: Option<String>,
}

impl Line<'_> {
    /// The line, with the end of it. `mask` takes secrets out of the texts that may hold some.
    pub(crate) fn text(&self, with_values: bool, mask: &dyn Fn(&str) -> String) -> String {
        let short = |text: &str| cut(text, LONGEST_IN_AUDIT);
        let written = Written {
            v: AUDIT_VERSION,
            time: self.time.to_rfc3339_opts(SecondsFormat::Millis, true),
            event: self.event,
            call: self.call,
            name: self.name,
            grant: self.grant,
            client: self.client.map(short),
            tool: self.tool.map(short),
            arguments: described(self.arguments, with_values, mask),
            decision: self.decision,
            rule: self.rule.map(short),
            wait_ms: self.wait.map(milliseconds),
            duration_ms: self.duration.map(milliseconds),
            size: self.size,
            error: self.error.map(|error| cut(&mask(error), LONGEST_AUDIT_ERROR)),
        };
        // It has texts and numbers only, which can be written.
        let json = serde_json::to_string(&written).unwrap_or_default();
        format!("{}\n", in_json(&json))
    }
}

/// For each argument its type and its size, and if wanted its value.
fn described(
    arguments: &Map<String, Value>,
    with_values: bool,
    mask: &dyn Fn(&str) -> String,
) -> Map<String, Value> {
    let mut described = Map::new();
    for (name, value) in arguments.iter().take(MOST_ARGUMENTS) {
        let (kind, size) = match value {
            Value::Null => ("null", None),
            Value::Bool(_) => ("boolean", None),
            Value::Number(_) => ("number", None),
            Value::String(text) => ("string", Some(text.len())),
            Value::Array(values) => ("array", Some(values.len())),
            Value::Object(fields) => ("object", Some(fields.len())),
        };
        let mut about = json!({"type": kind});
        if let Some(size) = size {
            about["size"] = size.into();
        }
        if with_values {
            about["value"] = whole_or_cut(value, mask);
        }
        described.insert(cut(&mask(name), LONGEST_IN_AUDIT), about);
    }
    let more = arguments.len() - described.len();
    if more > 0 {
        described.insert("…".into(), json!({"type": "more", "size": more}));
    }
    described
}

/// A value without secrets; of a long one the beginning, as a text.
fn whole_or_cut(value: &Value, mask: &dyn Fn(&str) -> String) -> Value {
    let masked = mask(&value.to_string());
    match serde_json::from_str(&masked) {
        Ok(whole) if masked.len() <= LONGEST_VALUE => whole,
        _ => cut(&masked, LONGEST_VALUE).into(),
    }
}

/// A text of at most so many characters, with how many are left out.
fn cut(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}… ({} more)", &text[..end], text[end..].chars().count()),
    }
}

/// With three places.
fn milliseconds(duration: Duration) -> f64 {
    (duration.as_secs_f64() * 1e6).round() / 1e3
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn line(arguments: &Map<String, Value>) -> Line<'_> {
        Line {
            time: "2026-03-04T12:00:00.1239Z".parse().unwrap(),
            event: Event::End,
            call: "3f9a1c07-12",
            name: "files",
            grant: Some("ci"),
            client: Some("claude-ai 0.1.0"),
            tool: Some("write"),
            arguments,
            decision: Outcome::Approved,
            rule: Some("tools.write.approve"),
            wait: Some(Duration::from_millis(1500)),
            duration: Some(Duration::from_micros(1_502_250)),
            size: Some(17),
            error: None,
        }
    }

    fn arguments() -> Map<String, Value> {
        let arguments = json!({
            "path": "/étc", "n": 5, "is": true, "list": [1, "hunter2"], "o": {"a": {}}, "none": null,
        });
        arguments.as_object().unwrap().clone()
    }

    fn without_hunter2(text: &str) -> String {
        text.replace("hunter2", "***")
    }

    #[test]
    fn a_line_says_what_was_called_and_what_came_of_it_but_no_value() {
        let arguments = arguments();
        let text = line(&arguments).text(false, &without_hunter2);
        let expected = r#"{"v":1,"time":"2026-03-04T12:00:00.123Z","event":"end","call":"3f9a1c07-12","name":"files","grant":"ci","client":"claude-ai 0.1.0","tool":"write","arguments":{"is":{"type":"boolean"},"list":{"size":2,"type":"array"},"n":{"type":"number"},"none":{"type":"null"},"o":{"size":1,"type":"object"},"path":{"size":5,"type":"string"}},"decision":"approved","rule":"tools.write.approve","wait_ms":1500.0,"duration_ms":1502.25,"size":17,"error":null}"#;
        assert_eq!(text, format!("{expected}\n"));
    }

    #[test]
    fn values_are_there_if_wanted_and_secrets_never() {
        let mut arguments = arguments();
        arguments.insert("key-hunter2".into(), json!("x".repeat(LONGEST_VALUE)));
        let line = Line { error: Some("no hunter2 here"), ..line(&arguments) };
        for with_values in [false, true] {
            let text = line.text(with_values, &without_hunter2);
            assert!(!text.contains("hunter2") && text.matches('\n').count() == 1, "{text}");
            let read: Value = serde_json::from_str(&text).unwrap();
            assert_eq!(read["error"], "no *** here");
            let list = if with_values { json!([1, "***"]) } else { json!(null) };
            assert_eq!(read["arguments"]["list"]["value"], list);
            let long = &read["arguments"]["key-***"]["value"];
            assert_eq!(long.as_str().is_some_and(|text| text.ends_with("… (2 more)")), with_values);
        }
    }

    #[test]
    fn nothing_in_a_call_makes_a_line_endless_or_two_lines_of_one() {
        let evil = "a\n{\"v\":1}\r\u{2028}\u{202e}".repeat(500);
        let arguments: Map<String, Value> = (0..200).map(|n| (format!("{n}{evil}"), json!(evil))).collect();
        let some = Some(evil.as_str());
        let line = Line { tool: some, client: some, rule: some, error: some, ..line(&arguments) };
        let text = line.text(false, &str::to_owned);
        assert_eq!(text.matches('\n').count(), 1);
        assert!(!text.trim_end_matches('\n').contains(crate::controls::is_control));
        assert!(text.len() < 200_000, "{}", text.len());
        let read: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(read["arguments"]["…"], json!({"type": "more", "size": 150}));
        assert!(read["tool"].as_str().unwrap().starts_with("a\n{\"v\":1}\r\u{2028}"));
    }

    #[test]
    fn the_page_has_every_field_and_every_decision() {
        let page =
            std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/stability.md")).unwrap();
        let table = page.split("## Lines of the audit log").nth(1).unwrap().split("\n## ").next().unwrap();
        let documented: BTreeSet<String> = table
            .lines()
            .filter_map(|line| line.strip_prefix("| `")?.split('`').next().map(str::to_owned))
            .collect();
        let read: Value = serde_json::from_str(&line(&Map::new()).text(false, &str::to_owned)).unwrap();
        assert_eq!(documented, read.as_object().unwrap().keys().cloned().collect());
        for decision in [
            Outcome::Allowed,
            Outcome::Approved,
            Outcome::Denied,
            Outcome::Pending,
            Outcome::Held,
            Outcome::Invalid,
        ] {
            let name = serde_json::to_string(&decision).unwrap();
            assert!(table.contains(&format!("`{}`", name.trim_matches('"'))), "{name}");
        }
    }
}
