//! The token: a secret value, what it says about itself, and how long it lasts.

mod secret;

pub use secret::{AccessToken, mask};
