//! What a token says about itself. Only Zoom can check its signature; everybody can read its claims.

use base64::Engine as _;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};
use chrono::{DateTime, Utc};
use serde_json::{Map, Value};

/// Zoom writes segments without padding; somebody else's padding does no harm.
const BASE64URL: GeneralPurpose = GeneralPurpose::new(
    &base64::alphabet::URL_SAFE,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// The claims of a Zoom JWT that matter here. All of them may be missing: Zoom's have changed three times in four
/// years (versions 6, 7, 9 and 10 were seen), and only `exp` was always there.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Claims {
    /// `exp`: when Zoom's clock ends it.
    pub expires_at: Option<DateTime<Utc>>,
    /// `iat`: when Zoom's clock began it.
    pub issued_at: Option<DateTime<Utc>>,
    /// `aid`: the account it was issued for, to compare with `ZOOM_ACCOUNT_ID`.
    pub account_id: Option<String>,
    /// `iss` without its `zm:cid:`: the client it was issued to, to compare with `ZOOM_CLIENT_ID`.
    pub client_id: Option<String>,
}

impl Claims {
    /// Reads a token's claims. A text that is no JWT at all has none.
    ///
    /// # Errors
    ///
    /// The text begins as a JWT does and cannot be read as one; the reason does not repeat it.
    pub fn read(token: &str) -> Result<Self, &'static str> {
        // The header of every JWT is a JSON object, so in base64 every JWT begins like this.
        if !token.starts_with("eyJ") {
            return Ok(Self::default());
        }
        let payload = token.split('.').nth(1).ok_or("it is a JWT that was cut off")?;
        let payload = BASE64URL.decode(payload).map_err(|_| "its payload is not base64url")?;
        let payload: Map<String, Value> =
            serde_json::from_slice(&payload).map_err(|_| "its payload is not a JSON object")?;
        Ok(Self {
            expires_at: payload.get("exp").map(time).transpose()?,
            // A strange `iat` is no reason to refuse a token whose end is known.
            issued_at: payload.get("iat").and_then(|iat| time(iat).ok()),
            account_id: payload.get("aid").and_then(Value::as_str).map(str::to_owned),
            client_id: payload
                .get("iss")
                .and_then(Value::as_str)
                .and_then(|iss| iss.strip_prefix("zm:cid:"))
                .map(str::to_owned),
        })
    }

    /// When a token was issued, where it says so.
    pub fn issued(token: &str) -> Option<DateTime<Utc>> {
        Self::read(token).ok()?.issued_at
    }
}

/// A time as JWTs write it, in seconds since 1970: a number, or a number in quotes.
fn time(value: &Value) -> Result<DateTime<Utc>, &'static str> {
    let text;
    let number = match value {
        Value::Number(number) => number,
        Value::String(quoted) => {
            text = serde_json::from_str(quoted).map_err(|_| "its expiry is not a number")?;
            &text
        }
        _ => return Err("its expiry is not a number"),
    };
    #[expect(
        clippy::cast_possible_truncation,
        reason = "`as` saturates, and what is out of range is refused below"
    )]
    let seconds = number.as_i64().or_else(|| number.as_f64().map(|float| float as i64));
    seconds
        .and_then(|seconds| DateTime::from_timestamp(seconds, 0))
        .ok_or("its expiry is not a time that can be")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn jwt(payload: &str) -> String {
        format!("eyJhbGciOiJIUzUxMiJ9.{}.c2ln", BASE64URL.encode(payload))
    }

    #[test]
    fn zooms_claims_are_read() {
        let claims = Claims::read(&jwt(
            r#"{"aud":"https://oauth.zoom.us","uid":"u","ver":10,"auid":"a","nbf":1772636675,"code":"c",
                "iss":"zm:cid:the-client","gno":0,"exp":1772640275,"type":3,"iat":1772636675,"aid":"the-account"}"#,
        ))
        .unwrap();
        assert_eq!(claims.expires_at.unwrap().to_rfc3339(), "2026-03-04T16:04:35+00:00");
        assert_eq!(claims.issued_at.unwrap().to_rfc3339(), "2026-03-04T15:04:35+00:00");
        assert_eq!(claims.account_id.as_deref(), Some("the-account"));
        assert_eq!(claims.client_id.as_deref(), Some("the-client"));
    }

    #[test]
    fn a_time_may_be_written_in_other_ways() {
        for exp in ["1772640275", "1772640275.0", "\"1772640275\"", "1.772640275e9"] {
            let claims = Claims::read(&jwt(&format!(r#"{{"exp":{exp}}}"#))).unwrap();
            assert_eq!(claims.expires_at.unwrap().timestamp(), 1_772_640_275, "{exp}");
        }
    }

    #[test]
    fn an_expiry_of_1970_or_9999_is_a_time() {
        for (exp, year) in [("0", "1970"), ("253402300799", "9999")] {
            let claims = Claims::read(&jwt(&format!(r#"{{"exp":{exp}}}"#))).unwrap();
            assert!(claims.expires_at.unwrap().to_rfc3339().starts_with(year));
        }
    }

    #[test]
    fn what_begins_like_a_jwt_and_is_none_is_told() {
        for (token, problem) in [
            ("eyJhbGciOiJIUzUxMiJ9".to_owned(), "cut off"),
            ("eyJhbGciOiJIUzUxMiJ9.!!.c2ln".to_owned(), "not base64url"),
            ("eyJhbGciOiJIUzUxMiJ9..".to_owned(), "not a JSON object"),
            (jwt("[1]"), "not a JSON object"),
            (jwt(r#"{"exp":"soon"}"#), "not a number"),
            (jwt(r#"{"exp":null}"#), "not a number"),
            (jwt(r#"{"exp":1e300}"#), "not a time"),
        ] {
            let error = Claims::read(&token).unwrap_err();
            assert!(error.contains(problem), "{token}: {error}");
        }
    }

    #[test]
    fn another_text_has_no_claims() {
        assert_eq!(Claims::read("opaque.token").unwrap(), Claims::default());
    }
}
