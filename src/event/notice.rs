//! When the desktop is told that refreshing has stopped, or that it goes on: a pure function of events and times.

use std::time::Duration;

use super::Event;
use crate::controls::visible;

/// The characters of the reason in a notice.
const REASON_IN_NOTICE: usize = 300;

/// A notice for a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Notice {
    pub(super) title: String,
    pub(super) text: String,
}

/// Whether tokens are refreshed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum State {
    GoesOn,
    /// They are not, for this reason.
    Stopped(String),
}

/// The state of one account, and what the person knows of it. A watch begins as one that refreshes.
#[derive(Debug, Clone)]
pub(super) struct Notices {
    grace: Duration,
    state: State,
    /// Since when it is so, by a clock that never jumps.
    since: Duration,
    /// Whether the last notice was that it has stopped.
    stop_is_known: bool,
}

impl State {
    /// The state that an event shows, if it shows one.
    fn of(event: &Event) -> Option<Self> {
        if !event.says_stopped()? {
            return Some(Self::GoesOn);
        }
        let because = match event {
            Event::Disabled { because, .. } => Some(because),
            Event::Status { because, .. } => because.as_ref(),
            _ => None,
        };
        Some(Self::Stopped(because.cloned().unwrap_or_default()))
    }

    fn is_stopped(&self) -> bool {
        matches!(self, Self::Stopped(_))
    }
}

impl Notices {
    /// No notices yet. A state is told once it has lasted for this long.
    pub(super) fn new(grace: Duration) -> Self {
        Self { grace, state: State::GoesOn, since: Duration::ZERO, stop_is_known: false }
    }

    /// Takes note of an event.
    pub(super) fn heard(&mut self, event: &Event, at: Duration) {
        let state = State::of(event);
        // Other credentials begin attempts anew, and may be wrong as well: it goes on when they do not fail.
        let is_doubtful = matches!(event, Event::RefreshFailed { .. }) && !self.state.is_stopped();
        if is_doubtful || state.as_ref().is_some_and(|state| state.is_stopped() != self.state.is_stopped()) {
            self.since = at;
            self.state = state.unwrap_or(State::GoesOn);
        }
    }

    /// How long it is until there is something to tell, if no event comes before.
    pub(super) fn until_due(&self, at: Duration) -> Option<Duration> {
        let is_news = self.state.is_stopped() != self.stop_is_known;
        is_news.then(|| self.since.saturating_add(self.grace).saturating_sub(at))
    }

    /// The state to tell the person now. It counts as told.
    pub(super) fn due(&mut self, at: Duration) -> Option<State> {
        self.until_due(at).filter(Duration::is_zero)?;
        self.stop_is_known = self.state.is_stopped();
        Some(self.state.clone())
    }
}

impl Notice {
    /// The notice of a state, of a profile if it has a name.
    pub(super) fn of(state: &State, profile: Option<&str>) -> Self {
        let (of, flag) = profile
            .map_or_else(Default::default, |name| (format!(" of {name}"), format!(" --profile {name}")));
        let (title, text) = match state {
            State::GoesOn => ("zoomtok goes on", format!("The Zoom token{of} is refreshed again.")),
            State::Stopped(because) => {
                let because: String = because.chars().take(REASON_IN_NOTICE).collect();
                let because = if because.is_empty() { because } else { format!(": {because}") };
                let text = format!(
                    "The Zoom token{of} is no longer refreshed{because}. To recover, run: zoomtok get -f{flag}"
                );
                ("zoomtok has stopped", text)
            }
        };
        Self { title: title.into(), text: visible(&text).into_owned() }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::controls::is_control;
    use crate::token::TokenState;

    const GRACE: Duration = Duration::from_mins(1);

    fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    fn stop() -> Event {
        Event::Disabled { because: "no such client".into(), probe_at: None }
    }

    fn failed() -> Event {
        Event::RefreshFailed { error: "no".into(), code: 4, failures: 1, limit: 3 }
    }

    fn status(is_disabled: bool) -> Event {
        let disabled_since = is_disabled.then(chrono::DateTime::default);
        Event::Status { state: TokenState::Missing, disabled_since, because: None }
    }

    /// Whether each notice said that it has stopped, and at which second it came.
    fn told(events: &[(u64, Event)], end: u64) -> Vec<(u64, bool)> {
        let mut notices = Notices::new(GRACE);
        let mut told = Vec::new();
        for second in 0..=end {
            for (_, event) in events.iter().filter(|(at, _)| *at == second) {
                notices.heard(event, seconds(second));
            }
            let due = notices.due(seconds(second));
            told.extend(due.map(|state| (second, state.is_stopped())));
        }
        told
    }

    #[test]
    fn each_lasting_change_is_told_once_after_a_minute() {
        for (events, expected) in [
            (&[][..], &[][..]),
            (&[(5, stop())], &[(65, true)]),
            (&[(5, stop()), (65, Event::Rearmed)], &[]),
            (&[(5, stop()), (66, Event::Rearmed)], &[(65, true), (126, false)]),
            (&[(5, stop()), (64, Event::Rearmed), (70, stop())], &[(130, true)]),
            (&[(5, stop()), (100, Event::Rearmed), (130, stop())], &[(65, true)]),
            (&[(5, stop()), (20, stop()), (40, status(true))], &[(65, true)]),
            (&[(5, stop()), (100, status(false))], &[(65, true), (160, false)]),
            (&[(5, status(true))], &[(65, true)]),
            (&[(5, Event::Rearmed), (10, status(false)), (20, failed())], &[]),
            // Other credentials that are wrong as well: it has never gone on.
            (
                &[(5, stop()), (100, Event::Rearmed), (100, failed()), (130, failed()), (160, stop())],
                &[(65, true)],
            ),
            (&[(5, stop()), (100, Event::Rearmed), (101, failed())], &[(65, true), (161, false)]),
        ] {
            assert_eq!(told(events, 300), expected, "{events:?}");
        }
    }

    #[test]
    fn it_says_how_long_there_is_nothing_to_tell() {
        let mut notices = Notices::new(GRACE);
        assert_eq!(notices.until_due(seconds(500)), None);
        notices.heard(&stop(), seconds(10));
        assert_eq!(notices.until_due(seconds(30)), Some(seconds(40)));
        assert_eq!(notices.until_due(seconds(300)), Some(Duration::ZERO));
        assert!(notices.due(seconds(300)).is_some());
        assert_eq!(notices.until_due(seconds(301)), None);
    }

    #[test]
    fn a_notice_says_of_whom_why_and_what_to_do() {
        let stopped = |because: &str| State::Stopped(because.into());
        for (state, profile, title, text) in [
            (
                stopped("Zoom refused"),
                None,
                "zoomtok has stopped",
                "The Zoom token is no longer refreshed: Zoom refused. To recover, run: zoomtok get -f",
            ),
            (
                stopped(""),
                Some("work"),
                "zoomtok has stopped",
                "The Zoom token of work is no longer refreshed. To recover, run: zoomtok get -f --profile work",
            ),
            (State::GoesOn, None, "zoomtok goes on", "The Zoom token is refreshed again."),
            (State::GoesOn, Some("work"), "zoomtok goes on", "The Zoom token of work is refreshed again."),
        ] {
            assert_eq!(Notice::of(&state, profile), Notice { title: title.into(), text: text.into() });
        }
    }

    fn any_event() -> impl Strategy<Value = Event> {
        let event = |kind: u8| match kind {
            0 => stop(),
            1 => Event::Rearmed,
            2 => status(true),
            3 => status(false),
            4 => Event::RefreshDone { state: TokenState::Missing },
            5 => failed(),
            _ => Event::UpdatingClaude,
        };
        (0_u8..7).prop_map(event)
    }

    proptest! {
        #[test]
        fn no_state_is_told_twice_in_a_row_or_early_and_a_lasting_one_is_told(
            steps in proptest::collection::vec((1_u64..100, any_event()), 0..40),
        ) {
            let mut at = 0;
            let events: Vec<_> = steps.into_iter().map(|(step, event)| { at += step; (at, event) }).collect();
            let end = at + 200;
            let told = told(&events, end);
            // An oracle: the changes of the state, one after the other.
            let mut changes = vec![(0, false)];
            for (at, event) in &events {
                if let Some(state) = State::of(event).filter(|state| state.is_stopped() != changes.last().unwrap().1) {
                    changes.push((*at, state.is_stopped()));
                }
            }
            let mut before = false;
            for (at, is_stopped) in &told {
                prop_assert!(*is_stopped != before, "{told:?}");
                before = *is_stopped;
                let (since, state) = changes.iter().rfind(|(since, _)| since <= at).unwrap();
                prop_assert!(*state == *is_stopped && at - since >= 60, "{at} {changes:?}");
            }
            prop_assert_eq!(before, changes.last().unwrap().1, "the state at the end is known");
            // Each stop that lasts is told, when it has lasted a minute.
            for (n, (since, is_stopped)) in changes.iter().enumerate().filter(|(_, (_, is_stopped))| *is_stopped) {
                let until = changes.get(n + 1).map_or(end + 1, |(until, _)| *until);
                let was_known = told.iter().rfind(|(at, _)| at < since).is_some_and(|(_, stopped)| *stopped);
                let lasts = until - since > 60 && !was_known;
                let tells = told.iter().filter(|(at, _)| (*since..until).contains(at)).collect::<Vec<_>>();
                let expected = if lasts { vec![(since + 60, *is_stopped)] } else { Vec::new() };
                prop_assert_eq!(tells.into_iter().copied().collect::<Vec<_>>(), expected);
            }
        }

        #[test]
        fn no_reason_controls_anything(because in any::<String>(), name in any::<String>()) {
            let notice = Notice::of(&State::Stopped(because), Some(&name));
            prop_assert!(!notice.text.contains(is_control) && !notice.title.contains(is_control));
        }
    }
}
