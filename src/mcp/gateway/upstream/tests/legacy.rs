//! The transport before streamable HTTP: the sandbox's, and a server whose stream a test cuts.

mod refusals;

use std::collections::HashMap;

use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::tcp::OwnedWriteHalf;
use tokio::net::{TcpListener, TcpStream};

use super::*;

fn sse(sandbox: &Sandbox, name: &str) -> String {
    format!("{}/mcp/{name}/sse", sandbox.mcp_url())
}

fn posts_of(sandbox: &Sandbox, method: &str) -> usize {
    sandbox
        .requests()
        .iter()
        .filter(|seen| seen.path.ends_with("/messages") && seen.body.contains(method))
        .count()
}

#[tokio::test]
async fn a_session_has_its_answers_and_what_the_server_says_unasked() {
    let sandbox = sandbox();
    let purse = Purse::of(&[&sandbox.mint(100)]);
    let mut client = Client::of(&sse(&sandbox, "zoom"), Some(&purse));
    assert_eq!(client.begin().await["result"]["protocolVersion"], "2025-11-25");
    let list = client.ask(2, "tools/list", json!({}), false).await;
    assert_eq!((&list["id"], list["result"]["tools"].as_array().unwrap().len()), (&json!(2), 9));
    let found = client.call(3, "search_meetings", json!({"q": "plan"}), true).await;
    assert_eq!((&found["id"], &found["result"]["isError"]), (&json!(3), &json!(false)));
    let changed = json!({"jsonrpc": "2.0", "method": "notifications/tools/list_changed"});
    sandbox.push_mcp(&changed);
    assert_eq!(client.next().await, changed);
    // Both the stream and the messages carry the token.
    assert_eq!(sandbox.mcp_sessions(), (1, 1));
    client.server.close().await;
    assert!(comes_true(|| sandbox.mcp_sessions().1 == 0).await);
    assert_eq!(client.notify("x").await, Err(NotGiven("the gateway is ending".into())));
}

#[tokio::test]
async fn a_stream_that_breaks_is_begun_again_by_itself_or_with_the_next_message() {
    let sandbox = sandbox();
    let purse = Purse::of(&[&sandbox.mint(100)]);
    let mut client = Client::of(&sse(&sandbox, "chat"), Some(&purse));
    client.begin().await;
    sandbox.hang_up_mcp_streams();
    assert_eq!(client.next().await["method"], "begun again", "nobody has asked for anything");
    sandbox.forget_mcp_sessions();
    let sent = json!({"chat_session_id": "a", "message_content": "b"});
    assert_eq!(client.call(2, "zoom_chat_message_send", sent, false).await["method"], "begun again");
    let answer = client.next().await;
    assert_eq!((&answer["id"], &answer["result"]["isError"]), (&json!(2), &json!(false)));
    assert_eq!(posts_of(&sandbox, "\"initialize\""), 3);
    assert_eq!(posts_of(&sandbox, "notifications/initialized"), 3);
}

#[tokio::test]
async fn another_token_has_a_stream_of_its_own_and_only_reads_are_repeated() {
    let sandbox = sandbox();
    let (expired, good) = (sandbox.mint(-1), sandbox.mint(100));
    let purse = Purse::of(&[&expired, &good]);
    let mut client = Client::of(&sse(&sandbox, "chat"), Some(&purse));
    client.begin().await;
    assert_eq!(purse.renewals(), 1, "the stream is refused with the first");

    for (tool, arguments, is_read_only) in [
        ("zoom_chat_channels_search", json!({}), true),
        ("zoom_chat_message_send", json!({"chat_session_id": "a", "message_content": "b"}), false),
    ] {
        let before = purse.renewals();
        sandbox.revoke_all();
        let newer = sandbox.mint(100);
        locked(&purse.tokens).insert(0, newer);
        let mut answer = client.call(2, tool, arguments, is_read_only).await;
        if is_read_only {
            assert_eq!(answer["method"], "begun again");
            answer = client.next().await;
            assert_eq!(answer["result"]["isError"], false, "{answer}");
        } else {
            let message = answer["error"]["message"].as_str().unwrap();
            assert!(message.ends_with("call it again") && message.contains("was not repeated"), "{message}");
        }
        assert_eq!(purse.renewals(), before + 1);
    }
}

#[tokio::test]
async fn a_server_of_neither_kind_is_named_as_before() {
    let sandbox = sandbox();
    let purse = Purse::of(&[&sandbox.mint(100)]);
    for (path, reason) in [
        ("/mcp/nothing/here", "has no MCP server at this address (HTTP 404): check --url"),
        // It takes GET and has no stream there.
        ("/oauth/authorize", "127.0.0.1 "),
    ] {
        let mut client = Client::of(&format!("{}{path}", sandbox.mcp_url()), Some(&purse));
        let answer = client.ask(1, "initialize", json!({}), false).await;
        let message = answer["error"]["message"].as_str().unwrap();
        assert!(message.contains(reason), "{message}");
    }
}

/// A server of the older transport. Its tool `hang` never answers, `cut` ends the stream, `later` answers when it is asked again.
struct Made {
    url: String,
    heard: Arc<Mutex<Vec<Value>>>,
    faults: Faults,
}

/// Answers to be given once each in place of the usual ones, in their order: to `GET`, or to a message of this method.
type Faults = Arc<Mutex<Vec<(&'static str, String)>>>;

impl Made {
    /// A server whose streams begin with this text.
    async fn start(beginning: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/sse", listener.local_addr().unwrap());
        let heard: Arc<Mutex<Vec<Value>>> = Arc::default();
        let faults = Faults::default();
        let (noted, of_streams, beginning) = (Arc::clone(&heard), Arc::clone(&faults), beginning.to_owned());
        let streams: Arc<tokio::sync::Mutex<HashMap<usize, OwnedWriteHalf>>> = Arc::default();
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let (noted, streams, beginning) =
                    (Arc::clone(&noted), Arc::clone(&streams), beginning.clone());
                let faults = Arc::clone(&of_streams);
                tokio::spawn(async move { serve(stream, (&noted, &faults), &streams, &beginning).await });
            }
        });
        Self { url, heard, faults }
    }

    fn heard(&self, method: &str) -> usize {
        locked(&self.heard).iter().filter(|message| message["method"] == method).count()
    }
}

async fn serve(
    stream: TcpStream,
    (noted, faults): (&Mutex<Vec<Value>>, &Faults),
    streams: &tokio::sync::Mutex<HashMap<usize, OwnedWriteHalf>>,
    beginning: &str,
) {
    let (reader, mut writer) = stream.into_split();
    let mut reader = BufReader::new(reader);
    let (mut first, mut length) = (String::new(), 0);
    reader.read_line(&mut first).await.unwrap();
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).await.unwrap_or_default() <= 2 {
            break;
        }
        if let Some(value) = line.to_lowercase().strip_prefix("content-length: ") {
            length = value.trim().parse().unwrap();
        }
    }
    let fault = |what: &str| {
        let mut faults = locked(faults);
        let at = faults.iter().position(|(this, _)| *this == what)?;
        Some(faults.remove(at).1)
    };
    if first.starts_with("GET /sse ") {
        if let Some(fault) = fault("GET") {
            writer.write_all(fault.as_bytes()).await.unwrap();
            return;
        }
        let mut streams = streams.lock().await;
        let number = streams.len();
        let head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n";
        let beginning = beginning.replace("NUMBER", &number.to_string());
        writer.write_all(format!("{head}{beginning}").as_bytes()).await.unwrap();
        streams.insert(number, writer);
        return;
    }
    let Some(number) = first.split("s=").nth(1).and_then(|rest| rest.split(' ').next()?.parse().ok()) else {
        writer.write_all(b"HTTP/1.1 405 No\r\nconnection: close\r\ncontent-length: 0\r\n\r\n").await.unwrap();
        return;
    };
    let mut body = vec![0; length];
    reader.read_exact(&mut body).await.unwrap();
    let message: Value = serde_json::from_slice(&body).unwrap();
    locked(noted).push(message.clone());
    if let Some(fault) = fault(message["method"].as_str().unwrap_or_default()) {
        writer.write_all(fault.as_bytes()).await.unwrap();
        return;
    }
    let mut streams = streams.lock().await;
    writer
        .write_all(b"HTTP/1.1 202 Accepted\r\nconnection: close\r\ncontent-length: 8\r\n\r\nAccepted")
        .await
        .unwrap();
    match message["params"]["name"].as_str() {
        Some("hang") => return,
        Some("cut") => {
            if let Some(mut stream) = streams.remove(&number) {
                streams.insert(number + 1000, writer);
                stream.shutdown().await.unwrap();
            }
            return;
        }
        _ if message["id"].is_null() => return,
        _ => {}
    }
    let result = json!({"protocolVersion": "2024-11-05", "stream": number});
    let answer = json!({"jsonrpc": "2.0", "id": message["id"], "result": result});
    let Some(stream) = streams.get_mut(&number) else { return };
    stream.write_all(format!("event: message\ndata: {answer}\n\n").as_bytes()).await.unwrap();
}

const PLAIN: &str = "event: endpoint\ndata: /message?s=NUMBER\n\n";

#[tokio::test]
async fn calls_in_flight_fail_in_words_when_the_stream_is_cut() {
    let made = Made::start(PLAIN).await;
    let mut client = Client::of(&made.url, None);
    client.begin().await;
    let call = |id: u64, name: &str| {
        json!({"jsonrpc": "2.0", "id": id, "method": "tools/call", "params": {"name": name}}).to_string()
    };
    client.server.send(call(2, "hang"), &Manner::default()).await.unwrap();
    client.server.send(call(3, "hang"), &Manner::default()).await.unwrap();
    client.server.send(call(4, "cut"), &Manner::default()).await.unwrap();
    let mut failed = Vec::new();
    for _ in 0..3 {
        let answer = client.next().await;
        assert_eq!(answer["error"]["message"], "127.0.0.1 ended the stream before the answer", "{answer}");
        failed.push(answer["id"].as_u64().unwrap());
    }
    failed.sort_unstable();
    assert_eq!(failed, [2, 3, 4]);
    // Either the next message or the gateway itself begins it again; none of the calls is repeated.
    assert_eq!(client.ask(5, "tools/list", json!({}), false).await["method"], "begun again");
    assert_eq!(client.next().await["id"], 5);
    assert_eq!((made.heard("tools/call"), made.heard("initialize")), (3, 2));
}

#[tokio::test]
async fn the_address_for_messages_is_one_of_the_same_server() {
    let other = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let foreign =
        format!("event: endpoint\ndata: http://{}/message?s=NUMBER\n\n", other.local_addr().unwrap());
    for (beginning, reason) in [
        (foreign.as_str(), "wants messages to be sent to another place (127.0.0.1)"),
        ("event: endpoint\ndata: //evil.example/m\n\n", "another place (evil.example)"),
        ("event: endpoint\ndata:\n\n", "named no address for messages"),
    ] {
        let made = Made::start(beginning).await;
        let purse = Purse::of(&["canary-canary"]);
        let mut client = Client::of(&made.url, Some(&purse));
        let answer = client.ask(1, "initialize", json!({}), false).await;
        let message = answer["error"]["message"].as_str().unwrap();
        assert!(message.contains(reason), "{message}");
        assert!(locked(&made.heard).is_empty());
    }
    let nobody = tokio::time::timeout(Duration::from_millis(200), other.accept()).await;
    assert!(nobody.is_err(), "the other place was asked");
}

#[tokio::test]
async fn events_that_mean_nothing_do_no_harm() {
    let junk = ": hello\n\nevent: ping\ndata: 1\n\ndata: before the address\n\nretry: 5\n\nid: 1\n\n";
    let after = "event: other\ndata: {}\n\ndata:\n\ndata: no JSON\n\ndata: {\"jsonrpc\":\"2.0\",\"id\":99,\"result\":{}}\n\n";
    let made = Made::start(&format!("{junk}{PLAIN}{after}")).await;
    let (sender, mut received) = mpsc::channel(100);
    let hosted = Url::parse("https://mcp.zoom.us").unwrap();
    let address = Address::read(&made.url, &hosted, None).unwrap();
    let server = HttpServer::new(&address, HeaderMap::new(), None, sender).unwrap();
    let initialize = r#"{"jsonrpc":"2.0","id":1,"method":"initialize","params":{}}"#;
    server.send(initialize.into(), &Manner::default()).await.unwrap();
    let mut heard = Vec::new();
    while !heard.iter().any(|text: &String| text.contains("\"id\":1,")) {
        match tokio::time::timeout(HANG_TIMEOUT, received.recv()).await.unwrap().unwrap() {
            Received::Message(text) => heard.push(text),
            other => panic!("{other:?}"),
        }
    }
    // Messages without a request are the relay's to judge, as over any transport.
    assert_eq!(heard[..2], ["no JSON", r#"{"jsonrpc":"2.0","id":99,"result":{}}"#]);
    assert_eq!(heard.len(), 3);
}

#[tokio::test]
async fn a_stream_without_an_end_of_its_event_is_bounded() {
    let endless = format!("data: {}", "x".repeat(17 * 1024 * 1024));
    let made = Made::start(&endless).await;
    let mut client = Client::of(&made.url, None);
    let answer = client.ask(1, "initialize", json!({}), false).await;
    assert_eq!(answer["error"]["message"], "127.0.0.1 answered with HTTP 405");
}
