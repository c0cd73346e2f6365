//! The REST calls, without a connection.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::*;
use crate::sandbox::message::tests::request;

const ORIGIN: &str = "http://127.0.0.1:1";
const UPCOMING: u64 = 81_000_000_001;
const SERIES: u64 = 81_000_000_003;
const PAST: u64 = 81_000_000_004;
const ALONE: u64 = 81_000_000_006;

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_790_000_000, 0).unwrap()
}

fn world() -> World {
    World::new(ORIGIN, now())
}

fn call(world: &mut World, request: &Request) -> (u16, Value) {
    let reply = answer(world, request, Some(Standing::Good), now());
    (reply.status.as_u16(), reply.value().unwrap_or_default())
}

fn get(target: &str) -> (u16, Value) {
    call(&mut world(), &request(&format!("GET /v2{target}")))
}

fn topics(body: &Value) -> Vec<&str> {
    body["meetings"].as_array().unwrap().iter().map(|meeting| meeting["topic"].as_str().unwrap()).collect()
}

#[test]
fn every_call_requires_a_valid_token() {
    let ask = |line: &str, standing| answer(&mut world(), &request(line), standing, now()).value().unwrap();
    let refusal = |message: &str| json!({"code": 124, "message": message});
    let line = "GET /v2/users/me";
    assert_eq!(ask(line, Some(Standing::Good))["display_name"], "Ada Example");
    assert_eq!(ask(line, Some(Standing::Expired)), refusal("Access token is expired."));
    assert_eq!(ask(line, Some(Standing::Unknown)), refusal("Invalid access token."));
    assert_eq!(ask(line, None), refusal("Requires an access token."));
    let in_query = ask("GET /v2/users/me?access_token=x", None);
    assert!(in_query["message"].as_str().unwrap().contains("not supported as query parameter"));
    assert_eq!(answer(&mut world(), &request("GET /v2/nothing"), None, now()).status, 401);
}

#[test]
fn missing_resources_have_zooms_codes() {
    let table = [
        ("/users/nobody", 404, 1001),
        ("/users/nobody/meetings", 404, 1001),
        ("/meetings/1", 404, 3001),
        ("/meetings/abc", 400, 300),
        ("/past_meetings/1/participants", 404, 3001),
        ("/meetings/81000000001/recordings", 404, 3301),
        ("/meetings/81000000006/recordings", 404, 3301),
        ("/users?status=gone", 400, 300),
        ("/users?page_size=301", 400, 300),
        ("/users?page_size=0", 400, 300),
        ("/users?next_page_token=x", 400, 300),
        ("/users/me/meetings?type=all", 400, 300),
        ("/users/me/recordings?from=yesterday", 400, 300),
        ("/meetings/1/registrants", 404, 3001),
        ("/meetings/81000000001/registrants", 404, 404),
        ("/meetings/81000000002/registrants?status=cancelled", 400, 300),
        ("/nothing", 404, 2300),
    ];
    for (target, status, code) in table {
        let (got, body) = get(target);
        assert_eq!((got, &body["code"]), (status, &json!(code)), "{target}: {body}");
        assert!(body["message"].is_string());
    }
    let (_, body) = get("/users?status=gone");
    assert_eq!(body["errors"], json!([{"field": "status", "message": "Invalid field."}]));
}

#[test]
fn users_are_found_by_id_by_address_and_as_me() {
    let id = get("/users/me").1["id"].as_str().unwrap().to_owned();
    assert_eq!(get(&format!("/users/{id}")).1["email"], "ada@example.com");
    assert_eq!(get("/users/Ben%40example.com").1["first_name"], "Ben");
    for (status, count) in [("active", 2), ("inactive", 1), ("pending", 1)] {
        assert_eq!(get(&format!("/users?status={status}")).1["total_records"], count, "{status}");
    }
    assert_eq!(get("/users").1["total_records"], 2);
}

#[test]
fn a_list_comes_in_pages() {
    let (_, first) = get("/users/me/meetings?page_size=3");
    assert_eq!(topics(&first), ["Weekly planning", "Interview", "Stand-up"]);
    let token = first["next_page_token"].as_str().unwrap();
    let (_, second) = get(&format!("/users/me/meetings?page_size=3&next_page_token={token}"));
    assert_eq!(topics(&second), ["Quarterly review", "Rehearsal"]);
    assert_eq!(second["next_page_token"], "");
    assert_eq!(second["total_records"], 5);
}

#[test]
fn a_page_or_a_date_out_of_range_does_not_panic() {
    let token = URL_SAFE_NO_PAD.encode(format!("page {}", usize::MAX));
    let (status, body) = get(&format!("/users/me/meetings?next_page_token={token}"));
    assert_eq!((status, &body["meetings"]), (200, &json!([])));
    for day in ["-262143-01-01", "+262142-12-31"] {
        assert_eq!(get(&format!("/users/me/recordings?to={}", day.replace('+', "%2B"))).0, 200, "{day}");
    }
}

#[test]
fn meetings_are_listed_by_type_and_without_secrets() {
    let list = |kind: &str| get(&format!("/users/me/meetings?type={kind}")).1;
    assert_eq!(topics(&list("upcoming")), ["Weekly planning", "Interview", "Stand-up"]);
    assert_eq!(topics(&list("previous_meetings")), ["Quarterly review", "Rehearsal"]);
    assert!(topics(&list("live")).is_empty());
    let entry = &list("scheduled")["meetings"][0];
    assert_eq!(entry["id"], UPCOMING);
    assert_eq!((entry.get("start_url"), entry.get("password")), (None, None));
}

#[test]
fn a_meeting_is_created_changed_and_deleted() {
    let mut world = world();
    let asked = json!({"topic": "New", "duration": 30, "settings": {"audio": "voip"}, "id": 5});
    let (status, created) = call(&mut world, &request("POST /v2/users/me/meetings").with_json(&asked));
    assert_eq!(status, 201);
    assert_eq!(json!([created["topic"], created["duration"], created["type"]]), json!(["New", 30, 2]));
    assert_eq!(created["settings"]["audio"], "voip");
    assert_eq!(created["settings"]["waiting_room"], true, "fields that were not sent have their defaults");
    assert!(created["start_url"].is_string());
    let id = created["id"].as_u64().unwrap();
    assert_ne!(id, 5, "Zoom assigns the number");

    let path = format!("/v2/meetings/{id}");
    let change = request(&format!("PATCH {path}")).with_json(&json!({"topic": "Newer"}));
    let reply = answer(&mut world, &change, Some(Standing::Good), now());
    assert_eq!((reply.status.as_u16(), reply.body.len()), (204, 0));
    let (_, read) = call(&mut world, &request(&format!("GET {path}")));
    assert_eq!(json!([read["topic"], read["duration"]]), json!(["Newer", 30]));

    let delete = request(&format!("DELETE {path}"));
    assert_eq!(call(&mut world, &delete).0, 204);
    let gone = json!({"code": 3001, "message": format!("Meeting does not exist: {id}.")});
    assert_eq!(call(&mut world, &delete), (404, gone.clone()));
    assert_eq!(call(&mut world, &change), (404, gone));
}

#[test]
fn zooms_limits_are_checked() {
    let table = [
        (json!({"topic": "x".repeat(201)}), "topic"),
        (json!({"agenda": 5}), "agenda"),
        (json!({"password": "12345678901"}), "password"),
        (json!({"type": 4}), "type"),
        (json!({"duration": "long"}), "duration"),
        (json!({"settings": []}), "settings"),
    ];
    for (asked, field) in table {
        for line in ["POST /v2/users/me/meetings".to_owned(), format!("PATCH /v2/meetings/{UPCOMING}")] {
            let (status, body) = call(&mut world(), &request(&line).with_json(&asked));
            assert_eq!((status, &body["errors"][0]["field"]), (400, &json!(field)), "{asked}");
        }
    }
    let (status, body) = call(&mut world(), &request("POST /v2/users/me/meetings"));
    assert_eq!((status, &body["code"]), (400, &json!(300)));
}

#[test]
fn one_occurrence_can_be_deleted_without_the_series() {
    let mut world = world();
    let path = format!("/v2/meetings/{SERIES}");
    let series = call(&mut world, &request(&format!("GET {path}"))).1;
    let occurrence = series["occurrences"][1]["occurrence_id"].as_str().unwrap().to_owned();
    let delete = request(&format!("DELETE {path}?occurrence_id={occurrence}"));
    assert_eq!(call(&mut world, &delete).0, 204);
    assert_eq!(call(&mut world, &delete).0, 400);
    let left = call(&mut world, &request(&format!("GET {path}"))).1;
    assert_eq!(left["occurrences"].as_array().unwrap().len(), 2);
    assert_eq!(call(&mut world, &request(&format!("DELETE {path}"))).0, 204);
    assert_eq!(call(&mut world, &request(&format!("GET {path}"))).0, 404);
}

#[test]
fn a_number_means_the_latest_meeting_and_a_uuid_exactly_one() {
    let topic = |name: &str| get(&format!("/meetings/{name}/recordings")).1["topic"].clone();
    assert_eq!(topic(&PAST.to_string()), "Quarterly review");
    assert_eq!(topic("sandboxQuarterReview00%3D%3D"), "Quarterly review");
    let twice = "%252Fsandbox%252F%252FRetrospect00%253D%253D";
    assert_eq!(topic(twice), "Quarterly review, first part");
    let once = "%2Fsandbox%2F%2FRetrospect00%3D%3D";
    assert_eq!(topic(once), Value::Null, "such a UUID has to be encoded twice");
    let participants = get("/past_meetings/sandbox%2BRehearsal%2F0000%3D%3D/participants");
    assert_eq!(participants.0, 200);
}

#[test]
fn participants_are_listed_only_for_a_meeting_of_several() {
    let (_, body) = get(&format!("/past_meetings/{PAST}/participants"));
    assert_eq!(body["total_records"], 3);
    assert_eq!(body["participants"][2]["user_email"], "", "an outsider");
    assert_eq!(get(&format!("/past_meetings/{ALONE}/participants")).1["total_records"], 0);
}

#[test]
fn recordings_are_listed_for_the_requested_days() {
    let list = |query: &str| get(&format!("/users/me/recordings{query}")).1;
    assert!(topics(&list("")).is_empty(), "today and tomorrow");
    assert_eq!(topics(&list("?from=2026-09-18&to=2026-09-18")), ["Quarterly review"]);
    let all = list("?from=2026-09-01&to=2026-09-21");
    assert_eq!(topics(&all), ["Quarterly review", "Quarterly review, first part"]);
    assert_eq!(list("?from=2026-01-01&to=2026-09-21")["from"], "2026-08-21");
    assert!(topics(&get("/users/ben@example.com/recordings?from=2026-09-01").1).is_empty());
}

#[test]
fn an_instant_meeting_is_not_listed() {
    let mut world = world();
    let asked = json!({"type": 1, "start_time": "2026-10-01T10:00:00Z"});
    let (status, created) = call(&mut world, &request("POST /v2/users/me/meetings").with_json(&asked));
    assert_eq!((status, &created["start_time"]), (201, &Value::Null));
    assert_eq!(call(&mut world, &request("GET /v2/users/me/meetings")).1["total_records"], 5);
}

#[test]
fn a_transcript_is_one_redirect_away_and_requires_the_token() {
    let mut world = world();
    let path = |url: &str| url.strip_prefix(ORIGIN).unwrap().to_owned();
    let mut ask =
        |path: &str, standing| answer(&mut world, &request(&format!("GET {path}")), standing, now());
    let recordings = get("/users/me/recordings?from=2026-09-01&to=2026-09-21").1;
    for meeting in recordings["meetings"].as_array().unwrap() {
        let file = &meeting["recording_files"][1];
        assert_eq!(file["file_type"], "TRANSCRIPT");
        let first = path(file["download_url"].as_str().unwrap());
        let redirect = ask(&first, Some(Standing::Good));
        assert_eq!(redirect.status, 302);
        let second = path(redirect.headers["location"].to_str().unwrap());
        let transcript = ask(&second, Some(Standing::Good));
        assert!(transcript.body.starts_with(b"WEBVTT\n"));
        assert_eq!(transcript.body.len() as u64, file["file_size"].as_u64().unwrap());
        for (path, standing) in [(&first, None), (&second, None), (&second, Some(Standing::Expired))] {
            let page = ask(path, standing);
            assert_eq!(page.status, 200);
            assert!(page.body.starts_with(b"<!DOCTYPE html>"));
        }
    }
    assert_eq!(ask("/rec/download/other", Some(Standing::Good)).status, 404);
}
