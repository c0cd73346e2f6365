//! A watch that keeps a Secret current.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zoomtok::sandbox::{CLIENT_SECRET, Sandbox};

use crate::support::api_server::ApiServer;
use crate::support::mcp_session::wait_until;
use crate::support::needs::needs;
use crate::support::processes::Running;
use crate::support::{Ended, Home, replace_token, sandbox};

const TOKEN: &str = "ZOOM_ACCESS_TOKEN";
const EXPIRES_AT: &str = "ZOOM_TOKEN_EXPIRES_AT";

/// The arguments of a watch over the Secret `zoom`, with more of them.
fn arguments(server: &ApiServer, more: &[&str]) -> Vec<String> {
    let account = server.account();
    let own = [
        "watch",
        "--no-claude",
        "--kubernetes-secret",
        "zoom",
        "--service-account",
        account.to_str().unwrap(),
    ];
    own.iter().chain(more).map(|argument| (*argument).to_owned()).collect()
}

fn once(home: &Home, server: &ApiServer) -> Ended {
    home.run(arguments(server, &["--once"]))
}

/// A watch that looks every second.
fn watch(home: &Home, server: &ApiServer) -> Running {
    home.start(arguments(server, &["--interval", "1"]))
}

/// A home in a pod, whose token has so many seconds left.
fn pod(server: &ApiServer, sandbox: &Sandbox, left: i64) -> Home {
    let mut home = Home::with_token(sandbox, left);
    server.around(&mut home);
    home
}

#[track_caller]
fn assert_current(server: &ApiServer, home: &Home) {
    assert_eq!(server.value("zoom", TOKEN), home.value(TOKEN));
    let ends = server.value("zoom", EXPIRES_AT).unwrap();
    assert!(home.value(EXPIRES_AT).is_none_or(|written| written == ends), "{ends}");
    let env = server.value("zoom", ".env").unwrap();
    let token = server.value("zoom", TOKEN).unwrap();
    assert_eq!(env, format!("{TOKEN}=\"{token}\"\n{EXPIRES_AT}=\"{ends}\"\n"));
}

#[test]
fn a_present_token_and_each_new_one_are_written_and_nothing_else_is() {
    needs!(Openssl);
    let (sandbox, server) = (sandbox(), ApiServer::start());
    let mut home = Home::of_user(&sandbox, "");
    replace_token(&home, &sandbox.mint(3000));
    server.around(&mut home);
    let said = once(&home, &server).expect(0).quietly().stdout;
    assert!(said.contains("📋 Token written to the Secret team/zoom"), "{said}");
    assert_current(&server, &home);
    let refresh_tokens = [home.value("ZOOM_REFRESH_TOKEN").unwrap()];
    home.run(["get", "-f"]).expect(0);
    once(&home, &server).expect(0).quietly();
    assert_current(&server, &home);
    // Nothing is to be done, so nothing is written or reported.
    let said = once(&home, &server).expect(0).quietly().stdout;
    assert!(!said.contains("Secret"), "{said}");
    assert_eq!([server.heard("get"), server.heard("create"), server.heard("patch")], [3, 1, 1]);
    for (_, body) in &server.cluster().heard {
        for secret in refresh_tokens.iter().chain([&sandbox.refresh_token(), &CLIENT_SECRET.to_owned()]) {
            assert!(!body.contains(secret));
            let encoded = STANDARD.encode(secret);
            assert!(!body.contains(encoded.trim_end_matches('=')));
        }
    }
}

#[test]
fn a_watch_writes_what_it_refreshes_and_what_others_fetch() {
    needs!(Openssl);
    let (sandbox, server) = (sandbox(), ApiServer::start());
    server.make("zoom", &[("mine", "kept")]);
    // Due at once.
    let home = pod(&server, &sandbox, 100);
    let mut running = watch(&home, &server);
    wait_until("the first write", || server.value("zoom", TOKEN).is_some());
    wait_until("what was refreshed", || server.value("zoom", TOKEN) == home.value(TOKEN));
    assert_eq!(sandbox.token_requests().len(), 1);
    home.run(["get", "-f"]).expect(0);
    wait_until("what another process fetched", || server.value("zoom", TOKEN) == home.value(TOKEN));
    assert_current(&server, &home);
    assert_eq!(server.value("zoom", "mine").as_deref(), Some("kept"));
    assert!(running.runs());
    running.signal("TERM");
    let said = running.end().expect(0).stdout;
    assert_eq!(said.matches("Token written to the Secret").count(), 2, "{said}");
}

#[test]
fn who_is_overtaken_reads_again_and_gives_up_in_the_end() {
    needs!(Openssl);
    let (sandbox, server) = (sandbox(), ApiServer::start());
    let home = pod(&server, &sandbox, 3000);
    // There is none until somebody else makes it.
    server.cluster().meddling = 2;
    once(&home, &server).expect(0).quietly();
    assert_current(&server, &home);
    assert_eq!(server.value("zoom", "other").as_deref(), Some("0"));
    assert_eq!([server.heard("get"), server.heard("create"), server.heard("patch")], [3, 1, 2]);
    replace_token(&home, &sandbox.mint(3100));
    server.cluster().meddling = 100;
    let said = once(&home, &server).expect(5).stdout;
    assert!(said.contains("was changed by others each time it was read"), "{said}");
    server.cluster().meddling = 0;
    once(&home, &server).expect(0).quietly();
    assert_current(&server, &home);
}

#[test]
fn an_older_token_is_never_put_over_a_newer_one() {
    needs!(Openssl);
    let (sandbox, server) = (sandbox(), ApiServer::start());
    let (ahead, behind) = (pod(&server, &sandbox, 3000), pod(&server, &sandbox, 2000));
    once(&ahead, &server).expect(0).quietly();
    let said = once(&behind, &server).expect(0).stdout;
    assert!(
        said.contains("the Secret team/zoom holds another token, which ends later than this one"),
        "{said}"
    );
    assert_current(&server, &ahead);
    assert_eq!(server.heard("patch"), 0);
    replace_token(&behind, &sandbox.mint(3500));
    once(&behind, &server).expect(0).quietly();
    assert_current(&server, &behind);
}

#[test]
fn the_token_of_the_service_account_is_read_anew_each_time() {
    needs!(Openssl);
    let (sandbox, mut server) = (sandbox(), ApiServer::start());
    let home = pod(&server, &sandbox, 3000);
    let running = watch(&home, &server);
    wait_until("the first write", || server.value("zoom", TOKEN) == home.value(TOKEN));
    server.revoke();
    replace_token(&home, &sandbox.mint(3100));
    let asked = server.heard("get");
    wait_until("two refusals", || server.heard("get") >= asked + 2);
    assert_ne!(server.value("zoom", TOKEN), home.value(TOKEN));
    server.rotate();
    wait_until("the next write", || server.value("zoom", TOKEN) == home.value(TOKEN));
    let mut running = running;
    running.signal("TERM");
    let said = running.end().expect(0).stdout;
    // A warning is not repeated at each look.
    assert_eq!(said.matches("does not take the token of this pod's service account").count(), 1, "{said}");
}

#[test]
fn a_server_that_is_away_gets_the_token_when_it_is_back() {
    needs!(Openssl);
    let (sandbox, mut server) = (sandbox(), ApiServer::start());
    let home = pod(&server, &sandbox, 3000);
    server.stop();
    let said = once(&home, &server).expect(5).stdout;
    assert!(said.contains("cannot be reached") && said.contains("Try again later."), "{said}");
    let mut running = home.start(arguments(&server, &["--interval", "1", "--json"]));
    std::thread::sleep(std::time::Duration::from_millis(2500));
    server.go_on();
    wait_until("the write", || server.value("zoom", TOKEN) == home.value(TOKEN));
    running.signal("TERM");
    let said = running.end().expect(0).stdout;
    let events: Vec<serde_json::Value> =
        said.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let of = |name: &str| events.iter().filter(|event| event["event"] == name).collect::<Vec<_>>();
    assert_eq!(of("warning").len(), 1, "{said}");
    assert_eq!(of("secret_updated")[0]["secret"], "team/zoom");
    // One that is there and broken is waited for likewise.
    replace_token(&home, &sandbox.mint(3100));
    server.cluster().broken = Some(503);
    assert!(once(&home, &server).expect(5).stdout.contains("with HTTP 503"));
}

#[test]
fn a_secret_that_was_removed_is_made_again_by_the_next_run() {
    needs!(Openssl);
    let (sandbox, server) = (sandbox(), ApiServer::start());
    let home = pod(&server, &sandbox, 3000);
    for _ in 0..2 {
        once(&home, &server).expect(0).quietly();
        assert_current(&server, &home);
        server.remove("zoom");
    }
    assert_eq!(server.heard("create"), 2);
}

#[test]
fn missing_rights_are_named() {
    needs!(Openssl);
    let (sandbox, server) = (sandbox(), ApiServer::start());
    let home = pod(&server, &sandbox, 3000);
    let role = "Its Role in the namespace team needs the verbs get and patch for the resource secrets with the \
        resourceName zoom.";
    for (verb, there, hint) in [
        ("get", false, role),
        (
            "create",
            false,
            "Make the Secret zoom, which may be empty, or let the service account create Secrets in the namespace team.",
        ),
        ("patch", true, role),
    ] {
        if there {
            server.make("zoom", &[]);
        }
        server.cluster().forbidden = [verb].into();
        let said = once(&home, &server).expect(3).stdout;
        let what = format!("may not {verb} the Secret team/zoom (HTTP 403, Forbidden). {hint}");
        assert!(said.contains(&what) && !said.contains("canary"), "{said}");
    }
    server.cluster().forbidden.clear();
    once(&home, &server).expect(0).quietly();
}

#[test]
fn a_server_that_is_not_trusted_is_sent_nothing() {
    needs!(Openssl);
    let (sandbox, mut server) = (sandbox(), ApiServer::start());
    let home = pod(&server, &sandbox, 3000);
    server.distrust();
    let said = once(&home, &server).expect(3).stdout;
    assert!(said.contains("cannot be trusted: "), "{said}");
    assert!(server.cluster().heard.is_empty());
}

#[test]
fn what_the_pod_lacks_is_named() {
    needs!(Openssl);
    let (sandbox, server) = (sandbox(), ApiServer::start());
    let mut home = Home::with_token(&sandbox, 3000);
    let said = once(&home, &server).expect(3).stdout;
    assert!(
        said.contains("KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT name no API server"),
        "{said}"
    );
    server.around(&mut home);
    let said = home.run(["watch", "--once", "--no-claude", "--kubernetes-secret", "zoom"]).expect(3).stdout;
    assert!(
        said.contains("/var/run/secrets/kubernetes.io/serviceaccount/namespace cannot be read"),
        "{said}"
    );
    let said = home.run(arguments(&server, &["--once"]).iter().map(|argument| match &**argument {
        "zoom" => "other/zoom",
        argument => argument,
    }));
    let said = said.expect(3).stdout;
    assert!(said.contains("there is no namespace other for the Secret other/zoom"), "{said}");
    // The name of a Secret is checked before anything is done.
    let ended = home.run(["watch", "--kubernetes-secret", "../zoom"]).expect(2);
    assert!(ended.stderr.contains("is no name of a namespace"), "{}", ended.stderr);
    home.run(["watch", "--all", "--kubernetes-secret", "zoom"]).expect(2);
}
