//! What a signal leaves behind.

/// What is not as it was before a wait that a signal has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Left {
    /// Everything is.
    Nothing,
    /// Zoom may have used up the refresh token for an answer that nobody has waited for.
    RefreshToken,
    /// Claude was asked to quit and not started again.
    ClaudeQuit,
    /// Claude was started, and may not be up yet.
    ClaudeStarted,
}

impl Left {
    /// When it was, to be read after "interrupted".
    pub(super) fn when(self) -> &'static str {
        match self {
            Self::Nothing => "",
            Self::RefreshToken => " before Zoom has answered, which may have used up the refresh token",
            Self::ClaudeQuit => " after Claude was asked to quit and before it was started again",
            Self::ClaudeStarted => " after Claude was started and before it was seen to run",
        }
    }

    /// What to do about it.
    pub(super) fn fix(self) -> Option<&'static str> {
        match self {
            Self::Nothing | Self::ClaudeStarted => None,
            Self::RefreshToken => Some("Run zoomtok get -f, which says whether it is still good"),
            Self::ClaudeQuit => Some("Start it by hand or run zoomtok restart-claude"),
        }
    }
}
