//! The server of a profile in a client's configuration.

use serde_json::{Value, json};

use super::put;
use crate::mcp::install::{home_with, install};
use crate::support::Home;

/// The servers of the configuration.
fn servers(home: &Home) -> Value {
    serde_json::from_str::<Value>(&home.config()).unwrap()["mcpServers"].take()
}

#[test]
fn each_profile_gets_a_server_of_its_own_that_is_given_its_name() {
    let home = home_with("{}");
    put(&home, "work", "");
    put(&home, "home", "");
    install(&home, &["--profile", "work"], 0);
    install(&home, &["--profile", "home"], 0);
    install(&home, &[], 0);
    let servers = servers(&home);
    let names: Vec<&String> = servers.as_object().unwrap().keys().collect();
    assert_eq!(names.len(), 3, "{names:?}");
    for name in ["work", "home"] {
        let server = &servers[format!("zoom-{name}")];
        assert_eq!(server["args"], json!(["mcp", "--profile", name]));
        // Where the profiles are is not left to the client.
        let configuration = home.work().with_file_name("config");
        assert_eq!(server["env"]["XDG_CONFIG_HOME"], configuration.to_str().unwrap());
    }
    assert_eq!(servers["zoom"]["args"], json!(["mcp", "--env-file", home.env_path().to_str().unwrap()]));
    assert_eq!(servers["zoom"]["env"].get("XDG_CONFIG_HOME"), None);
    let again = install(&home, &["--profile", "work"], 0).stdout;
    assert!(again.contains("Nothing to do"), "{again}");
}

#[test]
fn a_server_that_is_there_changes_its_account_and_keeps_the_rest() {
    let mut home = home_with("{}");
    home.set("CLAUDE_MCP_SERVER_NAME", "mine");
    put(&home, "work", "");
    install(&home, &["--no-watch"], 0);
    let told = install(&home, &["--profile", "work"], 0).stdout;
    assert!(told.contains("--env-file ") && told.contains(": removed"), "{told}");
    assert!(told.contains("--profile: none → work"), "{told}");
    assert_eq!(servers(&home)["mine"]["args"], json!(["mcp", "--no-watch", "--profile", "work"]));
    // Doctor reads the same command line, and finds the account that it is about.
    let told = home.run(["doctor", "--profile", "work"]).stdout;
    assert!(!told.contains("reads another .env"), "{told}");
    let told = home.run(["doctor"]).stdout;
    assert!(told.contains("reads another .env than this"), "{told}");
}
