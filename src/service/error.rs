//! The errors of services.

use std::io;
use std::path::PathBuf;

use crate::clock::ShutdownRequested;
use crate::error::{Code, Diagnostic, Error as CoreError};

/// Why a service was not installed, removed or looked at.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ServiceError {
    /// There is a file of this name that zoomtok did not write.
    #[error("{} exists, and zoomtok service did not write it", .path.display())]
    Foreign {
        /// The file.
        path: PathBuf,
    },

    /// The file exists and cannot be read.
    #[error("cannot read {}", .path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The system's own error.
        source: io::Error,
    },

    /// A path that a file of the manager cannot hold.
    #[error("{} is not UTF-8, and the files of {manager} can hold nothing else", .path.display())]
    Unwritable {
        /// The path.
        path: PathBuf,
        /// The manager of services.
        manager: &'static str,
    },

    /// The user has no home, or none is known.
    #[error("cannot tell where {manager} has the files of your services")]
    Homeless {
        /// The manager of services.
        manager: &'static str,
    },

    /// Services belong to a user, and `sudo` makes another one of that.
    #[error("a service belongs to a user, and sudo runs zoomtok as root")]
    Sudo,

    /// A command could not be run.
    #[error("cannot run {line}")]
    NotRun {
        /// The command.
        line: String,
        /// The system's own error.
        source: io::Error,
    },

    /// A command failed.
    #[error("{line} failed: {words}")]
    Failed {
        /// The command.
        line: String,
        /// The first line that it said.
        words: String,
    },

    /// The service was started and does not run.
    #[error("{name} was installed and does not run: {state}")]
    NotRunning {
        /// The service.
        name: String,
        /// Its state, in the words of the manager.
        state: String,
        /// The command that shows why.
        see: String,
    },

    /// Anything that is not about services.
    #[error(transparent)]
    Core(#[from] CoreError),
}

impl From<ShutdownRequested> for ServiceError {
    fn from(stopped: ShutdownRequested) -> Self {
        Self::Core(stopped.into())
    }
}

impl Diagnostic for ServiceError {
    fn code(&self) -> Code {
        match self {
            Self::Foreign { .. }
            | Self::Unreadable { .. }
            | Self::Unwritable { .. }
            | Self::Homeless { .. } => Code::Configuration,
            Self::Sudo => Code::Usage,
            Self::NotRun { .. } | Self::Failed { .. } | Self::NotRunning { .. } => Code::Failed,
            Self::Core(error) => error.code(),
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Foreign { .. } => Some("If you no longer need it, remove it and run this again".into()),
            Self::Unreadable { .. } => Some("Check its owner and its permissions".into()),
            Self::Unwritable { .. } => Some("Move it to a path that is UTF-8".into()),
            Self::Homeless { .. } => Some("Set HOME".into()),
            Self::Sudo => Some("Run it without sudo".into()),
            Self::NotRun { source, .. } if source.kind() == io::ErrorKind::NotFound => Some(
                "This system starts services in another way: have it run zoomtok watch at your login".into(),
            ),
            Self::NotRun { .. } | Self::Failed { .. } => {
                Some("zoomtok service install --dry-run shows the file and the commands".into())
            }
            Self::NotRunning { see, .. } => Some(format!("{see} shows why")),
            Self::Core(error) => error.hint(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_error_has_its_exit_code_and_says_what_to_do() {
        let path = || PathBuf::from("/home/ada/zoomtok-watch.service");
        let refused = || io::Error::from(io::ErrorKind::PermissionDenied);
        let manager = "systemd";
        let line = || "systemctl --user daemon-reload".to_owned();
        for (error, code, says, hint) in [
            (ServiceError::Foreign { path: path() }, 3, "did not write it", "remove it and run this again"),
            (
                ServiceError::Unreadable { path: path(), source: refused() },
                3,
                "cannot read",
                "its permissions",
            ),
            (ServiceError::Unwritable { path: path(), manager }, 3, "is not UTF-8", "a path that is UTF-8"),
            (ServiceError::Homeless { manager }, 3, "systemd has the files", "Set HOME"),
            (ServiceError::Sudo, 2, "sudo", "without sudo"),
            (
                ServiceError::NotRun { line: line(), source: io::ErrorKind::NotFound.into() },
                1,
                "cannot run systemctl",
                "starts services in another way",
            ),
            (
                ServiceError::NotRun { line: line(), source: refused() },
                1,
                "cannot run systemctl",
                "--dry-run",
            ),
            (ServiceError::Failed { line: line(), words: "no bus".into() }, 1, "failed: no bus", "--dry-run"),
            (ServiceError::from(ShutdownRequested { signal: 15 }), 143, "interrupted", ""),
        ] {
            let said = error.hint().unwrap_or_default();
            assert!(error.to_string().contains(says) && said.contains(hint), "{error}: {said}");
            assert_eq!(error.code().number(), code, "{error}");
        }
    }
}
