//! Answers from the API, one by one.

use chrono::{DateTime, Utc};
use serde_json::json;

use super::*;

const CANARY: &str = "eyJhbGciOiJIUzUxMiJ9.eyJjYW5hcnkiOiJ0b2tlbiJ9.Y2FuYXJ5LWNhbmFyeQ";
const SECRET: &str = "canaryClientSecretMadeUp00000000";
const TRACKED: &str = "WEB_0123";

fn now() -> DateTime<Utc> {
    "2026-03-04T12:00:00Z".parse().unwrap()
}

fn answer(status: u16, body: &str) -> Answer {
    Answer {
        status,
        body: body.to_owned().into_bytes().into(),
        tracking_id: Some(TRACKED.into()),
        ..Answer::default()
    }
}

fn token() -> Token {
    Token::new(CANARY).unwrap()
}

fn times() -> Times {
    Times { asked: now(), answered: now() }
}

fn read(answer: &Answer) -> Result<Value, ApiFailure> {
    Reading { answer, token: &token(), times: times(), budget: &Budget::new(1 << 20) }.value()
}

fn transcript(answer: &Answer) -> Result<String, ApiFailure> {
    let reading = Reading { answer, token: &token(), times: times(), budget: &Budget::new(1 << 20) };
    reading.is_transcript().map(|()| String::from_utf8_lossy(answer.content()).into_owned())
}

fn value(status: u16, body: &str) -> Result<Value, ApiFailure> {
    read(&answer(status, body))
}

fn failure(status: u16, body: &str) -> ApiFailure {
    value(status, body).unwrap_err()
}

fn refused(status: u16, code: Option<i64>, message: &str, fields: &[&str]) -> ApiFailure {
    let fields = fields.iter().map(ToString::to_string).collect();
    ApiFailure::Refused { status, code, message: message.into(), fields, tracking_id: Some(TRACKED.into()) }
}

#[test]
fn a_success_returns_its_json_or_null() {
    for (status, body, expected) in [
        (200, r#"{"id":1}"#, json!({"id": 1})),
        (201, "\u{feff}{\"id\":1}\n", json!({"id": 1})),
        (204, "", Value::Null),
        (200, " \r\n", Value::Null),
        (200, "[]", json!([])),
        (200, r#"{"code":0,"message":"success"}"#, json!({"code": 0, "message": "success"})),
        (200, r#"{"code":"0","error_message":""}"#, json!({"code": "0", "error_message": ""})),
        // A code that is a field of the object itself.
        (200, r#"{"code":7}"#, json!({"code": 7})),
        (200, r#"{"code":"DE","message":"a country"}"#, json!({"code": "DE", "message": "a country"})),
    ] {
        assert_eq!(value(status, body), Ok(expected), "{status} {body}");
    }
}

#[test]
fn a_refusal_is_reported_with_zooms_code_and_message() {
    for (status, body, expected) in [
        (
            404,
            r#"{"code":3001,"message":"Meeting does not exist: 1."}"#,
            refused(404, Some(3001), "Meeting does not exist: 1.", &[]),
        ),
        (404, r#"{"code":"1001","error_message":"none"}"#, refused(404, Some(1001), "none", &[])),
        (400, r#"{"errorCode":300,"errorMessage":"bad"}"#, refused(400, Some(300), "bad", &[])),
        (200, r#"{"code":200,"message":"No permission."}"#, refused(200, Some(200), "No permission.", &[])),
        (200, r#"{"code":"3301","message":"none"}"#, refused(200, Some(3301), "none", &[])),
        (
            400,
            r#"{"code":300,"message":"Validation Failed.","errors":[{"field":"a","message":"b"},{"field":"c"},{"message":"d"},{},7]}"#,
            refused(400, Some(300), "Validation Failed.", &["a: b", "c", "d"]),
        ),
        (409, r#"{"message":7}"#, refused(409, None, "", &[])),
        (400, "[]", refused(400, None, "", &[])),
        (404, "", refused(404, None, "", &[])),
    ] {
        assert_eq!(failure(status, body), expected, "{status} {body}");
    }
    let many = format!(r#"{{"code":300,"errors":[{}]}}"#, vec![r#"{"field":"a"}"#; 100].join(","));
    assert!(matches!(failure(400, &many), ApiFailure::Refused { fields, .. } if fields.len() == MOST_FIELDS));
}

#[test]
fn only_an_answer_about_the_token_means_that_it_is_not_accepted() {
    for (status, body) in [
        (401, r#"{"code":124,"message":"Invalid access token."}"#),
        (401, r#"{"code":124,"message":"Access token is expired."}"#),
        (400, r#"{"code":"124","message":"Token is invalid"}"#),
        (200, r#"{"code":124,"message":"Invalid access token."}"#),
        (401, r#"{"code":201,"message":"Access token is expired."}"#),
        (401, "{}"),
        (401, ""),
        (401, "<html>"),
    ] {
        assert_eq!(
            failure(status, body),
            ApiFailure::Token { tracking_id: Some(TRACKED.into()) },
            "{status} {body}"
        );
    }
}

#[test]
fn missing_scopes_are_reported_by_name() {
    let long = format!("a, {}, b", "x:".repeat(101));
    for (status, code, list, expected) in [
        (401, "4711", "[a:b:c, d].", vec!["a:b:c", "d"]),
        (400, "4711", "[a]", vec!["a"]),
        (401, "4700", "", vec![]),
        (401, "\"4711\"", "[]", vec![]),
        (200, "4711", "[a", vec!["a"]),
        (401, "124", "[a,b]", vec!["a", "b"]),
        (400, "300", "[a]", vec!["a"]),
        (401, "4711", &format!("[{long}]"), vec!["a", "b"]),
        (401, "4711", &format!("[a, {CANARY}]"), vec!["a", "****"]),
    ] {
        let body =
            format!(r#"{{"code":{code},"message":"Invalid access token, does not contain scopes:{list}"}}"#);
        let missing = expected.iter().map(ToString::to_string).collect();
        assert_eq!(
            failure(status, &body),
            ApiFailure::Scopes { missing, tracking_id: Some(TRACKED.into()) },
            "{body}"
        );
    }
    assert!(
        matches!(failure(401, r#"{"code":4700,"message":""}"#), ApiFailure::Scopes { missing, .. } if missing.is_empty())
    );
}

#[test]
fn a_wait_is_read_in_three_forms_and_bounded_by_a_day() {
    let hour = 3600;
    for (text, seconds) in [
        (Some("7"), Some(7)),
        (Some("2026-03-04T12:00:30Z"), Some(30)),
        (Some("Wed, 04 Mar 2026 13:00:00 GMT"), Some(hour)),
        (Some("2026-03-05T00:00:00Z"), Some(12 * hour)),
        (Some("2020-05-31T00:00:00Z"), Some(0)),
        (Some("2030-01-01T00:00:00Z"), Some(24 * hour)),
        (Some("18446744073709551615"), Some(24 * hour)),
        (Some("soon"), None),
        (None, None),
    ] {
        let answer = Answer { retry_after: text.map(str::to_owned), ..answer(429, "") };
        let ApiFailure::Busy { wait, until, .. } = read(&answer).unwrap_err() else { panic!("{text:?}") };
        assert_eq!(wait, seconds.map(Duration::from_secs), "{text:?}");
        assert_eq!(until, wait.map(|wait| now() + wait), "{text:?}");
    }
    // Zoom's clock is two hours ahead.
    let ahead = Answer {
        retry_after: Some("2026-03-04T14:00:30Z".into()),
        date: Some("Wed, 04 Mar 2026 14:00:00 GMT".into()),
        ..answer(429, "")
    };
    let failure = read(&ahead).unwrap_err();
    assert!(matches!(failure, ApiFailure::Busy { wait: Some(wait), .. } if wait == Duration::from_secs(30)));
}

#[test]
fn the_limit_is_recognised_by_header_and_message() {
    let second = "You have reached the maximum per-second rate limit for this API. Try again later.";
    let daily = "You have reached the maximum daily rate limit for this API.";
    let user = "You have exceeded the daily rate limit (100) of Meeting Create/Update API requests permitted for this user.";
    for (status, kind, message, expected) in [
        (429, Some("QPS"), second, Limit::PerSecond),
        (429, None, second, Limit::PerSecond),
        (429, Some("qps"), "", Limit::PerSecond),
        (429, Some("Daily-limit"), daily, Limit::Daily),
        (429, None, daily, Limit::Daily),
        (429, None, user, Limit::PerUserDaily),
        (429, Some("Daily-limit"), user, Limit::PerUserDaily),
        (429, None, "", Limit::Unknown),
        (429, Some("other"), "slow down", Limit::Unknown),
        (200, None, second, Limit::PerSecond),
    ] {
        let body = json!({"code": 429, "message": message}).to_string();
        let answer = Answer { limit: kind.map(str::to_owned), ..answer(status, &body) };
        let failure = read(&answer).unwrap_err();
        assert!(matches!(failure, ApiFailure::Busy { what, .. } if what == expected), "{kind:?} {message}");
    }
    assert!(matches!(failure(429, "<html>"), ApiFailure::Busy { what: Limit::Unknown, .. }));
}

#[test]
fn answers_that_are_not_the_apis_are_described() {
    for (status, body, said) in [
        (200, "<html>Sign in</html>", "a web page"),
        (200, "{\"id\":", "not JSON"),
        (403, " <!DOCTYPE html>", "a web page"),
        (404, "not found", "not JSON"),
        (302, "", "redirect"),
        (304, "", "redirect"),
        (408, "{}", "out of order"),
        (500, r#"{"code":500,"message":"Oh dear"}"#, "out of order: Oh dear"),
        (502, "<html>", "out of order"),
        (503, "", "out of order"),
    ] {
        let failure = failure(status, body);
        assert!(
            matches!(&failure, ApiFailure::Broken { status: seen, what, .. } if *seen == status && what.contains(said)),
            "{status} {body}: {failure}"
        );
    }
    let page = Answer { content_type: Some("Text/HTML; charset=utf-8".into()), ..answer(200, "Sign in") };
    let failure = read(&page).unwrap_err();
    assert!(failure.to_string().contains("a web page"), "{failure}");
}

#[test]
fn only_a_transcript_is_accepted_as_one() {
    let fetched = |content_type: &str, body: &[u8]| {
        let answer =
            Answer { content_type: Some(content_type.into()), body: body.to_vec().into(), ..answer(200, "") };
        transcript(&answer)
    };
    assert_eq!(fetched("text/vtt", b"WEBVTT\n\n1").unwrap(), "WEBVTT\n\n1");
    assert_eq!(fetched("", b"\xef\xbb\xbfWEBVTT").unwrap(), "WEBVTT");
    assert_eq!(fetched("binary/octet-stream", b"WEBVTT \xff").unwrap(), "WEBVTT \u{fffd}");
    for (content_type, body, said) in [
        ("text/html;charset=UTF-8", &b"WEBVTT"[..], "sign-in page"),
        ("text/vtt", b"\n <html>", "sign-in page"),
        ("text/vtt", b"1\n00:00", "does not begin with WEBVTT"),
        ("", b"", "does not begin with WEBVTT"),
        ("application/json", br#"{"id":1}"#, "does not begin with WEBVTT"),
        ("application/json", br#"{"code":124,"message":"no"}"#, "does not accept the token"),
        ("application/json", br#"{"status":false,"errorCode":3301,"errorMessage":"none"}"#, "code 3301"),
    ] {
        let failure = fetched(content_type, body).unwrap_err();
        assert!(failure.to_string().contains(said), "{failure}");
    }
    for (status, body, said) in
        [(401, "<html>", "the token"), (404, "<html>", "a web page"), (500, "", "out of order")]
    {
        let failure = transcript(&answer(status, body)).unwrap_err();
        assert!(failure.to_string().contains(said), "{failure}");
    }
}

#[test]
fn every_failure_names_its_tracking_id_and_none_shows_a_secret() {
    for status in [200, 302, 400, 401, 403, 404, 409, 429, 500, 503] {
        for code in ["7", "124", "300", "429", "4700", "4711", "\"x\""] {
            for text in
                [format!("[{CANARY}] {SECRET}"), format!("does not contain scopes:[{CANARY},{SECRET}]")]
            {
                let body = format!(
                    r#"{{"code":{code},"message":"{text}","errors":[{{"field":"{text}","message":"{text}"}}]}}"#
                );
                let Err(failure) = value(status, &body) else { continue };
                let shown = format!("{failure} {failure:?} {:?}", failure.hint());
                assert!(!shown.contains(CANARY) && !shown.contains(SECRET), "{shown}");
                assert!(failure.to_string().contains(TRACKED), "{failure}");
                assert_eq!(failure.tracking_id(), Some(TRACKED));
                assert!(failure.reached());
            }
        }
    }
}

#[test]
fn the_hint_depends_on_the_code() {
    for (status, code, said) in [
        (404, 1001, "explicit user id or e-mail"),
        (404, 1010, "explicit user id or e-mail"),
        (400, 300, "Fix the fields that are named"),
        (404, 3001, "list of meetings"),
        (404, 3301, "none yet"),
        (200, 200, "paid plan"),
        (400, 3161, "licence"),
        (400, 12702, "a year"),
        (401, 124, "explicit user id or e-mail"),
        (400, 4700, "explicit user id or e-mail"),
        (429, 429, "a few seconds"),
        (403, 9, "permissions"),
        (404, 9, "id is right"),
        (503, 503, "later"),
    ] {
        let hint = failure(status, &format!(r#"{{"code":{code},"message":"m"}}"#)).hint().unwrap();
        assert!(hint.contains(said), "{code}: {hint}");
        assert!(!hint.ends_with('.'), "{hint}");
    }
    assert_eq!(failure(409, r#"{"code":9,"message":"m"}"#).hint(), None);
}
