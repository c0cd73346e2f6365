//! The app, the account and the habits of a sandbox.

use crate::clock::SystemClock;

/// The client id of the only app there is.
pub const CLIENT_ID: &str = "sandbox_client_id_0000";
/// Its client secret.
pub const CLIENT_SECRET: &str = "sandboxClientSecretMadeUp0000000";
/// The account that the app belongs to.
pub const ACCOUNT_ID: &str = "sandbox_account_id_000";
/// The user who owns the app.
pub(super) const OWNER_ID: &str = "sandbox_user_id_ada000";

/// What a sandbox is like.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// Where it listens; 0 is any free port.
    pub port: u16,
    /// The life of an access token, in seconds.
    pub token_life: u64,
    /// Whether a grant makes the access tokens before it invalid at once, as with user-authorised apps.
    pub supersede: bool,
    /// How many seconds its clock is ahead of this machine's: `Date`, `iat`, `exp`, and what counts as expired.
    pub clock_offset: i64,
    /// How `expires_in` is written.
    pub expires_in: ExpiresIn,
    /// What it goes by, before the offset.
    pub clock: SystemClock,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            port: 0,
            token_life: 3600,
            supersede: false,
            clock_offset: 0,
            expires_in: ExpiresIn::Number,
            clock: SystemClock::start(),
        }
    }
}

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
