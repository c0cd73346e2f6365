//! The line of `check --format`.
//!
//! Its values hold nothing that a shell, JSON, tmux or a prompt would take for its own: letters, digits, `.`, `_`, `-`, `:`,
//! spaces and signs.

use crate::cli::signs;
use crate::cli::template::{Field, Template};
use crate::store::ProfileName;
use crate::token::TokenState;
use crate::words;

/// The subject of the line.
pub(super) struct Shown<'a> {
    /// The status in one word.
    pub(super) status: &'static str,
    pub(super) state: &'a TokenState,
    pub(super) profile: Option<&'a ProfileName>,
    /// Whether signs are shown.
    pub(super) signs: bool,
}

/// The template filled in.
pub(super) fn line(template: &Template, shown: &Shown<'_>) -> String {
    let (expires_at, left) = match shown.state {
        TokenState::Dated { expires_at, left, .. } => (Some(*expires_at), (*left).max(0)),
        TokenState::Missing | TokenState::Malformed { .. } => (None, 0),
    };
    template.filled_in(|field| match field {
        Field::State => shown.status.to_owned(),
        Field::Left => words::left(left),
        Field::Seconds => left.to_string(),
        Field::Expires => expires_at.map(words::hours_and_minutes).unwrap_or_default(),
        Field::Profile => shown.profile.map(ToString::to_string).unwrap_or_default(),
        Field::Icon => icon(shown.status, shown.signs),
    })
}

/// The sign of a state.
fn icon(status: &str, signs: bool) -> String {
    let icon = match status {
        "valid" => "✅",
        "expiring" => "⚠️",
        _ => "❌",
    };
    if signs { icon.to_owned() } else { signs::without(icon) }
}
