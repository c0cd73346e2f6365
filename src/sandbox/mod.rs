//! A Zoom on loopback, for the demo and the tests.
//!
//! It issues tokens by Zoom's rules, answers the REST calls that zoomtok makes, and fails on demand in every way that
//! was seen or feared. It listens on 127.0.0.1 only, knows no account but its own, and forgets everything at its end.

mod api;
mod data;
mod faults;
mod jwt;
mod message;
mod oauth;
mod tokens;

pub use self::faults::{Endpoint, Fault, RetryAfter};

/// The client id of the only app there is.
pub const CLIENT_ID: &str = "sandbox_client_id_0000";
/// Its client secret.
pub const CLIENT_SECRET: &str = "sandboxClientSecretMadeUp0000000";
/// The account that the app belongs to.
pub const ACCOUNT_ID: &str = "sandbox_account_id_000";
/// The user who owns the app.
const OWNER_ID: &str = "sandbox_user_id_ada000";

/// How `expires_in` is written in an answer that brings a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ExpiresIn {
    /// As Zoom does: `3599`.
    #[default]
    Number,
    /// `"3599"`.
    Text,
    /// `3599.5`.
    Float,
    /// Not at all.
    Missing,
    /// `0`.
    Zero,
    /// `-3599`.
    Negative,
    /// The largest number of 64 bits.
    Huge,
}
