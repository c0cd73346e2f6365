//! `zoomtok watch`

mod all;

use serde_json::Value;

use super::accounts::Account;
use super::claude::CurrentClaude;
use super::{Context, Run};
use crate::cli::args;
use crate::cli::failure::Result;
use crate::cli::lines;
use crate::clients::Restart;
use crate::clock::Clock as _;
use crate::error::{Code, Error};
use crate::event::Event;
use crate::keeper::{Keeper, Look};
use crate::settings::{CLAUDE_SETTINGS, Environment};
use crate::store::{ProfileName, Store as _};
use crate::watch::{Plan, Recipient, Watch};
use crate::words;

impl Run for args::Watch {
    fn run(&self, context: &Context) -> Result<Code> {
        if self.all { all::run(context, self) } else { run(context, self) }
    }
}

fn run(context: &Context, flags: &args::Watch) -> Result<Code> {
    let account = Account::of_context(context);
    let look = account.keeper(context).look()?;
    context.warn_of_oddities(&look);
    warn(context, flags, &look);
    let plan = plan(&look, flags)?;
    context.stop.listen()?;
    let environment = account.environment.clone().without_token();
    let keeper = keeper(context, &account, &environment);
    let output = context.output.while_read();
    let mut report = |event: &Event| {
        if flags.json {
            return output.json(&json(event, context, account.profile.as_ref()));
        }
        lines(event, words::time_of_day).iter().try_for_each(|line| output.text(line))
    };
    let claude = claude(context, flags, &keeper);
    let recipient: Option<&dyn Recipient> = if flags.no_claude { None } else { Some(&claude) };
    let watch = Watch::new(&keeper, plan, recipient, &mut report);
    Ok(if flags.once { watch.once() } else { watch.run() }?)
}

/// Warns of what a watch over this `.env` does not obey.
fn warn(context: &Context, flags: &args::Watch, look: &Look) {
    context.warn_of_ignored(look, &["ZOOM_OAUTH_URL"]);
    if !flags.no_claude {
        context.warn_of_ignored(look, CLAUDE_SETTINGS);
    }
}

/// When to refresh and what to show.
fn plan(look: &Look, flags: &args::Watch) -> Result<Plan, Error> {
    look.settings.read_only()?;
    Ok(Plan {
        threshold: look.settings.auto_refresh_threshold(flags.threshold)?,
        interval: look.settings.display_interval(flags.interval)?,
    })
}

/// The keeper of an account for a watch: in the environment of `environment`, which has no token of its own.
fn keeper<'a>(context: &'a Context, account: &'a Account, environment: &'a Environment) -> Keeper<'a> {
    Keeper { environment, ..account.keeper(context) }
}

fn claude<'a>(context: &'a Context, flags: &args::Watch, keeper: &'a Keeper<'a>) -> CurrentClaude<'a> {
    CurrentClaude {
        keeper,
        restart: if flags.no_restart { Restart::Never } else { Restart::IfRunning },
        state_root: context.store.state_root(),
        clock: &context.clock,
        stop: &context.stop,
    }
}

/// An event of an account, as programs read it.
fn json(event: &Event, context: &Context, profile: Option<&ProfileName>) -> Value {
    let mut json = event.json(context.clock.now());
    json["profile"] = profile.map(ProfileName::as_str).into();
    json
}
