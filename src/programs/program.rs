//! The command of a server, and the process that it becomes.

use std::ffi::OsString;
use std::io;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use tokio::process::{ChildStderr, ChildStdin, ChildStdout, Command};

use crate::clock::pause;
use crate::settings::hide_secrets;
use crate::token::Token;

/// A command line, and the variable in which it gets a token.
#[derive(Debug, Clone)]
pub(crate) struct Program {
    pub(crate) command: Vec<OsString>,
    /// None where it gets none.
    pub(crate) token_env: Option<String>,
    /// Other variables: what each is set to, or that it is not there.
    pub(crate) variables: Vec<(String, Option<String>)>,
    /// Whether it has the terminal of this process. On Windows it always has.
    pub(crate) has_terminal: bool,
}

impl Program {
    /// Starts it. The token is in its environment and nowhere else, and zoomtok's own secrets are not.
    ///
    /// # Errors
    ///
    /// It cannot be started.
    pub(crate) fn start(
        &self,
        token: Option<&Token>,
        [stdin, stdout, stderr]: [Stdio; 3],
    ) -> io::Result<Process> {
        let mut command = self.held()?;
        hide_secrets(command.as_std_mut());
        for (name, value) in &self.variables {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        if let Some(name) = &self.token_env {
            match token {
                Some(token) => command.env(name, token.expose()),
                // One of the environment is as old as this process.
                None => command.env_remove(name),
            };
        }
        command.stdin(stdin).stdout(stdout).stderr(stderr);
        Process::spawn(command)
    }

    /// The process that holds it.
    #[cfg(unix)]
    fn held(&self) -> io::Result<Command> {
        // On Linux this is the program that runs, also after another one has taken its place.
        let own = if cfg!(target_os = "linux") { "/proc/self/exe".into() } else { std::env::current_exe()? };
        let mut command = Command::new(own);
        command.arg("hold");
        if self.has_terminal {
            // Keys typed there are for this process alone.
            command.process_group(0);
        } else {
            // A leader of a group could begin no session.
            command.arg("--no-terminal");
        }
        command.arg(std::process::id().to_string()).arg("--").args(&self.command);
        Ok(command)
    }

    /// The command itself: a job holds it.
    #[cfg(windows)]
    fn held(&self) -> io::Result<Command> {
        let (program, arguments) = self.command.split_first().ok_or(io::ErrorKind::InvalidInput)?;
        let mut command = Command::new(on_path(program).unwrap_or_else(|| program.clone()));
        command.args(arguments);
        Ok(command)
    }
}

/// A program that stands on PATH as a script. Only those that end in .exe are found by their name without it, and many are
/// scripts, such as npx.
#[cfg(windows)]
fn on_path(program: &std::ffi::OsStr) -> Option<OsString> {
    let is_name = std::path::Path::new(program).components().count() == 1;
    let places = std::env::var_os("PATH").filter(|_| is_name)?;
    std::env::split_paths(&places).find_map(|place| {
        let named = |ending: &str| {
            let mut path = place.join(program).into_os_string();
            path.push(ending);
            std::path::Path::new(&path).is_file().then_some(path)
        };
        ["", ".exe", ".cmd", ".bat"].into_iter().find_map(named)
    })
}

/// How long a process has to end when it is told to: whatever holds it kills it two seconds after SIGTERM.
const TO_END: Duration = Duration::from_secs(3);

impl Process {
    /// Ends it: it is told to, and killed if it does not.
    pub(crate) async fn end(&mut self) {
        self.terminate();
        tokio::select! {
            _ = self.wait() => return,
            () = pause(TO_END) => self.kill(),
        }
        // A failure to wait for it changes nothing.
        let _ = self.wait().await;
    }
}

/// The end of a program, as its exit code says it.
pub(crate) enum Exit {
    Done,
    Failed(i32),
    /// It did not run, for this reason.
    NotRun(&'static str),
}

impl Exit {
    /// The meaning of an exit code; none is that of a signal. A shell's two codes are those of whatever holds a program, too.
    pub(crate) fn of(code: Option<i32>) -> Self {
        match code {
            Some(0) => Self::Done,
            Some(126) => Self::NotRun("it cannot be run"),
            Some(127) => Self::NotRun("it is not found"),
            Some(code) => Self::Failed(code),
            None => Self::NotRun("the process that holds it was killed"),
        }
    }
}

/// A process, which is ended with everything that it has started.
#[cfg(unix)]
pub(crate) struct Process(tokio::process::Child);

#[cfg(unix)]
impl Process {
    fn spawn(mut command: Command) -> io::Result<Self> {
        command.spawn().map(Self)
    }

    pub(crate) fn stdin(&mut self) -> Option<ChildStdin> {
        self.0.stdin.take()
    }

    pub(crate) fn stdout(&mut self) -> Option<ChildStdout> {
        self.0.stdout.take()
    }

    pub(crate) fn stderr(&mut self) -> Option<ChildStderr> {
        self.0.stderr.take()
    }

    pub(crate) async fn wait(&mut self) -> io::Result<ExitStatus> {
        self.0.wait().await
    }

    /// Has it end its server.
    pub(crate) fn terminate(&self) {
        // It was not waited for, so the number is its own.
        let pid = self.0.id().and_then(|pid| rustix::process::Pid::from_raw(i32::try_from(pid).ok()?));
        if let Some(pid) = pid {
            // It fails where nobody is left.
            let _ = rustix::process::kill_process(pid, rustix::process::Signal::TERM);
        }
    }

    pub(crate) fn kill(&mut self) {
        // It fails where nobody is left.
        let _ = self.0.start_kill();
    }
}

/// A process in a job, which ends with the job.
#[cfg(windows)]
pub(crate) struct Process(Box<dyn process_wrap::tokio::ChildWrapper>);

#[cfg(windows)]
impl Process {
    fn spawn(command: Command) -> io::Result<Self> {
        use process_wrap::tokio::{CommandWrap, JobObject, KillOnDrop};
        let mut command = CommandWrap::from(command);
        // The job is closed with the last handle to it, also where this process is killed.
        command.wrap(KillOnDrop).wrap(JobObject);
        command.spawn().map(Self)
    }

    pub(crate) fn stdin(&mut self) -> Option<ChildStdin> {
        self.0.stdin().take()
    }

    pub(crate) fn stdout(&mut self) -> Option<ChildStdout> {
        self.0.stdout().take()
    }

    pub(crate) fn stderr(&mut self) -> Option<ChildStderr> {
        self.0.stderr().take()
    }

    pub(crate) async fn wait(&mut self) -> io::Result<ExitStatus> {
        self.0.wait().await
    }

    /// There is no request to end on Windows but the one that its input is closed.
    pub(crate) fn terminate(&mut self) {
        self.kill();
    }

    pub(crate) fn kill(&mut self) {
        // It fails where nobody is left.
        let _ = self.0.start_kill();
    }
}
