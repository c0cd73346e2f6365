//! One file per command: build the parts, call them, hand what they report to the output.

mod accept;
mod accounts;
mod approval;
mod check;
mod claude;
mod client;
mod confirm;
mod demo;
mod dispatch;
mod doctor;
mod entry;
mod exec;
mod gateway;
mod gateways;
mod generated;
mod get;
mod grant;
mod hooked;
mod login;
mod logout;
mod mcp;
mod policy;
mod profile;
mod recordings;
mod restart_claude;
mod sandbox;
mod service;
mod setup;
mod update_claude;
mod watch;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::args::Global;
use super::failure::Result as CommandResult;
use super::output::Output;
use crate::clock::{Shutdown, SystemClock};
use crate::error::{Code, Error};
use crate::keeper::{Keeper, Look};
use crate::settings::{Chosen, Environment, NAMES, NamedEnv, configuration_directory, exported_names};
use crate::store::{AccountStore, EnvStore, default_state_root};

/// A command that can be run.
pub(super) trait Run {
    /// Whether it can use a `.env` that can be read only once. The others look again and again, or never.
    fn reads_once(&self) -> bool {
        false
    }

    /// Whether it makes a profile that does not exist. A misspelled name makes none otherwise.
    fn makes_profile(&self) -> bool {
        false
    }

    /// Does it, and gives the exit status.
    fn run(&self, context: &Context) -> CommandResult<Code>;

    /// The same where something is wrong with the context, which ends most commands.
    fn run_despite(&self, _: &Context, fault: Error) -> CommandResult<Code> {
        Err(fault.into())
    }
}

/// The context of every command.
pub(super) struct Context {
    output: Output,
    environment: Environment,
    /// The `.env`.
    store: AccountStore,
    chosen: Chosen,
    clock: SystemClock,
    /// The request to end, which ends everything that waits.
    stop: Shutdown,
}

impl Context {
    /// The context of this process, and what keeps most commands from using it: the current directory is gone. Its
    /// `.env` is none then.
    pub(super) fn new(global: &Global, output: Output) -> (Self, Option<Error>) {
        let environment = Environment::of_process();
        let stop = Shutdown::by_signals();
        stop.on_wait(move || {
            output.talk(
                "⏳ Waiting for Zoom's answer, which holds the next refresh token; the same again ends this at once",
            );
        });
        let ((env_file, chosen), fault) = match choose(&environment, global) {
            Ok(chosen) => (chosen, None),
            Err(error) => ((PathBuf::from(".env"), Chosen::ToBeMade), Some(error)),
        };
        let environment = environment.with(chosen.clone());
        let env = EnvStore::new(env_file, NAMES, default_state_root());
        let store = AccountStore::new(env, Arc::new(environment.clone()));
        let context = Self {
            output,
            environment: if global.read_only { environment.reading_only() } else { environment },
            store,
            chosen,
            clock: SystemClock::start(),
            stop,
        };
        (context, fault)
    }

    /// The same for a command that makes a profile that does not exist.
    pub(super) fn making_profile(self) -> Self {
        Self { environment: self.environment.making_profile(), ..self }
    }

    /// Reads a `.env` that was named and can be read only once. One that was found is not read.
    ///
    /// # Errors
    ///
    /// It cannot be read or parsed.
    pub(super) fn read_stream(&mut self) -> Result<(), Error> {
        if matches!(self.chosen, Chosen::ByFlag | Chosen::ByVariable | Chosen::Profile(_)) {
            self.store.read_stream()?;
        }
        Ok(())
    }

    /// The keeper of the `.env`.
    fn keeper(&self) -> Keeper<'_> {
        Keeper::new(&self.environment, &self.store, &self.clock, &self.stop)
    }

    /// Warns of what the `.env` of a look sets and may not, of the settings that matter to a command.
    fn warn_of_ignored(&self, look: &Look, matter: &[&str]) {
        for ignored in look.settings.ignored(look.held.origin.as_ref()) {
            if matter.contains(&ignored.name) {
                self.output.warn(&ignored.told());
            }
        }
    }

    /// Warns of what is most likely not meant.
    fn warn_of_oddities(&self, look: &Look) {
        for oddity in look.settings.oddities(&exported_names()) {
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

/// The `.env` to use, and why it is that one.
fn choose(environment: &Environment, global: &Global) -> Result<(PathBuf, Chosen), Error> {
    let named = NamedEnv { env_file: global.env_file.as_deref(), profile: global.profile.as_ref() };
    let configuration = configuration_directory();
    let choose = |directory: &Path| environment.env_file(named, directory, configuration.as_deref());
    match std::env::current_dir() {
        Ok(directory) => choose(&directory),
        // Whoever has named one by its whole path need not be anywhere.
        Err(source) => {
            let (path, chosen) = choose(Path::new(""))?;
            let is_named = path.is_absolute() && !matches!(chosen, Chosen::Found | Chosen::ToBeMade);
            let gone = || Error::Other { action: "tell the current directory".into(), source };
            is_named.then_some((path, chosen)).ok_or_else(gone)
        }
    }
}

/// Says that a look has found no token, and where it looked.
fn not_found(look: &Look) -> String {
    let path = look.env_file().path().display();
    if look.env_file().exists() {
        format!("ZOOM_ACCESS_TOKEN not found in {path}")
    } else {
        format!("ZOOM_ACCESS_TOKEN not found, and there is no {path}")
    }
}
