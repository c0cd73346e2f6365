//! `zoomtok watch`

use anyhow::{Context as _, Result};

use super::Context;
use crate::cli::args;
use crate::clock::{Clock as _, SystemClock, Waiter};
use crate::error::Code;
use crate::keeper::Keeper;
use crate::settings::Settings;
use crate::watch::{Event, Plan, Watch};
use crate::words;

pub(in crate::cli) fn run(context: &Context, flags: &args::Watch) -> Result<Code> {
    let environment = context.environment.clone().without_token();
    let file = context.keeper().look()?.file;
    let settings = Settings::new(&environment, &file);
    let plan = Plan {
        threshold: settings.auto_refresh_threshold(flags.threshold)?,
        interval: settings.display_interval(flags.interval)?,
    };
    let waiter = Waiter::new(SystemClock::start()).context("cannot wait for signals")?;
    let keeper = Keeper { environment: &environment, clock: &waiter, ..context.keeper() };
    let mut report = |event: &Event| {
        if flags.json {
            return context.output.json(&event.json(waiter.now()));
        }
        event.lines(words::time_of_day).iter().try_for_each(|line| context.output.text(line))
    };
    let watch = Watch::new(&keeper, plan, None, !flags.no_restart, &mut report);
    Ok(if flags.once { watch.once() } else { watch.run() }?)
}
