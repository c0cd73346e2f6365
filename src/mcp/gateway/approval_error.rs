//! The errors of calls that wait for a person.

use thiserror::Error;

use super::id::Id;
use crate::error::{Code, Diagnostic, Error as OtherError};

/// Why a call cannot wait for a decision, or none can be taken.
#[derive(Debug, Error)]
pub(crate) enum ApprovalError {
    /// Its file cannot be read, written or locked.
    #[error(transparent)]
    File(#[from] OtherError),

    #[error("no call waits under the id {0}; it may have ended, or have been used")]
    Unknown(String),

    #[error("the time of {0} is over; the call was refused")]
    Over(Id),

    #[error("{id} was {how} already")]
    Decided { id: Id, how: &'static str },

    #[error("{0} calls wait for a decision already")]
    TooMany(usize),

    #[error("the system gives no random numbers for an id")]
    NoRandom,
}

impl Diagnostic for ApprovalError {
    fn code(&self) -> Code {
        match self {
            Self::File(error) => error.code(),
            Self::Unknown(_) => Code::Usage,
            Self::Over(_) | Self::Decided { .. } | Self::TooMany(_) | Self::NoRandom => Code::Failed,
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::File(error) => error.hint(),
            Self::Unknown(_) | Self::TooMany(_) => Some("zoomtok approval list shows those that wait".into()),
            Self::Over(_) => Some("It waits again when it is made again".into()),
            Self::Decided { .. } | Self::NoRandom => None,
        }
    }
}
