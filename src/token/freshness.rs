//! How long a token lasts: a pure function of the token, what is recorded about it, and the time.

use chrono::{DateTime, TimeDelta, Utc};

use super::claims::Claims;
use super::secret::Token;

/// The clock skew, in seconds, that is not reported. NTP keeps machines far closer; a request accounts for a second or
/// two of it.
pub const CLOCK_TOLERANCE: i64 = 60;

/// The longest lifetime, in seconds, accepted for a token that does not state its own. Zoom's tokens last an hour; a
/// day leaves room for other issuers, and rejects an expiry that a wrong clock recorded years ahead.
pub const LONGEST_LIFE: i64 = 24 * 60 * 60;

/// A token as found, with the expiry recorded beside it.
#[derive(Clone)]
pub struct Found<'a> {
    /// `ZOOM_ACCESS_TOKEN`, unchanged.
    pub text: &'a str,
    /// `ZOOM_TOKEN_EXPIRES_AT`, if it is a time.
    pub recorded: Option<DateTime<Utc>>,
}

/// The current state of a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TokenState {
    /// There is no token.
    Missing,
    /// There is a text, but it is no usable token, or its expiry is unknown.
    Malformed {
        /// The problem, without repeating the text.
        problem: &'static str,
    },
    /// There is a token, and its expiry is known.
    Dated {
        /// The token.
        token: Token,
        /// Its claims.
        claims: Claims,
        /// When it expires, by this machine's clock.
        expires_at: DateTime<Utc>,
        /// The seconds left; negative once it has expired.
        left: i64,
    },
}

impl TokenState {
    /// The state of a token.
    ///
    /// `ahead` returns the seconds by which Zoom's clock was ahead of this machine's when last measured, or 0. It is
    /// called only if the token's own expiry and the recorded one disagree, so that the usual case reads no file.
    pub fn of(found: Option<&Found<'_>>, now: DateTime<Utc>, ahead: impl FnOnce() -> i64) -> Self {
        let Some(found) = found.filter(|found| !found.text.is_empty()) else {
            return Self::Missing;
        };
        let judged = Token::new(found.text).and_then(|token| Ok((token, Claims::read(found.text)?)));
        let (token, claims) = match judged {
            Ok(judged) => judged,
            Err(problem) => return Self::Malformed { problem },
        };
        let expires_at = match (claims.expires_at, found.recorded) {
            (Some(exp), recorded) => expiry(exp, recorded, ahead),
            (None, Some(recorded)) if (recorded - now).num_seconds() > LONGEST_LIFE => {
                return Self::Malformed {
                    problem: "ZOOM_TOKEN_EXPIRES_AT is further ahead than a token lasts",
                };
            }
            (None, Some(recorded)) => recorded,
            (None, None) => {
                return Self::Malformed {
                    problem: "neither it nor ZOOM_TOKEN_EXPIRES_AT says when it expires",
                };
            }
        };
        let whole = match (claims.issued_at, claims.expires_at) {
            (Some(iat), Some(exp)) if exp > iat => exp - iat,
            _ => TimeDelta::MAX,
        };
        // A clock that was set back must not extend a token beyond its lifetime.
        let left = (expires_at - now).min(whole).num_seconds();
        Self::Dated { token, claims, expires_at, left }
    }

    /// The seconds left, if known.
    pub fn left(&self) -> Option<i64> {
        match self {
            Self::Dated { left, .. } => Some(*left),
            Self::Missing | Self::Malformed { .. } => None,
        }
    }

    /// Whether the token is valid for more than this many seconds.
    pub fn lasts(&self, seconds: u64) -> bool {
        self.left().is_some_and(|left| i128::from(left) > i128::from(seconds))
    }

    /// The token, if its expiry is known.
    pub fn token(&self) -> Option<&Token> {
        match self {
            Self::Dated { token, .. } => Some(token),
            Self::Missing | Self::Malformed { .. } => None,
        }
    }

    /// The better of two: the one that lasts longer, a known expiry over an unknown one, anything over nothing.
    #[must_use]
    pub fn or_longer(self, other: Self) -> Self {
        let rank = |state: &Self| match state {
            Self::Missing => (0, 0),
            Self::Malformed { .. } => (1, 0),
            Self::Dated { left, .. } => (2, *left),
        };
        if rank(&other) > rank(&self) { other } else { self }
    }
}

/// The expiry of a token by this machine's clock.
///
/// The recorded time is by this clock, `exp` by Zoom's. If they agree, the earlier one counts. If not, either the
/// clocks differ by the measured skew, or the token was pasted in and the record belongs to another one: then the skew
/// may only shorten its lifetime.
fn expiry(exp: DateTime<Utc>, recorded: Option<DateTime<Utc>>, ahead: impl FnOnce() -> i64) -> DateTime<Utc> {
    let near = |a: DateTime<Utc>, b: DateTime<Utc>| (a - b).num_seconds().abs() <= CLOCK_TOLERANCE;
    match recorded {
        None => exp,
        Some(recorded) if near(exp, recorded) => exp.min(recorded),
        Some(recorded) => {
            let here = TimeDelta::try_seconds(ahead())
                .and_then(|ahead| exp.checked_sub_signed(ahead))
                .unwrap_or(exp);
            if near(here, recorded) { here.min(recorded) } else { here.min(exp) }
        }
    }
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;

    use super::*;

    fn at(time: &str) -> DateTime<Utc> {
        format!("2026-03-04T{time}Z").parse().unwrap()
    }

    fn jwt(iat: &str, exp: &str) -> String {
        let payload = format!(r#"{{"iat":{},"exp":{}}}"#, at(iat).timestamp(), at(exp).timestamp());
        format!("eyJhbGciOiJIUzUxMiJ9.{}.c2lnbmF0dXJl", URL_SAFE_NO_PAD.encode(payload))
    }

    fn left(token: &str, recorded: Option<&str>, now: &str, ahead: i64) -> Option<i64> {
        let found = Found { text: token, recorded: recorded.map(at) };
        TokenState::of(Some(&found), at(now), || ahead).left()
    }

    #[test]
    fn the_earlier_of_exp_and_recorded_expiry_counts() {
        let token = jwt("12:00:00", "13:00:00");
        assert_eq!(left(&token, None, "12:30:00", 0), Some(1800));
        assert_eq!(left(&token, Some("12:59:58"), "12:30:00", 0), Some(1798));
        assert_eq!(left(&token, Some("13:00:05"), "12:30:00", 0), Some(1800));
    }

    #[test]
    fn a_pasted_token_expires_by_its_own_claim() {
        let token = jwt("12:00:00", "13:00:00");
        assert_eq!(left(&token, Some("12:10:00"), "12:30:00", 0), Some(1800));
        assert_eq!(left(&token, Some("18:00:00"), "12:30:00", 0), Some(1800));
    }

    #[test]
    fn measured_clock_skew_is_taken_into_account() {
        // This clock is two hours fast: Zoom's 12:00 is 14:00 here.
        let token = jwt("12:00:00", "13:00:00");
        assert_eq!(left(&token, Some("15:00:00"), "14:00:00", -7200), Some(3600));
        // It is ten minutes slow: the token expires ten minutes before this clock shows 13:00.
        assert_eq!(left(&token, Some("12:50:00"), "11:50:00", 600), Some(3600));
        // Skew that the record does not confirm may shorten a lifetime but never extends it.
        assert_eq!(left(&token, Some("08:00:00"), "12:30:00", -7200), Some(1800));
        assert_eq!(left(&token, Some("08:00:00"), "12:30:00", 600), Some(1200));
    }

    #[test]
    fn a_clock_set_back_does_not_extend_a_lifetime() {
        let token = jwt("12:00:00", "13:00:00");
        assert_eq!(left(&token, None, "09:00:00", 0), Some(3600));
    }

    #[test]
    fn an_opaque_token_expires_by_the_record() {
        assert_eq!(left("opaque", Some("13:00:00"), "12:59:00", 0), Some(60));
        let found = Found { text: "opaque", recorded: None };
        assert!(matches!(TokenState::of(Some(&found), at("12:00:00"), || 0), TokenState::Malformed { .. }));
        let found = Found { text: "opaque", recorded: Some(at("12:00:00") + TimeDelta::days(365)) };
        assert!(matches!(TokenState::of(Some(&found), at("12:00:00"), || 0), TokenState::Malformed { .. }));
    }

    #[test]
    fn an_empty_text_is_missing_and_garbage_is_malformed() {
        let empty = Found { text: "", recorded: None };
        assert_eq!(TokenState::of(None, at("12:00:00"), || 0), TokenState::Missing);
        assert_eq!(TokenState::of(Some(&empty), at("12:00:00"), || 0), TokenState::Missing);
        for text in ["a b", "eyJhbGci", "eyJhbGci.e30.x"] {
            let state = TokenState::of(Some(&Found { text, recorded: None }), at("12:00:00"), || 0);
            assert!(matches!(state, TokenState::Malformed { .. }), "{text}: {state:?}");
        }
    }

    #[test]
    fn a_token_lasts_only_if_more_than_the_threshold_is_left() {
        let token = jwt("12:00:00", "13:00:00");
        for (now, threshold, lasts) in [
            ("12:58:59", 60, true),
            ("12:59:00", 60, false),
            ("12:59:59", 0, true),
            ("13:00:00", 0, false),
            ("12:00:00", u64::MAX, false),
        ] {
            let found = Found { text: &token, recorded: None };
            assert_eq!(
                TokenState::of(Some(&found), at(now), || 0).lasts(threshold),
                lasts,
                "{now} {threshold}"
            );
        }
    }

    #[test]
    fn the_token_that_lasts_longer_wins() {
        let (short, long) = (jwt("12:00:00", "13:00:00"), jwt("12:30:00", "13:30:00"));
        let state = |text| TokenState::of(Some(&Found { text, recorded: None }), at("12:31:00"), || 0);
        for (a, b) in [(&*short, &*long), (&*long, &*short), (&*long, ""), ("", &*long), ("bad bad", &*long)]
        {
            assert_eq!(state(a).or_longer(state(b)).token().unwrap().expose(), long);
        }
    }
}
