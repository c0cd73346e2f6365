//! `zoomtok client wrap` and `unwrap`: the gateway before a server that a client has.

use std::fs;

use serde_json::{Value, json};

use super::client::{at, client, home, text};
use crate::support::Home;

const CURSOR: &str = ".cursor/mcp.json";
const CODEX: &str = ".codex/config.toml";

const JSON: &str = "{\r\n  // mine\r\n  \"mcpServers\": {\r\n    \"files\": {\"command\": \"npx\", \"args\": [\"-y\", \"files\", \
                    \"--key=canary\"], \"env\": {\"T\": \"canary\"}}, // f\r\n    \"remote\": {\"url\": \"https://mcp.example/mcp\"},\r\n  },\r\n}\r\n";
const TOML: &str = "# mine\nmodel = \"x\"\n[mcp_servers.notes] # n\ncommand = 'node' # c\nargs = ['canary']\n\n[mcp_servers.notes.env]\nT = \
                    'canary'\n\n[tui]\na = 1\n";

fn args(home: &Home, server: &str) -> Value {
    let text: String = text(home, CURSOR)
        .lines()
        .map(|line| line.split("//  ").next().unwrap().replace(" // f", "").replace("// mine", ""))
        .collect();
    let text = text.replace("},  }", "}  }").replace("},}", "}}");
    let root: Value = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"));
    root["mcpServers"][server]["args"].clone()
}

#[test]
fn a_gateway_is_put_before_a_server_and_taken_out_again() {
    let home =
        home(&[(CURSOR, JSON), (CODEX, TOML), ("policy.json", r#"{"version": "1", "default": "allow"}"#)]);
    home.is_for_secrets(&home.state().join("zoomtok/wrapped.json"));
    home.is_for_secrets(&at(&home, ".cursor/mcp.json.zoomtok.bak"));
    home.is_for_secrets(&at(&home, ".codex/config.toml.zoomtok.bak"));
    let policy = at(&home, "policy.json");

    let said = client(&home, &["wrap", "files", "--dry-run"], 0).stdout;
    assert!(said.contains("would run behind the gateway files"), "{said}");
    assert_eq!(text(&home, CURSOR), JSON);

    let said = client(&home, &["wrap", "files", "--policy", policy.to_str().unwrap()], 0).stdout;
    assert!(said.contains("✅ Cursor: files runs behind the gateway files"), "{said}");
    let expected = json!([
        "gateway",
        "--env-file",
        home.env_path(),
        "--policy",
        policy,
        "--name",
        "files",
        "--",
        "npx",
        "-y",
        "files",
        "--key=canary"
    ]);
    assert_eq!(args(&home, "files"), expected);
    assert!(text(&home, CURSOR).contains("\"env\": {\"T\": \"canary\"}"));
    assert!(client(&home, &["wrap", "files"], 0).stdout.contains("behind a gateway already"));
    let list: Value = serde_json::from_str(&client(&home, &["list", "--json"], 0).stdout).unwrap();
    let cursor = list["clients"].as_array().unwrap().iter().find(|row| row["id"] == "cursor").unwrap();
    assert_eq!(cursor["servers"], json!([{"name": "files", "kind": "wrapped"}]));
    let ended = client(&home, &["install", "cursor", "--name", "files"], 3);
    assert!(ended.stderr.contains("client unwrap"), "{}", ended.stderr);
    client(&home, &["uninstall", "cursor", "--name", "files"], 3);

    client(&home, &["wrap", "remote", "--no-token", "--client", "cursor"], 0);
    assert_eq!(
        args(&home, "remote"),
        json!(["gateway", "--no-token", "--name", "remote", "--url", "https://mcp.example/mcp"])
    );
    client(&home, &["wrap", "notes"], 0);
    assert!(
        text(&home, CODEX).contains("\"--\", \"node\", \"canary\"]")
            && text(&home, CODEX).contains("[mcp_servers.notes] # n")
    );

    for (name, file, old) in
        [("files", CURSOR, None), ("remote", CURSOR, Some(JSON)), ("notes", CODEX, Some(TOML))]
    {
        let said = client(&home, &["unwrap", name], 0).stdout;
        assert!(said.contains("byte for byte"), "{said}");
        if let Some(old) = old {
            assert_eq!(text(&home, file), old);
        }
    }
    assert!(client(&home, &["unwrap", "files"], 0).stdout.contains("nothing to do"));
    let kept = fs::read_to_string(home.state().join("zoomtok/wrapped.json")).unwrap();
    assert!(!kept.contains("canary"), "{kept}");
}

#[test]
fn a_change_by_hand_is_kept_and_said() {
    let home = home(&[(CURSOR, JSON)]);
    home.is_for_secrets(&home.state().join("zoomtok/wrapped.json"));
    home.is_for_secrets(&at(&home, ".cursor/mcp.json.zoomtok.bak"));
    client(&home, &["wrap", "files", "--no-token"], 0);
    let by_hand = text(&home, CURSOR).replace("\"T\":", "\"NEW\": \"1\", \"T\":");
    fs::write(at(&home, CURSOR), by_hand).unwrap();
    let said = client(&home, &["unwrap", "files"], 0).stdout;
    assert!(said.contains("It was changed after"), "{said}");
    assert_eq!(text(&home, CURSOR), JSON.replace("\"T\":", "\"NEW\": \"1\", \"T\":"));
}

#[test]
fn a_server_that_several_clients_have_or_none_is_named() {
    let home = home(&[(CURSOR, JSON), (".codeium/windsurf/mcp_config.json", JSON)]);
    home.is_for_secrets(&home.state().join("zoomtok/wrapped.json"));
    let ended = client(&home, &["wrap", "files"], 2);
    assert!(ended.stderr.contains("files is a server of cursor, windsurf"), "{}", ended.stderr);
    assert!(
        client(&home, &["wrap", "none"], 3).stderr.contains("no client on this machine has a server none")
    );
    let ended = client(&home, &["unwrap", "none", "--client", "cursor"], 3);
    assert!(ended.stderr.contains("the servers are files, remote"), "{}", ended.stderr);
    assert_eq!(text(&home, CURSOR), JSON);
}

#[test]
fn doctor_says_what_a_client_would_not_find() {
    let home = home(&[(CURSOR, "{}")]);
    client(&home, &["install", "cursor"], 0);
    let said = home.run(["doctor"]);
    assert!(said.stdout.contains("✅ Cursor has zoomtok in zoom: "), "{}", said.stdout);
    let gone = text(&home, CURSOR).replace("\"command\": \"", "\"command\": \"/none");
    fs::write(at(&home, CURSOR), gone).unwrap();
    let said = home.run(["doctor"]);
    assert!(
        said.stdout.contains("❌ Cursor starts zoom with a zoomtok that does not exist"),
        "{}",
        said.stdout
    );
}
