//! `zoomtok mcp`: the server itself.

use std::io::{IsTerminal as _, stdin};
use std::path::PathBuf;

use anyhow::Result;

use super::Context;
use crate::cli::args;
use crate::error::{Code, Error};
use crate::mcp::{self, Options};
use crate::settings::Settings;
use crate::watch::{Event, Plan};
use crate::words;

pub(super) fn run(context: &Context, flags: &args::Mcp) -> Result<Code> {
    // Also for its policy: a `.env` that cannot be read may name one, and without it the server would stand open.
    let look = context.keeper().look()?;
    context.warn_of_oddities(&look);
    context.warn_of_ignored(&look, &["ZOOM_OAUTH_URL", "ZOOM_API_URL"]);
    let settings = Settings::new(&context.environment, &look.file);
    let plan = Plan {
        threshold: settings.auto_refresh_threshold(None)?,
        interval: settings.display_interval(None)?,
    };
    let policy = policy(context, flags, &settings)?;
    let (output, silent) = (context.output, flags.no_watch);
    if stdin().is_terminal() {
        output.talk(
            "🔌 This is for an MCP client to start, and waits for one; to have Claude Desktop do so, run: zoomtok mcp \
             --install (Ctrl-C ends it)",
        );
    }
    let report = move |event: &Event| {
        // That it ends is no news to whoever ended it.
        if !silent && !matches!(event, Event::Ended { .. }) {
            event.lines(words::time_of_day).iter().for_each(|line| output.talk(line));
        }
    };
    let options = Options {
        environment: context.environment.clone(),
        env_file: context.env_file.clone(),
        state_root: context.state_root.clone(),
        clock: context.clock,
        stop: context.stop.clone(),
        policy,
        plan,
        report: Box::new(report),
        warn: Box::new(move |warning| output.warn(warning)),
    };
    Ok(mcp::serve(options)?)
}

/// The policy to serve under.
fn policy(context: &Context, flags: &args::Mcp, settings: &Settings<'_>) -> Result<Option<PathBuf>, Error> {
    if flags.policy.is_some() {
        return Ok(flags.policy.clone());
    }
    if let Some(oddity) = settings.empty_policy() {
        context.output.warn(&oddity.told());
    }
    settings.policy_file()
}
