//! The token: a secret value, its claims, and its remaining lifetime. All of it is pure.

mod claims;
mod freshness;
#[cfg(any(test, fuzzing))]
pub(crate) mod oracle;
mod secret;

pub use claims::Claims;
pub use freshness::{CLOCK_TOLERANCE, Found, LONGEST_LIFE, TokenState};
pub use secret::{Token, mask};
