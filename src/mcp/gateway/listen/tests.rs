//! A front over real connections, with made-up sessions behind it.

mod bypasses;
mod made_up;

use std::sync::atomic::Ordering;

use serde_json::json;

use self::made_up::{
    MadeUp, Seen, Wire, asked, begin, comes_true, exchange, json_of, post, request, serve, served,
    session_of, status,
};
use super::sessions::{MOST_SESSIONS, NotBegun};
use super::*;

#[tokio::test]
async fn a_session_begins_answers_and_ends() {
    let served = served().await;
    let answer = exchange(&served, &request("POST", "", &asked("initialize", &json!({})))).await;
    let session = session_of(&answer).unwrap();
    assert_eq!(session.len(), 43, "32 bytes in base64");
    assert_eq!(json_of(&answer)["result"]["protocolVersion"], "2025-11-25");
    assert!(
        answer.contains("content-type: application/json\r\n") && answer.contains("cache-control: no-store")
    );

    let answer = exchange(&served, &post(&session, "ping")).await;
    assert_eq!(json_of(&answer), json!({"jsonrpc": "2.0", "id": 7, "result": {"heard": "ping"}}));
    assert_eq!(session_of(&answer), None);

    let notification = json!({"jsonrpc": "2.0", "method": "notifications/initialized"}).to_string();
    let header = format!("mcp-session-id: {session}\r\n");
    assert_eq!(status(&exchange(&served, &request("POST", &header, &notification)).await), 202);

    let answer = exchange(&served, &post(&session, "progress")).await;
    assert!(answer.contains("content-type: text/event-stream\r\n"), "{answer}");
    let (progress, end) =
        (answer.find("\"method\":\"progress\"").unwrap(), answer.find("\"result\"").unwrap());
    assert!(progress < end && answer.ends_with("0\r\n\r\n"), "{answer}");

    assert_eq!(status(&exchange(&served, &request("DELETE", &header, "")).await), 204);
    assert_eq!(status(&exchange(&served, &post(&session, "ping")).await), 404);
    assert_eq!(served.seen.ended.load(Ordering::Relaxed), 1);
}

#[tokio::test]
async fn messages_without_a_request_come_on_the_stream() {
    let served = served().await;
    let session = begin(&served).await;
    let listen = request("GET", &format!("mcp-session-id: {session}\r\n"), "");
    let mut stream = Wire::to(&served).await;
    stream.write(&listen).await;
    assert_eq!(status(&stream.until("\r\n\r\n").await), 200);
    assert_eq!(status(&exchange(&served, &post(&session, "unasked")).await), 200);
    assert!(stream.until("\n\n").await.contains("id: 1\nevent: message\ndata: {\"jsonrpc\""));

    let again = request("GET", &format!("mcp-session-id: {session}\r\nlast-event-id: 0\r\n"), "");
    let mut second = Wire::to(&served).await;
    second.write(&again).await;
    assert!(second.until("\"unasked\"}").await.contains("id: 1\n"));
    assert!(stream.until("").await.ends_with("0\r\n\r\n"), "the first one has ended");
    drop(second);
    let find = || served.sessions.find(&session, &"alice").unwrap();
    assert!(comes_true(|| !find().routes().is_in_use()).await, "the end of the connection is noticed");
}

#[tokio::test]
async fn an_initialize_that_fails_or_is_not_waited_for_leaves_no_session() {
    let served = served().await;
    let failed = exchange(&served, &request("POST", "", &asked("initialize", &json!({"fails": true})))).await;
    assert_eq!((json_of(&failed)["error"]["code"].clone(), session_of(&failed)), (json!(-1), None));
    let mut wire = Wire::to(&served).await;
    wire.write(&request("POST", "", &asked("initialize", &json!({"slow": true})))).await;
    assert!(comes_true(|| served.seen.opened.load(Ordering::Relaxed) == 2).await);
    drop(wire);
    assert!(comes_true(|| served.seen.ended.load(Ordering::Relaxed) == 2).await);
    assert_eq!(served.sessions.count(), 0);
}

#[tokio::test]
async fn a_client_that_hangs_up_leaves_nothing_behind_and_its_call_goes_on() {
    let served = served().await;
    let session = begin(&served).await;
    for method in ["never", "half"] {
        let mut wire = Wire::to(&served).await;
        wire.write(&post(&session, method)).await;
        assert!(
            comes_true(|| served.seen.heard.lock().unwrap().iter().any(|heard| heard["method"] == method))
                .await
        );
        let find = || served.sessions.find(&session, &"alice").unwrap();
        assert!(find().routes().is_in_use());
        drop(wire);
        assert!(comes_true(|| !find().routes().is_in_use()).await, "{method}");
    }
    assert_eq!(status(&exchange(&served, &post(&session, "ping")).await), 200);
}

#[tokio::test]
async fn there_are_so_many_sessions_and_no_more() {
    let served = served().await;
    let mut session = String::new();
    for _ in 0..MOST_SESSIONS {
        session = begin(&served).await;
    }
    let refused = exchange(&served, &request("POST", "", &asked("initialize", &json!({})))).await;
    assert_eq!(status(&refused), 429);
    assert!(refused.contains("retry-after: 60\r\n"), "{refused}");
    exchange(&served, &request("DELETE", &format!("mcp-session-id: {session}\r\n"), "")).await;
    begin(&served).await;
}

#[tokio::test]
async fn an_abandoned_session_makes_room_for_another_of_its_grant() {
    let seen = Arc::new(Seen::default());
    // Five minutes pass in a third of a second.
    let clock = crate::sandbox::FastClock::start(900);
    let sessions = Arc::new(Sessions::new(MadeUp(Arc::clone(&seen)), clock, IDLE));
    let mut begun = Vec::new();
    for _ in 0..MOST_SESSIONS {
        begun.push(sessions.begin("alice").unwrap());
    }
    assert!(matches!(sessions.begin("alice"), Err(NotBegun::TooMany)), "none is old enough");
    let waiting = begun[0].routes().ask(1);
    pause(Duration::from_millis(400)).await;
    sessions.find(&begun[1].id, &"alice").unwrap();
    assert!(matches!(sessions.begin("bob"), Err(NotBegun::TooMany)), "none of them is bob's");
    sessions.begin("alice").unwrap();
    let is_open = |at: usize| sessions.find(&begun[at].id, &"alice").is_some();
    assert!(is_open(0) && is_open(1), "one is in use, and one was used just now");
    assert!(comes_true(|| seen.ended.load(Ordering::Relaxed) == 1).await);
    assert_eq!(sessions.count(), MOST_SESSIONS);
    drop(waiting);
}

#[tokio::test]
async fn a_session_that_is_listened_to_is_not_idle_and_one_whose_grant_is_gone_ends() {
    let served = serve(Duration::from_millis(500), Duration::from_millis(10)).await;
    let as_bob = "authorization: Bearer ztg_bob\r\n";
    let answer = exchange(&served, &request("POST", as_bob, &asked("initialize", &json!({})))).await;
    let session = session_of(&answer).unwrap();
    let mut stream = Wire::to(&served).await;
    stream.write(&request("GET", &format!("{as_bob}mcp-session-id: {session}\r\n"), "")).await;
    assert_eq!(status(&stream.until("\r\n\r\n").await), 200);
    pause(Duration::from_millis(1200)).await;
    assert_eq!(served.sessions.count(), 1);
    served.seen.bob_is_gone.store(true, Ordering::Relaxed);
    assert!(stream.until("").await.ends_with("0\r\n\r\n"));
    assert_eq!(served.sessions.count(), 0);
}

#[tokio::test]
async fn a_thousand_sessions_leave_nothing() {
    let served = serve(Duration::from_millis(20), Duration::from_millis(5)).await;
    let mut begun = 0;
    while begun < 1000 {
        let answer = exchange(&served, &request("POST", "", &asked("initialize", &json!({})))).await;
        let Some(session) = session_of(&answer) else {
            assert_eq!(status(&answer), 429);
            pause(Duration::from_millis(5)).await;
            continue;
        };
        begun += 1;
        let header = format!("mcp-session-id: {session}\r\n");
        match begun % 4 {
            // Ended in order, or in the middle of a stream, or in the middle of a call, or just left.
            0 => drop(exchange(&served, &request("DELETE", &header, "")).await),
            1 => Wire::to(&served).await.write(&request("GET", &header, "")).await,
            2 => Wire::to(&served).await.write(&post(&session, "half")).await,
            _ => {}
        }
    }
    assert!(comes_true(|| served.seen.dropped.load(Ordering::Relaxed) == 1000).await);
    assert_eq!(served.seen.ended.load(Ordering::Relaxed), 1000);
    assert_eq!(served.sessions.count(), 0);
}

#[tokio::test]
async fn the_end_of_the_front_ends_sessions_and_streams() {
    let mut served = served().await;
    let session = begin(&served).await;
    let mut stream = Wire::to(&served).await;
    stream.write(&request("GET", &format!("mcp-session-id: {session}\r\n"), "")).await;
    stream.until("\r\n\r\n").await;
    served.stop.cancel();
    assert!(stream.until("").await.ends_with("0\r\n\r\n"));
    (&mut served.serving).await.unwrap();
    assert_eq!(served.seen.ended.load(Ordering::Relaxed), 1);
    assert!(TcpStream::connect(("127.0.0.1", served.port)).await.is_err());
}

#[tokio::test(start_paused = true)]
async fn a_stream_on_which_nothing_happens_is_kept_alive() {
    let served = served().await;
    let session = begin(&served).await;
    let mut stream = Wire::to(&served).await;
    stream.write(&request("GET", &format!("mcp-session-id: {session}\r\n"), "")).await;
    assert!(stream.until(": \n\n").await.contains("content-type: text/event-stream"));
    assert!(stream.until(": \n\n").await.contains(": \n\n"), "again");
}

#[tokio::test(start_paused = true)]
async fn slow_requests_time_out() {
    let served = served().await;
    let mut head = Wire::to(&served).await;
    head.write("POST /mcp HTTP/1.1\r\nhost: local").await;
    let answer = head.until("").await;
    assert!(answer.is_empty() || status(&answer) == 408, "{answer}");
    let whole = request("POST", "", &asked("initialize", &json!({})));
    assert_eq!(status(&exchange(&served, &whole[..whole.len() - 1]).await), 408);
    assert_eq!(served.seen.heard(), 0);
}

#[tokio::test]
async fn health_and_metrics_are_for_this_machine() {
    let served = served().await;
    begin(&served).await;
    let get = |path: &str, more: &str| {
        format!("GET {path} HTTP/1.1\r\nhost: 127.0.0.1:1\r\nconnection: close\r\n{more}\r\n")
    };
    let health = exchange(&served, &get("/healthz", "")).await;
    assert!(status(&health) == 200 && health.ends_with("\r\n\r\nok\n"), "{health}");
    let metrics = exchange(&served, &get("/metrics", "")).await;
    assert!(metrics.contains("content-type: text/plain; version=0.0.4") && metrics.ends_with("sessions 1\n"));
    assert_eq!(status(&exchange(&served, &get("/metrics", "x-forwarded-for: 10.0.0.1\r\n")).await), 404);
    assert_eq!(status(&exchange(&served, &get("/metrics", "origin: http://evil.example\r\n")).await), 403);
}
