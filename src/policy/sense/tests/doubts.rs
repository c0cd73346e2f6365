//! Conditions that another name of the same thing gets around, and conditions made at random.

use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::policy::condition::OPERATORS;

#[test]
fn a_rule_that_another_name_gets_around_is_doubted() {
    for (list, tool, path, operator, value, is_doubted) in [
        ("deny_if", "get_meeting", "meeting_id", "eq", json!("85746065"), true),
        ("deny_if", "get_meeting", "meeting_id", "in", json!(["85746065"]), true),
        ("deny_if", "get_meeting", "meeting_id", "neq", json!("85746065"), false),
        ("deny_if", "get_meeting", "meeting_id", "not_in", json!(["85746065"]), false),
        ("require", "get_meeting", "meeting_id", "eq", json!("85746065"), false),
        ("require", "get_meeting", "meeting_id", "in", json!(["85746065"]), false),
        ("require", "get_meeting", "meeting_id", "neq", json!("85746065"), true),
        ("require", "get_meeting", "meeting_id", "regex", json!("^[0-9]+$"), false),
        ("deny_if", "get_meeting", "meeting_id", "regex", json!("=$"), true),
        ("deny_if", "list_meetings", "user_id", "eq", json!("me"), true),
        ("deny_if", "list_meetings", "user_id", "contains", json!("@example.com"), true),
        ("require", "list_meetings", "user_id", "eq", json!("me"), false),
        ("require", "list_meetings", "user_id", "contains", json!("@example.com"), false),
        ("require", "list_meetings", "user_id", "contains", json!("Kd"), true),
        ("require", "list_meetings", "user_id", "regex", json!("^[A-Z]{3}\\S+@example[.]com$"), false),
        ("require", "list_meetings", "user_id", "regex", json!("(?i)@EXAMPLE[.]COM$"), false),
        ("deny_if", "create_meeting", "start_time", "contains", json!("T03:"), true),
        ("require", "create_meeting", "start_time", "contains", json!("Z"), false),
        ("deny_if", "create_meeting", "topic", "contains", json!("secret"), false),
        ("require", "list_meetings", "page_size", "lte", json!(300), true),
        ("require", "list_meetings", "page_size", "lte", json!(299), false),
        ("require", "get_user", "user_id", "exists", json!(true), true),
    ] {
        let warnings = policy(tool, list, path, operator, &value).unwrap().warnings().to_vec();
        let case = format!("{tool} {list} {path} {operator} {value}: {warnings:?}");
        assert_eq!(warnings.len(), usize::from(is_doubted), "{case}");
        assert!(warnings.iter().all(|warning| warning.place == format!("tools.{tool}.{list}[0]")), "{case}");
    }
}

proptest! {
    /// Whatever is compared with whatever, it is taken, or has a fault of one line.
    #[test]
    fn any_value_is_accepted_or_reported(
        at in any::<prop::sample::Index>(),
        operator in prop::sample::select(OPERATORS.to_vec()),
        text in ".{0,20}",
        number in any::<f64>(),
        is_text in any::<bool>(),
    ) {
        let all = arguments();
        let (tool, path, ..) = &all[at.index(all.len())];
        let value = if is_text { json!(text) } else { json!(number) };
        if let Err(faults) = policy(tool, "deny_if", path, operator, &value) {
            prop_assert!(faults.iter().all(|fault| fault.lines().count() == 1), "{:?}", faults);
        }
    }
}
