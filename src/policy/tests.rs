use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::*;

mod gateway;

/// Two tools.
pub(super) fn tools() -> Catalog {
    let schema = |arguments: &[&str]| {
        let properties: Map<String, Value> =
            arguments.iter().map(|name| ((*name).to_owned(), json!({}))).collect();
        json!({"type": "object", "properties": properties})
    };
    BTreeMap::from([
        ("create_meeting".to_owned(), schema(&["topic", "duration", "settings", "password"])),
        ("delete_meeting".to_owned(), schema(&["meeting_id"])),
        ("zoom_token_status".to_owned(), json!({"type": "object", "properties": {}})),
    ])
}

fn policy(document: &Value) -> Policy {
    Policy::parse(&document.to_string(), Against::Own(&tools())).unwrap()
}

fn judge(policy: &Policy, tool: &str, arguments: &Value) -> Judgement {
    policy.judge(tool, arguments.as_object().unwrap())
}

/// The rule that decides, and whether it allows.
fn by(policy: &Policy, tool: &str, arguments: &Value) -> (bool, String) {
    match judge(policy, tool, arguments) {
        Ok(allowed) => (true, allowed.rule),
        Err(refusal) => (false, refusal.rule),
    }
}

/// A policy with one row, for `create_meeting`.
pub(super) fn row(row: &Value) -> Value {
    json!({"version": "1", "default": "deny", "tools": {"create_meeting": row}})
}

pub(super) fn limit(counter: &str, window: &str) -> Value {
    json!({"counter": counter, "window": window, "max": 10, "scope": "grant"})
}

#[test]
fn the_default_holds_for_tools_without_a_row() {
    for (default, allows) in [("allow", true), ("deny", false)] {
        let policy = policy(&json!({"version": "1", "default": default, "tools": {"create_meeting": {}}}));
        assert_eq!(by(&policy, "create_meeting", &json!({})), (true, "tools.create_meeting".into()));
        assert_eq!(by(&policy, "delete_meeting", &json!({})), (allows, "default".into()));
        assert_eq!(policy.allows("delete_meeting"), allows);
    }
}

#[test]
fn a_hidden_tool_is_refused_whatever_its_row_says() {
    let mut document = row(&json!({}));
    document["hide"] = json!(["delete_meeting", "create_meeting"]);
    let some = policy(&document);
    assert_eq!(by(&some, "create_meeting", &json!({})), (false, "hide[1]".into()));
    assert!(some.hides("create_meeting") && !some.allows("create_meeting"));
    assert!(!some.hides("zoom_token_status"));
    document["hide"] = json!(["*"]);
    let all = policy(&document);
    for tool in tools().keys() {
        assert!(all.hides(tool), "{tool}");
        assert_eq!(by(&all, tool, &json!({})), (false, "hide[0]".into()));
    }
}

#[test]
fn the_first_rule_that_refuses_is_named() {
    let policy = policy(&row(&json!({
        "require": [
            {"path": "args.duration", "op": "lte", "value": 120, "on_deny": "Keep meetings under two hours"},
            {"path": "args.settings.waiting_room", "op": "eq", "value": true},
            {"path": "args.password", "op": "exists", "value": false},
        ],
        "deny_if": [
            {"path": "args.topic", "op": "contains", "value": "test", "on_deny": "No tests"},
            {"path": "args.duration", "op": "lt", "value": 5},
        ],
        "limits": [{"counter": "minutes", "window": "day", "max": 600, "scope": "grant", "increment_from": "args.duration"}],
    })));
    let settings = json!({"waiting_room": true});
    for (arguments, said) in [
        (
            json!({"topic": "test"}),
            "require[0]: args.duration is missing, and must be at most 120. Keep meetings under two hours",
        ),
        (
            json!({"duration": 121}),
            "require[0]: args.duration must be at most 120. Keep meetings under two hours",
        ),
        (
            json!({"duration": "60"}),
            "require[0]: args.duration must be at most 120. Keep meetings under two hours",
        ),
        (
            json!({"duration": 60, "settings": {"waiting_room": null}}),
            "require[1]: args.settings.waiting_room is missing, and must be the value that the policy names.",
        ),
        (
            json!({"duration": 60, "settings": settings, "password": "hunter2"}),
            "require[2]: args.password must be left out.",
        ),
        (
            json!({"duration": 60, "settings": settings, "topic": "a test"}),
            "deny_if[0]: args.topic must not contain what the policy names. No tests",
        ),
        (json!({"duration": 4, "settings": settings}), "deny_if[1]: args.duration must not be less than 5."),
        (
            json!({"duration": 7.5, "settings": settings}),
            "limits[0]: args.duration must be a whole number from 0 on, since it counts towards 600 a day.",
        ),
    ] {
        let refusal = judge(&policy, "create_meeting", &arguments).unwrap_err().to_string();
        assert_eq!(
            refusal,
            format!("[POLICY DENIED] create_meeting by tools.create_meeting.{said}"),
            "{arguments}"
        );
    }
    let fine = json!({"duration": 60, "settings": settings, "topic": "plans"});
    let allowed = judge(&policy, "create_meeting", &fine).unwrap();
    assert_eq!((allowed.rule.as_str(), allowed.charges[0].amount), ("tools.create_meeting", 60));
}

#[test]
fn a_call_is_charged_at_the_limits_of_all_tools_and_of_its_own() {
    let mut document = row(&json!({"limits": [limit("created", "hour"), limit("created", "day")]}));
    document["default"] = json!("allow");
    document["all_tools"] = json!({"limits": [limit("calls", "minute")]});
    let policy = policy(&document);
    let charge = |rule: &str, counter: &str, window| Charge {
        rule: rule.into(),
        counter: counter.into(),
        window,
        max: 10,
        amount: 1,
    };
    let calls = charge("all_tools.limits[0]", "calls", Window::Minute);
    assert_eq!(judge(&policy, "delete_meeting", &json!({})).unwrap().charges, vec![calls.clone()]);
    assert_eq!(
        judge(&policy, "create_meeting", &json!({})).unwrap().charges,
        [
            calls,
            charge("tools.create_meeting.limits[0]", "created", Window::Hour),
            charge("tools.create_meeting.limits[1]", "created", Window::Day),
        ]
    );
}

#[test]
fn a_counted_argument_must_be_a_whole_number() {
    let limit = json!({"counter": "a", "window": "day", "max": 9, "scope": "grant", "increment_from": "args.duration"});
    let policy = policy(&row(&json!({"limits": [limit]})));
    for amount in [json!(-1), json!(1.5), json!("1"), json!(null), json!([1]), json!(1e300)] {
        let judgement = by(&policy, "create_meeting", &json!({"duration": amount}));
        assert_eq!(judgement, (false, "tools.create_meeting.limits[0]".into()), "{amount}");
    }
    assert!(judge(&policy, "create_meeting", &json!({})).is_err());
    for amount in [0, 1, u64::MAX] {
        let allowed = judge(&policy, "create_meeting", &json!({"duration": amount})).unwrap();
        assert_eq!(allowed.charges[0].amount, amount);
    }
}

#[test]
fn without_a_policy_file_only_refreshing_is_limited() {
    let policy = Policy::built_in(crate::mcp::zoom::default::BUILT_IN);
    for tool in tools().keys() {
        assert_eq!(
            judge(&policy, tool, &json!({})),
            Ok(Allowed { rule: "default".into(), charges: vec![], approve: None })
        );
    }
    let charges = judge(&policy, "zoom_refresh_token", &json!({})).unwrap().charges;
    let [charge] = charges.as_slice() else { panic!("{charges:?}") };
    assert_eq!(
        (charge.counter.as_str(), charge.window, charge.max, charge.amount),
        ("zoom_refresh_token_rate", Window::Minute, 10, 1)
    );
}

/// A policy that is shipped.
fn shipped(name: &str) -> Policy {
    let path = format!("{}/policies/{name}.json", env!("CARGO_MANIFEST_DIR"));
    Policy::parse(
        &std::fs::read_to_string(path).unwrap(),
        Against::Own(&crate::mcp::zoom::catalog::catalog()),
    )
    .unwrap()
}

#[test]
fn a_shipped_policy_is_valid_and_has_a_word_on_every_tool() {
    for name in ["read-only", "nothing-dangerous"] {
        let policy = shipped(name);
        for tool in crate::mcp::zoom::catalog::catalog().keys() {
            assert!(policy.tools.contains_key(tool) || policy.hides(tool), "{name}: {tool}");
        }
        assert!(!policy.allows_others, "{name}");
    }
    // This one leaves the others to its default.
    let policy = shipped("zoom_refresh_token");
    assert_eq!(crate::mcp::zoom::catalog::catalog().keys().filter(|tool| policy.allows(tool)).count(), 1);
    assert_eq!(judge(&policy, "zoom_refresh_token", &json!({})).unwrap().charges[0].max, 10);
}

#[test]
fn the_policy_for_reading_refuses_what_writes() {
    let policy = shipped("read-only");
    for tool in crate::mcp::zoom::catalog::catalog().keys() {
        let writes = ["create_", "update_", "delete_", "end_", "add_", "recover_"]
            .iter()
            .any(|word| tool.starts_with(word));
        assert_eq!(policy.allows(tool), !writes, "{tool}");
    }
}

#[test]
fn the_cautious_policy_keeps_secrets_and_credentials_where_they_are() {
    let policy = shipped("nothing-dangerous");
    let hidden = ["delete_meeting", "end_meeting", "update_registrant_status", "delete_meeting_recordings"];
    assert!(hidden.iter().all(|tool| policy.hides(tool)));
    for (tool, schema) in crate::mcp::zoom::catalog::catalog() {
        for (argument, _) in schema["properties"].as_object().into_iter().flatten() {
            let secret = argument.starts_with("zoom_") || argument == "include_secrets";
            let judgement = judge(&policy, &tool, &json!({argument: true}));
            assert_eq!(judgement.is_ok(), !secret && !hidden.contains(&tool.as_str()), "{tool} {argument}");
        }
    }
    for (arguments, allowed) in [
        (json!({"topic": "a"}), true),
        (json!({"topic": "a", "duration": 240, "include_secrets": false}), true),
        (json!({"topic": "a", "duration": 241}), false),
    ] {
        assert_eq!(judge(&policy, "create_meeting", &arguments).is_ok(), allowed, "{arguments}");
    }
}

proptest! {
    /// Nothing that an agent passes comes back in a refusal.
    #[test]
    fn a_refusal_repeats_no_value(secret in "[A-Z]{6}", operator in prop::sample::select(vec!["eq", "in", "contains", "regex", "exists"])) {
        let value = match operator {
            "in" => json!([secret]),
            "exists" => json!(true),
            _ => json!(secret),
        };
        let policy = policy(&row(&json!({"deny_if": [{"path": "args.password", "op": operator, "value": value}]})));
        let refusal = judge(&policy, "create_meeting", &json!({"password": secret})).unwrap_err();
        prop_assert!(!refusal.to_string().contains(&secret), "{refusal}");
    }
}
