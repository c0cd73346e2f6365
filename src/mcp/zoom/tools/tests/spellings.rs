//! Every argument of every tool, as models send it.

use super::zoom::read;
use super::*;

const MEETING: &str = "85312345678";

/// What comes of a spelling.
enum Becomes {
    /// One value, which is judged and sent.
    Same(Value),
    /// It is refused, in words that begin so.
    Refused(&'static str),
}

use Becomes::{Refused, Same};

/// A value of an argument as it is judged, and other spellings with what comes of them. What holds of all arguments of
/// a type is not repeated here: see [`of_type`].
struct Row {
    /// The argument, with dots into objects; and behind a colon the tool, where it is another thing there.
    argument: &'static str,
    value: Value,
    spellings: Vec<(Value, Becomes)>,
}

fn row(argument: &'static str, value: Value, spellings: Vec<(Value, Becomes)>) -> Row {
    Row { argument, value, spellings }
}

/// Spellings of one value.
fn same(value: &Value, spellings: &[&str]) -> Vec<(Value, Becomes)> {
    spellings.iter().map(|spelling| (json!(spelling), Same(value.clone()))).collect()
}

fn refused(problem: &'static str, spellings: &[&str]) -> Vec<(Value, Becomes)> {
    spellings.iter().map(|spelling| (json!(spelling), Refused(problem))).collect()
}

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
fn rows() -> Vec<Row> {
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

/// What comes of every argument of a type.
fn of_type(schema: &Value, value: &Value) -> Vec<(Value, Becomes)> {
    let is = |spelling: Value| (spelling, Same(value.clone()));
    match schema["type"].as_str().unwrap() {
        "integer" => {
            let number = value.as_i64().unwrap();
            #[expect(clippy::cast_precision_loss, reason = "small")]
            let float = number as f64;
            let mut spellings =
                vec![is(json!(float)), is(json!(format!("{number}"))), is(json!(format!(" {number} ")))];
            spellings.push(is(json!(format!("{number}.0"))));
            for wrong in
                [json!(float + 0.5), json!("many"), json!("1e2"), json!(true), json!([number]), json!({})]
            {
                spellings.push((wrong, Refused("must be")));
            }
            spellings
        }
        "boolean" => {
            let mut spellings: Vec<_> = ["true", "True", "TRUE", " true"].map(|text| is(json!(text))).into();
            for wrong in [json!(1), json!("yes"), json!("on"), json!([true])] {
                spellings.push((wrong, Refused("must be a boolean")));
            }
            spellings
        }
        "object" => vec![is(json!(value.to_string()))],
        "string" => vec![(json!(true), Refused("must be")), (json!({}), Refused("must be"))],
        other => panic!("no tool has had a {other}"),
    }
}

/// Every argument of a schema: its path, its own schema, and whether it must be given.
fn arguments(schema: &Value) -> Vec<(String, Value, bool)> {
    let mut found = Vec::new();
    for (name, part) in schema["properties"].as_object().into_iter().flatten() {
        found.push((name.clone(), part.clone(), spelling::is_required(schema, name)));
        for (below, part, is_required) in arguments(part) {
            found.push((format!("{name}.{below}"), part, is_required));
        }
    }
    found
}

/// The fewest fields of an object, beside this one.
fn around(path: &str) -> Value {
    match path {
        "recurrence.type" => json!({"end_times": 5}),
        "recurrence.repeat_interval" => json!({"type": 1, "end_times": 5}),
        "recurrence.end_date_time" | "recurrence.end_times" => json!({"type": 1}),
        "recurrence.weekly_days" => json!({"type": 2, "end_times": 5}),
        "recurrence.monthly_week" => json!({"type": 3, "end_times": 5, "monthly_week_day": 2}),
        "recurrence.monthly_week_day" => json!({"type": 3, "end_times": 5, "monthly_week": 2}),
        "recurrence.monthly_day" => json!({"type": 3, "end_times": 5}),
        _ => json!({}),
    }
}

/// The fewest arguments of a call, and one more.
fn with(tool: &str, path: &str, value: Value) -> Value {
    let mut arguments = match tool {
        "get_user" => json!({"user_id": "me"}),
        "create_meeting" => json!({"topic": "x"}),
        "list_meetings"
        | "list_users"
        | "zoom_list_recordings"
        | "zoom_refresh_token"
        | "zoom_token_status" => {
            json!({})
        }
        _ => json!({"meeting_id": MEETING}),
    };
    if path.starts_with("recurrence") && tool == "create_meeting" {
        arguments["type"] = json!(8);
    }
    match path.split_once('.') {
        Some((object, name)) => {
            arguments[object] = around(path);
            arguments[object][name] = value;
        }
        None => arguments[path] = value,
    }
    arguments
}

fn judged(tool: &str, arguments: Value) -> Result<Value, String> {
    read(tool, arguments).map(|call| call.arguments().clone().into()).map_err(|failure| failure.message)
}

/// Calls `check` with each tool, argument, its schema, whether it must be given, and its row.
fn for_every_argument(mut check: impl FnMut(&str, &str, &Value, bool, &Row)) {
    let rows = rows();
    let mut used = Vec::new();
    for tool in all() {
        for (path, schema, is_required) in arguments(&tool.schema) {
            let special = format!("{path}:{}", tool.name);
            let row = rows.iter().find(|row| row.argument == special);
            let row = row.or_else(|| rows.iter().find(|row| row.argument == path));
            let row = row.unwrap_or_else(|| panic!("{}: {path} has no row in rows()", tool.name));
            used.push(row.argument);
            check(tool.name, &path, &schema, is_required, row);
        }
    }
    for row in &rows {
        assert!(used.contains(&row.argument), "no tool takes {}", row.argument);
    }
}

#[test]
fn every_spelling_of_every_argument_has_one_meaning_or_is_refused_in_words() {
    for_every_argument(|tool, path, schema, _, row| {
        let pointer = format!("/{}", path.replace('.', "/"));
        for (spelling, becomes) in row.spellings.iter().chain(&of_type(schema, &row.value)) {
            let judged = judged(tool, with(tool, path, spelling.clone()));
            match (becomes, judged) {
                (Same(value), Ok(judged)) => {
                    assert_eq!(judged.pointer(&pointer), Some(value), "{tool} {path} {spelling}");
                }
                (Refused(problem), Err(message)) => {
                    let start = format!("wrong arguments: {path}: {problem}");
                    assert!(message.starts_with(&start), "{tool} {path} {spelling}: {message}");
                }
                (Same(_), Err(message)) => panic!("{tool} {path} {spelling}: {message}"),
                (Refused(_), Ok(judged)) => panic!("{tool} {path} {spelling}: {judged}"),
            }
        }
        let whole = judged(tool, with(tool, path, row.value.clone())).unwrap();
        assert_eq!(whole.pointer(&pointer), Some(&row.value), "{tool} {path}");
    });
}

#[test]
fn an_argument_that_is_empty_is_left_out_or_refused() {
    for_every_argument(|tool, path, schema, is_required, _| {
        let is_free = schema["type"] == "string" && schema.get("x-form").or(schema.get("enum")).is_none();
        for nothing in [json!(null), json!(""), json!("  "), json!("null"), json!("None")] {
            if is_free && nothing.as_str().is_some_and(|text| !text.trim().is_empty()) {
                continue;
            }
            let given = judged(tool, with(tool, path, nothing.clone()));
            let mut without = with(tool, path, nothing.clone());
            match path.split_once('.') {
                Some((object, _)) => without[object] = around(path),
                None => drop(without.as_object_mut().unwrap().remove(path)),
            }
            let is_blank = nothing.is_string() && schema.get("x-blank").is_some();
            if is_blank {
                assert!(given.unwrap_err().contains("leave it out to "), "{tool} {path} {nothing}");
            } else if !is_required {
                assert_eq!(given, judged(tool, without), "{tool} {path} {nothing}");
            } else if !is_free || nothing.is_null() {
                assert!(given.is_err(), "{tool} {path} {nothing}");
            }
        }
    });
    // What a model fills in that has nothing to say must not widen what it does.
    for (tool, argument) in [
        ("delete_meeting", "occurrence_id"),
        ("update_meeting", "occurrence_id"),
        ("get_meeting", "occurrence_id"),
        ("update_meeting", "password"),
        ("update_meeting", "agenda"),
    ] {
        let message = judged(tool, with(tool, argument, json!(""))).unwrap_err();
        assert!(message.contains("leave it out to "), "{tool} {argument}: {message}");
    }
}

#[test]
fn defaults_are_judged() {
    for (tool, arguments, expected) in [
        (
            "list_meetings",
            json!({}),
            json!({"user_id": "me", "type": "upcoming", "page_size": 30, "include_secrets": false}),
        ),
        (
            "create_meeting",
            json!({"topic": "x", "settings": {}}),
            json!({"topic": "x", "user_id": "me", "type": 2, "settings": {}, "include_secrets": false}),
        ),
        ("list_users", json!({"status": null}), json!({"status": "active", "page_size": 30})),
        (
            "zoom_list_recordings",
            json!({"to_date": "2026-03-04"}),
            json!({"user_id": "me", "from_date": "2026-02-03", "to_date": "2026-03-04", "page_size": 30, "include_secrets": false}),
        ),
        ("delete_meeting", json!({"meeting_id": 85_312_345_678_u64}), json!({"meeting_id": "85312345678"})),
    ] {
        assert_eq!(judged(tool, arguments), Ok(expected), "{tool}");
    }
}

#[test]
fn a_refusal_does_not_repeat_a_spelling() {
    for_every_argument(|tool, path, _, _, row| {
        for (spelling, becomes) in &row.spellings {
            let Refused(_) = becomes else { continue };
            let said = spelling.as_str().map(str::trim).filter(|text| text.len() > 10);
            let message = judged(tool, with(tool, path, spelling.clone())).unwrap_err();
            assert!(said.is_none_or(|said| !message.contains(said)), "{tool} {path}: {message}");
        }
    });
}

pub(super) mod sent {
    //! What Zoom gets is what was judged.

    use proptest::prelude::*;
    use proptest::test_runner::TestRunner;

    use super::super::zoom::Zoom;
    use super::*;
    use crate::policy::{Catalog, Policy};

    static CATALOG: std::sync::LazyLock<Catalog> = std::sync::LazyLock::new(crate::mcp::catalog);

    /// What a tool asks of Zoom: the method, the path with arguments in braces, and which arguments make the query and
    /// the body, by Zoom's names for them.
    type Asked =
        (&'static str, &'static str, &'static [(&'static str, &'static str)], &'static [&'static str]);

    const PAGE: &[(&str, &str)] = &[("page_size", "page_size"), ("next_page_token", "next_page_token")];
    const OCCURRENCE: &[(&str, &str)] = &[("occurrence_id", "occurrence_id")];
    const CHANGE: &[&str] =
        &["topic", "start_time", "duration", "timezone", "agenda", "password", "settings", "recurrence"];
    const NEW: &[&str] = &[
        "type",
        "topic",
        "start_time",
        "duration",
        "timezone",
        "agenda",
        "password",
        "settings",
        "recurrence",
    ];

    fn asked(tool: &str) -> Option<Asked> {
        Some(match tool {
            "list_meetings" => (
                "GET",
                "users/{user_id}/meetings",
                &[("type", "type"), ("page_size", "page_size"), ("next_page_token", "next_page_token")],
                &[],
            ),
            "get_meeting" => ("GET", "meetings/{meeting_id}", OCCURRENCE, &[]),
            "create_meeting" => ("POST", "users/{user_id}/meetings", &[], NEW),
            "update_meeting" => ("PATCH", "meetings/{meeting_id}", OCCURRENCE, CHANGE),
            "delete_meeting" => ("DELETE", "meetings/{meeting_id}", OCCURRENCE, &[]),
            "get_meeting_participants" => ("GET", "past_meetings/{meeting_id}/participants", PAGE, &[]),
            "list_users" => (
                "GET",
                "users",
                &[("status", "status"), ("page_size", "page_size"), ("next_page_token", "next_page_token")],
                &[],
            ),
            "get_user" => ("GET", "users/{user_id}", &[], &[]),
            "zoom_list_recordings" => (
                "GET",
                "users/{user_id}/recordings",
                &[
                    ("from", "from_date"),
                    ("to", "to_date"),
                    ("page_size", "page_size"),
                    ("page_number", "page_number"),
                    ("next_page_token", "next_page_token"),
                ],
                &[],
            ),
            "zoom_get_recording_details" | "get_meeting_recordings" | "zoom_get_meeting_transcript" => {
                ("GET", "meetings/{meeting_id}/recordings", &[], &[])
            }
            // These ask for no more than a token, or nobody.
            "zoom_refresh_token" | "zoom_token_status" => return None,
            other => panic!("{other} is not in this table"),
        })
    }

    /// A text of the judged arguments, as a path or a query has it.
    fn shown(value: &Value) -> String {
        value.as_str().map_or_else(|| value.to_string(), str::to_owned)
    }

    fn decoded(segment: &str) -> String {
        let once = percent_encoding::percent_decode_str(segment).decode_utf8().unwrap().into_owned();
        percent_encoding::percent_decode_str(&once).decode_utf8().unwrap().into_owned()
    }

    /// Fails unless Zoom got this, all of this and nothing else.
    fn assert_was_sent(seen: &crate::sandbox::Seen, tool: &str, judged: &Value) {
        let Some((method, path, query, body)) = asked(tool) else { panic!("{tool} asked Zoom") };
        assert_eq!(seen.method, method);
        let expected: Vec<String> = path
            .split('/')
            .map(|part| match part.strip_prefix('{').and_then(|part| part.strip_suffix('}')) {
                Some(argument) => shown(&judged[argument]),
                None => part.to_owned(),
            })
            .collect();
        let sent: Vec<String> = seen.path.strip_prefix("/v2/").unwrap().split('/').map(decoded).collect();
        assert_eq!(sent, expected, "{tool} {judged}");
        let sent: Vec<(String, String)> =
            form_urlencoded::parse(seen.query.as_bytes()).into_owned().collect();
        let given = query.iter().filter(|(_, argument)| judged.get(argument).is_some());
        let expected: Vec<(String, String)> =
            given.map(|(name, argument)| ((*name).to_owned(), shown(&judged[argument]))).collect();
        assert_eq!(sent, expected, "{tool} {judged}");
        let fields = body.iter().filter_map(|name| Some(((*name).to_owned(), judged.get(name)?.clone())));
        let expected: Map<String, Value> = fields.collect();
        let sent: Value = serde_json::from_str(&seen.body).unwrap_or(json!({}));
        assert_eq!(sent, Value::from(expected), "{tool} {judged}");
    }

    /// An argument, whether it must be given, and its spellings.
    type Spellings = (String, bool, Vec<Value>);

    /// The arguments of a call, each left out or spelt in one of its ways.
    fn calls() -> impl Strategy<Value = (String, Value)> {
        let mut tools: Vec<(String, Vec<Spellings>)> = Vec::new();
        for_every_argument(|tool, path, schema, is_required, row| {
            if path.contains('.') {
                return;
            }
            let taken =
                |(spelling, becomes): (Value, Becomes)| matches!(becomes, Same(_)).then_some(spelling);
            let mut spellings = vec![row.value.clone()];
            spellings.extend(of_type(schema, &row.value).into_iter().filter_map(taken));
            for (spelling, becomes) in &row.spellings {
                if let Same(_) = becomes {
                    spellings.push(spelling.clone());
                }
            }
            if tools.last().is_none_or(|(last, _)| last != tool) {
                tools.push((tool.to_owned(), Vec::new()));
            }
            tools.last_mut().unwrap().1.push((path.to_owned(), is_required, spellings));
        });
        proptest::sample::select(tools).prop_flat_map(|(tool, arguments)| {
            let is_create = tool == "create_meeting";
            let chosen: Vec<_> = arguments
                .into_iter()
                .map(|(name, is_required, spellings)| {
                    let value = (any::<bool>(), prop::sample::select(spellings))
                        .prop_map(move |(is_given, value)| (is_given || is_required).then_some(value));
                    value.prop_map(move |value| (name.clone(), value))
                })
                .collect();
            (
                Just(tool),
                chosen.prop_map(move |chosen| {
                    let given = chosen.into_iter().filter_map(|(name, value)| Some((name, value?)));
                    let mut given: Map<String, Value> = given.collect();
                    // What goes with a recurrence, or no call with one would get as far as Zoom.
                    if given.contains_key("recurrence") {
                        given.remove("occurrence_id");
                        if is_create {
                            given.insert("type".into(), json!(8));
                        }
                    }
                    Value::from(given)
                }),
            )
        })
    }

    /// A policy that allows a call of this tool with these arguments alone.
    fn exactly(tool: &str, judged: &Value) -> Policy {
        let conditions: Vec<Value> = judged
            .as_object()
            .unwrap()
            .iter()
            .map(|(name, value)| json!({"path": format!("args.{name}"), "op": "eq", "value": value}))
            .collect();
        let document = json!({"version": "1", "default": "deny", "tools": {tool: {"require": conditions}}});
        Policy::parse(&document.to_string(), &CATALOG).unwrap()
    }

    #[test]
    fn what_zoom_gets_is_what_was_judged() {
        let zoom = Zoom::start();
        let mut runner = TestRunner::new(ProptestConfig {
            cases: 300,
            failure_persistence: None,
            ..ProptestConfig::default()
        });
        let counted = std::sync::atomic::AtomicUsize::new(0);
        runner
            .run(&calls(), |(tool, arguments)| {
                let Ok(call) = read(&tool, arguments.clone()) else { return Ok(()) };
                let judged = Value::from(call.arguments().clone());
                let allowed = exactly(&tool, &judged).judge(&tool, call.arguments());
                prop_assert!(allowed.is_ok(), "{tool} {arguments}: {allowed:?}");
                // Read again, it is the same: a spelling that is judged is its own.
                let again = read(&tool, judged.clone()).unwrap();
                prop_assert_eq!(&Value::from(again.arguments().clone()), &judged);
                let before = zoom.sandbox.requests().len();
                // What Zoom thinks of it does not matter here.
                let _ = zoom.run(call);
                let seen = zoom.sandbox.requests().split_off(before);
                if let Some(first) = seen.first().filter(|_| asked(&tool).is_some()) {
                    counted.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                    assert_was_sent(first, &tool, &judged);
                }
                Ok(())
            })
            .unwrap();
        assert!(counted.into_inner() > 150, "too few calls got as far as Zoom");
    }
}
