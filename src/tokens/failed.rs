//! Failures to get a token, which other calls take over, and how the refreshing ahead of time is doing.

use std::time::Duration;

use chrono::{DateTime, Utc};

use crate::error::{Code, Error};
use crate::watch::COOLDOWN;

/// A failure to get a token, which is that of other calls too.
pub(super) struct Failed {
    /// The fingerprint of the token and the credentials of the attempt.
    pub(super) fingerprint: u64,
    /// By the clock that never jumps.
    pub(super) since: Duration,
    pub(super) at: DateTime<Utc>,
    pub(super) code: Code,
    pub(super) message: String,
    pub(super) hint: Option<String>,
}

impl Failed {
    /// Whether it answers a call that began to wait at `asked`: one that waited for it, or any for a while where Zoom has
    /// refused.
    pub(super) fn answers(&self, fingerprint: u64, asked: Duration, now: Duration) -> bool {
        let lately = self.code == Code::Refused && now < self.since + COOLDOWN;
        self.fingerprint == fingerprint && (lately || self.since >= asked)
    }

    pub(super) fn again(&self) -> Error {
        let (message, hint) = (self.message.clone(), self.hint.clone());
        Error::TakenOver { code: self.code, message, hint, at: self.at }
    }
}

/// How the refreshing ahead of time is doing.
#[derive(Debug, Clone, Default)]
pub(crate) struct Refreshing {
    /// The last attempt, if it failed.
    pub(crate) failure: Option<String>,
    /// Since when there are no attempts, after too many that failed.
    pub(crate) stopped_since: Option<DateTime<Utc>>,
    /// When one more is made all the same.
    pub(crate) probe_at: Option<DateTime<Utc>>,
}
