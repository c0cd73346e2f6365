//! Exit codes.

use std::process::{ExitCode, Termination};

/// What the exit status of the process means; a contract with scripts (`man zoomtok`, "Exit status").
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Code {
    /// Done; for `check`, a token valid for longer than the threshold.
    Done,
    /// For `check`, no token or none that lasts; elsewhere a failure without a code of its own.
    Failed,
    /// Wrong flags, or a setting with an impossible value.
    Usage,
    /// Credentials missing, or a configuration file that cannot be read or parsed.
    Configuration,
    /// Zoom refused for a reason that trying again does not change.
    Refused,
    /// Zoom could not be reached or was busy or broken; later may work.
    Passing,
    /// The token could not be stored.
    Store,
    /// Another zoomtok holds the lock.
    Busy,
    /// Claude could not be restarted.
    Claude,
    /// A command run by `exec` was found and could not be run, as shells have it.
    NotRunnable,
    /// A command run by `exec` was not found, as shells have it.
    NotFound,
    /// Ended by a signal of this number, as shells have it: 128 + signal.
    Signal(u8),
    /// What the command of `exec` exited with, where it could not take the place of this process.
    Command(i32),
}

impl Code {
    /// The number the process exits with.
    pub fn number(self) -> i32 {
        match self {
            Self::Done => 0,
            Self::Failed => 1,
            Self::Usage => 2,
            Self::Configuration => 3,
            Self::Refused => 4,
            Self::Passing => 5,
            Self::Store => 6,
            Self::Busy => 7,
            Self::Claude => 8,
            Self::NotRunnable => 126,
            Self::NotFound => 127,
            Self::Signal(signal) => 128 + i32::from(signal),
            Self::Command(code) => code,
        }
    }

    /// The class with this number, of those that one process may take over from another.
    pub fn of_exchange(number: i32) -> Option<Self> {
        [Self::Refused, Self::Passing].into_iter().find(|code| code.number() == number)
    }
}

impl Termination for Code {
    fn report(self) -> ExitCode {
        let number = self.number();
        match u8::try_from(number) {
            Ok(number) => ExitCode::from(number),
            // Windows has larger ones, such as 0xC000013A after Ctrl-C; std's ExitCode has room for a byte.
            Err(_) => std::process::exit(number),
        }
    }
}
