//! Transcripts as a client gets them: once, in pages, and whatever Zoom sends within bounds.

use serde_json::{Value, json};

#[cfg(target_os = "linux")]
use zoomtok::sandbox::{Endpoint, Fault, Sandbox};

use crate::support::mcp_session::Session;
#[cfg(target_os = "linux")]
use crate::support::processes::limit_memory;
use crate::support::{Home, sandbox};

#[test]
fn a_transcript_is_sent_once_as_a_text() {
    let sandbox = sandbox();
    let home = Home::with_token(&sandbox, 3600);
    let mut session = Session::start(&home, &["--no-watch"]);
    let listed = session.ask("tools/list", &json!({}));
    let tools = listed["result"]["tools"].as_array().unwrap();
    let tool = tools.iter().find(|tool| tool["name"] == "zoom_get_meeting_transcript").unwrap();
    // A client that knows a schema of the output wants that.
    assert_eq!(tool["outputSchema"], Value::Null);
    let most = tool["_meta"]["anthropic/maxResultSizeChars"].as_u64().unwrap();
    assert!((40_000..100_000).contains(&most), "{most}");

    let answer = session.call("zoom_get_meeting_transcript", json!({"meeting_id": "81000000004"})).ok();
    assert_eq!(answer.value, Value::Null, "there is no structured content");
    let value: Value = serde_json::from_str(&answer.text).unwrap();
    let shown = "[00:00:02] Ada Example: Shall we begin with the made-up numbers?\n\
         [00:00:06] Ben Example: They went up, as made-up numbers do.";
    assert_eq!(value["transcripts"][0]["content"], shown);
    assert_eq!(
        json!([value["status"], value["meeting_id"], value["format"], value["next_page_token"]]),
        json!(["success", "81000000004", "text", ""])
    );
    session
        .call("zoom_get_meeting_transcript", json!({"meeting_id": "81000000004", "from": "1:30"}))
        .fails(&["from: must be minutes from the start of the recording"]);
}

/// A recording in 20 parts, each of which is this.
#[cfg(target_os = "linux")]
fn twenty_parts(sandbox: &Sandbox, part: &str) {
    let address = format!("{}/rec/download/x", sandbox.oauth_url());
    let files: Vec<Value> = (0..20)
        .map(|id| json!({"id": id.to_string(), "file_type": "TRANSCRIPT", "download_url": address}))
        .collect();
    let body = json!({"topic": "Long", "duration": 600, "recording_files": files}).to_string();
    sandbox.heal(Endpoint::Api);
    sandbox.fail(Endpoint::Api, Fault::Json { status: 200, body }, 1);
    sandbox.fail(Endpoint::Api, Fault::Json { status: 200, body: part.into() }, u32::MAX);
}

#[cfg(target_os = "linux")]
const MIB: usize = 1024 * 1024;

/// JSON of so many MiB that takes as much memory as it can.
#[cfg(target_os = "linux")]
fn wide(mib: usize, part: &str) -> String {
    format!("{{\"meetings\":[{}0]}}", part.repeat(mib * MIB / part.len()))
}

#[cfg(target_os = "linux")]
#[test]
fn any_transcript_takes_little_memory() {
    let sandbox = sandbox();
    let home = Home::with_token(&sandbox, 3600);
    let mut session = Session::start(&home, &["--no-watch"]);
    limit_memory(session.id(), 100 * 1024);
    let cue = "00:00:01.000 --> 00:00:02.000\r\nAda: words and words\r\n\r\n";
    let spoken = format!("WEBVTT\r\n\r\n{}", cue.repeat(15 * MIB / cue.len()));
    let silent = format!("WEBVTT\n\nNOTE {}", "x".repeat(MIB));
    let none = format!("WEBVTT\n\n{}", "\u{e9}".repeat(MIB / 2));
    for (part, formats, shown) in
        [(&spoken, &["text"][..], 1), (&silent, &["text", "vtt"], 12), (&none, &["text"], 12)]
    {
        for format in formats {
            twenty_parts(&sandbox, part);
            let arguments = json!({"meeting_id": "81000000004", "format": format});
            let answer = session.call("zoom_get_meeting_transcript", arguments).ok();
            let value: Value = serde_json::from_str(&answer.text).unwrap();
            assert!(!value["next_page_token"].as_str().unwrap().is_empty());
            let parts = value["transcripts"].as_array().unwrap().len();
            assert_eq!(parts, if *format == "text" { shown } else { 1 }, "{format}");
            assert!(answer.text.len() < 60_000);
        }
    }

    let list = |session: &mut Session, body: String, says: &str| {
        sandbox.heal(Endpoint::Api);
        sandbox.fail(Endpoint::Api, Fault::Json { status: 200, body }, u32::MAX);
        session.call("list_meetings", json!({})).fails(&[says, "page_size"]);
    };
    for part in ["0,", "[],", "{\"\":0},", "[[]],"] {
        list(&mut session, wide(4, part), "did not end within 32 MiB");
    }
    list(&mut session, wide(30, "0,"), "did not end within 32 MiB");
    list(&mut session, wide(5, &format!("\"{}\",", "x".repeat(1000))), "more than 4 MiB");
    sandbox.heal(Endpoint::Api);
    sandbox.fail(Endpoint::Api, Fault::Endless, u32::MAX);
    session.call("list_meetings", json!({})).fails(&["did not end within 32 MiB"]);
    limit_memory(session.id(), 200 * 1024);

    // Many at once: what each may have is much less than all of them, and none is answered wrongly.
    for (body, n) in
        [(wide(1, "{\"a\":0,\"b\":\"cc\"},"), 16), (wide(3, &format!("\"{}\",", "x".repeat(1000))), 6)]
    {
        sandbox.heal(Endpoint::Api);
        sandbox.fail(Endpoint::Api, Fault::Json { status: 200, body }, u32::MAX);
        session.call_many("list_meetings", json!({}), n);
    }
}
