//! A server that is a child process, with a line of JSON for each message.

mod origin;

use std::collections::VecDeque;
use std::io;
use std::process::{ExitStatus, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWriteExt as _};
use tokio::process::ChildStdin;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

pub(crate) use self::origin::Origin;
use super::flight::Generation;
use super::mask::Masks;
use super::seam::{NotGiven, Received};
use crate::clock::pause;
use crate::controls::visible;
use crate::mcp::wire::raw::{RawLine, RawLines};
use crate::mutex::locked;
use crate::programs::{Process, Program};
use crate::token::Token;

/// The longest message of a server, in bytes.
const LONGEST_SAID: usize = 16 * 1024 * 1024;

/// How long a server has to end when its input is closed.
const AFTER_EOF: Duration = Duration::from_secs(2);

/// How long the process that holds a server has to end it: that one kills it two seconds after SIGTERM.
const AFTER_SIGTERM: Duration = Duration::from_secs(3);

/// How long its exit status and its last words are waited for when a server has closed its output.
const LAST_WORDS: Duration = Duration::from_millis(500);

/// How many of the last lines that a server wrote to standard error are repeated when it has ended.
const TAIL: usize = 5;

/// The longest line of standard error, in bytes.
const LONGEST_ERROR: usize = 16 * 1024;

/// Hears what a server writes to standard error, line by line.
pub(crate) type HearErrors = Arc<dyn Fn(&str) + Send + Sync>;

/// A server that was started.
pub(crate) struct Child {
    stdin: Arc<tokio::sync::Mutex<Option<ChildStdin>>>,
    end: CancellationToken,
    ended: CancellationToken,
}

/// The things that all children of one client share.
#[derive(Clone)]
pub(crate) struct Around {
    pub(crate) inbox: mpsc::Sender<(Generation, Received)>,
    /// The tokens that servers were handed.
    pub(crate) masks: Arc<Mutex<Masks>>,
    pub(crate) errors: HearErrors,
}

impl Child {
    /// Starts a server, with this token in its environment.
    ///
    /// # Errors
    ///
    /// It cannot be started.
    pub(crate) fn start(
        program: &Program,
        token: Option<&Token>,
        generation: Generation,
        around: Around,
    ) -> io::Result<Self> {
        let mut process = program.start(token, [Stdio::piped(), Stdio::piped(), Stdio::piped()])?;
        let missing = || io::Error::other("it has no pipes");
        let stdout = process.stdout().ok_or_else(missing)?;
        let stderr = process.stderr().ok_or_else(missing)?;
        let stdin = Arc::new(tokio::sync::Mutex::new(process.stdin()));
        let (end, ended) = (CancellationToken::new(), CancellationToken::new());
        let tail = Arc::new(Mutex::new(VecDeque::new()));
        let status = Arc::new(Mutex::new(None));
        tokio::spawn(errors(stderr, around.clone(), Arc::clone(&tail)));
        tokio::spawn({
            let (stdin, end, ended) = (Arc::clone(&stdin), end.clone(), ended.clone());
            let status = Arc::clone(&status);
            async move {
                let ended_with = tend(process, &stdin, &end).await;
                *locked(&status) = ended_with.ok();
                ended.cancel();
            }
        });
        let over = ended.clone();
        tokio::spawn(async move {
            let why = messages(stdout, generation, &around.inbox).await;
            tokio::select! {
                () = over.cancelled() => {}
                () = pause(LAST_WORDS) => {}
            }
            // Its last output is being read.
            tokio::task::yield_now().await;
            let reason = why.unwrap_or_else(|| how(*locked(&status)));
            let tail = locked(&tail).iter().cloned().collect::<Vec<_>>().join(" / ");
            let reason = if tail.is_empty() { reason } else { format!("{reason}; it wrote last: {tail}") };
            // The receiver may be gone.
            let _ = around.inbox.send((generation, Received::Ended(reason))).await;
        });
        Ok(Self { stdin, end, ended })
    }

    /// Hands a message over.
    ///
    /// # Errors
    ///
    /// It certainly does not have it.
    pub(crate) async fn send(&self, mut line: String) -> Result<(), NotGiven> {
        line.push('\n');
        let mut stdin = self.stdin.lock().await;
        let Some(pipe) = stdin.as_mut() else { return Err(NotGiven("its input is closed".into())) };
        let written = pipe.write_all(line.as_bytes()).await;
        written.map_err(|error| {
            // A part of a line is no message, and nothing may follow it.
            *stdin = None;
            NotGiven(format!("its input is closed: {error}"))
        })
    }

    /// Ends it, and waits until that is done.
    pub(crate) async fn end(&self) {
        self.end.cancel();
        self.ended.cancelled().await;
    }

    /// Waits until it has ended by itself.
    pub(crate) async fn ended(&self) {
        self.ended.cancelled().await;
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        self.end.cancel();
    }
}

/// Passes the lines of a server on, until its output ends; gives why it cannot continue where that is not the reason.
async fn messages(
    stdout: impl AsyncRead + Unpin,
    generation: Generation,
    inbox: &mpsc::Sender<(Generation, Received)>,
) -> Option<String> {
    let mut lines = RawLines::new(stdout, LONGEST_SAID);
    while let Some(line) = lines.next().await {
        let RawLine::Bytes(bytes) = line else {
            return Some(format!("it sent a line of more than {} MiB", LONGEST_SAID / 1024 / 1024));
        };
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if inbox.send((generation, Received::Message(text))).await.is_err() {
            break;
        }
    }
    None
}

/// Passes on what a server writes to standard error, without the token and with control characters made visible.
async fn errors(stderr: impl AsyncRead + Unpin, around: Around, tail: Arc<Mutex<VecDeque<String>>>) {
    let mut lines = RawLines::new(stderr, LONGEST_ERROR);
    while let Some(line) = lines.next().await {
        let RawLine::Bytes(bytes) = line else { continue };
        let text = String::from_utf8_lossy(&bytes);
        let text = locked(&around.masks).masked(text.trim_end()).into_owned();
        let text = visible(&text).into_owned();
        (around.errors)(&text);
        let mut tail = locked(&tail);
        tail.push_back(text);
        if tail.len() > TAIL {
            tail.pop_front();
        }
    }
}

/// Waits until a server ends, or ends it.
async fn tend(
    mut process: Process,
    stdin: &tokio::sync::Mutex<Option<ChildStdin>>,
    end: &CancellationToken,
) -> io::Result<ExitStatus> {
    tokio::select! {
        status = process.wait() => return status,
        () = end.cancelled() => {}
    }
    // A task that writes into a full pipe has to give up.
    if let Ok(mut stdin) = stdin.try_lock() {
        stdin.take();
    }
    tokio::select! {
        status = process.wait() => return status,
        () = pause(AFTER_EOF) => process.terminate(),
    }
    tokio::select! {
        status = process.wait() => return status,
        () = pause(AFTER_SIGTERM) => process.kill(),
    }
    process.wait().await
}

/// How a server ended, in words.
fn how(status: Option<ExitStatus>) -> String {
    status.map_or_else(|| "it closed its output".into(), |status| format!("it ended with {status}"))
}
