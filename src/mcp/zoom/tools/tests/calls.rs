//! The requests to Zoom, and its answers as the client gets them.

use super::zoom::Zoom;
use super::*;

const UPCOMING: &str = "81000000001";
const SERIES: &str = "81000000003";
const BY_HAND: &str = "81000000002";
const PAST: &str = "81000000004";
const HIDDEN: &str = "(hidden; include_secrets shows it)";

#[test]
#[expect(clippy::too_many_lines, reason = "a table")]
fn every_tool_asks_zoom_for_the_right_thing() {
    let zoom = Zoom::start();
    let occurrence =
        zoom.value("get_meeting", json!({"meeting_id": SERIES}))["occurrences"][1]["occurrence_id"].clone();
    let occurrence = occurrence.as_str().unwrap();
    let query = format!("occurrence_id={occurrence}");
    let of_series = |more: Value| {
        let mut arguments = json!({"meeting_id": SERIES, "occurrence_id": occurrence});
        arguments.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        arguments
    };
    let all = json!({
        "topic": "A/B & C", "type": 8, "start_time": "2027-03-04T12:00:00", "duration": 45, "timezone": "Europe/Berlin",
        "agenda": "ü", "password": "pass", "settings": {"host_video": true, "participant_video": false,
        "join_before_host": false, "mute_upon_entry": true, "waiting_room": true, "audio": "voip"},
        "recurrence": {"type": 2, "repeat_interval": 2, "weekly_days": "2,4", "end_times": 3},
    });
    let mut all_of_ben = all.clone();
    all_of_ben["user_id"] = json!("ben@example.com");
    all_of_ben["include_secrets"] = json!(true);
    let change = json!({"topic": "New", "start_time": "2027-03-04T12:00:00Z", "duration": 5, "timezone": "UTC",
        "agenda": "Other", "password": "1234", "settings": {"audio": "both"}});
    let table = [
        ("list_meetings", json!({}), "GET /v2/users/me/meetings?type=upcoming&page_size=30", None),
        (
            "list_meetings",
            json!({"user_id": "ben@example.com", "type": "previous_meetings", "page_size": 1}),
            "GET /v2/users/ben%40example.com/meetings?type=previous_meetings&page_size=1",
            None,
        ),
        ("get_meeting", json!({"meeting_id": UPCOMING}), "GET /v2/meetings/81000000001", None),
        ("get_meeting", of_series(json!({})), &format!("GET /v2/meetings/{SERIES}?{query}"), None),
        (
            "create_meeting",
            json!({"topic": "x"}),
            "POST /v2/users/me/meetings",
            Some(json!({"topic": "x", "type": 2})),
        ),
        ("create_meeting", all_of_ben, "POST /v2/users/ben%40example.com/meetings", Some(all)),
        (
            "update_meeting",
            json!({"meeting_id": UPCOMING, "settings": {"waiting_room": false, "audio": null}, "topic": null}),
            "PATCH /v2/meetings/81000000001",
            Some(json!({"settings": {"waiting_room": false}})),
        ),
        (
            "update_meeting",
            of_series(change.clone()),
            &format!("PATCH /v2/meetings/{SERIES}?{query}"),
            Some(change),
        ),
        ("delete_meeting", of_series(json!({})), &format!("DELETE /v2/meetings/{SERIES}?{query}"), None),
        ("delete_meeting", json!({"meeting_id": SERIES}), "DELETE /v2/meetings/81000000003", None),
        (
            "get_meeting_participants",
            json!({"meeting_id": PAST, "page_size": 2}),
            "GET /v2/past_meetings/81000000004/participants?page_size=2",
            None,
        ),
        (
            "get_meeting_participants",
            json!({"meeting_id": "/sandbox//Retrospect00=="}),
            "GET /v2/past_meetings/%252Fsandbox%252F%252FRetrospect00%253D%253D/participants?page_size=30",
            None,
        ),
        (
            "get_meeting_participants",
            json!({"meeting_id": "sandbox+Rehearsal/0000=="}),
            "GET /v2/past_meetings/sandbox%2BRehearsal%2F0000%3D%3D/participants?page_size=30",
            None,
        ),
        (
            "list_meeting_registrants",
            json!({"meeting_id": BY_HAND, "status": "pending", "page_size": 5}),
            "GET /v2/meetings/81000000002/registrants?status=pending&page_size=5",
            None,
        ),
        (
            "add_meeting_registrant",
            json!({"meeting_id": BY_HAND, "email": "Eve@Example.org", "first_name": "Eve", "last_name": null}),
            "POST /v2/meetings/81000000002/registrants",
            Some(json!({"email": "eve@example.org", "first_name": "Eve"})),
        ),
        (
            "update_registrant_status",
            json!({"meeting_id": BY_HAND, "registrant_id": "x", "email": "eve@example.org", "action": "deny"}),
            "PUT /v2/meetings/81000000002/registrants/status",
            Some(json!({"action": "deny", "registrants": [{"id": "x", "email": "eve@example.org"}]})),
        ),
        (
            "delete_meeting_recordings",
            json!({"meeting_id": "/sandbox//Retrospect00=="}),
            "DELETE /v2/meetings/%252Fsandbox%252F%252FRetrospect00%253D%253D/recordings?action=trash",
            None,
        ),
        (
            "recover_meeting_recordings",
            json!({"meeting_id": "/sandbox//Retrospect00=="}),
            "PUT /v2/meetings/%252Fsandbox%252F%252FRetrospect00%253D%253D/recordings/status",
            Some(json!({"action": "recover"})),
        ),
        ("get_past_meeting", json!({"meeting_id": PAST}), "GET /v2/past_meetings/81000000004", None),
        (
            "get_meeting_instances",
            json!({"meeting_id": PAST}),
            "GET /v2/past_meetings/81000000004/instances",
            None,
        ),
        (
            "get_meeting_summary",
            json!({"meeting_id": "/sandbox//Retrospect00=="}),
            "GET /v2/meetings/%252Fsandbox%252F%252FRetrospect00%253D%253D/meeting_summary",
            None,
        ),
        ("list_users", json!({}), "GET /v2/users?status=active&page_size=30", None),
        ("list_users", json!({"status": "pending"}), "GET /v2/users?status=pending&page_size=30", None),
        ("get_user", json!({"user_id": "me"}), "GET /v2/users/me", None),
        (
            "zoom_list_recordings",
            json!({"user_id": "ada@example.com", "from_date": "2026-01-01", "page_number": 2}),
            "GET /v2/users/ada%40example.com/recordings?from=2026-01-01&to=2026-01-30&page_size=30&page_number=2",
            None,
        ),
        (
            "zoom_get_recording_details",
            json!({"meeting_id": "/sandbox//Retrospect00=="}),
            "GET /v2/meetings/%252Fsandbox%252F%252FRetrospect00%253D%253D/recordings",
            None,
        ),
        (
            "get_meeting_recordings",
            json!({"meeting_id": PAST}),
            "GET /v2/meetings/81000000004/recordings",
            None,
        ),
    ];
    for (tool, arguments, line, body) in table {
        let seen = zoom.seen(tool, arguments.clone());
        let [seen] = &seen[..] else { panic!("{tool} {arguments}: {seen:?}") };
        let query = if seen.query.is_empty() { String::new() } else { format!("?{}", seen.query) };
        assert_eq!(format!("{} {}{query}", seen.method, seen.path), line, "{tool} {arguments}");
        let sent = (!seen.body.is_empty()).then(|| serde_json::from_str::<Value>(&seen.body).unwrap());
        assert_eq!(sent, body, "{tool} {arguments}");
        assert_eq!(seen.bearer.as_ref(), Some(&zoom.token));
    }
}

#[test]
fn a_meeting_recurs_as_it_was_asked_to() {
    let zoom = Zoom::start();
    let recurrence = json!({"type": 2, "weekly_days": ["Monday", "Wed"], "end_times": "3"});
    let series = zoom.value(
        "create_meeting",
        json!({"topic": "x", "type": 8, "start_time": "2027-03-03T12:00:00Z", "recurrence": recurrence}),
    );
    let starts = |meeting: &Value| -> Vec<String> {
        let occurrences = meeting["occurrences"].as_array().unwrap();
        occurrences.iter().map(|one| one["start_time"].as_str().unwrap()[..10].to_owned()).collect()
    };
    assert_eq!(starts(&series), ["2027-03-03", "2027-03-08", "2027-03-10"]);
    let change =
        json!({"meeting_id": series["id"], "recurrence": {"type": 3, "monthly_day": 9, "end_times": 2}});
    zoom.value("update_meeting", change);
    let series = zoom.value("get_meeting", json!({"meeting_id": series["id"]}));
    assert_eq!(starts(&series), ["2027-03-09", "2027-04-09"]);
}

#[test]
fn zooms_answers_pass_through() {
    let zoom = Zoom::start();
    assert_eq!(zoom.value("get_user", json!({"user_id": "ben@example.com"}))["display_name"], "Ben Example");
    assert_eq!(zoom.value("list_users", json!({"status": "inactive"}))["users"][0]["first_name"], "Cleo");
    let participants = zoom.value("get_meeting_participants", json!({"meeting_id": PAST}));
    assert_eq!(participants["participants"][2]["name"], "Eve Guest");
    let recordings = zoom.value("get_meeting_recordings", json!({"meeting_id": "/sandbox//Retrospect00=="}));
    assert_eq!(recordings["topic"], "Quarterly review, first part");
    let reply = zoom.call("get_meeting", json!({"meeting_id": UPCOMING})).unwrap();
    assert_eq!((&reply.value["topic"], reply.text), (&json!("Weekly planning"), None));
}

#[test]
fn a_list_goes_on_where_its_token_says() {
    let zoom = Zoom::start();
    for (tool, arguments, entries, total) in [
        ("list_meetings", json!({"page_size": 2}), "meetings", 3),
        ("list_users", json!({"page_size": 1}), "users", 2),
        ("get_meeting_participants", json!({"meeting_id": PAST, "page_size": 1}), "participants", 3),
        ("zoom_list_recordings", json!({"page_size": 1}), "meetings", 2),
    ] {
        let (mut found, mut next) = (Vec::new(), arguments.clone());
        for _ in 0..total {
            let answer = zoom.value(tool, next);
            found.extend(answer[entries].as_array().unwrap().iter().map(Value::to_string));
            if answer["next_page_token"] == "" {
                break;
            }
            next = arguments.clone();
            next["next_page_token"] = answer["next_page_token"].clone();
        }
        found.sort();
        found.dedup();
        assert_eq!(found.len(), total, "{tool}");
    }
}

#[test]
fn an_empty_answer_of_zoom_becomes_a_sentence() {
    let zoom = Zoom::start();
    let done = |message: &str, id: &str| {
        let value = json!({"status": "success", "message": message, "meeting_id": id});
        Reply { value, text: Some(message.to_owned()) }
    };
    let call = |tool: &str, arguments: Value| zoom.call(tool, arguments).unwrap();
    assert_eq!(
        call("update_meeting", json!({"meeting_id": UPCOMING, "topic": "Other"})),
        done("Meeting 81000000001 was changed.", UPCOMING)
    );
    assert_eq!(zoom.value("get_meeting", json!({"meeting_id": UPCOMING}))["topic"], "Other");
    let series = zoom.value("get_meeting", json!({"meeting_id": SERIES}));
    let occurrence = series["occurrences"][0]["occurrence_id"].as_str().unwrap();
    assert_eq!(
        call("delete_meeting", json!({"meeting_id": SERIES, "occurrence_id": occurrence})),
        done(&format!("Occurrence {occurrence} of meeting 81000000003 was deleted."), SERIES)
    );
    assert_eq!(
        call("delete_meeting", json!({"meeting_id": SERIES})),
        done("Meeting 81000000003 was deleted.", SERIES)
    );
    let again = zoom.call("delete_meeting", json!({"meeting_id": SERIES})).unwrap_err();
    assert!(again.message.contains("Meeting does not exist: 81000000003"), "{}", again.message);
}

#[test]
fn a_meeting_that_takes_place_is_ended_and_any_other_is_refused_in_words() {
    let zoom = Zoom::start();
    let live = || zoom.value("list_meetings", json!({"type": "live"}))["meetings"].as_array().unwrap().len();
    let id = zoom.value("create_meeting", json!({"topic": "Now", "type": 1}))["id"].to_string();
    assert_eq!(live(), 1);
    let ended = zoom.call("end_meeting", json!({"meeting_id": id})).unwrap();
    assert_eq!(ended.text, Some(format!("Meeting {id} was ended.")));
    assert_eq!(live(), 0);
    for (id, words) in
        [(&*id, "Meeting does not exist"), (UPCOMING, "not in progress"), ("1", "Meeting does not exist")]
    {
        let refused = zoom.call("end_meeting", json!({"meeting_id": id})).unwrap_err();
        assert!(refused.message.contains(words), "{id}: {}", refused.message);
    }
}

#[test]
fn recordings_go_into_the_trash_and_come_back_whole() {
    let zoom = Zoom::start();
    let meeting = json!({"meeting_id": PAST});
    let listed = || zoom.value("zoom_list_recordings", json!({}))["total_records"].clone();
    let (before, count) = (zoom.value("get_meeting_recordings", meeting.clone()), listed());
    for _ in 0..2 {
        let trashed = zoom.call("delete_meeting_recordings", meeting.clone()).unwrap();
        assert_eq!(trashed.value["status"], "success");
        assert_eq!(trashed.text.unwrap(), "The recordings of meeting 81000000004 are in the trash.");
        let gone = zoom.call("get_meeting_recordings", meeting.clone()).unwrap_err();
        assert!(gone.message.contains("There is no recording for this meeting"), "{}", gone.message);
        assert_eq!(listed(), json!(count.as_u64().unwrap() - 1));
        let again = zoom.call("delete_meeting_recordings", meeting.clone()).unwrap_err();
        assert!(again.message.contains("There is no recording"), "{}", again.message);
        zoom.value("recover_meeting_recordings", meeting.clone());
        assert_eq!(zoom.value("get_meeting_recordings", meeting.clone()), before);
        assert!(zoom.call("recover_meeting_recordings", meeting.clone()).is_err(), "nothing is in the trash");
    }
}

#[test]
fn somebody_registers_and_is_approved_and_the_link_to_join_stays_hidden() {
    let zoom = Zoom::start();
    let people = |status: &str| {
        let asked = json!({"meeting_id": BY_HAND, "status": status});
        zoom.value("list_meeting_registrants", asked)["registrants"].as_array().unwrap().clone()
    };
    let emails = |status: &str| {
        people(status).iter().map(|one| one["email"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(emails("pending"), ["cleo@example.org"]);
    let eve = json!({"meeting_id": BY_HAND, "email": "eve@example.org", "first_name": "Eve"});
    let added = zoom.value("add_meeting_registrant", eve.clone());
    assert!(added["join_url"].as_str().unwrap().contains("tk=hidden"), "{added}");
    let mut with_secrets = eve;
    with_secrets["include_secrets"] = json!(true);
    let shown = zoom.value("add_meeting_registrant", with_secrets);
    assert!(!shown["join_url"].as_str().unwrap().contains("hidden"), "{shown}");
    assert_eq!(emails("pending"), ["cleo@example.org", "eve@example.org"], "she is registered once");
    assert!(people("pending").iter().all(|one| one["join_url"].as_str().unwrap().contains("tk=hidden")));
    for (action, status, done) in [
        ("approve", "approved", "approved"),
        ("deny", "denied", "denied"),
        ("cancel", "pending", "cancelled"),
    ] {
        let id = &added["registrant_id"];
        let decided = zoom
            .call(
                "update_registrant_status",
                json!({"meeting_id": BY_HAND, "registrant_id": id, "email": "eve@example.org", "action": action}),
            )
            .unwrap();
        let id = id.as_str().unwrap();
        assert_eq!(
            decided.text.unwrap(),
            format!("The registration of {id} for meeting 81000000002 was {done}.")
        );
        assert!(emails(status).contains(&"eve@example.org".to_owned()), "{action}");
    }
    let none = zoom.call("list_meeting_registrants", json!({"meeting_id": UPCOMING})).unwrap_err();
    assert!(none.message.contains("Registration has not been enabled"), "{}", none.message);
}

#[test]
fn secrets_are_shown_only_where_they_are_asked_for() {
    let zoom = Zoom::start();
    for (tool, arguments, fields) in [
        (
            "get_meeting",
            json!({"meeting_id": UPCOMING}),
            &["start_url", "password", "encrypted_password"][..],
        ),
        ("create_meeting", json!({"topic": "x", "password": "pass"}), &["start_url", "password"]),
        ("get_meeting_recordings", json!({"meeting_id": PAST}), &["recording_play_passcode"]),
        ("zoom_get_recording_details", json!({"meeting_id": PAST}), &["recording_play_passcode"]),
        ("zoom_list_recordings", json!({}), &["recording_play_passcode"]),
    ] {
        let mut with_secrets = arguments.clone();
        with_secrets["include_secrets"] = json!(true);
        let (hidden, shown) = (zoom.value(tool, arguments), zoom.value(tool, with_secrets));
        let first = |answer: &Value| {
            if answer["meetings"].is_array() { answer["meetings"][0].clone() } else { answer.clone() }
        };
        let (hidden, shown) = (first(&hidden), first(&shown));
        for field in fields {
            assert_eq!(hidden[field], HIDDEN, "{tool}: {field}");
            assert!(shown[field].is_string() && shown[field] != HIDDEN, "{tool}: {field}");
        }
        assert_eq!(hidden.get("join_url").is_some(), shown.get("join_url").is_some());
        assert!(hidden.get("join_url").is_none_or(|address| address != HIDDEN));
    }
}

#[test]
fn a_meeting_that_is_over_has_instances_and_each_of_them_a_summary() {
    let zoom = Zoom::start();
    let instances = zoom.value("get_meeting_instances", json!({"meeting_id": PAST}));
    let uuids: Vec<&str> =
        instances["meetings"].as_array().unwrap().iter().map(|one| one["uuid"].as_str().unwrap()).collect();
    assert_eq!(uuids, ["sandboxQuarterReview00==", "/sandbox//Retrospect00=="]);
    for (uuid, topic) in uuids.into_iter().zip(["Quarterly review", "Quarterly review, first part"]) {
        let meeting = json!({"meeting_id": uuid});
        assert_eq!(zoom.value("get_past_meeting", meeting.clone())["topic"], topic);
        let summary = zoom.value("get_meeting_summary", meeting);
        assert_eq!((&summary["meeting_topic"], &summary["meeting_uuid"]), (&json!(topic), &json!(uuid)));
        assert!(summary["next_steps"].is_array(), "{summary}");
    }
    let none = zoom.call("get_meeting_summary", json!({"meeting_id": "81000000006"})).unwrap_err();
    assert!(none.message.contains("Meeting does not exist") && none.is_absence, "{}", none.message);
}
