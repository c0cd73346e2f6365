//! The app, the account and the options of a sandbox.

use std::sync::Arc;

use crate::clock::{SharedClock, SystemClock};

/// The client id of the only app.
pub const CLIENT_ID: &str = "sandbox_client_id_0000";
/// The client secret of that app.
pub const CLIENT_SECRET: &str = "sandboxClientSecretMadeUp0000000";
/// The id of the public client of that app, which has no secret.
pub const PUBLIC_CLIENT_ID: &str = "sandbox_public_id_0000";
/// The address of the app's own, to which a browser may be sent back.
pub const REDIRECT_URI: &str = "https://app.example.com/zoom/callback";
/// The account to which the app belongs.
pub const ACCOUNT_ID: &str = "sandbox_account_id_000";
/// The user who owns the app.
pub(super) const OWNER_ID: &str = "sandbox_user_id_ada000";

/// How a sandbox behaves.
#[derive(Clone)]
pub struct Options {
    /// The port to listen on; 0 for any free one.
    pub port: u16,
    /// The lifetime of an access token, in seconds.
    pub token_life: u64,
    /// Whether a grant invalidates earlier access tokens at once, as with user-authorised apps.
    pub supersede: bool,
    /// The seconds by which its clock is ahead of this machine's, in `Date`, `iat` and `exp`, and for expiry.
    pub clock_offset: i64,
    /// How `expires_in` is written.
    pub expires_in: ExpiresIn,
    /// The seconds that a device is asked to pause for between two polls.
    pub device_interval: u64,
    /// Its clock, without the offset.
    pub clock: SharedClock,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            port: 0,
            token_life: 3600,
            supersede: false,
            clock_offset: 0,
            expires_in: ExpiresIn::Number,
            device_interval: 5,
            clock: Arc::new(SystemClock::start()),
        }
    }
}

/// How `expires_in` is written in an answer with a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ExpiresIn {
    /// As by Zoom: `3599`.
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
