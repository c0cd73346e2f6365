//! A `.env` that was found and not named says who you are, and not what runs, where is written, or where exported
//! credentials go.

use std::fs;
use std::path::Path;

use serde_json::json;
use zoomtok::sandbox::{ACCOUNT_ID, CLIENT_ID, CLIENT_SECRET, Sandbox};

use crate::support::mcp_session::Session;
use crate::support::{Home, names, sandbox};

fn valid(sandbox: &Sandbox) -> String {
    format!("ZOOM_ACCESS_TOKEN={}\n", sandbox.mint(3000))
}

/// The arguments of a command, with the `.env` named.
fn named<'a>(home: &Home, arguments: &[&'a str]) -> Vec<String> {
    let mut all: Vec<String> = arguments.iter().map(|argument: &&'a str| (*argument).to_owned()).collect();
    all.extend(["--env-file".to_owned(), home.env_path().to_str().unwrap().to_owned()]);
    all
}

#[test]
fn only_a_named_env_chooses_where_the_log_is_written() {
    let home = Home::empty();
    let outside = home.work().parent().unwrap().join("bashrc");
    home.write_env(&format!("ZOOM_CHECK_LOGFILE='{}'\n", outside.display()));
    home.run(["check", "-v"]).expect(1).says(&[
        "ZOOM_CHECK_LOGFILE (",
        ".env, line 1) does not count, since that .env was found and not named",
        "--env-file",
    ]);
    assert!(!outside.exists() && home.work().join("logs/zoom_token.log").exists());
    home.run(["check"]).expect(1).quietly();
    home.run(named(&home, &["check", "-v"])).expect(1).quietly();
    assert!(outside.exists());
}

#[test]
fn only_a_named_env_chooses_which_configuration_is_updated() {
    let sandbox = sandbox();
    let mut home = Home::empty();
    let outside = home.work().parent().unwrap().join("claude_desktop_config.json");
    fs::write(&outside, r#"{"mcpServers": {"zoom": {"command": "x"}}}"#).unwrap();
    home.write_env(&format!("{}CLAUDE_CONFIG_FILE='{}'\n", valid(&sandbox), outside.display()));
    let ended = home.run(["update-claude"]).expect(3);
    assert!(ended.stderr.contains("CLAUDE_CONFIG_FILE (") && ended.stderr.contains("does not count"));
    assert!(!fs::read_to_string(&outside).unwrap().contains("ZOOM_ACCESS_TOKEN"));
    let update = named(&home, &["update-claude"]);
    home.run(&update).expect(0).quietly();
    assert!(fs::read_to_string(&outside).unwrap().contains("ZOOM_ACCESS_TOKEN"));
    home.set("CLAUDE_CONFIG_FILE", outside.to_str().unwrap());
    home.run(["update-claude"]).expect(0).quietly();
}

#[cfg(unix)]
#[test]
fn no_command_from_a_found_env_is_run() {
    let mut home = Home::empty();
    let (script, made) = (home.work().join("script"), home.work().join("made"));
    fs::write(&script, format!(": > '{}'\nexit 1\n", made.display())).unwrap();
    home.set("CLAUDE_APP_NAME", home.work().join("no-app").to_str().unwrap());
    home.write_env(&format!("CLAUDE_APP_COMMAND=\"sh '{}'\"\n", script.display()));
    let ended = home.run(["restart-claude", "--app-only"]).expect(8);
    assert!(ended.stderr.contains("CLAUDE_APP_COMMAND (") && ended.stderr.contains("does not count"));
    assert!(!made.exists());
    let ended = home.run(named(&home, &["restart-claude", "--app-only"])).expect(8);
    assert!(!ended.stderr.contains("does not count") && made.exists(), "{}", ended.stderr);
}

#[test]
fn exported_credentials_go_to_no_address_from_a_found_env() {
    let (theirs, mine) = (sandbox(), sandbox());
    let addresses = |sandbox: &Sandbox| {
        format!("ZOOM_OAUTH_URL={}\nZOOM_API_URL={}\n", sandbox.oauth_url(), sandbox.api_url())
    };
    let mut home = Home::with_env(&addresses(&theirs));
    home.set("ZOOM_CLIENT_ID", CLIENT_ID).set("ZOOM_CLIENT_SECRET", CLIENT_SECRET);
    home.set("ZOOM_ACCOUNT_ID", ACCOUNT_ID);
    // Zoom itself is not asked here: nothing leads there.
    home.set("HTTPS_PROXY", "http://127.0.0.1:1");
    let ended = home.run(["get"]).expect(5);
    assert!(ended.stderr.contains("does not count for the exported ZOOM_CLIENT_ID"), "{}", ended.stderr);
    assert!(theirs.token_requests().is_empty());
    // A file that is named is meant, and so is an exported address.
    home.run(named(&home, &["get"])).expect(0);
    assert_eq!(theirs.token_requests().len(), 1);
    home.set("ZOOM_OAUTH_URL", &mine.oauth_url());
    home.run(["get", "-f"]).expect(0).quietly();
    assert_eq!((theirs.token_requests().len(), mine.token_requests().len()), (1, 1));
}

#[test]
fn an_exported_token_goes_to_no_address_from_a_found_env() {
    let theirs = sandbox();
    let mut home = Home::with_env(&format!("ZOOM_API_URL={}\n", theirs.api_url()));
    home.set("ZOOM_ACCESS_TOKEN", &theirs.mint(3000)).set("HTTPS_PROXY", "http://127.0.0.1:1");
    for command in ["check", "get"] {
        let ended = home.run([command, "--live"]).expect(5);
        assert!(
            ended.stderr.contains("does not count for the exported ZOOM_ACCESS_TOKEN"),
            "{}",
            ended.stderr
        );
    }
    assert!(theirs.requests().is_empty());
    home.run(named(&home, &["check", "--live"])).expect(0).quietly();
}

#[cfg(unix)]
#[test]
fn a_found_env_that_others_can_write_is_refused_with_the_way_to_name_it() {
    use std::os::unix::fs::PermissionsExt as _;
    let sandbox = sandbox();
    let home = Home::of(&sandbox, &valid(&sandbox));
    fs::set_permissions(home.env_path(), fs::Permissions::from_mode(0o666)).unwrap();
    let path = home.env_path().canonicalize().unwrap();
    let hint = format!("If you trust it, name it: --env-file {}", path.display());
    for command in
        [&["check"][..], &["get"], &["exec", "--", "true"], &["watch", "--once"], &["update-claude"]]
    {
        home.run(command).expect(3).says(&["can be written by everybody (mode 666)", &hint]);
    }
    home.run(["doctor"]).expect(3);
    home.run(named(&home, &["check"])).expect(0).quietly();
    // In zoomtok's own configuration directory nobody else is at home.
    let configured = home.work().parent().unwrap().join("config/zoomtok");
    fs::create_dir_all(&configured).unwrap();
    fs::rename(home.env_path(), configured.join(".env")).unwrap();
    home.run(["check"]).expect(0).quietly();
    let ended = home.run(["doctor", "--json"]).quietly();
    assert!(ended.stdout.contains("the one in zoomtok's configuration directory"), "{}", ended.stdout);
}

#[cfg(unix)]
#[test]
fn a_found_env_of_another_user_is_refused() {
    use std::os::unix::fs::{chown, lchown, symlink};
    crate::support::needs::needs!(Root);
    let sandbox = sandbox();
    let home = Home::of(&sandbox, &valid(&sandbox));
    chown(home.env_path(), Some(1234), None).unwrap();
    home.run(["check"]).expect(3).says(&["belongs to another user (uid 1234)", "--env-file"]);
    home.run(named(&home, &["check"])).expect(0).quietly();
    chown(home.env_path(), Some(0), None).unwrap();
    home.run(["check"]).expect(0).quietly();
    // Whoever lays a link says what is read.
    fs::rename(home.env_path(), home.work().join("mine.env")).unwrap();
    symlink("mine.env", home.env_path()).unwrap();
    home.run(["check"]).expect(0).quietly();
    lchown(home.env_path(), Some(1234), None).unwrap();
    home.run(["check"]).expect(3).says(&["belongs to another user"]);
}

/// Not on Windows, where the home of a user is not the one that a variable names.
#[cfg(unix)]
#[test]
fn a_path_that_no_shell_has_expanded_is() {
    let sandbox = sandbox();
    let mut home = Home::of(&sandbox, &valid(&sandbox));
    let root = home.work().parent().unwrap().to_owned();
    home.run(["check", "--env-file", "~/work/.env"]).expect(0).quietly();
    home.run(["check", "--env-file", "~me/work/.env"]).expect(2);
    fs::rename(home.env_path(), home.work().join("other.env")).unwrap();
    home.is_for_secrets(&home.work().join("other.env"));
    home.set("ZOOM_ENV_FILE", "~/work/other.env").set("ZOOM_CHECK_LOGFILE", "~/mine.log");
    home.run(["check", "-v"]).expect(0).quietly();
    assert!(root.join("mine.log").exists());
    home.set("ZOOM_CHECK_LOGFILE", "~me/mine.log");
    home.run(["check", "-v"]).expect(2).says(&["ZOOM_CHECK_LOGFILE (", "only ~/ is expanded"]);
    let tilde = |path: &Path| names(path).iter().any(|name| name.starts_with('~'));
    assert!(!tilde(&home.work()) && !tilde(&root));
}

#[test]
fn a_name_like_a_settings_is_reported_at_startup_and_not_to_scripts() {
    let sandbox = sandbox();
    let mut home =
        Home::of(&sandbox, &format!("{}ZOOM_TOKEN_TRESHOLD=90\nZOOM_SDK_KEY=x\n", valid(&sandbox)));
    home.set("ZOOM_POLICY", "/somewhere").set("CLAUDE_CONFIG_FILE", "/nowhere/x.json");
    for quiet in [&["check"][..], &["get"], &["exec", "--", "true"]] {
        if !(cfg!(windows) && quiet[0] == "exec") {
            home.run(quiet).expect(0).quietly();
        }
    }
    for (command, code) in [
        (&["watch", "--once", "--no-claude"][..], 0),
        (&["mcp"], 0),
        (&["mcp", "--install"], 3),
        (&["update-claude"], 3),
    ] {
        let ended = home.run(command).expect(code);
        for message in [
            "ZOOM_POLICY (set in the environment) is no setting of zoomtok's. If ZOOM_POLICY_FILE is meant",
            "ZOOM_TOKEN_TRESHOLD (in ",
        ] {
            assert!(ended.stderr.contains(message), "{command:?}: {}", ended.stderr);
        }
        assert!(!ended.stderr.contains("ZOOM_SDK_KEY"), "{}", ended.stderr);
    }
    let ended = home.run(["doctor"]);
    assert!(ended.stdout.contains("⚠️  ZOOM_POLICY (set in the environment)"), "{}", ended.stdout);
}

#[test]
fn an_empty_policy_name_is_reported_and_a_found_env_names_none_outside_its_directory() {
    let sandbox = sandbox();
    let mut home = Home::of(&sandbox, "ZOOM_POLICY_FILE=\n");
    let ended = home.run(["mcp"]).expect(0);
    assert!(ended.stderr.contains("ZOOM_POLICY_FILE (in "), "{}", ended.stderr);
    assert!(ended.stderr.contains("is empty: the server allows every tool"), "{}", ended.stderr);
    home.set("ZOOM_POLICY_FILE", "");
    assert!(
        home.run(["mcp"]).expect(0).stderr.contains("ZOOM_POLICY_FILE (set in the environment) is empty")
    );
    let policy = home.work().parent().unwrap().join("policy.json");
    fs::write(&policy, r#"{"version": "1", "default": "deny", "tools": {}}"#).unwrap();
    home.write_env(&format!("ZOOM_POLICY_FILE='{}'\n", policy.display()));
    let problem = "names a policy outside of the directory of its .env";
    let ended = home.run(["mcp", "--install"]).expect(2);
    assert!(ended.stderr.contains(problem), "{}", ended.stderr);
    let mut session = Session::of(home.command(["mcp"]));
    session.greet("2025-11-25");
    session.call("list_meetings", json!({})).fails(&[problem]);
    session.close();
    assert!(sandbox.requests().is_empty());
    let ended = home.run(["doctor"]).expect(2);
    assert!(ended.stdout.contains("❌ ZOOM_POLICY_FILE ("), "{}", ended.stdout);
}
