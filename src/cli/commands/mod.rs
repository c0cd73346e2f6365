//! One file per command: build the parts, call them, hand what they report to the output.

pub(super) mod check;
pub(super) mod demo;
pub(super) mod doctor;
pub(super) mod exec;
pub(super) mod generated;
pub(super) mod get;
pub(super) mod mcp;
pub(super) mod policy;
pub(super) mod restart_claude;
pub(super) mod sandbox;
pub(super) mod update_claude;
pub(super) mod watch;

use std::path::PathBuf;

use super::args::Global;
use super::output::Output;
use crate::clock::{Stop, SystemClock};
use crate::error::Error;
use crate::keeper::{Keeper, Look};
use crate::settings::{Chosen, Environment, Settings, exported_names};
use crate::store::default_state_root;

/// What every command stands on.
pub(super) struct Context {
    output: Output,
    environment: Environment,
    env_file: PathBuf,
    chosen: Chosen,
    state_root: Option<PathBuf>,
    clock: SystemClock,
    /// What ends everything that waits.
    stop: Stop,
}

impl Context {
    /// The context of this process.
    ///
    /// # Errors
    ///
    /// The current directory is gone; `ZOOM_ENV_FILE` cannot be.
    pub(super) fn new(global: &Global, output: Output) -> Result<Self, Error> {
        let environment = Environment::of_process();
        let directory = std::env::current_dir()
            .map_err(|source| Error::Other { action: "tell the current directory".into(), source })?;
        let (env_file, chosen) =
            environment.env_file(global.env_file.as_deref(), &directory, dirs::config_dir().as_deref())?;
        let stop = Stop::by_signals();
        stop.on_wait(move || {
            output.talk(
                "⏳ Waiting for Zoom's answer, which holds the next refresh token; the same again ends this at once",
            );
        });
        Ok(Self {
            output,
            environment: environment.with(chosen),
            env_file,
            chosen,
            state_root: default_state_root(),
            clock: SystemClock::start(),
            stop,
        })
    }

    /// The keeper of the `.env`.
    fn keeper(&self) -> Keeper<'_> {
        Keeper::new(&self.environment, &self.env_file, self.state_root.as_deref(), &self.clock, &self.stop)
    }

    /// Warns of what the `.env` of a look sets and may not, of the settings that matter to a command.
    fn warn_of_ignored(&self, look: &Look, matter: &[&str]) {
        let settings = Settings::new(&self.environment, &look.file);
        for ignored in settings.ignored(look.held.origin.as_ref()) {
            if matter.contains(&ignored.name) {
                self.output.warn(&ignored.told());
            }
        }
    }

    /// Warns of what is most likely not meant.
    fn warn_of_oddities(&self, look: &Look) {
        let settings = Settings::new(&self.environment, &look.file);
        for oddity in settings.oddities(&exported_names()) {
            self.output.warn(&oddity.told());
        }
    }

    /// Prints warnings.
    fn warn(&self, warnings: &[String]) {
        for warning in warnings {
            self.output.warn(warning);
        }
    }
}

/// That a look has found no token, and where not.
fn not_found(look: &Look) -> String {
    let path = look.file.path().display();
    if look.file.exists() {
        format!("ZOOM_ACCESS_TOKEN not found in {path}")
    } else {
        format!("ZOOM_ACCESS_TOKEN not found, and there is no {path}")
    }
}
