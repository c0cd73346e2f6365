//! Zoom gets exactly the arguments that were judged.

use proptest::prelude::*;
use proptest::test_runner::TestRunner;

use super::super::zoom::Zoom;
use super::*;
use crate::policy::{Against, Catalog, Policy};

static CATALOG: std::sync::LazyLock<Catalog> = std::sync::LazyLock::new(crate::mcp::zoom::catalog::catalog);

/// The request of a tool: the method, the path with arguments in braces, and the arguments that make the query and the
/// body, by Zoom's names for them.
type Asked = (&'static str, &'static str, &'static [(&'static str, &'static str)], &'static [&'static str]);

const PAGE: &[(&str, &str)] = &[("page_size", "page_size"), ("next_page_token", "next_page_token")];
const OCCURRENCE: &[(&str, &str)] = &[("occurrence_id", "occurrence_id")];
const CHANGE: &[&str] =
    &["topic", "start_time", "duration", "timezone", "agenda", "password", "settings", "recurrence"];
const NEW: &[&str] =
    &["type", "topic", "start_time", "duration", "timezone", "agenda", "password", "settings", "recurrence"];

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
        "end_meeting" => ("PUT", "meetings/{meeting_id}/status", &[], &[]),
        "list_meeting_registrants" => (
            "GET",
            "meetings/{meeting_id}/registrants",
            &[
                ("occurrence_id", "occurrence_id"),
                ("status", "status"),
                ("page_size", "page_size"),
                ("next_page_token", "next_page_token"),
            ],
            &[],
        ),
        "add_meeting_registrant" => {
            ("POST", "meetings/{meeting_id}/registrants", &[], &["email", "first_name", "last_name"])
        }
        "update_registrant_status" => {
            ("PUT", "meetings/{meeting_id}/registrants/status", OCCURRENCE, &["action"])
        }
        "delete_meeting_recordings" => ("DELETE", "meetings/{meeting_id}/recordings", &[], &[]),
        "recover_meeting_recordings" => ("PUT", "meetings/{meeting_id}/recordings/status", &[], &[]),
        "get_meeting_participants" => ("GET", "past_meetings/{meeting_id}/participants", PAGE, &[]),
        "get_past_meeting" => ("GET", "past_meetings/{meeting_id}", &[], &[]),
        "get_meeting_instances" => ("GET", "past_meetings/{meeting_id}/instances", &[], &[]),
        "get_meeting_summary" => ("GET", "meetings/{meeting_id}/meeting_summary", &[], &[]),
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

/// The part of a query and of a body that is no argument by itself.
fn beside(tool: &str, judged: &Value) -> (Option<(String, String)>, Value) {
    let trash = || ("action".to_owned(), "trash".to_owned());
    match tool {
        "end_meeting" => (None, json!({"action": "end"})),
        "recover_meeting_recordings" => (None, json!({"action": "recover"})),
        "delete_meeting_recordings" => (Some(trash()), json!({})),
        "update_registrant_status" => {
            let registrant = json!({"id": judged["registrant_id"], "email": judged["email"]});
            (None, json!({"registrants": [registrant]}))
        }
        _ => (None, json!({})),
    }
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
    let sent: Vec<(String, String)> = form_urlencoded::parse(seen.query.as_bytes()).into_owned().collect();
    let given = query.iter().filter(|(_, argument)| judged.get(argument).is_some());
    let (more_query, more_body) = beside(tool, judged);
    let given = given.map(|(name, argument)| ((*name).to_owned(), shown(&judged[argument])));
    let expected: Vec<(String, String)> = given.chain(more_query).collect();
    assert_eq!(sent, expected, "{tool} {judged}");
    let fields = body.iter().filter_map(|name| Some(((*name).to_owned(), judged.get(name)?.clone())));
    let mut expected: Map<String, Value> = fields.collect();
    expected.extend(more_body.as_object().unwrap().clone());
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
        let taken = |(spelling, becomes): (Value, Becomes)| matches!(becomes, Same(_)).then_some(spelling);
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
                // The arguments that a recurrence needs, or no call with one would get as far as Zoom.
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
    Policy::parse(&document.to_string(), Against::Own(&CATALOG)).unwrap()
}

#[test]
fn zoom_gets_the_arguments_that_were_judged() {
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
            // Zoom's verdict on it does not matter here.
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
