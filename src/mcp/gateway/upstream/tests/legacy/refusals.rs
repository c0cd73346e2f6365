//! Refusals over the transport before streamable HTTP, and what is done about them.

use super::*;

/// A message of a client that has begun, and the text of the error that it ends with.
async fn outcome(client: &mut Client, method: &str, is_read_only: bool) -> String {
    let message = json!({"jsonrpc": "2.0", "id": 2, "method": method, "params": {"name": "t"}});
    let manner = Manner { is_read_only, mirror: None };
    if let Err(NotGiven(reason)) = client.server.send(message.to_string(), &manner).await {
        return format!("not given: {reason}");
    }
    loop {
        let next = client.next().await;
        if next["id"] == 2 {
            return next["error"]["message"].as_str().unwrap_or("done").to_owned();
        }
    }
}

#[tokio::test]
async fn a_refusal_is_made_good_once_or_is_an_error_that_says_why() {
    let status = |code: u16| format!("HTTP/1.1 {code} X\r\nconnection: close\r\ncontent-length: 0\r\n\r\n");
    let refusal = r#"{"jsonrpc":"2.0","id":2,"error":{"code":-32000,"message":"no such thing"}}"#;
    let in_answer = format!(
        "HTTP/1.1 200 X\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{refusal}",
        refusal.len()
    );
    let gone = "127.0.0.1 has lost the session, and a new one did not begin: ";
    let (two, one) = (&["one-token", "another-token"][..], &["one-token"][..]);
    let list = "tools/list";
    for (tokens, faults, expected) in [
        (two, vec![(list, status(401))], "done".to_owned()),
        (
            two,
            vec![(list, status(401)), (list, status(401))],
            "127.0.0.1 does not take a token that was issued just now (HTTP 401)".into(),
        ),
        (
            two,
            vec![(list, status(401)), ("GET", status(401))],
            format!("{gone}127.0.0.1 does not take the token, and there is no other: the purse is empty"),
        ),
        (
            one,
            vec![(list, status(401))],
            "127.0.0.1 does not take the token, and there is no other: the purse is empty".into(),
        ),
        (one, vec![(list, status(404))], "done".into()),
        (
            one,
            vec![(list, status(404)), (list, status(410))],
            "127.0.0.1 does not know the session it has just begun".into(),
        ),
        (
            one,
            vec![(list, status(404)), ("GET", status(503))],
            format!("{gone}127.0.0.1 opens no stream of events (HTTP 503)"),
        ),
        (
            one,
            vec![(list, status(404)), ("initialize", status(500))],
            format!("{gone}127.0.0.1 answered with HTTP 500"),
        ),
        (
            one,
            vec![(list, status(404)), ("notifications/initialized", status(500))],
            format!("{gone}127.0.0.1 answered with HTTP 500"),
        ),
        (one, vec![(list, status(500))], "127.0.0.1 answered with HTTP 500".into()),
        (one, vec![(list, in_answer)], "no such thing".into()),
    ] {
        let made = Made::start(PLAIN).await;
        let purse = Purse::of(tokens);
        let mut client = Client::of(&made.url, Some(&purse));
        client.begin().await;
        let shown: Vec<_> = faults.iter().map(|(what, answer)| (*what, &answer[9..12])).collect();
        let shown = format!("{shown:?}");
        locked(&made.faults).extend(faults);
        assert_eq!(outcome(&mut client, list, true).await, expected, "{shown}");
        assert!(locked(&made.faults).is_empty(), "{shown}");
    }
}

#[tokio::test]
async fn a_stream_is_opened_with_another_token_once() {
    let status = |code: u16| format!("HTTP/1.1 {code} X\r\nconnection: close\r\ncontent-length: 0\r\n\r\n");
    for (refusals, message) in
        [(1, None), (2, Some("127.0.0.1 does not take a token that was issued just now (HTTP 401)"))]
    {
        let made = Made::start(PLAIN).await;
        locked(&made.faults).extend((0..refusals).map(|_| ("GET", status(401))));
        let purse = Purse::of(&["one-token", "another-token", "a-third-token"]);
        let mut client = Client::of(&made.url, Some(&purse));
        let answer = client.ask(1, "initialize", json!({}), false).await;
        assert_eq!(answer["error"]["message"].as_str(), message);
        assert_eq!(purse.renewals(), 1);
    }
    // Without any token nothing is sent, and it is said that nothing was.
    let made = Made::start(PLAIN).await;
    let purse = Purse::of(&["one-token"]);
    let mut client = Client::of(&made.url, Some(&purse));
    client.begin().await;
    locked(&purse.tokens).clear();
    assert_eq!(outcome(&mut client, "ping", true).await, "not given: the purse is empty");
    assert_eq!(made.heard("ping"), 0);
}

#[tokio::test]
async fn a_stream_that_ends_before_the_address_is_no_server() {
    let made = Made::start(PLAIN).await;
    let closed = "HTTP/1.1 200 X\r\nconnection: close\r\ncontent-type: text/event-stream\r\n\r\n: hello\n\n";
    locked(&made.faults).push(("GET", closed.into()));
    let mut client = Client::of(&made.url, None);
    let answer = client.ask(1, "initialize", json!({}), false).await;
    assert_eq!(answer["error"]["message"], "127.0.0.1 answered with HTTP 405");
}
