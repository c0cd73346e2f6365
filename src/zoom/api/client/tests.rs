//! The client against the sandbox, over real connections.

use std::io::Read as _;
use std::net::{SocketAddr, TcpListener};

use serde_json::json;
use tokio::runtime::{Builder, Runtime};

use super::super::Limit;
use super::*;
use crate::sandbox::{Endpoint, Fault, Options, RetryAfter, Sandbox, Seen};

/// A sandbox and a client for it.
struct World {
    sandbox: Sandbox,
    api: Api,
    token: Token,
    runtime: Runtime,
}

impl World {
    fn new() -> Self {
        let sandbox = Sandbox::start(Options::default()).unwrap();
        let api = Api::new(&Url::parse(&sandbox.api_url()).unwrap()).unwrap();
        let token = Token::new(sandbox.mint(3600)).unwrap();
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        Self { sandbox, api, token, runtime }
    }

    /// A world in which the next request to the API meets a fault.
    fn failing(fault: Fault) -> Self {
        let world = Self::new();
        world.sandbox.fail(Endpoint::Api, fault, 1);
        world
    }

    fn call(&self, request: &Request) -> Result<Value, ApiFailure> {
        self.runtime.block_on(self.api.call(request, &self.token, &Budget::new(1 << 25)))
    }

    fn me(&self) -> Result<Value, ApiFailure> {
        self.call(&Request::get(&["users", "me"]))
    }

    fn file(&self, name: &str) -> String {
        format!("{}/rec/download/{name}", self.sandbox.oauth_url())
    }

    fn download(&self, address: &str) -> Result<String, ApiFailure> {
        self.runtime.block_on(self.api.download(address, &self.token, &Budget::new(1 << 25)))
    }

    fn last(&self) -> Seen {
        self.sandbox.requests().pop().unwrap()
    }
}

/// A listener to which nothing may connect.
fn trap() -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let address = listener.local_addr().unwrap();
    (listener, address)
}

#[test]
fn a_meeting_is_created_read_changed_and_deleted() {
    let world = World::new();
    let creation = Request::new(Method::Post, &["users", "me", "meetings"]).sending(json!({"topic": "New"}));
    let meeting = world.call(&creation).unwrap();
    assert_eq!(meeting["topic"], "New");
    assert_eq!(world.last().bearer.as_deref(), Some(world.token.expose()));
    let id = meeting["id"].to_string();

    let changed = Request::new(Method::Patch, &["meetings", &id]).sending(json!({"topic": "Newer"}));
    assert_eq!(world.call(&changed), Ok(Value::Null));
    assert_eq!(world.call(&Request::get(&["meetings", &id])).unwrap()["topic"], "Newer");
    assert_eq!(world.call(&Request::new(Method::Delete, &["meetings", &id])), Ok(Value::Null));
    let gone = world.call(&Request::get(&["meetings", &id])).unwrap_err();
    assert!(matches!(gone, ApiFailure::Refused { status: 404, code: Some(3001), .. }), "{gone}");
    assert!(gone.tracking_id().unwrap().contains("rid=WEB_"), "{gone}");

    let methods: Vec<_> = world.sandbox.requests().into_iter().map(|seen| seen.method).collect();
    assert_eq!(methods, ["POST", "PATCH", "GET", "DELETE", "GET"]);
}

#[test]
fn ids_and_queries_arrive_as_zoom_expects() {
    let world = World::new();
    for (uuid, path) in [
        ("/sandbox//Retrospect00==", "%252Fsandbox%252F%252FRetrospect00%253D%253D"),
        ("sandbox+Rehearsal/0000==", "sandbox%2BRehearsal%2F0000%3D%3D"),
    ] {
        world
            .call(&Request::get(&["past_meetings", uuid, "participants"]).with("page_size", Some(2)))
            .unwrap();
        assert_eq!(world.last().path, format!("/v2/past_meetings/{path}/participants"));
        assert_eq!(world.last().query, "page_size=2");
    }
}

#[test]
fn faults_become_failures() {
    let json = |status, body: &str| Fault::Json { status, body: body.into() };
    for (fault, said) in [
        (json(200, r#"{"code":200,"message":"No."}"#), "Zoom refused: No. (HTTP 200, code 200"),
        (json(400, r#"{"code":4711,"message":"does not contain scopes:[a, b]."}"#), "lacks the scopes a, b"),
        (json(401, r#"{"code":124,"message":"x"}"#), "does not accept the token"),
        (Fault::Status(503), "out of order: Service Unavailable (HTTP 503"),
        (Fault::Html(200), "a web page (HTTP 200"),
        (Fault::Html(502), "out of order (HTTP 502"),
        (Fault::Redirect("https://example.com/".into()), "redirect"),
        (Fault::Redirect("/v2/users/me".into()), "redirect"),
    ] {
        let world = World::failing(fault);
        let failure = world.me().unwrap_err();
        let text = failure.to_string();
        assert!(text.contains(said), "{text}");
        assert!(text.contains("rid=WEB_") && failure.reached(), "{text}");
        assert_eq!(world.sandbox.requests().len(), 1, "one attempt");
        assert_eq!(world.me().unwrap()["email"], "ada@example.com");
    }
}

#[test]
fn a_busy_answer_says_how_long_to_wait() {
    for retry_after in [RetryAfter::Seconds(600), RetryAfter::Date(600), RetryAfter::HttpDate(600)] {
        let failure = World::failing(Fault::Busy(retry_after)).me().unwrap_err();
        let ApiFailure::Busy { wait: Some(wait), until: Some(_), what: Limit::PerSecond, .. } = failure
        else {
            panic!("{failure:?}")
        };
        assert!((598..=600).contains(&wait.as_secs()), "{retry_after:?}: {wait:?}");
    }
    let failure = World::failing(Fault::Busy(RetryAfter::None)).me().unwrap_err();
    assert!(matches!(failure, ApiFailure::Busy { wait: None, until: None, .. }), "{failure:?}");
}

#[test]
fn valid_answers_in_odd_forms_are_accepted() {
    for fault in [Fault::Bom, Fault::Chunked, Fault::Slow(Duration::from_millis(50))] {
        let world = World::failing(fault.clone());
        assert_eq!(world.me().unwrap()["email"], "ada@example.com", "{fault:?}");
    }
    assert_eq!(World::failing(Fault::Empty).me(), Ok(Value::Null));
}

#[test]
fn an_unanswered_call_may_have_been_carried_out() {
    for fault in [Fault::CutBefore, Fault::CutAfter, Fault::Truncated, Fault::Huge(33 << 20), Fault::Endless]
    {
        let world = World::failing(fault.clone());
        let failure = world.me().unwrap_err();
        assert!(matches!(failure, ApiFailure::Unanswered { sent: true, .. }), "{fault:?}: {failure}");
        assert!(failure.reached() && failure.hint().unwrap().contains("carried out"));
    }
    let (listener, address) = trap();
    drop(listener);
    let world = World::new();
    let api = Api::new(&Url::parse(&format!("http://{address}/v2")).unwrap()).unwrap();
    let failure = world
        .runtime
        .block_on(api.call(&Request::get(&["users"]), &world.token, &Budget::new(1 << 25)))
        .unwrap_err();
    assert!(matches!(failure, ApiFailure::Unanswered { sent: false, .. }) && !failure.reached(), "{failure}");
    assert!(failure.to_string().contains("cannot be reached"), "{failure}");
}

#[test]
fn a_call_without_an_answer_ends_after_half_a_minute() {
    let world = World::failing(Fault::Never);
    let started = SystemClock::start();
    let failure = world.runtime.block_on(async {
        let request = Request::get(&["users"]);
        let budget = Budget::new(1 << 25);
        let call = world.api.call(&request, &world.token, &budget);
        let half_a_minute = async {
            // Once the request has arrived, only time passes.
            while world.sandbox.requests().is_empty() {
                crate::clock::pause(Duration::from_millis(1)).await;
            }
            tokio::time::pause();
            crate::clock::pause(Duration::from_secs(31)).await;
        };
        tokio::select! {
            answer = call => answer.unwrap_err(),
            () = half_a_minute => panic!("it waits longer"),
        }
    });
    assert!(started.elapsed() < Duration::from_secs(20));
    assert!(failure.to_string().contains("did not answer in time") && failure.reached(), "{failure}");
}

#[test]
fn dropping_a_call_closes_its_connection() {
    let (listener, address) = trap();
    let world = World::new();
    let api = Api::new(&Url::parse(&format!("http://{address}/v2")).unwrap()).unwrap();
    world.runtime.block_on(async {
        let request = Request::get(&["users"]);
        let budget = Budget::new(1 << 25);
        let call = api.call(&request, &world.token, &budget);
        assert!(tokio::time::timeout(Duration::from_millis(200), call).await.is_err(), "there is no answer");
        tokio::task::yield_now().await;
    });
    let (mut stream, _) = listener.accept().unwrap();
    stream.set_nonblocking(false).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    let mut sent = String::new();
    stream.read_to_string(&mut sent).unwrap();
    assert!(sent.starts_with("GET /v2/users HTTP/1.1\r\n"), "{sent}");
}

#[test]
fn connections_are_kept_for_the_next_call() {
    let (listener, address) = trap();
    listener.set_nonblocking(false).unwrap();
    let served = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        for _ in 0..3 {
            let mut request = Vec::new();
            while !request.ends_with(b"\r\n\r\n") {
                let mut byte = [0];
                stream.read_exact(&mut byte).unwrap();
                request.extend(byte);
            }
            std::io::Write::write_all(&mut stream, b"HTTP/1.1 204 No Content\r\n\r\n").unwrap();
        }
    });
    let world = World::new();
    let api = Api::new(&Url::parse(&format!("http://{address}/v2")).unwrap()).unwrap();
    for _ in 0..3 {
        let answer = world.runtime.block_on(api.clone().call(
            &Request::get(&["users"]),
            &world.token,
            &Budget::new(1 << 25),
        ));
        assert_eq!(answer, Ok(Value::Null));
    }
    served.join().unwrap();
}

#[test]
fn a_transcript_is_fetched_through_its_redirect() {
    let world = World::new();
    let text = world.download(&world.file("sandboxQuarterReview00")).unwrap();
    assert!(text.starts_with("WEBVTT") && text.contains("Shall we begin"), "{text}");
    let seen = world.sandbox.requests();
    assert_eq!(seen.len(), 2);
    assert!(seen.iter().all(|seen| seen.bearer.as_deref() == Some(world.token.expose())));
    assert!(!seen.iter().any(|seen| seen.query.contains("access_token")));
}

#[test]
fn a_sign_in_page_is_not_a_transcript() {
    let world = World::new();
    world.sandbox.revoke_all();
    let failure = world.download(&world.file("sandboxQuarterReview00")).unwrap_err();
    assert!(failure.to_string().contains("sign-in page"), "{failure}");
    let failure = World::failing(Fault::Bom).download(&world.file("none")).unwrap_err();
    assert!(matches!(failure, ApiFailure::Broken { .. }), "{failure}");
    for (fault, said) in [
        (Fault::Status(401), "does not accept the token"),
        (Fault::Status(500), "out of order"),
        (Fault::Empty, "WEBVTT"),
        (Fault::Json { status: 200, body: r#"{"code":3301,"message":"none"}"#.into() }, "code 3301"),
    ] {
        let world = World::failing(fault);
        let failure = world.download(&world.file("sandboxQuarterReview00")).unwrap_err();
        assert!(failure.to_string().contains(said), "{failure}");
    }
}

#[test]
fn redirects_are_limited() {
    for (fault, requests, said) in [
        (Fault::Redirect("/rec/download/again".into()), 6, "too many redirects"),
        (Fault::Redirect("http://[".into()), 1, "redirect to nowhere"),
    ] {
        let world = World::new();
        world.sandbox.fail(Endpoint::Api, fault, u32::MAX);
        let failure = world.download(&world.file("x")).unwrap_err();
        assert!(failure.to_string().contains(said), "{failure}");
        assert_eq!(world.sandbox.requests().len(), requests);
    }
}

#[test]
fn a_redirect_away_from_zoom_is_not_followed() {
    let (listener, address) = trap();
    let port = address.port();
    for to in ["files.example", "zoom.us.files.example", "evilzoom.us"] {
        let mut world = World::failing(Fault::Redirect(format!("http://{to}:{port}/file")));
        // Every one of these names would lead to the trap.
        let client = Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none());
        world.api.client = client.resolve(to, address).build().unwrap();
        let failure = world.download(&world.file("x")).unwrap_err();
        assert!(matches!(failure, ApiFailure::Elsewhere { redirected: true, .. }), "{failure}");
        assert!(failure.to_string().contains(&format!("{to} is not Zoom's")), "{failure}");
        assert!(failure.reached());
        assert_eq!(world.sandbox.requests().len(), 1);
        assert!(listener.accept().is_err(), "something connected");

        let failure = world.download(&format!("http://{to}:{port}/file")).unwrap_err();
        assert!(matches!(failure, ApiFailure::Elsewhere { redirected: false, .. }), "{failure}");
        assert!(!failure.reached());
        assert!(listener.accept().is_err(), "something connected");
    }
}

#[test]
fn the_token_is_sent_only_to_zoom_and_only_over_https() {
    let problem = |base: &str, url: &str| {
        let api = Api::new(&Url::parse(base).unwrap()).unwrap();
        api.objection(&Url::parse(url).unwrap()).unwrap_or_default()
    };
    let (zoom, sandbox) = ("https://api.zoom.us/v2", "http://127.0.0.1:1/v2");
    for (base, url, said) in [
        (zoom, "https://zoom.us/rec/download/x", ""),
        (zoom, "https://us02web.zoom.us/rec/download/x?y=z", ""),
        (zoom, "https://ZOOM.US/x", ""),
        (zoom, "https://www.zoomgov.com/x", ""),
        (sandbox, "http://127.0.0.1:2/x", ""),
        (sandbox, "http://localhost:2/x", ""),
        (sandbox, "https://zoom.us/x", ""),
        (zoom, "http://zoom.us/x", "zoom.us would be reached without https"),
        (zoom, "ftp://zoom.us/x", "without https"),
        (sandbox, "http://zoom.us/x", "without https"),
        (zoom, "https://user@zoom.us/x", "zoom.us holds a user name"),
        (zoom, "https://:pass@zoom.us/x", "a user name"),
        (sandbox, "http://user@127.0.0.1/x", "a user name"),
        (zoom, "https://zoom.us@evil.example/x", "a user name"),
        (zoom, "https://evilzoom.us/x", "evilzoom.us is not Zoom's"),
        (zoom, "https://zoom.us.evil.example/x", "is not Zoom's"),
        (zoom, "https://zoom.us./x", "is not Zoom's"),
        (zoom, "https://z\u{3bf}om.us/x", "is not Zoom's"),
        (zoom, "http://127.0.0.1:2/x", "is not Zoom's"),
        (zoom, "https://localhost/x", "is not Zoom's"),
        (sandbox, "https://example.com/x", "is not Zoom's"),
        (zoom, "file:///etc/passwd", "is not Zoom's"),
        (zoom, "data:text/vtt,WEBVTT", "is not Zoom's"),
    ] {
        let problem = problem(base, url);
        assert!(problem.contains(said) && problem.is_empty() == said.is_empty(), "{url}: {problem}");
    }
    let failure = World::new().download("no address").unwrap_err();
    assert!(matches!(failure, ApiFailure::Elsewhere { redirected: false, .. }), "{failure}");
}
