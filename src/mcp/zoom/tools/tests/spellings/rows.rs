//! A row for every argument.

use super::*;

fn meeting() -> Row {
    let value = json!(MEETING);
    let mut spellings = same(
        &value,
        &[
            "853 1234 5678",
            "853-1234-5678",
            "853\u{a0}1234\u{a0}5678",
            " 85312345678\n",
            "\u{200e}85312345678\u{200e}",
            "https://us02web.zoom.us/j/85312345678?pwd=abc.1#success",
            "HTTPS://US02WEB.ZOOM.US/j/85312345678",
            "us02web.zoom.us/j/85312345678",
            "https://zoom.us/wc/join/85312345678",
            "https://app.zoom.us/wc/85312345678/join?fromPWA=1",
            "https://zoom.us/s/85312345678?zak=eyJ0",
            "https://acme.zoomgov.com/w/85312345678",
            "https://zoom.us/meeting/85312345678",
            "zoommtg://zoom.us/join?action=join&confno=85312345678&pwd=x",
        ],
    );
    spellings.extend([
        (json!(85_312_345_678_u64), Same(value.clone())),
        (json!(85_312_345_678.0), Same(value)),
        (json!("ab/c+d0=="), Same(json!("ab/c+d0=="))),
        (json!(9_007_199_254_740_993_u64), Refused("must be a string: a number this large")),
        (json!(1e300), Refused("must be a string")),
        (json!(0.5), Refused("must be a string")),
        (json!(0), Refused("must be a meeting number")),
        (json!(-85_312_345_678_i64), Refused("must be a meeting number")),
    ]);
    spellings.extend(refused(
        "must be a meeting number: this link has none",
        &["https://zoom.us/my/ada", "https://zoom.us/rec/share/abc"],
    ));
    spellings.extend(refused(
        "must be a meeting number",
        &[
            "https://zoom.us/j/",
            "https://zoom.us/j/0853",
            "https://zoom.us.example.com/j/85312345678",
            "https://example.com/j/85312345678",
            "https://notzoom.us/j/85312345678",
            "https://zoom.us@example.com/j/85312345678",
            "javascript://zoom.us/j/85312345678",
            "meeting:85312345678",
            "0853 1234 5678",
            "853  1234 5678",
            "1-2",
            "-1",
            "+85312345678",
            "85312345678/recordings",
            "..",
            "ada",
        ],
    ));
    row("meeting_id", json!(MEETING), spellings)
}

fn user() -> Row {
    let value = json!("ada@example.com");
    let mut spellings = same(&value, &["Ada@Example.COM", " ada@example.com ", "`ada@example.com`"]);
    spellings.extend(same(&json!("me"), &["Me", "ME", "\"me\""]));
    // Ids are two where their cases differ.
    spellings.extend(same(&json!("KDcuGIm1QgePTO8WbOqwIQ"), &["KDcuGIm1QgePTO8WbOqwIQ"]));
    spellings
        .extend(refused("must be `me`, a user id", &["..", "a b", "ada/meetings", "Ada <ada@example.com>"]));
    spellings.push((json!(7), Refused("must be a string")));
    row("user_id", value, spellings)
}

fn start_time() -> Row {
    let value = json!("2026-03-04T12:00:00Z");
    let mut spellings = same(
        &value,
        &[
            "2026-03-04T13:00:00+01:00",
            "2026-03-04T13:00:00+0100",
            "2026-03-04T13:00+01",
            "2026-03-04T12:00:00.000Z",
            "2026-03-04T12:00:00.123456Z",
            "2026-03-04T12:00Z",
            "2026-03-04t12:00:00z",
            "2026-03-04 12:00:00Z",
            "2026-03-04 12:00 UTC",
            "2026-03-03T22:00:00-14:00",
            "2026-03-04T12:00:00-00:00",
        ],
    );
    spellings.extend(same(
        &json!("2026-03-04T12:00:00"),
        &["2026-03-04T12:00", "2026-03-04 12:00", "2026-03-04T12:00:00.000"],
    ));
    spellings.extend(refused(
        "must be a time as 2026-03-04T12:00:00Z",
        &[
            "tomorrow",
            "2026-03-04",
            "2026-02-30T12:00:00Z",
            "2026-03-04T24:00:00Z",
            "2026-03-04T12:00:60Z",
            "2026-03-04T12:00:00ZZ",
            "2026-3-4T12:00:00Z",
            "2026-03-04T12:00:00+15:00",
            "2026-03-04T12:00:00+01:60",
            "2026-03-04T12:00:00 CET",
            "0000-01-01T00:00:00+01:00",
            "1772625600",
        ],
    ));
    spellings.push((json!(1_772_625_600), Refused("must be a string")));
    row("start_time", value, spellings)
}

fn date(argument: &'static str) -> Row {
    let value = json!("2026-03-04");
    let mut spellings = same(
        &value,
        &[
            " 2026-03-04",
            "2026-03-04T00:00:00Z",
            "2026-03-04T23:59:59.999Z",
            "2026-03-04T12:00:00",
            "2026-03-04 12:00:00",
            "2026-03-04T00:00:00+00:00",
        ],
    );
    spellings.extend(refused(
        "must be a day",
        &[
            "today",
            "2026-02-30",
            "2026-3-4",
            "04.03.2026",
            "03/04/2026",
            "2026-03-04T00:00:00+01:00",
            "20260304",
        ],
    ));
    spellings.push((json!(20_260_304), Refused("must be a string")));
    row(argument, value, spellings)
}

fn token(argument: &'static str) -> Row {
    let mut spellings = same(&json!("eyJ.a-b"), &[" eyJ.a-b\n", "\"eyJ.a-b\""]);
    spellings.extend(refused("it holds characters", &["a b", "$(id)"]));
    row(argument, json!("eyJ.a-b"), spellings)
}

fn free(argument: &'static str) -> Row {
    let spellings = vec![
        (json!("  as \"it\" is "), Same(json!("  as \"it\" is "))),
        (json!("null"), Same(json!("null"))),
        (json!(2026), Same(json!("2026"))),
        (json!(2026.0), Same(json!("2026"))),
        (json!(0.5), Refused("must be a string")),
        (json!(true), Refused("must be a string")),
        (json!(["x"]), Refused("must be a string")),
        (json!({"x": 1}), Refused("must be a string")),
    ];
    row(argument, json!("Plans"), spellings)
}

fn word(argument: &'static str, value: &str, others: &[&str]) -> Row {
    let value = json!(value);
    let mut spellings = same(&value, others);
    spellings.extend(refused("must be", &["all of them", "upcoming;live", "x,y"]));
    row(argument, value, spellings)
}

fn plain(argument: &'static str, value: Value) -> Row {
    row(argument, value, Vec::new())
}

fn recurrence() -> Vec<(Value, Becomes)> {
    let text = r#"{"type": "1", "repeat_interval": 2.0, "end_times": "5", "weekly_days": ""}"#;
    let same = json!({"type": 1, "repeat_interval": 2, "end_times": 5});
    vec![(json!(text), Same(same)), (json!("daily"), Refused("must be an object"))]
}

fn weekdays() -> Vec<(Value, Becomes)> {
    let value = json!("2,4");
    let mut spellings = same(&value, &["4, 2", "[2,4]", "Monday,Wednesday", "mon wed", "2;4;2"]);
    spellings.extend([(json!([2, 4]), Same(value.clone())), (json!(["Wed", "2"]), Same(value))]);
    spellings.push((json!(4), Same(json!("4"))));
    spellings.extend(refused("must be days from 1 (Sunday)", &["0", "8", "weekdays", "1-5"]));
    spellings
}

fn end_time() -> Vec<(Value, Becomes)> {
    let mut spellings =
        same(&json!("2027-03-04T12:00:00Z"), &["2027-03-04T13:00:00+01:00", "2027-03-04T12:00:00.000Z"]);
    // In which zone a time without one is, nobody says.
    spellings.extend(refused("must be a time in UTC", &["2027-03-04T12:00:00", "2027-03-04"]));
    spellings
}

/// A row for every argument.
pub(super) fn rows() -> Vec<Row> {
    let mut password = free("password");
    password.spellings[0] = (json!(" \"it\" "), Same(json!(" \"it\" ")));
    let timezone = [
        same(&json!("Europe/Berlin"), &[" Europe/Berlin", "`Europe/Berlin`"]),
        refused("must be a time zone", &["CET (winter)", "Berlin, Germany"]),
    ];
    let occurrence = [
        same(&json!("1648194360000"), &[" 1648194360000 ", "\"1648194360000\""]),
        vec![(json!(1_648_194_360_000_u64), Same(json!("1648194360000")))],
        refused("must be an occurrence_id", &["", " ", "null", "None", "1 2", "1&2"]),
    ];
    let registrant = [
        same(&json!("9tboDi-_w"), &[" 9tboDi-_w "]),
        refused("must be the id of a registrant", &["a b", "a/b"]),
    ];
    let email = [
        same(&json!("cleo@example.org"), &[" Cleo@Example.org ", "\"cleo@example.org\""]),
        refused(
            "must be an e-mail address",
            &["cleo", "me", "a b@example.org", "a@b@c", "a/b@c", "@c", "a@"],
        ),
    ];
    let page_token = [same(&json!("aB1"), &[" aB1 "]), refused("must be the next_page_token", &["a b"])];
    let kind = vec![(json!(10), Refused("must be 1, 2, 3 or 8")), (json!("instant"), Refused("must be"))];
    let settings = vec![
        (json!(r#"{"audio": "VoIP"}"#), Same(json!({"audio": "voip"}))),
        (json!({"waiting_room": "True"}), Same(json!({"waiting_room": true}))),
        (json!("none at all"), Refused("must be an object")),
        (json!("[]"), Refused("must be an object")),
        (json!([true, true]), Refused("must be an object")),
    ];
    vec![
        meeting(),
        user(),
        start_time(),
        date("from_date"),
        date("to_date"),
        token("zoom_access_token"),
        token("zoom_refresh_token"),
        row("zoom_client_id", json!("abc"), same(&json!("abc"), &[" abc "])),
        row("zoom_client_secret", json!("abc"), same(&json!("abc"), &[" abc "])),
        row("occurrence_id", json!("1648194360000"), occurrence.into_iter().flatten().collect()),
        row("next_page_token", json!("aB1"), page_token.into_iter().flatten().collect()),
        row("registrant_id", json!("9tboDi-_w"), registrant.into_iter().flatten().collect()),
        row("email", json!("cleo@example.org"), email.into_iter().flatten().collect()),
        free("first_name"),
        free("last_name"),
        word("action", "approve", &["Approve", "APPROVE"]),
        word("status:list_meeting_registrants", "pending", &["Pending"]),
        row("timezone", json!("Europe/Berlin"), timezone.into_iter().flatten().collect()),
        free("topic"),
        free("agenda"),
        password,
        word("type", "upcoming", &["Upcoming", "UPCOMING", " upcoming ", "\"upcoming\""]),
        row("type:create_meeting", json!(3), kind),
        word("status", "inactive", &["Inactive"]),
        word("format", "vtt", &["VTT", " Vtt "]),
        moment("from"),
        moment("to"),
        word("settings.audio", "voip", &["VoIP"]),
        row("settings", json!({"audio": "voip", "waiting_room": true}), settings),
        row("recurrence", json!({"type": 1, "repeat_interval": 2, "end_times": 5}), recurrence()),
        plain("recurrence.type", json!(1)),
        row("recurrence.repeat_interval", json!(9), vec![(json!(100), Refused("must be from 1 to 99"))]),
        row("recurrence.weekly_days", json!("2,4"), weekdays()),
        row("recurrence.monthly_day", json!(31), vec![(json!(32), Refused("must be from 1 to 31"))]),
        row("recurrence.monthly_week", json!(-1), vec![(json!(5), Refused("must be 1, 2, 3, 4 or -1"))]),
        row("recurrence.monthly_week_day", json!(7), vec![(json!(8), Refused("must be from 1 (Sunday)"))]),
        row("recurrence.end_times", json!(5), vec![(json!(61), Refused("must be from 0 to 60"))]),
        row("recurrence.end_date_time", json!("2027-03-04T12:00:00Z"), end_time()),
        plain("page_size", json!(25)),
        plain("page_number", json!(2)),
        plain("duration", json!(45)),
        plain("include_secrets", json!(true)),
        plain("live", json!(true)),
        plain("settings.host_video", json!(true)),
        plain("settings.participant_video", json!(true)),
        plain("settings.join_before_host", json!(true)),
        plain("settings.mute_upon_entry", json!(true)),
        plain("settings.waiting_room", json!(true)),
    ]
}

fn moment(argument: &'static str) -> Row {
    let value = json!("00:30:00");
    let mut spellings = same(&value, &["30", " 30 ", "0:30:00", "00:30:00"]);
    spellings.extend([(json!(30), Same(value.clone())), (json!(30.0), Same(value.clone()))]);
    spellings.extend(same(&json!("01:30:05"), &["1:30:05"]));
    spellings.extend(refused(
        "must be minutes from the start",
        &["1:30", "30m", "00:30:00.5", "-1", "00:60:00", "PT30M"],
    ));
    row(argument, value, spellings)
}
