//! The refusals of a login: by Zoom, by the person, and before anybody is asked.

use std::fs;
use std::net::TcpListener;

use zoomtok::sandbox::{CLIENT_ID, CLIENT_SECRET, Consent, Endpoint, Fault, PUBLIC_CLIENT_ID};

use super::browser::LOGIN;
use super::{pointed, world};
use crate::support::browser::{Waiting, follow, next, open};
use crate::support::{Home, credentials, sandbox};

/// The answers of the token endpoint to a code, and the words for each.
#[test]
fn each_answer_of_zoom_has_its_words() {
    for (body, code, words) in [
        (
            r#"{"reason":"Invalid authorization code","error":"invalid_grant"}"#,
            4,
            "the authorization code was used before",
        ),
        (
            r#"{"errorCode":4734,"errorMessage":"Authorization code is invalid"}"#,
            4,
            "the authorization code was used before",
        ),
        (r#"{"errorCode":4733,"errorMessage":"Authorization code expired"}"#, 4, "is older than 5 minutes"),
        (
            r#"{"errorCode":4709,"errorMessage":"Redirect URI mismatch"}"#,
            4,
            "the redirect URL is not the one",
        ),
        (
            r#"{"reason":"Invalid client_id or client_secret","error":"invalid_client"}"#,
            4,
            "Public Client ID",
        ),
        (r#"{"errorCode":4717,"errorMessage":"x"}"#, 4, "Zoom has disabled the app"),
        (r#"{"reason":"x","error":"invalid_scope"}"#, 4, "the app lacks a requested scope"),
    ] {
        let (sandbox, home) = world();
        sandbox.fail(Endpoint::Token, Fault::Json { status: 400, body: body.into() }, 1);
        let login = Waiting::start(&home, LOGIN);
        follow(&login.address);
        let ended = login.end().expect(code);
        assert!(ended.stderr.contains(words), "{words}: {}", ended.stderr);
        assert_eq!(sandbox.token_requests().len(), 1);
        assert!(!home.env_path().exists(), "{body}");
    }
}

#[test]
fn an_expired_code_and_a_wrong_verifier_are_refused_by_zoom_itself() {
    let (sandbox, home) = world();
    let login = Waiting::start(&home, LOGIN);
    let callback = next(&open(&login.address)).unwrap();
    sandbox.expire_codes();
    follow(&callback);
    let ended = login.end().expect(4);
    assert!(ended.stderr.contains("is older than 5 minutes"), "{}", ended.stderr);

    // A code of somebody else's login, whose verifier is not known here.
    let [mine, theirs] = [(); 2].map(|()| Waiting::start(&home, LOGIN));
    let code = |login: &Waiting| {
        let callback = next(&open(&login.address)).unwrap();
        callback.query_pairs().find(|(name, _)| name == "code").unwrap().1.into_owned()
    };
    let stolen = code(&theirs);
    let state = mine.address.query_pairs().find(|(name, _)| name == "state").unwrap().1.into_owned();
    let mut callback = mine.redirect();
    callback.query_pairs_mut().append_pair("code", &stolen).append_pair("state", &state);
    follow(&callback);
    mine.end().expect(4);
    assert!(!home.env_path().exists());
    theirs.running.kill();
}

#[test]
fn a_person_who_denies_it_changes_nothing() {
    let (sandbox, home) = world();
    sandbox.consent(Consent::Deny);
    let login = Waiting::start(&home, LOGIN);
    let page = follow(&login.address);
    assert!(page.address.path() == "/denied" && page.body.contains("Nothing was changed"));
    let ended = login.end().expect(4);
    assert!(ended.stderr.contains("the app was not allowed in the browser"), "{}", ended.stderr);
    assert_eq!(sandbox.token_requests().len(), 0);
    assert!(!home.env_path().exists());
}

#[test]
fn what_is_missing_is_named_where_nobody_can_be_asked() {
    let (sandbox, home) = world();
    for (arguments, words) in [
        (&["login"][..], "it is not known how to log in"),
        (&["login", "--browser"], "ZOOM_CLIENT_ID (or --client-id) is not set"),
        (&["login", "--device"], "ZOOM_CLIENT_ID (or --client-id) is not set"),
        (
            &["login", "--server-to-server"],
            "ZOOM_ACCOUNT_ID, ZOOM_CLIENT_ID (or --client-id) and ZOOM_CLIENT_SECRET are",
        ),
        (
            &["login", "--paste", "--client-id", PUBLIC_CLIENT_ID],
            "there is no terminal to paste the address into",
        ),
    ] {
        home.run(arguments).expect(3).says(&[words]);
    }
    for (arguments, words) in [
        (
            &["login", "--paste", "--client-id", "x", "--redirect-uri", "http://app.example.com/"][..],
            "--redirect-uri is no https",
        ),
        (&["login", "--browser", "--client-id", "a b"], "the client id holds a character"),
        (&["login", "--browser", "--client-id", ""], "the client id is empty"),
    ] {
        home.run(arguments).expect(2).says(&[words]);
    }
    assert_eq!(sandbox.requests().len(), 0);
    assert!(home.names().is_empty(), "{:?}", home.names());
}

#[test]
fn a_client_with_a_secret_is_not_sent_to_this_machine() {
    let sandbox = sandbox();
    let home = pointed(&sandbox, Home::of_user(&sandbox, ""));
    let text = home.env_text();
    for arguments in [&["login", "--browser"][..], &["login", "--browser", "--client-id", CLIENT_ID]] {
        home.run(arguments).expect(3).says(&["https addresses only", "Public Client ID"]);
    }
    assert_eq!(home.env_text(), text);
    assert_eq!(sandbox.requests().len(), 0);
}

#[test]
fn another_app_is_replaced_only_on_request() {
    let (sandbox, _) = world();
    for (text, words) in [
        (credentials(&sandbox), "holds the credentials of another app"),
        (
            credentials(&sandbox).replace(CLIENT_ID, PUBLIC_CLIENT_ID),
            "holds the credentials of a Server-to-Server OAuth app",
        ),
    ] {
        let text = format!("# mine\nOTHER='x y'\n{text}");
        let home = pointed(&sandbox, Home::with_env(&text));
        home.run(LOGIN).expect(3).says(&[words, "--replace"]);
        assert_eq!(home.env_text(), text);

        let login = Waiting::start(&home, &[LOGIN, &["--replace"]].concat());
        follow(&login.address);
        login.end().expect(0);
        let now = home.env_text();
        assert!(now.starts_with("# mine\nOTHER='x y'\n"), "{now}");
        assert_eq!(home.value("ZOOM_CLIENT_ID").unwrap(), PUBLIC_CLIENT_ID);
        assert!(
            !now.contains("ZOOM_ACCOUNT_ID") && !now.contains(CLIENT_SECRET),
            "another app's values are left"
        );
        assert!(now.contains(&format!("ZOOM_OAUTH_URL={}", sandbox.oauth_url())), "{now}");
        home.run(["get", "-f"]).expect(0);
    }
}

#[test]
fn what_is_exported_is_not_hidden_by_a_login() {
    for (name, value) in [
        ("ZOOM_CLIENT_ID", "another_id"),
        ("ZOOM_ACCOUNT_ID", "account"),
        ("ZOOM_REFRESH_TOKEN", "exported-refresh"),
    ] {
        let (sandbox, mut home) = world();
        home.set(name, value);
        home.run(LOGIN).expect(3).says(&[name, "would win over what a login stores", "unset"]);
        assert_eq!(sandbox.requests().len(), 0);
    }
    let (_sandbox, mut home) = world();
    home.set("ZOOM_CLIENT_ID", PUBLIC_CLIENT_ID);
    let login = Waiting::start(&home, &["login", "--no-browser"]);
    follow(&login.address);
    login.end().expect(0);
}

#[test]
fn a_port_that_is_taken_is_said_before_anything_else() {
    let (_sandbox, home) = world();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let ended = home.run([LOGIN, &["--port", &port]].concat()).expect(1);
    ended.says(&["cannot listen on 127.0.0.1:", "Leave out --port"]);
}

#[cfg(unix)]
#[test]
fn nobody_is_asked_for_what_could_not_be_stored() {
    use crate::support::processes::bound;
    use crate::support::{ended, set_mode};
    let (sandbox, home) = world();
    let mut login = bound(&home, LOGIN);
    set_mode(&home.work(), 0o555);
    let done = ended(login.output().unwrap());
    set_mode(&home.work(), 0o755);
    done.expect(6).says(&[".env", "Permission denied"]);
    home.run([LOGIN, &["--read-only"]].concat()).expect(6).says(&["--read-only"]);
    home.write_env("ZOOM_CLIENT_ID=\"no end\n");
    home.run(LOGIN).expect(3).says(&[".env, line 1"]);
    assert_eq!(sandbox.requests().len(), 0);
}

#[test]
fn a_found_file_does_not_say_where_a_person_logs_in() {
    let sandbox = sandbox();
    let home = Home::with_env(&format!("ZOOM_OAUTH_URL={}\n", sandbox.oauth_url()));
    let login = Waiting::start(&home, LOGIN);
    assert_eq!(login.address.host_str(), Some("zoom.us"));
    login.running.kill();
    let named = home.env_path().display().to_string();
    let login = Waiting::start(&home, &[LOGIN, &["--env-file", &named]].concat());
    assert_eq!(login.address.host_str(), Some("127.0.0.1"));
    login.running.kill();
    fs::remove_file(home.env_path()).unwrap();
}

#[test]
fn a_wrong_secret_is_said_at_once_and_nothing_is_written() {
    let (sandbox, mut home) = world();
    for line in credentials(&sandbox).replace("ZOOM_CLIENT_SECRET=", "ZOOM_CLIENT_SECRET=x").lines() {
        let (name, value) = line.split_once('=').unwrap();
        home.set(name, value);
    }
    home.run(["login", "--server-to-server"])
        .expect(4)
        .says(&["it does not know this client id and client secret"]);
    assert!(!home.env_path().exists());
}
