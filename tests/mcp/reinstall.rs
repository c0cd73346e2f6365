//! `zoomtok mcp --install` where there is a server already, or an environment that clients do not hand on.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::mcp::install::{home, home_with, install, path_in, server};
use crate::support::{Ended, Home};

/// The server of zoomtok's own that an earlier installation, and its user, have left.
fn own(args: &[&str], env: &Value) -> String {
    let zoom = json!({"disabled": false, "command": "/old/zoomtok", "args": args, "env": env});
    serde_json::to_string_pretty(&json!({"mcpServers": {"zoom": zoom}})).unwrap()
}

/// Installs, and sees that these warnings are given.
#[track_caller]
fn warned(home: &Home, parts: &[&str]) -> Ended {
    let ended = install(home, &[], 0);
    for part in parts {
        assert!(ended.stderr.contains(part), "{part}: {}", ended.stderr);
    }
    ended
}

#[track_caller]
fn installed(home: &Home) -> Value {
    serde_json::from_str::<Value>(&home.config()).unwrap()["mcpServers"]["zoom"].clone()
}

#[test]
fn an_installed_policy_stays_unless_another_is_named() {
    let policy = r#"{ "version": "1", "default": "deny" }"#;
    let home = home();
    for name in ["policy.json", "other.json"] {
        fs::write(home.work().join(name), policy).unwrap();
    }
    install(&home, &["--policy", "policy.json"], 0);
    let (path, other) = (home.work().join("policy.json"), home.work().join("other.json"));
    let args = |home: &Home| server(home, "zoom").1;
    let with_policy = args(&home);
    assert_eq!(with_policy[3], "--policy");
    // A plain installation keeps it.
    let before = home.config();
    assert!(install(&home, &[], 0).stdout.starts_with("✅ Nothing to do"));
    assert_eq!(home.config(), before);
    // One of something else says that it stays.
    let stdout = install(&home, &["--no-watch"], 0).stdout;
    assert_eq!(args(&home), [&with_policy[..], &["--no-watch".to_owned()]].concat());
    assert!(stdout.contains("🔄 --no-watch: added\n"), "{stdout}");
    assert!(stdout.contains("📋 Kept: --env-file ") && stdout.contains("; --policy "), "{stdout}");
    // Another one takes its place, and that is said.
    let stdout = install(&home, &["--policy", "other.json"], 0).stdout;
    let change = stdout.lines().find(|line| line.starts_with("🔄 --policy: ")).unwrap();
    assert!(change.contains(" → ") && change.ends_with("other.json"), "{stdout}");
    assert!(args(&home)[4].ends_with("other.json") && args(&home).contains(&"--no-watch".to_owned()));
    // One that is not valid any more is kept, and said.
    fs::write(&other, r#"{ "version": "1", "default": "perhaps" }"#).unwrap();
    warned(&home, &["the policy that the server keeps", "other.json", "default: must be"]);
    assert!(path.exists(), "{}", path.display());
}

#[test]
fn the_env_file_the_variables_and_all_else_of_an_own_server_stay() {
    let home = home_with("");
    let there = home.work().join("there.env");
    fs::write(&there, "").unwrap();
    let there = there.to_str().unwrap().to_owned();
    let env = json!({"LANG": "canary", "XDG_STATE_HOME": "/old"});
    fs::write(home.config_path(), own(&["mcp", "--env-file", &there, "-q"], &env)).unwrap();
    // One that was only found does not take its place.
    let ended = warned(&home, &["goes on reading", "there.env", "--env-file"]);
    let now = installed(&home);
    assert_eq!(now["args"], json!(["mcp", "--env-file", there, "-q"]));
    assert_eq!(now["env"], json!({"LANG": "canary", "XDG_STATE_HOME": home.state()}));
    assert_eq!(now["disabled"], false);
    assert_ne!(now["command"], "/old/zoomtok");
    assert!(ended.stdout.contains("its variables LANG"), "{}", ended.stdout);
    assert!(ended.stdout.contains("🔌 From this shell") && ended.stdout.contains("XDG_STATE_HOME"));
    // One that is named does.
    let stdout = install(&home, &["--env-file", ".env"], 0).stdout;
    assert!(stdout.contains("🔄 --env-file: "), "{stdout}");
    assert_eq!(path_in(&home, installed(&home)["args"][2].as_str().unwrap()), ".env");
}

#[test]
fn variables_that_a_client_does_not_pass_on_are_written_and_reported() {
    let mut home = home();
    home.set("HTTPS_PROXY", "http://proxy.example:3128").set("ZOOM_API_URL", "https://api.zoomgov.com/v2");
    home.set("ALL_PROXY", "http://me:canary-password@proxy.example:3128");
    home.set("ZOOM_CLIENT_SECRET", "canary-of-the-shell");
    let ended = warned(&home, &["ALL_PROXY has a password", "only this shell has ZOOM_CLIENT_SECRET"]);
    let expected = json!({
        "HTTPS_PROXY": "http://proxy.example:3128",
        "XDG_STATE_HOME": home.state(),
        "ZOOM_API_URL": "https://api.zoomgov.com/v2",
    });
    assert_eq!(installed(&home)["env"], expected);
    assert!(
        ended.stdout.contains("since Claude does not hand it on: HTTPS_PROXY, XDG_STATE_HOME, ZOOM_API_URL"),
        "{}",
        ended.stdout
    );
    // A later one refreshes what is set, and keeps what is not.
    home.set("HTTPS_PROXY", "http://other.example:3128").set("ZOOM_API_URL", "");
    install(&home, &[], 0);
    let env = &installed(&home)["env"];
    assert_eq!(env["HTTPS_PROXY"], "http://other.example:3128");
    assert_eq!(env["ZOOM_API_URL"], "https://api.zoomgov.com/v2");
    // A value that no server would start with is not written.
    home.set("ZOOM_API_URL", "http://api.example");
    let before = home.config();
    install(&home, &[], 2).says(&["ZOOM_API_URL"]);
    assert_eq!(home.config(), before);
}

#[test]
fn an_unusual_state_directory_is_reported() {
    let mut home = home_with("");
    let env_file = home.env_path().to_str().unwrap().to_owned();
    let program = env!("CARGO_BIN_EXE_zoomtok");
    let there = |env: Value| {
        json!({"mcpServers": {"zoom": {"command": program, "args": ["mcp", "--env-file", env_file], "env": env}}})
            .to_string()
    };
    home.set("HTTPS_PROXY", "http://127.0.0.1:9");
    let elsewhere = if cfg!(windows) { r"C:\elsewhere" } else { "/elsewhere" };
    fs::write(home.config_path(), there(json!({"XDG_STATE_HOME": elsewhere}))).unwrap();
    let report = home.run(["doctor"]).stdout;
    let state = Path::new(elsewhere).join("zoomtok");
    let expected = format!("keeps its state in {}, and zoomtok here in", state.display());
    assert!(report.contains(&expected), "{report}");
    assert!(report.contains("mcpServers.zoom does not have HTTPS_PROXY as this shell has it"), "{report}");
    install(&home, &[], 0);
    let report = home.run(["doctor"]).stdout;
    assert!(
        !report.contains("keeps its state in") && !report.contains("does not have HTTPS_PROXY"),
        "{report}"
    );
}

#[test]
fn only_what_would_serve_is_taken_for_zoomtoks_own() {
    let home = home_with("");
    for (command, args, is_own) in [
        ("zoomtok", &["mcp"][..], true),
        ("cmd", &["/c", "zoomtok", "mcp"], true),
        ("/usr/bin/env", &["A=canary", "zoomtok", "mcp"], true),
        ("zoomtok", &["exec", "--", "npx", "server", "mcp"], false),
        ("zoomtok", &["mcp", "--install"], false),
        ("npx", &["zoomtok", "mcp"], false),
    ] {
        let server = json!({"command": command, "args": args});
        fs::write(home.config_path(), json!({"mcpServers": {"zoom": server}}).to_string()).unwrap();
        let stdout = install(&home, &["--dry-run"], 0).stdout;
        assert_eq!(stdout.contains("In place of"), !is_own, "{args:?}: {stdout}");
    }
}

#[test]
fn a_server_of_a_like_name_is_named() {
    let home = home_with(r#"{"mcpServers": {"Zoom": {"command": "node"}}}"#);
    warned(&home, &["there is a server Zoom too", "CLAUDE_MCP_SERVER_NAME"]);
}
