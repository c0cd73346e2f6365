//! `zoomtok client`: zoomtok in the configurations of several clients.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::support::canaries::Shows;
use crate::support::{Ended, Home};

/// A home in which these configurations are, by their paths below it.
pub(crate) fn home(files: &[(&str, &str)]) -> Home {
    let home = Home::with_env("ZOOM_ACCESS_TOKEN=canary-of-env\n");
    for (name, text) in files {
        let path = at(&home, name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        home.is_for_secrets(&path);
    }
    home
}

/// A path below the home directory.
pub(crate) fn at(home: &Home, name: &str) -> PathBuf {
    home.work().parent().unwrap().join(name)
}

pub(crate) fn text(home: &Home, name: &str) -> String {
    fs::read_to_string(at(home, name)).unwrap()
}

/// Runs `client` and makes sure that nothing secret is in what it says.
#[track_caller]
pub(crate) fn client(home: &Home, arguments: &[&str], code: i32) -> Ended {
    let ended = home.run([&["client"], arguments].concat()).expect(code);
    let said = format!("{}{}", ended.stdout, ended.stderr);
    assert!(!said.contains("canary"), "{said}");
    ended
}

const CURSOR: &str = ".cursor/mcp.json";
const CLAUDE_CODE: &str = ".claude.json";
const VS_CODE: &str = "config/Code/User/mcp.json";

/// Files as people have them.
const OTHERS: &str = "{\n\t// mine\n\t\"servers\": {\n\t\t\"files\": {\"command\": \"npx\", \"env\": {\"T\": \
                      \"canary\"}}, // f\n\t},\n}\n";
const STATE: &str = r#"{"numStartups":3,"mcpServers":{},"oauthAccount":{"token":"canary"}}"#;

fn listed(home: &Home) -> Vec<Value> {
    let list: Value = serde_json::from_str(&client(home, &["list", "--json"], 0).stdout).unwrap();
    assert_eq!(list["version"], 1);
    list["clients"].as_array().unwrap().clone()
}

fn row<'v>(rows: &'v [Value], id: &str) -> &'v Value {
    rows.iter().find(|row| row["id"] == id).unwrap()
}

#[cfg(target_os = "linux")]
#[test]
fn it_is_put_into_all_that_are_there_and_taken_out_again() {
    let home = home(&[(VS_CODE, OTHERS), (CLAUDE_CODE, STATE)]);
    fs::create_dir(at(&home, ".cursor")).unwrap();
    let rows = listed(&home);
    let found: Vec<&str> =
        rows.iter().filter(|row| row["found"] == true).map(|row| row["id"].as_str().unwrap()).collect();
    assert_eq!(found, ["claude-code", "cursor", "vs-code"]);
    assert_eq!(row(&rows, "cursor")["exists"], false);
    assert_eq!(row(&rows, "vs-code")["servers"], json!([]));

    let before = client(&home, &["install", "--all", "--dry-run"], 0).stdout;
    assert!(
        before.contains("Cursor: mcpServers.zoom would be added") && before.contains("\"args\":[\"mcp\"")
    );
    assert_eq!((text(&home, VS_CODE).as_str(), at(&home, CURSOR).exists()), (OTHERS, false));

    let said = client(&home, &["install", "--all"], 0).stdout;
    for part in ["✅ Claude Code: mcpServers.zoom added", "✅ VS Code: servers.zoom added", "👉 "] {
        assert!(said.contains(part), "{part}: {said}");
    }
    let cursor: Value = serde_json::from_str(&text(&home, CURSOR)).unwrap();
    let entry = &cursor["mcpServers"]["zoom"];
    assert!(Path::new(entry["command"].as_str().unwrap()).is_absolute());
    assert_eq!(entry["args"], json!(["mcp", "--env-file", home.env_path()]));
    assert_eq!(entry["env"], json!({"XDG_STATE_HOME": home.state()}));
    let state: Value = serde_json::from_str(&text(&home, CLAUDE_CODE)).unwrap();
    assert_eq!(state["mcpServers"]["zoom"]["type"], "stdio");
    assert_eq!(state["oauthAccount"]["token"], "canary");
    assert!(text(&home, VS_CODE).starts_with(OTHERS.split("\n\t}").next().unwrap()));
    assert_eq!(row(&listed(&home), "vs-code")["servers"], json!([{"name": "zoom", "kind": "mcp"}]));
    let again = client(&home, &["install", "--all"], 0).stdout;
    assert_eq!(again.matches("nothing to do").count(), 3, "{again}");

    let said = client(&home, &["uninstall", "--all"], 0).stdout;
    assert_eq!(said.matches("is gone").count(), 3, "{said}");
    assert_eq!(text(&home, VS_CODE), OTHERS);
    assert_eq!(text(&home, CLAUDE_CODE), STATE);
    assert_eq!(client(&home, &["uninstall", "--all"], 0).stdout.matches("there is no").count(), 3);
}

#[cfg(target_os = "linux")]
#[test]
fn a_person_reads_which_clients_are_there_and_what_they_have() {
    let home = home(&[(CLAUDE_CODE, STATE), (CURSOR, "{}"), (VS_CODE, "{\"canary\"")]);
    fs::create_dir_all(at(&home, ".codeium/windsurf")).unwrap();
    client(&home, &["install", "cursor"], 0);
    client(&home, &["install", "cursor", "--url", "zoom/chat"], 0);
    let ended = client(&home, &["list"], 3);
    let line = |id: &str| ended.stdout.lines().find(|line| line.contains(&format!(" {id}: "))).unwrap();
    let file = |name: &str| at(&home, name).display().to_string();
    assert!(
        line("cursor").starts_with(&format!(
            "✅ cursor: Cursor, zoom (mcp), zoom-chat (gateway): {} (checked ",
            file(CURSOR)
        )),
        "{}",
        line("cursor")
    );
    let code = format!("🔍 claude-code: Claude Code, no zoomtok: {} (checked ", file(CLAUDE_CODE));
    assert!(line("claude-code").starts_with(&code), "{}", line("claude-code"));
    assert!(line("windsurf").contains("mcp_config.json, which does not exist yet (checked "));
    // One that cannot be read is said, with an exit code of its own, and hides none of the others.
    assert!(ended.stderr.contains("Code/User/mcp.json") && ended.stderr.contains("JSON"), "{}", ended.stderr);
    let last: Vec<&str> = ended.stdout.lines().rev().take(2).collect();
    assert!(last[1].starts_with("Not found: ") && last[1].contains("zed") && !last[1].contains("cursor"));
    assert!(last[0].starts_with("Only printed (zoomtok client print): ") && last[0].contains("goose"));
}

#[test]
fn another_install_says_what_it_changes_and_what_it_takes_the_place_of() {
    let other = r#"{"mcpServers": {"zoom": {"command": "node", "env": {"T": "canary"}}}}"#;
    let mut home = home(&[(CURSOR, other)]);
    let said = client(&home, &["install", "cursor"], 0).stdout;
    for part in ["mcpServers.zoom put in place of node", "It may hold a token or a secret of that server"] {
        assert!(said.contains(part), "{part}: {said}");
    }
    home.set("HTTPS_PROXY", "http://proxy.example:3128");
    let said = client(&home, &["install", "cursor", "--dry-run"], 0).stdout;
    assert!(
        said.contains("mcpServers.zoom would be updated")
            && said.contains("   📋 Would be kept: --env-file "),
        "{said}"
    );
    let said = client(&home, &["install", "cursor"], 0).stdout;
    assert!(said.contains("mcpServers.zoom updated") && said.contains("   📋 Kept: "), "{said}");
    assert!(text(&home, CURSOR).contains("proxy.example"));
}

#[test]
fn one_failure_does_not_stop_the_others_and_its_code_is_given() {
    let home = home(&[(CLAUDE_CODE, "{\"mcpServers\": \"canary\"}"), (CURSOR, "{}")]);
    let ended = client(&home, &["install", "claude-code", "windsurf", "goose", "cursor"], 3);
    for part in
        ["mcpServers is not an object", "Windsurf's configuration does not exist", "client print goose"]
    {
        assert!(ended.stderr.contains(part), "{part}: {}", ended.stderr);
    }
    assert!(
        ended.stdout.contains("✅ Cursor") && text(&home, CURSOR).contains("\"mcp\""),
        "{}",
        ended.stdout
    );
    assert_eq!(text(&home, CLAUDE_CODE), "{\"mcpServers\": \"canary\"}");
    // A client's own state is never made.
    fs::remove_file(at(&home, CLAUDE_CODE)).unwrap();
    let ended = client(&home, &["install", "claude-code"], 3);
    assert!(ended.stderr.contains("Start Claude Code once"), "{}", ended.stderr);
    assert!(!at(&home, CLAUDE_CODE).exists());
    let none = Home::empty();
    assert!(client(&none, &["install", "--all"], 3).stderr.contains("none of the clients"));
    client(&home, &["install"], 2);
    client(&home, &["install", "curser"], 2);
}

#[cfg(unix)]
#[test]
fn an_unwritable_configuration_is_reported_and_the_others_are_written() {
    use crate::support::processes::bound;
    use crate::support::{ended, set_mode};
    let home = home(&[(CURSOR, "{}"), (".codeium/windsurf/mcp_config.json", "{}")]);
    let directory = at(&home, ".codeium/windsurf");
    // Root could write anywhere.
    let mut installing = bound(&home, &["client", "install", "cursor", "windsurf"]);
    set_mode(&directory, 0o500);
    let ended = ended(installing.output().unwrap()).expect(6);
    set_mode(&directory, 0o700);
    assert_eq!(text(&home, ".codeium/windsurf/mcp_config.json"), "{}");
    assert!(ended.stderr.contains("mcp_config.json"), "{}", ended.stderr);
    assert!(ended.stdout.contains("✅ Cursor"), "{}", ended.stdout);
}

#[cfg(unix)]
#[test]
fn a_link_stays_a_link() {
    let home = home(&[("dotfiles/cursor.json", "{\"mcpServers\": {}}\n")]);
    fs::create_dir(at(&home, ".cursor")).unwrap();
    std::os::unix::fs::symlink("../dotfiles/cursor.json", at(&home, CURSOR)).unwrap();
    client(&home, &["install", "cursor"], 0);
    assert!(at(&home, CURSOR).symlink_metadata().unwrap().is_symlink());
    assert!(text(&home, "dotfiles/cursor.json").contains("\"zoom\""));
}

#[test]
fn a_policy_stays_and_another_kind_of_server_is_not_replaced() {
    let policy = r#"{"version": "1", "default": "allow"}"#;
    let home = home(&[(CURSOR, "{}"), ("policy.json", policy)]);
    let named = at(&home, "policy.json");
    client(&home, &["install", "cursor", "--policy", named.to_str().unwrap()], 0);
    assert!(client(&home, &["install", "cursor"], 0).stdout.contains("nothing to do"));
    assert!(text(&home, CURSOR).contains("policy.json"));
    let before = text(&home, CURSOR);
    let ended = client(&home, &["install", "cursor", "--url", "zoom"], 3);
    assert!(ended.stderr.contains("of another kind") && ended.stderr.contains("--name"), "{}", ended.stderr);
    assert_eq!(text(&home, CURSOR), before);
    client(&home, &["install", "cursor", "--url", "zoom/chat"], 0);
    let cursor: Value = serde_json::from_str(&text(&home, CURSOR)).unwrap();
    let args = &cursor["mcpServers"]["zoom-chat"]["args"];
    assert_eq!(*args, json!(["gateway", "--url", "zoom/chat", "--env-file", home.env_path()]));
    let ended = client(&home, &["install", "cursor", "--url", "ftp://x"], 2);
    assert!(ended.stderr.contains("--url"), "{}", ended.stderr);
    // Somebody else's server is left there.
    fs::write(at(&home, CURSOR), r#"{"mcpServers": {"zoom": {"command": "node canary"}}}"#).unwrap();
    assert!(client(&home, &["uninstall", "cursor"], 3).stderr.contains("is not zoomtok's"));
    client(&home, &["uninstall", "--all"], 0);
    assert!(text(&home, CURSOR).contains("node"));
}

#[test]
fn an_entry_is_printed_for_every_client() {
    let mut home = home(&[]);
    home.set("HTTPS_PROXY", "http://me:canary-password@proxy:1");
    let ids = listed(&home);
    let ids = ids.iter().map(|row| row["id"].as_str().unwrap());
    for id in ids.chain(["goose", "continue", "jetbrains"]) {
        let ended = client(&home, &["print", id], 0);
        assert!(ended.stdout.contains("--env-file"), "{id}: {}", ended.stdout);
        assert!(ended.stderr.contains("HTTPS_PROXY has a password"), "{id}: {}", ended.stderr);
    }
    // An object in base64 begins as a token does.
    let link = home.start(["client", "print", "cursor", "--link"]).showing(Shows::AccessToken).end();
    let link = link.expect(0).stdout;
    assert!(link.starts_with("cursor://anysphere.cursor-deeplink/mcp/install?name=zoom&config="), "{link}");
    client(&home, &["print", "zed", "--link"], 2);
}
