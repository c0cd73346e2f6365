use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::policy::tests::{limit, row, tools};
use crate::policy::{Against, oracle};

fn faults(text: &str) -> Vec<String> {
    Policy::parse(text, Against::Own(&tools())).unwrap_err().iter().map(ToString::to_string).collect()
}

/// Fails unless each document has this fault alone.
fn assert_faults(table: &[(Value, &str)]) {
    for (document, fault) in table {
        assert_eq!(faults(&document.to_string()), [*fault], "{document}");
    }
}

#[test]
fn a_fault_of_the_document_is_reported_with_its_place() {
    let with = |field: &str, value: Value| {
        let mut document = json!({"version": "1", "default": "deny"});
        document[field] = value;
        document
    };
    assert_faults(&[
        (json!([]), "the policy: must be an object"),
        (json!({"default": "deny"}), "version: is missing; it must be \"1\""),
        (with("version", json!(1)), "version: must be \"1\""),
        (with("version", json!("2")), "version: must be \"1\""),
        (json!({"version": "1"}), "default: is missing; it must be \"allow\" or \"deny\""),
        (with("default", json!(true)), "default: must be \"allow\" or \"deny\""),
        (with("tool", json!({})), "tool: unknown field; did you mean \"tools\"?"),
        (with("tools", json!([])), "tools: must be an object"),
        (with("hide", json!("*")), "hide: must be an array"),
        (with("hide", json!([1])), "hide[0]: must be the name of a tool"),
        (
            with("hide", json!(["*", "delete_meetin"])),
            "hide[1]: unknown tool \"delete_meetin\"; did you mean \"delete_meeting\"?",
        ),
        (with("tools", json!({"fly": {}})), "tools.fly: unknown tool"),
        (
            with("tools", json!({"create_meting": {}})),
            "tools.create_meting: unknown tool; did you mean \"create_meeting\"?",
        ),
        (with("all_tools", json!(1)), "all_tools: must be an object"),
        (with("all_tools", json!({"require": []})), "all_tools.require: unknown field"),
        (row(&json!(null)), "tools.create_meeting: must be an object"),
        (
            row(&json!({"requires": []})),
            "tools.create_meeting.requires: unknown field; did you mean \"require\"?",
        ),
        (row(&json!({"require": {}})), "tools.create_meeting.require: must be an array"),
        (row(&json!({"deny_if": [1]})), "tools.create_meeting.deny_if[0]: must be an object"),
    ]);
}

#[test]
fn a_fault_of_a_condition_is_reported_with_its_place() {
    let of = |op: Value, value: Value| {
        row(&json!({"require": [{"path": "args.topic", "op": op, "value": value}]}))
    };
    for (document, fault) in [
        (of(json!("less"), json!(1)), "op: unknown operator \"less\""),
        (of(json!("exist"), json!(true)), "op: unknown operator \"exist\"; did you mean \"exists\"?"),
        (of(json!(1), json!(1)), "op: must be a text that is not empty"),
        (of(json!("lte"), json!("120")), "value: must be a number for lte"),
        (of(json!("not_in"), json!("a")), "value: must be an array for not_in"),
        (of(json!("exists"), json!("yes")), "value: must be true or false for exists"),
        (
            of(json!("regex"), json!("(a")),
            "value: not a regular expression: found open group without closing ')'",
        ),
        (of(json!("regex"), json!(1)), "value: must be a string for regex"),
        (of(json!("contains"), json!([])), "value: must be a string, a number, true or false for contains"),
        (
            of(json!("eq"), json!(null)),
            "value: null is as good as a missing argument; use the operator exists",
        ),
        (row(&json!({"require": [{"path": "args.topic", "op": "exists"}]})), "value: is missing"),
        (row(&json!({"require": [{"op": "exists", "value": true}]})), "path: is missing"),
        (
            row(&json!({"require": [{"path": "args.topic", "op": "exists", "value": true, "on_deny": 1}]})),
            "on_deny: must be a text that is not empty",
        ),
    ] {
        assert_faults(&[(document, &format!("tools.create_meeting.require[0].{fault}"))]);
    }
    assert_faults(&[(
        row(&json!({"deny_if": [{"path": "args.topic", "op": "exists", "value": false}]})),
        "tools.create_meeting.deny_if[0]: never refuses anything; require exists true instead",
    )]);
}

#[test]
fn a_path_must_lead_to_an_argument_of_the_tool() {
    for (path, fault) in [
        ("topic", "must be args.<field>"),
        ("args.topic.", "must be args.<field>"),
        ("state.a", "must be args.<field>"),
        ("args.durations.x", "the tool has no argument \"durations\"; did you mean \"duration\"?"),
    ] {
        let condition = json!({"path": path, "op": "exists", "value": true});
        let fault = format!("tools.create_meeting.require[0].path: {fault}");
        assert_faults(&[(row(&json!({"require": [condition]})), &fault)]);
    }
    for (path, fault) in [
        (
            "args.settings.join_before_hots",
            "settings has no argument \"join_before_hots\"; did you mean \"join_before_host\"?",
        ),
        ("args.settings.audio.both", "audio has no argument \"both\""),
        ("args.topic.x", "topic has no argument \"x\""),
    ] {
        let document = row(&json!({"deny_if": [{"path": path, "op": "eq", "value": true}]})).to_string();
        let faults =
            Policy::parse(&document, Against::Own(&crate::mcp::zoom::catalog::catalog())).unwrap_err();
        let actual: Vec<String> = faults.iter().map(ToString::to_string).collect();
        assert_eq!(actual, [format!("tools.create_meeting.deny_if[0].path: {fault}")]);
    }
    let condition = json!({"path": "args.x", "op": "exists", "value": true});
    assert_faults(&[(
        json!({"version": "1", "default": "deny", "tools": {"zoom_token_status": {"require": [condition]}}}),
        "tools.zoom_token_status.require[0].path: the tool has no argument \"x\"",
    )]);
}

#[test]
fn a_fault_of_a_limit_is_reported_with_its_place() {
    let with = |field: &str, value: Value| {
        let mut limit = limit("a", "hour");
        limit[field] = value;
        limit
    };
    let without = |field: &str| {
        let mut limit = limit("a", "hour");
        limit.as_object_mut().unwrap().remove(field);
        limit
    };
    for (limit, fault) in [
        (without("counter"), "counter: is missing"),
        (with("counter", json!("")), "counter: must be a text that is not empty"),
        (with("window", json!("week")), "window: must be \"minute\" or \"hour\" or \"day\""),
        (without("scope"), "scope: is missing; it must be \"grant\""),
        (with("scope", json!("user")), "scope: must be \"grant\""),
        (with("more", json!(1)), "more: unknown field"),
        (without("max"), "max: is missing"),
        (with("max", json!(0)), "max: must be a whole number from 1 on"),
        (with("max", json!(-1)), "max: must be a whole number from 1 on"),
        (with("max", json!(1.5)), "max: must be a whole number from 1 on"),
        (with("max", json!("10")), "max: must be a whole number from 1 on"),
        (with("increment_from", json!("duration")), "increment_from: must be args.<field>"),
        (with("increment_from", json!("args.x")), "increment_from: the tool has no argument \"x\""),
    ] {
        assert_faults(&[(
            row(&json!({"limits": [limit]})),
            &format!("tools.create_meeting.limits[0].{fault}"),
        )]);
    }
    let limits = json!({"limits": [with("increment_from", json!("args.topic"))]});
    assert_faults(&[(
        json!({"version": "1", "default": "deny", "all_tools": limits}),
        "all_tools.limits[0].increment_from: the tools have no argument in common",
    )]);
    let limits = [limit("a", "hour"), limit("a", "day"), limit("a", "hour")];
    assert_faults(&[(
        row(&json!({"limits": limits})),
        "tools.create_meeting.limits[2]: tools.create_meeting.limits[0] counts \"a\" an hour already",
    )]);
}

#[test]
fn a_counter_of_all_tools_is_not_counted_twice_by_one_call() {
    let mut document = row(&json!({"limits": [limit("a", "hour"), limit("a", "minute")]}));
    document["all_tools"] = json!({"limits": [limit("a", "hour"), limit("a", "hour")]});
    assert_eq!(
        faults(&document.to_string()),
        [
            "all_tools.limits[1]: all_tools.limits[0] counts \"a\" an hour already",
            "tools.create_meeting.limits[0]: all_tools.limits[0] counts \"a\" an hour already",
        ]
    );
}

#[test]
fn all_faults_are_reported_at_once() {
    let text = r#"{
  "default": "maybe",
  "hide": ["nothing"],
  "tools": {
    "create_meeting": {
      "require": [{"path": "args.x", "op": "less", "value": 1}, {"path": "a", "op": "lt", "value": "1"}],
      "require": [{"path": "args.x", "op": "less"}]
    }
  }
}"#;
    assert_eq!(
        faults(text),
        [
            "tools.create_meeting.require: is there twice, on line 6 and on line 7",
            "version: is missing; it must be \"1\"",
            "default: must be \"allow\" or \"deny\"",
            "hide[0]: unknown tool \"nothing\"",
            "tools.create_meeting.require[0].value: is missing",
            "tools.create_meeting.require[0].path: the tool has no argument \"x\"",
        ]
    );
}

proptest! {
    /// Whatever the text, it is a policy or has faults that fit a line each.
    #[test]
    fn any_text_is_read_or_has_faults(text in "[{}\\[\\]\":,a-z0-9\\n ]{0,60}") {
        oracle::policy(text.as_bytes());
    }
}
