use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::policy::{Judgement, Window};

mod faults;
mod model;

fn texts(faults: &[PolicyFault]) -> Vec<String> {
    faults.iter().map(ToString::to_string).collect()
}

/// The converted document, and the warnings.
fn converted(yaml: &str) -> (Value, Vec<String>) {
    let converted = convert(yaml).unwrap_or_else(|faults| panic!("{yaml}\n{:?}", texts(&faults)));
    (serde_json::from_str(&converted.text).unwrap(), texts(&converted.warnings))
}

fn faults(yaml: &str) -> Vec<String> {
    texts(&convert(yaml).expect_err(yaml))
}

/// A document with these rules for one tool.
fn rules(rules: &str) -> String {
    let rules: Vec<String> = rules.lines().map(|line| format!("      {line}\n")).collect();
    format!("version: \"1\"\ndefault: deny\ntools:\n  charge:\n    rules:\n{}", rules.concat())
}

/// The row of that tool, and the warnings.
fn row(yaml: &str) -> (Value, Vec<String>) {
    let (mut policy, warnings) = converted(&rules(yaml));
    (policy["tools"]["charge"].take(), warnings)
}

fn policy(yaml: &str) -> Policy {
    Policy::parse(&convert(yaml).unwrap().text, Against::Gateway(None)).unwrap()
}

fn judge(policy: &Policy, tool: &str, arguments: &Value) -> Judgement {
    policy.judge(tool, arguments.as_object().unwrap())
}

/// The examples of POLICY.md, put together.
const WHOLE: &str = r#"
version: "1"
description: "Stripe MCP server policies"
hide:
  - transfer_repository
tools:
  create_charge:
    rules:
      - name: "max single charge"
        conditions:
          - path: "args.amount"
            op: "lte"
            value: 50000
        on_deny: "Single charge cannot exceed $500.00"
      - name: "daily spend cap"
        conditions:
          - path: "state.create_charge.daily_spend"
            op: "lte"
            value: 1000000
        on_deny: "Daily spending cap of $10,000.00 reached"
        state:
          counter: "daily_spend"
          window: "day"
          increment_from: "args.amount"
      - name: "allowed currencies"
        conditions:
          - path: "args.currency"
            op: "in"
            value: ["usd", "eur"]
        on_deny: "Only USD and EUR charges are permitted"
  create_issue:
    rules:
      - name: "hourly issue limit"
        rate_limit: 5/hour
  read_file:
    rules: []
  delete_customer:
    rules:
      - name: "block destructive action"
        action: "deny"
        on_deny: "Customer deletion is not permitted via AI agents"
  "*":
    rules:
      - name: "global rate limit"
        conditions:
          - path: "state._global.calls_per_minute"
            op: "lt"
            value: 60
        state:
          counter: "calls_per_minute"
          window: "minute"
"#;

#[test]
fn a_whole_policy_is_converted() {
    let (policy, warnings) = converted(WHOLE);
    let limit = |counter: &str, window: &str, max: u64| json!({"counter": counter, "window": window, "max": max, "scope": "grant"});
    let mut spend = limit("create_charge.daily_spend", "day", 1_000_000);
    spend["increment_from"] = json!("args.amount");
    assert_eq!(
        policy,
        json!({
            "version": "1",
            "default": "allow",
            "hide": ["transfer_repository"],
            "all_tools": {"limits": [limit("_global.calls_per_minute", "minute", 59)]},
            "tools": {
                "create_charge": {
                    "require": [
                        {"path": "args.amount", "op": "lte", "value": 50000, "on_deny": "Single charge cannot exceed $500.00"},
                        {"path": "args.currency", "op": "in", "value": ["usd", "eur"], "on_deny": "Only USD and EUR charges are permitted"},
                    ],
                    "limits": [spend],
                },
                "create_issue": {"limits": [limit("create_issue._rate_hour", "hour", 5)]},
                "read_file": {},
                "delete_customer": {"deny": "Customer deletion is not permitted via AI agents"},
            },
        })
    );
    assert_eq!(
        warnings,
        [
            "description: has no counterpart, and is left out",
            "default: is left out, so every tool that the policy does not name may be called",
            "tools.create_charge.rules[1].state.increment_from: an argument that is negative or not whole is refused here; \
             Intercept counts it, which makes room",
            "tools.create_charge.rules[1].on_deny: is not said by a limit, which says itself when the next call is allowed",
        ]
    );
    // The fields that a person reads first come first.
    assert!(
        convert(WHOLE)
            .unwrap()
            .text
            .starts_with("{\n  \"version\": \"1\",\n  \"default\": \"allow\",\n  \"hide\": [")
    );
}

#[test]
fn a_converted_policy_judges_calls_as_it_did_before() {
    let policy = policy(WHOLE);
    for (tool, arguments, passes) in [
        ("create_charge", json!({"amount": 50000, "currency": "usd"}), true),
        ("create_charge", json!({"amount": 50001, "currency": "usd"}), false),
        ("create_charge", json!({"amount": 1, "currency": "gbp"}), false),
        ("create_charge", json!({"amount": 1}), false),
        ("create_charge", json!({"currency": "usd"}), false),
        ("create_charge", json!({"amount": "1", "currency": "usd"}), false),
        ("create_issue", json!({}), true),
        ("read_file", json!({}), true),
        ("delete_customer", json!({}), false),
        ("transfer_repository", json!({}), false),
        ("anything", json!({}), true),
    ] {
        assert_eq!(judge(&policy, tool, &arguments).is_ok(), passes, "{tool} {arguments}");
    }
    let charges = judge(&policy, "create_charge", &json!({"amount": 70, "currency": "eur"})).unwrap().charges;
    let charges: Vec<_> =
        charges.iter().map(|one| (one.counter.as_str(), one.window, one.max, one.amount)).collect();
    assert_eq!(
        charges,
        [
            ("_global.calls_per_minute", Window::Minute, 59, 1),
            ("create_charge.daily_spend", Window::Day, 1_000_000, 70),
        ]
    );
    assert!(policy.hides("transfer_repository") && !policy.hides("delete_customer"));
}

#[test]
fn every_operator_means_what_it_meant() {
    for (op, value, holds, fails) in [
        ("eq", "main", vec![json!("main")], vec![json!("Main"), json!(1), json!(null)]),
        ("eq", "60", vec![json!(60), json!(60.0)], vec![json!(61)]),
        ("neq", "main", vec![json!("x"), json!(1)], vec![json!("main")]),
        ("neq", "60", vec![json!(61), json!("x")], vec![json!(60), json!("60"), json!(60.0)]),
        ("neq", "60.0", vec![json!("60.0")], vec![json!(60), json!("60")]),
        ("neq", "'60'", vec![json!("61")], vec![json!(60), json!("60")]),
        ("neq", "true", vec![json!(false), json!("x")], vec![json!(true), json!("true")]),
        ("neq", "1e21", vec![json!(1)], vec![json!(1e21), json!("1e+21")]),
        ("neq", "0.00001", vec![json!(1)], vec![json!(1e-5), json!("1e-05")]),
        ("in", "[a, 1]", vec![json!("a"), json!(1)], vec![json!("b"), json!(2)]),
        ("not_in", "[a, 1]", vec![json!("b")], vec![json!("a"), json!(1), json!("1")]),
        ("lt", "2", vec![json!(1), json!(1.5)], vec![json!(2), json!("1")]),
        ("lte", "2.5", vec![json!(2.5)], vec![json!(3)]),
        ("gt", "2", vec![json!(3)], vec![json!(2)]),
        ("gte", "2", vec![json!(2)], vec![json!(1)]),
        ("regex", "^feat/", vec![json!("feat/a")], vec![json!("a/feat/"), json!(1)]),
        ("contains", "es", vec![json!("test"), json!(["es"])], vec![json!("tst"), json!(["est"])]),
        ("exists", "true", vec![json!(false)], vec![json!(null)]),
        ("exists", "false", vec![json!(null)], vec![json!(1)]),
    ] {
        if value == "1e21" {
            assert_eq!(faults(&rules(&condition(op, value))).len(), 1);
            continue;
        }
        let policy = policy(&rules(&condition(op, value)));
        for (arguments, passes) in
            holds.iter().map(|value| (value, true)).chain(fails.iter().map(|value| (value, false)))
        {
            let judgement = judge(&policy, "charge", &json!({"a": {"b": arguments}}));
            assert_eq!(judgement.is_ok(), passes, "{arguments} {op} {value}");
        }
        assert_eq!(judge(&policy, "charge", &json!({})).is_ok(), (op, value) == ("exists", "false"), "{op}");
    }
}

fn condition(op: &str, value: &str) -> String {
    format!("- name: r\n  conditions:\n    - path: args.a.b\n      op: {op}\n      value: {value}")
}

#[test]
fn a_change_of_meaning_is_warned_of() {
    let place = |field: &str| format!("tools.charge.rules[0].{field}");
    for (yaml, warnings) in [
        (condition("eq", "main"), vec![]),
        (condition("exists", "false"), vec![]),
        (
            condition("eq", "60"),
            vec![
                "conditions[0].value: values are compared by type here: \"60\" is another value, and to Intercept the same",
            ],
        ),
        (
            condition("in", "[a, 'true']"),
            vec![
                "conditions[0].value: values are compared by type here: true is another value, and to Intercept the same",
            ],
        ),
        (
            condition("neq", "main"),
            vec!["conditions[0].value: an argument that is null counts as missing here, and so is refused"],
        ),
        (
            condition("eq", "yes"),
            vec![
                "conditions[0].value: yes is taken as the text \"yes\"; write true or false if that is meant",
            ],
        ),
        (
            condition("eq", "2026-03-04"),
            vec![
                "conditions[0].value: 2026-03-04 is taken as a text, and Intercept takes it as a time that no argument equals",
            ],
        ),
        (
            "- name: r\n  condition: 1\n  rate_limit: 5/hour".to_owned(),
            vec![
                "condition: Intercept does not know this field, and it is left out; did you mean \"conditions\"?",
            ],
        ),
        (
            "- rate_limit: 5/hour\n  on_deny: Later".to_owned(),
            vec!["on_deny: is not said by a limit, which says itself when the next call is allowed"],
        ),
        (
            state("lte", "10", "increment: 3"),
            vec![
                "state.increment: is taken into the limit: each call counts as 1, and the limit is divided by it",
            ],
        ),
        (
            condition("eq", "a") + "\n  state: {counter: c, window: day}",
            vec!["state: counts what nothing limits, and is left out"],
        ),
    ] {
        assert_eq!(row(&yaml).1, warnings.iter().map(|warning| place(warning)).collect::<Vec<_>>(), "{yaml}");
    }
    let (row, warnings) = row("- {name: r, action: deny}\n- rate_limit: 5/hour");
    assert_eq!(row, json!({"deny": "r"}));
    assert_eq!(warnings, ["tools.charge: one rule refuses every call, so the others are left out"]);
}

/// A rule with a limit of its own counter.
fn state(op: &str, value: &str, more: &str) -> String {
    format!(
        "- name: r\n  conditions:\n    - {{path: state.charge.c, op: {op}, value: {value}}}\n  state:\n    counter: c\n    \
         window: day\n    {more}"
    )
}

#[test]
fn a_counter_with_its_condition_is_a_limit() {
    for (op, value, more, max) in [
        ("lte", "10", "", 10),
        ("lt", "10", "", 9),
        ("lte", "5.5", "", 5),
        ("lt", "5.5", "", 4),
        ("lte", "10", "increment: 3", 3),
        ("lte", "10", "increment: 0", 10),
    ] {
        let limits = row(&state(op, value, more)).0["limits"].take();
        assert_eq!(
            limits,
            json!([{"counter": "charge.c", "window": "day", "max": max, "scope": "grant"}]),
            "{op} {value} {more}"
        );
    }
}

#[test]
fn a_limit_as_the_pages_write_it_is_taken_too() {
    let with = |row: &str| {
        converted(&format!("version: 1\ndefault: deny\ntools:\n  t: {row}\n")).0["tools"]["t"].take()
    };
    for (window, word) in [("60", "minute"), ("3600", "hour"), ("86400", "day"), ("hour", "hour")] {
        let limit =
            json!({"counter": format!("t._rate_{word}"), "window": word, "max": 10, "scope": "grant"});
        assert_eq!(
            with(&format!("{{rate_limit: {{max: 10, window: {window}}}}}")),
            json!({"limits": [limit]})
        );
    }
    assert_eq!(with("{action: deny, reason: Too dangerous}"), json!({"deny": "Too dangerous"}));
    assert_eq!(with("{action: deny}"), json!({"deny": "The policy denies it."}));
    assert_eq!(with("{rules: []}"), json!({}));
    assert_eq!(with(""), json!({}));
}

#[test]
fn rules_of_all_tools_are_those_of_each() {
    let with = |default: &str, rule: &str| {
        format!(
            "version: '1'\ndefault: {default}\ntools:\n  a:\n  b: {{rules: [{{action: deny, name: no}}]}}\n  '*': {{rules: [{rule}]}}\n"
        )
    };
    let (policy, _) = converted(&with("deny", "{conditions: [{path: args.x, op: lt, value: 5}]}"));
    let condition = json!({"path": "args.x", "op": "lt", "value": 5});
    assert_eq!(policy["tools"], json!({"a": {"require": [condition]}, "b": {"deny": "no"}}));
    assert_eq!(
        faults(&with("allow", "{conditions: [{path: args.x, op: lt, value: 5}]}")),
        [
            "tools.\"*\": its conditions also hold for tools that the policy does not name, which has no counterpart: name \
          every tool and set default to \"deny\""
        ]
    );
    let (policy, warnings) = converted(&with("allow", "{action: deny, on_deny: Closed}"));
    assert_eq!(
        (&policy["default"], &policy["tools"]),
        (&json!("deny"), &json!({"a": {"deny": "Closed"}, "b": {"deny": "no"}}))
    );
    assert_eq!(
        warnings,
        [
            "tools.\"*\": refuses every call, so default becomes \"deny\"; a tool that is not named is refused without the \
          reason"
        ]
    );
    let (policy, _) = converted(&with("allow", "{rate_limit: 60/minute}"));
    assert_eq!(policy["all_tools"]["limits"][0]["counter"], "_global._rate_minute");
}

proptest! {
    /// Whatever the text, it is converted into a policy or has faults that fit a line each.
    #[test]
    fn any_text_is_converted_or_has_faults(text in "[-{}\\[\\]:,a-z0-9*&!|>'\"\\n ]{0,80}") {
        let whole = rules(&text);
        for text in [&text, &whole] {
            if let Err(faults) = convert(text) {
                prop_assert!(!faults.is_empty());
                for fault in faults {
                    prop_assert_eq!(fault.to_string().lines().count(), 1, "{:?}", fault);
                }
            }
        }
    }
}
