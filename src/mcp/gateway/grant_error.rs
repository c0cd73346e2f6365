//! The errors of grants.

use std::path::PathBuf;

use thiserror::Error;

use super::name::Name;
use crate::error::{Code, Diagnostic, Error as OtherError};

/// Why there is no grant.
#[derive(Debug, Error)]
pub(crate) enum GrantError {
    /// The list of the grants cannot be read, written or locked.
    #[error(transparent)]
    File(#[from] OtherError),

    /// It is not what zoomtok wrote there.
    #[error("{} {problem}, so every grant is refused", .path.display())]
    Broken { path: PathBuf, problem: &'static str },

    /// Somebody else may have written it.
    #[error("every grant is refused: {} may not be trusted: {problem}", .path.display())]
    Untrusted { path: PathBuf, problem: String },

    #[error("there is a grant {0} already")]
    Taken(Name),

    #[error("there is no grant {0}")]
    Unknown(Name),

    /// There is no store for grants of a file to go to.
    #[error("the grants of this machine can be shared with no other: ZOOMTOK_STORE names no shared store")]
    NotShared,

    #[error("the system gives no random numbers for a token")]
    NoRandom,
}

impl Diagnostic for GrantError {
    fn code(&self) -> Code {
        match self {
            Self::File(error) => error.code(),
            Self::Broken { .. } | Self::Untrusted { .. } | Self::NotShared => Code::Configuration,
            Self::Taken(_) | Self::Unknown(_) => Code::Usage,
            Self::NoRandom => Code::Failed,
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::File(error) => error.hint(),
            Self::Broken { .. } => {
                Some("Restore that file, or remove it and add the grants again with zoomtok grant add".into())
            }
            Self::Untrusted { path, .. } => Some(format!(
                "Look through its grants, then make it yours alone: chmod 600 {}",
                path.display()
            )),
            Self::Taken(name) => Some(format!(
                "Choose another name, or remove that one first with zoomtok grant remove {name}"
            )),
            Self::Unknown(_) => Some("zoomtok grant list shows those that there are".into()),
            Self::NotShared => Some("docs/fleet.md describes what a machine needs to share".into()),
            Self::NoRandom => None,
        }
    }
}
