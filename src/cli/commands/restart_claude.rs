//! `zoomtok restart-claude`

use anyhow::Result;

use super::{Context, get};
use crate::claude::{App, Restarted, Step};
use crate::cli::args::RestartClaude;
use crate::error::Code;
use crate::keeper::{How, Unlike};
use crate::settings::Settings;
use crate::words;

pub(in crate::cli) fn run(context: &Context, restart: &RestartClaude) -> Result<Code> {
    // What is wrong with the app's settings is said before anything is done.
    let file = context.keeper().look()?.file;
    let app = App::of(&Settings::new(&context.environment, &file), restart.app.as_deref())?;
    if !restart.app_only {
        let kept = get::ensure(context, None, Unlike::None)?;
        context.warn(&kept.warnings);
        if kept.how != How::Kept {
            get::tell(context, &kept)?;
        }
    }
    let spinner = context.output.spinner();
    let restarted = app.restart(&context.clock, &mut |step| spinner.set_message(doing(step)));
    spinner.finish_and_clear();
    context.output.text(&done(&restarted?))?;
    Ok(Code::Done)
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
