//! The policy of the server: where it comes from, what it does to a call, and that nothing gets around it.

use std::fs;
use std::io::Write as _;
use std::thread;
use std::time::Duration;

use serde_json::json;

use crate::support::mcp_session::{Session, all_tools, api_calls};
use crate::support::policies::{start, under, write_policy};
use crate::support::{Home, sandbox};

#[test]
fn a_hidden_tool_is_neither_listed_nor_called() {
    let sandbox = sandbox();
    let home = under(&sandbox, &json!({"version": "1", "default": "allow", "hide": ["delete_meeting"]}));
    let mut session = start(&home);
    let tools = session.tools();
    assert_eq!(tools.len(), all_tools() - 1);
    assert!(!tools.contains(&"delete_meeting".to_owned()));
    let refused = session.call("delete_meeting", json!({"meeting_id": "81000000001"}));
    refused.fails(&["[POLICY DENIED] delete_meeting by hide[0]: this tool is hidden."]);
    assert_eq!(api_calls(&sandbox).len(), 0);
    write_policy(&home, r#"{"version": "1", "default": "allow", "hide": ["*"]}"#);
    assert_eq!(session.tools(), [""; 0]);
    assert!(session.call("zoom_token_status", json!({})).is_denied());
}

#[test]
fn the_shipped_policies_do_what_their_names_say() {
    let meeting = || json!({"meeting_id": "81000000001"});
    let secrets = || json!({"meeting_id": "81000000001", "include_secrets": true});
    for (name, tools, calls) in [
        (
            "read-only",
            15,
            &[
                ("list_meetings", json!({}), true),
                ("get_meeting", secrets(), true),
                ("zoom_refresh_token", json!({}), true),
                ("create_meeting", json!({"topic": "t"}), false),
                ("update_meeting", json!({"meeting_id": "81000000001", "topic": "t"}), false),
                ("delete_meeting", meeting(), false),
                ("end_meeting", meeting(), false),
                ("delete_meeting_recordings", json!({"meeting_id": "81000000004"}), false),
                ("list_meeting_registrants", json!({"meeting_id": "81000000002"}), true),
            ][..],
        ),
        (
            "nothing-dangerous",
            19,
            &[
                ("get_meeting", meeting(), true),
                ("get_meeting", json!({"meeting_id": "81000000001", "include_secrets": false}), true),
                ("get_meeting", secrets(), false),
                ("list_meetings", json!({"include_secrets": true}), false),
                ("create_meeting", json!({"topic": "t", "duration": 240}), true),
                ("create_meeting", json!({"topic": "t", "duration": 241}), false),
                ("create_meeting", json!({"topic": "t", "include_secrets": true}), false),
                ("update_meeting", json!({"meeting_id": "81000000001", "topic": "t"}), true),
                ("zoom_list_recordings", json!({}), true),
                ("zoom_list_recordings", json!({"zoom_access_token": null, "include_secrets": null}), true),
                ("zoom_list_recordings", json!({"zoom_access_token": "t"}), false),
                (
                    "get_meeting_recordings",
                    json!({"meeting_id": "81000000004", "include_secrets": true}),
                    false,
                ),
                ("zoom_refresh_token", json!({}), true),
                ("zoom_refresh_token", json!({"zoom_refresh_token": "t"}), false),
                ("delete_meeting", meeting(), false),
                ("end_meeting", meeting(), false),
                ("delete_meeting_recordings", json!({"meeting_id": "81000000004"}), false),
                ("list_meeting_registrants", json!({"meeting_id": "81000000002"}), true),
            ],
        ),
        (
            "zoom_refresh_token",
            all_tools(),
            &[
                ("zoom_refresh_token", json!({}), true),
                ("zoom_token_status", json!({}), false),
                ("list_meetings", json!({}), false),
                ("delete_meeting", meeting(), false),
            ],
        ),
    ] {
        let sandbox = sandbox();
        let home = Home::of(&sandbox, "");
        let path = format!("{}/policies/{name}.json", env!("CARGO_MANIFEST_DIR"));
        let mut session = Session::start(&home, &["--no-watch", "--policy", &path]);
        assert_eq!(session.tools().len(), tools, "{name}");
        for (tool, arguments, allowed) in calls {
            let before = sandbox.requests().len();
            let answer = session.call(tool, arguments.clone());
            let call = format!("{name}: {tool} {arguments}: {}", answer.text);
            assert_eq!(answer.is_denied(), !allowed, "{call}");
            assert_eq!(answer.is_error, !allowed, "{call}");
            assert!(*allowed || sandbox.requests().len() == before, "{call}");
        }
    }
}

#[test]
fn a_changed_policy_holds_from_the_next_call_on() {
    let allow = r#"{"version": "1", "default": "allow"}"#;
    let deny = r#"{"version": "1", "default": "deny", "tools": {"list_users": {}}}"#;
    let sandbox = sandbox();
    let home = under(&sandbox, &serde_json::from_str(allow).unwrap());
    let mut session = start(&home);
    session.call("list_meetings", json!({})).ok();

    write_policy(&home, deny);
    session.call("list_meetings", json!({})).fails(&["[POLICY DENIED] list_meetings by default: "]);
    session.call("list_users", json!({})).ok();
    session.wait_for("policy.json has changed and is in force");

    // A broken or missing file changes nothing, and is reported once.
    for (warning, breaks) in [
        ("tools.list_user: unknown tool", Some(deny.replace("list_users", "list_user"))),
        ("line 1, column 1: not JSON", Some("version: 1".to_owned())),
        ("cannot read", None),
    ] {
        match breaks {
            Some(text) => write_policy(&home, &text),
            None => fs::remove_file(home.work().join("policy.json")).unwrap(),
        }
        for _ in 0..3 {
            assert!(session.call("list_meetings", json!({})).is_denied());
        }
        session.call("list_users", json!({})).ok();
        session.wait_for(warning);
        let stderr = session.stderr();
        let lines: Vec<&str> = stderr.lines().filter(|line| line.contains(warning)).collect();
        assert_eq!(lines.len(), 1, "{stderr}");
        assert!(
            lines[0].contains("policy.json") && lines[0].ends_with("The policy from before stays in force.")
        );
    }
    write_policy(&home, allow);
    session.call("list_meetings", json!({})).ok();
}

/// As by an editor that writes twice within one tick of the filesystem's clock, which is two seconds on some.
#[test]
fn a_change_that_leaves_size_and_time_as_they_were_holds_too() {
    let hides = |tool: &str| json!({"version": "1", "default": "allow", "hide": [tool]});
    let meeting = || json!({"meeting_id": "81000000001"});
    let sandbox = sandbox();
    let home = under(&sandbox, &hides("update_meeting"));
    let mut session = start(&home);
    session.call("get_meeting", meeting()).ok();
    let change = |session: &mut Session, tool: &str| {
        let mut file = fs::File::options().write(true).open(home.work().join("policy.json")).unwrap();
        let written = file.metadata().unwrap().modified().unwrap();
        file.write_all(hides(tool).to_string().as_bytes()).unwrap();
        file.set_modified(written).unwrap();
        assert!(session.call(tool, meeting()).is_denied());
    };
    change(&mut session, "delete_meeting");
    // Also when the file has been as it was for long enough not to be read at each call.
    for _ in 0..7 {
        thread::sleep(Duration::from_millis(600));
        session.call("list_users", json!({})).ok();
    }
    change(&mut session, "update_meeting");
}

#[test]
fn a_client_is_notified_when_the_tools_change() {
    let sandbox = sandbox();
    let home = under(&sandbox, &json!({"version": "1", "default": "allow"}));
    let mut session = start(&home);
    assert_eq!(session.tools().len(), all_tools());
    write_policy(&home, r#"{"version": "1", "default": "allow", "hide": ["delete_meeting"]}"#);
    // Also where nothing is called.
    let notification = session.notification("notifications/tools/list_changed");
    assert_eq!(notification, json!({"jsonrpc": "2.0", "method": "notifications/tools/list_changed"}));
    assert_eq!(session.tools().len(), all_tools() - 1);
    // Once.
    assert_eq!(session.leave().expect(0).stdout, "");
}

#[test]
fn a_policy_is_named_by_the_flag_before_the_environment_before_the_env() {
    let denies = |tool: &str| json!({"version": "1", "default": "allow", "hide": [tool]}).to_string();
    let sandbox = sandbox();
    let mut home = Home::of(&sandbox, "ZOOM_POLICY_FILE=of_env.json\n");
    for (file, tool) in
        [("of_env.json", "list_users"), ("of_environment.json", "get_user"), ("of_flag.json", "get_meeting")]
    {
        fs::write(home.work().join(file), denies(tool)).unwrap();
    }
    let hidden = |home: &Home, arguments: &[&str]| {
        let tools = Session::start(home, arguments).tools();
        ["list_users", "get_user", "get_meeting"].iter().position(|tool| !tools.contains(&(*tool).to_owned()))
    };
    assert_eq!(hidden(&home, &["--no-watch"]), Some(0));
    home.set("ZOOM_POLICY_FILE", "of_environment.json");
    assert_eq!(hidden(&home, &["--no-watch"]), Some(1));
    assert_eq!(hidden(&home, &["--no-watch", "--policy", "of_flag.json"]), Some(2));
}

#[test]
fn no_spelling_of_a_call_gets_around_a_policy() {
    let policy = json!({
        "version": "1",
        "default": "deny",
        "hide": ["delete_meeting"],
        "tools": {
            "create_meeting": {
                "require": [{"path": "args.duration", "op": "exists", "value": true}],
                "deny_if": [
                    {"path": "args.duration", "op": "gt", "value": 120},
                    {"path": "args.topic", "op": "contains", "value": "secret"},
                ],
            },
            "get_meeting": {"deny_if": [{"path": "args.meeting_id", "op": "eq", "value": "81000000002"}]},
            "get_user": {"deny_if": [{"path": "args.user_id", "op": "eq", "value": "boss@example.com"}]},
            "list_meetings": {"deny_if": [{"path": "args.user_id", "op": "eq", "value": "me"}]},
        },
    });
    let sandbox = sandbox();
    let home = under(&sandbox, &policy);
    let mut session = start(&home);
    let denied = "[POLICY DENIED]";
    let wrong = "wrong arguments: ";
    for (params, says) in [
        // Null is as good as not there.
        (r#"{"name":"create_meeting","arguments":{"topic":"t","duration":null}}"#, denied),
        (r#"{"name":"create_meeting","arguments":{"topic":"t"}}"#, denied),
        (r#"{"name":"create_meeting"}"#, wrong),
        (r#"{"name":"create_meeting","arguments":null}"#, wrong),
        // A number as a text, as a float, as an exponent.
        (r#"{"name":"create_meeting","arguments":{"topic":"t","duration":"180"}}"#, denied),
        (r#"{"name":"create_meeting","arguments":{"topic":"t","duration":" 180.0 "}}"#, denied),
        (r#"{"name":"create_meeting","arguments":{"topic":"t","duration":180.0}}"#, denied),
        (r#"{"name":"create_meeting","arguments":{"topic":"t","duration":18e1}}"#, denied),
        (r#"{"name":"create_meeting","arguments":{"topic":"t","duration":[180]}}"#, wrong),
        // A key twice: both read the same one.
        (r#"{"name":"create_meeting","arguments":{"topic":"t","duration":60,"duration":180}}"#, denied),
        (r#"{"name":"create_meeting","arguments":{"duration":60,"topic":"t","topic":"secret"}}"#, denied),
        (
            r#"{"name":"get_meeting","arguments":{"meeting_id":"81000000001","meeting_id":"81000000002"}}"#,
            denied,
        ),
        (r#"{"name":"get_meeting","arguments":{"meeting_\u0069d":"81000000002"}}"#, denied),
        // Another spelling of the meeting that is kept back.
        (r#"{"name":"get_meeting","arguments":{"meeting_id":"081000000002"}}"#, wrong),
        (r#"{"name":"get_meeting","arguments":{"meeting_id":" 81000000002"}}"#, denied),
        (r#"{"name":"get_meeting","arguments":{"meeting_id":81000000002}}"#, denied),
        (r#"{"name":"get_meeting","arguments":{"meeting_id":8.1000000002e10}}"#, denied),
        (r#"{"name":"get_meeting","arguments":{"meeting_id":"810 0000 0002"}}"#, denied),
        (
            r#"{"name":"get_meeting","arguments":{"meeting_id":"https://zoom.us/j/81000000002?pwd=x"}}"#,
            denied,
        ),
        (r#"{"name":"get_user","arguments":{"user_id":"Boss@Example.com"}}"#, denied),
        // The value that is sent where none is given.
        (r#"{"name":"list_meetings","arguments":{}}"#, denied),
        (r#"{"name":"list_meetings","arguments":{"user_id":"ME"}}"#, denied),
        (r#"{"name":"list_meetings","arguments":{"user_id":""}}"#, denied),
        (r#"{"name":"get_meeting","arguments":{"meeting_id":"%381000000002"}}"#, wrong),
        (r#"{"name":"get_meeting","arguments":{"Meeting_ID":"81000000002"}}"#, wrong),
        (r#"{"name":"\u0064elete_meeting","arguments":{"meeting_id":"81000000001"}}"#, denied),
    ] {
        let sent = session.send_text("tools/call", params);
        session.answer(sent).fails(&[says]);
    }
    // These are other tools, and there are none of these names.
    for name in ["Delete_Meeting", "DELETE_MEETING", "delete_meeting ", "delete_meeting\\u0000", "*", ""] {
        let sent = session.send_text(
            "tools/call",
            &format!(r#"{{"name":"{name}","arguments":{{"meeting_id":"81000000001"}}}}"#),
        );
        let response = session.response(sent);
        assert!(response["error"]["message"].as_str().unwrap().starts_with("unknown tool: "), "{response}");
    }
    // A name twice: whichever is meant, it is the one that is judged.
    let sent = session.send_text(
        "tools/call",
        r#"{"name":"get_meeting","name":"delete_meeting","arguments":{"meeting_id":"81000000001"}}"#,
    );
    let response = session.response(sent);
    assert!(response["error"].is_object() || response.to_string().contains(denied), "{response}");
    assert_eq!(api_calls(&sandbox).len(), 0);
    session.call("create_meeting", json!({"topic": "t", "duration": 60})).ok();
    session.call("get_meeting", json!({"meeting_id": "81000000001"})).ok();
}
