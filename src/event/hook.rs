//! The user's command that hears each event. Whatever it does holds nobody up: it has a thread, and a queue that forgets what
//! is too much.

use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;
use std::{future, io, thread};

use serde_json::Value;
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio_util::sync::CancellationToken;

use super::command::{self, Trouble, Voice};
use crate::clock::{Shutdown, SystemClock, pause, runtime};
use crate::controls::in_json;
use crate::programs::Program;

/// How many events wait for the command. More are dropped.
const HOOK_QUEUE: usize = 100;

/// How long the events that still wait when a signal ends zoomtok may take, all together.
const HOOK_LAST: Duration = Duration::from_secs(3);

/// How long the events that still wait may take, all together, when zoomtok ends by itself.
const HOOK_AT_END: Duration = Duration::from_secs(15);

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
        let voice = Arc::new(Voice::new(format!("the command for events, {name},"), clock, warn));
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
            self.voice.complain(&Trouble::Full(HOOK_QUEUE));
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
    command::run(&program, line.as_bytes(), cut).await
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;
    use crate::mutex::locked;

    #[test]
    fn a_full_queue_drops_the_newest_and_says_so_once() {
        let (queue, mut waiting) = channel(HOOK_QUEUE);
        let heard: Arc<Mutex<Vec<String>>> = Arc::default();
        let warned = Arc::clone(&heard);
        let warn = move |sentence: &str| locked(&warned).push(sentence.to_owned());
        let voice = Voice::new("the command for events, slow,".into(), SystemClock::start(), warn);
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
}
