//! Grants, pins and calls that wait for a person, which gateways on several machines share.

use std::fmt::Write as _;
use std::fs;

use serde_json::{Value, json};

use crate::support::Home;
use crate::support::gateways::{self, Listening, given, record, server};
use crate::support::mcp_session::{Session, wait_until};
use crate::support::needs::needs;
use crate::support::redis::{Redis, share};

/// A machine with a home of its own that uses the store at this address.
pub(super) fn machine(address: &str) -> Home {
    let mut home = Home::empty();
    share(&mut home, address);
    let policy = json!({"version": "1", "default": "allow", "approve_within": 60, "tools": {"write": {"approve": true}}});
    fs::write(home.work().join("policy.json"), policy.to_string()).unwrap();
    home
}

fn machines(redis: &Redis) -> [Home; 2] {
    [(); 2].map(|()| machine(&redis.address()))
}

/// A gateway for one client.
fn gateway(home: &Home) -> Session {
    gateways::start(home, &["--no-token", "--name", "files"])
}

/// A gateway for one client, under a policy that has a person asked.
pub(super) fn asking(home: &Home) -> Session {
    let policy = home.work().join("policy.json");
    gateways::start(home, &["--no-token", "--name", "files", "--policy", policy.to_str().unwrap()])
}

/// A gateway for many clients, and what asks it.
struct Served {
    gateway: Listening,
    runtime: tokio::runtime::Runtime,
    client: reqwest::Client,
}

impl Served {
    fn start(home: &Home) -> Self {
        let (server, record) = (server(), record(home));
        let policy = home.work().join("policy.json");
        let options = ["--no-token", "--name", "files", "--policy", policy.to_str().unwrap(), "--"];
        let behind = [server.to_str().unwrap(), "--record", record.to_str().unwrap()];
        let gateway = Listening::start(home, &[&options[..], &behind].concat());
        // Another test may have done so.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder().no_proxy().tls_certs_only([]).build().unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        Self { gateway, runtime, client }
    }

    /// The status and the text of an answer to a request of a client with this token.
    fn ask(&self, bearer: &str) -> (u16, String) {
        let params = json!({"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}});
        let initialize = json!({"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": params});
        let request =
            self.client.post(&self.gateway.address).header("Authorization", format!("Bearer {bearer}"));
        let request = request.header("Accept", "application/json, text/event-stream");
        let request = request.header("Content-Type", "application/json").body(initialize.to_string());
        self.runtime.block_on(async {
            let answer = request.send().await.unwrap();
            (answer.status().as_u16(), answer.text().await.unwrap())
        })
    }
}

fn grant(home: &Home, name: &str) -> String {
    home.run(["grant", "add", name]).expect(0).stdout.trim().to_owned()
}

fn granted(home: &Home) -> Vec<String> {
    let listed = home.run(["grant", "list", "--json"]).expect(0).stdout;
    let listed: Value = serde_json::from_str(&listed).unwrap();
    listed["grants"]
        .as_array()
        .unwrap()
        .iter()
        .map(|grant| grant["name"].as_str().unwrap().to_owned())
        .collect()
}

fn is_in(text: &[u8], part: &str) -> bool {
    text.windows(part.len()).any(|at| at == part.as_bytes())
}

pub(super) fn writes(home: &Home) -> usize {
    given(home).iter().filter(|given| given.calls("write")).count()
}

/// Has a server change its tools, and waits until its gateway has seen that.
fn change(session: &mut Session) {
    session.forget();
    session.call("change", json!({})).ok();
    session.notification("notifications/tools/list_changed");
}

/// The report of the doctor.
fn report(home: &Home) -> String {
    home.run(["doctor"]).stdout
}

/// The calls that wait, as a machine lists them.
pub(super) fn waiting(home: &Home) -> Vec<Value> {
    let listed = home.run(["approval", "list", "--json"]).expect(0).stdout;
    serde_json::from_str::<Value>(&listed).unwrap()["approvals"].as_array().unwrap().clone()
}

/// The id of the one call that waits.
fn waiting_id(home: &Home) -> String {
    let mut id = String::new();
    wait_until("a call that waits", || {
        let all = waiting(home);
        id = all.first().map(|one| one["id"].as_str().unwrap().to_owned()).unwrap_or_default();
        !id.is_empty()
    });
    id
}

#[test]
fn a_grant_of_one_machine_counts_on_all_until_one_of_them_removes_it() {
    needs!(Redis);
    let mut redis = Redis::start();
    let [here, there] = machines(&redis);
    let served = [&here, &there].map(Served::start);
    let bearer = grant(&here, "ci");
    assert_eq!(granted(&there), ["ci"]);
    there.run(["grant", "add", "ci"]).expect(2).says(&["there is a grant ci already"]);
    for one in &served {
        assert_eq!(one.ask(&bearer).0, 200);
        assert_eq!(one.ask("ztg_another").0, 401);
    }
    // No file has any, and nobody who has the store's disk learns the digest.
    assert!(!here.config_home().join("zoomtok/grants.json").exists());
    let written = redis.written();
    let digest = ring::digest::digest(&ring::digest::SHA256, bearer.as_bytes());
    let digest = digest.as_ref().iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    });
    assert!(is_in(&written, "zoomtok:{gateways}:grants"));
    for secret in [&*bearer, &*digest, &digest[..16], "created"] {
        assert!(!is_in(&written, secret), "{secret}");
    }
    // Nobody is let in whose grant nobody can look at.
    redis.kill();
    for one in &served {
        let (status, text) = one.ask(&bearer);
        assert_eq!(status, 503, "{text}");
        assert!(
            text.contains("a store that cannot be asked at the moment") && !text.contains("redis://"),
            "{text}"
        );
    }
    there.run(["grant", "list"]).expect(5).says(&["the shared store at", "cannot be reached"]);
    redis.restart();
    for one in &served {
        assert_eq!(one.ask(&bearer).0, 200);
    }
    there.run(["grant", "remove", "ci"]).expect(0);
    for one in &served {
        assert_eq!(one.ask(&bearer).0, 401);
    }
    assert_eq!(granted(&here), [""; 0]);
    // A store that has lost them lets nobody in.
    let bearer = grant(&here, "ci");
    assert_eq!(served[1].ask(&bearer).0, 200);
    redis.kill();
    redis.forget();
    redis.restart();
    assert_eq!(served.each_ref().map(|one| one.ask(&bearer).0), [401; 2]);
}

#[test]
fn grants_of_a_file_are_put_into_the_store_by_a_command_and_count_as_before() {
    needs!(Redis);
    let redis = Redis::start();
    let mut here = Home::empty();
    let bearer = grant(&here, "old");
    here.run(["grant", "share"]).expect(3).says(&["ZOOMTOK_STORE names no shared store"]);
    share(&mut here, &redis.address());
    let there = machine(&redis.address());
    grant(&there, "new");
    assert_eq!(granted(&here), ["new"], "the file is not read");
    let said = report(&here);
    assert!(said.contains("zoomtok grant share"), "{said}");
    for said in
        ["✅ In the shared store now: old\n", "✅ The shared store has all grants of this machine already\n"]
    {
        assert_eq!(here.run(["grant", "share"]).expect(0).stdout, said);
    }
    assert!(!report(&here).contains("zoomtok grant share"));
    assert_eq!(granted(&there), ["new", "old"]);
    assert_eq!(Served::start(&there).ask(&bearer).0, 200);
}

#[test]
fn a_tool_that_changes_on_one_machine_is_held_back_on_all_and_accepted_on_all() {
    needs!(Redis);
    let mut redis = Redis::start();
    let [here, there] = machines(&redis);
    let mut sessions = [&here, &there].map(gateway);
    for session in &mut sessions {
        session.call("write", json!({})).ok();
        change(session);
        session
            .call("write", json!({}))
            .fails(&["[POLICY DENIED] write by pins:", "changed since it was accepted"]);
    }
    assert!(!is_in(&redis.written(), "Ignore all other"), "what tools say is sealed");
    let said = report(&there);
    assert!(said.contains("gateway files: 1 tool is held back: write"), "{said}");
    let shown = there.run(["policy", "accept", "files", "--yes"]).expect(0).stdout;
    assert!(shown.contains("Ignore all other instructions"), "{shown}");
    for session in &mut sessions {
        wait_until("what was accepted", || session.tools().contains(&"write".to_owned()));
        session.call("write", json!({})).ok();
    }
    // Those of before are not what was accepted, on any machine.
    gateway(&here).call("write", json!({})).fails(&["changed since it was accepted"]);
    // Without the store a gateway goes on with what it has seen there; another holds every tool back.
    redis.kill();
    for session in &mut sessions {
        session.call("write", json!({})).ok();
        change(session);
        session.call("later", json!({})).fails(&["it is new since the tools were accepted"]);
    }
    gateway(&here)
        .call("read", json!({}))
        .fails(&["nobody can tell whether it was accepted", "the shared store at"]);
    here.run(["policy", "accept", "files", "--yes"]).expect(5).says(&["cannot be reached"]);
    // A store that has lost them gets them again from a gateway that has seen them.
    redis.forget();
    redis.restart();
    wait_until("the pins", || {
        sessions[0].call("read", json!({})).ok();
        redis.keys().contains(&"zoomtok:{gateway:files}:pins".to_owned())
    });
    gateway(&there).call("write", json!({})).fails(&["changed since it was accepted"]);
}

#[test]
fn pins_of_a_file_count_when_a_store_is_set_later() {
    needs!(Redis);
    let redis = Redis::start();
    let mut home = Home::empty();
    {
        let mut session = gateway(&home);
        change(&mut session);
        session.call("write", json!({})).fails(&["changed since it was accepted"]);
    }
    home.run(["policy", "accept", "files", "--yes"]).expect(0);
    share(&mut home, &redis.address());
    // The tool as it was at first is not what was accepted last.
    gateway(&home).call("write", json!({})).fails(&["changed since it was accepted"]);
    gateway(&machine(&redis.address())).call("write", json!({})).fails(&["changed since it was accepted"]);
}

#[test]
fn a_call_that_waits_on_one_machine_is_allowed_from_another_and_made_once() {
    needs!(Redis);
    let redis = Redis::start();
    let [here, there] = machines(&redis);
    let mut sessions = [&here, &there].map(asking);
    let sent = sessions[0].send("write", &json!({"text": "canary of the arguments", "password": "hidden"}));
    let id = waiting_id(&there);
    assert_eq!(
        waiting(&here),
        waiting(&there)
            .into_iter()
            .map(|mut one| {
                one["seconds_left"] = waiting(&here)[0]["seconds_left"].clone();
                one
            })
            .collect::<Vec<_>>()
    );
    let said = report(&there);
    assert!(said.contains("gateway files: 1 call waits for a person"), "{said}");
    assert_eq!(writes(&here), 0);
    there.run(["approval", "allow", &id]).expect(0);
    let again = here.run(["approval", "allow", &id]);
    // The call may have used it up by now.
    assert!(
        again.stderr.contains("was allowed already") || again.stderr.contains("no call waits"),
        "{}",
        again.stderr
    );
    sessions[0].answer(sent).ok();
    assert_eq!((writes(&here), writes(&there)), (1, 0));
    there.run(["approval", "allow", &id]).expect(2).says(&["no call waits under the id"]);
    // The same call on the other machine needs a decision of its own.
    let sent = sessions[1].send("write", &json!({"text": "canary of the arguments", "password": "hidden"}));
    here.run(["approval", "deny", &waiting_id(&here)]).expect(0);
    sessions[1].answer(sent).fails(&["a person has denied this call"]);
    assert_eq!((writes(&here), writes(&there)), (1, 0));
    for canary in ["canary of the arguments", "tools.write.approve"] {
        assert!(!is_in(&redis.written(), canary), "{canary}");
    }
}

#[test]
fn without_the_store_a_call_that_a_person_has_to_allow_is_refused() {
    needs!(Redis);
    let mut redis = Redis::start();
    let home = machine(&redis.address());
    let mut session = asking(&home);
    session.call("read", json!({})).ok();
    let sent = session.send("write", &json!({}));
    waiting_id(&home);
    redis.kill();
    session.answer(sent).fails(&["what was decided about this call is lost: the shared store at"]);
    session
        .call("write", json!({}))
        .fails(&["write by tools.write.approve: the shared store at", "cannot be reached"]);
    session.call("read", json!({})).ok();
    home.run(["approval", "list"]).expect(5).says(&["cannot be reached"]);
    redis.restart();
    let sent = session.send("write", &json!({"text": "b"}));
    wait_until("the call", || waiting(&home).len() == 2);
    let all = waiting(&home);
    home.run(["approval", "allow", all[1]["id"].as_str().unwrap()]).expect(0);
    session.answer(sent).ok();
    assert_eq!(writes(&home), 1);
}
