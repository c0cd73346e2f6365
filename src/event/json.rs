//! An event as JSON, as `zoomtok watch --json` prints it.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::Event;
use crate::clock::rfc3339;
use crate::token::TokenState;

/// The version of the JSON lines; it changes when a field is renamed or removed.
const JSON_VERSION: u32 = 1;

impl Event {
    /// One JSON object, with `version`, `event`, `at` and what belongs to it. Tokens are masked.
    pub(crate) fn json(&self, at: DateTime<Utc>) -> Value {
        let (event, mut fields) = match self {
            Self::Status { state, disabled_since, because } => {
                let mut fields = token(state);
                fields["disabled_since"] = disabled_since.map(rfc3339).into();
                fields["because"] = because.clone().into();
                ("status", fields)
            }
            Self::RefreshStarted { state } => ("refresh_started", token(state)),
            Self::TokenUpdated { old, new, adopted } => {
                ("token_updated", json!({ "old": old, "new": new, "adopted": adopted }))
            }
            Self::UpdatingClaude => ("updating_claude", json!({})),
            Self::ClaudeReadsEnv => ("claude_reads_env", json!({})),
            Self::RestartingClaude => ("restarting_claude", json!({})),
            Self::RefreshDone { state } => ("refresh_done", token(state)),
            Self::RefreshFailed { error, code, failures, .. } => {
                ("refresh_failed", json!({ "error": error, "code": code, "failures": failures }))
            }
            Self::Disabled { because, probe_at } => {
                ("disabled", json!({ "because": because, "probe_at": probe_at.map(rfc3339) }))
            }
            Self::Rearmed => ("rearmed", json!({})),
            Self::SecretUpdated { secret } => ("secret_updated", json!({ "secret": secret })),
            Self::Warning { message } => ("warning", json!({ "message": message })),
            Self::ServerRestarted { gateway, reason } => {
                ("server_restarted", json!({ "gateway": gateway, "reason": reason }))
            }
            Self::ToolHeld { gateway, tool, because } => {
                ("tool_held", json!({ "gateway": gateway, "tool": tool, "because": because }))
            }
            Self::ApprovalWaiting { gateway, id, tool } => {
                ("approval_waiting", json!({ "gateway": gateway, "id": id, "tool": tool }))
            }
            Self::Ended { signal } => ("ended", json!({ "signal": signal })),
        };
        fields["version"] = JSON_VERSION.into();
        fields["event"] = event.into();
        fields["at"] = rfc3339(at).into();
        fields
    }
}

fn token(state: &TokenState) -> Value {
    match state {
        TokenState::Missing => json!({ "state": "missing" }),
        TokenState::Malformed { problem } => json!({ "state": "malformed", "problem": problem }),
        TokenState::Dated { token, expires_at, left, .. } => json!({
            "state": if *left > 0 { "valid" } else { "expired" },
            "token": token.to_string(),
            "expires_at": rfc3339(*expires_at),
            "seconds_left": left,
        }),
    }
}
