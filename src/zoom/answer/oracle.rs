//! Properties of every answer from the token endpoint.

#![expect(clippy::panic, reason = "a property that fails ends a test")]

use super::*;
use crate::error::Diagnostic as _;

/// Stands for echoed secrets in the answers.
const CANARY: &str = "CANARY";

/// Takes an HTTP answer, from the number of its status on.
///
/// # Panics
///
/// A refusal is not Zoom's, a token is not safe to write, a wait is too long, or a failure repeats `CANARY`.
pub fn token_answer(data: &[u8]) {
    let answer = answer(data);
    let refresh = Token::new("refresh").map(Grant::RefreshToken);
    let secret = || "secret".to_owned().into();
    let code = Grant::AuthorizationCode { code: secret(), redirect_uri: String::new(), verifier: secret() };
    let account = Grant::AccountCredentials { account_id: "account".into() };
    for grant in [account, code, Grant::DeviceCode(secret())].into_iter().chain(refresh) {
        match answer.read(&grant, times()) {
            Ok(granted) => assert_usable(&answer, &granted),
            Err(failure) => assert_justified(&answer, &failure),
        }
    }
}

/// Reads an answer: its status, a line for each header, an empty line, the body.
pub(in crate::zoom) fn answer(data: &[u8]) -> Answer {
    let end = data.windows(2).position(|bytes| bytes == b"\n\n");
    let (head, body) = end.map_or((data, &[][..]), |end| (&data[..end], &data[end + 2..]));
    let head = String::from_utf8_lossy(head);
    let (status, headers) = head.split_once('\n').unwrap_or((&head, ""));
    let header = |name: &str| {
        let mut headers = headers.lines().filter_map(|line| line.split_once(':'));
        headers.find(|header| header.0 == name).map(|header| header.1.trim().to_owned())
    };
    Answer {
        status: status.parse().ok().filter(|status| (200..1000).contains(status)).unwrap_or(200),
        retry_after: header("Retry-After"),
        date: header("Date"),
        content_type: header("Content-Type"),
        location: header("Location"),
        limit: header("X-RateLimit-Type"),
        tracking_id: Some("WEB_0123".into()),
        body: body.to_vec().into(),
    }
}

/// A request at noon, answered a second later.
pub(in crate::zoom) fn times() -> Times {
    let noon = DateTime::<Utc>::UNIX_EPOCH + TimeDelta::days(20_516) + TimeDelta::hours(12);
    Times { asked: noon, answered: noon + TimeDelta::seconds(1) }
}

fn assert_usable(answer: &Answer, granted: &Granted) {
    assert!(answer.status < 300, "granted with {}", answer.status);
    for token in [Some(&granted.token), granted.refresh_token.as_ref()].into_iter().flatten() {
        let token = token.expose();
        assert!(token.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._~+/=-".contains(&byte)));
        assert!((1..=16 * 1024).contains(&token.len()));
    }
    if Claims::read(granted.token.expose()).is_ok_and(|claims| claims.expires_at.is_none()) {
        let life = (granted.expires_at - times().asked).num_seconds();
        assert!((1..=LONGEST_LIFE).contains(&life), "{life}");
    }
    assert!(granted.ahead == 0 || granted.ahead.abs() > CLOCK_TOLERANCE);
    assert!(granted.scopes.len() <= MOST_SCOPES);
    for scope in &granted.scopes {
        assert!(scope.len() <= LONGEST_SCOPE && scope.bytes().all(|byte| byte.is_ascii_graphic()));
    }
}

fn assert_justified(answer: &Answer, failure: &ExchangeFailure) {
    let shown = format!("{failure:?} {} {:?}", failure.error, failure.error.hint());
    assert!(!shown.contains(CANARY), "{shown}");
    match &failure.error {
        Error::Refused { status, .. } => {
            assert_eq!(*status, answer.status);
            assert!(is_verdict(answer) && failure.again.is_none(), "{failure:?}");
        }
        Error::UnsafeToken { .. } => assert!(answer.status < 300 && failure.again.is_none(), "{failure:?}"),
        Error::Transient { not_before, reached, .. } => {
            assert!(reached);
            assert!(not_before.is_none_or(|time| time <= times().answered + LONGEST_WAIT), "{failure:?}");
        }
        _ => panic!("{failure:?}"),
    }
    assert!(!matches!(failure.again, Some(Again::After(wait)) if wait > LONGEST_WAIT), "{failure:?}");
}

/// Whether the answer is JSON with an error by name or number, and a status that does not contradict it.
fn is_verdict(answer: &Answer) -> bool {
    let json = serde_json::from_slice::<Value>(answer.content()).unwrap_or_default();
    let named = json.get("error").is_some_and(Value::is_string);
    let number = ["errorCode", "code"].iter().find_map(|name| json.get(name)?.as_i64());
    let may_be = matches!(answer.status, 200..300 | 400..500) && ![408, 429].contains(&answer.status);
    may_be && (named || number.is_some_and(|number| (4700..4800).contains(&number)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use proptest::sample::select;

    use super::*;

    /// JSON with the fields of the token endpoint.
    fn body() -> impl Strategy<Value = String> {
        let name = select(vec![
            "access_token",
            "refresh_token",
            "expires_in",
            "scope",
            "error",
            "reason",
            "errorCode",
            "code",
            "errorMessage",
            "message",
        ]);
        let value = prop_oneof![
            select(vec!["invalid_client", "invalid_grant", "server_error", "opaque", "$(CANARY)", "CANARY"])
                .prop_map(|word| format!("\"{word}\"")),
            (4695..4745_i32).prop_map(|code| code.to_string()),
            any::<f64>().prop_map(|number| number.to_string()),
            Just("null".to_owned()),
        ];
        proptest::collection::vec((name, value), 0..4).prop_map(|fields| {
            let fields: Vec<_> = fields.iter().map(|(name, value)| format!("\"{name}\":{value}")).collect();
            format!("{{{}}}", fields.join(","))
        })
    }

    proptest! {
        #[test]
        fn only_a_verdict_is_final_and_only_a_safe_token_is_granted(
            status in 200..600_u16, header in "(Retry-After|Date): [0-9]{0,20}", body in prop_oneof![body(), any::<String>()],
        ) {
            for status in [status, 200, 400, 429, 503] {
                token_answer(format!("{status}\n{header}\n\n{body}").as_bytes());
            }
        }
    }
}
