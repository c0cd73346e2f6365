//! The terminal at which somebody answers, with and without echo.

use std::io::{self, IsTerminal as _, stderr, stdin};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use zeroize::Zeroizing;

use self::echo::Silence;
use super::error::LoginError;
use crate::clock::{Shutdown, runtime};
use crate::error::Error;

type Line = io::Result<Option<Zeroizing<String>>>;

/// The lines that a person types.
pub(crate) struct Terminal {
    /// A line is read when one is asked for, so that nothing is taken that belongs to whoever comes next. True for a
    /// secret.
    wanted: Sender<bool>,
    lines: UnboundedReceiver<Line>,
    /// Whether a line was asked for and has not come yet.
    is_asked: bool,
}

impl Terminal {
    /// The terminal of this process; none where nobody sits at one.
    ///
    /// # Errors
    ///
    /// The system is out of threads.
    pub(crate) fn open() -> Result<Option<Self>, LoginError> {
        if !stdin().is_terminal() || !stderr().is_terminal() {
            return Ok(None);
        }
        let (wanted, requests) = channel();
        let (answers, lines) = unbounded_channel();
        let reading = thread::Builder::new().name("terminal".into()).spawn(move || read(&requests, &answers));
        reading.map_err(|source| Error::Other { action: "read from the terminal".into(), source })?;
        Ok(Some(Self { wanted, lines, is_asked: false }))
    }

    /// The next line, without its newline. If this is dropped, the line is not lost: the next call gets it.
    ///
    /// # Errors
    ///
    /// [`LoginError::EndOfInput`].
    pub(super) async fn line(&mut self) -> Result<Zeroizing<String>, LoginError> {
        self.answer(false).await
    }

    /// Waits for an answer that may be seen.
    ///
    /// # Errors
    ///
    /// As above, and [`Error::Interrupted`].
    pub(crate) fn answer_shown(&mut self, stop: &Shutdown) -> Result<Zeroizing<String>, LoginError> {
        self.wait(false, stop)
    }

    /// Waits for an answer that the terminal does not show. Whatever ends the wait, it shows what is typed again.
    ///
    /// # Errors
    ///
    /// As above, and [`Error::Other`] if the terminal cannot be kept from showing it; nothing was read then.
    pub(crate) fn answer_hidden(&mut self, stop: &Shutdown) -> Result<Zeroizing<String>, LoginError> {
        let _silence = Silence::begin().map_err(|source| Error::Other {
            action: "keep the terminal from showing a secret".into(),
            source,
        })?;
        self.wait(true, stop)
    }

    fn wait(&mut self, is_secret: bool, stop: &Shutdown) -> Result<Zeroizing<String>, LoginError> {
        stop.listen()?;
        let runtime =
            runtime().map_err(|source| Error::Other { action: "read from the terminal".into(), source })?;
        runtime.block_on(async {
            tokio::select! {
                biased;
                signal = stop.requested() => Err(crate::clock::ShutdownRequested { signal }.into()),
                line = self.answer(is_secret) => line,
            }
        })
    }

    async fn answer(&mut self, is_secret: bool) -> Result<Zeroizing<String>, LoginError> {
        if !self.is_asked {
            // A thread that has ended gives no line either.
            let _ = self.wanted.send(is_secret);
            self.is_asked = true;
        }
        let line = self.lines.recv().await;
        self.is_asked = false;
        match line {
            Some(Ok(Some(line))) => Ok(line),
            Some(Ok(None)) | None => Err(LoginError::EndOfInput),
            Some(Err(source)) => Err(Error::Other { action: "read from the terminal".into(), source }.into()),
        }
    }
}

fn read(requests: &Receiver<bool>, answers: &UnboundedSender<Line>) {
    while let Ok(is_secret) = requests.recv() {
        let line = if is_secret { echo::read_hidden() } else { read_line() };
        if answers.send(line).is_err() {
            return;
        }
    }
}

/// A line of standard input without its newline; none at its end.
fn read_line() -> Line {
    let mut line = Zeroizing::new(String::with_capacity(4096));
    if stdin().read_line(&mut line)? == 0 {
        return Ok(None);
    }
    let length = line.trim_end_matches(['\r', '\n']).len();
    line.truncate(length);
    Ok(Some(line))
}

#[cfg(unix)]
mod echo {
    use std::io::{self, Write as _, stderr, stdin};

    use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};

    /// A terminal that does not show what is typed, until this is dropped.
    pub(super) struct Silence(Termios);

    impl Silence {
        pub(super) fn begin() -> io::Result<Self> {
            let before = tcgetattr(stdin())?;
            let mut silent = before.clone();
            silent.local_modes.remove(LocalModes::ECHO);
            // The newline is still shown, so that the cursor is where a person expects it.
            silent.local_modes.insert(LocalModes::ECHONL);
            tcsetattr(stdin(), OptionalActions::Now, &silent)?;
            Ok(Self(before))
        }
    }

    impl Drop for Silence {
        fn drop(&mut self) {
            // The part of a secret that was typed before an interruption is thrown away. A terminal that is gone shows
            // nothing.
            let _ = tcsetattr(stdin(), OptionalActions::Flush, &self.0);
            let _ = stderr().flush();
        }
    }

    pub(super) fn read_hidden() -> super::Line {
        super::read_line()
    }
}

#[cfg(windows)]
mod echo {
    use std::io;

    /// The console does not show what is typed while [`read_hidden`] reads it.
    pub(super) struct Silence;

    impl Silence {
        #[expect(clippy::unnecessary_wraps, reason = "it can fail elsewhere")]
        pub(super) fn begin() -> io::Result<Self> {
            Ok(Self)
        }
    }

    pub(super) fn read_hidden() -> super::Line {
        rpassword::read_password().map(|line| Some(line.into()))
    }
}
