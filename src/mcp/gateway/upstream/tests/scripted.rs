//! A server with a script.

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use super::*;

/// A server that answers each connection with the next of these texts, and gives what it was sent.
async fn scripted(answers: Vec<String>) -> (String, tokio::task::JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/mcp", listener.local_addr().unwrap());
    let serving = tokio::spawn(async move {
        let mut heard = Vec::new();
        for answer in answers {
            let (mut stream, _) = listener.accept().await.unwrap();
            heard.push(request(&mut stream).await.to_lowercase());
            stream.write_all(answer.as_bytes()).await.unwrap();
        }
        heard
    });
    (url, serving)
}

/// Reads one request, with its body.
pub(super) async fn request(stream: &mut TcpStream) -> String {
    let mut request = Vec::new();
    let is_whole = |request: &[u8]| {
        let text = String::from_utf8_lossy(request).to_lowercase();
        let Some((top, body)) = text.split_once("\r\n\r\n") else { return false };
        let length = top.lines().find_map(|line| line.strip_prefix("content-length: "));
        body.len() >= length.map_or(0, |length| length.parse().unwrap())
    };
    while !is_whole(&request) {
        let mut piece = [0; 4096];
        let size = stream.read(&mut piece).await.unwrap();
        request.extend_from_slice(&piece[..size]);
    }
    String::from_utf8(request).unwrap()
}

pub(super) fn stream_of(events: &str) -> String {
    format!("HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n{events}")
}

#[tokio::test]
async fn an_answer_that_breaks_off_is_taken_up_after_its_last_event() {
    let progress = r#"{"jsonrpc":"2.0","method":"notifications/progress"}"#;
    let (url, serving) = scripted(vec![
        stream_of(&format!("id: first\nretry: 1\ndata:\n\nid: a/1\ndata: {progress}\n\n")),
        stream_of("data: {\"jsonrpc\":\"2.0\",\r\ndata: \"id\":5,\"result\":{}}\r\n\r\n"),
    ])
    .await;
    let mut client = Client::of(&url, None);
    assert_eq!(client.ask(5, "tools/list", json!({}), false).await["method"], "notifications/progress");
    assert_eq!(client.next().await, json!({"jsonrpc": "2.0", "id": 5, "result": {}}));
    let heard = serving.await.unwrap();
    assert!(heard[0].starts_with("post /mcp ") && !heard[0].contains("authorization"), "{}", heard[0]);
    assert!(heard[1].starts_with("get /mcp ") && heard[1].contains("last-event-id: a/1"), "{}", heard[1]);
}

#[tokio::test]
async fn a_server_that_hangs_up_while_it_works_is_asked_for_as_long_as_it_works() {
    let primed = |id: usize| stream_of(&format!("id: {id}\nretry: 1\ndata:\n\n"));
    let mut answers: Vec<String> = (0..6).map(primed).collect();
    answers.push("HTTP/1.1 503 Service Unavailable\r\nconnection: close\r\n\r\n".into());
    answers.push(stream_of("data: {\"jsonrpc\":\"2.0\",\"id\":5,\"result\":{}}\n\n"));
    let (url, serving) = scripted(answers).await;
    let mut client = Client::of(&url, None);
    assert_eq!(client.ask(5, "tools/list", json!({}), false).await["result"], json!({}));
    assert!(serving.await.unwrap()[7].contains("last-event-id: 5"));

    let nothing = stream_of("");
    let late = stream_of("data: {\"jsonrpc\":\"2.0\",\"id\":5,\"result\":{}}\n\n");
    let (url, _serving) = scripted(vec![primed(0), nothing.clone(), nothing.clone(), nothing, late]).await;
    let mut client = Client::of(&url, None);
    let failed = client.ask(5, "tools/list", json!({}), false).await;
    assert_eq!(failed["error"]["message"], "127.0.0.1 ended the stream before the answer");
}

#[tokio::test]
async fn an_answer_that_breaks_off_for_good_is_an_error() {
    let (url, _serving) = scripted(vec![stream_of("data: {\"jsonrpc\":\"2.0\",\"method\":\"x\"}\n\n")]).await;
    let mut client = Client::of(&url, None);
    assert_eq!(client.ask(5, "tools/list", json!({}), false).await["method"], "x");
    let failed = client.next().await;
    assert_eq!(failed["error"]["message"], "127.0.0.1 ended the stream before the answer");
    assert_eq!(failed["id"], 5);
}

#[tokio::test]
async fn each_request_carries_the_session_the_version_and_the_extra_headers() {
    let json_answer = |headers: &str, body: &str| {
        format!(
            "HTTP/1.1 200 OK\r\ncontent-type: Application/JSON; charset=utf-8\r\n{headers}connection: close\r\n\
             content-length: {}\r\n\r\n{body}",
            body.len()
        )
    };
    let agreed = r#"{"jsonrpc":"2.0","id":1,"result":{"protocolVersion":"2025-06-18"}}"#;
    let accepted = "HTTP/1.1 202 Accepted\r\nconnection: close\r\n\r\n".to_owned();
    let none = "HTTP/1.1 405 Method Not Allowed\r\nconnection: close\r\n\r\n".to_owned();
    let (url, serving) =
        scripted(vec![json_answer("mcp-session-id: s1\r\n", agreed), accepted.clone(), none, accepted]).await;
    let hosted = Url::parse("https://mcp.zoom.us").unwrap();
    let address = Address::read(&url, &hosted, None).unwrap();
    let (sender, received) = mpsc::channel(10);
    let headers = headers::read(&["X-Key=KEY".into()], true, |_| Some("secret".into())).unwrap();
    let server = HttpServer::new(&address, headers, None, sender).unwrap();
    let mut client = Client { server, received };
    client.begin().await;
    // The stream is not offered: nothing asks for it again, and the end of the session is the next request.
    crate::clock::pause(Duration::from_millis(50)).await;
    client.server.close().await;
    let heard = serving.await.unwrap();
    for (request, line) in heard.iter().zip(["post", "post", "get", "delete"]) {
        assert!(request.starts_with(line) && request.contains("x-key: secret"), "{request}");
    }
    assert!(!heard[0].contains("mcp-session-id") && !heard[0].contains("mcp-protocol-version"));
    for request in &heard[1..] {
        assert!(
            request.contains("mcp-session-id: s1") && request.contains("mcp-protocol-version: 2025-06-18")
        );
    }
}
