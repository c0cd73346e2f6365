//! The user's command that hears each event. It runs in a process group of its own that ends with it, it has no terminal, its
//! output is dropped, and whatever it does holds nobody up: it has a thread, and a queue that forgets what is too much.

use std::process::Stdio;
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;
use std::{future, io, thread};

use serde_json::Value;
use tokio::io::AsyncWriteExt as _;
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio_util::sync::CancellationToken;

use crate::clock::{Clock as _, Shutdown, SystemClock, pause, runtime};
use crate::controls::in_json;
use crate::mutex::locked;
use crate::programs::Program;

/// How many events wait for the command. More are dropped.
const HOOK_QUEUE: usize = 100;

/// How long the command may take for one event.
const HOOK_PATIENCE: Duration = Duration::from_secs(10);

/// How long it has to end when it is told to: whatever holds it kills it two seconds after SIGTERM.
const HOOK_END: Duration = Duration::from_secs(3);

/// How long the events that still wait when a signal ends zoomtok may take, all together.
const HOOK_LAST: Duration = Duration::from_secs(3);

/// How long the events that still wait may take, all together, when zoomtok ends by itself.
const HOOK_AT_END: Duration = Duration::from_secs(15);

/// How long the same trouble with the command is not reported again.
const HOOK_SILENCE: Duration = Duration::from_hours(1);

/// A command that hears events, with the thread that runs it. Dropped, it waits until the last events are heard.
pub(crate) struct Hook {
    queue: Option<Sender<Value>>,
    thread: Option<JoinHandle<()>>,
    /// Says that there are no more events.
    last: CancellationToken,
    voice: Arc<Voice>,
}

impl Hook {
    /// The variable with the name of the event.
    pub(crate) const EVENT: &str = "ZOOMTOK_EVENT";

    /// Starts the thread for a command, which lacks the `hidden` variables of this process. Trouble with it goes to `warn`.
    ///
    /// # Errors
    ///
    /// The system has no room for a thread.
    pub(crate) fn start(
        words: Vec<String>,
        hidden: Vec<String>,
        clock: SystemClock,
        stop: Shutdown,
        warn: impl Fn(&str) + Send + Sync + 'static,
    ) -> io::Result<Self> {
        let (queue, events) = channel(HOOK_QUEUE);
        let name = words.first().cloned().unwrap_or_default();
        let voice = Arc::new(Voice { name, warn: Box::new(warn), clock, said: Mutex::default() });
        let program = Program {
            command: words.into_iter().map(Into::into).collect(),
            token_env: None,
            variables: hidden.into_iter().map(|name| (name, None)).collect(),
            has_terminal: false,
        };
        let last = CancellationToken::new();
        let thread = {
            let (voice, last) = (Arc::clone(&voice), last.clone());
            thread::Builder::new().name("hook".into()).spawn(move || {
                run(&program, events, &voice, &stop, &last);
            })?
        };
        Ok(Self { queue: Some(queue), thread: Some(thread), last, voice })
    }

    /// Hands it an event, without waiting for anything.
    pub(crate) fn tell(&self, event: &Value) {
        let sent = self.queue.as_ref().map(|queue| queue.try_send(event.clone()));
        if sent.is_some_and(|sent| sent.is_err()) {
            self.voice.complain(&Trouble::Full);
        }
    }
}

impl Drop for Hook {
    fn drop(&mut self) {
        self.queue = None;
        self.last.cancel();
        if let Some(thread) = self.thread.take() {
            // An error is a panic there, which has been reported where it happened.
            let _ = thread.join();
        }
    }
}

/// Runs the command for one event after the other, until there are no more.
fn run(
    program: &Program,
    mut events: Receiver<Value>,
    voice: &Voice,
    stop: &Shutdown,
    last: &CancellationToken,
) {
    let runtime = match runtime() {
        Ok(runtime) => runtime,
        Err(error) => return voice.complain(&Trouble::NotStarted(error.to_string())),
    };
    let cut = CancellationToken::new();
    runtime.block_on(async {
        let hear = async {
            while let Some(event) = events.recv().await {
                if cut.is_cancelled() {
                    break;
                }
                if let Err(trouble) = hear(program, &event, &cut).await {
                    voice.complain(&trouble);
                }
            }
        };
        let end = async {
            last.cancelled().await;
            let signalled = async {
                stop.requested().await;
                pause(HOOK_LAST).await;
            };
            tokio::select! {
                () = signalled => {}
                () = pause(HOOK_AT_END) => {}
            }
            cut.cancel();
            future::pending::<()>().await;
        };
        tokio::select! {
            () = hear => {}
            () = end => {}
        }
    });
}

/// Has the command hear one event.
async fn hear(program: &Program, event: &Value, cut: &CancellationToken) -> Result<(), Trouble> {
    let mut program = program.clone();
    let name = event["event"].as_str().unwrap_or_default().to_owned();
    program.variables.push((Hook::EVENT.into(), Some(name)));
    let line = format!("{}\n", in_json(&event.to_string()));
    let failed = |error: io::Error| Trouble::NotStarted(error.to_string());
    let mut process = program.start(None, [Stdio::piped(), Stdio::null(), Stdio::null()]).map_err(failed)?;
    let stdin = process.stdin();
    let heard = async {
        if let Some(mut stdin) = stdin {
            // It need not read it.
            let _ = stdin.write_all(line.as_bytes()).await;
        }
        process.wait().await
    };
    let trouble = tokio::select! {
        status = heard => return verdict(status.map_err(failed)?.code()),
        () = pause(HOOK_PATIENCE) => Err(Trouble::Late),
        () = cut.cancelled() => Ok(()),
    };
    process.terminate();
    tokio::select! {
        _ = process.wait() => return trouble,
        () = pause(HOOK_END) => process.kill(),
    }
    // A failure to wait for it is no other trouble.
    let _ = process.wait().await;
    trouble
}

/// The trouble that an exit code says.
fn verdict(code: Option<i32>) -> Result<(), Trouble> {
    match code {
        Some(0) => Ok(()),
        Some(126) => Err(Trouble::NotStarted("it cannot be run".into())),
        Some(127) => Err(Trouble::NotStarted("it is not found".into())),
        Some(code) => Err(Trouble::Failed(code)),
        None => Err(Trouble::NotStarted("the process that holds it was killed".into())),
    }
}

/// Trouble with a command.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Trouble {
    /// It does not run, for this reason.
    NotStarted(String),
    /// It ended with this exit code.
    Failed(i32),
    /// It took too long.
    Late,
    /// Events came faster than it heard them.
    Full,
}

impl Trouble {
    fn sentence(&self, name: &str) -> String {
        match self {
            Self::NotStarted(why) => format!("the command for events, {name}, was not run: {why}"),
            Self::Failed(code) => format!("the command for events, {name}, failed with exit code {code}"),
            Self::Late => format!(
                "the command for events, {name}, took longer than {} s and was ended",
                HOOK_PATIENCE.as_secs()
            ),
            Self::Full => format!(
                "the command for events, {name}, is too slow: {HOOK_QUEUE} events wait for it, and more are dropped"
            ),
        }
    }
}

/// Says what is wrong with the command, and nothing for ever. It names the program alone: the arguments of the command may be
/// secret.
struct Voice {
    name: String,
    warn: Box<dyn Fn(&str) + Send + Sync>,
    clock: SystemClock,
    said: Mutex<Said>,
}

impl Voice {
    fn complain(&self, trouble: &Trouble) {
        let sentence = trouble.sentence(&self.name);
        if locked(&self.said).is_news(&sentence, self.clock.elapsed()) {
            (self.warn)(&sentence);
        }
    }
}

/// The sentences that were said lately, and when.
#[derive(Default)]
struct Said(Vec<(String, Duration)>);

impl Said {
    /// Whether a sentence was not said lately. It counts as said from now on.
    fn is_news(&mut self, sentence: &str, now: Duration) -> bool {
        self.0.retain(|(_, at)| now.saturating_sub(*at) < HOOK_SILENCE);
        let is_news = self.0.iter().all(|(said, _)| said != sentence);
        if is_news {
            self.0.push((sentence.to_owned(), now));
        }
        is_news
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_trouble_is_reported_once_an_hour() {
        let mut said = Said::default();
        let seconds = Duration::from_secs;
        for (sentence, at, news) in [
            ("a", 0, true),
            ("a", 60, false),
            ("b", 60, true),
            ("a", 3599, false),
            ("a", 3600, true),
            ("b", 3601, false),
            ("b", 3660, true),
            ("a", 7199, false),
        ] {
            assert_eq!(said.is_news(sentence, seconds(at)), news, "{sentence} at {at} s");
        }
    }

    #[test]
    fn a_full_queue_drops_the_newest_and_says_so_once() {
        let (queue, mut waiting) = channel(HOOK_QUEUE);
        let heard: Arc<Mutex<Vec<String>>> = Arc::default();
        let warned = Arc::clone(&heard);
        let warn = Box::new(move |sentence: &str| locked(&warned).push(sentence.to_owned()));
        let voice = Voice { name: "slow".into(), warn, clock: SystemClock::start(), said: Mutex::default() };
        let (voice, last) = (Arc::new(voice), CancellationToken::new());
        let hook = Hook { queue: Some(queue), thread: None, last, voice };
        for n in 0..HOOK_QUEUE + 7 {
            hook.tell(&n.into());
        }
        assert_eq!(
            *locked(&heard),
            ["the command for events, slow, is too slow: 100 events wait for it, and more are dropped"]
        );
        let waiting: Vec<Value> = std::iter::from_fn(|| waiting.try_recv().ok()).collect();
        assert_eq!(waiting, (0..HOOK_QUEUE).map(Value::from).collect::<Vec<_>>());
    }

    #[test]
    fn an_exit_code_says_what_the_trouble_is() {
        let not = |why: &str| Err(Trouble::NotStarted(why.into()));
        for (code, expected) in [
            (Some(0), Ok(())),
            (Some(1), Err(Trouble::Failed(1))),
            (Some(126), not("it cannot be run")),
            (Some(127), not("it is not found")),
            (Some(137), Err(Trouble::Failed(137))),
        ] {
            assert_eq!(verdict(code), expected, "{code:?}");
        }
        assert!(verdict(None).is_err());
    }
}
