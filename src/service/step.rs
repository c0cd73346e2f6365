//! Commands of a manager, and what they answer. Pure.

/// A command to be run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Step {
    pub(crate) program: &'static str,
    pub(crate) arguments: Vec<String>,
    /// Whether it is fine if it fails, as where there is nothing to be ended.
    pub(crate) may_fail: bool,
}

/// The answer of a command.
#[derive(Debug, Default)]
pub(crate) struct Answer {
    pub(crate) succeeded: bool,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// The state of a service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum State {
    /// It runs, with this process id if the manager tells.
    Running(Option<u32>),
    /// It does not run. The words are the manager's.
    Stopped(String),
    /// The manager does not know it.
    Absent,
    /// The manager's answer makes no sense, or there is none.
    Unknown(String),
}

impl Step {
    pub(super) fn new(program: &'static str, arguments: &[&str]) -> Self {
        let arguments = arguments.iter().map(|argument| (*argument).to_owned()).collect();
        Self { program, arguments, may_fail: false }
    }

    pub(super) fn that_may_fail(self) -> Self {
        Self { may_fail: true, ..self }
    }

    /// The command as a person types it.
    pub(crate) fn line(&self) -> String {
        shell_words::join(std::iter::once(self.program).chain(self.arguments.iter().map(String::as_str)))
    }
}

impl State {
    /// The state for a message.
    pub(crate) fn words(&self) -> String {
        match self {
            Self::Running(Some(pid)) => format!("running, process {pid}"),
            Self::Running(None) => "running".into(),
            Self::Stopped(words) => words.clone(),
            Self::Absent => "unknown to its manager".into(),
            Self::Unknown(words) => format!("its manager said: {words}"),
        }
    }
}

impl Answer {
    /// The first line that it said, for a message.
    pub(super) fn words(&self) -> String {
        let lines = self.stderr.lines().chain(self.stdout.lines());
        lines.map(str::trim).find(|line| !line.is_empty()).unwrap_or("no answer").to_owned()
    }
}
