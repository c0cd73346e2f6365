//! The files of a gateway, and who can read them.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use serde_json::json;

use crate::pages::docs::files::made::{modes, told};
use crate::support::Home;
use crate::support::gateways::start;
use crate::support::mcp_session::wait_until;
use crate::support::rows::tree;

#[test]
fn every_file_that_a_gateway_makes_is_on_the_page_with_its_mode() {
    let home = Home::empty();
    home.run(["grant", "add", "ci"]).expect(0);
    let policy = home.work().join("policy.json");
    let limit = json!([{"counter": "c", "window": "day", "max": 9, "scope": "grant"}]);
    let tools = json!({"write": {"approve": true, "limits": limit}});
    fs::write(&policy, json!({"version": "1", "default": "allow", "tools": tools}).to_string()).unwrap();
    let audit = home.work().join("audit");
    let options = ["--no-token", "--name", "NAME", "--policy", policy.to_str().unwrap(), "--audit"];
    let mut session = start(&home, &[&options[..], &[audit.to_str().unwrap()]].concat());
    assert!(session.call("die", json!({})).is_error);
    session.send("write", &json!({}));
    let is_waiting = |path: &PathBuf| {
        let directory = path.parent().and_then(Path::file_name);
        directory.is_some_and(|name| name == "approvals")
            && path.extension().is_some_and(|kind| kind == "json")
    };
    let waiting = || tree(&home.state()).into_iter().find(is_waiting);
    wait_until("a call that waits", || waiting().is_some());
    let waiting = waiting().unwrap();
    let mut seen = modes(&home.state());
    seen.extend(modes(&home.state().with_file_name("config")));
    session.kill();
    assert_eq!(fs::metadata(&audit).unwrap().permissions().mode() & 0o7777, 0o600);
    let mode = seen.remove(waiting.file_name().unwrap().to_str().unwrap()).unwrap();
    seen.insert("ID.json".into(), mode);
    // The directory for configurations is made as the home of a user is.
    seen.remove("config");
    for (name, mode) in &seen {
        let told = told(name).unwrap_or_else(|| panic!("{name} is not on the page"));
        assert_eq!(told, *mode, "{name}: {mode:o}");
    }
    let expected = [
        "ID.json",
        "NAME",
        "approvals",
        "approvals.lock",
        "counts.json",
        "counts.kept",
        "gateways",
        "grants.json",
        "grants.json.lock",
        "pins.json",
        "pins.json.lock",
        "restarts.json",
        "restarts.json.lock",
        "zoomtok",
    ];
    assert_eq!(seen.keys().collect::<Vec<_>>(), expected);
}
