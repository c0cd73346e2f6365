//! Failures between the server and Zoom: a row for each, with the message for the agent, and no secret in it.

mod without_a_token;

use std::fs;
use std::time::Duration;

use serde_json::{Value, json};
use zoomtok::sandbox::{CLIENT_ID, CLIENT_SECRET, Endpoint, Fault, RetryAfter};

use crate::support::mcp_session::Session;
use crate::support::rows::{each, tree};
use crate::support::{Home, sandbox};

use without_a_token::without_a_token;

/// A row of the table.
#[derive(Clone)]
struct Row {
    tool: &'static str,
    arguments: Value,
    /// Whether Zoom no longer takes the present token.
    is_revoked: bool,
    /// The faults of the next requests. `SECRETS` in a body stands for all that must not be shown.
    faults: Vec<(Endpoint, Fault, u32)>,
    /// Parts of the message; none where there is no error in the end.
    says: Option<&'static [&'static str]>,
    /// Whether the message has the id that Zoom's support asks for.
    is_tracked: bool,
    /// How often the API was called, and how often a token was asked for.
    calls: usize,
    exchanges: usize,
}

fn json_fault(status: u16, body: &str) -> Fault {
    Fault::Json { status, body: body.into() }
}

impl Row {
    /// The API answers like this, and the agent gets that message.
    fn api(fault: Fault, says: &'static [&'static str]) -> Self {
        Self {
            tool: "get_meeting",
            arguments: json!({"meeting_id": "81000000001"}),
            is_revoked: false,
            faults: vec![(Endpoint::Api, fault, u32::MAX)],
            says: Some(says),
            is_tracked: true,
            calls: 1,
            exchanges: 0,
        }
    }

    /// The API refuses with this status and body.
    fn refused(status: u16, body: &str, says: &'static [&'static str]) -> Self {
        Self::api(json_fault(status, body), says)
    }

    /// The API is busy once, and then is not.
    fn busy_once(retry_after: RetryAfter) -> Self {
        let faults = vec![(Endpoint::Api, Fault::Busy(retry_after), 1)];
        Self { faults, says: None, calls: 2, ..Self::api(Fault::Empty, &[]) }
    }

    /// A new token is needed, and the token endpoint answers like this.
    fn token(fault: Fault, exchanges: usize, says: &'static [&'static str]) -> Self {
        let faults = vec![(Endpoint::Token, fault, u32::MAX)];
        Self { is_revoked: true, faults, exchanges, ..Self::api(Fault::Empty, says) }
    }

    fn untracked(self) -> Self {
        Self { is_tracked: false, ..self }
    }

    fn of(self, tool: &'static str, arguments: Value) -> Self {
        Self { tool, arguments, ..self }
    }
}

/// Calls that Zoom has understood and refuses.
fn refused() -> Vec<(&'static str, Row)> {
    let fields = r#"{"code":300,"message":"Validation Failed.","errors":[
        {"field":"settings.audio","message":"Invalid field."},{"field":"start_time","message":"SECRETS"}]}"#;
    let scopes = r#"{"code":4711,"message":
        "Invalid access token, does not contain scopes:[meeting:read:meeting, meeting:read:meeting:admin]. SECRETS"}"#;
    let lacks = &["lacks the scopes meeting:read:meeting, meeting:read:meeting:admin", "marketplace.zoom.us"];
    let twice = |row: Row| Row { calls: 2, exchanges: 1, ..row };
    vec![
        (
            "wrong fields",
            Row::refused(
                400,
                fields,
                &[
                    "Validation Failed.",
                    "settings.audio: Invalid field.",
                    "code 300",
                    "Fix the fields that are named",
                ],
            ),
        ),
        (
            "no such user",
            Row::refused(
                404,
                r#"{"code":1001,"message":"User does not exist: SECRETS"}"#,
                &["User does not exist", "HTTP 404, code 1001", "the list of users"],
            )
            .of("list_meetings", json!({"user_id": "nobody@example.com"})),
        ),
        (
            "no such meeting",
            Row::refused(
                404,
                r#"{"code":3001,"message":"Meeting does not exist: 1."}"#,
                &["HTTP 404, code 3001", "look it up in the list of meetings"],
            ),
        ),
        (
            "no recording",
            Row::refused(
                404,
                r#"{"code":3301,"message":"There is no recording for this meeting."}"#,
                &["code 3301", "or none yet"],
            )
            .of("get_meeting_recordings", json!({"meeting_id": "81000000001"})),
        ),
        ("no reason", Row::refused(403, "", &["it does not say why", "HTTP 403", "permissions"])),
        (
            "a refusal under 200",
            Row::refused(
                200,
                r#"{"code":200,"message":"No permission. SECRETS"}"#,
                &["No permission.", "HTTP 200, code 200", "paid plan"],
            ),
        ),
        ("missing scopes", Row::refused(400, scopes, lacks)),
        ("missing scopes under 401", Row::refused(401, scopes, lacks)),
        (
            "a scope without a name",
            Row::refused(
                400,
                r#"{"code":4711,"message":"Invalid access token. SECRETS"}"#,
                &["lacks a scope", "Add the scope"],
            ),
        ),
        (
            "a token that is not taken",
            twice(Row::refused(
                401,
                r#"{"code":124,"message":"SECRETS"}"#,
                &["does not accept the token", "zoomtok get -f"],
            )),
        ),
        (
            "a given token that is not taken",
            Row::refused(401, r#"{"code":124,"message":"SECRETS"}"#, &["does not accept the token"])
                .of("zoom_list_recordings", json!({"zoom_access_token": GIVEN_TOKEN})),
        ),
        (
            "a given token that is echoed",
            Row::refused(400, r#"{"code":300,"message":"bad: SECRETS"}"#, &["bad: "])
                .of("zoom_list_recordings", json!({"zoom_access_token": GIVEN_TOKEN})),
        ),
        ("a text that is none", Row::refused(400, "SECRETS", &["not JSON", "HTTP 400", "ZOOM_API_URL"])),
    ]
}

/// Failures that are over after a while.
fn busy() -> Vec<(&'static str, Row)> {
    let daily =
        r#"{"code":429,"message":"You have reached the maximum daily rate limit for this API. SECRETS"}"#;
    vec![
        ("busy for a second", Row::busy_once(RetryAfter::Seconds(1))),
        ("busy until an instant", Row::busy_once(RetryAfter::Date(2))),
        ("busy until a date", Row::busy_once(RetryAfter::HttpDate(2))),
        ("busy and does not say how long", Row::busy_once(RetryAfter::None)),
        (
            "busy for an hour",
            Row::api(
                Fault::Busy(RetryAfter::Seconds(3600)),
                &["the limit of calls per second is reached (HTTP 429", "Zoom asks to wait until 20"],
            ),
        ),
        ("busy for a minute", Row::api(Fault::Busy(RetryAfter::Date(60)), &["Zoom asks to wait until 20"])),
        (
            "always busy",
            Row {
                calls: 3,
                ..Row::api(Fault::Busy(RetryAfter::None), &["HTTP 429", "Try again in a few seconds"])
            },
        ),
        (
            "busy for the day",
            Row {
                calls: 3,
                ..Row::refused(429, daily, &["the daily limit of calls is reached", "from 00:00 UTC"])
            },
        ),
    ]
}

/// Answers that are not the API's, or none at all.
fn broken() -> Vec<(&'static str, Row)> {
    let carried_out = &["broke off", "It may have been carried out: check before repeating it"];
    let empty = &["answered nothing of what it was asked for", "ZOOM_API_URL"];
    let create = || json!({"topic": "t"});
    vec![
        (
            "500",
            Row::refused(
                500,
                r#"{"code":500,"message":"SECRETS"}"#,
                &["out of order", "HTTP 500", "Try again later"],
            ),
        ),
        ("502", Row::api(Fault::Html(502), &["out of order", "HTTP 502", "Try again later"])),
        ("503", Row::api(Fault::Status(503), &["out of order: Service Unavailable", "HTTP 503"])),
        ("a sign-in page", Row::api(Fault::Html(200), &["a web page", "proxy"])),
        ("a page of a proxy", Row::api(Fault::Html(407), &["a web page", "HTTP 407", "proxy"])),
        ("a page that echoes", Row::refused(200, "<html>SECRETS</html>", &["a web page"])),
        (
            "a redirect",
            Row::api(Fault::Redirect("https://zoom.invalid/SECRETS".into()), &["a redirect", "HTTP 302"]),
        ),
        ("nothing", Row::api(Fault::Empty, empty).untracked()),
        ("a list where an object belongs", Row::refused(200, r#"["SECRETS"]"#, empty).untracked()),
        (
            "nothing of a transcript",
            Row::api(Fault::Empty, empty)
                .untracked()
                .of("zoom_get_meeting_transcript", json!({"meeting_id": "81000000004"})),
        ),
        ("half an answer", Row::api(Fault::Truncated, carried_out).untracked()),
        (
            "connection closed before processing",
            Row::api(Fault::CutBefore, carried_out).untracked().of("create_meeting", create()),
        ),
        (
            "connection closed after processing",
            Row::api(Fault::CutAfter, carried_out).untracked().of("create_meeting", create()),
        ),
        ("no end", Row::api(Fault::Endless, &["did not end within 32 MiB"]).untracked()),
    ]
}

/// Answers in place of a transcript.
fn downloads() -> Vec<(&'static str, Row)> {
    let download = |fault, says| Row {
        faults: vec![(Endpoint::Api, Fault::Slow(Duration::ZERO), 1), (Endpoint::Api, fault, u32::MAX)],
        calls: 2,
        ..Row::api(Fault::Empty, says).of("zoom_get_meeting_transcript", json!({"meeting_id": "81000000004"}))
    };
    vec![
        (
            "a download that wants a sign-in",
            download(Fault::Html(200), &["a sign-in page came instead of the file"]),
        ),
        (
            "a download elsewhere",
            download(
                Fault::Redirect("https://elsewhere.example/x?SECRETS".into()),
                &["elsewhere.example is not Zoom's"],
            )
            .untracked(),
        ),
        (
            "a download that echoes",
            download(json_fault(400, r#"{"code":300,"message":"bad: SECRETS"}"#), &["bad: "]),
        ),
    ]
}

// Shorter than what looks like a secret by itself.
const GIVEN_TOKEN: &str = "canary-access";
const GIVEN_REFRESH: &str = "canary-refresh";
const GIVEN_SECRET: &str = "canary-secret";

/// Puts what must not be shown where a fault has a place for it.
fn with_secrets(fault: Fault, secrets: &str) -> Fault {
    match fault {
        Fault::Json { status, body } => Fault::Json { status, body: body.replace("SECRETS", secrets) },
        Fault::Redirect(location) => Fault::Redirect(location.replace("SECRETS", &secrets.replace(' ', "&"))),
        other => other,
    }
}

/// All rows.
fn rows() -> Vec<(&'static str, Row)> {
    [refused(), busy(), broken(), downloads(), without_a_token()].concat()
}

/// For the page about them: the name of each row, how often the API is called and a token asked for, and parts of the
/// message for the agent.
pub(crate) fn messages() -> Vec<(&'static str, [usize; 2], &'static [&'static str])> {
    let message = |(name, row): (_, Row)| (name, [row.calls, row.exchanges], row.says.unwrap_or_default());
    rows().into_iter().map(message).collect()
}

#[test]
fn each_failure_is_reported_with_advice_and_without_a_secret() {
    each(&rows(), |row| {
        let sandbox = sandbox();
        let home = Home::of_user(&sandbox, &format!("ZOOM_ACCESS_TOKEN={}\n", sandbox.mint(3000)));
        let mut secrets: Vec<String> =
            [CLIENT_SECRET, GIVEN_TOKEN, GIVEN_REFRESH, GIVEN_SECRET].map(Into::into).into();
        let kept = ["ZOOM_ACCESS_TOKEN", "ZOOM_REFRESH_TOKEN"];
        secrets.extend(kept.iter().filter_map(|name| home.value(name)));
        if row.is_revoked {
            sandbox.revoke_all();
        }
        let echoed: Vec<&str> =
            secrets.iter().map(String::as_str).filter(|secret| is_echoed(row, secret)).collect();
        for (endpoint, fault, times) in &row.faults {
            sandbox.fail(*endpoint, with_secrets(fault.clone(), &echoed.join(" ")), *times);
        }
        let mut session = Session::start(&home, &[]);
        let answer = session.call(row.tool, row.arguments.clone());
        match row.says {
            Some(says) => {
                let answer = answer.fails(says);
                let is_tracked = answer.text.contains("tracking id v=2.0;clid=sandbox;rid=WEB_");
                assert_eq!(is_tracked, row.is_tracked, "{}", answer.text);
                assert!(answer.text.ends_with('.') || answer.text.starts_with('{'), "{}", answer.text);
            }
            None => drop(answer.ok()),
        }
        let calls = sandbox.requests().len() - sandbox.token_requests().len();
        assert_eq!((calls, sandbox.token_requests().len()), (row.calls, row.exchanges));

        sandbox.heal(Endpoint::Api);
        sandbox.heal(Endpoint::Token);
        // The server continues.
        session.call("zoom_list_recordings", json!({"zoom_access_token": sandbox.mint(60)})).ok();
        session.call("zoom_token_status", json!({})).ok();
        let said = session.close();
        secrets.extend(kept.iter().filter_map(|name| home.value(name)));
        for secret in &secrets {
            assert!(!said.contains(secret.as_str()), "{secret} is in {said}");
        }
        assert!(!said.contains("panicked"), "{said}");
        // Nor was one written anywhere but to the `.env`.
        for path in tree(&home.state()).iter().filter(|path| path.is_file()) {
            let text = fs::read_to_string(path).unwrap();
            assert!(secrets.iter().all(|secret| !text.contains(secret.as_str())), "{}", path.display());
        }
    });
}

/// Zoom echoes what it was sent, and of the others it may echo what is known by its looks.
fn is_echoed(row: &Row, secret: &str) -> bool {
    !secret.starts_with("canary") || row.arguments.as_object().unwrap().values().any(|value| value == secret)
}
