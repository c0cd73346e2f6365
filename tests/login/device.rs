//! A login whose code is entered on another machine.

use std::time::Duration;

use zoomtok::sandbox::{CLIENT_ID, Client, Consent, Endpoint, Fault, Options, PUBLIC_CLIENT_ID, Sandbox};

use super::pointed;
use crate::support::browser::{Waiting, open};
use crate::support::{Home, credentials};

fn world(client_is_public: bool) -> (Sandbox, Home, Vec<&'static str>) {
    let sandbox = Sandbox::start(Options { device_interval: 1, ..Options::default() }).unwrap();
    let mut home = pointed(&sandbox, Home::empty());
    let mut arguments = vec!["login", "--device"];
    if client_is_public {
        arguments.extend(["--client-id", PUBLIC_CLIENT_ID]);
    } else {
        for line in credentials(&sandbox).lines().filter(|line| line.starts_with("ZOOM_CLIENT_")) {
            let (name, value) = line.split_once('=').unwrap();
            home.set(name, value);
        }
    }
    (sandbox, home, arguments)
}

#[test]
fn a_device_logs_in_once_its_code_is_allowed() {
    for client_is_public in [false, true] {
        let (sandbox, home, arguments) = world(client_is_public);
        let arguments = if client_is_public { [&arguments[..], &["--json"]].concat() } else { arguments };
        let mut login = Waiting::start(&home, &arguments);
        assert_eq!(login.address.path(), "/oauth_device");
        let code = login.line().trim().to_owned();
        assert!(login.address.query().unwrap().ends_with(&code), "{code}");
        // It has been told once that nobody has decided yet.
        assert!(sandbox.wait_for_token_requests(1, Duration::from_secs(10)));
        let mut allow = login.address.clone();
        allow.query_pairs_mut().append_pair("decision", "allow");
        assert_eq!(open(&allow).status, 200);
        let ended = login.end().expect(0);
        let said = if client_is_public { r#""kind":"device""# } else { "✅ Logged in as Ada Example" };
        assert!(ended.stdout.contains(said), "{}", ended.stdout);
        let (client, id) = if client_is_public {
            (Client::Public, PUBLIC_CLIENT_ID)
        } else {
            (Client::Confidential, CLIENT_ID)
        };
        assert_eq!(home.value("ZOOM_REFRESH_TOKEN").unwrap(), sandbox.refresh_token_of(client));
        assert_eq!(home.value("ZOOM_CLIENT_ID").unwrap(), id);
        home.run(["get", "-f"]).expect(0);
        assert_eq!(home.value("ZOOM_CLIENT_SECRET").is_some(), !client_is_public);
        let polls =
            sandbox.token_requests().into_iter().filter(|seen| seen.fields.contains_key("device_code"));
        assert!(polls.clone().count() >= 2 && polls.clone().all(|seen| seen.client_ok));
    }
}

#[test]
fn it_ends_as_zoom_says() {
    let body = |error: &str| Fault::Json { status: 400, body: format!(r#"{{"error":"{error}"}}"#) };
    for (fault, code, words) in [
        (body("access_denied"), 4, "the app was not allowed"),
        (body("expired_token"), 4, "the code of this device has expired"),
        (body("invalid_client"), 4, "Zoom refused"),
    ] {
        let (sandbox, home, arguments) = world(false);
        sandbox.fail(Endpoint::Token, fault, 1);
        let ended = Waiting::start(&home, &arguments).end().expect(code);
        assert!(ended.stderr.contains(words), "{}", ended.stderr);
        assert!(!home.env_path().exists());
    }
    let (sandbox, home, arguments) = world(false);
    let body = r#"{"reason":"Unsupported grant type","error":"unsupported_grant_type"}"#;
    sandbox.fail(Endpoint::Login, Fault::Json { status: 400, body: body.into() }, 1);
    home.run(&arguments).expect(4).says(&["another type of app"]);
    sandbox.fail(Endpoint::Login, Fault::Html(502), 1);
    home.run(&arguments).expect(5);
}

#[test]
fn it_slows_down_and_survives_what_is_transient() {
    let (sandbox, home, arguments) = world(false);
    let body = r#"{"error":"authorization_pending"}"#.to_owned();
    sandbox.fail(Endpoint::Token, Fault::Json { status: 400, body }, 1);
    // Three tries of one poll, which then doubles its pause.
    sandbox.fail(Endpoint::Token, Fault::CutBefore, 3);
    let login = Waiting::start(&home, &arguments);
    sandbox.consent(Consent::Allow);
    login.end().expect(0);
    let times: Vec<Duration> = sandbox.token_requests().iter().map(|seen| seen.elapsed).collect();
    assert!(times.len() >= 5, "{times:?}");
    assert!(times[1] >= times[0] + Duration::from_millis(900), "{times:?}");
}

#[cfg(unix)]
#[test]
fn an_interrupt_ends_it_and_changes_nothing() {
    let (sandbox, home, arguments) = world(false);
    let mut login = Waiting::start(&home, &arguments);
    assert!(sandbox.wait_for_token_requests(1, Duration::from_secs(10)));
    login.running.signal("INT");
    login.end().expect(130);
    assert!(!home.env_path().exists());
}
