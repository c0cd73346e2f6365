//! `zoomtok policy`: what is wrong with a policy, and what it does to a call.

use crate::support::mcp_session::all_tools;
use crate::support::{Ended, Home};

const POLICY: &str = r#"{
  "version": "1",
  "default": "deny",
  "hide": ["delete_meeting"],
  "all_tools": { "limits": [{ "counter": "calls", "window": "minute", "max": 60, "scope": "grant" }] },
  "tools": {
    "create_meeting": {
      "require": [{ "path": "args.duration", "op": "lte", "value": 120, "on_deny": "Keep meetings under two hours" }],
      "deny_if": [{ "path": "args.topic", "op": "contains", "value": "test" }],
      "limits": [{ "counter": "minutes", "window": "day", "max": 600, "scope": "grant", "increment_from": "args.duration" }]
    }
  }
}"#;

/// A home with a policy in it.
fn home(policy: &str) -> Home {
    let home = Home::empty();
    std::fs::write(home.work().join("policy.json"), policy).unwrap();
    home
}

fn check(policy: &str) -> Ended {
    home(policy).run(["policy", "check", "policy.json"])
}

fn explain(call: &[&str]) -> Ended {
    home(POLICY).run([&["policy", "explain", "policy.json"], call].concat())
}

#[test]
fn a_valid_policy_is_summed_up() {
    let stdout = check(POLICY).expect(0).quietly().stdout;
    assert_eq!(stdout, format!("✅ VALID: policy.json lets an agent call 1 of {} tools\n", all_tools()));
}

#[test]
fn the_shipped_policies_are_valid() {
    for (name, tools) in [("zoom_refresh_token", 1), ("read-only", 15), ("nothing-dangerous", 19)] {
        let path = format!("{}/policies/{name}.json", env!("CARGO_MANIFEST_DIR"));
        let stdout = Home::empty().run(["policy", "check", &path]).expect(0).quietly().stdout;
        assert_eq!(stdout, format!("✅ VALID: {path} lets an agent call {tools} of {} tools\n", all_tools()));
    }
}

#[test]
fn every_fault_has_a_line_with_its_place() {
    let stdout = check(
        r#"{"version": "1", "default": "deny", "hide": ["delete_meetings"],
            "tools": {"create_meeting": {"require": [{"path": "args.duration", "op": "less", "value": 1}]}}}"#,
    )
    .expect(3)
    .quietly()
    .stdout;
    assert_eq!(
        stdout,
        "❌ INVALID: There are 2 faults in policy.json\n\
         hide[0]: unknown tool \"delete_meetings\"; did you mean \"delete_meeting\"?\n\
         tools.create_meeting.require[0].op: unknown operator \"less\"\n"
    );
    let stdout = check("{\n  \"version\": \"1\",\n}").expect(3).quietly().stdout;
    assert_eq!(
        stdout,
        "❌ INVALID: There is 1 fault in policy.json\nline 3, column 1: not JSON: trailing comma\n"
    );
}

#[test]
fn a_condition_that_never_holds_is_a_fault_with_the_value_to_write() {
    let policy = |value: &str| {
        format!(
            r#"{{"version": "1", "default": "deny", "tools": {{"get_meeting": {{"deny_if": [
                {{"path": "args.meeting_id", "op": "eq", "value": {value}}}]}}}}}}"#
        )
    };
    assert_eq!(
        check(&policy("85746065")).expect(3).quietly().stdout,
        "❌ INVALID: There is 1 fault in policy.json\n\
         tools.get_meeting.deny_if[0]: meeting_id is never spelt like this: write \"85746065\"\n"
    );
    let stdout = check(&policy("\"85746065\"")).expect(0).quietly().stdout;
    let warning = "⚠️ tools.get_meeting.deny_if[0]: a meeting has several names";
    assert!(stdout.starts_with("✅ VALID: ") && stdout.contains(warning), "{stdout}");
    // The explanation is for the call as the server would judge it.
    for meeting in ["85746065", "\"857 460 65\"", "\"https://zoom.us/j/85746065\""] {
        let call = format!(r#"{{"meeting_id": {meeting}}}"#);
        let home = home(&policy("\"85746065\""));
        let ended = home.run(["policy", "explain", "policy.json", "get_meeting", &call]);
        let refused = ended.expect(1).quietly().stdout;
        assert!(refused.starts_with("❌ REFUSED: "), "{meeting}: {refused}");
    }
}

#[test]
fn quiet_leaves_the_exit_status() {
    for (policy, code) in [(POLICY, 0), ("{}", 3)] {
        let ended = home(policy).run(["-q", "policy", "check", "policy.json"]).expect(code).quietly();
        assert_eq!(ended.stdout, "");
    }
}

#[test]
fn a_file_that_cannot_be_read_is_named() {
    for (name, why) in [("none.json", ""), (".", "it is a directory")] {
        for command in [&["policy", "check", name][..], &["policy", "explain", name, "get_user"]] {
            home(POLICY).run(command).expect(3).says(&["cannot read", name, why]);
        }
    }
}

#[test]
fn the_outcome_is_explained_with_the_rule() {
    for (call, code, said) in [
        (
            &["create_meeting", r#"{"topic": "Review", "duration": "60.0"}"#][..],
            0,
            "✅ ALLOWED: create_meeting by tools.create_meeting\n\
             📊 all_tools.limits[0]: 1 of at most 60 a minute, counted as calls\n\
             📊 tools.create_meeting.limits[0]: 60 of at most 600 a day, counted as minutes\n",
        ),
        (
            &["create_meeting", r#"{"topic": "Review"}"#],
            1,
            "❌ REFUSED: [POLICY DENIED] create_meeting by tools.create_meeting.require[0]: args.duration is missing, \
             and must be at most 120. Keep meetings under two hours\n",
        ),
        (
            &["create_meeting", r#"{"duration": 60, "topic": "a test"}"#],
            1,
            "❌ REFUSED: [POLICY DENIED] create_meeting by tools.create_meeting.deny_if[0]: args.topic must not contain \
             what the policy names.\n",
        ),
        (&["create_meeting"], 1, "❌ REFUSED: wrong arguments: missing field `topic`\n"),
        (
            &["get_user", r#"{"user_id": "me"}"#],
            1,
            "❌ REFUSED: [POLICY DENIED] get_user by default: only the tools that the policy names are allowed.\n",
        ),
        (
            &["delete_meeting"],
            1,
            "❌ REFUSED: [POLICY DENIED] delete_meeting by hide[0]: this tool is hidden.\n",
        ),
    ] {
        assert_eq!(explain(call).expect(code).quietly().stdout, said, "{call:?}");
    }
}

#[test]
fn a_call_that_cannot_be_made_is_a_usage_error() {
    for (call, parts) in [
        (
            &["get_users"][..],
            &["TOOL (on the command line) is none of the tools:", "create_meeting", "get_user,"][..],
        ),
        (&["get_user", "{"], &["JSON (on the command line) is no JSON object", "line 1, column 1"]),
        (&["get_user", "[]"], &["JSON (on the command line) is no JSON object"]),
        (&["get_user", r#""hunter2""#], &["JSON (on the command line) is no JSON object"]),
    ] {
        let ended = explain(call).expect(2).says(parts);
        assert!(!ended.stderr.contains("hunter2"), "{}", ended.stderr);
        assert_eq!(ended.stdout, "");
    }
    for call in [&["policy"][..], &["policy", "check"], &["policy", "explain", "policy.json"]] {
        home(POLICY).run(call).expect(2);
    }
}

#[test]
fn a_null_is_as_good_as_nothing_as_it_is_in_a_call() {
    let policy = r#"{"version": "1", "default": "allow", "tools": {"create_meeting": {"deny_if": [
        {"path": "args.settings", "op": "eq", "value": {"waiting_room": false}}]}}}"#;
    for settings in [r#"{"waiting_room": false}"#, r#"{"waiting_room": false, "audio": null}"#] {
        let call = format!(r#"{{"topic": "x", "settings": {settings}}}"#);
        let ended = home(policy).run(["policy", "explain", "policy.json", "create_meeting", &call]);
        assert!(ended.expect(1).quietly().stdout.contains("create_meeting.deny_if[0]"), "{settings}");
    }
}

#[test]
fn a_policy_that_is_not_valid_explains_nothing() {
    let ended = home("{}").run(["policy", "explain", "policy.json", "get_user"]).expect(3);
    let ended =
        ended.says(&["version: is missing", "default: is missing", "zoomtok policy check policy.json"]);
    assert_eq!(ended.stdout, "");
}

/// Converts a policy of Intercept's.
fn convert(yaml: &str) -> Ended {
    home(yaml).run(["policy", "convert", "policy.json"])
}

#[test]
fn a_policy_of_intercept_is_converted_into_a_valid_one() {
    let converted = convert(
        "version: '1'\ndefault: deny\ntools:\n  create_meeting:\n    rules:\n      - rate_limit: 5/hour\n        on_deny: Later\n",
    )
    .expect(0);
    assert_eq!(
        converted.stderr,
        "zoomtok: warning: tools.create_meeting.rules[0].on_deny: is not said by a limit, which says itself when the next \
         call is allowed\n"
    );
    let stdout = check(&converted.stdout).expect(0).quietly().stdout;
    assert_eq!(stdout, format!("✅ VALID: policy.json lets an agent call 1 of {} tools\n", all_tools()));
}

#[test]
fn a_rule_that_cannot_be_converted_is_named_and_nothing_is_printed() {
    let ended =
        convert("version: '1'\ndefault: deny\ntools:\n  t: {rules: [{name: r}]}\nhide: [a, a]\n").expect(3);
    assert_eq!(ended.stdout, "");
    assert_eq!(
        ended.stderr,
        "zoomtok: cannot convert policy.json: hide[1]: \"a\" is there twice; tools.t.rules[0]: has no condition, no \
         rate_limit, and does not deny. docs/policies.md says how each form is converted.\n"
    );
    let ended = convert("a: b: c").expect(3);
    assert!(
        ended.stderr.starts_with("zoomtok: cannot convert policy.json: line 1, column 5: not YAML: "),
        "{}",
        ended.stderr
    );
}

#[test]
fn a_policy_is_suggested_for_its_own_tools() {
    let ended = Home::empty().run(["policy", "suggest"]).expect(0);
    let stdout = check(&ended.stdout).expect(0).quietly().stdout;
    // Nobody can be asked about its own tools, so those that destroy something are closed.
    let open = ended.stderr.lines().filter(|line| !line.starts_with("Destructive")).count();
    assert_eq!(stdout, format!("✅ VALID: policy.json lets an agent call {open} of {} tools\n", all_tools()));
    assert_eq!(ended.stderr.lines().count(), all_tools(), "{}", ended.stderr);
    assert!(
        ended.stderr.contains("Destructive  High    delete_meeting               name \"delete\"\n"),
        "{}",
        ended.stderr
    );
}

#[test]
fn a_policy_is_suggested_for_the_tools_in_a_file() {
    let tools = r#"[{"name": "list_\u202eusers"}, {"name": "delete_user"}]"#;
    for text in [
        tools.to_owned(),
        format!(r#"{{"tools": {tools}}}"#),
        format!(r#"{{"jsonrpc": "2.0", "id": 1, "result": {{"tools": {tools}}}}}"#),
    ] {
        let ended = home(&text).run(["policy", "suggest", "--tools", "policy.json"]).expect(0);
        let policy: serde_json::Value = serde_json::from_str(&ended.stdout).unwrap();
        assert_eq!(
            policy["tools"],
            serde_json::json!({"list_\u{202e}users": {}, "delete_user": {"approve": true}})
        );
        let shown = format!("{}{}", ended.stdout, ended.stderr);
        assert!(!shown.contains('\u{202e}') && ended.stderr.contains("list_\\u{202e}users"), "{shown}");
    }
    for (text, problem) in [
        ("{}", "has no list of tools in it"),
        ("[{}]", "tools[0] has no name"),
        ("[", "EOF while parsing a list at line 1 column 1"),
    ] {
        let ended = home(text).run(["policy", "suggest", "--tools", "policy.json"]).expect(2);
        assert_eq!(ended.stdout, "");
        assert_eq!(ended.stderr, format!("zoomtok: --tools (on the command line) {problem}\n"));
    }
    assert!(
        Home::empty().run(["policy", "suggest", "--tools", "no.json"]).expect(3).stderr.contains("no.json")
    );
}

#[test]
fn a_policy_for_a_gateway_is_checked_and_explained_by_the_tools_in_a_file() {
    let home = home(
        r#"{"version": "1", "default": "deny", "audit": "required", "methods": ["prompts/*"], "tools": {
            "drop": {"approve": [{"path": "args.all", "op": "eq", "value": true}]}, "list": {}}}"#,
    );
    let tool = |name: &str| {
        format!(
            r#"{{"name": "{name}", "inputSchema": {{"type": "object", "properties": {{"all": {{"type": "boolean"}}}}}}}}"#
        )
    };
    std::fs::write(home.work().join("tools.json"), format!("[{}, {}]", tool("drop"), tool("list"))).unwrap();
    let run = |command: &[&str], code| {
        home.run([&["policy"], command, &["--tools", "tools.json"]].concat()).expect(code).quietly().stdout
    };
    assert_eq!(run(&["check", "policy.json"], 0), "✅ VALID: policy.json lets an agent call 2 of 2 tools\n");
    assert_eq!(run(&["explain", "policy.json", "list"], 0), "✅ ALLOWED: list by tools.list\n");
    assert_eq!(run(&["explain", "policy.json", "drop"], 0), "✅ ALLOWED: drop by tools.drop\n");
    assert_eq!(
        run(&["explain", "policy.json", "drop", r#"{"all": true}"#], 0),
        "✅ ALLOWED: drop by tools.drop\n🙋 tools.drop.approve[0]: a person has to allow it first\n"
    );
    let refused = run(&["explain", "policy.json", "drop", r#"{"All": true}"#], 1);
    assert_eq!(
        refused,
        "❌ REFUSED: [POLICY DENIED] drop by tools.drop.approve[0]: args.all is there as \"All\", which the server may take \
         for it.\n"
    );
    std::fs::write(home.work().join("tools.json"), format!("[{}]", tool("list"))).unwrap();
    assert_eq!(
        run(&["check", "policy.json"], 3),
        "❌ INVALID: There is 1 fault in policy.json\ntools.drop: unknown tool\n"
    );
    let own = home.run(["policy", "check", "policy.json"]).expect(3).quietly().stdout;
    assert!(own.contains("audit: only zoomtok gateway writes an audit log\n"), "{own}");
}
