//! Why a download of recordings ended.

use std::fmt;

use crate::error::{Code, Diagnostic, Error};
use crate::tokens::tries::CallFailure;
use crate::zoom::api::ApiFailure;

/// Why a download of recordings ended before each file was tried.
#[derive(Debug)]
pub(crate) enum DownloadError {
    /// There is no token, a file cannot be written, or somebody has ended it.
    Own(Error),
    /// Zoom does not list the recordings.
    List(ApiFailure),
}

impl From<Error> for DownloadError {
    fn from(error: Error) -> Self {
        Self::Own(error)
    }
}

impl From<CallFailure> for DownloadError {
    fn from(failure: CallFailure) -> Self {
        match failure {
            CallFailure::NoToken(error) => Self::Own(error),
            CallFailure::Api(failure) => Self::List(failure),
        }
    }
}

impl fmt::Display for DownloadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Own(error) => error.fmt(f),
            Self::List(failure) => write!(f, "could not list the recordings: {failure}"),
        }
    }
}

impl std::error::Error for DownloadError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Own(error) => error.source(),
            Self::List(_) => None,
        }
    }
}

impl Diagnostic for DownloadError {
    fn code(&self) -> Code {
        match self {
            Self::Own(error) => error.code(),
            Self::List(
                ApiFailure::Token { .. }
                | ApiFailure::Scopes { .. }
                | ApiFailure::Refused { .. }
                | ApiFailure::Elsewhere { .. },
            ) => Code::Refused,
            Self::List(
                ApiFailure::Busy { .. } | ApiFailure::Broken { .. } | ApiFailure::Unanswered { .. },
            ) => Code::Transient,
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Own(error) => error.hint(),
            // Its hint is about calls that change something.
            Self::List(ApiFailure::Unanswered { .. }) => Some("Try again later".into()),
            Self::List(failure) => failure.hint(),
        }
    }
}
