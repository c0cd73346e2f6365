//! The errors of the file of a policy.

use std::io;
use std::path::PathBuf;

use thiserror::Error;

use crate::error::{Code, Diagnostic};

/// Why there is no policy to go by.
#[derive(Debug, Error)]
pub enum PolicyError {
    /// The file cannot be read.
    #[error("cannot read {}", .path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The error of the system.
        source: io::Error,
    },

    /// The file is not a valid policy.
    #[error("{} is not a valid policy: {}", .path.display(), .faults.join("; "))]
    Invalid {
        /// The file.
        path: PathBuf,
        /// Everything that is wrong with it, each with its place.
        faults: Vec<String>,
    },

    /// The file is a policy of another form that has no counterpart.
    #[error("cannot convert {}: {}", .path.display(), .faults.join("; "))]
    Unconverted {
        /// The file.
        path: PathBuf,
        /// Everything without a counterpart, each with its place.
        faults: Vec<String>,
    },
}

impl Diagnostic for PolicyError {
    fn code(&self) -> Code {
        Code::Configuration
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Invalid { path, .. } => {
                Some(format!("zoomtok policy check {} lists this line by line", path.display()))
            }
            Self::Unreadable { source, .. } if source.kind() == io::ErrorKind::PermissionDenied => {
                Some("Check its owner and its permissions".into())
            }
            Self::Unreadable { .. } => None,
            Self::Unconverted { .. } => Some("docs/policies.md says how each form is converted".into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_says_which_file_and_what_to_do() {
        let invalid =
            PolicyError::Invalid { path: "/p.json".into(), faults: vec!["a: b".into(), "c: d".into()] };
        let unreadable =
            |kind: io::ErrorKind| PolicyError::Unreadable { path: "/p.json".into(), source: kind.into() };
        for (error, expected) in [
            (
                invalid,
                "/p.json is not a valid policy: a: b; c: d. zoomtok policy check /p.json lists this line by line.",
            ),
            (unreadable(io::ErrorKind::NotFound), "cannot read /p.json: entity not found"),
            (
                PolicyError::Unconverted {
                    path: "/p.yaml".into(),
                    faults: vec!["a: b".into(), "c: d".into()],
                },
                "cannot convert /p.yaml: a: b; c: d. docs/policies.md says how each form is converted.",
            ),
            (
                unreadable(io::ErrorKind::PermissionDenied),
                "cannot read /p.json: permission denied. Check its owner and its permissions.",
            ),
        ] {
            assert_eq!((error.code(), error.report()), (Code::Configuration, expected.to_owned()));
        }
    }
}
