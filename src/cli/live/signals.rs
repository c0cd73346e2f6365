//! The signals about a terminal: it has another size, the program is to stop for a while, and it goes on.

use std::io;

/// A change of the terminal, or of the program's place on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(not(unix), expect(dead_code, reason = "there are no such signals"))]
pub(super) enum Change {
    Resized,
    Continued,
    /// The program is to stop, as by Ctrl-Z.
    Stop,
}

#[cfg(unix)]
pub(super) struct Changes([(Change, tokio::signal::unix::Signal); 3]);

#[cfg(unix)]
impl Changes {
    /// Listens from now on; must run inside a runtime. Ctrl-Z stops the program no more by itself: see [`stop`].
    pub(super) fn listen() -> io::Result<Self> {
        use rustix::process::Signal;
        use tokio::signal::unix::{SignalKind, signal};
        let listen = |number: Signal| signal(SignalKind::from_raw(number.as_raw()));
        Ok(Self([
            (Change::Resized, listen(Signal::WINCH)?),
            (Change::Continued, listen(Signal::CONT)?),
            (Change::Stop, listen(Signal::TSTP)?),
        ]))
    }

    pub(super) async fn next(&mut self) -> Change {
        std::future::poll_fn(|context| {
            let received = self
                .0
                .iter_mut()
                .find_map(|(change, signal)| signal.poll_recv(context).is_ready().then_some(*change));
            received.map_or(std::task::Poll::Pending, std::task::Poll::Ready)
        })
        .await
    }
}

/// Stops this process as Ctrl-Z does where nobody listens for it. SIGTSTP itself does not do that any more, and SIGSTOP would
/// also stop a program that no shell can let go on. This signal has the effect of the first under the same conditions.
#[cfg(unix)]
pub(super) fn stop() {
    // It cannot fail.
    let _ = rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::TTIN);
}

#[cfg(not(unix))]
pub(super) struct Changes;

#[cfg(not(unix))]
impl Changes {
    #[expect(clippy::unnecessary_wraps, reason = "as elsewhere")]
    pub(super) fn listen() -> io::Result<Self> {
        Ok(Self)
    }

    pub(super) async fn next(&mut self) -> Change {
        std::future::pending().await
    }
}

#[cfg(not(unix))]
pub(super) fn stop() {}
