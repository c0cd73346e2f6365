//! An event as lines for a terminal.

use chrono::{DateTime, Utc};

use crate::event::Event;
use crate::token::TokenState;
use crate::words;

/// The length of a rule, as the Zoom MCP Server draws it.
const RULE: usize = 60;

/// The lines that a terminal shows. `time` writes a moment as a clock on the wall shows it.
pub(crate) fn lines(event: &Event, time: impl Fn(DateTime<Utc>) -> String) -> Vec<String> {
    let rule = || "━".repeat(RULE);
    match event {
        Event::Status { state, disabled_since, because } => {
            let why = because.as_ref().map(|because| format!(": {because}")).unwrap_or_default();
            let disabled =
                disabled_since.map(|since| format!(" (auto-refresh disabled since {}{why})", time(since)));
            vec![format!("{}{}", status(state, time), disabled.unwrap_or_default())]
        }
        Event::RefreshStarted { state } => {
            let why = match state {
                TokenState::Missing => "⏳ No token yet! Automatically fetching...",
                TokenState::Malformed { .. } => "⏳ Token cannot be used! Automatically refreshing...",
                TokenState::Dated { left, .. } if *left <= 0 => {
                    "⏳ Token expired! Automatically refreshing..."
                }
                TokenState::Dated { .. } => "⏳ Token expiring soon! Automatically refreshing...",
            };
            vec![rule(), status(state, time), why.into(), "📝 Running: zoomtok get -f".into()]
        }
        Event::TokenUpdated { old, new, adopted } => {
            let fetched = if *adopted {
                "📋 Token fetched by another zoomtok"
            } else {
                "📋 Token fetched successfully"
            };
            let change = old.as_ref().map_or_else(|| new.clone(), |old| format!("{old} → {new}"));
            vec![
                fetched.into(),
                "🔄 Loading new token from .env".into(),
                format!("✅ Token updated: {change}"),
            ]
        }
        Event::UpdatingClaude => vec!["⚙️  Running: zoomtok update-claude".into()],
        Event::ClaudeReadsEnv => {
            vec![
                "⚙️  Claude's server is zoomtok mcp, which reads .env itself: nothing to update or restart"
                    .into(),
            ]
        }
        Event::RestartingClaude => vec!["🚀 Running: zoomtok restart-claude".into()],
        Event::RefreshDone { state } => {
            vec!["✅ Token refresh complete! New token is now active.".into(), status(state, time), rule()]
        }
        Event::RefreshFailed { error, failures, limit, .. } => {
            let count = if *failures == 0 { String::new() } else { format!(" ({failures} of {limit})") };
            vec![format!("❌ Token refresh failed{count}: {error}"), rule()]
        }
        Event::Disabled { because, probe_at } => {
            let probe = probe_at.map_or_else(
                || "   It goes on as soon as .env holds a newer token or other credentials.".to_owned(),
                |at| format!("   It tries again at {}, or as soon as .env holds a newer token.", time(at)),
            );
            vec![
                "❌ CRITICAL: Max refresh failures reached. Auto-refresh disabled.".into(),
                format!("   The last one: {because}"),
                "   To recover, run: zoomtok get -f".into(),
                probe,
            ]
        }
        Event::Rearmed => vec!["🔄 .env has changed: auto-refresh enabled again.".into()],
        Event::SecretUpdated { secret } => vec![format!("📋 Token written to the Secret {secret}")],
        Event::Warning { message } => vec![format!("⚠️  {message}")],
        Event::ServerRestarted { gateway, .. } => vec![format!("🔄 {gateway}: its server is started again")],
        Event::ToolHeld { gateway, tool, because } => {
            vec![format!("⚠️  {gateway}: the tool {tool} is held back: {because}")]
        }
        Event::ApprovalWaiting { gateway, id, .. } => {
            vec![format!("👉 {gateway}: a call waits for you: zoomtok approval allow {id}")]
        }
        Event::Ended { .. } => vec!["👋 Watch ended.".into()],
    }
}

/// The status line, as the Zoom MCP Server shows it: more than 15 minutes are fresh, from 5 on it is time to know.
fn status(state: &TokenState, time: impl Fn(DateTime<Utc>) -> String) -> String {
    let status = match state {
        TokenState::Missing => "❌ No token in .env".into(),
        TokenState::Malformed { problem } => format!("❌ Token cannot be used: {problem}"),
        TokenState::Dated { expires_at, left, .. } if *left <= 0 => {
            format!("❌ Expired (at {})", time(*expires_at))
        }
        TokenState::Dated { expires_at, left, .. } => {
            let icon = match left {
                901.. => "✅",
                300.. => "📊",
                _ => "⚠️",
            };
            format!("{icon} Expires in {} (at {})", words::left(*left), time(*expires_at))
        }
    };
    format!("🔑 Token Status: {status}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::token::{Claims, Token};

    fn token(left: i64) -> TokenState {
        let token = Token::new("opaque-token-of-a-test").unwrap();
        TokenState::Dated { token, claims: Claims::default(), expires_at: DateTime::UNIX_EPOCH, left }
    }

    fn said(event: &Event) -> String {
        lines(event, |time| time.format("%H:%M").to_string()).join("\n")
    }

    #[test]
    fn every_state_of_a_token_has_its_status_and_its_reason_to_refresh() {
        let broken = || TokenState::Malformed { problem: "it is cut off" };
        for (state, status, why) in [
            (TokenState::Missing, "❌ No token in .env", "⏳ No token yet!"),
            (broken(), "❌ Token cannot be used: it is cut off", "⏳ Token cannot be used!"),
            (token(0), "❌ Expired (at 00:00)", "⏳ Token expired!"),
            (token(299), "⚠️ Expires in", "⏳ Token expiring soon!"),
            (token(300), "📊 Expires in", "⏳ Token expiring soon!"),
            (token(901), "✅ Expires in", "⏳ Token expiring soon!"),
        ] {
            let said = said(&Event::RefreshStarted { state });
            let lines: Vec<&str> = said.lines().collect();
            assert!(lines[1].starts_with(&format!("🔑 Token Status: {status}")), "{said}");
            assert!(lines[2].starts_with(why), "{said}");
        }
    }

    #[test]
    fn an_event_says_whose_it_is_and_what_to_do() {
        let (gateway, tool) = (|| "files".to_owned(), || "write".to_owned());
        for (event, expected) in [
            (
                Event::Status {
                    state: TokenState::Missing,
                    disabled_since: Some(DateTime::UNIX_EPOCH),
                    because: Some("refused".into()),
                },
                "🔑 Token Status: ❌ No token in .env (auto-refresh disabled since 00:00: refused)",
            ),
            (
                Event::TokenUpdated { old: None, new: "eyJ...abc".into(), adopted: true },
                "📋 Token fetched by another zoomtok\n🔄 Loading new token from .env\n✅ Token updated: eyJ...abc",
            ),
            (
                Event::ClaudeReadsEnv,
                "⚙️  Claude's server is zoomtok mcp, which reads .env itself: nothing to update or restart",
            ),
            (
                Event::ServerRestarted { gateway: gateway(), reason: "ended" },
                "🔄 files: its server is started again",
            ),
            (
                Event::ToolHeld { gateway: gateway(), tool: tool(), because: "its text has changed".into() },
                "⚠️  files: the tool write is held back: its text has changed",
            ),
            (
                Event::ApprovalWaiting { gateway: gateway(), id: "a1b2".into(), tool: tool() },
                "👉 files: a call waits for you: zoomtok approval allow a1b2",
            ),
            (
                Event::SecretUpdated { secret: "zoom/token".into() },
                "📋 Token written to the Secret zoom/token",
            ),
        ] {
            assert_eq!(said(&event), expected);
        }
    }
}
