use std::sync::LazyLock;

use serde_json::json;

use super::super::condition::OPERATORS;
use super::super::{Against, Catalog, Policy};
use super::*;

mod doubts;
mod taken;

/// Made once: that takes longer than a policy.
static TOOLS: LazyLock<Catalog> = LazyLock::new(crate::mcp::zoom::catalog::catalog);

/// Every argument of every tool: its path, its schema, and whether it is present in every call.
fn arguments() -> Vec<(String, String, Value, bool)> {
    fn below(schema: &Value, path: &[String], found: &mut Vec<(Vec<String>, Value)>) {
        for (name, part) in schema["properties"].as_object().into_iter().flatten() {
            let path = [path, std::slice::from_ref(name)].concat();
            below(part, &path, found);
            found.push((path, part.clone()));
        }
    }
    let mut all = Vec::new();
    for (tool, schema) in TOOLS.iter() {
        let mut found = Vec::new();
        below(schema, &[], &mut found);
        for (path, part) in found {
            let is_there = Argument::at(schema, &path).unwrap().is_always_there;
            all.push((tool.clone(), path.join("."), part, is_there));
        }
    }
    all
}

/// Values that an argument can have when it is judged: all of them, or those at the edges.
fn possible(schema: &Value) -> Vec<Value> {
    if let Some(words) = schema.get("enum").and_then(Value::as_array) {
        return words.clone();
    }
    let bound = |name| schema.get(name).and_then(Value::as_i64);
    match schema["type"].as_str().unwrap() {
        "boolean" => vec![json!(true), json!(false)],
        "integer" => {
            let (min, max) = (bound("minimum").unwrap_or(0), bound("maximum").unwrap_or(u32::MAX.into()));
            [min, min + 1, 2, 7, 30, 299, max - 1, max]
                .into_iter()
                .filter(|n| (min..=max).contains(n))
                .map(Value::from)
                .collect()
        }
        "object" => vec![json!({})],
        "string" => texts(schema).into_iter().map(Value::from).collect(),
        other => panic!("no tool has had a {other}"),
    }
}

fn texts(schema: &Value) -> Vec<&'static str> {
    match schema.get("x-form").and_then(Value::as_str) {
        None => vec!["x", "Plans", "85746065", "7"],
        Some("user") => vec!["me", "ada7@example.com", "KDcuGIm1QgePTO8WbOqwIQ"],
        Some("meeting") => vec!["85746065", "85312345678", "ab/c+d0=="],
        Some("occurrence") => vec!["1648194360000", "7"],
        Some("registrant") => vec!["9tboDi-_w", "7"],
        Some("email") => vec!["ada7@example.com", "ben@test.org"],
        Some("date") => vec!["2026-03-04", "0000-01-07"],
        Some("start-time") => vec!["2026-03-04T12:00:00Z", "2026-03-04T12:00:07"],
        Some("utc-time") => vec!["2026-03-04T12:00:00Z", "2026-03-04T12:00:07Z"],
        Some("timezone") => vec!["UTC", "Etc/GMT+7"],
        Some("weekdays") => vec!["1", "7", "2,4"],
        Some("moment") => vec!["00:30:07", "01:30:00"],
        Some("page-token") => vec!["7", "x", "true"],
        Some("token" | "client-id" | "client-secret") => vec!["7", "x", "eyJ.a"],
        Some(other) => panic!("what can a {other} be?"),
    }
}

/// Values for a policy: of every type, at every edge, and as people write them.
fn candidates(schema: &Value) -> Vec<Value> {
    let mut values = possible(schema);
    values.extend([
        json!(85_746_065),
        json!(7),
        json!(30.0),
        json!(0),
        json!(-1),
        json!(1.5),
        json!(301),
        json!(1e12),
        json!(true),
        json!("true"),
        json!("7"),
        json!("x"),
        json!("Upcoming"),
        json!("Ada@Example.com"),
        json!("853 1234 5678"),
        json!("2026-3-4"),
        json!("2026-03-04T13:00:00+01:00"),
        json!("x".repeat(20_000)),
        json!(""),
        json!(" x"),
        json!([]),
        json!({}),
        json!({"no such field": 1}),
    ]);
    values
}

/// A policy with this one condition.
fn policy(tool: &str, list: &str, path: &str, operator: &str, value: &Value) -> Result<Policy, Vec<String>> {
    let condition = json!({"path": format!("args.{path}"), "op": operator, "value": value});
    let document = json!({"version": "1", "default": "deny", "tools": {tool: {list: [condition]}}});
    Policy::parse(&document.to_string(), Against::Own(&TOOLS))
        .map_err(|faults| faults.iter().map(ToString::to_string).collect())
}

/// Every operator against every argument of every tool, with values of every kind: a condition is taken exactly where
/// there are arguments for which it holds, and arguments for which it does not.
#[test]
#[expect(clippy::too_many_lines, reason = "a table")]
fn a_fault_is_reported_with_the_value_to_write() {
    for (list, tool, path, operator, value, says) in [
        (
            "deny_if",
            "get_meeting",
            "meeting_id",
            "eq",
            json!(85_746_065),
            "meeting_id is never spelt like this: write \"85746065\"",
        ),
        (
            "require",
            "get_meeting",
            "meeting_id",
            "neq",
            json!(85_746_065),
            "meeting_id is never spelt like this: write \"85746065\"",
        ),
        (
            "deny_if",
            "get_meeting",
            "meeting_id",
            "in",
            json!(["85746065", "853 1234 5678"]),
            "meeting_id is never spelt like this: write \"85312345678\"",
        ),
        (
            "deny_if",
            "get_meeting",
            "meeting_id",
            "eq",
            json!("https://zoom.us/j/85312345678?pwd=x"),
            "meeting_id is never spelt like this: write \"85312345678\"",
        ),
        (
            "deny_if",
            "list_meetings",
            "user_id",
            "eq",
            json!("Boss@Example.com"),
            "user_id is never spelt like this: write \"boss@example.com\"",
        ),
        (
            "deny_if",
            "list_meetings",
            "user_id",
            "contains",
            json!("@Example.com"),
            "user_id is judged with e-mail addresses in lower case: write \"@example.com\"",
        ),
        (
            "deny_if",
            "list_meetings",
            "user_id",
            "regex",
            json!("@Example[.]com$"),
            "user_id is judged with e-mail addresses in lower case",
        ),
        (
            "deny_if",
            "list_meetings",
            "page_size",
            "regex",
            json!("^3"),
            "page_size is a whole number from 1 to 300, by default 30: regex is for texts",
        ),
        (
            "deny_if",
            "list_meetings",
            "page_size",
            "gt",
            json!(300),
            "page_size is a whole number from 1 to 300, by default 30: this never holds, so it refuses nothing",
        ),
        (
            "require",
            "list_meetings",
            "page_size",
            "gt",
            json!(300),
            "page_size is a whole number from 1 to 300, by default 30: this never holds, so every call would be refused",
        ),
        (
            "deny_if",
            "list_meetings",
            "page_size",
            "gte",
            json!(1),
            "page_size is a whole number from 1 to 300, by default 30: this always holds, so every call would be refused",
        ),
        (
            "deny_if",
            "list_meetings",
            "page_size",
            "eq",
            json!("30"),
            "page_size is never spelt like this: write 30",
        ),
        ("deny_if", "list_meetings", "page_size", "eq", json!(1.5), "page_size is a whole number"),
        (
            "deny_if",
            "list_meetings",
            "type",
            "eq",
            json!("past"),
            "type is one of \"scheduled\", \"live\", \"upcoming\", \"upcoming_meetings\", \"previous_meetings\"",
        ),
        (
            "deny_if",
            "list_meetings",
            "type",
            "eq",
            json!("Live"),
            "type is never spelt like this: write \"live\"",
        ),
        (
            "deny_if",
            "get_user",
            "include_secrets",
            "eq",
            json!("true"),
            "include_secrets is never spelt like this: write true",
        ),
        (
            "deny_if",
            "get_user",
            "include_secrets",
            "exists",
            json!(true),
            "include_secrets is true or false, by default false: this always holds, so every call would be refused; a \
             tool is closed by hide",
        ),
        (
            "require",
            "get_user",
            "include_secrets",
            "exists",
            json!(false),
            "include_secrets is true or false, by default false: this never holds, so every call would be refused",
        ),
        (
            "require",
            "zoom_list_recordings",
            "from_date",
            "exists",
            json!(false),
            "from_date is a text, there in every call: this never holds, so every call would be refused",
        ),
        (
            "deny_if",
            "zoom_list_recordings",
            "from_date",
            "eq",
            json!("2026-03-04T00:00:00Z"),
            "from_date is never spelt like this: write \"2026-03-04\"",
        ),
        (
            "deny_if",
            "zoom_list_recordings",
            "from_date",
            "eq",
            json!("2026-02-30"),
            "never this value: from_date must be a day that there is, as YYYY-MM-DD",
        ),
        (
            "deny_if",
            "zoom_list_recordings",
            "from_date",
            "lt",
            json!(2026),
            "from_date is a text, there in every call: this never holds, so it refuses nothing",
        ),
        (
            "deny_if",
            "zoom_list_recordings",
            "from_date",
            "contains",
            json!("March"),
            "from_date never has these characters",
        ),
        (
            "deny_if",
            "create_meeting",
            "start_time",
            "eq",
            json!("2026-03-04T13:00:00+01:00"),
            "start_time is never spelt like this: write \"2026-03-04T12:00:00Z\"",
        ),
        ("deny_if", "create_meeting", "topic", "contains", json!(5), "topic is a text: write \"5\""),
        (
            "deny_if",
            "create_meeting",
            "topic",
            "eq",
            json!("x".repeat(201)),
            "topic has at most 200 characters",
        ),
        ("deny_if", "create_meeting", "topic", "in", json!([]), "names no value"),
        (
            "deny_if",
            "create_meeting",
            "settings",
            "eq",
            json!({"waiting_room": "no"}),
            "settings has a field \"waiting_room\" that is true or false",
        ),
        ("deny_if", "create_meeting", "settings", "eq", json!({"x": 1}), "settings has no field \"x\""),
        ("deny_if", "create_meeting", "duration", "eq", json!(0), "duration is at least 1"),
        (
            "deny_if",
            "delete_meeting",
            "occurrence_id",
            "eq",
            json!(""),
            "never this value: occurrence_id must be an occurrence_id",
        ),
        (
            "deny_if",
            "zoom_refresh_token",
            "zoom_client_secret",
            "eq",
            json!(" canary"),
            "zoom_client_secret is never spelt like this: it is a text without",
        ),
    ] {
        let faults = policy(tool, list, path, operator, &value).map(|_| ()).unwrap_err();
        let start = format!("tools.{tool}.{list}[0]: {says}");
        assert!(faults.len() == 1 && faults[0].starts_with(&start), "{start}\n{faults:#?}");
        assert!(!faults[0].contains("canary"));
    }
}

#[test]
fn an_argument_that_is_counted_is_a_number() {
    let limit = |argument: &str| {
        let limit = json!({"counter": "a", "window": "day", "max": 9, "scope": "grant", "increment_from": format!("args.{argument}")});
        let document =
            json!({"version": "1", "default": "deny", "tools": {"create_meeting": {"limits": [limit]}}});
        Policy::parse(&document.to_string(), Against::Own(&TOOLS)).map(|_| ())
    };
    assert!(limit("duration").is_ok());
    for argument in ["topic", "settings", "include_secrets", "settings.audio"] {
        let faults = limit(argument).unwrap_err();
        assert_eq!(faults[0].place, "tools.create_meeting.limits[0].increment_from", "{argument}");
        assert!(faults[0].problem.contains("whole number"), "{argument}");
    }
}
