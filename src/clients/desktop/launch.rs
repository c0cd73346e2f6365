//! Starting the app so that it belongs to nobody: not to this process, its terminal or its token.

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::{io, thread};

use crate::settings::hide_secrets;

/// A command that starts the app. It has no `Debug`, which would show the environment.
#[derive(Default)]
pub(super) struct Launch {
    pub(super) program: OsString,
    pub(super) arguments: Vec<OsString>,
    /// `NAME=value`; this process's own when it is empty.
    pub(super) environment: Vec<OsString>,
    pub(super) directory: Option<PathBuf>,
    /// Whether its exit status says whether the app was started.
    pub(super) tells: bool,
}

/// One that was started.
pub(super) struct Launched {
    /// The program, for messages.
    pub(super) program: String,
    pub(super) tells: bool,
    ended: Receiver<ExitStatus>,
}

impl Launch {
    pub(super) fn of(words: &[String], tells: bool) -> Self {
        let mut words = words.iter().map(OsString::from);
        Self {
            program: words.next().unwrap_or_default(),
            arguments: words.collect(),
            tells,
            ..Self::default()
        }
    }

    pub(super) fn start(&self) -> io::Result<Launched> {
        let mut command = Command::new(&self.program);
        command.args(&self.arguments);
        if !self.environment.is_empty() {
            let pairs = self.environment.iter().filter_map(|pair| pair.to_str()?.split_once('='));
            command.env_clear().envs(pairs.filter(|(name, _)| !name.is_empty()));
        }
        if let Some(directory) = self.directory.as_ref().filter(|directory| directory.is_dir()) {
            command.current_dir(directory);
        }
        detach(&mut command);
        let mut child = quiet(&mut command).spawn()?;
        let (send, ended) = channel();
        // Somebody has to wait for it, or it stays in the list of processes when it is long over. It is no failure if
        // nobody asks for its status any more, and without a thread to wait in the app runs all the same.
        let wait = move || child.wait().map(|status| send.send(status));
        let _ = thread::Builder::new().name("app".into()).spawn(wait);
        Ok(Launched { program: self.program.to_string_lossy().into_owned(), tells: self.tells, ended })
    }
}

impl Launched {
    /// Its exit status, once.
    pub(super) fn ended(&self) -> Option<ExitStatus> {
        self.ended.try_recv().ok()
    }
}

/// A program that is asked to do something to the app, and may take its time.
pub(super) struct Asked(Option<Child>);

impl Asked {
    /// Starts it; that it cannot be started counts as its failure.
    pub(super) fn start(program: &str, arguments: &[String]) -> Self {
        Self(quiet(Command::new(program).args(arguments)).spawn().ok())
    }

    /// Whether it has ended without doing what it was asked for.
    pub(super) fn failed(&mut self) -> bool {
        match &mut self.0 {
            None => true,
            Some(child) => {
                child.try_wait().is_ok_and(|status| status.is_some_and(|status| !status.success()))
            }
        }
    }
}

impl Drop for Asked {
    fn drop(&mut self) {
        if let Some(child) = &mut self.0 {
            // It may wait for somebody to answer a question on the screen.
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

fn quiet(command: &mut Command) -> &mut Command {
    // The app would hand its servers a token that is an hour old by and by.
    hide_secrets(command);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null())
}

/// Into a process group of its own: Ctrl-C and the end of the terminal do not reach it.
#[cfg(unix)]
fn detach(command: &mut Command) {
    use std::os::unix::process::CommandExt as _;
    command.process_group(0);
}

/// Away from the console of this process, and from its Ctrl-C.
///
/// Handles that this process was made to inherit are inherited once more: who reads its output through a pipe sees the
/// end of it when the app ends. std has no stable way to prevent that (rust-lang/rust#146407).
#[cfg(windows)]
fn detach(command: &mut Command) {
    use std::os::windows::process::CommandExt as _;
    const DETACHED_PROCESS: u32 = 0x8;
    const CREATE_NEW_PROCESS_GROUP: u32 = 0x200;
    command.creation_flags(DETACHED_PROCESS | CREATE_NEW_PROCESS_GROUP);
}
