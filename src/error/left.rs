//! What a signal leaves behind.

/// What is not as it was before a wait that a signal has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Left {
    /// Everything is.
    Nothing,
    /// Zoom may have used up the refresh token for an answer that nobody has waited for.
    RefreshToken,
}

impl Left {
    /// When it was, to be read after "interrupted".
    pub(super) fn when(self) -> &'static str {
        match self {
            Self::Nothing => "",
            Self::RefreshToken => " before Zoom has answered, which may have used up the refresh token",
        }
    }

    /// What to do about it.
    pub(super) fn fix(self) -> Option<&'static str> {
        match self {
            Self::Nothing => None,
            Self::RefreshToken => Some("Run zoomtok get -f, which says whether it is still good"),
        }
    }
}
