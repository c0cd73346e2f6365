//! Notices on the desktop. They have a thread of their own, as the command for events has, and share its bounds.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;
use std::{future, io, thread};

use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use super::Event;
use super::command::{Voice, run};
use super::notice::{Notice, Notices};
use super::tool::{Call, Tool};
use crate::clock::{Clock as _, SystemClock, pause, runtime};
use crate::mutex::locked;
use crate::programs::Program;

/// How long a state must last before it is told: one that passes by itself disturbs nobody.
const NOTICE_GRACE: Duration = Duration::from_mins(1);

/// The notices of a watch, with the thread that shows them. Dropped, it forgets those that are not due yet.
pub(crate) struct Desktop {
    accounts: Arc<Accounts>,
    last: CancellationToken,
    thread: Option<JoinHandle<()>>,
}

/// The accounts, by the names of their profiles.
struct Accounts {
    notices: Mutex<BTreeMap<Option<String>, Notices>>,
    grace: Duration,
    clock: SystemClock,
    /// Says that one of them has another state.
    changed: Notify,
}

impl Desktop {
    /// Starts the thread that shows notices by this program, which lacks the `hidden` variables of this process. Trouble with it
    /// goes to `warn`.
    ///
    /// # Errors
    ///
    /// The system has no room for a thread.
    pub(crate) fn start(
        tool: Tool,
        hidden: Vec<String>,
        clock: SystemClock,
        warn: impl Fn(&str) + Send + Sync + 'static,
    ) -> io::Result<Self> {
        let voice = Voice::new(format!("the program for notices, {},", tool.name()), clock, warn);
        let accounts = Arc::new(Accounts::new(NOTICE_GRACE, clock));
        let last = CancellationToken::new();
        let thread = {
            let (accounts, last) = (Arc::clone(&accounts), last.clone());
            let show = async move |notice: Notice, last: &CancellationToken| {
                let program = program(tool.call(&notice), &hidden);
                if let Err(trouble) = run(&program, b"", last).await {
                    voice.complain(&trouble);
                }
            };
            thread::Builder::new().name("notices".into()).spawn(move || {
                // Where there is no runtime the hook has none either, and says so.
                if let Ok(runtime) = runtime() {
                    runtime.block_on(serve(&accounts, &last, show));
                }
            })?
        };
        Ok(Self { accounts, last, thread: Some(thread) })
    }

    /// Takes note of an event of a profile, without waiting for anything.
    pub(crate) fn tell(&self, profile: Option<&str>, event: &Event) {
        self.accounts.heard(profile, event);
    }
}

impl Drop for Desktop {
    fn drop(&mut self) {
        self.last.cancel();
        if let Some(thread) = self.thread.take() {
            // An error is a panic there, which has been reported where it happened.
            let _ = thread.join();
        }
    }
}

impl Accounts {
    fn new(grace: Duration, clock: SystemClock) -> Self {
        Self { notices: Mutex::default(), grace, clock, changed: Notify::new() }
    }

    fn heard(&self, profile: Option<&str>, event: &Event) {
        let mut notices = locked(&self.notices);
        let notices = notices.entry(profile.map(str::to_owned)).or_insert_with(|| Notices::new(self.grace));
        notices.heard(event, self.clock.elapsed());
        self.changed.notify_one();
    }

    /// The notices that are due.
    fn due(&self) -> Vec<Notice> {
        let now = self.clock.elapsed();
        let mut notices = locked(&self.notices);
        let due = notices.iter_mut().filter_map(|(profile, notices)| {
            let state = notices.due(now)?;
            Some(Notice::of(&state, profile.as_deref()))
        });
        due.collect()
    }

    /// How long it is until the next one is due.
    fn until_due(&self) -> Option<Duration> {
        let now = self.clock.elapsed();
        locked(&self.notices).values().filter_map(|notices| notices.until_due(now)).min()
    }
}

/// Shows each notice when it is due, until it is the last.
async fn serve(
    accounts: &Accounts,
    last: &CancellationToken,
    show: impl AsyncFn(Notice, &CancellationToken),
) {
    while !last.is_cancelled() {
        for notice in accounts.due() {
            show(notice, last).await;
        }
        let due = async {
            match accounts.until_due() {
                Some(wait) => pause(wait).await,
                None => future::pending().await,
            }
        };
        tokio::select! {
            () = last.cancelled() => {}
            () = accounts.changed.notified() => {}
            () = due => {}
        }
    }
}

/// The program of a call. The texts are no secrets, and nothing of zoomtok's is in its environment.
fn program(Call { command, variables }: Call, hidden: &[String]) -> Program {
    let hidden = hidden.iter().map(|name| (name.clone(), None));
    Program {
        command: command.into_iter().map(Into::into).collect(),
        token_env: None,
        variables: hidden.chain(variables).collect(),
        has_terminal: false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Waits until so many notices were shown.
    async fn until(shown: &Mutex<Vec<String>>, count: usize) {
        while locked(shown).len() < count {
            pause(Duration::from_millis(1)).await;
        }
    }

    #[test]
    fn a_stop_and_its_end_are_shown_once_each_and_a_short_one_never() {
        let grace = Duration::from_millis(50);
        let (accounts, last) = (Accounts::new(grace, SystemClock::start()), CancellationToken::new());
        let shown: Mutex<Vec<String>> = Mutex::default();
        let show = async |notice: Notice, _: &CancellationToken| locked(&shown).push(notice.text);
        let stop = |because: &str| Event::Disabled { because: because.into(), probe_at: None };
        let story = async {
            // It takes as long as its grace, and not as long as it takes to hear of something else.
            accounts.heard(None, &Event::Rearmed);
            accounts.heard(Some("short"), &stop("for a moment"));
            accounts.heard(Some("short"), &Event::Rearmed);
            accounts.heard(Some("work"), &stop("a reason"));
            until(&shown, 1).await;
            assert!(accounts.clock.elapsed() >= grace, "{:?}", accounts.clock.elapsed());
            accounts.heard(Some("work"), &Event::Rearmed);
            until(&shown, 2).await;
            pause(grace * 3).await;
            last.cancel();
        };
        runtime().unwrap().block_on(async { tokio::join!(serve(&accounts, &last, show), story) });
        let shown = shown.into_inner().unwrap();
        assert_eq!(
            shown,
            [
                "The Zoom token of work is no longer refreshed: a reason. To recover, run: zoomtok get -f --profile work",
                "The Zoom token of work is refreshed again."
            ]
        );
    }

    #[test]
    fn at_the_end_nobody_waits_for_what_is_not_due() {
        let begun = SystemClock::start();
        let desktop = Desktop::start(Tool::NotifySend, Vec::new(), begun, |_| ()).unwrap();
        desktop.tell(None, &Event::Disabled { because: "no".into(), probe_at: None });
        drop(desktop);
        assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
    }
}
