//! The parts of a watch over one account, and over all of them.

use crate::cli::args;
use crate::cli::commands::Context;
use crate::cli::commands::accounts::Account;
use crate::cli::commands::claude::CurrentClaude;
use crate::cli::live::Live;
use crate::clients::{Restart, program};
use crate::error::Error;
use crate::event::{Desktop, Tool};
use crate::keeper::{Keeper, Look};
use crate::settings::{Environment, ON_EVENT, SECRET_COMMAND, of_claude};
use crate::store::Store as _;
use crate::tokens::ahead;
use crate::watch::Plan;

/// Warns of what a watch over this `.env` does not obey.
pub(super) fn warn(context: &Context, flags: &args::Watch, look: &Look) {
    context.warn_of_ignored(look, &["ZOOM_OAUTH_URL", SECRET_COMMAND, ON_EVENT]);
    if !flags.no_claude {
        context.warn_of_ignored(look, &of_claude());
    }
}

/// When to refresh and what to show.
pub(super) fn plan(look: &Look, flags: &args::Watch) -> Result<Plan, Error> {
    look.settings.read_only()?;
    ahead::plan(&look.settings, flags.threshold, flags.interval)
}

/// The keeper of an account for a watch: in the environment of `environment`, which has no token of its own.
pub(super) fn keeper<'a>(
    context: &'a Context,
    account: &'a Account,
    environment: &'a Environment,
) -> Keeper<'a> {
    Keeper { environment, ..account.keeper(context) }
}

pub(super) fn claude<'a>(
    context: &'a Context,
    flags: &args::Watch,
    keeper: &'a Keeper<'a>,
) -> CurrentClaude<'a> {
    CurrentClaude {
        keeper,
        restart: if flags.no_restart { Restart::Never } else { Restart::IfRunning },
        state_root: context.store.state_root(),
        clock: &context.clock,
        stop: &context.stop,
    }
}

/// The lines that are drawn again in their place, on a terminal.
pub(super) fn live(context: &Context, flags: &args::Watch) -> Option<Live> {
    let is_plain = flags.plain || flags.json || flags.once;
    let style = context.output.style_of_lines().filter(|_| !is_plain)?;
    Live::start(style, context.clock)
}

/// The notices on the desktop, if they are asked for.
///
/// # Errors
///
/// This system has no program that shows them, or no room for a thread.
pub(super) fn desktop(context: &Context, flags: &args::Watch) -> Result<Option<Desktop>, Error> {
    if !flags.notify {
        return Ok(None);
    }
    let search = std::env::var_os("PATH").unwrap_or_default();
    let is_there = |tool: &Tool| program(tool.name(), std::env::split_paths(&search)).is_some();
    let tool = Tool::ALL.into_iter().find(is_there).ok_or_else(|| Error::Setting {
        name: "--notify".into(),
        place: "on the command line".into(),
        problem: format!(
            "finds none of {} on PATH: install the first, as Debian's package libnotify-bin does, or use --on-event",
            Tool::ALL.map(Tool::name).join(", ")
        ),
    })?;
    let output = context.output;
    let desktop = Desktop::start(tool, vec![ON_EVENT.to_owned()], context.clock, move |sentence| {
        output.warn(sentence);
    });
    desktop
        .map(Some)
        .map_err(|source| Error::Other { action: "start the thread that shows notices".into(), source })
}
