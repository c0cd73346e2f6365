//! Refreshing ahead of time: the watch in a thread of its own, without Claude.
//!
//! The server is Claude's child, and a restart of Claude would end the conversation that it serves.

use std::io;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use crate::clock::{Shutdown, jitter};
use crate::error::{Code, Error};
use crate::event::Event;
use crate::keeper::Keeper;
use crate::settings::Settings;
use crate::tokens::Tokens;
use crate::watch::{Plan, Watch};

/// How often a changed policy, and what was wrong, is looked for while nothing is called: the client learns of it by then.
pub(crate) const LOOK: Duration = Duration::from_secs(2);

/// When to refresh, and what to show, by settings and the flags that count before them. With a shared store each process begins at
/// a time of its own.
///
/// # Errors
///
/// [`Error::Setting`] for an impossible value.
pub(crate) fn plan(
    settings: &Settings,
    threshold: Option<u64>,
    interval: Option<u64>,
) -> Result<Plan, Error> {
    let plan = Plan {
        threshold: settings.auto_refresh_threshold(threshold)?,
        interval: settings.display_interval(interval)?,
    };
    Ok(if settings.is_shared()? { plan.among_many(jitter()) } else { plan })
}

/// The thread that refreshes. It ends when this is dropped, after the exchange that it may be in.
pub(crate) struct Ahead {
    stop: Shutdown,
    thread: Option<JoinHandle<()>>,
}

impl Ahead {
    /// Starts it. It begins when there is a `plan`; events go to `report`.
    ///
    /// # Errors
    ///
    /// The system has no room for a thread.
    pub(crate) fn start(
        tokens: Arc<Tokens>,
        plan: impl Fn() -> Option<Plan> + Send + 'static,
        report: impl Fn(&Event) + Send + 'static,
    ) -> io::Result<Self> {
        let stop = tokens.stop.clone();
        let thread = std::thread::Builder::new().name("ahead".into()).spawn(move || {
            // Nobody can renew the environment's token: Claude handed it over once, at the start.
            let environment = tokens.environment().clone().without_token();
            let keeper = Keeper { environment: &environment, ..tokens.keeper() };
            let mut report = |event: &Event| {
                note(&tokens, event);
                report(event);
                Ok(())
            };
            let plan = loop {
                if let Some(plan) = plan() {
                    break plan;
                }
                if tokens.clock.sleep(LOOK, &tokens.stop).is_err() {
                    return;
                }
            };
            let watch = Watch::new(&keeper, plan, None, &mut report);
            // It ends only by being stopped: a problem with the `.env` is reported, and it continues.
            let _: Result<Code, Error> = watch.run_past_failed_looks();
        })?;
        Ok(Self { stop, thread: Some(thread) })
    }
}

impl Drop for Ahead {
    fn drop(&mut self) {
        self.stop.request();
        if let Some(thread) = self.thread.take() {
            // An error is a panic there, which has been reported where it happened.
            let _ = thread.join();
        }
    }
}

/// Takes note of events that `zoom_token_status` reports.
fn note(tokens: &Tokens, event: &Event) {
    let mut refreshing = tokens.refreshing();
    match event {
        Event::RefreshFailed { error, .. } => refreshing.failure = Some(error.clone()),
        Event::Disabled { probe_at, .. } => {
            refreshing.stopped_since = Some(tokens.clock.now());
            refreshing.probe_at = *probe_at;
        }
        Event::Rearmed | Event::RefreshDone { .. } => *refreshing = crate::tokens::Refreshing::default(),
        Event::Status { .. }
        | Event::RefreshStarted { .. }
        | Event::TokenUpdated { .. }
        | Event::UpdatingClaude
        | Event::ClaudeReadsEnv
        | Event::RestartingClaude
        | Event::SecretUpdated { .. }
        | Event::Warning { .. }
        | Event::ServerRestarted { .. }
        | Event::ToolHeld { .. }
        | Event::ApprovalWaiting { .. }
        | Event::Ended { .. } => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::{Shutdown, SystemClock};
    use crate::settings::Environment;
    use crate::token::TokenState;

    #[test]
    fn the_status_of_refreshing_follows_its_events() {
        let directory = tempfile::tempdir().unwrap();
        let tokens = Tokens::new(
            Environment::default(),
            directory.path().join(".env"),
            None,
            SystemClock::start(),
            Shutdown::never(),
        );
        let failed = Event::RefreshFailed { error: "no. Do this.".into(), code: 4, failures: 1, limit: 3 };
        let probe = tokens.clock.now();
        let ends = |probe_at| Event::Disabled { because: "no".into(), probe_at };
        let status = || {
            let now = tokens.refreshing().clone();
            (now.failure.is_some(), now.stopped_since.is_some(), now.probe_at)
        };
        assert_eq!(status(), (false, false, None));
        note(&tokens, &failed);
        assert_eq!(status(), (true, false, None));
        note(&tokens, &ends(None));
        assert_eq!(status(), (true, true, None));
        note(&tokens, &Event::Status { state: TokenState::Missing, disabled_since: None, because: None });
        assert_eq!(status(), (true, true, None));
        note(&tokens, &Event::Rearmed);
        assert_eq!(status(), (false, false, None));
        note(&tokens, &failed);
        note(&tokens, &ends(Some(probe)));
        assert_eq!(status(), (true, true, Some(probe)));
        note(&tokens, &Event::RefreshDone { state: TokenState::Missing });
        assert_eq!(status(), (false, false, None));
    }
}
