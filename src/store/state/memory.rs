//! The memory between runs.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

/// The memory between runs, which may be lost.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Memory {
    /// The last exchange, if it failed.
    pub failure: Option<RememberedFailure>,
    /// When a watch last began an exchange, with any outcome.
    #[serde(default)]
    pub attempt: Option<DateTime<Utc>>,
    /// How far the clocks were apart at the last exchange, if that was worth a warning.
    pub clock: Option<ClockDifference>,
    /// The scopes of the last token by Zoom's names, if Zoom ever gave them.
    #[serde(default)]
    pub scopes: Vec<String>,
    /// A digest of the last request where that may have spent a refresh token and no answer has come. It is written before
    /// Zoom is asked.
    #[serde(default)]
    pub spent: Option<String>,
    /// The lifetime of the last token, where that was shorter than the need.
    #[serde(default)]
    pub life: Option<Life>,
    /// The client that the refresh token was issued to, as far as zoomtok got it.
    #[serde(default)]
    pub granted_to: Option<GrantedTo>,
}

impl Memory {
    /// The same by a clock that is ahead by this much.
    #[must_use]
    pub fn at_another_clock(mut self, ahead: TimeDelta) -> Self {
        let moved = |time: DateTime<Utc>| time.checked_add_signed(ahead).unwrap_or(time);
        if let Some(failure) = &mut self.failure {
            failure.at = moved(failure.at);
            failure.not_before = failure.not_before.map(moved);
        }
        if let Some(life) = &mut self.life {
            life.measured_at = moved(life.measured_at);
        }
        self
    }
}

/// A refresh token and the client that it is good for, each as a digest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GrantedTo {
    /// The digest of the refresh token.
    pub token: String,
    /// The digest of the client id.
    pub client: String,
}

/// The life of a token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Life {
    /// In seconds.
    pub seconds: i64,
    /// A digest of the app and the account that it was issued for.
    pub app: String,
    /// When it was issued, by this machine's clock.
    pub measured_at: DateTime<Utc>,
}

/// A failure that processes which waited for it take over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RememberedFailure {
    /// When it was known.
    pub at: DateTime<Utc>,
    /// Its exit code: 4 or 5.
    pub code: i32,
    /// Its sentence.
    pub message: String,
    /// Its hint.
    pub hint: Option<String>,
    /// Zoom asked not to be asked again before this time.
    pub not_before: Option<DateTime<Utc>>,
    /// A digest of what Zoom was asked with.
    #[serde(default)]
    pub credentials: Option<String>,
}

/// A difference between Zoom's clock and this machine's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClockDifference {
    /// Seconds that Zoom's clock was ahead; negative when it was behind.
    pub ahead: i64,
    /// When it was measured, by this machine's clock.
    pub measured_at: DateTime<Utc>,
}
