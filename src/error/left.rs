//! The state that an interruption leaves behind.

/// The change that may have happened by the time a signal ends a wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Left {
    /// Nothing.
    Nothing,
    /// Zoom may have used up the refresh token for an answer that was not awaited.
    RefreshToken,
}

impl Left {
    /// When it was, phrased to follow "interrupted".
    pub(super) fn when(self) -> &'static str {
        match self {
            Self::Nothing => "",
            Self::RefreshToken => " before Zoom answered, and Zoom may have used up the refresh token",
        }
    }

    pub(super) fn fix(self) -> Option<&'static str> {
        match self {
            Self::Nothing => None,
            Self::RefreshToken => Some("Run zoomtok get -f to find out whether it is still valid"),
        }
    }
}
