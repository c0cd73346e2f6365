//! The process between a gateway and its server, or between zoomtok and a command that hears events: it ends the server, with
//! everything that the server has started, when it is told to or when the gateway is gone, however that went.
//!
//! Only the parent of a process can signal its group and be sure that the number still belongs to it, and a gateway that
//! is killed cannot signal anybody. So this one is the parent: it stays small, and does nothing but wait.

use std::ffi::OsString;
use std::io;
use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
use std::process::{Child, Command, ExitStatus};
use std::time::Duration;

use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, getppid, kill_process_group, setsid, waitid};
use tokio::signal::unix::{SignalKind, signal};

use crate::clock::{pause, runtime};
use crate::error::{Code, Error};

/// How long a server has to end after SIGTERM, before it is killed.
const AFTER_TERM: Duration = Duration::from_secs(2);

/// How often is looked whether the gateway is still there, where the system does not say when it ends.
const GATEWAY_LOOK: Duration = Duration::from_secs(1);

/// Runs a server for the gateway with this process id, and gives its exit status. Without a terminal it runs in a session of its
/// own, where it cannot open the one of the gateway.
///
/// # Errors
///
/// The server cannot be started: the message is for whoever reads the server's standard error.
pub fn hold(gateway: u32, has_terminal: bool, command: &[OsString]) -> Result<Code, Error> {
    let Some((program, arguments)) = command.split_first() else { return Ok(Code::Usage) };
    let failed = |source| Error::Command { command: program.to_string_lossy().into_owned(), source };
    let gateway = Gateway::new(gateway).map_err(failed)?;
    if !has_terminal {
        setsid().map_err(|error| failed(error.into()))?;
    }
    let runtime = runtime().map_err(failed)?;
    let _inside = runtime.enter();
    // Before the server is started, so that no signal is missed.
    let (mut ended, mut term) =
        (signal(SignalKind::child()).map_err(failed)?, signal(SignalKind::terminate()).map_err(failed)?);
    let mut server = Server(Command::new(program).args(arguments).process_group(0).spawn().map_err(failed)?);
    runtime.block_on(async {
        let kill_after_term = async {
            loop {
                term.recv().await;
                if gateway.is_gone() {
                    return;
                }
                server.signal(Signal::TERM);
                pause(AFTER_TERM).await;
                server.signal(Signal::KILL);
            }
        };
        let ends = async {
            while !server.has_ended() {
                ended.recv().await;
            }
        };
        tokio::select! {
            () = ends => {}
            () = kill_after_term => {}
            () = gateway.gone() => {}
        }
        // Also what it has left behind.
        server.signal(Signal::KILL);
    });
    Ok(code(server.0.wait().map_err(failed)?))
}

/// The server, which leads a process group.
struct Server(Child);

impl Server {
    /// Signals its group. It has not been waited for, so the number is its own.
    fn signal(&self, signal: Signal) {
        if let Some(group) = self.pid() {
            // It fails where nobody is left.
            let _ = kill_process_group(group, signal);
        }
    }

    /// Whether it has ended. It is not waited for yet.
    fn has_ended(&self) -> bool {
        let options = WaitIdOptions::EXITED | WaitIdOptions::NOWAIT | WaitIdOptions::NOHANG;
        self.pid().is_none_or(|pid| !matches!(waitid(WaitId::Pid(pid), options), Ok(None)))
    }

    fn pid(&self) -> Option<Pid> {
        Pid::from_raw(i32::try_from(self.0.id()).ok()?)
    }
}

/// The process that has started this one.
struct Gateway(u32);

impl Gateway {
    fn new(pid: u32) -> io::Result<Self> {
        // From here on its end is a signal to this process.
        #[cfg(target_os = "linux")]
        rustix::process::set_parent_process_death_signal(Some(Signal::TERM))?;
        let gateway = Self(pid);
        // It may have ended before that.
        if gateway.is_gone() { Err(io::Error::other("the gateway has ended")) } else { Ok(gateway) }
    }

    fn is_gone(&self) -> bool {
        getppid().is_none_or(|parent| parent.as_raw_nonzero().get().cast_unsigned() != self.0)
    }

    /// Waits until it is gone.
    async fn gone(&self) {
        if cfg!(target_os = "linux") {
            // The signal says so.
            return std::future::pending().await;
        }
        while !self.is_gone() {
            pause(GATEWAY_LOOK).await;
        }
    }
}

/// The exit code that says the same.
fn code(status: ExitStatus) -> Code {
    let signal = status.signal().and_then(|signal| u8::try_from(signal).ok());
    signal.map_or_else(|| Code::Command(status.code().unwrap_or(1)), Code::Signal)
}
