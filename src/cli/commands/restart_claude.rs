//! `zoomtok restart-claude`

use super::{Context, claude_config, get};
use crate::cli::args::RestartClaude;
use crate::cli::failure::Result;
use crate::clients::{self, App, Config, Restarted, Step};
use crate::error::{Code, Diagnostic as _, Error};
use crate::keeper::How;
use crate::settings::CLAUDE_SETTINGS;
use crate::token::Token;
use crate::words;

pub(in crate::cli) fn run(context: &Context, restart: &RestartClaude) -> Result<Code> {
    // What is wrong with the app's settings is said before anything is done.
    let look = context.keeper().look()?;
    context.warn_of_oddities(&look);
    context.warn_of_ignored(&look, CLAUDE_SETTINGS);
    let app = App::of(&look.settings, restart.app.as_deref())?;
    match claude_config(&look.settings) {
        Ok(config) => config.is_read_by_claude()?,
        // Nothing is read where there is no place for it.
        Err(Error::ClaudeConfigMissing { .. }) => {}
        Err(error) => return Err(error.into()),
    }
    let mut handed = None;
    if !restart.app_only {
        let kept = get::ensure_for_more(context, None)?;
        context.warn(&kept.warnings);
        if kept.how != How::Kept {
            get::tell(context, &kept)?;
            handed = hand_over(context, kept.token);
        }
    }
    app_only(context, &app, handed.as_ref())?;
    Ok(Code::Done)
}

/// Puts a new token into Claude's configuration. A restart was asked for, so what fails here is a warning.
fn hand_over(context: &Context, token: Token) -> Option<(Config, Token)> {
    let update = || {
        let config = claude_config(&context.keeper().look()?.settings)?;
        let update = config.update(&token, &context.stop)?;
        Ok::<_, Error>((config, update))
    };
    match update() {
        Ok((config, update)) => {
            context.warn(&update.warnings);
            (!update.reads_env).then_some((config, token))
        }
        Err(error) => {
            context.output.warn(&error.with_causes());
            None
        }
    }
}

/// Restarts the app, with a spinner, and reads back what it was handed.
pub(super) fn app_only(context: &Context, app: &App, handed: Option<&(Config, Token)>) -> Result<()> {
    // What it has done so far is told when a signal ends it.
    context.stop.listen()?;
    let spinner = context.output.spinner();
    let mut progress = |step| spinner.say(doing(step));
    let restarted = match handed {
        Some((config, token)) => {
            clients::restart(app, config, token, &context.clock, &context.stop, &mut progress)
        }
        None => {
            app.restart(&context.clock, &context.stop, &mut progress).map(|restarted| (restarted, Vec::new()))
        }
    };
    drop(spinner);
    let (restarted, warnings) = restarted?;
    context.warn(&warnings);
    context.output.text(&done(&restarted))?;
    Ok(())
}

fn doing(step: Step) -> &'static str {
    match step {
        Step::Quitting => "asking Claude to quit",
        Step::Waiting => "waiting for Claude to quit",
        Step::Forcing => "ending Claude, which did not quit",
        Step::Launching => "starting Claude",
        Step::Confirming => "waiting for Claude to come up",
    }
}

fn done(restarted: &Restarted) -> String {
    let took = words::left(i64::try_from(restarted.took.as_secs()).unwrap_or(i64::MAX));
    match restarted {
        Restarted { was_running: false, .. } => format!("🚀 Claude started in {took} (it did not run)"),
        Restarted { forced: true, .. } => {
            format!("🚀 Claude restarted in {took} (it did not quit and had to be forced)")
        }
        _ => format!("🚀 Claude restarted in {took}"),
    }
}
