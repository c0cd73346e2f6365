//! Sees what the watch sees, also where that is no event.

use std::time::Duration;

use crate::token::TokenState;

/// Is shown each look, and how long the watch naps after it.
pub(crate) trait Onlooker {
    /// The token, at a look.
    fn looked(&self, state: &TokenState);
    /// The watch looks again after this long.
    fn naps(&self, nap: Duration);
}
