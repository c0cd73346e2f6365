//! Recordings over months, and transcripts.

use chrono::{Days, NaiveDate};

use super::zoom::Zoom;
use super::*;
use crate::clock::{Clock as _, SystemClock};
use crate::sandbox::{Endpoint, Fault};

fn ago(days: u64) -> NaiveDate {
    SystemClock::start().now().date_naive() - Days::new(days)
}

fn topics(answer: &Value) -> Vec<&str> {
    answer["meetings"].as_array().unwrap().iter().map(|meeting| meeting["topic"].as_str().unwrap()).collect()
}

#[test]
fn a_month_is_asked_for_at_once() {
    let zoom = Zoom::start();
    let dates = json!({"from_date": ago(29), "to_date": ago(0)});
    for arguments in [json!({}), dates, json!({"to_date": ago(0)}), json!({"from_date": ago(29)})] {
        let seen = zoom.seen("zoom_list_recordings", arguments.clone());
        let [seen] = &seen[..] else { panic!("{arguments}: {seen:?}") };
        assert_eq!(seen.query, format!("from={}&to={}&page_size=30", ago(29), ago(0)), "{arguments}");
    }
    let answer = zoom.value("zoom_list_recordings", json!({}));
    assert_eq!(topics(&answer), ["Quarterly review", "Quarterly review, first part"]);
}

#[test]
fn months_are_asked_for_one_by_one_and_joined() {
    let zoom = Zoom::start();
    let arguments = json!({"from_date": ago(120), "to_date": ago(0)});
    let seen = zoom.seen("zoom_list_recordings", arguments.clone());
    let asked: Vec<&str> = seen.iter().map(|seen| seen.query.as_str()).collect();
    let windows = [(29, 0), (59, 30), (89, 60), (119, 90), (120, 120)];
    assert_eq!(asked, windows.map(|(from, to)| format!("from={}&to={}&page_size=30", ago(from), ago(to))));

    let answer = zoom.value("zoom_list_recordings", arguments);
    assert_eq!(topics(&answer), ["Quarterly review", "Quarterly review, first part", "Kick-off"]);
    let (from, to) = (ago(120).to_string(), ago(0).to_string());
    let expected = json!({"from": from, "to": to, "page_size": 30, "total_records": 3, "next_page_token": "",
        "meetings": answer["meetings"]});
    assert_eq!(answer, expected);
}

#[test]
fn a_long_listing_goes_on_page_by_page_and_month_by_month() {
    let zoom = Zoom::start();
    let mut arguments = json!({"from_date": ago(120), "to_date": ago(0), "page_size": 1});
    for (topic, requests) in [
        (vec!["Quarterly review"], 1),
        (vec!["Quarterly review, first part"], 1),
        (vec!["Kick-off"], 3),
        (vec![], 1),
    ] {
        let before = zoom.sandbox.requests().len();
        let answer = zoom.value("zoom_list_recordings", arguments.clone());
        assert_eq!((topics(&answer), zoom.sandbox.requests().len() - before), (topic, requests));
        arguments["next_page_token"] = answer["next_page_token"].clone();
    }
    assert_eq!(arguments["next_page_token"], "");
}

#[test]
fn a_call_asks_zoom_twelve_times_at_most() {
    let zoom = Zoom::start();
    let mut arguments = json!({"from_date": ago(13 * 30 - 1), "to_date": ago(0)});
    let answer = zoom.value("zoom_list_recordings", arguments.clone());
    assert_eq!((zoom.sandbox.requests().len(), topics(&answer).len()), (12, 3));
    arguments["next_page_token"] = answer["next_page_token"].clone();
    let rest = zoom.value("zoom_list_recordings", arguments);
    assert_eq!((zoom.sandbox.requests().len(), topics(&rest).len()), (13, 0));
    assert_eq!(rest["next_page_token"], "");
}

#[test]
fn a_transcript_is_found_downloaded_and_answered_whole() {
    let zoom = Zoom::start();
    let other = zoom.sandbox.mint(600);
    let uuid = "/sandbox//Retrospect00==";
    let said = "Ben Example: What went well? The token never expired.";
    for (arguments, token, content) in [
        (json!({"meeting_id": uuid}), &zoom.token, format!("[00:00:01] {said}")),
        (
            json!({"meeting_id": uuid, "zoom_access_token": other, "format": "vtt"}),
            &other,
            format!("WEBVTT\n\n1\n00:00:01.000 --> 00:00:04.000\n{said}\n"),
        ),
    ] {
        let answer = zoom.value("zoom_get_meeting_transcript", arguments.clone());
        assert_eq!(
            json!([answer["status"], answer["meeting_id"], answer["topic"], answer["meeting_duration"]]),
            json!(["success", uuid, "Quarterly review, first part", 30])
        );
        let [part] = &answer["transcripts"].as_array().unwrap()[..] else { panic!("{answer}") };
        assert_eq!(part["content"], content);
        assert_eq!(
            (&part["file_name"], &part["error"]),
            (&json!("sandboxRetrospect00-transcript.vtt"), &Value::Null)
        );
        assert_eq!(json!([answer["source"], answer["next_page_token"]]), json!(["recording", ""]));

        let seen = zoom.seen("zoom_get_meeting_transcript", arguments);
        let asked: Vec<&str> = seen.iter().map(|seen| seen.path.as_str()).collect();
        let recordings = "/v2/meetings/%252Fsandbox%252F%252FRetrospect00%253D%253D/recordings";
        assert_eq!(asked, [recordings, "/rec/download/sandboxRetrospect00", "/rec/file/sandboxRetrospect00"]);
        assert!(seen.iter().all(|seen| seen.bearer.as_ref() == Some(token)));
    }
}

#[test]
fn a_transcript_without_a_recording_is_found_too() {
    let zoom = Zoom::start();
    let uuid = "sandbox/DesignTalk/000==";
    for id in [uuid, "81000000008"] {
        let seen = zoom.seen("zoom_get_meeting_transcript", json!({"meeting_id": id}));
        let asked: Vec<&str> = seen.iter().map(|seen| seen.path.as_str()).collect();
        let id = id.replace('/', "%2F").replace('=', "%3D");
        let expected = [
            &format!("/v2/meetings/{id}/recordings"),
            &format!("/v2/past_meetings/{id}"),
            "/v2/meetings/sandbox%2FDesignTalk%2F000%3D%3D/transcript",
            "/rec/download/sandboxDesignTalk000",
            "/rec/file/sandboxDesignTalk000",
        ];
        assert_eq!(asked, expected);
    }
    let answer = zoom.value("zoom_get_meeting_transcript", json!({"meeting_id": uuid}));
    assert_eq!(
        json!([answer["source"], answer["topic"], answer["meeting_duration"]]),
        json!(["meeting", "Design talk", 20])
    );
    let content = answer["transcripts"][0]["content"].as_str().unwrap();
    assert_eq!(content, "[00:00:03] Ada Example: Nobody records this, and it is written down.");
}

#[test]
fn one_source_of_transcripts_is_enough() {
    let zoom = Zoom::start();
    let lacks = r#"{"code":4711,"message":"Invalid access token, does not contain scopes:[a:b]."}"#;
    let refuse = |status, body: &str| {
        zoom.sandbox.fail(Endpoint::Api, Fault::Json { status, body: body.into() }, 1);
    };
    let call = |id: &str| zoom.call("zoom_get_meeting_transcript", json!({"meeting_id": id}));
    // Without the scope for recordings, and with a recording that has no transcript.
    refuse(400, lacks);
    assert_eq!(call("81000000008").unwrap().value["source"], "meeting");
    refuse(
        200,
        r#"{"uuid":"sandbox/DesignTalk/000==","topic":"Talk","recording_files":[{"file_type":"MP4"}]}"#,
    );
    assert_eq!(call("81000000008").unwrap().value["source"], "meeting");
    // Neither has one.
    let message = call("81000000006").unwrap_err().message;
    for part in
        ["There is no recording for this meeting", "Without a recording: ", "code 3322", "the uuid of the"]
    {
        assert!(message.contains(part), "{message}");
    }
    refuse(400, lacks);
    let message = call("81000000006").unwrap_err().message;
    assert!(message.contains("lacks the scope a:b") && message.contains("code 3322"), "{message}");
    // An error that says nothing of a transcript is no reason to look elsewhere.
    let before = zoom.sandbox.requests().len();
    refuse(400, r#"{"code":300,"message":"Invalid meeting id"}"#);
    assert!(call("81000000006").unwrap_err().message.contains("Invalid meeting id"));
    assert_eq!(zoom.sandbox.requests().len(), before + 1);
}

#[test]
fn a_token_that_is_given_is_the_one_that_is_used() {
    let zoom = Zoom::start();
    let other = zoom.sandbox.mint(600);
    for (tool, arguments) in [
        ("zoom_list_recordings", json!({"from_date": ago(60), "to_date": ago(0)})),
        ("zoom_list_recordings", json!({})),
        ("zoom_get_recording_details", json!({"meeting_id": "81000000004"})),
    ] {
        let mut with_token = arguments.clone();
        with_token["zoom_access_token"] = json!(other);
        assert!(
            zoom.seen(tool, with_token).iter().all(|seen| seen.bearer.as_ref() == Some(&other)),
            "{tool}"
        );
        assert!(
            zoom.seen(tool, arguments).iter().all(|seen| seen.bearer.as_ref() == Some(&zoom.token)),
            "{tool}"
        );
    }
}

#[test]
fn a_meeting_without_a_recording_is_described_in_words() {
    let zoom = Zoom::start();
    for tool in ["zoom_get_meeting_transcript", "zoom_get_recording_details", "get_meeting_recordings"] {
        let message = zoom.call(tool, json!({"meeting_id": "81000000006"})).unwrap_err().message;
        assert!(message.contains("There is no recording for this meeting"), "{tool}: {message}");
    }
}
