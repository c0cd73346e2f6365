//! `zoomtok update-claude`

use super::{Context, not_found, restart_claude};
use crate::cli::args::UpdateClaude;
use crate::cli::failure::Result;
use crate::cli::served::served;
use crate::clients::{App, Config, Update};
use crate::error::{Code, Error};
use crate::settings::CLAUDE_SETTINGS;
use crate::token::{State, Token};
use crate::words;

pub(in crate::cli) fn run(context: &Context, flags: &UpdateClaude) -> Result<Code> {
    let look = context.keeper().look()?;
    context.warn_of_oddities(&look);
    context.warn_of_ignored(&look, CLAUDE_SETTINGS);
    let [server, key] = [&flags.server, &flags.key].map(Option::as_deref);
    let config = Config::of(&look.settings, flags.config.as_deref(), server, key, served)?;
    let no_token = |problem| Error::NoToken { problem };
    let token = match &look.held.state {
        State::Missing => return Err(no_token(not_found(&look)).into()),
        State::Malformed { problem } => return Err(no_token((*problem).to_owned()).into()),
        State::Dated { token, expires_at, left, .. } => {
            if *left <= 0 {
                let at = words::local(*expires_at);
                context.output.warn(&format!("the token expired at {at}; zoomtok get fetches a new one"));
            }
            token
        }
    };
    let update = if flags.dry_run { config.preview(token) } else { config.update(token, &context.stop) }?;
    context.warn(&update.warnings);
    for line in lines(&update, token, flags.dry_run) {
        context.output.text(&line)?;
    }
    if flags.restart && update.changed {
        let app = App::of(&look.settings, None)?;
        restart_claude::app_only(context, &app, Some(&(config, token.clone())))?;
    }
    Ok(Code::Done)
}

/// What a person reads.
fn lines(update: &Update, token: &Token, dry_run: bool) -> Vec<String> {
    let path = update.path.display();
    if update.reads_env {
        return vec![format!(
            "✅ Nothing to do: the server in {path} is zoomtok mcp, which reads .env itself"
        )];
    }
    if !update.changed {
        return vec![format!("✅ Claude's configuration holds this token already: {path}")];
    }
    let what =
        if dry_run { "Claude's configuration would be updated" } else { "Claude's configuration updated" };
    let before = update.before.as_deref().unwrap_or("nothing");
    let mut lines = vec![format!("⚙️  {what}: {path}"), format!("🔑 {}: {before} → {token}", update.place)];
    if let Some(backup) = &update.backup {
        lines.push(format!("💾 The version before is kept in {}", backup.display()));
    }
    lines
}
