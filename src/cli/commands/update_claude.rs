//! `zoomtok update-claude`

use super::claude::Shown;
use super::{Context, Run, not_found};
use crate::cli::args::UpdateClaude;
use crate::cli::failure::Result;
use crate::clients::{HandOver, Named, Progress, Restart, Update};
use crate::error::{Code, Error};
use crate::settings::of_claude;
use crate::token::{Token, TokenState};
use crate::words;

impl Run for UpdateClaude {
    fn reads_once(&self) -> bool {
        true
    }

    fn run(&self, context: &Context) -> Result<Code> {
        run(context, self)
    }
}

fn run(context: &Context, flags: &UpdateClaude) -> Result<Code> {
    let look = context.keeper().look()?;
    context.warn_of_oddities(&look);
    context.warn_of_ignored(&look, &of_claude());
    let [server, key] = [&flags.server, &flags.key].map(Option::as_deref);
    let named = Named { path: flags.config.as_deref(), server, key };
    let claude = HandOver { named, ..context.claude(&look.settings) };
    // A fault in its settings is reported before one of the token.
    let file = claude.file()?;
    let no_token = |problem| Error::NoToken { problem };
    let token = match &look.held.state {
        TokenState::Missing => return Err(no_token(not_found(&look)).into()),
        TokenState::Malformed { problem } => return Err(no_token((*problem).to_owned()).into()),
        TokenState::Dated { token, expires_at, left, .. } => {
            if *left <= 0 {
                let at = words::local(*expires_at);
                context.output.warn(&format!("the token expired at {at}; zoomtok get fetches a new one"));
            }
            token
        }
    };
    if flags.dry_run {
        let update = file.preview(token)?;
        context.warn(&update.warnings);
        show(context, &update, token, true)?;
        return Ok(Code::Done);
    }
    let restart = if flags.restart { Restart::IfChanged } else { Restart::Never };
    let mut shown = Shown::new(context);
    claude.hand_over(token, restart, &mut |progress| match progress {
        Progress::Updated(update) => show(context, update, token, false),
        other => shown.report(other),
    })?;
    Ok(Code::Done)
}

fn show(context: &Context, update: &Update, token: &Token, dry_run: bool) -> Result<(), Error> {
    lines(update, token, dry_run).iter().try_for_each(|line| context.output.text(line))
}

/// The lines for a person.
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
