//! The facts that the line of an account shows. Pure: looks and events in, facts out.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use crate::event::Event;
use crate::token::TokenState;

/// The life of a token that does not state its own, in seconds.
const USUAL_TOKEN_LIFE: i64 = 3600;

/// The facts about an account.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct View {
    pub(super) standing: Standing,
    /// Whether nothing is refreshed any more.
    pub(super) is_stopped: bool,
    /// The last event in words, and its time.
    pub(super) last: Option<(String, DateTime<Utc>)>,
    /// When the watch looks again, by the clock that never jumps.
    pub(super) next_look: Option<Duration>,
}

/// The token of an account.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Standing {
    /// Nobody has looked yet.
    #[default]
    Unknown,
    Missing,
    Unusable,
    /// It ends then, and lives so many seconds in all.
    Until(DateTime<Utc>, i64),
}

impl View {
    /// Takes note of the token at a look.
    pub(super) fn looked(&mut self, state: &TokenState, now: DateTime<Utc>) {
        self.standing = match state {
            TokenState::Missing => Standing::Missing,
            TokenState::Malformed { .. } => Standing::Unusable,
            TokenState::Dated { claims, expires_at, left, .. } => {
                let whole = match (claims.issued_at, claims.expires_at) {
                    (Some(iat), Some(exp)) if exp > iat => (exp - iat).num_seconds(),
                    _ => USUAL_TOKEN_LIFE,
                };
                // It may be believed to end sooner than it says. The seconds left are whole ones.
                let believed = TimeDelta::try_seconds(left.saturating_add(1));
                let believed = believed.and_then(|left| now.checked_add_signed(left));
                Standing::Until(believed.map_or(*expires_at, |end| end.min(*expires_at)), whole.max(*left))
            }
        };
    }

    /// Takes note of an event.
    pub(super) fn heard(&mut self, event: &Event, now: DateTime<Utc>) {
        self.is_stopped = event.says_stopped().unwrap_or(self.is_stopped);
        if let Event::RefreshDone { state } = event {
            self.looked(state, now);
        }
        if let Some(words) = words(event) {
            self.last = Some((words, now));
        }
    }
}

/// An event in few words; none for what is no change, or is shown as a part of the line.
fn words(event: &Event) -> Option<String> {
    let words = match event {
        Event::Status { .. } | Event::TokenUpdated { .. } | Event::Disabled { .. } | Event::Ended { .. } => {
            return None;
        }
        Event::RefreshStarted { .. } => "refreshing since",
        Event::UpdatingClaude => "updating Claude since",
        Event::RestartingClaude => "restarting Claude since",
        Event::ClaudeReadsEnv | Event::RefreshDone { .. } => "refreshed at",
        Event::RefreshFailed { failures: 0, .. } => "refresh failed at",
        Event::RefreshFailed { failures, limit, .. } => {
            return Some(format!("refresh failed ({failures} of {limit}) at"));
        }
        Event::Rearmed => "goes on since",
        Event::SecretUpdated { .. } => "Secret written at",
        Event::Warning { .. } => "warned at",
        Event::ServerRestarted { .. } => "server restarted at",
        Event::ToolHeld { .. } => "tool held back at",
        Event::ApprovalWaiting { .. } => "call waits since",
    };
    Some(words.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::token::{Claims, Token};

    fn time(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000 + seconds, 0).unwrap()
    }

    /// A token that was issued `age` seconds ago, ends in `ends` seconds, and is believed to have `left` of them.
    fn token(age: Option<i64>, ends: i64, left: i64) -> TokenState {
        let issued_at = age.map(|age| time(-age));
        let claims = Claims { issued_at, expires_at: Some(time(ends)), ..Claims::default() };
        let token = Token::new("opaque-token-of-a-test").unwrap();
        TokenState::Dated { token, claims, expires_at: time(ends), left }
    }

    #[test]
    fn a_look_says_when_the_token_ends_and_how_long_it_lives() {
        for (state, expected) in [
            (TokenState::Missing, Standing::Missing),
            (TokenState::Malformed { problem: "it is cut off" }, Standing::Unusable),
            (token(Some(600), 3000, 3000), Standing::Until(time(3000), 3600)),
            (token(Some(60), 7140, 7140), Standing::Until(time(7140), 7200)),
            (token(None, 3000, 3000), Standing::Until(time(3000), 3600)),
            (token(None, 5000, 5000), Standing::Until(time(5000), 5000)),
            (token(Some(7200), -3600, -3600), Standing::Until(time(-3600), 3600)),
            // A clock that was set back: it is believed to last as long as it lives, and no longer.
            (token(Some(-7200), 10_800, 3600), Standing::Until(time(3601), 3600)),
        ] {
            let mut view = View::default();
            view.looked(&state, time(0));
            assert_eq!(view.standing, expected, "{state:?}");
        }
    }

    #[test]
    fn events_say_what_happened_last_and_whether_it_goes_on() {
        let state = || token(None, 3600, 3600);
        let status = |disabled_since| Event::Status { state: state(), disabled_since, because: None };
        let failed = |failures| Event::RefreshFailed { error: "no".into(), code: 4, failures, limit: 3 };
        let mut view = View::default();
        for (event, stopped, last) in [
            (status(None), false, None),
            (Event::RefreshStarted { state: state() }, false, Some("refreshing since")),
            (failed(1), false, Some("refresh failed (1 of 3) at")),
            (failed(0), false, Some("refresh failed at")),
            (Event::Disabled { because: "no".into(), probe_at: None }, true, Some("refresh failed at")),
            (Event::Warning { message: "\u{1b}[2J".into() }, true, Some("warned at")),
            (status(Some(time(0))), true, Some("warned at")),
            (Event::Rearmed, false, Some("goes on since")),
            (Event::Disabled { because: "no".into(), probe_at: None }, true, Some("goes on since")),
            (Event::RefreshDone { state: state() }, false, Some("refreshed at")),
            (Event::Disabled { because: "no".into(), probe_at: None }, true, Some("refreshed at")),
            (status(None), false, Some("refreshed at")),
            (Event::UpdatingClaude, false, Some("updating Claude since")),
            (Event::RestartingClaude, false, Some("restarting Claude since")),
            (Event::SecretUpdated { secret: "zoom/token".into() }, false, Some("Secret written at")),
            (
                Event::ServerRestarted { gateway: "g".into(), reason: "token" },
                false,
                Some("server restarted at"),
            ),
            (
                Event::ToolHeld { gateway: "g".into(), tool: "t".into(), because: "new".into() },
                false,
                Some("tool held back at"),
            ),
            (
                Event::ApprovalWaiting { gateway: "g".into(), id: "i".into(), tool: "t".into() },
                false,
                Some("call waits since"),
            ),
        ] {
            view.heard(&event, time(0));
            let shown = view.last.as_ref().map(|(words, _)| words.as_str());
            assert_eq!((view.is_stopped, shown), (stopped, last), "{event:?}");
        }
        assert_eq!(view.standing, Standing::Until(time(3600), 3600));
    }
}
