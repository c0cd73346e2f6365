//! The signals that ask the program to stop.

use std::io;

/// Receives these signals from [`Signals::listen`] on. They no longer end the program by themselves, not even after
/// this is dropped.
pub(super) struct Signals(Streams);

#[cfg(unix)]
type Streams = Vec<(u8, tokio::signal::unix::Signal)>;

#[cfg(windows)]
type Streams = (
    tokio::signal::windows::CtrlC,
    tokio::signal::windows::CtrlBreak,
    tokio::signal::windows::CtrlClose,
    tokio::signal::windows::CtrlLogoff,
    tokio::signal::windows::CtrlShutdown,
);

impl Signals {
    /// Starts listening; must run inside a runtime.
    ///
    /// # Errors
    ///
    /// The system refuses. The signals then keep their default, which is to end the program.
    pub(super) fn listen() -> io::Result<Self> {
        streams().map(Self)
    }

    /// Waits for a signal. Returns its number, or that of the Unix signal that it corresponds to.
    pub(super) async fn next(&mut self) -> u8 {
        first(&mut self.0).await
    }
}

/// SIGINT, SIGTERM, and SIGHUP, which a closed terminal sends. If SIGHUP is ignored, as under `nohup`, it stays
/// ignored.
#[cfg(unix)]
fn streams() -> io::Result<Streams> {
    use tokio::signal::unix::{SignalKind, signal};
    let hangup = Some(SignalKind::hangup()).filter(|_| !ignored::hangup());
    [SignalKind::interrupt(), SignalKind::terminate()]
        .into_iter()
        .chain(hangup)
        .map(|kind| Ok((u8::try_from(kind.as_raw_value()).unwrap_or_default(), signal(kind)?)))
        .collect()
}

#[cfg(unix)]
async fn first(streams: &mut Streams) -> u8 {
    std::future::poll_fn(|context| {
        let received = streams
            .iter_mut()
            .find_map(|(number, signal)| signal.poll_recv(context).is_ready().then_some(*number));
        received.map_or(std::task::Poll::Pending, std::task::Poll::Ready)
    })
    .await
}

#[cfg(windows)]
fn streams() -> io::Result<Streams> {
    use tokio::signal::windows::{ctrl_break, ctrl_c, ctrl_close, ctrl_logoff, ctrl_shutdown};
    Ok((ctrl_c()?, ctrl_break()?, ctrl_close()?, ctrl_logoff()?, ctrl_shutdown()?))
}

/// Windows ends a process some seconds after closing its console, or at once if nothing listens.
#[cfg(windows)]
async fn first((interrupt, interrupt_too, close, logoff, shutdown): &mut Streams) -> u8 {
    tokio::select! {
        _ = interrupt.recv() => 2,
        _ = interrupt_too.recv() => 2,
        _ = close.recv() => 15,
        _ = logoff.recv() => 15,
        _ = shutdown.recv() => 15,
    }
}

/// The signals that this process inherited as ignored.
#[cfg(unix)]
mod ignored {
    use std::process::{Command, Stdio};
    use std::sync::OnceLock;

    /// Whether SIGHUP was ignored at the first call, which must come before anything listens for it.
    pub(super) fn hangup() -> bool {
        static IGNORED: OnceLock<bool> = OnceLock::new();
        *IGNORED.get_or_init(|| by_kernel().unwrap_or_else(by_shell))
    }

    /// The answer from `/proc`, on Linux.
    fn by_kernel() -> Option<bool> {
        if !cfg!(target_os = "linux") {
            return None;
        }
        is_first_ignored(&std::fs::read_to_string("/proc/self/status").ok()?)
    }

    /// Whether this status lists signal 1 as ignored: the lowest bit of a hexadecimal mask.
    fn is_first_ignored(status: &str) -> Option<bool> {
        let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"))?;
        u64::from_str_radix(mask.trim(), 16).ok().map(|mask| mask & 1 == 1)
    }

    /// Whether a child survives sending SIGHUP to itself: children inherit ignored signals, and there is no other safe
    /// way to ask the system.
    fn by_shell() -> bool {
        let mut shell = Command::new("/bin/sh");
        shell.args(["-c", "kill -HUP $$"]);
        shell.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        shell.status().is_ok_and(|status| status.success())
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn ignored_signals_are_read_from_the_status_of_a_process() {
            for (mask, expected) in [
                ("0000000000001000", Some(false)),
                ("0000000000001001", Some(true)),
                ("8000000000000001", Some(true)),
                ("none", None),
            ] {
                let status =
                    format!("Name:\tzoomtok\nSigBlk:\t0000000000000001\nSigIgn:\t{mask}\nSigCgt:\t1\n");
                assert_eq!(is_first_ignored(&status), expected, "{mask}");
            }
            assert_eq!(is_first_ignored("Name:\tzoomtok\n"), None);
        }

        #[test]
        fn the_shell_and_the_kernel_agree() {
            if let Some(known) = by_kernel() {
                assert_eq!(by_shell(), known);
            }
        }
    }
}
