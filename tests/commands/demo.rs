//! The demo shows what it says, by its own exit status, and touches nothing of the user's.

use std::io::{BufRead as _, BufReader};
use std::time::{Duration, Instant};

use crate::support::{Home, names};

#[test]
fn the_demo_runs_to_its_end_and_leaves_nothing() {
    let mut home = Home::with_env("ZOOM_OAUTH_URL=https://zoom.invalid\n");
    home.set("ZOOM_CLIENT_ID", "mine").set("ZOOM_TOKEN_THRESHOLD", "1").set("ZOOM_POLICY_FILE", "none.json");
    let ended = home.run(["demo"]).expect(0);
    for shown in [
        "MISSING",
        "VALID",
        "45 seconds",
        "WARNING",
        "All 10 have the same new token",
        "so far: 3",
        "Open this address",
        "Logged in as Ada Example",
        "CRITICAL",
        "Running: zoomtok restart-claude",
        "the app was restarted",
        "enabled again",
        "zoom_token_status",
        "Weekly planning (81000000001)",
        "→ zoom_refresh_token   (× 10)",
        "[POLICY DENIED] zoom_refresh_token by the built-in policy: no more than",
        "→ publish_notes",
        "[POLICY DENIED] publish_notes by default",
        "zoomtok approval allow",
        "2 notes are deleted",
        "another server takes over",
    ] {
        assert!(ended.stdout.contains(shown), "{shown:?} is not in:\n{}", ended.stdout);
    }
    assert_eq!(home.names(), [".env"]);
    assert_eq!(home.env_text(), "ZOOM_OAUTH_URL=https://zoom.invalid\n");
    assert!(names(&home.state()).is_empty());
}

#[test]
fn a_demo_that_nobody_watches_any_more_ends_well() {
    let home = Home::empty();
    let mut running = home.start(["demo"]);
    let mut line = String::new();
    BufReader::new(running.stdout()).read_line(&mut line).unwrap();
    assert!(line.contains("made-up Zoom"), "{line}");
    let read = Instant::now();
    running.end().expect(0).quietly();
    assert!(read.elapsed() < Duration::from_secs(10), "{:?}", read.elapsed());
}
