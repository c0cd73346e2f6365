//! A login in a browser, whose part the test plays.

use serde_json::Value;
use zoomtok::sandbox::{CLIENT_SECRET, Client, Consent, Endpoint, Fault, PUBLIC_CLIENT_ID};

use super::{pointed, world};
use crate::support::browser::{Waiting, follow, next, open};
#[cfg(unix)]
use crate::support::mode;
use crate::support::{Home, credentials};

pub(crate) const LOGIN: &[&str] = &["login", "--browser", "--no-browser", "--client-id", PUBLIC_CLIENT_ID];

#[test]
fn a_public_client_logs_in_without_a_secret_and_stays_logged_in() {
    let (sandbox, home) = world();
    let login = Waiting::start(&home, LOGIN);
    let page = follow(&login.address);
    assert_eq!((page.status, page.address.path()), (200, "/done"));
    let ended = login.end().expect(0);
    assert!(ended.stdout.contains("✅ Logged in as Ada Example (ada@example.com)"), "{}", ended.stdout);
    assert!(ended.stdout.contains("Another machine or directory"), "{}", ended.stdout);

    let request = &sandbox.token_requests()[0];
    assert_eq!(request.grant_type.as_deref(), Some("authorization_code"));
    assert!(request.client_ok && request.query.is_empty());
    assert_eq!(request.fields["client_id"], PUBLIC_CLIENT_ID);
    assert_eq!(request.fields["code_verifier"].len(), 43);
    // The screen and the address bar hold nothing that is worth stealing.
    for secret in [&request.fields["code"], &request.fields["code_verifier"]] {
        assert!(!ended.stderr.contains(secret) && !ended.stdout.contains(secret));
        assert!(!page.address.as_str().contains(secret));
    }

    assert_eq!(home.value("ZOOM_CLIENT_ID").unwrap(), PUBLIC_CLIENT_ID);
    assert_eq!(home.value("ZOOM_REFRESH_TOKEN").unwrap(), sandbox.refresh_token_of(Client::Public));
    assert!(sandbox.accepts(&home.value("ZOOM_ACCESS_TOKEN").unwrap()));
    assert_eq!(home.env_text().lines().count(), 4);
    assert_eq!(home.names(), [".env", ".env.lock"]);
    #[cfg(unix)]
    assert_eq!(mode(&home.env_path()), 0o600);

    home.run(["get", "-f"]).expect(0);
    assert_eq!(home.value("ZOOM_REFRESH_TOKEN").unwrap(), sandbox.refresh_token_of(Client::Public));
    home.run(["login", "--check"]).expect(0).quietly();
}

#[test]
fn the_address_is_printed_whatever_the_flags() {
    for more in [&["-q"][..], &["--json"], &["--color", "never"]] {
        let (_sandbox, home) = world();
        let login = Waiting::start(&home, &[LOGIN, more].concat());
        assert_eq!(login.redirect().path(), "/callback");
        follow(&login.address);
        login.end().expect(0);
    }
}

#[test]
fn programs_get_json() {
    let (sandbox, home) = world();
    sandbox.grant_scopes("user:read:user meeting:read:meeting");
    let login = Waiting::start(&home, &[LOGIN, &["--json"]].concat());
    follow(&login.address);
    let json: Value = serde_json::from_str(&login.end().expect(0).stdout).unwrap();
    assert_eq!((&json["version"], &json["kind"]), (&1.into(), &"browser".into()));
    assert_eq!(json["client_id"], PUBLIC_CLIENT_ID);
    assert_eq!(json["user"]["email"], "ada@example.com");
    assert_eq!(json["scopes"].as_array().unwrap().len(), 2);
    let lacking = json["lacking"].as_array().unwrap();
    assert!(lacking.iter().any(|row| row["tool"] == "list_meetings"), "{lacking:?}");
    assert!(!lacking.iter().any(|row| row["tool"] == "get_meeting"), "{lacking:?}");
    let needed = home.run(["login", "--check", "--json"]).expect(0);
    let needed: Value = serde_json::from_str(&needed.stdout).unwrap();
    assert_eq!((&needed["login_needed"], &needed["reason"]), (&false.into(), &Value::Null));
}

#[test]
fn a_person_reads_a_page_and_decides() {
    let (sandbox, home) = world();
    sandbox.consent(Consent::Ask);
    let login = Waiting::start(&home, LOGIN);
    let page = open(&login.address);
    let link = page.body.split("id=\"allow\" href=\"").nth(1).unwrap().split('"').next().unwrap();
    let allow = page.address.join(&link.replace("&amp;", "&")).unwrap();
    assert_eq!(follow(&allow).status, 200);
    login.end().expect(0);
}

#[test]
fn a_port_can_be_chosen() {
    let (_sandbox, home) = world();
    let port = {
        let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        free.local_addr().unwrap().port()
    };
    let login = Waiting::start(&home, &[LOGIN, &["--port", &port.to_string()]].concat());
    assert_eq!(login.redirect().port(), Some(port));
    follow(&login.address);
    login.end().expect(0);
}

#[test]
fn a_server_to_server_app_logs_in_with_what_is_set() {
    let (sandbox, mut home) = world();
    for line in credentials(&sandbox).lines() {
        let (name, value) = line.split_once('=').unwrap();
        home.set(name, value);
    }
    let ended = home.run(["login", "--server-to-server"]).expect(0).quietly();
    assert!(ended.stdout.contains("✅ Logged in with an app of Ada Example"), "{}", ended.stdout);
    assert!(!ended.stdout.contains("Another machine"), "{}", ended.stdout);
    assert_eq!(home.value("ZOOM_CLIENT_SECRET").unwrap(), CLIENT_SECRET);
    assert_eq!(home.value("ZOOM_REFRESH_TOKEN"), None);
    #[cfg(unix)]
    assert_eq!(mode(&home.env_path()), 0o600);
    // The values in `.env` say which kind of app it is.
    let home = pointed(&sandbox, Home::of(&sandbox, ""));
    home.run(["login"]).expect(0);
    assert!(sandbox.accepts(&home.value("ZOOM_ACCESS_TOKEN").unwrap()));
}

#[test]
fn a_login_is_stored_though_zoom_does_not_say_whose_it_is() {
    let (sandbox, mut home) = world();
    for line in credentials(&sandbox).lines() {
        let (name, value) = line.split_once('=').unwrap();
        home.set(name, value);
    }
    let doubt = "the login is stored, but Zoom did not say whose it is: ";
    sandbox.fail(Endpoint::Api, Fault::Status(403), 2);
    let ended = home.run(["login", "--server-to-server", "--json"]).expect(0);
    let json: Value = serde_json::from_str(&ended.stdout).unwrap();
    assert_eq!((&json["kind"], &json["user"]), (&"server-to-server".into(), &Value::Null));
    assert!(json["warnings"][0].as_str().unwrap().starts_with(doubt), "{json}");
    assert!(ended.stderr.contains(doubt), "{}", ended.stderr);
    let said = home.run(["login", "--server-to-server"]).expect(0).stdout;
    assert!(said.starts_with(&format!("✅ Logged in; {} keeps it", home.env_path().display())), "{said}");
    assert!(sandbox.accepts(&home.value("ZOOM_ACCESS_TOKEN").unwrap()));
}

#[test]
fn the_redirect_goes_to_a_page_without_the_code() {
    let (_sandbox, home) = world();
    let login = Waiting::start(&home, LOGIN);
    let callback = next(&open(&login.address)).unwrap();
    let redirect = open(&callback);
    assert_eq!((redirect.status, redirect.header("location")), (303, Some("/done")));
    let done = open(&next(&redirect).unwrap());
    for page in [&redirect, &done] {
        assert_eq!(page.header("cache-control"), Some("no-store"));
        assert_eq!(page.header("referrer-policy"), Some("no-referrer"));
        assert!(page.header("content-security-policy").unwrap().starts_with("default-src 'none';"));
    }
    assert!(done.body.contains("You can close this page"));
    login.end().expect(0);
}

#[test]
fn a_profile_is_made_by_its_login_and_by_nothing_else() {
    use crate::profiles::{directory, file, value};
    let (sandbox, home) = world();
    home.run(["get", "--profile", "work"]).expect(3).says(&["zoomtok login --profile work"]);
    home.run(["login", "--check", "--profile", "work"]).expect(1);
    home.run(["logout", "--profile", "work"]).expect(3);
    assert!(!directory(&home).exists());
    let login = Waiting::start(&home, &[LOGIN, &["--profile", "work"]].concat());
    follow(&login.address);
    login.end().expect(0);
    assert_eq!(value(&home, "work", "ZOOM_REFRESH_TOKEN").unwrap(), sandbox.refresh_token_of(Client::Public));
    #[cfg(unix)]
    assert_eq!((mode(&directory(&home)), mode(&file(&home, "work"))), (0o700, 0o600));
    assert!(!home.env_path().exists() && file(&home, "work").exists());
    home.run(["get", "-f", "--profile", "work"]).expect(0);
}
