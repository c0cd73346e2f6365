//! Transcripts as a client gets them: once, in pages, and whatever Zoom sends within bounds.

use serde_json::{Value, json};

use crate::mcp_session::{Session, home, sandbox};

#[test]
fn a_transcript_is_sent_once_as_a_text() {
    let sandbox = sandbox();
    let home = home(&sandbox, 3600);
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
