//! A server that starts whatever is wrong: it lists its tools, says in each answer what is to be fixed, and works as soon
//! as that is done. It is never open without the policy that somebody has named.

use std::fs;

use serde_json::json;
use zoomtok::sandbox::Sandbox;

use crate::support::mcp_session::{Session, all_tools};
use crate::support::policies::write_policy;
use crate::support::rows::each;
use crate::support::{Home, sandbox};

const ALLOW: &str = r#"{"version": "1", "default": "allow"}"#;
const HIDES: &str = r#"{"version": "1", "default": "allow", "hide": ["delete_meeting"]}"#;

const TWO_FAULTS: &str = r#"{"version": "2", "default": "deny", "hide": ["delete_meetings"]}"#;

/// Something that is wrong when the server starts.
struct Wrong {
    arguments: &'static [&'static str],
    /// Makes it wrong.
    harm: fn(&mut Home, &str),
    /// Puts it right. The text is that of the `.env` in order.
    fix: fn(&Home, &str),
    says: &'static [&'static str],
    /// How many tools are listed once it is right.
    tools: usize,
}

fn append(home: &Home, text: &str) {
    home.write_env(&format!("{}{text}", home.env_text()));
}

/// Possible faults of the `.env`.
fn of_env() -> Vec<(&'static str, Wrong)> {
    let env = |harm, says| Wrong {
        arguments: &[],
        harm,
        fix: |home, env| home.write_env(env),
        says,
        tools: all_tools(),
    };
    vec![
        ("a malformed .env", env(|home, _| append(home, "A='\n"), &[".env, line "])),
        (
            "a .env that is a directory",
            Wrong {
                fix: |home, env| {
                    fs::remove_dir(home.env_path()).unwrap();
                    home.write_env(env);
                },
                ..env(
                    |home, _| {
                        fs::remove_file(home.env_path()).unwrap();
                        fs::create_dir(home.env_path()).unwrap();
                    },
                    &["cannot read", ".env", "directory"],
                )
            },
        ),
        (
            "a threshold that is no number",
            env(
                |home, _| append(home, "ZOOM_AUTO_REFRESH_THRESHOLD=soon\n"),
                &["ZOOM_AUTO_REFRESH_THRESHOLD", "line "],
            ),
        ),
        (
            "an interval that is no number",
            env(|home, _| append(home, "ZOOM_TOKEN_DISPLAY_INTERVAL=-5\n"), &["ZOOM_TOKEN_DISPLAY_INTERVAL"]),
        ),
        (
            "an address that is none",
            env(|home, _| append(home, "ZOOM_API_URL=nowhere\nZOOM_OAUTH_URL=nowhere\n"), &["_URL"]),
        ),
        (
            "a .env whose broken line may name the policy",
            Wrong {
                fix: |home, env| {
                    write_policy(home, HIDES);
                    home.write_env(&format!("{env}ZOOM_POLICY_FILE=policy.json\n"));
                },
                tools: all_tools() - 1,
                ..env(|home, _| append(home, "ZOOM_POLICY_FILE='policy.json\n"), &[".env, line "])
            },
        ),
        #[cfg(unix)]
        (
            "a pipe in the place of the .env",
            Wrong {
                fix: |home, env| {
                    fs::remove_file(home.env_path()).unwrap();
                    home.write_env(env);
                },
                ..env(
                    |home, _| {
                        fs::remove_file(home.env_path()).unwrap();
                        make_pipe(&home.env_path());
                    },
                    &["cannot read", ".env", "not a regular file"],
                )
            },
        ),
    ]
}

/// Possible faults of a policy.
fn of_policy() -> Vec<(&'static str, Wrong)> {
    let policy = |arguments, harm, says| Wrong {
        arguments,
        harm,
        fix: |home, _| write_policy(home, HIDES),
        says,
        tools: all_tools() - 1,
    };
    vec![
        ("no policy file", policy(&["--policy", "policy.json"], |_, _| {}, &["cannot read", "policy.json"])),
        (
            "no policy file that the .env names",
            Wrong {
                fix: |home, _| write_policy(home, HIDES),
                ..policy(
                    &[],
                    |home, _| append(home, "ZOOM_POLICY_FILE=policy.json\n"),
                    &["cannot read", "policy.json"],
                )
            },
        ),
        (
            "no policy file that the environment names",
            policy(
                &[],
                |home, _| {
                    home.set("ZOOM_POLICY_FILE", "policy.json");
                },
                &["cannot read", "policy.json"],
            ),
        ),
        (
            "an invalid policy",
            policy(
                &["--policy", "policy.json"],
                |home, _| write_policy(home, TWO_FAULTS),
                &["version: ", "hide[0]: unknown tool \"delete_meetings\"", "zoomtok policy check"],
            ),
        ),
        (
            "half a policy",
            policy(
                &["--policy", "policy.json"],
                |home, _| write_policy(home, &ALLOW[..20]),
                &["policy.json", "not JSON"],
            ),
        ),
        (
            "a policy that is a directory",
            Wrong {
                fix: |home, _| {
                    fs::remove_dir(home.work().join("policy.json")).unwrap();
                    write_policy(home, HIDES);
                },
                ..policy(
                    &["--policy", "policy.json"],
                    |home, _| fs::create_dir(home.work().join("policy.json")).unwrap(),
                    &["cannot read", "directory"],
                )
            },
        ),
        #[cfg(unix)]
        (
            "a pipe in the place of the policy",
            Wrong {
                fix: |home, _| write_policy(home, HIDES),
                ..policy(
                    &["--policy", "policy.json"],
                    |home, _| make_pipe(&home.work().join("policy.json")),
                    &["cannot read", "policy.json", "not a regular file"],
                )
            },
        ),
    ]
}

#[cfg(unix)]
fn make_pipe(path: &std::path::Path) {
    crate::support::make_pipe(path);
}

fn in_order(sandbox: &Sandbox) -> Home {
    Home::with_token(sandbox, 3000)
}

#[test]
fn each_call_reports_what_was_wrong_at_startup_until_it_is_fixed() {
    each(&of_env().into_iter().chain(of_policy()).collect::<Vec<_>>(), |row| {
        let sandbox = sandbox();
        let mut home = in_order(&sandbox);
        let env = home.env_text();
        (row.harm)(&mut home, &env);
        let mut session = Session::start(&home, row.arguments);
        assert_eq!(session.tools().len(), all_tools());
        for tool in ["list_meetings", "zoom_refresh_token"] {
            session.call(tool, json!({})).fails(row.says);
        }
        assert_eq!(sandbox.requests().len(), 0, "it asks nobody");
        (row.fix)(&home, &env);
        session.call("list_meetings", json!({})).ok();
        assert_eq!(session.tools().len(), row.tools);
        assert_eq!(
            session.call("delete_meeting", json!({"meeting_id": "1"})).is_denied(),
            row.tools < all_tools()
        );
        session.leave().expect(0);
    });
}

#[test]
fn without_the_policy_that_is_named_no_tool_can_be_called() {
    let sandbox = sandbox();
    let home = in_order(&sandbox);
    let mut session = Session::start(&home, &["--policy", "policy.json"]);
    for tool in session.tools() {
        let refused = session.call(&tool, json!({})).fails(&["cannot read", "policy.json"]);
        assert!(refused.text.starts_with(&format!("{tool} was not called")), "{}", refused.text);
    }
    assert_eq!(sandbox.requests().len(), 0);
    // Said once, however often it is called.
    assert_eq!(session.stderr().matches("no tool can be called until this is fixed").count(), 1);
    // A client that only waits learns of it too.
    write_policy(&home, HIDES);
    session.notification("notifications/tools/list_changed");
    assert_eq!(session.tools().len(), all_tools() - 1);
    session.wait_for(" (--policy)\n");
}

/// A setting that cannot be changed while it runs.
#[cfg(unix)]
#[test]
fn a_variable_that_is_not_text_is_reported_too() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt as _;
    let sandbox = sandbox();
    let home = in_order(&sandbox);
    let mut command = home.command(["mcp"]);
    command.env("ZOOM_POLICY_FILE", OsStr::from_bytes(b"\xff.json"));
    let mut session = Session::of(command);
    session.greet("2025-11-25");
    session.call("list_meetings", json!({})).fails(&["ZOOM_POLICY_FILE", "is not UTF-8"]);
    session.leave().expect(0);
}

#[test]
fn a_proxy_that_cannot_be_used_is_said() {
    let sandbox = sandbox();
    let mut home = in_order(&sandbox);
    home.set("HTTPS_PROXY", "'http://proxy.example:8080'").set("ZOOM_API_URL", "https://127.0.0.1:1/v2");
    let mut session = Session::start(&home, &[]);
    assert_eq!(session.tools().len(), all_tools());
    session.call("list_meetings", json!({})).fails(&["HTTPS_PROXY"]);
    session.leave().expect(0);
}

#[cfg(unix)]
#[test]
fn a_removed_current_directory_is_reported_unless_none_is_needed() {
    let sandbox = sandbox();
    let home = in_order(&sandbox);
    let start = |arguments: &[&str]| {
        let program = home.command([&["mcp"], arguments].concat());
        let mut shell = std::process::Command::new("sh");
        shell.args(["-c", "mkdir gone && cd gone && rmdir ../gone && exec \"$0\" \"$@\""]);
        shell.arg(program.get_program()).args(program.get_args()).current_dir(home.work()).env_clear();
        shell.envs(program.get_envs().filter_map(|(name, value)| Some((name, value?))));
        let mut session = Session::of({
            shell.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped());
            shell
        });
        session.greet("2025-11-25");
        session
    };
    let mut session = start(&[]);
    assert_eq!(session.tools().len(), all_tools());
    session.call("list_meetings", json!({})).fails(&["current directory", "start the server again"]);
    session.leave().expect(0);
    let env = home.env_path();
    let mut session = start(&["--env-file", env.to_str().unwrap()]);
    session.call("list_meetings", json!({})).ok();
    session.leave().expect(0);
}

#[test]
fn a_state_directory_that_cannot_be_used_stops_only_what_has_to_be_counted() {
    let sandbox = sandbox();
    let mut home = in_order(&sandbox);
    fs::write(home.work().join("file"), "").unwrap();
    let state = home.work().join("file").display().to_string();
    home.set("XDG_STATE_HOME", &state);
    let mut session = Session::start(&home, &[]);
    session.call("zoom_refresh_token", json!({})).fails(&["[POLICY DENIED]", "cannot be counted"]);
    session.call("list_meetings", json!({})).ok();
    session.leave().expect(0);
}

#[test]
fn the_policy_in_force_and_who_names_it_are_said_at_each_start_and_in_the_status() {
    let sandbox = sandbox();
    let mut home = in_order(&sandbox);
    write_policy(&home, ALLOW);
    let file = fs::canonicalize(home.work()).unwrap().join("policy.json").display().to_string();
    let env = home.env_text();
    let line = env.lines().count() + 1;
    let start = |home: &Home, arguments: &[&str], says: &str| {
        let mut session = Session::start(home, arguments);
        let status = session.call("zoom_token_status", json!({})).ok().value["policy"].clone();
        let stderr = session.leave().expect(0).stderr;
        let first = stderr.lines().next().unwrap_or_default();
        assert!(first.starts_with("📋 Policy: ") && first.ends_with(says), "{stderr}");
        status
    };
    let built_in = "none is named; every tool may be called, zoom_refresh_token 10 times a minute";
    assert_eq!(start(&home, &[], built_in), json!({"source": "built-in"}));
    home.write_env(&format!("{env}ZOOM_POLICY_FILE=policy.json\n"));
    let status = start(&home, &[], &format!(".env, line {line})"));
    assert!(status["source"].as_str().unwrap().starts_with("ZOOM_POLICY_FILE, "), "{status}");
    home.set("ZOOM_POLICY_FILE", "policy.json");
    let named = "ZOOM_POLICY_FILE, set in the environment";
    let status = start(&home, &["--no-watch"], &format!("policy.json ({named})"));
    assert_eq!(status["source"], named);
    let status = start(&home, &["--policy", "policy.json"], "policy.json (--policy)");
    assert_eq!(status["source"], "--policy");
    assert!(status["file"] == json!(file) || status["file"].as_str().unwrap().ends_with("policy.json"));
}

#[test]
fn wrong_flags_are_a_usage_error() {
    for arguments in [&["--nonsense"][..], &["--policy"], &["--watch", "--no-watch"]] {
        let ended = Home::empty().run([&["mcp"], arguments].concat()).expect(2);
        assert_eq!(ended.stdout, "");
    }
}
