//! `zoomtok restart-claude`

use super::claude::Shown;
use super::{Context, Run, get};
use crate::cli::args::RestartClaude;
use crate::cli::failure::Result;
use crate::clients::{HandOver, Progress, Restart};
use crate::error::Code;
use crate::keeper::How;
use crate::settings::of_claude;

impl Run for RestartClaude {
    fn reads_once(&self) -> bool {
        true
    }

    fn run(&self, context: &Context) -> Result<Code> {
        run(context, self)
    }
}

fn run(context: &Context, flags: &RestartClaude) -> Result<Code> {
    let look = context.keeper().look()?;
    context.warn_of_oddities(&look);
    context.warn_of_ignored(&look, &of_claude());
    let claude = HandOver { app: flags.app.as_deref(), ..context.claude(&look.settings) };
    // A fault in the app's settings is reported before anything is done.
    claude.check_restart()?;
    let mut shown = Shown::new(context);
    let mut report = |progress: Progress<'_>| shown.report(progress);
    if flags.app_only {
        claude.restart(&mut report)?;
        return Ok(Code::Done);
    }
    let kept = get::ensure_for_more(context, None)?;
    context.warn(&kept.warnings);
    if kept.how == How::Kept {
        claude.restart(&mut report)?;
    } else {
        get::tell(context, &kept)?;
        claude.hand_over(&kept.token, Restart::Always, &mut report)?;
    }
    Ok(Code::Done)
}
