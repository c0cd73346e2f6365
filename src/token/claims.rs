//! The claims of a token. Only Zoom can check its signature, but anyone can read its claims.

use base64::Engine as _;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};
use chrono::{DateTime, Utc};
use serde_json::{Map, Value};

/// Zoom writes segments without padding; padding from other issuers does no harm.
const BASE64URL: GeneralPurpose = GeneralPurpose::new(
    &base64::alphabet::URL_SAFE,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// The claims of a Zoom JWT that matter here. Any of them may be missing: Zoom's have changed three times in four years
/// (versions 6, 7, 9 and 10 were seen), and only `exp` was always present.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Claims {
    /// `exp`: when it expires, by Zoom's clock.
    pub expires_at: Option<DateTime<Utc>>,
    /// `iat`: when it was issued, by Zoom's clock.
    pub issued_at: Option<DateTime<Utc>>,
    /// `aid`: the account it was issued for, to compare with `ZOOM_ACCOUNT_ID`.
    pub account_id: Option<String>,
    /// `iss` without the prefix `zm:cid:`: the client it was issued to, to compare with `ZOOM_CLIENT_ID`.
    pub client_id: Option<String>,
    /// `uid`: the user on whose behalf it acts.
    pub user_id: Option<String>,
}

impl Claims {
    /// Reads the claims of a token. A text that is not a JWT has none.
    ///
    /// # Errors
    ///
    /// The text starts like a JWT but cannot be read as one; the reason does not repeat it.
    pub fn read(token: &str) -> Result<Self, &'static str> {
        // The header of every JWT is a JSON object, so in base64 every JWT starts with this.
        if !token.starts_with("eyJ") {
            return Ok(Self::default());
        }
        let payload = token.split('.').nth(1).ok_or("it is a JWT that was cut off")?;
        let payload = BASE64URL.decode(payload).map_err(|_| "its payload is not base64url")?;
        let payload: Map<String, Value> =
            serde_json::from_slice(&payload).map_err(|_| "its payload is not a JSON object")?;
        Ok(Self {
            expires_at: payload.get("exp").map(time).transpose()?,
            // An invalid `iat` is no reason to reject a token whose expiry is known.
            issued_at: payload.get("iat").and_then(|iat| time(iat).ok()),
            account_id: payload.get("aid").and_then(Value::as_str).map(str::to_owned),
            client_id: payload
                .get("iss")
                .and_then(Value::as_str)
                .and_then(|iss| iss.strip_prefix("zm:cid:"))
                .map(str::to_owned),
            user_id: payload.get("uid").and_then(Value::as_str).map(str::to_owned),
        })
    }

    /// When a token was issued, if it says so.
    pub fn issued(token: &str) -> Option<DateTime<Utc>> {
        Self::read(token).ok()?.issued_at
    }
}

/// A time in a JWT, in seconds since 1970: a number, or a number in quotes.
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
        reason = "`as` saturates, and values out of range are rejected below"
    )]
    let seconds = number.as_i64().or_else(|| number.as_f64().map(|float| float as i64));
    seconds
        .and_then(|seconds| DateTime::from_timestamp(seconds, 0))
        .ok_or("its expiry is not a possible time")
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
        assert_eq!(claims.user_id.as_deref(), Some("u"));
    }

    #[test]
    fn an_expiry_is_read_in_every_form_of_a_number() {
        for exp in ["1772640275", "1772640275.0", "\"1772640275\"", "1.772640275e9"] {
            let claims = Claims::read(&jwt(&format!(r#"{{"exp":{exp}}}"#))).unwrap();
            assert_eq!(claims.expires_at.unwrap().timestamp(), 1_772_640_275, "{exp}");
        }
    }

    #[test]
    fn an_expiry_in_1970_or_9999_is_valid() {
        for (exp, year) in [("0", "1970"), ("253402300799", "9999")] {
            let claims = Claims::read(&jwt(&format!(r#"{{"exp":{exp}}}"#))).unwrap();
            assert!(claims.expires_at.unwrap().to_rfc3339().starts_with(year));
        }
    }

    #[test]
    fn a_malformed_jwt_is_reported() {
        for (token, problem) in [
            ("eyJhbGciOiJIUzUxMiJ9".to_owned(), "cut off"),
            ("eyJhbGciOiJIUzUxMiJ9.!!.c2ln".to_owned(), "not base64url"),
            ("eyJhbGciOiJIUzUxMiJ9..".to_owned(), "not a JSON object"),
            (jwt("[1]"), "not a JSON object"),
            (jwt(r#"{"exp":"soon"}"#), "not a number"),
            (jwt(r#"{"exp":null}"#), "not a number"),
            (jwt(r#"{"exp":1e300}"#), "not a possible time"),
        ] {
            let error = Claims::read(&token).unwrap_err();
            assert!(error.contains(problem), "{token}: {error}");
        }
    }

    #[test]
    fn an_opaque_token_has_no_claims() {
        assert_eq!(Claims::read("opaque.token").unwrap(), Claims::default());
    }
}
