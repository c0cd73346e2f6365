//! A running sandbox, over real connections.

mod logins;

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use serde_json::Value;

use super::*;
use crate::clock::{Clock as _, SystemClock};

/// Far longer than anything here takes, so that a hang fails a test.
const HANG_TIMEOUT: Duration = Duration::from_secs(20);

fn start() -> Sandbox {
    Sandbox::start(Options::default()).unwrap()
}

fn connect(sandbox: &Sandbox) -> TcpStream {
    let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, sandbox.port())).unwrap();
    stream.set_read_timeout(Some(HANG_TIMEOUT)).unwrap();
    stream
}

/// Everything received until the connection closes, as text.
fn exchange(sandbox: &Sandbox, request: &str) -> String {
    let mut stream = connect(sandbox);
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    String::from_utf8(answer).unwrap()
}

fn post(path: &str, form: &str) -> String {
    let basic = STANDARD.encode(format!("{CLIENT_ID}:{CLIENT_SECRET}"));
    format!(
        "POST {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\nauthorization: Basic {basic}\r\n\
         content-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\n\r\n{form}",
        form.len()
    )
}

fn account_grant() -> String {
    post("/oauth/token", &format!("grant_type=account_credentials&account_id={ACCOUNT_ID}"))
}

fn refresh_grant(token: &str) -> String {
    post("/oauth/token", &format!("grant_type=refresh_token&refresh_token={token}"))
}

fn get(path: &str, token: &str) -> String {
    format!(
        "GET {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\nauthorization: Bearer {token}\r\n\r\n"
    )
}

fn head(answer: &str) -> &str {
    answer.split_once("\r\n\r\n").unwrap().0
}

fn body(answer: &str) -> &str {
    answer.split_once("\r\n\r\n").unwrap().1
}

fn json(answer: &str) -> Value {
    serde_json::from_str(body(answer)).unwrap()
}

fn length(answer: &str) -> usize {
    let header = head(answer).lines().find_map(|line| line.strip_prefix("content-length: "));
    header.unwrap().parse().unwrap()
}

#[test]
fn the_api_accepts_an_issued_token() {
    let sandbox = start();
    let answer = exchange(&sandbox, &account_grant());
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    assert!(head(&answer).contains("x-zm-trackingid: v=2.0;"));
    assert_eq!(head(&answer).matches("\r\ndate: ").count(), 1);
    let issued = json(&answer);
    assert_eq!(issued["api_url"], sandbox.oauth_url());
    let token = issued["access_token"].as_str().unwrap();
    assert!(sandbox.accepts(token));

    let me = exchange(&sandbox, &get("/v2/users/me", token));
    assert_eq!(json(&me)["email"], "ada@example.com");
    sandbox.revoke_all();
    assert!(!sandbox.accepts(token));
    let refused = exchange(&sandbox, &get("/v2/users/me", token));
    assert!(refused.starts_with("HTTP/1.1 401 "), "{refused}");
    assert_eq!(json(&refused)["code"], 124);
}

#[test]
fn a_new_pair_replaces_the_refresh_token() {
    let sandbox = Sandbox::start(Options { supersede: true, ..Options::default() }).unwrap();
    let spent = sandbox.refresh_token();
    let first = json(&exchange(&sandbox, &refresh_grant(&spent)));
    assert_eq!(first["refresh_token"], sandbox.refresh_token());
    assert_eq!(json(&exchange(&sandbox, &refresh_grant(&spent)))["error"], "invalid_grant");
    assert!(sandbox.accepts(first["access_token"].as_str().unwrap()));
    exchange(&sandbox, &refresh_grant(&sandbox.refresh_token()));
    assert!(!sandbox.accepts(first["access_token"].as_str().unwrap()));
}

#[test]
fn the_offset_moves_the_date_and_the_expiry() {
    let sandbox = Sandbox::start(Options { clock_offset: 7200, ..Options::default() }).unwrap();
    let before = SystemClock::start().now();
    let answer = exchange(&sandbox, &account_grant());
    let date = head(&answer).lines().find_map(|line| line.strip_prefix("date: ")).unwrap();
    let date = DateTime::parse_from_rfc2822(date).unwrap().with_timezone(&Utc);
    assert!((7199..7260).contains(&(date - before).num_seconds()), "{date}");
    assert!(sandbox.accepts(json(&answer)["access_token"].as_str().unwrap()));
    assert!(!sandbox.accepts(&sandbox.mint(-1)));
    assert!(sandbox.accepts(&sandbox.mint(60)));
}

#[test]
fn only_a_cut_after_processing_spends_the_refresh_token() {
    let sandbox = start();
    for (fault, spent) in [(Fault::CutBefore, false), (Fault::CutAfter, true)] {
        let before = sandbox.refresh_token();
        sandbox.fail(Endpoint::Token, fault, 1);
        assert_eq!(exchange(&sandbox, &refresh_grant(&before)), "");
        assert_eq!(sandbox.refresh_token() != before, spent);
    }
    assert_eq!(sandbox.token_requests().len(), 2);
}

#[test]
fn a_truncated_answer_stops_halfway() {
    let sandbox = start();
    sandbox.fail(Endpoint::Token, Fault::Truncated, 1);
    let answer = exchange(&sandbox, &account_grant());
    assert_eq!(body(&answer).len(), length(&answer) / 2);
}

#[test]
fn bodies_can_be_slow_chunked_or_large() {
    let sandbox = start();
    sandbox.fail(Endpoint::Token, Fault::Trickle(Duration::from_micros(1)), 1);
    let trickled = exchange(&sandbox, &refresh_grant("other"));
    assert_eq!(body(&trickled).len(), length(&trickled));
    assert_eq!(json(&trickled)["error"], "invalid_grant");

    sandbox.fail(Endpoint::Token, Fault::Chunked, 1);
    let chunked = exchange(&sandbox, &account_grant());
    assert!(head(&chunked).contains("transfer-encoding: chunked"));
    assert!(chunked.ends_with("\r\n0\r\n\r\n"));

    sandbox.fail(Endpoint::Token, Fault::Huge(200_001), 1);
    let huge = exchange(&sandbox, &account_grant());
    assert_eq!((body(&huge).len(), length(&huge)), (200_001, 200_001));

    sandbox.fail(Endpoint::Api, Fault::Endless, 1);
    let mut stream = connect(&sandbox);
    stream.write_all(get("/v2/users", "x").as_bytes()).unwrap();
    let mut some = vec![0; 1_000_000];
    stream.read_exact(&mut some).unwrap();
}

#[test]
fn faults_affect_only_their_endpoint_and_end() {
    let sandbox = start();
    sandbox.fail(Endpoint::Token, Fault::Html(502), 2);
    let token = sandbox.mint(100);
    assert!(exchange(&sandbox, &get("/v2/users/me", &token)).starts_with("HTTP/1.1 200 "));
    for expected in [502, 502, 200] {
        assert!(exchange(&sandbox, &account_grant()).starts_with(&format!("HTTP/1.1 {expected} ")));
    }
    sandbox.fail(Endpoint::Token, Fault::Empty, u32::MAX);
    for _ in 0..3 {
        assert_eq!(length(&exchange(&sandbox, &account_grant())), 0);
    }
    sandbox.heal(Endpoint::Token);
    assert!(length(&exchange(&sandbox, &account_grant())) > 0);
}

#[test]
fn the_api_accepts_any_text_as_a_requested_token() {
    let sandbox = start();
    sandbox.fail(Endpoint::Token, Fault::Token("opaque".into()), 1);
    assert_eq!(json(&exchange(&sandbox, &account_grant()))["access_token"], "opaque");
    assert!(sandbox.accepts("opaque"));
}

#[test]
fn a_request_that_is_never_answered_does_not_block_others() {
    let sandbox = start();
    sandbox.fail(Endpoint::Token, Fault::Never, 1);
    let mut waiting = connect(&sandbox);
    waiting.write_all(account_grant().as_bytes()).unwrap();
    assert!(sandbox.wait_for_token_requests(1, HANG_TIMEOUT));
    assert!(!sandbox.wait_for_token_requests(2, Duration::ZERO));
    sandbox.fail(Endpoint::Token, Fault::Slow(Duration::from_millis(1)), 1);
    assert_eq!(json(&exchange(&sandbox, &account_grant()))["token_type"], "bearer");

    drop(sandbox);
    assert_eq!(waiting.read(&mut [0; 1]).unwrap_or(0), 0, "the connection ends with the sandbox");
}

#[test]
fn an_arriving_request_ends_the_wait_for_it() {
    let sandbox = start();
    let clock = SystemClock::start();
    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| sandbox.wait_for_token_requests(1, HANG_TIMEOUT));
        exchange(&sandbox, &account_grant());
        assert!(waiting.join().unwrap());
    });
    assert!(clock.elapsed() < HANG_TIMEOUT);
}

#[test]
fn requests_are_recorded() {
    let sandbox = start();
    exchange(&sandbox, &post("/oauth/token?a=b", "grant_type=password&x=%24"));
    exchange(&sandbox, &get("/v2/users/me", "bearer-token-of-twenty-four"));
    let seen = sandbox.requests();
    assert_eq!(seen.len(), 2);
    assert_eq!((seen[0].method.as_str(), seen[0].path.as_str()), ("POST", "/oauth/token"));
    assert_eq!((seen[0].query.as_str(), seen[0].body.as_str()), ("a=b", "grant_type=password&x=%24"));
    assert_eq!(seen[0].grant_type.as_deref(), Some("password"));
    assert_eq!(seen[0].fields["x"], "$");
    assert!(seen[0].client_ok && !seen[1].client_ok);
    assert_eq!(seen[1].bearer.as_deref(), Some("bearer-token-of-twenty-four"));
    assert!(seen[0].elapsed <= seen[1].elapsed);
    assert_eq!(sandbox.token_requests().len(), 1);
    assert!(!format!("{seen:?}").contains("token-of-twenty"));
}

#[test]
fn the_sandbox_is_controlled_over_http_without_showing_secrets() {
    let sandbox = start();
    let answer = exchange(&sandbox, &post("/sandbox/fault", "fault=status&status=503&times=1"));
    assert!(answer.starts_with("HTTP/1.1 204 "), "{answer}");
    assert!(exchange(&sandbox, &account_grant()).starts_with("HTTP/1.1 503 "));
    let wrong = exchange(&sandbox, &post("/sandbox/fault", "fault=flood"));
    assert!(wrong.starts_with("HTTP/1.1 400 ") && body(&wrong).contains("\"fault\""));
    for (path, form, field) in [
        ("/sandbox/login", "", "consent"),
        ("/sandbox/login", "consent=perhaps", "consent"),
        ("/sandbox/login", "expire=everything", "expire"),
    ] {
        let wrong = exchange(&sandbox, &post(path, form));
        let said = format!("the field \"{field}\" is missing or wrong\n");
        assert!(wrong.starts_with("HTTP/1.1 400 ") && body(&wrong) == said, "{form}: {wrong}");
    }
    assert!(exchange(&sandbox, &post("/sandbox/mcp", "")).starts_with("HTTP/1.1 400 "));
    let unknown = exchange(&sandbox, &post("/sandbox/everything", ""));
    assert!(unknown.starts_with("HTTP/1.1 404 ") && body(&unknown).contains("/sandbox/fault"), "{unknown}");

    let token = sandbox.mint(100);
    let refresh = sandbox.refresh_token();
    exchange(&sandbox, &refresh_grant(&refresh));
    exchange(&sandbox, &post("/sandbox/revoke", ""));
    assert!(!sandbox.accepts(&token));
    exchange(&sandbox, &get(&format!("/v2/users/me?a=b&access_token={token}"), &token));
    let log = exchange(&sandbox, &get("/sandbox/requests", ""));
    assert_eq!(json(&log)[0]["form"]["grant_type"], "account_credentials");
    assert_eq!(json(&log)[0]["client_ok"], true);
    assert_eq!(json(&log)[2]["query"]["a"], "b");
    assert_eq!(json(&log).as_array().unwrap().len(), 3, "without requests to the sandbox itself");
    assert!(!log.contains(&token) && !log.contains(&refresh) && !log.contains(CLIENT_SECRET));

    let foreign = post("/sandbox/revoke", "").replace("host: localhost", "host: example.com");
    assert!(exchange(&sandbox, &foreign).starts_with("HTTP/1.1 403 "));
}

#[test]
fn other_paths_are_web_pages() {
    let sandbox = start();
    for request in [post("/oauth/tokens", ""), get("/oauth/token", ""), get("/", "")] {
        let answer = exchange(&sandbox, &request);
        assert!(answer.starts_with("HTTP/1.1 404 ") && body(&answer).starts_with("<!DOCTYPE html>"));
    }
}

#[test]
fn a_deletion_has_no_body() {
    let sandbox = start();
    let request = get("/v2/meetings/81000000001", &sandbox.mint(60)).replacen("GET", "DELETE", 1);
    let answer = exchange(&sandbox, &request);
    assert!(answer.starts_with("HTTP/1.1 204 "), "{answer}");
    assert_eq!(body(&answer), "");
    assert!(!head(&answer).contains("content-length"));
}

#[test]
fn the_port_is_free_after_the_end() {
    let sandbox = start();
    let port = sandbox.port();
    exchange(&sandbox, &account_grant());
    drop(sandbox);
    let again = Sandbox::start(Options { port, ..Options::default() }).unwrap();
    assert_eq!(again.port(), port);
    assert!(Sandbox::start(Options { port, ..Options::default() }).is_err(), "the port is taken");
}

#[test]
fn the_instructions_name_everything_that_zoomtok_needs() {
    let sandbox = start();
    let text = sandbox.instructions();
    for line in [
        format!("  export ZOOM_OAUTH_URL={}\n", sandbox.oauth_url()),
        format!("  export ZOOM_API_URL={}\n", sandbox.api_url()),
        format!("  export ZOOM_MCP_URL={}\n", sandbox.mcp_url()),
        format!("  export ZOOM_CLIENT_ID={CLIENT_ID}\n"),
        format!("  export ZOOM_CLIENT_SECRET={CLIENT_SECRET}\n"),
        format!("  export ZOOM_ACCOUNT_ID={ACCOUNT_ID}\n"),
        format!("  echo ZOOM_REFRESH_TOKEN={} >> .env\n", sandbox.refresh_token()),
        format!("  curl {}/sandbox/requests\n", sandbox.oauth_url()),
    ] {
        assert!(text.contains(&line), "{line} in {text}");
    }
}
