//! A login beside everything else that keeps the same file: nothing is lost, and the newest grant stays.

use std::time::Duration;

use zoomtok::sandbox::{Client, Endpoint, Fault};

use super::browser::LOGIN;
use super::{pointed, world};
use crate::support::Home;
use crate::support::browser::{Waiting, follow};
use crate::support::mcp_session::Session;
use crate::support::processes::{Running, in_flight, start};

#[test]
fn a_login_while_others_refresh_loses_nothing() {
    let (sandbox, home) = world();
    let login = Waiting::start(&home, LOGIN);
    follow(&login.address);
    login.end().expect(0);

    let mut watch = start(&home, &["watch", "--no-claude", "--threshold", "7200"]);
    let mut servers = [(); 2].map(|()| Session::start(&home, &["--no-watch"]));
    let login = Waiting::start(&home, LOGIN);
    let crowd: Vec<Running> = (0..10).map(|_| start(&home, &["get", "-f"])).collect();
    follow(&login.address);
    let ended = login.end().expect(0);
    assert!(ended.stdout.contains("✅ Logged in"));
    for run in crowd {
        // Zoom takes the old refresh token no longer once it has issued a new one to the login.
        let code = run.end().code;
        assert!([Some(0), Some(4)].contains(&code), "{code:?}");
    }
    for server in &mut servers {
        server.call("zoom_refresh_token", serde_json::json!({}));
    }
    assert!(watch.runs());
    drop(watch);
    for server in servers {
        drop(server);
    }
    let good = sandbox.refresh_token_of(Client::Public);
    assert_eq!(home.value("ZOOM_REFRESH_TOKEN").unwrap(), good);
    assert!(sandbox.accepts(&home.value("ZOOM_ACCESS_TOKEN").unwrap()));
    home.run(["get", "-f"]).expect(0);
    assert_eq!(home.env_text().lines().count(), 4, "{}", home.env_text());
}

#[test]
fn a_login_waits_for_a_refresh_and_stays() {
    let (sandbox, _) = world();
    let home = pointed(&sandbox, Home::of_public(&sandbox, ""));
    let refreshing = in_flight(&sandbox, &home, &["get", "-f"], Fault::Late(Duration::from_secs(1)));
    let login = Waiting::start(&home, LOGIN);
    follow(&login.address);
    login.end().expect(0);
    refreshing.end().expect(0);
    assert_eq!(home.value("ZOOM_REFRESH_TOKEN").unwrap(), sandbox.refresh_token_of(Client::Public));
    sandbox.heal(Endpoint::Token);
    home.run(["get", "-f"]).expect(0);
}

#[test]
fn no_lock_is_held_while_the_person_is_away() {
    let (sandbox, _) = world();
    let home = pointed(&sandbox, Home::of_public(&sandbox, ""));
    let login = Waiting::start(&home, LOGIN);
    home.run(["get", "-f"]).expect(0);
    follow(&login.address);
    login.end().expect(0);
    home.run(["get", "-f"]).expect(0);
}
