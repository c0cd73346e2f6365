//! The signals that ask the program to end.

use std::io;

/// Listens for them, from [`Signals::listen`] on. In place of ending the program at once they are given to whoever
/// waits, also after this is gone.
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
    /// Listens from now on; inside a runtime.
    ///
    /// # Errors
    ///
    /// The system does not let it. The signals keep their default then, which is to end the program.
    pub(super) fn listen() -> io::Result<Self> {
        streams().map(Self)
    }

    /// Waits for one, and gives its number, or that of its like on other systems.
    pub(super) async fn next(&mut self) -> u8 {
        first(&mut self.0).await
    }
}

/// SIGINT, SIGTERM, and SIGHUP, which the end of a terminal sends. `nohup` has the last one ignored, and it stays so.
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

/// Windows ends a process some seconds after it has closed its console; as long as somebody listens it has these seconds.
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

/// Which signals whoever started this process has had ignored.
#[cfg(unix)]
mod ignored {
    use std::process::{Command, Stdio};
    use std::sync::OnceLock;

    /// Whether SIGHUP was ignored when it was first asked for, which must be before anybody listens for it.
    pub(super) fn hangup() -> bool {
        static IGNORED: OnceLock<bool> = OnceLock::new();
        *IGNORED.get_or_init(|| by_kernel().unwrap_or_else(by_shell))
    }

    /// What Linux says of this process.
    fn by_kernel() -> Option<bool> {
        if !cfg!(target_os = "linux") {
            return None;
        }
        is_first_ignored(&std::fs::read_to_string("/proc/self/status").ok()?)
    }

    /// Whether signal 1 is among those that this status has as ignored: the lowest bit of a hexadecimal number.
    fn is_first_ignored(status: &str) -> Option<bool> {
        let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"))?;
        u64::from_str_radix(mask.trim(), 16).ok().map(|mask| mask & 1 == 1)
    }

    /// What becomes of a child that sends it to itself: what is ignored is inherited, and the system has no other way to
    /// ask that is safe.
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
        fn the_status_of_a_process_says_what_it_ignores() {
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
        fn a_shell_knows_as_much_as_the_kernel() {
            if let Some(known) = by_kernel() {
                assert_eq!(by_shell(), known);
            }
        }
    }
}
