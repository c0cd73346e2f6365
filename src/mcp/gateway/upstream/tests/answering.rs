//! A server whose answers depend on what it is asked, and how often: refusals, and what is done about them.

use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpListener;

use super::scripted::{request, stream_of};
use super::*;

/// A request as a server has read it.
#[derive(Debug, Clone)]
struct Heard {
    /// `GET`, `DELETE`, or the method of the message.
    what: String,
    /// How often the server was asked the same before.
    before: usize,
    token: Option<String>,
    session: Option<String>,
    body: Value,
}

impl Heard {
    fn read(text: &str, known: &[Self]) -> Self {
        let (top, body) = text.split_once("\r\n\r\n").unwrap();
        let header = |name: &str| {
            let mut lines = top.lines().filter_map(|line| line.split_once(": "));
            lines.find(|(this, _)| this.eq_ignore_ascii_case(name)).map(|(_, value)| value.to_owned())
        };
        let body: Value = serde_json::from_str(body).unwrap_or_default();
        let verb = text.split(' ').next().unwrap();
        let what = body["method"].as_str().unwrap_or(verb).to_owned();
        let before = known.iter().filter(|heard| heard.what == what).count();
        Self { what, before, token: header("authorization"), session: header("mcp-session-id"), body }
    }
}

struct Answering {
    url: String,
    heard: Arc<Mutex<Vec<Heard>>>,
}

impl Answering {
    /// A server that answers so. A request whose answer is empty waits until its client hangs up.
    async fn start(answer: impl Fn(&Heard) -> String + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/mcp", listener.local_addr().unwrap());
        let heard: Arc<Mutex<Vec<Heard>>> = Arc::default();
        let (known, answer) = (Arc::clone(&heard), Arc::new(answer));
        tokio::spawn(async move {
            loop {
                let (mut stream, _) = listener.accept().await.unwrap();
                let (known, answer) = (Arc::clone(&known), Arc::clone(&answer));
                tokio::spawn(async move {
                    let text = request(&mut stream).await;
                    let heard = Heard::read(&text, &locked(&known));
                    locked(&known).push(heard.clone());
                    let said = answer(&heard);
                    if said.is_empty() {
                        let _ = tokio::io::AsyncReadExt::read(&mut stream, &mut [0]).await;
                        locked(&known).push(Heard { what: "hung up".into(), ..heard });
                        return;
                    }
                    stream.write_all(said.as_bytes()).await.unwrap();
                });
            }
        });
        Self { url, heard }
    }

    fn heard(&self, what: &str) -> Vec<Heard> {
        locked(&self.heard).iter().filter(|heard| heard.what == what).cloned().collect()
    }
}

fn status(code: u16) -> String {
    format!("HTTP/1.1 {code} X\r\nconnection: close\r\ncontent-length: 0\r\n\r\n")
}

fn answer(code: u16, headers: &str, body: &Value) -> String {
    let body = body.to_string();
    let length = body.len();
    format!(
        "HTTP/1.1 {code} X\r\ncontent-type: application/json\r\n{headers}connection: close\r\ncontent-length: {length}\r\n\r\n{body}"
    )
}

/// The answers of a server that refuses nothing. Each session has the number of its beginning.
fn usual(heard: &Heard) -> String {
    let result =
        json!({"jsonrpc": "2.0", "id": heard.body["id"], "result": {"protocolVersion": "2025-11-25"}});
    match heard.what.as_str() {
        "initialize" => answer(200, &format!("mcp-session-id: s{}\r\n", heard.before), &result),
        "GET" => status(405),
        what if what.starts_with("notifications/") => status(202),
        _ => answer(200, "", &result),
    }
}

/// The text of the error that a request ends with, or `done`.
async fn outcome(client: &mut Client, id: u64, method: &str, is_read_only: bool) -> String {
    let message = json!({"jsonrpc": "2.0", "id": id, "method": method, "params": {"name": "t"}});
    client.server.send(message.to_string(), &Manner { is_read_only, mirror: None }).await.unwrap();
    loop {
        let next = client.next().await;
        if next["id"] == id {
            return next["error"]["message"].as_str().unwrap_or("done").to_owned();
        }
    }
}

#[tokio::test]
async fn a_session_that_does_not_begin_again_is_an_error_that_says_why() {
    let lost = "127.0.0.1 has lost the session, and a new one did not begin: ";
    // Each exception: the request, how often there was one before, and the status of its answer.
    for (otherwise, expected) in [
        (vec![("tools/list", 0, 404)], "done".to_owned()),
        (
            vec![("tools/list", 0, 404), ("tools/list", 1, 404)],
            "127.0.0.1 does not know the session it has just begun".into(),
        ),
        (
            vec![("tools/list", 0, 404), ("initialize", 1, 503)],
            format!("{lost}127.0.0.1 answered with HTTP 503"),
        ),
        (vec![("tools/list", 0, 404), ("initialize", 1, 202)], format!("{lost}it gave no answer")),
        (
            vec![("tools/list", 0, 404), ("notifications/initialized", 1, 500)],
            format!("{lost}127.0.0.1 answered with HTTP 500"),
        ),
    ] {
        let shown = format!("{otherwise:?}");
        let server = Answering::start(move |heard| {
            let is_meant =
                |(what, before, _): &&(&str, usize, u16)| heard.what == *what && heard.before == *before;
            otherwise.iter().find(is_meant).map_or_else(|| usual(heard), |(_, _, code)| status(*code))
        })
        .await;
        let mut client = Client::of(&server.url, None);
        client.begin().await;
        assert_eq!(outcome(&mut client, 2, "tools/list", false).await, expected, "{shown}");
        // The next message tries it anew.
        assert_eq!(outcome(&mut client, 3, "ping", false).await, "done", "{shown}");
    }
}

#[tokio::test]
async fn calls_that_lose_the_session_together_begin_one_in_its_place() {
    let server = Answering::start(|heard| match (heard.what.as_str(), heard.session.as_deref()) {
        ("tools/list", Some("s0")) => status(404),
        _ => usual(heard),
    })
    .await;
    let mut client = Client::of(&server.url, None);
    client.begin().await;
    for id in 2..8 {
        let message = json!({"jsonrpc": "2.0", "id": id, "method": "tools/list"});
        client.server.send(message.to_string(), &Manner::default()).await.unwrap();
    }
    let mut answered = Vec::new();
    while answered.len() < 6 {
        let next = client.next().await;
        assert!(next["error"].is_null(), "{next}");
        answered.extend(next["id"].as_u64());
    }
    answered.sort_unstable();
    assert_eq!(answered, [2, 3, 4, 5, 6, 7]);
    assert_eq!(server.heard("initialize").len(), 2);
    assert!(server.heard("initialize")[1].session.is_none());
}

#[tokio::test]
async fn a_token_that_is_refused_is_an_error_that_says_what_to_do() {
    let none: &[&str] = &[];
    for (tokens, what, is_read_only, refusals, expected) in [
        (&["one", "two"][..], "tools/list", true, 1, "done"),
        (
            &["one", "two"],
            "tools/list",
            true,
            2,
            "127.0.0.1 does not take a token that was issued just now (HTTP 401)",
        ),
        (
            &["one"],
            "tools/list",
            true,
            1,
            "127.0.0.1 does not take the token, and there is no other: the purse is empty",
        ),
        (
            &["one", "two"],
            "tools/call",
            false,
            1,
            "the server did not take the token. zoomtok has obtained a new token. The call was not repeated, since its \
             tool may change something: call it again",
        ),
        (
            none,
            "tools/list",
            true,
            1,
            "127.0.0.1 requires a token (HTTP 401). Zoom's token is sent to 127.0.0.1 with --send-token-to 127.0.0.1, \
             another one with --header Authorization=VARIABLE",
        ),
    ] {
        let server = Answering::start(move |heard| match heard {
            Heard { what: this, before, .. } if this == what && *before < refusals => status(401),
            _ => usual(heard),
        })
        .await;
        let purse = Purse::of(tokens);
        let mut client = Client::of(&server.url, (!tokens.is_empty()).then_some(&purse));
        client.begin().await;
        assert_eq!(outcome(&mut client, 2, what, is_read_only).await, expected);
        let sent: Vec<Option<String>> = server.heard(what).into_iter().map(|heard| heard.token).collect();
        assert_eq!(sent.first().cloned().flatten().as_deref(), tokens.first().map(|_| "Bearer one"));
        assert!(sent.get(1).is_none_or(|token| token.as_deref() == Some("Bearer two")), "{sent:?}");
    }
}

#[tokio::test]
async fn the_stream_for_what_is_said_unasked_gets_another_token_and_another_session() {
    let changed = json!({"jsonrpc": "2.0", "method": "notifications/tools/list_changed"});
    let said = stream_of(&format!("data: {changed}\n\n"));
    let server = Answering::start(move |heard| match (heard.what.as_str(), heard.before) {
        ("GET", 0) => status(401),
        ("GET", 1) => status(404),
        ("GET", 2) => said.clone(),
        _ => usual(heard),
    })
    .await;
    let purse = Purse::of(&["one", "two"]);
    let mut client = Client::of(&server.url, Some(&purse));
    client.begin().await;
    assert_eq!(client.next().await["method"], "begun again", "nobody has asked for anything");
    assert_eq!(client.next().await, changed);
    let asked = server.heard("GET").into_iter().map(|heard| (heard.token, heard.session));
    let with = |token: &str, session: &str| (Some(format!("Bearer {token}")), Some(session.to_owned()));
    assert_eq!(asked.take(3).collect::<Vec<_>>(), [with("one", "s0"), with("two", "s0"), with("two", "s1")]);
}

#[tokio::test]
async fn a_request_without_a_session_is_cancelled_by_hanging_up() {
    let server = Answering::start(|heard| match heard.what.as_str() {
        "tools/call" => String::new(),
        _ => usual(heard),
    })
    .await;
    let client = Client::of(&server.url, None);
    let meta = json!({"io.modelcontextprotocol/protocolVersion": "2026-07-28"});
    let call =
        json!({"jsonrpc": "2.0", "id": 4, "method": "tools/call", "params": {"name": "slow", "_meta": meta}});
    let cancel = async {
        assert!(comes_true(|| !server.heard("tools/call").is_empty()).await);
        let cancelled =
            json!({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": 4}});
        client.server.send(cancelled.to_string(), &Manner::default()).await
    };
    let manner = Manner::default();
    let (called, cancelled) = tokio::join!(client.server.send(call.to_string(), &manner), cancel);
    assert_eq!((called, cancelled), (Ok(()), Ok(())));
    assert!(comes_true(|| !server.heard("hung up").is_empty()).await);
    assert!(server.heard("notifications/cancelled").is_empty(), "there is no session that it could be about");
    let no_json = client.server.send("no JSON".into(), &manner).await;
    assert_eq!(no_json, Err(NotGiven("the message is not JSON".into())));
}
