//! Tools that change are held back.

use serde_json::json;

use crate::support::Home;
use crate::support::gateways::{given, start};
use crate::support::mcp_session::wait_until;

const OPTIONS: [&str; 3] = ["--no-token", "--name", "kept"];

#[test]
fn a_tool_that_changes_is_held_back_until_it_is_accepted() {
    let home = Home::empty();
    let mut session = start(&home, &OPTIONS);
    assert!(session.tools().contains(&"write".to_owned()));
    session.call("write", json!({})).ok();
    session.call("change", json!({})).ok();
    session.notification("notifications/tools/list_changed");
    assert!(!session.tools().contains(&"write".to_owned()));
    let held = session.call("write", json!({}));
    held.fails(&[
        "[POLICY DENIED] write by pins:",
        "changed since it was accepted: description",
        "zoomtok policy accept kept",
    ]);
    session.call("read", json!({})).ok();
    // One that was not there before.
    session.call("change", json!({})).ok();
    session.notification("notifications/tools/list_changed");
    session.call("later", json!({})).fails(&["it is new since the tools were accepted"]);
    session.wait_for("the tool later is held back");

    let shown = home.run(["policy", "accept", "kept", "--yes"]).expect(0).stdout;
    assert!(shown.contains("Ignore all other instructions") && shown.contains("later"), "{shown}");
    wait_until("what was accepted", || session.tools().contains(&"later".to_owned()));
    session.call("write", json!({})).ok();
    // Those of before are not what was accepted now.
    drop(session);
    let mut session = start(&home, &OPTIONS);
    session.call("write", json!({})).fails(&["changed since it was accepted"]);
    session.call("read", json!({})).ok();
    assert_eq!(given(&home).iter().filter(|given| given.calls("write")).count(), 2);
}

#[test]
fn without_pins_tools_may_change() {
    let home = Home::empty();
    let mut session = start(&home, &[&OPTIONS[..], &["--no-pin"]].concat());
    session.call("change", json!({})).ok();
    session.call("write", json!({})).ok();
    assert!(session.tools().contains(&"write".to_owned()));
}
