//! The errors of pins.

use std::path::PathBuf;

use thiserror::Error;

use crate::error::{Code, Diagnostic, Error as OtherError};

/// Why tools cannot be compared with those that were accepted, or accepted.
#[derive(Debug, Error)]
pub(crate) enum PinError {
    /// The file with the pins cannot be read, written or locked.
    #[error(transparent)]
    File(#[from] OtherError),

    /// It is not what zoomtok wrote there.
    #[error("{} is not what this version of zoomtok wrote there, so every tool is held back", .0.display())]
    Broken(PathBuf),

    /// The tools are not those that somebody has looked at.
    #[error("the tools have changed again meanwhile; nothing was accepted")]
    Changed,
}

impl Diagnostic for PinError {
    fn code(&self) -> Code {
        match self {
            Self::File(error) => error.code(),
            Self::Broken(_) => Code::Configuration,
            Self::Changed => Code::Failed,
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::File(error) => error.hint(),
            Self::Broken(_) => {
                Some("Restore it, or remove it to have the next list of tools accepted as it is".into())
            }
            Self::Changed => Some("Run the command again to see them".into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_error_has_its_exit_code_and_says_what_to_do() {
        let other = || OtherError::Unreadable {
            path: "pins.json".into(),
            source: std::io::ErrorKind::PermissionDenied.into(),
        };
        for (error, code, says, hint) in [
            (
                PinError::Broken("pins.json".into()),
                Code::Configuration,
                "every tool is held back",
                "Restore it",
            ),
            (PinError::Changed, Code::Failed, "nothing was accepted", "Run the command again"),
            (other().into(), other().code(), "pins.json", other().hint().as_deref().unwrap_or_default()),
        ] {
            let said = error.hint().unwrap_or_default();
            assert!(error.to_string().contains(says) && said.contains(hint), "{error}: {said}");
            assert_eq!(error.code(), code, "{error}");
        }
    }
}
