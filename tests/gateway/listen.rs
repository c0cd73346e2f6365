//! A gateway for many clients over HTTP.

use std::fs;

use serde_json::{Value, json};

use crate::support::Home;
use crate::support::gateways::{Listening, given, record, server};
use crate::support::mcp_session::SOON;
use crate::support::processes::Running;

/// A gateway that listens, and what asks it.
struct Served {
    process: Running,
    address: String,
    runtime: tokio::runtime::Runtime,
    client: reqwest::Client,
}

/// A session with it.
struct Session<'s> {
    served: &'s Served,
    bearer: String,
    id: String,
}

impl Served {
    fn start(home: &Home, options: &[&str]) -> Self {
        let (server, record) = (server(), record(home));
        let behind = ["--", server.to_str().unwrap(), "--record", record.to_str().unwrap()];
        let Listening { process, address } = Listening::start(home, &[options, &behind[..]].concat());
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        // Another test may have done so.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder().no_proxy().tls_certs_only([]).build().unwrap();
        Self { process, address, runtime, client }
    }

    fn request(&self, bearer: &str, session: Option<&str>, message: &Value) -> reqwest::RequestBuilder {
        let mut request = self
            .client
            .post(&self.address)
            .header("Authorization", format!("Bearer {bearer}"))
            .header("Accept", "application/json, text/event-stream")
            .header("Content-Type", "application/json")
            .body(message.to_string());
        if let Some(session) = session {
            request = request.header("Mcp-Session-Id", session).header("MCP-Protocol-Version", "2025-11-25");
        }
        request
    }

    async fn post(
        &self,
        bearer: &str,
        session: Option<&str>,
        message: &Value,
    ) -> (u16, Option<String>, String) {
        let answer = self.request(bearer, session, message).send().await.unwrap();
        let session = answer.headers().get("mcp-session-id").map(|id| id.to_str().unwrap().to_owned());
        (answer.status().as_u16(), session, answer.text().await.unwrap())
    }

    fn greet(&self, bearer: &str) -> Session<'_> {
        self.runtime.block_on(self.greeting(bearer))
    }

    async fn greeting(&self, bearer: &str) -> Session<'_> {
        let params = json!({"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}});
        let initialize = json!({"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": params});
        let (status, id, text) = self.post(bearer, None, &initialize).await;
        assert_eq!(status, 200, "{text}");
        let session = Session { served: self, bearer: bearer.to_owned(), id: id.unwrap() };
        let initialized = json!({"jsonrpc": "2.0", "method": "notifications/initialized"});
        assert_eq!(self.post(bearer, Some(&session.id), &initialized).await.0, 202);
        session
    }
}

impl Session<'_> {
    async fn call(&self, id: u64, tool: &str, arguments: Value) -> Value {
        let params = json!({"name": tool, "arguments": arguments});
        let call = json!({"jsonrpc": "2.0", "id": id, "method": "tools/call", "params": params});
        let (status, _, text) = self.served.post(&self.bearer, Some(&self.id), &call).await;
        assert_eq!(status, 200, "{text}");
        let data =
            text.lines().rfind(|line| line.starts_with("data:")).map_or(&*text, |line| line[5..].trim());
        serde_json::from_str(data).unwrap()
    }
}

/// A client that has no stream open is asked on the answer to its call.
#[test]
fn what_a_server_asks_for_comes_with_the_answer_to_the_call_that_it_is_for() {
    let home = Home::empty();
    let policy = policy(&home, 100);
    let bearer = grant(&home, "one");
    let served = Served::start(&home, &["--no-token", "--policy", &policy]);
    let session = served.greet(&bearer);
    let call = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "roots"}});
    let said = served.runtime.block_on(async {
        let mut answer = served.request(&bearer, Some(&session.id), &call).send().await.unwrap();
        let mut said = String::new();
        while let Some(piece) = answer.chunk().await.unwrap() {
            said.push_str(str::from_utf8(&piece).unwrap());
            let asked = said.lines().find(|line| line.contains("roots/list") && line.starts_with("data:"));
            if let Some(asked) = asked.filter(|_| !said.contains("file:///x")) {
                let asked: Value = serde_json::from_str(&asked[5..]).unwrap();
                let roots = json!({"roots": [{"uri": "file:///x"}]});
                let answer = json!({"jsonrpc": "2.0", "id": asked["id"], "result": roots});
                assert_eq!(served.post(&bearer, Some(&session.id), &answer).await.0, 202);
            }
        }
        said
    });
    assert!(said.contains("roots/list") && said.contains("file:///x"), "{said}");
    served.process.kill();
}

/// Its server need not answer it any more, and a client that ends its session still has it open.
#[test]
fn the_connection_of_a_cancelled_call_ends_without_an_answer() {
    let home = Home::empty();
    let policy = policy(&home, 100);
    let bearer = grant(&home, "one");
    let served = Served::start(&home, &["--no-token", "--policy", &policy]);
    let session = served.greet(&bearer);
    let call = |id: u64| {
        let params = json!({"name": "slow", "arguments": {"ms": 20_000}});
        let call = json!({"jsonrpc": "2.0", "id": id, "method": "tools/call", "params": params});
        served.request(&bearer, Some(&session.id), &call).send()
    };
    let cancel = json!({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": 1}});
    let home = &home;
    let is_given = |calls: usize| async move {
        let deadline = std::time::Instant::now() + SOON;
        while given(home).iter().filter(|given| given.calls("slow")).count() < calls {
            assert!(std::time::Instant::now() < deadline, "it was not given the call");
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
    };
    served.runtime.block_on(async {
        let cancelling = async {
            is_given(1).await;
            assert_eq!(served.post(&bearer, Some(&session.id), &cancel).await.0, 202);
        };
        let (answer, ()) = tokio::join!(call(1), cancelling);
        let answer = answer.unwrap();
        assert_eq!((answer.status().as_u16(), &*answer.text().await.unwrap()), (200, ""));
        let leaving = async {
            is_given(2).await;
            let bye =
                served.client.delete(&served.address).header("Authorization", format!("Bearer {bearer}"));
            assert_eq!(bye.header("Mcp-Session-Id", &session.id).send().await.unwrap().status(), 204);
        };
        let (answer, ()) = tokio::join!(call(2), leaving);
        let answer = answer.unwrap();
        assert_eq!((answer.status().as_u16(), &*answer.text().await.unwrap()), (200, ""));
    });
    served.process.kill();
}

fn policy(home: &Home, max: u64) -> String {
    let path = home.work().join("policy.json");
    let limit = json!([{"counter": "all", "window": "day", "max": max, "scope": "grant"}]);
    fs::write(&path, json!({"version": "1", "default": "allow", "all_tools": {"limits": limit}}).to_string())
        .unwrap();
    path.to_str().unwrap().to_owned()
}

fn grant(home: &Home, name: &str) -> String {
    home.run(["grant", "add", name]).expect(0).stdout.trim().to_owned()
}

// Wine drops some of so many connections at once.
#[cfg(unix)]
#[test]
fn of_many_calls_at_once_over_many_sessions_exactly_the_limit_of_each_grant_passes() {
    let home = Home::empty();
    let policy = policy(&home, 10);
    let grants = [grant(&home, "one"), grant(&home, "other")];
    let served = Served::start(&home, &["--no-token", "--policy", &policy]);
    for (at, bearer) in grants.iter().enumerate() {
        let passed = served.runtime.block_on(async {
            let mut sessions = Vec::new();
            for _ in 0..20 {
                sessions.push(served.greeting(bearer).await);
            }
            let calls = sessions.iter().flat_map(|session| {
                (0..10).map(move |id| async move { session.call(id, "write", json!({})).await })
            });
            let answers = futures_util::future::join_all(calls).await;
            answers.iter().filter(|answer| answer["result"]["isError"] != true).count()
        });
        assert_eq!(passed, 10);
        assert_eq!(given(&home).iter().filter(|given| given.calls("write")).count(), 10 * (at + 1));
    }
    served.process.kill();
}

#[test]
fn nobody_gets_in_without_a_grant_and_no_session_is_another_ones() {
    let home = Home::empty();
    let policy = policy(&home, 1000);
    let (one, other) = (grant(&home, "one"), grant(&home, "other"));
    let served = Served::start(&home, &["--no-token", "--policy", &policy]);
    let session = served.greet(&one);
    let ping = json!({"jsonrpc": "2.0", "id": 1, "method": "ping"});
    let status =
        |bearer: &str, session: Option<&str>| served.runtime.block_on(served.post(bearer, session, &ping)).0;
    assert_eq!(status(&one, Some(&session.id)), 200);
    assert_eq!(status(&other, Some(&session.id)), 404);
    assert_eq!(status("ztg_nobody", Some(&session.id)), 401);
    home.run(["grant", "remove", "one"]).expect(0);
    assert_eq!(status(&one, Some(&session.id)), 401);
    served.process.kill();
}

#[test]
fn a_grant_has_its_own_policy_and_without_any_every_call_is_refused() {
    let home = Home::empty();
    let strict = home.work().join("strict.json");
    fs::write(&strict, json!({"version": "1", "default": "deny", "tools": {"echo": {}}}).to_string())
        .unwrap();
    let strict = home.run(["grant", "add", "strict", "--policy", strict.to_str().unwrap()]).expect(0).stdout;
    let without = grant(&home, "without");
    let served = Served::start(&home, &["--no-token"]);
    let told = |session: &Session<'_>, tool: &str| {
        let answer = served.runtime.block_on(session.call(1, tool, json!({})));
        answer["result"]["content"][0]["text"].as_str().unwrap().to_owned()
    };
    let session = served.greet(strict.trim());
    assert_eq!(told(&session, "echo"), "echo");
    assert!(told(&session, "write").starts_with("[POLICY DENIED] write by default"));
    let session = served.greet(&without);
    assert!(told(&session, "echo").contains("neither the grant nor the gateway has a policy"));
    assert_eq!(given(&home).iter().filter(|given| given.message["method"] == "tools/call").count(), 1);
    served.process.kill();
}

#[test]
fn what_happens_to_calls_is_in_the_metrics() {
    let home = Home::empty();
    let policy = policy(&home, 4);
    let bearer = grant(&home, "one");
    let served = Served::start(&home, &["--no-token", "--policy", &policy]);
    let session = served.greet(&bearer);
    for tool in ["write", "write", "echo"] {
        served.runtime.block_on(session.call(1, tool, json!({})));
    }
    served.runtime.block_on(session.call(2, "die", json!({})));
    served.runtime.block_on(session.call(3, "write", json!({})));
    served.runtime.block_on(session.call(4, "write", json!([])));
    let ping = json!({"jsonrpc": "2.0", "id": 1, "method": "ping"});
    assert_eq!(served.runtime.block_on(served.post("ztg_nobody", None, &ping)).0, 401);
    let address = served.address.replace("/mcp", "/metrics");
    let text = served
        .runtime
        .block_on(async { served.client.get(address).send().await.unwrap().text().await.unwrap() });
    for sample in [
        "info{name=\"stand_in_server\",",
        "calls_total{tool=\"write\",outcome=\"ok\"} 2\n",
        "calls_total{tool=\"echo\",outcome=\"ok\"} 1\n",
        "calls_total{tool=\"die\",outcome=\"failed\"} 1\n",
        "call_duration_seconds_count 4\n",
        "refusals_total{reason=\"limit\"} 1\n",
        "refusals_total{reason=\"invalid\"} 1\n",
        "refusals_total{reason=\"unauthorized\"} 1\n",
        "restarts_total{reason=\"ended\"} 1\n",
        "sessions 1\n",
        "tools_held 0\n",
    ] {
        assert!(text.contains(&format!("\nzoomtok_gateway_{sample}")), "{sample}\n{text}");
    }
    assert!(!text.contains("token_seconds_left"), "{text}");
    served.process.kill();
}

/// The resources of a gateway and its servers: descriptors, memory in KiB, and processes below it.
#[cfg(target_os = "linux")]
fn taken(pid: u32) -> (usize, u64, usize) {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let own = status.lines().find_map(|line| line.strip_prefix("RssAnon:")).unwrap();
    let own = own.split_whitespace().next().unwrap().parse().unwrap();
    let children = fs::read_to_string(format!("/proc/{pid}/task/{pid}/children")).unwrap();
    (fs::read_dir(format!("/proc/{pid}/fd")).unwrap().count(), own, children.split_whitespace().count())
}

#[cfg(target_os = "linux")]
#[test]
fn sessions_that_are_opened_and_dropped_leave_nothing() {
    let home = Home::empty();
    let policy = policy(&home, 1_000_000);
    let bearer = grant(&home, "one");
    let served = Served::start(&home, &["--no-token", "--policy", &policy]);
    let pid = served.process.id();
    let drop_all = |sessions: Vec<Session<'_>>| {
        served.runtime.block_on(async {
            for session in sessions {
                let bye =
                    served.client.delete(&served.address).header("Authorization", format!("Bearer {bearer}"));
                let status = bye.header("Mcp-Session-Id", &session.id).send().await.unwrap().status();
                assert!(status.is_success(), "{status}");
            }
        });
    };
    let many: usize = std::env::var("ZOOMTOK_SESSIONS").map_or(200, |many| many.parse().unwrap());
    let mut before = None;
    for opened in (0..many).step_by(20) {
        let sessions: Vec<Session<'_>> = (0..20).map(|_| served.greet(&bearer)).collect();
        served.runtime.block_on(sessions[opened % 20].call(1, "echo", json!({})));
        drop_all(sessions);
        // Everything that is allocated once has been by now.
        if opened == 40 {
            before = Some(taken(pid));
        }
    }
    crate::support::mcp_session::wait_until("the end of every server", || taken(pid).2 == 0);
    let ((before, memory, _), (after, memory_after, _)) = (before.unwrap(), taken(pid));
    assert!(after <= before + 4, "{before} descriptors, then {after}");
    assert!(memory_after <= memory + 2 * 1024, "{memory} KiB, then {memory_after}");
    served.process.kill();
}
