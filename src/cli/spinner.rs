//! A sign of life on a terminal while something takes seconds.
//!
//! A crate for that, indicatif, was measured first: it brings `pow` and with it a shared library of mathematics, which
//! is loaded at the start of every `check` and takes a tenth of its time.

use std::io::{self, Write as _};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

/// The time of one frame.
const FRAME: Duration = Duration::from_millis(100);

const FRAMES: [&str; 10] = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];

/// For terminals that do not show those.
const ASCII_FRAMES: [&str; 4] = ["|", "/", "-", "\\"];

/// A spinner on stderr with a message beside it. Dropped, it leaves an empty line behind.
pub(super) struct Spinner {
    running: Option<(Sender<&'static str>, JoinHandle<()>)>,
}

impl Spinner {
    /// One that spins, or one that does nothing where nobody would see it.
    pub(super) fn new(visible: bool, signs: bool) -> Self {
        let (messages, received) = channel();
        let frames: &'static [_] = if signs { &FRAMES } else { &ASCII_FRAMES };
        let spin =
            || std::thread::Builder::new().name("spinner".into()).spawn(move || spin(frames, &received)).ok();
        Self { running: visible.then(spin).flatten().map(|thread| (messages, thread)) }
    }

    /// Says what takes so long from now on.
    pub(super) fn say(&self, message: &'static str) {
        if let Some((messages, _)) = &self.running {
            // One that has ended shows nothing any more.
            let _ = messages.send(message);
        }
    }
}

impl Drop for Spinner {
    fn drop(&mut self) {
        if let Some((messages, thread)) = self.running.take() {
            drop(messages);
            // A panic there has been told where it happened.
            let _ = thread.join();
        }
    }
}

/// Draws until there is nobody any more who could say something.
fn spin(frames: &[&str], messages: &Receiver<&'static str>) {
    let mut stderr = io::stderr();
    let mut message = "";
    for frame in frames.iter().cycle() {
        match messages.recv_timeout(FRAME) {
            Ok(next) => message = next,
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => break,
        }
        if !message.is_empty() {
            // A spinner that cannot be drawn is not missed.
            let _ = write!(stderr, "\r\x1b[2K{frame} {message}").and_then(|()| stderr.flush());
        }
    }
    let _ = write!(stderr, "\r\x1b[2K").and_then(|()| stderr.flush());
}
