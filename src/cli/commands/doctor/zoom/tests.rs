use super::super::finding::tests::{hold, text};
use super::*;
use crate::mcp::zoom::scopes::needs;
use crate::settings::Origin;
use crate::store::{ClockDifference, RememberedFailure};
use crate::token::{Claims, Token};

fn time(text: &str) -> DateTime<Utc> {
    format!("2026-03-04T{text}Z").parse().unwrap()
}

/// A token with so many seconds left.
fn dated(left: i64) -> Held {
    Held {
        state: TokenState::Dated {
            token: Token::new("canary-canary-canary").unwrap(),
            claims: Claims::default(),
            expires_at: time("13:00:00"),
            left,
        },
        origin: Some(Origin::Environment),
    }
}

fn of(state: TokenState) -> Held {
    Held { state, origin: None }
}

fn transient(what: &str) -> Error {
    Error::Transient { what: what.into(), not_before: None, reached: false, spent: false, tracking_id: None }
}

fn reached(ahead: Result<Option<i64>, Error>) -> Reached {
    Reached { host: "zoom.us".into(), ahead }
}

fn failure() -> RememberedFailure {
    RememberedFailure {
        at: time("11:00:00"),
        code: 4,
        message: "Zoom refused".into(),
        hint: None,
        not_before: None,
        credentials: None,
    }
}

/// A token that lasts, and a Zoom that takes it.
fn well() -> Seen {
    Seen {
        reached: Some(reached(Ok(Some(0)))),
        held: dated(3000),
        threshold: 60,
        outlives_exported: false,
        can_fetch: true,
        foreign: Vec::new(),
        live: Some(Ok(Live::Accepted)),
        fetched: None,
        needs: needs(),
        memory: Memory::default(),
        now: time("12:10:00"),
    }
}

#[test]
fn what_is_well_is_told_with_what_was_asked() {
    let text = text(&judge(&well()));
    assert!(!text.contains("❌") && !text.contains("⚠️") && !text.contains("👉"), "{text}");
    for part in [
        "zoom.us answers; it was asked for",
        "agrees with Zoom's",
        "50m from now",
        "asked for the token's user",
    ] {
        assert!(text.contains(part), "{part:?} is not in\n{text}");
    }
}

#[test]
fn what_is_wrong_with_the_token_or_the_way_to_zoom_is_told_with_what_to_do() {
    let clock = |at| Some(ClockDifference { ahead: -7200, measured_at: time(at) });
    let measured = |ahead| Seen { reached: Some(reached(Ok(ahead))), ..well() };
    for (name, seen, expected, told) in [
        (
            "no network",
            Seen {
                reached: Some(reached(Err(transient("zoom.us cannot be reached")))),
                live: None,
                ..well()
            },
            Code::Transient,
            &["❌ zoom.us cannot be reached", "👉 Check the network"][..],
        ),
        ("slow clock", measured(Some(90)), Code::Done, &["clock is 90 s slow", "👉 Set it right"]),
        ("fast clock", measured(Some(-7200)), Code::Done, &["clock is 7200 s fast"]),
        (
            "clock that was fast",
            Seen {
                reached: None,
                memory: Memory { clock: clock("12:00:00"), ..Memory::default() },
                ..well()
            },
            Code::Done,
            &["clock was 7200 s fast by Zoom's when that was last measured, at "],
        ),
        (
            "missing",
            Seen { held: of(TokenState::Missing), ..well() },
            Code::Done,
            &["⚠️  there is no token yet", "doctor --fetch"],
        ),
        (
            "missing, and nothing to get one with",
            Seen { held: of(TokenState::Missing), can_fetch: false, ..well() },
            Code::Done,
            &["👉 zoomtok get fetches one once the credentials are right"],
        ),
        (
            "malformed",
            Seen { held: of(TokenState::Malformed { problem: "it is empty" }), ..well() },
            Code::Done,
            &["the token cannot be used: it is empty"],
        ),
        ("expired", Seen { held: dated(0), ..well() }, Code::Done, &["⚠️  the token has expired at "]),
        (
            "about to",
            Seen { held: dated(60), ..well() },
            Code::Done,
            &["⚠️  the token is valid for no more than 1m"],
        ),
        (
            "foreign",
            Seen { foreign: vec!["issued for another".into()], ..well() },
            Code::Done,
            &["⚠️  issued for another"],
        ),
        ("exported", Seen { outlives_exported: true, ..well() }, Code::Done, &["is exported", "👉 Unset it"]),
    ] {
        hold(name, &judge(&seen), expected, told);
    }
}

#[test]
fn what_zoom_makes_of_it_is_told_with_what_to_do() {
    let remembered = |memory: Memory| Seen { memory, ..well() };
    let refused =
        || Error::Refused { refusal: crate::error::Refusal::Client, status: 400, tracking_id: None };
    for (name, seen, expected, told) in [
        (
            "rejected",
            Seen { live: Some(Ok(Live::Rejected)), ..well() },
            Code::Failed,
            &["❌ Zoom's API no longer", "get -f"][..],
        ),
        (
            "api not reached",
            Seen { live: Some(Err(transient("api.zoom.us cannot be reached"))), ..well() },
            Code::Transient,
            &["❌ api.zoom.us cannot be reached"],
        ),
        (
            "fetched",
            Seen { fetched: Some(Ok(How::Fetched)), ..well() },
            Code::Done,
            &["✅ Zoom issued a new token"],
        ),
        (
            "adopted",
            Seen { fetched: Some(Ok(How::Adopted)), ..well() },
            Code::Done,
            &["Zoom was not asked for one"],
        ),
        (
            "refused",
            Seen { fetched: Some(Err(refused())), ..well() },
            Code::Refused,
            &["❌ Zoom refused", "👉 Copy ZOOM_CLIENT_ID"],
        ),
        (
            "scopes",
            remembered(Memory { scopes: vec!["meeting:read".into()], ..Memory::default() }),
            Code::Done,
            &[
                "⚠️  the token lacks",
                "create_meeting (meeting:write:meeting), ",
                "👉 If you need these tools",
            ],
        ),
        (
            "failure",
            remembered(Memory { failure: Some(failure()), ..Memory::default() }),
            Code::Done,
            &[
                "⚠️  the last attempt to fetch a token failed at ",
                ": Zoom refused",
                "👉 zoomtok get -f tells",
            ],
        ),
        (
            "attempt",
            remembered(Memory { attempt: Some(time("12:00:00")), ..Memory::default() }),
            Code::Done,
            &["✅ a watch or a server last"],
        ),
    ] {
        hold(name, &judge(&seen), expected, told);
    }
}

#[test]
fn what_is_not_known_is_not_told() {
    let unknown = Seen { reached: Some(reached(Ok(None))), ..well() };
    assert!(!text(&judge(&unknown)).contains("clock"));
    let measured_at = time("12:10:01");
    let clock = Some(ClockDifference { ahead: 90, measured_at });
    // The measurement was made before this clock was set back.
    let later = Seen { memory: Memory { clock, ..Memory::default() }, ..unknown };
    assert!(!text(&judge(&later)).contains("clock"));
    assert!(!text(&judge(&later)).contains("scopes"));
}

#[test]
fn a_failure_of_now_is_not_told_a_second_time() {
    let memory = Memory { failure: Some(failure()), ..Memory::default() };
    let seen = Seen { fetched: Some(Err(transient("busy"))), memory, ..well() };
    assert!(!text(&judge(&seen)).contains("last attempt"), "{}", text(&judge(&seen)));
}
