//! Properties of every token, and of every text in the place of one.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use serde_json::Value;

use super::{Claims, Found, LONGEST_LIFE, TokenState};

/// Takes three lines, each a whole number or empty: the time, the recorded expiry, and the seconds by which Zoom's
/// clock is ahead. The rest is the token or, if it starts with a brace, the payload of a JWT.
///
/// # Panics
///
/// A token lasts longer than it says or was recorded to, or is shown.
pub fn jwt(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let mut parts = text.splitn(4, '\n');
    let mut number = || parts.next().and_then(|part| part.parse::<i64>().ok());
    let time = |seconds| DateTime::from_timestamp(seconds, 0);
    let (now, recorded, ahead) = (number().and_then(time), number().and_then(time), number().unwrap_or(0));
    let (Some(now), Some(text)) = (now, parts.next()) else { return };
    if text.starts_with('{') {
        let token = format!("eyJhbGciOiJIUzUxMiJ9.{}.c2ln", URL_SAFE_NO_PAD.encode(text));
        assert_claims_match(&token, text);
        assert_lasts_no_longer(&token, recorded, now, ahead);
    } else {
        assert_lasts_no_longer(text, recorded, now, ahead);
    }
}

/// Times in whole seconds are read exactly.
fn assert_claims_match(token: &str, payload: &str) {
    let Ok(payload) = serde_json::from_str::<Value>(payload) else {
        assert!(Claims::read(token).is_err());
        return;
    };
    let time = |name: &str| DateTime::from_timestamp(payload.get(name)?.as_i64()?, 0);
    if let Ok(claims) = Claims::read(token) {
        assert!(time("exp").is_none_or(|exp| claims.expires_at == Some(exp)));
        assert!(time("iat").is_none_or(|iat| claims.issued_at == Some(iat)));
    } else {
        assert!(payload.get("exp").is_some() && time("exp").is_none());
    }
}

fn assert_lasts_no_longer(text: &str, recorded: Option<DateTime<Utc>>, now: DateTime<Utc>, ahead: i64) {
    let state = TokenState::of(Some(&Found { text, recorded }), now, || ahead);
    assert!(text.len() < 20 || !format!("{state:?}").contains(text), "it is shown");
    let TokenState::Dated { token, claims, expires_at, left } = &state else {
        assert!(!state.lasts(0) && state.token().is_none());
        assert_eq!(state == TokenState::Missing, text.is_empty());
        return;
    };
    assert_eq!(token.expose(), text);
    assert!(text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._~+/=-".contains(&byte)));
    assert!(*left <= (*expires_at - now).num_seconds());
    match (claims.expires_at, recorded) {
        (Some(exp), Some(recorded)) => assert!(*expires_at <= exp.max(recorded)),
        (Some(exp), None) => assert_eq!(*expires_at, exp),
        (None, recorded) => assert!(Some(*expires_at) == recorded && *left <= LONGEST_LIFE),
    }
    if let (Some(iat), Some(exp)) = (claims.issued_at, claims.expires_at)
        && iat < exp
    {
        assert!(*left <= (exp - iat).num_seconds());
    }
    assert_eq!(state.lasts(0), *left > 0);
    assert_eq!(TokenState::Missing.or_longer(state.clone()), state);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Seconds close to each other, and extreme ones.
    fn seconds() -> impl Strategy<Value = String> {
        prop_oneof![
            6 => (1_772_636_000_i64..1_772_644_000).prop_map(|seconds| seconds.to_string()),
            1 => any::<i64>().prop_map(|seconds| seconds.to_string()),
            1 => Just(String::new()),
        ]
    }

    proptest! {
        #[test]
        fn no_token_lasts_longer_than_it_says(
            now in seconds(), recorded in seconds(), ahead in -7300..7300_i64, iat in seconds(), exp in seconds(),
        ) {
            let claim = |name, seconds: String| Some(format!("\"{name}\":{seconds}")).filter(|claim| !claim.ends_with(':'));
            let claims: Vec<_> = [claim("iat", iat), claim("exp", exp)].into_iter().flatten().collect();
            jwt(format!("{now}\n{recorded}\n{ahead}\n{{{}}}", claims.join(",")).as_bytes());
        }

        #[test]
        fn no_text_in_the_place_of_a_token_causes_a_panic(text in any::<String>(), recorded in seconds()) {
            for text in [format!("eyJ{text}"), format!("{{\"exp\":{text}"), text] {
                jwt(format!("1772640000\n{recorded}\n0\n{text}").as_bytes());
            }
        }
    }
}
