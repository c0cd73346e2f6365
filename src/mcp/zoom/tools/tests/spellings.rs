//! Every argument of every tool, as models send it.

mod rows;
pub(super) mod sent;

use self::rows::rows;
use super::zoom::read;
use super::*;

const MEETING: &str = "85312345678";

/// The result of a spelling.
enum Becomes {
    /// One value, which is judged and sent.
    Same(Value),
    /// It is refused, in words that begin so.
    Refused(&'static str),
}

use Becomes::{Refused, Same};

/// A value of an argument as it is judged, and other spellings with their results. The spellings of all arguments of a
/// type are not repeated here: see [`of_type`].
struct Row {
    /// The argument, with dots into objects; and behind a colon the tool, where it is another thing there.
    argument: &'static str,
    value: Value,
    spellings: Vec<(Value, Becomes)>,
}

fn row(argument: &'static str, value: Value, spellings: Vec<(Value, Becomes)>) -> Row {
    Row { argument, value, spellings }
}

/// Spellings of one value.
fn same(value: &Value, spellings: &[&str]) -> Vec<(Value, Becomes)> {
    spellings.iter().map(|spelling| (json!(spelling), Same(value.clone()))).collect()
}

fn refused(problem: &'static str, spellings: &[&str]) -> Vec<(Value, Becomes)> {
    spellings.iter().map(|spelling| (json!(spelling), Refused(problem))).collect()
}

/// The spellings of every argument of a type, with their results.
fn of_type(schema: &Value, value: &Value) -> Vec<(Value, Becomes)> {
    let is = |spelling: Value| (spelling, Same(value.clone()));
    match schema["type"].as_str().unwrap() {
        "integer" => {
            let number = value.as_i64().unwrap();
            #[expect(clippy::cast_precision_loss, reason = "small")]
            let float = number as f64;
            let mut spellings =
                vec![is(json!(float)), is(json!(format!("{number}"))), is(json!(format!(" {number} ")))];
            spellings.push(is(json!(format!("{number}.0"))));
            for wrong in
                [json!(float + 0.5), json!("many"), json!("1e2"), json!(true), json!([number]), json!({})]
            {
                spellings.push((wrong, Refused("must be")));
            }
            spellings
        }
        "boolean" => {
            let mut spellings: Vec<_> = ["true", "True", "TRUE", " true"].map(|text| is(json!(text))).into();
            for wrong in [json!(1), json!("yes"), json!("on"), json!([true])] {
                spellings.push((wrong, Refused("must be a boolean")));
            }
            spellings
        }
        "object" => vec![is(json!(value.to_string()))],
        "string" => vec![(json!(true), Refused("must be")), (json!({}), Refused("must be"))],
        other => panic!("no tool has had a {other}"),
    }
}

/// Every argument of a schema: its path, its own schema, and whether it must be given.
fn arguments(schema: &Value) -> Vec<(String, Value, bool)> {
    let mut found = Vec::new();
    for (name, part) in schema["properties"].as_object().into_iter().flatten() {
        found.push((name.clone(), part.clone(), spelling::is_required(schema, name)));
        for (below, part, is_required) in arguments(part) {
            found.push((format!("{name}.{below}"), part, is_required));
        }
    }
    found
}

/// The fewest fields of an object, beside this one.
fn around(path: &str) -> Value {
    match path {
        "recurrence.type" => json!({"end_times": 5}),
        "recurrence.repeat_interval" => json!({"type": 1, "end_times": 5}),
        "recurrence.end_date_time" | "recurrence.end_times" => json!({"type": 1}),
        "recurrence.weekly_days" => json!({"type": 2, "end_times": 5}),
        "recurrence.monthly_week" => json!({"type": 3, "end_times": 5, "monthly_week_day": 2}),
        "recurrence.monthly_week_day" => json!({"type": 3, "end_times": 5, "monthly_week": 2}),
        "recurrence.monthly_day" => json!({"type": 3, "end_times": 5}),
        _ => json!({}),
    }
}

/// The fewest arguments of a call, and one more.
fn with(tool: &str, path: &str, value: Value) -> Value {
    let mut arguments = match tool {
        "get_user" => json!({"user_id": "me"}),
        "add_meeting_registrant" => {
            json!({"meeting_id": MEETING, "email": "cleo@example.org", "first_name": "Cleo"})
        }
        "update_registrant_status" => json!({
            "meeting_id": MEETING, "registrant_id": "9tboDi-_w", "email": "cleo@example.org", "action": "deny",
        }),
        "create_meeting" => json!({"topic": "x"}),
        "list_meetings"
        | "list_users"
        | "zoom_list_recordings"
        | "zoom_refresh_token"
        | "zoom_token_status" => {
            json!({})
        }
        _ => json!({"meeting_id": MEETING}),
    };
    if path.starts_with("recurrence") && tool == "create_meeting" {
        arguments["type"] = json!(8);
    }
    match path.split_once('.') {
        Some((object, name)) => {
            arguments[object] = around(path);
            arguments[object][name] = value;
        }
        None => arguments[path] = value,
    }
    arguments
}

fn judged(tool: &str, arguments: Value) -> Result<Value, String> {
    read(tool, arguments).map(|call| call.arguments().clone().into()).map_err(|failure| failure.message)
}

/// Calls `check` with each tool, argument, its schema, whether it must be given, and its row.
fn for_every_argument(mut check: impl FnMut(&str, &str, &Value, bool, &Row)) {
    let rows = rows();
    let mut used = Vec::new();
    for tool in all() {
        for (path, schema, is_required) in arguments(&tool.schema) {
            let special = format!("{path}:{}", tool.name);
            let row = rows.iter().find(|row| row.argument == special);
            let row = row.or_else(|| rows.iter().find(|row| row.argument == path));
            let row = row.unwrap_or_else(|| panic!("{}: {path} has no row in rows()", tool.name));
            used.push(row.argument);
            check(tool.name, &path, &schema, is_required, row);
        }
    }
    for row in &rows {
        assert!(used.contains(&row.argument), "no tool takes {}", row.argument);
    }
}

#[test]
fn every_spelling_of_every_argument_has_one_meaning_or_is_refused_in_words() {
    for_every_argument(|tool, path, schema, _, row| {
        let pointer = format!("/{}", path.replace('.', "/"));
        for (spelling, becomes) in row.spellings.iter().chain(&of_type(schema, &row.value)) {
            let judged = judged(tool, with(tool, path, spelling.clone()));
            match (becomes, judged) {
                (Same(value), Ok(judged)) => {
                    assert_eq!(judged.pointer(&pointer), Some(value), "{tool} {path} {spelling}");
                }
                (Refused(problem), Err(message)) => {
                    let start = format!("wrong arguments: {path}: {problem}");
                    assert!(message.starts_with(&start), "{tool} {path} {spelling}: {message}");
                }
                (Same(_), Err(message)) => panic!("{tool} {path} {spelling}: {message}"),
                (Refused(_), Ok(judged)) => panic!("{tool} {path} {spelling}: {judged}"),
            }
        }
        let whole = judged(tool, with(tool, path, row.value.clone())).unwrap();
        assert_eq!(whole.pointer(&pointer), Some(&row.value), "{tool} {path}");
    });
}

#[test]
fn an_argument_that_is_empty_is_left_out_or_refused() {
    for_every_argument(|tool, path, schema, is_required, _| {
        let is_free = schema["type"] == "string" && schema.get("x-form").or(schema.get("enum")).is_none();
        for nothing in [json!(null), json!(""), json!("  "), json!("null"), json!("None")] {
            if is_free && nothing.as_str().is_some_and(|text| !text.trim().is_empty()) {
                continue;
            }
            let given = judged(tool, with(tool, path, nothing.clone()));
            let mut without = with(tool, path, nothing.clone());
            match path.split_once('.') {
                Some((object, _)) => without[object] = around(path),
                None => drop(without.as_object_mut().unwrap().remove(path)),
            }
            let is_blank = nothing.is_string() && schema.get("x-blank").is_some();
            if is_blank {
                assert!(given.unwrap_err().contains("leave it out to "), "{tool} {path} {nothing}");
            } else if !is_required {
                assert_eq!(given, judged(tool, without), "{tool} {path} {nothing}");
            } else if !is_free || nothing.is_null() {
                assert!(given.is_err(), "{tool} {path} {nothing}");
            }
        }
    });
    // An empty value that a model fills in must not widen the effect of the call.
    for (tool, argument) in [
        ("delete_meeting", "occurrence_id"),
        ("update_meeting", "occurrence_id"),
        ("get_meeting", "occurrence_id"),
        ("update_meeting", "password"),
        ("update_meeting", "agenda"),
    ] {
        let message = judged(tool, with(tool, argument, json!(""))).unwrap_err();
        assert!(message.contains("leave it out to "), "{tool} {argument}: {message}");
    }
}

#[test]
fn defaults_are_judged() {
    for (tool, arguments, expected) in [
        (
            "list_meetings",
            json!({}),
            json!({"user_id": "me", "type": "upcoming", "page_size": 30, "include_secrets": false}),
        ),
        (
            "create_meeting",
            json!({"topic": "x", "settings": {}}),
            json!({"topic": "x", "user_id": "me", "type": 2, "settings": {}, "include_secrets": false}),
        ),
        ("list_users", json!({"status": null}), json!({"status": "active", "page_size": 30})),
        (
            "zoom_list_recordings",
            json!({"to_date": "2026-03-04"}),
            json!({"user_id": "me", "from_date": "2026-02-03", "to_date": "2026-03-04", "page_size": 30, "include_secrets": false}),
        ),
        ("delete_meeting", json!({"meeting_id": 85_312_345_678_u64}), json!({"meeting_id": "85312345678"})),
    ] {
        assert_eq!(judged(tool, arguments), Ok(expected), "{tool}");
    }
}

#[test]
fn a_refusal_does_not_repeat_a_spelling() {
    for_every_argument(|tool, path, _, _, row| {
        for (spelling, becomes) in &row.spellings {
            let Refused(_) = becomes else { continue };
            let said = spelling.as_str().map(str::trim).filter(|text| text.len() > 10);
            let message = judged(tool, with(tool, path, spelling.clone())).unwrap_err();
            assert!(said.is_none_or(|said| !message.contains(said)), "{tool} {path}: {message}");
        }
    });
}
