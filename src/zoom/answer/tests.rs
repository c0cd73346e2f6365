//! Answers from the token endpoint, one by one.

use super::*;
use crate::error::Diagnostic as _;
use crate::zoom::Credentials;
use crate::zoom::http::bearer;

fn account() -> Grant {
    Grant::AccountCredentials { account_id: "account".into() }
}

fn refresh() -> Grant {
    Grant::RefreshToken(Token::new("refresh").unwrap())
}

fn code() -> Grant {
    let secret = || "secret".to_owned().into();
    let redirect_uri = "http://127.0.0.1:7/callback".into();
    Grant::AuthorizationCode { code: secret(), redirect_uri, verifier: secret() }
}

fn device() -> Grant {
    Grant::DeviceCode("secret".to_owned().into())
}

fn times() -> Times {
    let asked = "2026-03-04T12:00:00Z".parse().unwrap();
    Times { asked, answered: asked + TimeDelta::seconds(1) }
}

#[allow(clippy::result_large_err, reason = "there is one in an exchange, which takes a network")]
fn read(grant: &Grant, status: u16, body: &str) -> Result<Granted, ExchangeFailure> {
    Answer { status, body: body.to_owned().into_bytes().into(), ..Answer::default() }.read(grant, times())
}

fn life(body: &str) -> i64 {
    (read(&account(), 200, body).unwrap().expires_at - times().asked).num_seconds()
}

#[test]
fn a_verdict_says_what_was_refused() {
    for (grant, status, body, refusal) in [
        (
            account(),
            400,
            r#"{"reason":"Invalid client_id or client_secret","error":"invalid_client"}"#,
            Refusal::Client,
        ),
        (account(), 400, r#"{"reason":"Bad Request","error":"invalid_request"}"#, Refusal::Account),
        (
            account(),
            400,
            r#"{"reason":"unsupported grant type","error":"unsupported_grant_type"}"#,
            Refusal::GrantType,
        ),
        (refresh(), 400, r#"{"reason":"Invalid Token!","error":"invalid_grant"}"#, Refusal::RefreshToken),
        (refresh(), 400, r#"{"error":"invalid_grant"}"#, Refusal::RefreshToken),
        (account(), 401, r#"{"error":"unauthorized_client"}"#, Refusal::Unauthorized),
        (account(), 200, r#"{"error":"invalid_client"}"#, Refusal::Client),
        (
            account(),
            400,
            r#"{"status":false,"errorCode":4702,"errorMessage":"Invalid client_id: X","result":null}"#,
            Refusal::Client,
        ),
        (refresh(), 400, r#"{"code":4741,"message":"superseded"}"#, Refusal::RefreshToken),
        (account(), 403, r#"{"code":4717,"message":"disabled"}"#, Refusal::AppDisabled),
        (
            refresh(),
            400,
            r#"{"reason":"no","error":"invalid_request"}"#,
            Refusal::Other("invalid_request".into()),
        ),
        (code(), 400, r#"{"reason":"Invalid authorization code","error":"invalid_grant"}"#, Refusal::Code),
        (code(), 400, r#"{"errorCode":4733,"errorMessage":"expired"}"#, Refusal::Code),
        (code(), 400, r#"{"errorCode":4734,"errorMessage":"invalid"}"#, Refusal::Code),
        (code(), 400, r#"{"errorCode":4709,"errorMessage":"mismatch"}"#, Refusal::RedirectUri),
        (code(), 400, r#"{"error":"invalid_client"}"#, Refusal::Client),
        (code(), 400, r#"{"error":"invalid_request"}"#, Refusal::Other("invalid_request".into())),
        (device(), 400, r#"{"error":"authorization_pending"}"#, Refusal::Pending { slow_down: false }),
        (device(), 400, r#"{"error":"slow_down"}"#, Refusal::Pending { slow_down: true }),
        (device(), 400, r#"{"error":"expired_token"}"#, Refusal::DeviceCode),
        (device(), 400, r#"{"error":"invalid_grant"}"#, Refusal::DeviceCode),
        (device(), 400, r#"{"error":"access_denied"}"#, Refusal::Denied),
        (device(), 401, r#"{"error":"unauthorized_client"}"#, Refusal::Unauthorized),
        // The code means this for no other grant.
        (
            refresh(),
            400,
            r#"{"errorCode":4734,"errorMessage":"invalid"}"#,
            Refusal::Other("code 4734".into()),
        ),
        (account(), 400, r#"{"error":"access_denied"}"#, Refusal::Unauthorized),
    ] {
        let failure = read(&grant, status, body).unwrap_err();
        assert!(failure.again.is_none(), "{body}");
        match failure.error {
            Error::Refused { refusal: seen, status: reported, .. } => {
                assert_eq!((seen, reported), (refusal, status), "{body}");
            }
            other => panic!("{body}: {other}"),
        }
    }
}

#[test]
fn every_other_failure_is_transient() {
    for (status, body) in [
        (200, "<html>Sign in</html>"),
        (200, ""),
        (200, "{}"),
        (200, r#"{"access_token":""}"#),
        (200, r#"{"access_token":7}"#),
        (200, "[]"),
        (200, r#"{"access_token":"abc"#),
        (302, ""),
        (400, "<html>"),
        (403, "<html>"),
        (404, "<html>"),
        (408, "{}"),
        (418, r#"{"error":"teapot"}"#),
        (429, r#"{"error":"invalid_client"}"#),
        (500, r#"{"error":"invalid_client"}"#),
        (502, "<html>"),
        (503, ""),
        (504, ""),
        (400, r#"{"code":4732}"#),
        (400, r#"{"errorCode":4700,"errorMessage":""}"#),
    ] {
        for grant in [account(), refresh()] {
            let failure = read(&grant, status, body).unwrap_err();
            assert!(matches!(failure.error, Error::Transient { .. }), "{status} {body}: {}", failure.error);
        }
    }
}

#[test]
fn echoed_text_is_not_repeated() {
    for body in [
        r#"{"reason":"Invalid authorization code CANARY","error":"invalid_grant"}"#,
        r#"{"errorCode":4702,"errorMessage":"Invalid client_id: CANARY"}"#,
        r#"{"error":"CANARY"}"#,
        r#"{"error_description":"CANARY","error":"invalid_request"}"#,
    ] {
        let failure = read(&refresh(), 400, body).unwrap_err();
        let shown = format!("{} {:?} {failure:?}", failure.error, failure.error.hint());
        assert!(!shown.contains("CANARY"), "{shown}");
    }
}

#[test]
fn a_lifetime_is_read_in_every_form() {
    for (expires_in, life_) in [
        ("3599", 3599),
        ("\"3599\"", 3599),
        ("3599.0", 3599),
        ("0", 3600),
        ("-5", 3600),
        ("null", 3600),
        ("\"soon\"", 3600),
        ("1e300", LONGEST_LIFE),
        ("99999999999999999999", LONGEST_LIFE),
    ] {
        let body =
            format!(r#"{{"access_token":"opaque","token_type":"BEARER","x":[1],"expires_in":{expires_in}}}"#);
        assert_eq!(life(&body), life_, "{expires_in}");
    }
    assert_eq!(life(r#"{"access_token":"opaque"}"#), 3600);
    assert_eq!(life("\u{feff}{\"access_token\":\"opaque\"}"), 3600);
}

#[test]
fn an_unsafe_token_is_rejected() {
    for token in ["a\\nb", "a\\\"b", "$(id)", "a b", "`id`"] {
        for body in [
            format!(r#"{{"access_token":"{token}"}}"#),
            format!(r#"{{"access_token":"{token}","refresh_token":"{token}"}}"#),
        ] {
            let failure = read(&account(), 200, &body).unwrap_err();
            assert!(matches!(failure.error, Error::UnsafeToken { .. }) && failure.again.is_none(), "{body}");
            assert_eq!(failure.refresh_token, None);
        }
    }
}

#[test]
fn a_usable_token_beside_an_unsafe_one_is_kept() {
    for token in ["\"$(id)\"", "\"\"", "null"] {
        let body = format!(r#"{{"access_token":{token},"refresh_token":"next"}}"#);
        let failure = read(&refresh(), 200, &body).unwrap_err();
        assert!(failure.again.is_none() && failure.error.hint().unwrap().contains("is kept"), "{body}");
        assert_eq!(failure.refresh_token.unwrap().expose(), "next", "{body}");
    }
    let granted = read(&refresh(), 200, r#"{"access_token":"fine","refresh_token":"$(id)"}"#).unwrap();
    assert_eq!((granted.token.expose(), granted.refresh_token), ("fine", None));
    assert!(granted.refused_refresh.is_some());
}

#[test]
fn a_retry_after_is_read_in_three_forms_and_bounded() {
    for (text, seconds) in [
        ("7", Some(7)),
        (" 7 ", Some(7)),
        ("2026-03-04T12:00:31Z", Some(30)),
        ("Wed, 04 Mar 2026 12:00:31 GMT", Some(30)),
        ("2020-05-31T00:00:00Z", Some(0)),
        ("86400", Some(300)),
        ("18446744073709551615", Some(300)),
        ("2026-03-05T00:00:00Z", Some(300)),
        ("soon", None),
        ("-3", None),
        ("", None),
    ] {
        let answer = Answer { retry_after: Some(text.into()), ..Answer::default() };
        assert_eq!(answer.wait(times(), LONGEST_WAIT), seconds.map(Duration::from_secs), "{text}");
    }
    assert_eq!(wait("2026-03-04T14:00:31Z", times().answered, 7200), Some(Duration::from_secs(30)));
}

#[test]
fn only_valid_names_of_scopes_are_read() {
    let granted = |scope: &str| {
        let body = format!(r#"{{"access_token":"opaque","scope":{scope}}}"#);
        read(&account(), 200, &body).unwrap().scopes
    };
    let (fits, long) = ("a".repeat(LONGEST_SCOPE), "a".repeat(LONGEST_SCOPE + 1));
    for (scope, expected) in [
        (r#""user:read:user:admin  meeting:read""#, vec!["user:read:user:admin", "meeting:read"]),
        (r#""""#, vec![]),
        ("null", vec![]),
        (r#"["a"]"#, vec![]),
        (r#""a \u001b[2J \u00e9 b""#, vec!["a", "b"]),
        (&format!("\"{fits} {long}\""), vec![fits.as_str()]),
    ] {
        assert_eq!(granted(scope), expected, "{scope}");
    }
    assert!(read(&account(), 200, r#"{"access_token":"opaque"}"#).unwrap().scopes.is_empty());
    assert_eq!(granted(&format!("\"{}\"", "a ".repeat(MOST_SCOPES + 1))).len(), MOST_SCOPES);
}

#[test]
fn clock_skew_is_measured_and_compensated() {
    for (date, ahead) in [
        ("Wed, 04 Mar 2026 12:00:00 GMT", 0),
        ("Wed, 04 Mar 2026 12:01:00 GMT", 0),
        ("Wed, 04 Mar 2026 12:10:01 GMT", 600),
        ("Wed, 04 Mar 2026 10:00:00 GMT", -7200),
        ("never", 0),
    ] {
        let answer = Answer {
            status: 200,
            date: Some(date.into()),
            body: br#"{"access_token":"opaque","expires_in":3600}"#.to_vec().into(),
            ..Answer::default()
        };
        let granted = answer.read(&account(), times()).unwrap();
        assert_eq!(granted.ahead, ahead, "{date}");
        assert_eq!(granted.expires_at, times().asked + TimeDelta::seconds(3600), "{date}");
    }
}

#[test]
fn no_format_shows_the_secrets_of_a_request_or_an_answer() {
    let canary = "canary-canary-canary";
    let token = || Token::new(canary).unwrap();
    let body = format!(r#"{{"access_token":"{canary}","refresh_token":"{canary}"}}"#);
    let answer = Answer {
        status: 200,
        location: Some(format!("https://zoom.us/?access_token={canary}")),
        body: body.into_bytes().into(),
        ..Answer::default()
    };
    let granted = answer.read(&refresh(), times()).unwrap();
    let credentials = Credentials {
        client_id: "client".into(),
        client_secret: Some(secrecy::SecretString::from(canary)),
        grant: Grant::RefreshToken(token()),
    };
    let shown = format!("{answer:?} {granted:?} {credentials:?} {:?}", bearer(&token()));
    assert!(shown.contains("200") && shown.contains("cana...nary"), "{shown}");
    // Bytes are formatted as numbers.
    assert!(!shown.contains(canary) && !shown.contains("99, 97, 110"), "{shown}");
}
