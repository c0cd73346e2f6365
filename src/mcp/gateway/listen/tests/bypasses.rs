//! Ways past the front, written byte by byte: none reaches a session.

use super::made_up::{asked, begin, exchange, request, served, status};
use super::*;

/// A message that would be heard.
fn ping() -> String {
    asked("ping", &json!({}))
}

#[tokio::test]
async fn nothing_that_is_refused_reaches_a_session() {
    let served = served().await;
    let session = begin(&served).await;
    let heard = served.seen.heard();
    let mine = format!("mcp-session-id: {session}\r\n");
    let with = |more: &str| request("POST", &format!("{mine}{more}"), &ping());
    let raw = |head: &str, body: &str| {
        format!(
            "{head}connection: close\r\ncontent-type: application/json\r\naccept: */*\r\n\
             authorization: Bearer ztg_alice\r\n{mine}\r\n{body}"
        )
    };
    let line = "POST /mcp HTTP/1.1\r\nhost: localhost\r\n";
    let length = format!("content-length: {}\r\n", ping().len());
    let chunked = format!("{:x}\r\n{}\r\n0\r\n\r\n", ping().len(), ping());
    let body = |body: &str| request("POST", &mine, body);
    let ping_of = |more: &str| format!(r#"{{"jsonrpc":"2.0","id":1,"method":"ping"{more}}}"#);
    let table = [
        ("no bearer", with("authorization: \r\n"), 401),
        ("a bearer that is nobody's", with("authorization: Bearer ztg_eve\r\n"), 401),
        ("another scheme", with("authorization: Basic enRnX2FsaWNlOg==\r\n"), 401),
        ("two bearers", with("authorization: Bearer ztg_eve\r\nauthorization: Bearer ztg_alice\r\n"), 401),
        ("grants that cannot be read", with("authorization: Bearer ztg_broken\r\n"), 500),
        (
            "a bearer in the query",
            with("authorization:\r\n").replacen("/mcp", "/mcp?access_token=ztg_alice", 1),
            401,
        ),
        ("another grant's session", with("authorization: Bearer ztg_bob\r\n"), 404),
        ("an unknown session", request("POST", "mcp-session-id: x\r\n", &ping()), 404),
        ("no session", request("POST", "", &ping()), 400),
        ("two sessions", with(&mine), 400),
        ("a rebound name", with("").replacen("localhost", "evil.example", 1), 403),
        ("no Host", raw(&format!("POST /mcp HTTP/1.1\r\n{length}"), &ping()), 400),
        ("two Hosts", with("host: evil.example\r\n"), 400),
        ("an absolute address", with("").replacen("/mcp", "http://evil.example/mcp", 1), 400),
        ("a foreign page", with("origin: https://evil.example\r\n"), 403),
        ("a page without an origin", with("origin: null\r\n"), 403),
        ("a form", with("").replacen("application/json", "text/plain", 1), 415),
        ("a compressed body", with("content-encoding: gzip\r\n"), 415),
        ("another version", with("mcp-protocol-version: 1999-01-01\r\n"), 400),
        ("another path", with("").replacen("/mcp", "/mcp/../mcp", 1), 404),
        ("another method", with("").replacen("POST", "PATCH", 1), 405),
        ("chunks", raw(&format!("{line}transfer-encoding: chunked\r\n"), &chunked), 411),
        (
            "a length, then chunks",
            raw(&format!("{line}{length}transfer-encoding: chunked\r\n"), &chunked),
            411,
        ),
        (
            "chunks, then a length",
            raw(&format!("{line}transfer-encoding: chunked\r\n{length}"), &chunked),
            411,
        ),
        ("chunks in capitals", raw(&format!("{line}Transfer-Encoding: CHUNKED\r\n{length}"), &chunked), 411),
        (
            "chunks that are none",
            raw(&format!("{line}transfer-encoding: xchunked\r\n{length}"), &chunked),
            400,
        ),
        (
            "chunks and more",
            raw(&format!("{line}transfer-encoding: chunked, gzip\r\n{length}"), &chunked),
            400,
        ),
        (
            "a space before the colon",
            raw(&format!("{line}transfer-encoding : chunked\r\n{length}"), &chunked),
            400,
        ),
        ("a folded header", raw(&format!("{line}transfer-encoding:\r\n chunked\r\n{length}"), &chunked), 400),
        ("two lengths", with("content-length: 3\r\n"), 400),
        ("a list of lengths", raw(&format!("{line}content-length: 5, 5\r\n"), "12345"), 400),
        ("a length with a sign", raw(&format!("{line}content-length: +5\r\n"), "12345"), 400),
        ("a length below zero", raw(&format!("{line}content-length: -5\r\n"), "12345"), 400),
        ("no length", raw(line, ""), 411),
        ("a length that is too long", raw(&format!("{line}content-length: 4194305\r\n"), ""), 413),
        ("HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_owned(), 0),
        ("no HTTP", "EHLO localhost\r\n\r\n".to_owned(), 400),
        ("a batch", body(&format!("[{}]", ping())), 400),
        ("a batch of one after white space", body(&format!(" \n[{}]", ping())), 400),
        ("two messages", body(&format!("{0}\n{0}", ping())), 400),
        ("no JSON", body("{"), 400),
        ("no message", body("7"), 400),
        ("no id", body(r#"{"jsonrpc":"2.0","id":null,"method":"ping"}"#), 400),
        ("a name twice", body(&ping_of(r#","method":"tools/call""#)), 400),
        ("a name twice, deep", body(&ping_of(r#","params":{"a":{"b":1,"b":2}}"#)), 400),
        ("a name that some fold", body(&ping_of(r#","Method":"tools/call""#)), 400),
    ];
    // Where the status is 0, the connection is closed without an answer.
    for (name, request, expected) in table {
        let answer = exchange(&served, &request).await;
        assert_eq!(status(&answer), expected, "{name}: {answer}");
        assert_eq!(served.seen.heard(), heard, "{name} was heard");
        assert!(expected != 401 || answer.contains("www-authenticate: Bearer realm="), "{name}: {answer}");
    }
    assert_eq!(status(&exchange(&served, &with("")).await), 200, "the rest of each of them is good");
    assert_eq!(status(&exchange(&served, &with(&length)).await), 200, "the same length twice is one length");
}

#[tokio::test]
async fn it_is_refused_before_the_body_is_read() {
    let served = served().await;
    for (more, expected) in [
        ("origin: https://evil.example\r\n", 403),
        ("authorization: Bearer ztg_eve\r\n", 401),
        ("mcp-session-id: x\r\n", 404),
    ] {
        let whole = request("POST", more, &"x".repeat(100_000));
        let (head, _) = whole.split_once("\r\n\r\n").unwrap();
        assert_eq!(status(&exchange(&served, &format!("{head}\r\n\r\n")).await), expected, "{more}");
    }
}

#[tokio::test]
async fn the_rest_of_a_refused_request_is_not_taken_for_another() {
    let served = served().await;
    let session = begin(&served).await;
    let heard = served.seen.heard();
    let smuggled = post(&session, "ping");
    for framing in [
        format!("content-length: {}\r\ntransfer-encoding: chunked\r\n", smuggled.len() + 5),
        format!("transfer-encoding: chunked\r\ncontent-length: {}\r\n", smuggled.len() + 5),
        format!("content-length: 5\r\ncontent-length: {}\r\n", smuggled.len() + 5),
        "transfer-encoding: xchunked\r\n".to_owned(),
    ] {
        let request = format!("POST /mcp HTTP/1.1\r\nhost: localhost\r\n{framing}\r\n0\r\n\r\n{smuggled}");
        let answer = exchange(&served, &request).await;
        assert_eq!(answer.matches("HTTP/1.1 ").count(), 1, "{framing}: {answer}");
    }
    assert_eq!(served.seen.heard(), heard);
}
