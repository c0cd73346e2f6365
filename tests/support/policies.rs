//! Servers under a policy.

use std::fs;
use std::thread;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::Value;
use zoomtok::sandbox::Sandbox;

use crate::support::Home;
use crate::support::mcp_session::Session;

/// A home with a good token and a policy in `policy.json`.
pub(crate) fn under(sandbox: &Sandbox, policy: &Value) -> Home {
    let home = Home::with_token(sandbox, 3000);
    write_policy(&home, &policy.to_string());
    home
}

/// In one step: half a policy would be told as a broken one.
pub(crate) fn write_policy(home: &Home, text: &str) {
    let half = home.work().join("policy.json.new");
    fs::write(&half, text).unwrap();
    fs::rename(half, home.work().join("policy.json")).unwrap();
}

/// A server under the policy in `policy.json`.
pub(crate) fn start(home: &Home) -> Session {
    Session::start(home, &["--no-watch", "--policy", "policy.json"])
}

/// Waits where a window of so many seconds is about to end: a test must be in one.
pub(crate) fn within_a_window(seconds: u64, needed: u64) {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    let left = seconds - now % seconds;
    if left <= needed {
        thread::sleep(Duration::from_secs(left + 1));
    }
}
