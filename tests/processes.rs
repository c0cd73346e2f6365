//! Many runs of the program at once, signals to them, and what could not be shown here.

use std::process::Child;
#[cfg(unix)]
use std::process::Command;
use std::time::Duration;

use zoomtok::sandbox::{Endpoint, Fault, Sandbox};

use crate::canaries::Shows;
use crate::support::{Ended, Home, ended_showing, texts};

/// How long anything may take that is done in milliseconds; a busy machine is slow.
const SOON: Duration = Duration::from_secs(10);

/// A process that does not outlive its test, also not one that failed.
pub(crate) struct Running {
    child: Option<Child>,
    shows: Shows,
}

impl Running {
    pub(crate) fn new(child: Child) -> Self {
        Self { child: Some(child), shows: Shows::Nothing }
    }

    /// The same process, which may show so much.
    pub(crate) fn showing(mut self, shows: Shows) -> Self {
        self.shows = shows;
        self
    }

    fn child(&mut self) -> &mut Child {
        self.child.as_mut().unwrap()
    }

    /// Whether it has not ended yet.
    pub(crate) fn runs(&mut self) -> bool {
        self.child().try_wait().unwrap().is_none()
    }

    /// Its number in the system.
    #[cfg(target_os = "linux")]
    pub(crate) fn id(&mut self) -> u32 {
        self.child().id()
    }

    /// What it reads, where it was started with a pipe, from here on for the caller.
    pub(crate) fn stdin(&mut self) -> std::process::ChildStdin {
        self.child().stdin.take().unwrap()
    }

    /// What it prints, from here on for the caller.
    pub(crate) fn stdout(&mut self) -> std::process::ChildStdout {
        self.child().stdout.take().unwrap()
    }

    /// Waits for its end.
    #[track_caller]
    pub(crate) fn end(mut self) -> Ended {
        ended_showing(self.child.take().unwrap().wait_with_output().unwrap(), self.shows)
    }

    /// Ends it with SIGKILL and waits until it is gone.
    #[cfg(unix)]
    pub(crate) fn kill(mut self) {
        self.child().kill().unwrap();
        self.child().wait().unwrap();
    }

    /// Sends it a signal, by the name that a shell has for it.
    #[cfg(unix)]
    #[track_caller]
    pub(crate) fn signal(&mut self, name: &str) {
        let pid = self.child().id();
        let sent = Command::new("sh").args(["-c", &format!("kill -{name} {pid}")]).status().unwrap();
        assert!(sent.success());
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(child) = &mut self.child {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// Starts the program with these arguments.
#[track_caller]
pub(crate) fn start(home: &Home, arguments: &[&str]) -> Running {
    Running::new(home.start(arguments)).showing(Shows::by_contract(&texts(arguments)))
}

/// Starts the program and waits until its request for a token has arrived, which then has this fault.
#[track_caller]
pub(crate) fn in_flight(sandbox: &Sandbox, home: &Home, arguments: &[&str], fault: Fault) -> Running {
    let before = sandbox.token_requests().len();
    sandbox.fail(Endpoint::Token, fault, 1);
    let running = start(home, arguments);
    assert!(sandbox.wait_for_token_requests(before + 1, SOON), "no request");
    running
}

/// Starts so many at once and waits for the end of all.
#[track_caller]
pub(crate) fn crowd(home: &Home, arguments: &[&str], n: usize) -> Vec<Ended> {
    let started: Vec<_> = (0..n).map(|_| start(home, arguments)).collect();
    started.into_iter().map(Running::end).collect()
}

/// Whether a program runs here without failing.
#[cfg(unix)]
pub(crate) fn works(mut command: Command) -> bool {
    command.output().is_ok_and(|output| output.status.success())
}

/// Whether the tests run as root, whom permissions do not bind.
#[cfg(unix)]
pub(crate) fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt as _;
    tempfile::tempfile().unwrap().metadata().unwrap().uid() == 0
}

/// Tells who runs the tests something that no assertion says, such as why one of them did nothing.
#[cfg(unix)]
#[expect(clippy::print_stderr, reason = "it is for the person who runs the tests")]
pub(crate) fn note(text: &str) {
    eprintln!("{text}");
}
