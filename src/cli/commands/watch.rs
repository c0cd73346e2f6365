//! `zoomtok watch`

use std::path::Path;

use super::{Context, claude_config};
use crate::cli::args;
use crate::cli::failure::Result;
use crate::cli::lines;
use crate::clients::{self, App, Config};
use crate::clock::{Clock, Stop};
use crate::error::{Code, Error};
use crate::event::Event;
use crate::keeper::Keeper;
use crate::settings::{CLAUDE_SETTINGS, Settings};
use crate::store::Store as _;
use crate::token::Token;
use crate::watch::{Desktop, Plan, Updated, Watch};
use crate::words;

pub(in crate::cli) fn run(context: &Context, flags: &args::Watch) -> Result<Code> {
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
    let desktop = ClaudeDesktop {
        keeper: &keeper,
        state_root: context.store.state_root(),
        clock: &context.clock,
        stop: &context.stop,
    };
    let desktop: Option<&dyn Desktop> = if flags.no_claude { None } else { Some(&desktop) };
    let watch = Watch::new(&keeper, plan, desktop, !flags.no_restart, &mut report);
    Ok(if flags.once { watch.once() } else { watch.run() }?)
}

/// Claude Desktop as the settings describe it at the time: they may change while the watch goes on.
pub(super) struct ClaudeDesktop<'a> {
    /// Who looks after the `.env`.
    pub(super) keeper: &'a Keeper<'a>,
    /// Where state is kept, if anywhere.
    pub(super) state_root: Option<&'a Path>,
    /// What Claude is waited for by.
    pub(super) clock: &'a dyn Clock,
    /// What ends that.
    pub(super) stop: &'a Stop,
}

impl ClaudeDesktop<'_> {
    fn config(&self, settings: &Settings) -> Result<Config, Error> {
        let state_root = self.state_root.map(Path::to_owned);
        Ok(Config { state_root, ..claude_config(settings)? })
    }

    fn with<T>(&self, act: impl FnOnce(&Settings) -> Result<T, Error>) -> Result<T, Error> {
        act(&self.keeper.look()?.settings)
    }
}

impl Desktop for ClaudeDesktop<'_> {
    fn update(&self, token: &Token) -> Result<Updated, Error> {
        let update = self.with(|settings| self.config(settings)?.update(token, self.stop))?;
        let clients::Update { changed, reads_env, unread, warnings, .. } = update;
        Ok(Updated { changed, reads_env, unread, warnings })
    }

    fn is_running(&self) -> Result<bool, Error> {
        self.with(|settings| App::of(settings, None)?.is_running())
    }

    fn restart(&self, token: &Token) -> Result<Vec<String>, Error> {
        self.with(|settings| {
            let (app, config) = (App::of(settings, None)?, self.config(settings)?);
            Ok(clients::restart(&app, &config, token, self.clock, self.stop, &mut |_| {})?.1)
        })
    }
}
