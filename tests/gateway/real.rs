//! Servers of others, from npm and `PyPI`: the same dialogue with each of them, directly and through a gateway. The dialogues are
//! in `tests/support/dialogues`.

use std::fs;
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use regex_lite::Regex;
use serde_json::{Value, json};

use crate::support::mcp_client::Client;
use crate::support::mcp_session::{Session, wait_until};
use crate::support::needs::{mcp_server_of_node, mcp_server_of_python, needs};
use crate::support::{Home, sandbox};

/// A server, and what is said to it.
struct Real {
    server: PathBuf,
    arguments: &'static [&'static str],
    dialogue: &'static str,
    /// Messages in a dialogue that it starts itself, or answers: so that none is left out.
    messages: usize,
}

/// Said to each of them at the end.
const ANY: &str = include_str!("../support/dialogues/any.txt");

/// A server that has nothing to do says nothing for so long.
const SILENCE: Duration = Duration::from_millis(700);

/// Runs a server, or a gateway before it, in a directory of its own.
fn command(home: &Home, server: &Path, arguments: &[&str], is_through: bool) -> Command {
    let work = home.work();
    let arguments = arguments.iter().map(|argument| argument.replace("$DIR", work.to_str().unwrap()));
    let mut command = if is_through {
        let gateway = ["gateway", "--no-token", "--no-pin", "-q", "--", server.to_str().unwrap()];
        home.command(gateway.map(str::to_owned).into_iter().chain(arguments))
    } else {
        home.foreign(server, arguments)
    };
    command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
    command.env("MEMORY_FILE_PATH", work.join("memory.jsonl"));
    of_ada(&mut command);
    command
}

/// Has git make the same commit each time.
fn of_ada(command: &mut Command) {
    for whose in ["GIT_AUTHOR", "GIT_COMMITTER"] {
        command.env(format!("{whose}_NAME"), "Ada").env(format!("{whose}_EMAIL"), "ada@example.com");
        command.env(format!("{whose}_DATE"), "2026-01-02T03:04:05Z");
    }
}

/// The client's answer to a request of a server.
fn answer(asked: &Value, work: &str) -> Value {
    let params = &asked["params"];
    let task = |status: &str| {
        json!({"taskId": "the client's", "status": status, "ttl": null, "pollInterval": 10,
            "createdAt": "2026-01-01T00:00:00Z", "lastUpdatedAt": "2026-01-01T00:00:00Z"})
    };
    match asked["method"].as_str().unwrap() {
        "roots/list" => json!({"result": {"roots": [{"uri": format!("file://{work}"), "name": "work"}]}}),
        "sampling/createMessage" | "elicitation/create" if params.get("task").is_some() => {
            json!({"result": {"task": task("working")}})
        }
        "sampling/createMessage" => json!({"result": {"role": "assistant", "model": "m",
            "content": {"type": "text", "text": "Grüße"}, "stopReason": "endTurn"}}),
        "elicitation/create" if params["mode"] == "url" => json!({"result": {"action": "accept"}}),
        "elicitation/create" => {
            json!({"result": {"action": "accept", "content": {"name": "Ada", "integer": 7}}})
        }
        "tasks/get" => json!({"result": task("completed")}),
        "tasks/result" => json!({"result": {"action": "decline"}}),
        _ => json!({"error": {"code": -32601, "message": "no such method"}}),
    }
}

/// The request that a line stands for, with this id. `task` is the last one that the server has begun.
fn request(id: usize, line: &str, task: &str, work: &str) -> Value {
    let line = line.replace("$DIR", work).replace("$TASK", task);
    let (kind, rest) = line.split_once(' ').unwrap();
    let (method, params) = if matches!(kind, "call" | "task" | "progress") {
        let (tool, arguments) = rest.split_once(' ').unwrap();
        let arguments: Value = serde_json::from_str(arguments).unwrap();
        let mut params = json!({"name": tool, "arguments": arguments});
        match kind {
            "task" => params["task"] = json!({"ttl": 60_000}),
            "progress" => params["_meta"] = json!({"progressToken": tool}),
            _ => {}
        }
        ("tools/call", params)
    } else {
        (kind, serde_json::from_str(rest).unwrap())
    };
    json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params})
}

/// The messages to a client in a dialogue: first the answers, then those that the server has begun, by method. In each of these
/// it is in order; between them a server promises none.
fn heard(command: Command, home: &Home, dialogue: &str) -> Vec<String> {
    let work = home.work().to_str().unwrap().to_owned();
    let at = work.clone();
    let mut client = Client::new(command, Box::new(move |asked| answer(asked, &at)));
    let capabilities = json!({"roots": {"listChanged": true}, "sampling": {"tools": {}},
        "elicitation": {"form": {}, "url": {}}, "tasks": {"list": {}, "cancel": {},
        "requests": {"sampling": {"createMessage": {}}, "elicitation": {"create": {}}}}});
    let hello = json!({"protocolVersion": "2025-11-25", "capabilities": capabilities,
        "clientInfo": {"name": "tests", "version": "1"}});
    client
        .say(&json!({"jsonrpc": "2.0", "id": "hello", "method": "initialize", "params": hello}).to_string());
    client.say(r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#);
    let mut task = String::new();
    let mut varying = Vec::new();
    let lines = dialogue.lines().chain(ANY.lines()).filter(|line| !line.starts_with('#'));
    for (id, line) in lines.enumerate() {
        if let Some(wanted) = line.strip_prefix("hear ") {
            let (count, method) = wanted.split_once(' ').unwrap();
            client.wait_for(count.parse().unwrap(), method);
            continue;
        }
        if line.starts_with('~') {
            varying.push(json!(id));
        }
        client.say(&request(id, line.trim_start_matches('~'), &task, &work).to_string());
        if let Some(begun) = client.heard.last().unwrap()["result"]["task"]["taskId"].as_str() {
            begun.clone_into(&mut task);
        }
    }
    let mut heard = client.end(SILENCE);
    let kind = |message: &Value| message["method"].as_str().unwrap_or_default().to_owned();
    heard.sort_by_key(kind);
    let time = Regex::new(r"\d{4}-\d\d-\d\dT[\d:.]+Z").unwrap();
    // Also a part of it that has letters alone.
    let uuid = Regex::new(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}").unwrap();
    let number = Regex::new(r"\w*\d\w*").unwrap();
    let text = |mut message: Value| {
        if message["method"].is_string() {
            // The ids that a server gives its own requests are its own business.
            message.as_object_mut().unwrap().remove("id");
        }
        let mut text = message.to_string().replace(&work, "$DIR");
        if !task.is_empty() {
            text = text.replace(&task, "$TASK");
        }
        if varying.contains(&message["id"]) {
            text = uuid.replace_all(&text, "#").into_owned();
            text = number.replace_all(&text, "#").into_owned();
        }
        time.replace_all(&text, "(a time)").into_owned()
    };
    heard.into_iter().map(text).collect()
}

/// Fails unless a client hears the same of a server through a gateway as directly.
#[track_caller]
fn assert_transparent(real: &Real, prepare: impl Fn(&Path)) {
    let homes = [Home::empty(), Home::empty()];
    for home in &homes {
        prepare(&home.work());
    }
    let [direct, through] = thread::scope(|scope| {
        let run = |is_through: bool| {
            let home = &homes[usize::from(is_through)];
            let command = command(home, &real.server, real.arguments, is_through);
            scope.spawn(move || heard(command, home, real.dialogue))
        };
        [run(false), run(true)].map(|run| run.join().unwrap())
    });
    for (direct, through) in direct.iter().zip(&through) {
        assert_eq!(direct, through);
    }
    assert_eq!((direct.len(), through.len()), (real.messages, real.messages));
}

#[test]
fn server_everything_is_the_same_through_a_gateway() {
    needs!(McpServersNode);
    let real = Real {
        server: mcp_server_of_node("everything"),
        arguments: &[],
        dialogue: include_str!("../support/dialogues/everything.txt"),
        messages: 115,
    };
    assert_transparent(&real, |_| {});
}

/// Ends a server that was started for a test.
struct Started(Child);

impl Drop for Started {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The same server, which also has the transport before streamable HTTP.
#[test]
fn server_everything_over_http_with_sse_is_as_it_is_directly() {
    needs!(McpServersNode);
    let server = mcp_server_of_node("everything");
    let homes = [Home::empty(), Home::empty()];
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let mut serving = command(&homes[1], &server, &["sse"], false);
    serving.env("PORT", port.to_string()).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let _started = Started(serving.spawn().unwrap());
    wait_until("the server listens", || TcpStream::connect(("127.0.0.1", port)).is_ok());
    let url = format!("http://127.0.0.1:{port}/sse");
    let dialogue = include_str!("../support/dialogues/everything.txt");
    let through = homes[1].command(["gateway", "--no-token", "--no-pin", "-q", "--url", &*url]);
    let direct = command(&homes[0], &server, &[], false);
    let (direct, through) = (heard(direct, &homes[0], dialogue), heard(through, &homes[1], dialogue));
    // Only over HTTP does it give sessions names, which stand in what it logs.
    let session = Regex::new("from session [-0-9a-f]{36}").unwrap();
    for (direct, through) in direct.iter().zip(&through) {
        assert_eq!(*direct, session.replace_all(through, ""));
    }
    assert_eq!((direct.len(), through.len()), (115, 115));
}

#[test]
fn server_filesystem_is_the_same_through_a_gateway() {
    needs!(McpServersNode);
    let real = Real {
        server: mcp_server_of_node("filesystem"),
        arguments: &["$DIR"],
        dialogue: include_str!("../support/dialogues/filesystem.txt"),
        messages: 49,
    };
    assert_transparent(&real, |_| {});
}

#[test]
fn server_memory_is_the_same_through_a_gateway() {
    needs!(McpServersNode);
    let real = Real {
        server: mcp_server_of_node("memory"),
        arguments: &[],
        dialogue: include_str!("../support/dialogues/memory.txt"),
        messages: 44,
    };
    assert_transparent(&real, |_| {});
}

#[test]
fn server_sequential_thinking_is_the_same_through_a_gateway() {
    needs!(McpServersNode);
    let real = Real {
        server: mcp_server_of_node("sequential-thinking"),
        arguments: &[],
        dialogue: include_str!("../support/dialogues/thinking.txt"),
        messages: 21,
    };
    assert_transparent(&real, |_| {});
}

#[test]
fn mcp_server_time_is_the_same_through_a_gateway() {
    needs!(McpServersPython);
    let real = Real {
        server: mcp_server_of_python("time"),
        arguments: &[],
        dialogue: include_str!("../support/dialogues/time.txt"),
        messages: 22,
    };
    assert_transparent(&real, |_| {});
}

#[test]
fn mcp_server_git_is_the_same_through_a_gateway() {
    needs!(McpServersPython);
    let real = Real {
        server: mcp_server_of_python("git"),
        arguments: &["--repository", "$DIR"],
        dialogue: include_str!("../support/dialogues/git.txt"),
        messages: 41,
    };
    assert_transparent(&real, |work| {
        let git = |arguments: &[&str]| {
            let mut git = Command::new("git");
            of_ada(&mut git);
            git.args(["-c", "core.autocrlf=false", "-C"]).arg(work).args(arguments);
            assert!(git.status().unwrap().success(), "{arguments:?}");
        };
        fs::write(work.join("a.txt"), "one\n").unwrap();
        git(&["init", "-q", "-b", "main"]);
        git(&["add", "."]);
        git(&["commit", "-q", "-m", "First"]);
        fs::write(work.join("a.txt"), "two\n").unwrap();
    });
}

#[test]
fn mcp_server_fetch_is_the_same_through_a_gateway() {
    needs!(McpServersPython);
    let real = Real {
        server: mcp_server_of_python("fetch"),
        arguments: &[],
        dialogue: include_str!("../support/dialogues/fetch.txt"),
        messages: 22,
    };
    assert_transparent(&real, |_| {});
}

#[test]
fn a_tool_that_shows_the_environment_does_not_show_the_token() {
    needs!(McpServersNode);
    let sandbox = sandbox();
    let home = Home::of(&sandbox, "");
    let server = mcp_server_of_node("everything");
    let mut command = home.command(["gateway", "--no-pin", "-q", "--", server.to_str().unwrap()]);
    command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
    command.env("ZOOM_ENV_FILE", home.env_path());
    let mut session = Session::of(command);
    session.greet("2025-11-25");
    let shown = session.call("get-env", json!({})).ok().text;
    let variables: Value = serde_json::from_str(&shown).unwrap();
    assert_eq!(variables["ZOOM_ACCESS_TOKEN"], "[token removed by zoomtok]");
    assert_eq!(variables.get("ZOOM_CLIENT_SECRET"), None);
    assert!(!session.said().contains(&home.value("ZOOM_ACCESS_TOKEN").unwrap()));
}
