//! Exit codes.

use std::process::{ExitCode, Termination};

/// The exit status of the process; a contract with scripts (`man zoomtok`, "Exit status").
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Code {
    /// Done; for `check`, a token valid for longer than the threshold.
    Done,
    /// For `check`, no token, or none that lasts; otherwise a failure without a code of its own.
    Failed,
    /// Wrong flags, or a setting with an invalid value.
    Usage,
    /// Credentials missing, or a configuration file that cannot be read or parsed.
    Configuration,
    /// Zoom refused for a reason that another try does not change.
    Refused,
    /// A transient failure: Zoom could not be reached, or was busy or broken.
    Transient,
    /// The token could not be stored.
    Store,
    /// Another zoomtok holds the lock.
    Busy,
    /// Claude could not be restarted.
    Claude,
    /// A command run by `exec` was found but could not be run, as in shells.
    NotRunnable,
    /// A command run by `exec` was not found, as in shells.
    NotFound,
    /// Ended by the signal with this number, as in shells: 128 + signal.
    Signal(u8),
    /// The exit code of the command run by `exec`, where it cannot replace this process.
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
            Self::Transient => 5,
            Self::Store => 6,
            Self::Busy => 7,
            Self::Claude => 8,
            Self::NotRunnable => 126,
            Self::NotFound => 127,
            Self::Signal(signal) => 128 + i32::from(signal),
            Self::Command(code) => code,
        }
    }

    /// The code with this number, if one process may take it over from another. A configuration is that of both only where
    /// their credentials are the same.
    pub fn of_exchange(number: i32) -> Option<Self> {
        let kinds = [Self::Configuration, Self::Refused, Self::Transient];
        kinds.into_iter().find(|code| code.number() == number)
    }
}

impl Termination for Code {
    fn report(self) -> ExitCode {
        let number = self.number();
        match u8::try_from(number) {
            Ok(number) => ExitCode::from(number),
            // Windows has larger codes, such as 0xC000013A after Ctrl-C; std's ExitCode holds one byte.
            Err(_) => std::process::exit(number),
        }
    }
}
