//! Characters that would control a terminal, or hide from a reader, are shown and not sent: paths, arguments and texts of
//! Zoom's may hold them.

#[cfg(unix)]
use std::fs;

use serde_json::{Value, json};
use zoomtok::sandbox::{Endpoint, Fault};

use crate::support::mcp_session::Session;
use crate::support::{Ended, Home, sandbox};

/// A name with one of each kind: ESC, a newline that begins a line of its own, DEL, a C1 control, a bidirectional one,
/// one without width, a tag.
const NAME: &str = "a\u{1b}[31m\n✅ FORGED\u{7f}\u{9b}2J\u{202e}\u{200b}\u{e0041}b";

/// Whether a character would control a terminal, or is one of those in the tests that hide something. The program goes by a
/// list of its own.
fn is_control(c: char) -> bool {
    c.is_control() || ['\u{200b}', '\u{202e}', '\u{2066}', '\u{feff}', '\u{e0041}'].contains(&c)
}

/// Fails if a run has sent any of it.
#[track_caller]
fn assert_legible(ended: &Ended, what: &str) {
    for (stream, text) in [("stdout", &ended.stdout), ("stderr", &ended.stderr)] {
        assert!(!text.contains(|c| is_control(c) && c != '\n'), "{what}: {stream}: {text:?}");
        assert!(!text.lines().any(|line| line.starts_with("✅ FORGED")), "{what}: {stream}: {text:?}");
    }
}

#[test]
#[cfg(unix)]
fn no_command_sends_what_a_path_holds_to_a_terminal() {
    let sandbox = sandbox();
    // Nothing exists; a `.env` and a policy in a directory of that name; files that are no such thing.
    let mut shown = 0;
    for kind in ["missing", "there", "broken"] {
        let mut home = Home::of(&sandbox, "");
        let text = fs::read_to_string(home.env_path()).unwrap();
        let directory = home.work().join(NAME);
        let path = |name: &str| directory.join(format!("{NAME}{name}")).to_str().unwrap().to_owned();
        for name in [".env", "policy.json", "claude_desktop_config.json"] {
            home.is_for_secrets(path(name).as_ref());
        }
        if kind != "missing" {
            fs::create_dir(&directory).unwrap();
            let write = |name: &str, good: &str| {
                fs::write(path(name), if kind == "there" { good } else { "\"{\u{1b}\n'\u{9b}" }).unwrap();
            };
            write(".env", &text);
            write("policy.json", "{\"version\": \"1\"}");
            write("claude_desktop_config.json", "{\"mcpServers\": {\"zoom\": {\"command\": \"x\"}}}");
        }
        home.set("ZOOM_ENV_FILE", &path(".env"))
            .set("CLAUDE_CONFIG_FILE", &path("claude_desktop_config.json"))
            .set("CLAUDE_APP_NAME", &path("no-app"))
            .set("CLAUDE_APP_COMMAND", &path("no-app"))
            .set("ZOOM_POLICY_FILE", &path("policy.json"))
            .set("ZOOM_CHECK_LOGFILE", &path("check.log"));
        let policy = path("policy.json");
        for arguments in [
            &["get"][..],
            &["get", "--json"],
            &["check"],
            &["check", "-v"],
            &["check", "-v", "--json"],
            &["watch", "--once"],
            &["watch", "--once", "--json"],
            &["update-claude", "--dry-run"],
            &["update-claude"],
            &["restart-claude", "--app-only"],
            &["exec", "--", NAME],
            &["mcp"],
            &["mcp", "--no-watch"],
            &["mcp", "--install", "--dry-run"],
            &["mcp", "--install"],
            &["policy", "check", &policy],
            &["policy", "explain", &policy, "list_users", "{}"],
            &["policy", "explain", &policy, NAME, "{}"],
            &["policy", "explain", &policy, "list_users", NAME],
            &["doctor"],
            &["doctor", "--json"],
        ] {
            let ended = home.run(arguments);
            assert_legible(&ended, &format!("{kind}: {arguments:?}"));
            shown += usize::from((ended.stdout + &ended.stderr).contains("\\u{1b}[31m"));
        }
        if let Ok(log) = fs::read_to_string(path("check.log")) {
            assert!(!log.contains(|c| is_control(c) && c != '\n'), "{kind}: {log:?}");
        }
    }
    assert!(shown > 25, "a path is shown in {shown} of them only");
}

#[test]
fn wrong_flags_are_repeated_so_that_nothing_in_them_acts() {
    let home = Home::empty();
    for arguments in [
        &[NAME][..],
        &["get", NAME],
        &["get", "-t", NAME],
        &["get", &format!("--{NAME}")],
        &["get", &format!("-t={NAME}")],
        &["--color", NAME, "get"],
        &["completions", NAME],
        &["help", NAME],
        &["policy", NAME],
    ] {
        let ended = home.run(arguments).expect(2);
        assert_legible(&ended, &format!("{arguments:?}"));
        assert!(ended.stderr.contains("\\u{1b}[31m"), "{arguments:?}: {}", ended.stderr);
    }
}

#[test]
fn colours_of_our_own_stay() {
    let mut home = Home::empty();
    home.set("CLICOLOR_FORCE", "1");
    let stderr = home.run(["get", NAME]).expect(2).stderr;
    assert!(stderr.contains("\u{1b}[") && stderr.contains("a\\u{1b}[31m\\u{a}"), "{stderr:?}");
    let stderr = home.run(["get", "--color", "always"]).expect(3).stderr;
    assert!(stderr.starts_with("\u{1b}[31mzoomtok:\u{1b}[39m "), "{stderr:?}");
}

#[test]
fn text_for_a_model_has_no_hidden_characters() {
    fn texts(value: &Value, all: &mut String) {
        match value {
            Value::String(text) => *all += text,
            Value::Array(values) => values.iter().for_each(|value| texts(value, all)),
            Value::Object(fields) => fields.iter().for_each(|(name, value)| {
                *all += name;
                texts(value, all);
            }),
            _ => {}
        }
    }
    let sandbox = sandbox();
    let home = Home::with_token(&sandbox, 3600);
    let mut session = Session::start(&home, &["--no-watch"]);
    let topic = format!("one\r\n\ttwo {NAME} ⚠\u{fe0f} 👩\u{200d}💻");
    let body = json!({"topic": topic, NAME: [topic]}).to_string();
    sandbox.fail(Endpoint::Api, Fault::Json { status: 200, body }, 1);
    let answer = session.call("get_meeting", json!({"meeting_id": "81000000001"})).ok();
    assert!(
        answer.value["topic"]
            .as_str()
            .unwrap()
            .starts_with("one\n\ttwo a[31m\n✅ FORGED2Jb ⚠\u{fe0f} 👩\u{200d}💻")
    );
    let mut all = answer.text;
    texts(&answer.value, &mut all);

    let refused =
        json!({"code": 300, "message": topic, "errors": [{"field": NAME, "message": topic}]}).to_string();
    sandbox.fail(Endpoint::Api, Fault::Json { status: 400, body: refused }, 1);
    all += &session.call("get_meeting", json!({"meeting_id": "81000000001"})).text;
    all += &session.call("get_meeting", json!({"meeting_id": "81000000001", NAME: 1})).text;
    let unknown = session.ask("tools/call", &json!({"name": NAME, "arguments": {}}));
    texts(&unknown, &mut all);
    assert!(all.contains("unknown tool") && all.matches("FORGED").count() >= 6, "{all}");
    assert!(!all.contains(|c| is_control(c) && !matches!(c, '\n' | '\t')), "{all:?}");
}
