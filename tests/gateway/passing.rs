//! What is not governed passes in both directions.

use serde_json::json;

use crate::support::Home;
use crate::support::gateways::{given, start};

#[test]
fn a_call_passes_and_comes_back_as_it_is() {
    let home = Home::empty();
    let mut session = start(&home, &["--no-token"]);
    let answer = session.call("echo", json!({"a": null, "b": [1.5, {"c": "\u{1f600}"}], "n": u64::MAX}));
    assert_eq!(answer.value, json!({"a": null, "b": [1.5, {"c": "\u{1f600}"}], "n": u64::MAX}));
    session.end();
    assert_eq!(given(&home).iter().filter(|given| given.calls("echo")).count(), 1);
}
