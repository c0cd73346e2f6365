//! The parts of a policy for a gateway beyond the form of `PolicyLayer`'s.

use std::time::Duration;

use serde_json::{Value, json};

use super::{by, judge, limit, row, tools};
use crate::policy::{Against, Policy, PolicyFault};

/// A policy that a gateway takes before it knows the tools.
fn policy(document: &Value) -> Policy {
    Policy::parse(&document.to_string(), Against::Gateway(None)).unwrap()
}

fn texts(faults: &[PolicyFault]) -> Vec<String> {
    faults.iter().map(ToString::to_string).collect()
}

fn faults(document: &Value, against: Against<'_>) -> Vec<String> {
    texts(&Policy::parse(&document.to_string(), against).unwrap_err())
}

fn document(field: &str, value: Value) -> Value {
    let mut document = json!({"version": "1", "default": "deny"});
    document[field] = value;
    document
}

#[test]
fn a_denied_tool_is_listed_and_refused_with_the_reason() {
    let mut document = row(&json!({"deny": "Ask Ada to create it."}));
    for default in ["allow", "deny"] {
        document["default"] = json!(default);
        let policy = policy(&document);
        assert!(!policy.hides("create_meeting") && !policy.allows("create_meeting"));
        assert_eq!(
            judge(&policy, "create_meeting", &json!({})).unwrap_err().to_string(),
            "[POLICY DENIED] create_meeting by tools.create_meeting.deny: every call of this tool is refused. Ask Ada to \
             create it."
        );
    }
    for reason in [json!(true), json!("")] {
        let actual = faults(&row(&json!({"deny": reason})), Against::Own(&tools()));
        assert_eq!(actual, ["tools.create_meeting.deny: must be a text that is not empty"]);
    }
    let idle = policy(&row(&json!({"deny": "No.", "limits": [limit("a", "hour")]})));
    let warning =
        "tools.create_meeting.deny: refuses every call, so the other fields of this tool do nothing";
    assert_eq!(texts(idle.warnings()), [warning]);
}

#[test]
fn an_approval_is_asked_for_always_or_where_a_condition_holds() {
    let approve = |value: Value| {
        let policy = policy(&row(&json!({"approve": value, "limits": [limit("a", "hour")]})));
        move |arguments: Value| {
            let allowed = judge(&policy, "create_meeting", &arguments).unwrap();
            assert_eq!((allowed.rule.as_str(), allowed.charges.len()), ("tools.create_meeting", 1));
            allowed.approve
        }
    };
    assert_eq!(approve(json!(true))(json!({})).as_deref(), Some("tools.create_meeting.approve"));
    let some = approve(json!([
        {"path": "args.amount", "op": "gt", "value": 100},
        {"path": "args.confirm", "op": "exists", "value": false},
    ]));
    for (arguments, place) in [
        (json!({"amount": 101}), Some("tools.create_meeting.approve[0]")),
        (json!({"amount": 100}), Some("tools.create_meeting.approve[1]")),
        (json!({"amount": 100, "confirm": null}), Some("tools.create_meeting.approve[1]")),
        (json!({"amount": 100, "confirm": 1}), None),
        (json!({"confirm": 1}), None),
    ] {
        assert_eq!(some(arguments.clone()).as_deref(), place, "{arguments}");
    }
    for (approve, fault) in [
        (json!(false), ": must be true or an array of conditions"),
        (json!([]), ": must be true or an array of conditions"),
        (json!([{"path": "args.a", "op": "less", "value": 1}]), "[0].op: unknown operator \"less\""),
        (
            json!([{"path": "args.a", "op": "lt", "value": 1, "on_deny": "No"}]),
            "[0].on_deny: nothing is denied here: the person is asked",
        ),
    ] {
        let actual = faults(&row(&json!({"approve": approve})), Against::Gateway(None));
        assert_eq!(actual, [format!("tools.create_meeting.approve{fault}")]);
    }
}

#[test]
fn how_long_a_person_may_take_has_bounds() {
    assert_eq!(policy(&row(&json!({}))).approve_within(), Duration::from_mins(2));
    let mut document = row(&json!({"approve": true}));
    for (seconds, is_taken) in [
        (json!(10), true),
        (json!(3600), true),
        (json!(9), false),
        (json!(3601), false),
        (json!(60.5), false),
        (json!("60"), false),
        (json!(-60), false),
    ] {
        document["approve_within"] = seconds.clone();
        match Policy::parse(&document.to_string(), Against::Gateway(None)) {
            Ok(policy) => {
                assert!(is_taken && policy.warnings().is_empty());
                assert_eq!(json!(policy.approve_within().as_secs()), seconds);
            }
            Err(faults) => {
                assert!(!is_taken);
                assert_eq!(
                    texts(&faults),
                    ["approve_within: must be a whole number of seconds from 10 to 3600"]
                );
            }
        }
    }
    let idle = policy(&self::document("approve_within", json!(60)));
    assert_eq!(texts(idle.warnings()), ["approve_within: does nothing: no tool has approve"]);
}

#[test]
fn under_deny_only_the_methods_that_are_named_pass() {
    let named = policy(&document("methods", json!(["prompts/*", "resources/read"])));
    for (method, passes) in [
        ("prompts/get", true),
        ("prompts/list", true),
        ("resources/read", true),
        ("resources/list", false),
        ("resources/reader", false),
        ("resources/", false),
        ("resources/templates/list", false),
        ("completion/complete", false),
        ("sampling/createMessage", false),
        ("initialize", true),
        ("ping", true),
        ("tools/list", true),
        ("logging/setLevel", true),
        ("notifications/resources/updated", true),
        ("roots/list", true),
    ] {
        assert_eq!(named.lets_method(method), passes, "{method}");
        assert_eq!(named.admits_method(method).is_ok(), passes, "{method}");
        assert!(policy(&json!({"version": "1", "default": "allow"})).lets_method(method), "{method}");
    }
    assert_eq!(
        named.admits_method("sampling/createMessage").unwrap_err().to_string(),
        "[POLICY DENIED] sampling/createMessage by default: methods does not name this method."
    );
    let kinds = "a method here is one of prompts/*, resources/*, completion/*, sampling/*";
    for (method, fault) in [
        (json!(1), "must be the name of a method".to_owned()),
        (json!("*"), kinds.to_owned()),
        (json!("prompts"), kinds.to_owned()),
        (json!("prompts/"), kinds.to_owned()),
        (json!("logging/setLevel"), kinds.to_owned()),
        (json!("tools/call"), format!("tools are governed by default, hide and tools; {kinds}")),
        (json!("prompts/g*"), "a * stands for everything after the first /, or for nothing".to_owned()),
    ] {
        let actual = faults(&document("methods", json!([method])), Against::Gateway(None));
        assert_eq!(actual, [format!("methods[0]: {fault}")]);
    }
    let open = json!({"version": "1", "default": "allow", "methods": []});
    let actual = faults(&open, Against::Gateway(None));
    assert_eq!(actual, ["methods: restricts nothing: every method passes where default is \"allow\""]);
}

#[test]
fn an_audit_log_is_required_or_not_spoken_of() {
    assert!(policy(&document("audit", json!("required"))).audit_required());
    assert!(!policy(&row(&json!({}))).audit_required());
    let actual = faults(&document("audit", json!(true)), Against::Gateway(None));
    assert_eq!(actual, ["audit: must be \"required\""]);
}

#[test]
fn parts_that_only_a_gateway_applies_are_faults_elsewhere() {
    let mut document = row(&json!({"approve": true}));
    document["audit"] = json!("required");
    let actual = faults(&document, Against::Own(&tools()));
    assert_eq!(
        actual,
        [
            "tools.create_meeting.approve: only zoomtok gateway can ask a person",
            "audit: only zoomtok gateway writes an audit log",
        ]
    );
    Policy::parse(&document.to_string(), Against::Listed(&tools())).unwrap();
    let methods = self::document("methods", json!(["prompts/*"])).to_string();
    let own = Policy::parse(&methods, Against::Own(&tools())).unwrap();
    assert_eq!(
        texts(own.warnings()),
        ["methods: does nothing here: only zoomtok gateway has methods beside those of tools"]
    );
    assert!(Policy::parse(&methods, Against::Gateway(None)).unwrap().warnings().is_empty());
}

#[test]
fn a_rule_that_does_not_fit_a_server_is_a_warning_and_a_fault_where_somebody_asks() {
    let mut document = row(&json!({
        "require": [{"path": "args.topics", "op": "exists", "value": true}],
        "deny_if": [{"path": "args.duration", "op": "gt", "value": 1}],
        "approve": [{"path": "args.topic", "op": "eq", "value": 1}],
        "limits": [{"counter": "a", "window": "day", "max": 9, "scope": "grant", "increment_from": "args.topic"}],
    }));
    document["hide"] = json!(["delete_meetin"]);
    document["tools"]["fly"] = json!({});
    let mut tools = tools();
    let text = json!({"type": "string"});
    tools.insert("create_meeting".into(), json!({"properties": {"topic": text, "duration": text}}));
    let found = [
        "hide[0]: unknown tool \"delete_meetin\"; did you mean \"delete_meeting\"?",
        "tools.create_meeting.require[0].path: the tool has no argument \"topics\"; did you mean \"topic\"?",
        "tools.create_meeting.deny_if[0]: is for numbers, and the argument is string",
        "tools.create_meeting.approve[0]: names a value that is number, and the argument is string",
        "tools.create_meeting.limits[0].increment_from: must be an argument that is a whole number, or every call is refused",
        "tools.fly: unknown tool",
    ];
    let warned = Policy::parse(&document.to_string(), Against::Gateway(Some(&tools))).unwrap();
    assert_eq!(texts(warned.warnings()), found);
    assert_eq!(faults(&document, Against::Listed(&tools)), found);
    assert!(policy(&document).warnings().is_empty(), "before there is a list nothing is known of it");
    // A part that is wrong by itself is a fault for any server.
    document["hide"] = json!([1]);
    assert_eq!(faults(&document, Against::Gateway(Some(&tools))), ["hide[0]: must be the name of a tool"]);
}

#[test]
fn a_schema_that_leaves_things_open_is_taken_at_its_word() {
    let open = |schema: Value| {
        let document = row(&json!({"deny_if": [{"path": "args.a.b", "op": "eq", "value": 1}]}));
        let tools = [("create_meeting".to_owned(), schema)].into_iter().collect();
        Policy::parse(&document.to_string(), Against::Gateway(Some(&tools))).unwrap().warnings().is_empty()
    };
    for (schema, is_open) in [
        (json!({}), true),
        (json!({"type": "object"}), true),
        (json!({"type": "object", "additionalProperties": false}), false),
        (json!({"properties": {"a": {}}}), true),
        (json!({"properties": {"a": {"type": "object"}}}), true),
        (json!({"properties": {"a": {"$ref": "#/$defs/a"}}}), true),
        (json!({"properties": {"a": {"type": "string"}}}), false),
        (json!({"properties": {"b": {}}}), false),
        (json!({"properties": {"b": {}}, "anyOf": []}), true),
        (json!({"properties": {"a": {"properties": {"b": {"type": "integer"}}}}}), true),
        (json!({"properties": {"a": {"properties": {"b": {"type": "string"}}}}}), false),
    ] {
        assert_eq!(open(schema.clone()), is_open, "{schema}");
    }
}

#[test]
fn an_argument_under_another_spelling_is_refused_by_each_rule_that_looks_at_it() {
    let condition =
        |op: &str, value: Value| json!([{"path": "args.amount", "op": op, "value": value, "on_deny": "No."}]);
    let mut counted = limit("a", "day");
    counted["increment_from"] = json!("args.amount");
    for (rule, row) in [
        ("require[0]", json!({"require": condition("lte", json!(10))})),
        ("deny_if[0]", json!({"deny_if": condition("gt", json!(10))})),
        ("limits[0]", json!({"limits": [counted]})),
        ("approve[0]", json!({"approve": [{"path": "args.amount", "op": "gt", "value": 10}]})),
    ] {
        let policy = policy(&self::row(&row));
        let refused = (false, format!("tools.create_meeting.{rule}"));
        for arguments in
            [json!({"amount": 1, "Amount": 99}), json!({"AMOUNT": 99}), json!({"amount": 1, "AMOUNT": null})]
        {
            assert_eq!(by(&policy, "create_meeting", &arguments), refused, "{arguments}");
        }
        assert!(judge(&policy, "create_meeting", &json!({"amount": 1, "Topic": "a"})).is_ok());
    }
    let policy = policy(&row(&json!({"deny_if": condition("gt", json!(10))})));
    assert_eq!(
        judge(&policy, "create_meeting", &json!({"amount": 1, "Amount": 99})).unwrap_err().to_string(),
        "[POLICY DENIED] create_meeting by tools.create_meeting.deny_if[0]: args.amount is also there as \"Amount\", which \
         the server may take for it."
    );
}

#[test]
fn the_place_of_a_tool_with_an_odd_name_is_unambiguous() {
    let tools = json!({"version": "1", "default": "deny", "tools": {"a.b": {"approve": true}}});
    let allowed = judge(&policy(&tools), "a.b", &json!({})).unwrap();
    let quoted = r#"tools."a.b""#;
    assert_eq!((allowed.rule.as_str(), allowed.approve), (quoted, Some(format!("{quoted}.approve"))));
}
