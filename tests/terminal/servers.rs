//! Servers that a person starts, or that start although something is wrong.

use serde_json::json;

use crate::login::terminal::Typist;
use crate::support::gateways::{server, start};
use crate::support::{Home, sandbox};

#[test]
fn a_server_that_a_person_starts_says_for_whom_it_waits() {
    let sandbox = sandbox();
    let home = Home::of(&sandbox, "");
    let server = server();
    for arguments in [&["mcp"][..], &["gateway", "--", server.to_str().unwrap()]] {
        let mut typist = Typist::start(&home, arguments);
        typist.until("🔌 This is for an MCP client to start, and waits for one");
        // A person sees what happens to the token; a client would take it for an error.
        typist.until("🔑 Token Status: ");
        typist.types("\u{3}");
        typist.end(0);
    }
}

#[test]
fn a_gateway_whose_account_is_named_twice_starts_and_says_so_at_each_call() {
    let mut home = Home::empty();
    home.set("ZOOMTOK_PROFILE", "nobody");
    let mut session = start(&home, &["--name", "g"]);
    for _ in 0..2 {
        session.call("echo", json!({})).fails(&[
            "ZOOMTOK_PROFILE (set in the environment) names an account, and so does ZOOM_ENV_FILE",
            "Then start the gateway again.",
        ]);
    }
}
