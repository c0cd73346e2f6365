//! `zoomtok watch`

use super::claude::CurrentClaude;
use super::{Context, Run};
use crate::cli::args;
use crate::cli::failure::Result;
use crate::cli::lines;
use crate::clients::Restart;
use crate::clock::Clock as _;
use crate::error::Code;
use crate::event::Event;
use crate::keeper::Keeper;
use crate::settings::CLAUDE_SETTINGS;
use crate::store::Store as _;
use crate::watch::{Plan, Recipient, Watch};
use crate::words;

impl Run for args::Watch {
    fn run(&self, context: &Context) -> Result<Code> {
        run(context, self)
    }
}

fn run(context: &Context, flags: &args::Watch) -> Result<Code> {
    let environment = context.environment.clone().without_token();
    let look = context.keeper().look()?;
    context.warn_of_oddities(&look);
    context.warn_of_ignored(&look, &["ZOOM_OAUTH_URL"]);
    if !flags.no_claude {
        context.warn_of_ignored(&look, CLAUDE_SETTINGS);
    }
    look.settings.read_only()?;
    let plan = Plan {
        threshold: look.settings.auto_refresh_threshold(flags.threshold)?,
        interval: look.settings.display_interval(flags.interval)?,
    };
    context.stop.listen()?;
    let keeper = Keeper { environment: &environment, ..context.keeper() };
    let output = context.output.while_read();
    let mut report = |event: &Event| {
        if flags.json {
            return output.json(&event.json(context.clock.now()));
        }
        lines(event, words::time_of_day).iter().try_for_each(|line| output.text(line))
    };
    let claude = CurrentClaude {
        keeper: &keeper,
        restart: if flags.no_restart { Restart::Never } else { Restart::IfRunning },
        state_root: context.store.state_root(),
        clock: &context.clock,
        stop: &context.stop,
    };
    let recipient: Option<&dyn Recipient> = if flags.no_claude { None } else { Some(&claude) };
    let watch = Watch::new(&keeper, plan, recipient, &mut report);
    Ok(if flags.once { watch.once() } else { watch.run() }?)
}
