//! When a child process is started: again after it has ended, and anew when there is another token. Pure.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

/// The pause before a child that has ended is started again; it doubles with each further end in a row.
const PAUSE_AFTER_END: Duration = Duration::from_millis(100);

/// The deaths in a minute after which nothing is started until that minute is over.
const DEATHS_A_MINUTE: usize = 5;

const MINUTE: Duration = Duration::from_mins(1);

/// How long before the end of the old token the new child is started at the latest.
const BEFORE_THE_END: TimeDelta = TimeDelta::minutes(1);

/// When a child is replaced because there is a new token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum OnNewToken {
    /// Between calls, and at the latest a minute before the old token ends
    #[default]
    Idle,
    /// At once; calls under way end on the old one
    Now,
    /// Never: the server keeps state that a restart would lose
    Never,
}

/// The deaths of a child, by the clock that never jumps.
#[derive(Debug, Default)]
pub(crate) struct Deaths {
    recent: Vec<Duration>,
    /// How many ended without having lived for a minute.
    in_a_row: u32,
}

impl Deaths {
    /// Notes that a child that was started at `started` ended `now`, and gives the pause before the next one.
    pub(crate) fn ended(&mut self, started: Duration, now: Duration) -> Duration {
        self.recent.retain(|death| now < *death + MINUTE);
        self.recent.push(now);
        self.in_a_row = if now >= started + MINUTE { 1 } else { self.in_a_row.saturating_add(1) };
        let pause = PAUSE_AFTER_END.saturating_mul(1 << (self.in_a_row - 1).min(8));
        let Some(first) = self.recent.len().checked_sub(DEATHS_A_MINUTE) else { return pause };
        pause.max((self.recent[first] + MINUTE).saturating_sub(now))
    }

    /// How often it ended within the last minute.
    pub(crate) fn within_a_minute(&self, now: Duration) -> usize {
        self.recent.iter().filter(|death| now < **death + MINUTE).count()
    }
}

/// How long the files of a server must stay as they are before another one is started from them: an upgrade replaces them one
/// after another.
pub(crate) const UPGRADE_SETTLES: Duration = Duration::from_secs(3);

/// Whether the files that a child was started from have changed since. `S` is their state.
#[derive(Debug)]
pub(crate) struct Upgrade<S> {
    /// Their state when it was started, or when another one could not be.
    started: Option<S>,
    /// Another state, and since when it lasts, by the clock that never jumps.
    other: Option<(S, Duration)>,
}

impl<S: PartialEq> Upgrade<S> {
    /// `started` is none where it is not known: then there never is another version.
    pub(crate) fn new(started: Option<S>) -> Self {
        Self { started, other: None }
    }

    /// Takes note of the state `now`; none where a file is missing. Gives whether there is another version, all of it.
    pub(crate) fn is_there(&mut self, state: Option<S>, now: Duration) -> bool {
        let state = state.filter(|state| self.started.as_ref().is_some_and(|started| started != state));
        self.other = match (state, self.other.take()) {
            (None, _) => None,
            (Some(state), Some((other, since))) if other == state => Some((other, since)),
            (Some(state), _) => Some((state, now)),
        };
        self.other.as_ref().is_some_and(|(_, since)| now >= *since + UPGRADE_SETTLES)
    }

    /// Another one could not be started from the files as they are: they are not tried again.
    pub(crate) fn is_no_use(&mut self) {
        if let Some((other, _)) = self.other.take() {
            self.started = Some(other);
        }
    }
}

/// The decision on a child that was started with another token than the present one.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Replace {
    Now,
    /// As soon as no call is under way, or when this has passed.
    WhenIdle(Duration),
    Never,
}

/// Whether a child is replaced `now` whose token ends at `end`.
pub(crate) fn replace(
    mode: OnNewToken,
    is_idle: bool,
    end: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Replace {
    match mode {
        OnNewToken::Never => Replace::Never,
        OnNewToken::Now => Replace::Now,
        OnNewToken::Idle if is_idle => Replace::Now,
        OnNewToken::Idle => {
            let left = end.and_then(|end| (end - BEFORE_THE_END - now).to_std().ok());
            left.filter(|left| !left.is_zero()).map_or(Replace::Now, Replace::WhenIdle)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pauses_grow_and_no_more_than_five_deaths_fit_into_a_minute() {
        let mut deaths = Deaths::default();
        let (mut now, mut pauses) = (Duration::ZERO, Vec::new());
        for _ in 0..7 {
            let pause = deaths.ended(now, now);
            pauses.push(pause.as_millis());
            now += pause;
        }
        assert_eq!(pauses, [100, 200, 400, 800, 58_500, 3_200, 6_400]);
        // A child that lived for a minute counts as stable.
        let mut deaths = Deaths::default();
        assert_eq!(deaths.ended(Duration::ZERO, Duration::from_secs(1)), PAUSE_AFTER_END);
        assert_eq!(deaths.ended(Duration::from_secs(2), Duration::from_secs(62)), PAUSE_AFTER_END);
        assert_eq!(deaths.within_a_minute(Duration::from_secs(63)), 1);
    }

    #[test]
    fn another_version_is_there_when_its_files_have_stayed_as_they_are() {
        let at = |seconds| Duration::from_secs(seconds);
        let mut upgrade = Upgrade::new(Some("1"));
        for (seconds, state, is_there) in [
            (0, Some("1"), false),
            (100, Some("1"), false),
            (101, None, false),
            (110, Some("1.5"), false),
            (112, Some("2"), false),
            (114, Some("2"), false),
            (115, Some("2"), true),
            // Put back.
            (116, Some("1"), false),
            (117, Some("2"), false),
            (119, None, false),
            (120, Some("2"), false),
            (123, Some("2"), true),
        ] {
            assert_eq!(upgrade.is_there(state, at(seconds)), is_there, "{seconds}");
        }
        upgrade.is_no_use();
        assert!(!upgrade.is_there(Some("2"), at(200)) && !upgrade.is_there(Some("2"), at(300)));
        assert!(!upgrade.is_there(Some("3"), at(300)) && upgrade.is_there(Some("3"), at(303)));
        let mut unknown = Upgrade::new(None);
        assert!(!unknown.is_there(Some("1"), at(0)) && !unknown.is_there(Some("1"), at(100)));
    }

    #[test]
    fn a_child_is_replaced_between_calls_or_a_minute_before_its_token_ends() {
        let now: DateTime<Utc> = "2026-03-04T12:00:00Z".parse().unwrap();
        let end = |seconds| Some(now + TimeDelta::seconds(seconds));
        for (mode, is_idle, end, expected) in [
            (OnNewToken::Idle, true, end(300), Replace::Now),
            (OnNewToken::Idle, false, end(300), Replace::WhenIdle(Duration::from_mins(4))),
            (OnNewToken::Idle, false, end(60), Replace::Now),
            (OnNewToken::Idle, false, end(-5), Replace::Now),
            (OnNewToken::Idle, false, None, Replace::Now),
            (OnNewToken::Now, false, end(300), Replace::Now),
            (OnNewToken::Never, true, end(-5), Replace::Never),
        ] {
            assert_eq!(replace(mode, is_idle, end, now), expected, "{mode:?} {is_idle} {end:?}");
        }
    }
}
