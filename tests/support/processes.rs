//! Many runs of the program at once, signals to them, and what could not be shown here.

use std::io::{self, Read};
#[cfg(unix)]
use std::os::unix::fs::lchown;
#[cfg(unix)]
use std::path::Path;
#[cfg(unix)]
use std::process::Command;
use std::process::{Child, ChildStderr, ChildStdin, ChildStdout, ExitStatus};
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

#[cfg(unix)]
use zoomtok::clock::{Shutdown, SystemClock};
#[cfg(unix)]
use zoomtok::files::Lock;
use zoomtok::sandbox::{Endpoint, Fault, Sandbox};

use crate::support::canaries::{Shows, assert_clean};
#[cfg(unix)]
use crate::support::rows::tree;
use crate::support::{Ended, Home, ended_showing};

/// How long anything may take that is done in milliseconds; a busy machine is slow.
const SOON: Duration = Duration::from_secs(10);

/// A process that does not outlive its test, also not one that failed. All its output is searched for secrets at
/// its end.
pub(crate) struct Running {
    child: Option<Child>,
    shows: Shows,
    /// The output that the test has read itself.
    stdout: Arc<Mutex<Vec<u8>>>,
    stderr: Arc<Mutex<Vec<u8>>>,
}

/// One output stream of a process, for a test to read.
pub(crate) struct Printed<S> {
    stream: S,
    read: Arc<Mutex<Vec<u8>>>,
}

impl<S: Read> Read for Printed<S> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.stream.read(buffer)?;
        self.read.lock().unwrap().extend_from_slice(&buffer[..read]);
        Ok(read)
    }
}

impl Running {
    pub(crate) fn new(child: Child) -> Self {
        Self { child: Some(child), shows: Shows::Nothing, stdout: Arc::default(), stderr: Arc::default() }
    }

    /// The same process, which may show so much.
    pub(crate) fn showing(mut self, shows: Shows) -> Self {
        self.may_show(shows);
        self
    }

    /// Says that from here on it may show so much.
    pub(crate) fn may_show(&mut self, shows: Shows) {
        self.shows = shows;
    }

    fn child(&mut self) -> &mut Child {
        self.child.as_mut().unwrap()
    }

    /// How it has ended, if it has.
    pub(crate) fn status(&mut self) -> Option<ExitStatus> {
        self.child().try_wait().unwrap()
    }

    /// Whether it has not ended yet.
    pub(crate) fn runs(&mut self) -> bool {
        self.status().is_none()
    }

    /// Its number in the system.
    pub(crate) fn id(&self) -> u32 {
        self.child.as_ref().unwrap().id()
    }

    /// Hands its input to the caller, where it was started with a pipe.
    pub(crate) fn stdin(&mut self) -> ChildStdin {
        self.child().stdin.take().unwrap()
    }

    /// Hands its output to the caller.
    pub(crate) fn stdout(&mut self) -> Printed<ChildStdout> {
        Printed { stream: self.child().stdout.take().unwrap(), read: Arc::clone(&self.stdout) }
    }

    /// Hands its stderr to the caller.
    pub(crate) fn stderr(&mut self) -> Printed<ChildStderr> {
        Printed { stream: self.child().stderr.take().unwrap(), read: Arc::clone(&self.stderr) }
    }

    /// Waits for its end.
    #[track_caller]
    pub(crate) fn end(mut self) -> Ended {
        let output = self.child.take().unwrap().wait_with_output().unwrap();
        self.search_what_was_read();
        ended_showing(output, self.shows)
    }

    /// Waits for its end and gives no more than how it ended.
    #[cfg(unix)]
    pub(crate) fn wait(&mut self) -> ExitStatus {
        self.child().wait().unwrap()
    }

    /// Ends it with SIGKILL and waits until it is gone.
    pub(crate) fn kill(mut self) {
        self.child().kill().unwrap();
        self.child().wait().unwrap();
    }

    /// Sends it a signal, by the name that a shell has for it.
    #[cfg(unix)]
    #[track_caller]
    pub(crate) fn signal(&mut self, name: &str) {
        let pid = self.id();
        let sent = Command::new("sh").args(["-c", &format!("kill -{name} {pid}")]).status().unwrap();
        assert!(sent.success());
    }

    #[track_caller]
    fn search_what_was_read(&self) {
        assert_clean(&*self.stdout.lock().unwrap(), self.shows, "stdout");
        assert_clean(&*self.stderr.lock().unwrap(), Shows::Nothing, "stderr");
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let Some(mut child) = self.child.take() else { return };
        let _ = child.kill();
        let _ = child.wait();
        // A test that has failed already has more to say.
        if thread::panicking() {
            return;
        }
        let (sender, output) = channel();
        thread::spawn(move || sender.send(child.wait_with_output()));
        // A process that this one has started can hold the pipes, and what is in them, for as long as it likes.
        if let Ok(output) = output.recv_timeout(SOON) {
            let output = output.unwrap();
            assert_clean(output.stdout, self.shows, "stdout");
            assert_clean(output.stderr, Shows::Nothing, "stderr");
        }
        // A thread of the test reads its stream to the end.
        let ended = Instant::now();
        let is_read = |kept: &Arc<_>| Arc::strong_count(kept) > 1;
        while [&self.stdout, &self.stderr].into_iter().any(is_read)
            && ended.elapsed() < Duration::from_secs(1)
        {
            thread::sleep(Duration::from_millis(1));
        }
        self.search_what_was_read();
    }
}

/// Starts the program with these arguments.
#[track_caller]
pub(crate) fn start(home: &Home, arguments: &[&str]) -> Running {
    home.start(arguments)
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

/// Whether nobody holds the lock of this file. A process that another test is about to start holds what the tests hold,
/// until it becomes the program.
#[cfg(unix)]
pub(crate) fn is_free(target: &Path) -> bool {
    Lock::acquire(target, Duration::from_secs(1), &SystemClock::start(), &Shutdown::never()).is_ok()
}

/// Whether the tests run as root, whom permissions do not bind.
#[cfg(unix)]
pub(crate) fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt as _;
    tempfile::tempfile().unwrap().metadata().unwrap().uid() == 0
}

/// Any user without rights; in most systems it is nobody.
#[cfg(unix)]
pub(crate) const NOBODY: u32 = 65534;

/// As [`Home::command`], run by somebody whom permissions bind, and who owns all of the home.
#[cfg(unix)]
pub(crate) fn bound(home: &Home, arguments: &[&str]) -> Command {
    use std::os::unix::process::CommandExt as _;
    let mut command = home.command(arguments);
    if is_root() {
        let root = home.work().parent().unwrap().to_owned();
        for path in tree(&root).into_iter().chain([root]) {
            lchown(path, Some(NOBODY), Some(NOBODY)).unwrap();
        }
        command.uid(NOBODY).gid(NOBODY);
    }
    command
}

/// Runs a program within another one, which gets the environment and the directory that the program was to have.
#[cfg(unix)]
pub(crate) fn within(mut outer: Command, program: &Command) -> Command {
    outer.arg(program.get_program()).args(program.get_args()).env_clear();
    outer.current_dir(program.get_current_dir().unwrap());
    outer.envs(program.get_envs().filter_map(|(name, value)| Some((name, value?))));
    outer
}

/// Tells who runs the tests something that no assertion says.
#[expect(clippy::print_stderr, reason = "it is for the person who runs the tests")]
pub(crate) fn note(text: &str) {
    eprintln!("{text}");
}

/// Lets a process have so many KiB of memory of its own, stacks and all: where it asks for more, it is aborted.
///
/// The most that it ever had is not to be read afterwards: the system's figure counts pages of the program's file, which come
/// and go with the memory of the machine.
#[cfg(target_os = "linux")]
pub(crate) fn limit_memory(id: u32, kib: u64) {
    use rustix::process::{Pid, Resource, Rlimit, prlimit};

    let limit = Some(kib * 1024);
    let pid = Pid::from_raw(id.try_into().unwrap()).unwrap();
    prlimit(Some(pid), Resource::Data, Rlimit { current: limit, maximum: None }).unwrap();
}
