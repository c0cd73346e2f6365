//! The clients of others, each with a whole session: the SDKs, the Inspector, and the protocol's own conformance tests.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::process::Command;

use serde_json::{Value, json};

use crate::support::gateways::{Listening, given, record, server};
use crate::support::needs::{
    conformance, directory_of_conformance, inspector, needs, python_with_mcp, typescript_sdk,
};
use crate::support::processes::Running;
use crate::support::{Ended, Home, ended};

/// A script that is a client or a server.
fn script(name: &str) -> String {
    format!("{}/tests/support/clients/{name}", env!("CARGO_MANIFEST_DIR"))
}

/// A home with a policy that hides one tool of the stand-in server's.
fn home() -> Home {
    let home = Home::empty();
    let policy = json!({"version": "1", "default": "allow", "hide": ["danger"]});
    fs::write(home.work().join("policy.json"), policy.to_string()).unwrap();
    home
}

/// A gateway over standard input and output before the stand-in server, as the words that a client starts it with.
fn over_stdio(home: &Home) -> Vec<String> {
    let words = ["gateway", "--no-token", "-q", "--policy", "policy.json", "--"];
    let server =
        [server(), "--record".into(), record(home)].map(|word| word.into_os_string().into_string().unwrap());
    let program = env!("CARGO_BIN_EXE_zoomtok").to_owned();
    std::iter::once(program).chain(words.map(str::to_owned)).chain(server).collect()
}

/// A gateway over HTTP before this server, and the bearer token of a grant with the policy.
fn over_http(home: &Home, behind: &[&str]) -> (Listening, String) {
    let bearer = home.run(["grant", "add", "client", "--policy", "policy.json"]).expect(0).stdout;
    let listening = Listening::start(home, &[&["--no-token"], behind].concat());
    (listening, bearer.trim().to_owned())
}

/// Runs a client to its end.
#[track_caller]
fn run(mut client: Command, bearer: Option<&str>) -> Ended {
    client.envs(bearer.map(|bearer| ("ZOOMTOK_TEST_BEARER", bearer)));
    let ended = ended(client.output().unwrap());
    ended.expect(0)
}

/// Has a client go through its whole session over each transport. Fails unless the server was notified of a cancellation, and
/// was never given the call that the policy refuses.
#[track_caller]
fn both_transports(program: &str, arguments: &[&str]) {
    let client = |home: &Home, more: &[String]| {
        let arguments = arguments.iter().map(|word| (*word).to_owned());
        home.foreign(program, arguments.chain(more.iter().cloned()))
    };
    let assert_heard = |home: &Home, output: &str| {
        assert!(output.contains("[POLICY DENIED] danger"), "{output}");
        let given = given(home);
        let cancelled: Vec<&Value> = given
            .iter()
            .map(|given| &given.message)
            .filter(|message| message["method"] == "notifications/cancelled")
            .collect();
        let slow = given.iter().find(|given| given.calls("slow")).unwrap();
        assert_eq!(cancelled.len(), 1, "{cancelled:?}");
        assert_eq!(cancelled[0]["params"]["requestId"], slow.message["id"]);
        assert!(!given.iter().any(|given| given.calls("danger")));
    };
    let home_of_stdio = home();
    let output = run(client(&home_of_stdio, &over_stdio(&home_of_stdio)), None).stdout;
    assert_heard(&home_of_stdio, &output);
    let home = home();
    let (server, record) = (server(), record(&home));
    let behind = ["--", server.to_str().unwrap(), "--record", record.to_str().unwrap()];
    let (listening, bearer) = over_http(&home, &behind);
    let output = run(client(&home, std::slice::from_ref(&listening.address)), Some(&bearer)).stdout;
    assert_heard(&home, &output);
    listening.process.kill();
}

#[test]
fn the_sdk_for_typescript_has_its_whole_session() {
    needs!(McpSdkNode);
    both_transports("node", &[&script("typescript_sdk.mjs"), typescript_sdk().to_str().unwrap()]);
}

#[test]
fn the_sdk_for_python_has_its_whole_session() {
    needs!(McpSdk);
    both_transports(&python_with_mcp(), &[&script("python_sdk.py")]);
}

#[test]
fn the_inspector_has_its_session_through_a_gateway() {
    needs!(McpInspector);
    let home = home();
    let inspect = |arguments: &[&str]| -> Value {
        let words: Vec<String> = std::iter::once("--cli".to_owned())
            .chain(over_stdio(&home))
            .chain(arguments.iter().map(|word| (*word).to_owned()))
            .collect();
        let printed = run(home.foreign(inspector(), words), None).stdout;
        serde_json::from_str(&printed).unwrap_or_else(|error| panic!("{error}: {printed}"))
    };
    let listed = inspect(&["--method", "tools/list"]);
    let names: Vec<&str> =
        listed["tools"].as_array().unwrap().iter().map(|tool| tool["name"].as_str().unwrap()).collect();
    assert!(names.contains(&"echo") && !names.contains(&"danger"), "{names:?}");
    let called = inspect(&["--method", "tools/call", "--tool-name", "echo", "--tool-arg", "n=7"]);
    assert_eq!(called["structuredContent"], json!({"n": 7}), "{called}");
    let denied = inspect(&["--method", "tools/call", "--tool-name", "danger"]);
    assert_eq!(denied["isError"], true, "{denied}");
}

/// The findings of the conformance tests: a line for each of their scenarios.
fn found(home: &Home, address: &str, bearer: &str) -> Vec<String> {
    let (node, tests) = conformance();
    let preload = script("with_bearer.mjs");
    let arguments = ["--import", &preload, tests.to_str().unwrap(), "server", "--url", address];
    let mut client = home.foreign(node, arguments);
    client.env("ZOOMTOK_TEST_BEARER", bearer);
    // It fails where any of its tests does, which is for the caller to judge.
    let output = ended(client.output().unwrap()).stdout;
    let lines = output.lines().skip_while(|line| !line.contains("SUMMARY")).skip(1);
    lines.filter(|line| !line.trim().is_empty()).map(str::to_owned).collect()
}

/// A server over HTTP that prints its address.
fn started(mut command: Command) -> (Running, String) {
    let mut process = Running::new(command.spawn().unwrap());
    let mut stdout = BufReader::new(process.stdout());
    let mut address = String::new();
    assert!(stdout.read_line(&mut address).unwrap() > 0, "it has ended");
    std::thread::spawn(move || stdout.lines().map_while(Result::ok).for_each(drop));
    (process, address.trim().to_owned())
}

#[test]
fn the_conformance_tests_of_the_protocol_find_the_same_through_a_gateway() {
    needs!(McpConformance);
    let home = home();
    let server = [script("conformance_server.mjs"), directory_of_conformance().to_str().unwrap().to_owned()];
    let (server, direct) = started(home.foreign("node", server));
    let (listening, bearer) = over_http(&home, &["--url", &direct]);
    let directly = found(&home, &direct, "nobody's");
    let through = found(&home, &listening.address, &bearer);
    assert_eq!(directly.last().unwrap(), "Total: 40 passed, 0 failed", "{directly:#?}");
    // The gateway answers as JSON alone what its server answers as events, of which one test looks at more.
    let of_events = "✓ server-sse-multiple-streams: ";
    let expected: Vec<String> = directly
        .iter()
        .map(|line| match line {
            line if line.starts_with(of_events) => format!("{of_events}1 passed, 0 failed"),
            line if line.starts_with("Total") => "Total: 39 passed, 0 failed".into(),
            line => line.clone(),
        })
        .collect();
    assert_eq!(through, expected);
    listening.process.kill();
    server.kill();
}

/// Protocol version 2026-07-28, from one end to the other.
#[test]
fn the_sdk_for_python_finds_the_same_without_initialize() {
    needs!(McpSdk);
    let home = home();
    let hear = |address: &str, bearer: &str| {
        let client = home.foreign(python_with_mcp(), [&*script("stateless_client.py"), address]);
        let told = run(client, Some(bearer)).stdout;
        let (told, danger) = told.trim_end().rsplit_once('\n').unwrap();
        let tools = told.lines().filter(|line| !line.starts_with(r#"{"name":"danger""#)).map(str::to_owned);
        (tools.collect::<Vec<String>>(), danger.to_owned())
    };
    // Its tools change in a session, so each has a server of its own.
    let server = || started(home.foreign(python_with_mcp(), [script("stateless_server.py")]));
    let (one, direct) = server();
    let (other, behind) = server();
    let (listening, bearer) = over_http(&home, &["--no-pin", "--url", &behind]);
    let (direct, through) = (hear(&direct, "nobody's"), hear(&listening.address, &bearer));
    assert_eq!(direct.0, through.0);
    assert!(direct.0.len() > 10, "{direct:#?}");
    assert_eq!(direct.1, "danger: False dangerous");
    assert_eq!(through.1, "danger: True [POLICY DENIED] danger by hide[0]: this tool is hidden.");
    listening.process.kill();
    one.kill();
    other.kill();
}
