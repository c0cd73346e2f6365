//! The report of `zoomtok doctor` on gateways.

use std::fs;

use serde_json::json;

use crate::support::Home;
use crate::support::gateways::start;

/// The lines of `doctor` about gateways and grants.
fn report(home: &Home) -> String {
    let stdout = home.run(["doctor"]).stdout;
    let is_about = |line: &&str| {
        ["gateway", "grant", "pins.json", "policy accept"].iter().any(|word| line.contains(word))
    };
    stdout.split_inclusive('\n').filter(is_about).collect()
}

#[test]
fn a_gateway_that_needs_somebody_is_reported() {
    let home = Home::empty();
    assert_eq!(report(&home), "");
    let mut session = start(&home, &["--no-token", "--name", "kept"]);
    let count = session.tools().len();
    assert_eq!(report(&home), format!("✅ gateway kept: {count} tools as accepted\n"));
    session.call("change", json!({})).ok();
    session.notification("notifications/tools/list_changed");
    session.tools();
    let held = report(&home);
    assert!(held.contains("⚠️  gateway kept: 1 tool is held back: write\n"), "{held}");
    assert!(held.contains("👉 zoomtok policy accept kept shows what differs"), "{held}");
    assert!(session.call("die", json!({})).is_error);
    session.call("read", json!({})).ok();
    let ended = report(&home);
    assert!(
        ended.contains("its server has ended by itself, or did not start, once within an hour"),
        "{ended}"
    );
    drop(session);
    fs::write(home.state().join("zoomtok/gateways/kept/pins.json"), "{").unwrap();
    let broken = report(&home);
    assert!(broken.contains("❌ ") && broken.contains("so every tool is held back"), "{broken}");
}

#[test]
fn grants_are_named_and_broken_ones_reported() {
    let home = Home::empty();
    for name in ["ci", "desk"] {
        home.run(["-q", "grant", "add", name]).expect(0);
    }
    assert_eq!(report(&home), "✅ grants for gateways: ci, desk\n");
    fs::write(home.state().with_file_name("config/zoomtok/grants.json"), "{").unwrap();
    let broken = report(&home);
    assert!(broken.contains("❌ ") && broken.contains("so every grant is refused"), "{broken}");
}
