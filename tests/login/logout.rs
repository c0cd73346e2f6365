//! The end of a login: at Zoom first, then in `.env`.

use zoomtok::sandbox::{CLIENT_ID, CLIENT_SECRET, Client, Endpoint, Fault, PUBLIC_CLIENT_ID, Sandbox};

use super::browser::LOGIN;
use super::{pointed, world};
use crate::support::browser::{Waiting, follow};
use crate::support::{Home, sandbox};

fn revocations(sandbox: &Sandbox) -> Vec<(bool, bool)> {
    let seen = sandbox.requests().into_iter().filter(|seen| seen.path == "/oauth/revoke");
    seen.map(|seen| (seen.client_ok, seen.fields.contains_key("client_id"))).collect()
}

#[test]
fn a_login_ends_at_zoom_and_in_the_file() {
    let (sandbox, home) = world();
    home.write_env("# mine\nOTHER=1\n");
    let login = Waiting::start(&home, LOGIN);
    follow(&login.address);
    login.end().expect(0);
    let (token, refresh) =
        (home.value("ZOOM_ACCESS_TOKEN").unwrap(), home.value("ZOOM_REFRESH_TOKEN").unwrap());

    let ended = home.run(["logout"]).expect(0).quietly();
    assert!(ended.stdout.contains("✅ Logged out"), "{}", ended.stdout);
    assert_eq!(home.env_text(), format!("# mine\nOTHER=1\nZOOM_CLIENT_ID=\"{PUBLIC_CLIENT_ID}\"\n"));
    assert!(!sandbox.accepts(&token));
    assert_ne!(sandbox.refresh_token_of(Client::Public), refresh);
    // In the form of a public client.
    assert_eq!(revocations(&sandbox), [(true, true), (true, true)]);
    home.run(["login", "--check"]).expect(1);
    assert!(home.run(["logout"]).expect(0).stdout.contains("There is no login"));

    // The app is remembered, so the next login needs no flags.
    let login = Waiting::start(&home, &["login", "--no-browser"]);
    follow(&login.address);
    login.end().expect(0);
    home.run(["logout", "--all"]).expect(0);
    assert_eq!(home.env_text(), "# mine\nOTHER=1\n");
}

#[test]
fn a_confidential_client_and_a_server_to_server_app_log_out_with_their_secret() {
    let sandbox = sandbox();
    for (home, tokens) in [(Home::of_user(&sandbox, ""), 2), (Home::of(&sandbox, ""), 1)] {
        home.run(["get"]).expect(0);
        let token = home.value("ZOOM_ACCESS_TOKEN").unwrap();
        let before = revocations(&sandbox).len();
        home.run(["logout"]).expect(0);
        assert_eq!(revocations(&sandbox)[before..], vec![(true, false); tokens]);
        assert!(!sandbox.accepts(&token));
        assert_eq!(home.value("ZOOM_CLIENT_SECRET").unwrap(), CLIENT_SECRET);
        assert_eq!((home.value("ZOOM_ACCESS_TOKEN"), home.value("ZOOM_REFRESH_TOKEN")), (None, None));
        home.run(["logout", "--all"]).expect(0);
        assert!(!home.env_text().contains(CLIENT_ID), "the app is left");
    }
}

#[test]
fn what_zoom_does_not_end_stays_unless_it_is_forced() {
    for (fault, code, words) in [
        (Fault::CutBefore, 5, "broke off"),
        (Fault::Html(502), 5, "HTTP 502"),
        (Fault::Json { status: 400, body: r#"{"error":"invalid_client"}"#.into() }, 4, "Zoom refused"),
    ] {
        let sandbox = sandbox();
        let home = Home::of_user(&sandbox, "");
        home.run(["get"]).expect(0);
        let text = home.env_text();
        sandbox.fail(Endpoint::Login, fault.clone(), 1);
        home.run(["logout"]).expect(code).says(&[
            "not logged out, and nothing was removed",
            words,
            "--force",
        ]);
        assert_eq!(home.env_text(), text);

        sandbox.fail(Endpoint::Login, fault, 2);
        let ended = home.run(["logout", "--force"]).expect(0);
        ended.says(&["warning: the login was not ended at Zoom"]);
        assert_eq!(home.value("ZOOM_REFRESH_TOKEN"), None);
        assert!(
            sandbox.accepts(text.split("ZOOM_ACCESS_TOKEN=\"").nth(1).unwrap().split('"').next().unwrap())
        );
    }
}

#[test]
fn what_has_expired_needs_no_end_and_what_has_no_app_can_be_forced() {
    let sandbox = sandbox();
    let home = pointed(&sandbox, Home::with_env(&format!("ZOOM_ACCESS_TOKEN={}\n", sandbox.mint(-10))));
    home.run(["logout"]).expect(0);
    assert_eq!(home.env_text(), "");
    home.write_env(&format!("ZOOM_ACCESS_TOKEN={}\n", sandbox.mint(1000)));
    home.run(["logout"]).expect(3).says(&["ZOOM_CLIENT_ID", "--force"]);
    home.run(["logout", "--force"]).expect(0);
    assert_eq!(home.env_text(), "");
    assert_eq!(sandbox.requests().len(), 0);
}
