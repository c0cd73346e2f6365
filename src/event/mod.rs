//! Events as data. Their JSON is a promise; their text for a terminal belongs to the room that shows it.

mod command;
mod desktop;
mod hook;
mod json;
mod notice;
mod tool;

use chrono::{DateTime, Utc};

pub(crate) use self::desktop::Desktop;
pub(crate) use self::hook::Hook;
pub(crate) use self::tool::Tool;
use crate::token::TokenState;

/// Something that happened to the token, or to a program that uses it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// The state of the token.
    Status {
        /// The token.
        state: TokenState,
        /// Since when nothing is refreshed any more, if so.
        disabled_since: Option<DateTime<Utc>>,
        /// Why that is.
        because: Option<String>,
    },
    /// A refresh begins.
    RefreshStarted {
        /// The state of the token to be refreshed.
        state: TokenState,
    },
    /// There is a new token in `.env`.
    TokenUpdated {
        /// The old one, masked.
        old: Option<String>,
        /// The new one, masked.
        new: String,
        /// Whether another zoomtok got it.
        adopted: bool,
    },
    /// Claude's configuration is about to be brought up to date.
    UpdatingClaude,
    /// It needs nothing: the configured server reads `.env` itself.
    ClaudeReadsEnv,
    /// Claude is about to be restarted.
    RestartingClaude,
    /// The refresh is complete.
    RefreshDone {
        /// The new token.
        state: TokenState,
    },
    /// There is no new token.
    RefreshFailed {
        /// Why, in a sentence with its hint.
        error: String,
        /// The exit code that it would be.
        code: i32,
        /// How many failures in a row this makes; 0 for one that does not count.
        failures: u32,
        /// How many failures in a row end the attempts.
        limit: u32,
    },
    /// Nothing is refreshed any more.
    Disabled {
        /// Why: the last of the failures.
        because: String,
        /// When it is tried once more, if it is.
        probe_at: Option<DateTime<Utc>>,
    },
    /// A newer token or other credentials were seen, and refreshing continues.
    Rearmed,
    /// A Secret of Kubernetes holds the token now.
    SecretUpdated {
        /// Its namespace and its name.
        secret: String,
    },
    /// Something that the user should know and that stops nothing.
    Warning {
        /// The sentence.
        message: String,
    },
    /// A gateway starts its server again.
    ServerRestarted {
        /// The name of the gateway.
        gateway: String,
        /// Why: `ended`, `token` or `upgrade`, as its metrics have it.
        reason: &'static str,
    },
    /// A tool is held back, since it is not as it was accepted.
    ToolHeld {
        /// The name of the gateway.
        gateway: String,
        /// The tool.
        tool: String,
        /// Why, in words.
        because: String,
    },
    /// A call waits for a person.
    ApprovalWaiting {
        /// The name of the gateway.
        gateway: String,
        /// The id for `zoomtok approval allow`.
        id: String,
        /// The tool that is to be called.
        tool: String,
    },
    /// The watch ends.
    Ended {
        /// The signal that ended it.
        signal: u8,
    },
}

impl Event {
    /// Whether tokens are no longer refreshed, by this event; none for one that does not say.
    pub(crate) fn says_stopped(&self) -> Option<bool> {
        match self {
            Self::Status { disabled_since, .. } => Some(disabled_since.is_some()),
            Self::Disabled { .. } => Some(true),
            Self::Rearmed | Self::RefreshDone { .. } => Some(false),
            _ => None,
        }
    }

    /// The gateway that it is about, where it is not about a token.
    pub(crate) fn gateway(&self) -> Option<&str> {
        match self {
            Self::ServerRestarted { gateway, .. }
            | Self::ToolHeld { gateway, .. }
            | Self::ApprovalWaiting { gateway, .. } => Some(gateway),
            _ => None,
        }
    }
}
