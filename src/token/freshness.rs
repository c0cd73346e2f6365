//! How long a token lasts, and what that makes of it: a pure function of the token, what is known about it, and now.

use chrono::{DateTime, TimeDelta, Utc};

use super::claims::Claims;
use super::secret::Token;

/// Two clocks may differ by this many seconds before anybody is told. NTP keeps machines far closer; a request
/// takes a second or two of it.
pub const CLOCK_TOLERANCE: i64 = 60;

/// The longest life, in seconds, that is believed of a token that does not say it itself. Zoom's live for an hour;
/// a day leaves room for other issuers, and refuses a recorded time that a wrong clock put years ahead.
pub const LONGEST_LIFE: i64 = 24 * 60 * 60;

/// A token as it was found somewhere, with the expiry that was recorded beside it.
#[derive(Clone)]
pub struct Found<'a> {
    /// `ZOOM_ACCESS_TOKEN`, as it stands there.
    pub text: &'a str,
    /// `ZOOM_TOKEN_EXPIRES_AT`, where it is a time.
    pub recorded: Option<DateTime<Utc>>,
}

/// What a token is worth now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// There is none.
    Missing,
    /// There is a text that cannot be used, or not be judged.
    Malformed {
        /// What is wrong with it, without repeating it.
        problem: &'static str,
    },
    /// There is a token, and its end is known.
    Dated {
        /// The token.
        token: Token,
        /// Whom it was issued for, where it says so.
        claims: Claims,
        /// When it ends, by this machine's clock.
        expires_at: DateTime<Utc>,
        /// The seconds it has left; negative when it is over.
        left: i64,
    },
}

impl State {
    /// Judges a token.
    ///
    /// `ahead` gives the seconds that Zoom's clock was ahead of this machine's when it was last measured, 0 where it
    /// was not. It is asked only when the token's own expiry and the recorded one disagree, so that the usual case
    /// costs no file.
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
                    problem: "ZOOM_TOKEN_EXPIRES_AT is further ahead than a token lives",
                };
            }
            (None, Some(recorded)) => recorded,
            (None, None) => {
                return Self::Malformed { problem: "neither it nor ZOOM_TOKEN_EXPIRES_AT says when it ends" };
            }
        };
        let whole = match (claims.issued_at, claims.expires_at) {
            (Some(iat), Some(exp)) if exp > iat => exp - iat,
            _ => TimeDelta::MAX,
        };
        // A clock that was set back must not make a token live longer than it was issued for.
        let left = (expires_at - now).min(whole).num_seconds();
        Self::Dated { token, claims, expires_at, left }
    }

    /// The seconds that are left; none when that is not known.
    pub fn left(&self) -> Option<i64> {
        match self {
            Self::Dated { left, .. } => Some(*left),
            Self::Missing | Self::Malformed { .. } => None,
        }
    }

    /// Whether it is valid for more than this many seconds.
    pub fn lasts(&self, seconds: u64) -> bool {
        self.left().is_some_and(|left| i128::from(left) > i128::from(seconds))
    }

    /// The token, where there is one that can be told from garbage.
    pub fn token(&self) -> Option<&Token> {
        match self {
            Self::Dated { token, .. } => Some(token),
            Self::Missing | Self::Malformed { .. } => None,
        }
    }

    /// The better of two: the one that lives longer, a known end before an unknown one, something before nothing.
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

/// The end of a token in terms of this machine's clock.
///
/// The recorded time was taken on this clock, `exp` on Zoom's. When they agree the earlier one counts. When they do
/// not, either the clocks differ by what was measured, or the token was pasted in and the record belongs to another:
/// then the measured difference may only shorten its life.
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
        State::of(Some(&found), at(now), || ahead).left()
    }

    #[test]
    fn the_earlier_of_exp_and_record_counts() {
        let token = jwt("12:00:00", "13:00:00");
        assert_eq!(left(&token, None, "12:30:00", 0), Some(1800));
        assert_eq!(left(&token, Some("12:59:58"), "12:30:00", 0), Some(1798));
        assert_eq!(left(&token, Some("13:00:05"), "12:30:00", 0), Some(1800));
    }

    #[test]
    fn a_pasted_token_is_dated_by_itself() {
        let token = jwt("12:00:00", "13:00:00");
        assert_eq!(left(&token, Some("12:10:00"), "12:30:00", 0), Some(1800));
        assert_eq!(left(&token, Some("18:00:00"), "12:30:00", 0), Some(1800));
    }

    #[test]
    fn a_measured_difference_of_the_clocks_is_taken_into_account() {
        // This clock is two hours fast: Zoom's 12:00 is 14:00 here.
        let token = jwt("12:00:00", "13:00:00");
        assert_eq!(left(&token, Some("15:00:00"), "14:00:00", -7200), Some(3600));
        // It is ten minutes slow: the token ends ten minutes before this clock says 13:00.
        assert_eq!(left(&token, Some("12:50:00"), "11:50:00", 600), Some(3600));
        // A difference that the record does not confirm shortens a life and never lengthens it.
        assert_eq!(left(&token, Some("08:00:00"), "12:30:00", -7200), Some(1800));
        assert_eq!(left(&token, Some("08:00:00"), "12:30:00", 600), Some(1200));
    }

    #[test]
    fn a_clock_set_back_does_not_lengthen_a_life() {
        let token = jwt("12:00:00", "13:00:00");
        assert_eq!(left(&token, None, "09:00:00", 0), Some(3600));
    }

    #[test]
    fn an_opaque_token_lives_by_the_record() {
        assert_eq!(left("opaque", Some("13:00:00"), "12:59:00", 0), Some(60));
        let found = Found { text: "opaque", recorded: None };
        assert!(matches!(State::of(Some(&found), at("12:00:00"), || 0), State::Malformed { .. }));
        let found = Found { text: "opaque", recorded: Some(at("12:00:00") + TimeDelta::days(365)) };
        assert!(matches!(State::of(Some(&found), at("12:00:00"), || 0), State::Malformed { .. }));
    }

    #[test]
    fn nothing_is_missing_and_garbage_is_malformed() {
        let empty = Found { text: "", recorded: None };
        assert_eq!(State::of(None, at("12:00:00"), || 0), State::Missing);
        assert_eq!(State::of(Some(&empty), at("12:00:00"), || 0), State::Missing);
        for text in ["a b", "eyJhbGci", "eyJhbGci.e30.x"] {
            let state = State::of(Some(&Found { text, recorded: None }), at("12:00:00"), || 0);
            assert!(matches!(state, State::Malformed { .. }), "{text}: {state:?}");
        }
    }

    #[test]
    fn lasting_means_more_than_the_threshold() {
        let token = jwt("12:00:00", "13:00:00");
        for (now, threshold, lasts) in [
            ("12:58:59", 60, true),
            ("12:59:00", 60, false),
            ("12:59:59", 0, true),
            ("13:00:00", 0, false),
            ("12:00:00", u64::MAX, false),
        ] {
            let found = Found { text: &token, recorded: None };
            assert_eq!(State::of(Some(&found), at(now), || 0).lasts(threshold), lasts, "{now} {threshold}");
        }
    }

    #[test]
    fn the_one_that_lives_longer_wins() {
        let (short, long) = (jwt("12:00:00", "13:00:00"), jwt("12:30:00", "13:30:00"));
        let state = |text| State::of(Some(&Found { text, recorded: None }), at("12:31:00"), || 0);
        for (a, b) in [(&*short, &*long), (&*long, &*short), (&*long, ""), ("", &*long), ("bad bad", &*long)]
        {
            assert_eq!(state(a).or_longer(state(b)).token().unwrap().expose(), long);
        }
    }
}
