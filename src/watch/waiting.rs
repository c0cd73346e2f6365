//! The state of a watch on a `.env` that somebody else renews.

use crate::token::Token;

#[derive(Debug, Default)]
pub(super) struct Waiting {
    /// The last thing that was reported of it.
    pub(super) reported: Option<String>,
    /// The token that was there at the last look.
    pub(super) seen: Option<Token>,
}
