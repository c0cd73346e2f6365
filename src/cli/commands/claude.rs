//! The common parts of the commands for Claude Desktop: the client as settings describe it, and what a person sees of a
//! hand-over.

use std::path::Path;

use super::Context;
use crate::cli::served::{served, tools_served};
use crate::cli::spinner::Spinner;
use crate::clients::{self, CLAUDE_DESKTOP, ClientFile, HandOver, Named, Progress, Restart, Restarted, Step};
use crate::clock::{Clock, Shutdown};
use crate::error::{Diagnostic, Error};
use crate::event::Event;
use crate::keeper::Keeper;
use crate::settings::Settings;
use crate::store::Store as _;
use crate::token::Token;
use crate::watch::{Recipient, Report};
use crate::words;

/// Claude's configuration as settings have it.
///
/// # Errors
///
/// As [`ClientFile::new`].
pub(super) fn configuration(settings: &Settings) -> Result<ClientFile, clients::Error> {
    ClientFile::new(&CLAUDE_DESKTOP, settings, Named::default(), served)
}

/// The same for putting zoomtok's own tools there: any other server, a gateway too, gives way to them.
///
/// # Errors
///
/// As [`ClientFile::new`].
pub(super) fn configuration_for_tools(settings: &Settings) -> Result<ClientFile, clients::Error> {
    ClientFile::new(&CLAUDE_DESKTOP, settings, Named::default(), tools_served)
}

impl Context {
    /// Claude Desktop as these settings describe it.
    pub(super) fn claude<'a>(&'a self, settings: &'a Settings) -> HandOver<'a> {
        claude(settings, self.store.state_root(), &self.clock, &self.stop)
    }
}

fn claude<'a>(
    settings: &'a Settings,
    state_root: Option<&'a Path>,
    clock: &'a dyn Clock,
    stop: &'a Shutdown,
) -> HandOver<'a> {
    let named = Named::default();
    HandOver { client: &CLAUDE_DESKTOP, settings, named, app: None, reader: served, state_root, clock, stop }
}

/// Claude Desktop as the settings describe it at the time: they may change while a watch goes on.
pub(super) struct CurrentClaude<'a> {
    /// The keeper of the `.env`.
    pub(super) keeper: &'a Keeper<'a>,
    /// When it is restarted.
    pub(super) restart: Restart,
    /// Where state is kept, if anywhere.
    pub(super) state_root: Option<&'a Path>,
    /// What Claude is waited for by.
    pub(super) clock: &'a dyn Clock,
    /// The request to end, which ends the wait.
    pub(super) stop: &'a Shutdown,
}

impl CurrentClaude<'_> {
    fn hand_over(&self, token: &Token, report: Report<'_>) -> Result<(), clients::Error> {
        let look = self.keeper.look()?;
        let claude = claude(&look.settings, self.state_root, self.clock, self.stop);
        claude.hand_over(token, self.restart, &mut |progress| event(progress).map_or(Ok(()), &mut *report))
    }
}

impl Recipient for CurrentClaude<'_> {
    fn hand_over(&self, token: &Token, report: Report<'_>) -> Result<(), Box<dyn Diagnostic>> {
        self.hand_over(token, report).map_err(|error| Box::new(error) as _)
    }
}

/// The event that a watch reports for a step of a hand-over.
fn event(progress: Progress<'_>) -> Option<Event> {
    match progress {
        Progress::Updating => Some(Event::UpdatingClaude),
        Progress::Updated(update) => update.reads_env.then_some(Event::ClaudeReadsEnv),
        Progress::Restarting => Some(Event::RestartingClaude),
        Progress::Warning(message) => Some(Event::Warning { message }),
        Progress::Step(_) | Progress::Restarted(_) => None,
    }
}

/// Shows a hand-over to somebody who waits for it: warnings, and the restart with a spinner.
pub(super) struct Shown<'a> {
    context: &'a Context,
    spinner: Option<Spinner>,
}

impl<'a> Shown<'a> {
    pub(super) fn new(context: &'a Context) -> Self {
        Self { context, spinner: None }
    }

    pub(super) fn report(&mut self, progress: Progress<'_>) -> Result<(), Error> {
        match progress {
            Progress::Updating | Progress::Updated(_) => {}
            Progress::Restarting => {
                // Its steps so far are reported when a signal ends it.
                self.context.stop.listen()?;
                self.spinner = Some(self.context.output.spinner());
            }
            Progress::Step(step) => {
                if let Some(spinner) = &self.spinner {
                    spinner.say(doing(step));
                }
            }
            Progress::Warning(warning) => {
                self.spinner = None;
                self.context.output.warn(&warning);
            }
            Progress::Restarted(restarted) => {
                self.spinner = None;
                self.context.output.text(&done(restarted))?;
            }
        }
        Ok(())
    }
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
