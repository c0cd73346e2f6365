//! Arguments that are accepted or refused, before Zoom is asked.

use super::zoom::Zoom;
use super::*;

const MEETING: &str = "81000000001";

/// Checks why arguments are refused; Zoom must not see the call.
fn refusals(table: Vec<(&str, Value, &str)>) {
    let zoom = Zoom::start();
    for (tool, arguments, expected) in table {
        let message = zoom.call(tool, arguments.clone()).unwrap_err().message;
        let problem = message.strip_prefix("wrong arguments: ").unwrap_or_else(|| panic!("{message}"));
        assert!(problem.starts_with(expected), "{tool} {arguments}: {problem}");
    }
    assert!(zoom.sandbox.requests().is_empty(), "Zoom was asked");
}

#[test]
fn a_missing_or_unknown_argument_is_named() {
    refusals(vec![
        ("get_meeting", json!({}), "missing field `meeting_id`"),
        ("get_meeting", json!({"meeting_id": null}), "missing field `meeting_id`"),
        ("create_meeting", json!({"duration": 5}), "missing field `topic`"),
        ("get_user", json!({}), "missing field `user_id`"),
        ("list_users", json!({"page": 2}), "page: unknown field `page`, expected one of `status`"),
        ("delete_meeting", json!({"meeting_id": MEETING, "force": true}), "force: unknown field"),
        (
            "create_meeting",
            json!({"topic": "x", "settings": {"video": true}}),
            "settings.video: unknown field",
        ),
        (
            "update_meeting",
            json!({"meeting_id": MEETING}),
            "there is nothing to change: give at least one of topic",
        ),
        ("update_meeting", json!({"meeting_id": MEETING, "settings": {}}), "there is nothing to change"),
        ("update_meeting", json!({"meeting_id": MEETING, "topic": null}), "there is nothing to change"),
        (
            "update_meeting",
            json!({"meeting_id": MEETING, "occurrence_id": "1"}),
            "there is nothing to change",
        ),
    ]);
}

#[test]
fn a_value_of_another_type_that_has_no_meaning_is_refused() {
    refusals(vec![
        ("get_user", json!({"user_id": ["me"]}), "user_id: must be a string"),
        ("list_users", json!({"page_size": 30.5}), "page_size: must be a whole number"),
        ("list_users", json!({"page_size": -1}), "page_size: must be a whole number"),
        ("list_users", json!({"status": true}), "status: must be"),
        ("create_meeting", json!({"topic": 0.5}), "topic: must be a string"),
        ("create_meeting", json!({"topic": "x", "settings": "default"}), "settings: must be an object"),
        ("create_meeting", json!({"topic": "x", "settings": []}), "settings: must be an object"),
        (
            "create_meeting",
            json!({"topic": "x", "settings": [true, true, true, true, false, "voip"]}),
            "settings: must be an object",
        ),
        (
            "update_meeting",
            json!({"meeting_id": MEETING, "settings": [null, null, true, null, null, null]}),
            "settings: must be an object",
        ),
        (
            "create_meeting",
            json!({"topic": "x", "settings": {"waiting_room": "yes"}}),
            "settings.waiting_room: must be a boolean",
        ),
        (
            "get_meeting",
            json!({"meeting_id": MEETING, "include_secrets": 1}),
            "include_secrets: must be a boolean",
        ),
        ("zoom_list_recordings", json!({"from_date": 20_260_304}), "from_date: must be a string"),
    ]);
}

#[test]
fn limits_are_kept() {
    let long = |length: usize| "ü".repeat(length);
    refusals(vec![
        ("list_meetings", json!({"page_size": 0}), "page_size: must be from 1 to 300"),
        ("list_meetings", json!({"page_size": 301}), "page_size: must be from 1 to 300"),
        ("list_meetings", json!({"type": "all"}), "type: must be one of `scheduled`, `live`"),
        ("list_users", json!({"status": "gone"}), "status: must be one of `active`"),
        ("create_meeting", json!({"topic": ""}), "topic: length is lower than 1"),
        ("create_meeting", json!({"topic": long(201)}), "topic: length is greater than 200"),
        (
            "create_meeting",
            json!({"topic": "x", "agenda": long(2001)}),
            "agenda: length is greater than 2000",
        ),
        (
            "create_meeting",
            json!({"topic": "x", "password": long(11)}),
            "password: length is greater than 10",
        ),
        ("create_meeting", json!({"topic": "x", "duration": 0}), "duration: lower than 1"),
        ("create_meeting", json!({"topic": "x", "type": 10}), "type: must be 1, 2, 3 or 8"),
        (
            "create_meeting",
            json!({"topic": "x", "settings": {"audio": "thirdParty"}}),
            "settings.audio: must be one of `both`, `telephony`, `voip`",
        ),
        (
            "update_meeting",
            json!({"meeting_id": MEETING, "topic": long(201)}),
            "topic: length is greater than 200",
        ),
        ("update_meeting", json!({"meeting_id": MEETING, "type": 2}), "type: unknown field"),
        ("zoom_list_recordings", json!({"page_number": 0}), "page_number: lower than 1"),
    ]);
}

#[test]
fn forms_are_kept() {
    let mut table = Vec::new();
    for meeting in
        ["", ".", "..", "8100 0001", "0810", "+810", "-1", "1/recordings", "a b==", "a%2Fb==", "abc", "ä=="]
    {
        for tool in
            ["get_meeting", "delete_meeting", "get_meeting_participants", "zoom_get_meeting_transcript"]
        {
            table.push((tool, json!({"meeting_id": meeting}), "meeting_id: must be a meeting number"));
        }
    }
    table.push((
        "get_meeting",
        json!({"meeting_id": "1".repeat(65)}),
        "meeting_id: must be a meeting number",
    ));
    for user in ["", ".", "..", "...", "a b", "a\nb", "ada/meetings", "../meetings/1", "a\\b"] {
        table.push(("get_user", json!({"user_id": user}), "user_id: must be `me`, a user id"));
        // An empty one is as good as none where one may be left out.
        if !user.is_empty() {
            table.push(("list_meetings", json!({"user_id": user}), "user_id: must be `me`, a user id"));
        }
    }
    table.push(("get_user", json!({"user_id": "a".repeat(129)}), "user_id: must be `me`, a user id"));
    // To Zoom an empty one would be the whole series.
    for occurrence in ["", "1 2", "1&2"] {
        let arguments = json!({"meeting_id": MEETING, "occurrence_id": occurrence});
        table.push(("delete_meeting", arguments, "occurrence_id: must be an occurrence_id"));
    }
    for token in ["a b", "$(id)"] {
        table.push(("zoom_list_recordings", json!({"zoom_access_token": token}), "zoom_access_token: it "));
    }
    refusals(table);
}

#[test]
fn a_recurrence_has_to_say_when_a_meeting_is() {
    let create = |kind: u32, recurrence: Value| {
        ("create_meeting", json!({"topic": "x", "type": kind, "recurrence": recurrence}))
    };
    let daily = json!({"type": 1, "end_times": 3});
    let table = [
        (create(8, json!(null)), "recurrence: must be given with type 8"),
        (create(2, daily.clone()), "recurrence: is for a meeting of type 8 only"),
        (create(3, daily.clone()), "recurrence: is for a meeting of type 8 only"),
        (create(8, json!({"end_times": 3})), "recurrence: missing field `type`"),
        (create(8, json!({"type": 4, "end_times": 3})), "recurrence.type: must be 1 (days)"),
        (create(8, json!({"type": 1})), "recurrence: give end_times or end_date_time"),
        (
            create(8, json!({"type": 1, "end_times": 3, "end_date_time": "2027-03-04T12:00:00Z"})),
            "recurrence: give end_times or end_date_time",
        ),
        (create(8, json!({"type": 1, "end_times": 3, "weekly_days": "2"})), "recurrence: by days"),
        (create(8, json!({"type": 2, "end_times": 3})), "recurrence: by weeks (type 2) weekly_days must say"),
        (create(8, json!({"type": 2, "end_times": 3, "monthly_day": 2})), "recurrence: by weeks"),
        (
            create(8, json!({"type": 2, "end_times": 3, "weekly_days": "2", "repeat_interval": 51})),
            "recurrence: repeat_interval: must be from 1 to 50",
        ),
        (create(8, json!({"type": 3, "end_times": 3})), "recurrence: by months (type 3) give monthly_day"),
        (create(8, json!({"type": 3, "end_times": 3, "weekly_days": "2"})), "recurrence: by months"),
        (
            create(8, json!({"type": 3, "end_times": 3, "monthly_week": 1})),
            "recurrence: monthly_week and monthly_week_day go together",
        ),
        (
            create(8, json!({"type": 3, "end_times": 3, "monthly_day": 2, "repeat_interval": 11})),
            "recurrence: repeat_interval: must be from 1 to 10",
        ),
        (
            ("update_meeting", json!({"meeting_id": MEETING, "occurrence_id": "1", "recurrence": daily})),
            "recurrence: is that of the series",
        ),
    ];
    refusals(table.into_iter().map(|((tool, arguments), says)| (tool, arguments, says)).collect());
}

#[test]
fn dates_and_pages_have_to_go_together() {
    let year = json!({"from_date": "2025-01-01", "to_date": "2025-12-31"});
    let with = |name: &str, value: Value| {
        let mut arguments = year.clone();
        arguments[name] = value;
        arguments
    };
    refusals(vec![
        (
            "zoom_list_recordings",
            json!({"from_date": "2026-03-05", "to_date": "2026-03-04"}),
            "from_date: must not be after to_date",
        ),
        (
            "zoom_list_recordings",
            with("page_number", json!(2)),
            "page_number: works for 30 days at most; over more days go on with next_page_token",
        ),
        (
            "zoom_list_recordings",
            with("next_page_token", json!("abc")),
            "next_page_token: it is not from an answer",
        ),
        (
            "zoom_list_recordings",
            json!({"next_page_token": "zt:2025-12-31:"}),
            "next_page_token: it is not from an answer",
        ),
    ]);
}

#[test]
fn a_refusal_does_not_repeat_what_was_sent() {
    let zoom = Zoom::start();
    for (tool, arguments) in [
        ("zoom_list_recordings", json!({"zoom_access_token": "canary canary"})),
        ("zoom_list_recordings", json!({"zoom_access_token": ["canary"]})),
        ("zoom_list_recordings", json!({"page_size": "canary, expected canary"})),
        ("create_meeting", json!({"topic": "x", "password": "canary-canary"})),
        ("create_meeting", json!({"topic": "x", "settings": "canary"})),
        ("create_meeting", json!({"topic": "x", "settings": {"audio": "canary"}})),
        ("list_users", json!({"status": "canary`, expected `canary"})),
    ] {
        let message = zoom.call(tool, arguments.clone()).unwrap_err().message;
        assert!(
            message.starts_with("wrong arguments: ") && !message.contains("canary"),
            "{arguments}: {message}"
        );
    }
}

#[test]
fn valid_arguments_are_accepted() {
    let zoom = Zoom::start();
    for (tool, arguments) in [
        ("list_meetings", json!({})),
        ("list_meetings", json!({"user_id": null, "type": null, "page_size": null, "include_secrets": null})),
        (
            "list_meetings",
            json!({"user_id": "ada@example.com", "type": "previous_meetings", "page_size": 300}),
        ),
        (
            "create_meeting",
            json!({"topic": "ü".repeat(200), "agenda": "ü".repeat(2000), "password": "ü".repeat(10)}),
        ),
        (
            "create_meeting",
            json!({"topic": "x", "start_time": "2027-03-04T12:00:00", "timezone": "America/Argentina/Buenos_Aires"}),
        ),
        (
            "create_meeting",
            json!({"topic": "x", "start_time": "2027-03-04T12:00:00Z", "timezone": "Etc/GMT+1"}),
        ),
        ("create_meeting", json!({"topic": "x", "settings": {"audio": null, "waiting_room": true}})),
        ("zoom_list_recordings", json!({"zoom_access_token": zoom.token})),
        ("zoom_list_recordings", json!({"page_number": 1})),
    ] {
        zoom.value(tool, arguments);
    }
}
