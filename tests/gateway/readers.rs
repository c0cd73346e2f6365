//! Servers in other languages read what the gateway lets pass as it was judged: one corpus of hostile messages, and the parsers of
//! Rust, Node and Python behind the gateway.

use std::fs;
use std::io::{Read as _, Write as _};
use std::process::Stdio;

use serde_json::{Value, json};

use crate::support::Home;
use crate::support::gateways::{given, record, server};
use crate::support::needs::{needs, python_with_mcp};
use crate::support::processes::Running;

/// The messages of a client: calls, each with arguments that some reader may read in another way than others.
fn corpus() -> Vec<Vec<u8>> {
    let call = |arguments: &str| {
        format!(
            r#"{{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{{"name":"echo","arguments":{arguments}}}}}"#
        )
    };
    let mut texts: Vec<String> = [
        r#"{"a":1,"a":2}"#,
        r#"{"a":1,"\u0061":2}"#,
        r#"{"deep":[{"a":{"b":1,"b":2}}]}"#,
        r#"{"__proto__":{"x":1},"constructor":1,"toString":null}"#,
        r#"{"":1," ":2,"\u0000":3}"#,
        r#"{"a":"\u0041\/\b\f\n\r\t\"\\"}"#,
        r#"{"a":"\ud83d\ude00"}"#,
        r#"{"a":"\ud800"}"#,
        r#"{"a":"\ude00\ud83d"}"#,
        r#"{"a":"\u2028\u2029\ufeff\uffff"}"#,
        "{\"a\":\"\u{2028}\u{2029}\u{feff}\u{ffff}\u{10ffff}\"}",
        "{\"a\":\"\u{0}\"}",
        "{\"a\":\"\u{1}\"}",
        "{\"a\":\"\t\"}",
        r#"{"a":[0,-0,-0.0,1.0,1e2,1E+2,1e-7,0.1,1.7976931348623157e308,5e-324,4.9e-324]}"#,
        r#"{"a":[9007199254740992,9007199254740993,-9007199254740993,9223372036854775807,18446744073709551615]}"#,
        r#"{"a":18446744073709551616}"#,
        r#"{"a":-9223372036854775809}"#,
        r#"{"a":123456789012345678901234567890}"#,
        r#"{"a":12345678901234567890.5}"#,
        r#"{"a":1e400}"#,
        r#"{"a":1e-400}"#,
        r#"{"a":01}"#,
        r#"{"a":+1}"#,
        r#"{"a":.5}"#,
        r#"{"a":1.}"#,
        r#"{"a":0x10}"#,
        r#"{"a":1_000}"#,
        r#"{"a":NaN}"#,
        r#"{"a":Infinity}"#,
        r#"{"a":undefined}"#,
        r#"{"a":True}"#,
        r"{'a':1}",
        r"{a:1}",
        r#"{"a":1,}"#,
        r#"{"a":[1,]}"#,
        r#"{"a":1 /* b */}"#,
        "{\"a\":\u{a0}1}",
        r#"{"a":"\x41"}"#,
        r#"{"a":"\u{41}"}"#,
        r#"{"a":"é\u0301"}"#,
    ]
    .map(call)
    .into();
    for depth in [20, 100, 1_000, 100_000] {
        texts.push(call(&format!(r#"{{"a":{}{}}}"#, "[".repeat(depth), "]".repeat(depth))));
    }
    texts.extend(
        [
            r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","method":"ping","params":{"name":"echo"}}"#,
            r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"echo","name":"danger"}}"#,
            r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"echo","n\u0061me":"danger"}}"#,
            r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"echo"},"params":{"name":"danger"}}"#,
            r#"{"jsonrpc":"2.0","id":1,"method":"tools\/call","params":{"n\u0061me":"e\u0063ho","arguments":{"a":1}}}"#,
            "\u{feff}{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\",\"params\":{\"name\":\"echo\"}}",
            "\u{feff}\u{feff}{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\",\"params\":{\"name\":\"echo\"}}",
            "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\",\"params\":{\"name\":\"echo\"}}\u{0}",
            r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"echo"}} {"jsonrpc":"2.0","id":2,"method":"ping"}"#,
            r#"{"jsonrpc":"2.0","id":1e0,"method":"tools/call","params":{"name":"echo"}}"#,
            r#"{"jsonrpc":"2.0","id":"\ud83d\ude00","method":"tools/call","params":{"name":"echo","arguments":null}}"#,
            r#"{"jsonrpc":"2.0","id":1,"method":"x/unknown","params":{"n":1.50,"s":"\u2028"}}"#,
        ]
        .map(str::to_owned),
    );
    let mut corpus: Vec<Vec<u8>> = texts.into_iter().map(String::into_bytes).collect();
    for bytes in [&b"\xff"[..], b"\xc0\xaf", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xc3"] {
        let (before, after) = (call(r#"{"a":""#), "\"}}}");
        // The arguments are not closed where they stand.
        let before = before.trim_end_matches('}');
        corpus.push([before.as_bytes(), bytes, after.as_bytes()].concat());
    }
    corpus
}

/// How many of them pass.
const PASS: usize = 17;

/// Sends the corpus through a gateway before this server, and waits for the end of both.
fn send(home: &Home, behind: &[&str]) {
    let options = ["gateway", "--no-token", "--no-pin", "-q", "--"];
    let mut command = home.command([&options[..], behind].concat());
    command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut process = Running::new(command.spawn().unwrap());
    let (mut stdin, mut stdout) = (process.stdin(), process.stdout());
    let hello = json!({"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": {"protocolVersion": "2025-11-25",
        "capabilities": {}, "clientInfo": {"name": "tests", "version": "1"}}});
    let reading = std::thread::spawn(move || {
        let mut said = Vec::new();
        stdout.read_to_end(&mut said).map(|_| said)
    });
    let initialized = json!({"jsonrpc": "2.0", "method": "notifications/initialized"});
    writeln!(stdin, "{hello}\n{initialized}").unwrap();
    for line in corpus() {
        stdin.write_all(&[&line[..], b"\n"].concat()).unwrap();
    }
    drop(stdin);
    reading.join().unwrap().unwrap();
    crate::support::mcp_session::wait_until("its end", || !process.runs());
}

/// The calls and unknown requests among what a server has read, without the ids that the gateway gave them.
fn of_client(read: impl Iterator<Item = Value>) -> Vec<Value> {
    let mut read: Vec<Value> = read
        .filter(|message| {
            *message == "broken" || message["method"] == "tools/call" || message["method"] == "x/unknown"
        })
        .map(|message| json!([message["method"], message["params"]]))
        .collect();
    // Calls are judged beside each other.
    read.sort_by_key(Value::to_string);
    read
}

/// As a reader has it that knows no whole numbers.
fn as_floats(value: &Value) -> Value {
    match value {
        Value::Number(number) => json!(number.as_f64()),
        Value::Array(items) => items.iter().map(as_floats).collect(),
        Value::Object(fields) => {
            fields.iter().map(|(name, value)| (name.clone(), as_floats(value))).collect()
        }
        other => other.clone(),
    }
}

#[test]
fn what_passes_is_read_by_node_and_python_as_it_was_judged() {
    needs!(McpSdkNode, McpSdk);
    let home = Home::empty();
    let rust = record(&home);
    send(&home, &[server().to_str().unwrap(), "--record", rust.to_str().unwrap()]);
    let judged = of_client(given(&home).into_iter().map(|given| given.message));
    assert_eq!(judged.len(), PASS);
    assert!(judged.iter().all(|message| message[1]["name"] != "danger"));
    let python = python_with_mcp();
    for (program, script) in [("node", "reader.mjs"), (&*python, "reader.py")] {
        let home = Home::empty();
        let script = format!("{}/tests/support/clients/{script}", env!("CARGO_MANIFEST_DIR"));
        let record = home.work().join("read.txt");
        send(&home, &[program, &script, record.to_str().unwrap()]);
        let text = fs::read_to_string(&record).unwrap();
        let read = of_client(text.lines().map(|line| serde_json::from_str(line).unwrap()));
        let floats = |messages: &[Value]| {
            let mut floats: Vec<Value> = messages.iter().map(as_floats).collect();
            floats.sort_by_key(Value::to_string);
            floats
        };
        // Node has no whole numbers beyond 2^53.
        let (read, judged) =
            if program == "node" { (floats(&read), floats(&judged)) } else { (read, judged.clone()) };
        for (read, judged) in read.iter().zip(&judged) {
            assert_eq!(read, judged, "{program}");
        }
        assert_eq!(read.len(), judged.len(), "{program}");
    }
}
