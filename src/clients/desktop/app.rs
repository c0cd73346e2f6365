//! The app: what it is known by, and the steps of its restart.

mod end;
mod start;

use std::path::{Path, PathBuf};
use std::time::Duration;

use super::platform::Platform;
use super::processes::{Process, find};
use crate::clients::error::Error;
use crate::clock::{Clock, Shutdown};
use crate::error::Error as CoreError;
use crate::settings::Settings;

/// The name that stands for Claude Desktop wherever it is.
const NAME: &str = "Claude";

/// Names of programs that are not Claude Desktop and must not be ended in its place.
const OTHERS: [&str; 2] = ["claude", "zoomtok"];

/// The time between two looks at the processes.
const BETWEEN_LOOKS: Duration = Duration::from_millis(100);

/// The Claude app of this machine.
#[derive(Debug, Clone)]
pub struct App {
    platform: Platform,
    which: Which,
    command: Option<Vec<String>>,
}

/// The mark by which the app is found.
#[derive(Debug, Clone)]
enum Which {
    /// The places where Claude Desktop is.
    Usual,
    /// The exact name of its executable or bundle.
    Named(String),
    /// Its executable, or the directory of its bundle on macOS.
    At(PathBuf),
}

/// A step of a restart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Asking the app to quit.
    Quitting,
    /// Waiting until it is gone.
    Waiting,
    /// Ending it, since it did not go.
    Forcing,
    /// Starting it.
    Launching,
    /// Waiting until it is there.
    Confirming,
}

/// A restart that was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restarted {
    /// Whether the app ran before.
    pub was_running: bool,
    /// Whether it had to be forced.
    pub forced: bool,
    /// The process that is the app now.
    pub pid: u32,
    /// How long it took.
    pub took: Duration,
}

impl App {
    /// The app that the settings describe; `name` is that of the flag `--app`.
    ///
    /// # Errors
    ///
    /// The name is that of no app, or the command cannot be split into words.
    pub(crate) fn from_settings(settings: &Settings, name: Option<&str>) -> Result<Self, Error> {
        let command = settings.claude_app_command()?;
        let app = match name {
            Some(name) => {
                Self::on(Platform::current(), name, command).map_err(|problem| CoreError::Setting {
                    name: "--app".into(),
                    place: "on the command line".into(),
                    problem: problem.into(),
                })
            }
            None => Self::on(Platform::current(), &settings.claude_app_name()?, command)
                .map_err(|problem| settings.impossible("CLAUDE_APP_NAME", problem)),
        };
        Ok(app?)
    }

    /// An app on a platform, by its name or path, and the command that starts it where it is known.
    ///
    /// # Errors
    ///
    /// The fault of the name, to be read after it.
    pub fn on(platform: Platform, name: &str, command: Option<Vec<String>>) -> Result<Self, &'static str> {
        let name = name.trim();
        let which = if platform.same(name, NAME) {
            Which::Usual
        } else if name.is_empty() || name.contains(char::is_control) {
            return Err("is no name of an app");
        } else if platform.is_path(name) {
            // Processes are known by where their executable really is.
            Which::At(std::fs::canonicalize(name).unwrap_or_else(|_| PathBuf::from(name)))
        } else {
            let name = if platform.windows_paths { plain(name, ".exe") } else { plain(name, ".app") };
            if OTHERS.contains(&name) {
                return Err("names a program that is not Claude Desktop; give the path of the app");
            }
            Which::Named(name.to_owned())
        };
        Ok(Self { platform, which, command: command.filter(|words| !words.is_empty()) })
    }

    /// Whether the app runs.
    ///
    /// # Errors
    ///
    /// The processes cannot be listed.
    pub fn is_running(&self) -> Result<bool, Error> {
        Ok(self.find()?.iter().any(|process| process.is_main))
    }

    /// Asks the app to quit, waits, forces it if need be, starts it, and waits until it is there. One that does not
    /// run is started.
    ///
    /// Only the processes that are found at the beginning are ended: two restarts at once do not end what the other
    /// one has started, and where one was faster the other does not start the app a second time.
    ///
    /// # Errors
    ///
    /// [`Error::NotRestarted`] when this process descends from the app, when it does not go, cannot be started or does not
    /// come up; [`Error::Interrupted`] when the end is asked for while it waits.
    pub fn restart(
        &self,
        clock: &dyn Clock,
        stop: &Shutdown,
        progress: &mut dyn FnMut(Step),
    ) -> Result<Restarted, Error> {
        let start = clock.elapsed();
        let old = self.find()?;
        if let Some(ancestor) = old.iter().find(|process| process.is_ancestor) {
            return Err(not_restarted(
                format!("this zoomtok was started by it (process {})", ancestor.pid),
                "Run zoomtok restart-claude in a terminal outside of the app",
            ));
        }
        let forced = !old.is_empty() && self.end(&old, clock, stop, progress)?;

        progress(Step::Launching);
        let is_new = |process: &Process| {
            process.is_main && !old.iter().any(|old| (old.pid, old.started) == (process.pid, process.started))
        };
        let started_by_another = self.find()?.iter().any(is_new);
        let launched = if started_by_another { None } else { Some(self.launch(&old)?) };

        progress(Step::Confirming);
        let pid = self.confirm(launched.as_ref(), is_new, clock, stop)?;
        let was_running = old.iter().any(|process| process.is_main);
        Ok(Restarted { was_running, forced, pid, took: clock.elapsed().saturating_sub(start) })
    }

    /// Ends the app as a restart does, and does not start it again.
    ///
    /// # Errors
    ///
    /// [`Error::NotRestarted`] when it does not go.
    pub fn quit(&self, clock: &dyn Clock, stop: &Shutdown) -> Result<(), Error> {
        let old = self.find()?;
        if !old.is_empty() {
            self.end(&old, clock, stop, &mut |_| {})?;
        }
        Ok(())
    }

    fn find(&self) -> Result<Vec<Process>, Error> {
        Ok(find(|executable| self.is(executable))?)
    }

    fn is(&self, executable: &Path) -> bool {
        let ends_in = |pattern: &str| self.platform.ends_in(executable, pattern);
        match &self.which {
            Which::Usual => self.platform.executables.iter().any(|pattern| ends_in(pattern)),
            Which::Named(name) => ends_in(&self.platform.named.replace("{}", name)),
            Which::At(path) => {
                let in_bundle = || {
                    executable.parent().is_some_and(|parent| parent == path.join("Contents").join("MacOS"))
                };
                self.platform.same_path(executable, path) || in_bundle()
            }
        }
    }
}

/// The error for an app that was not restarted: the observation, and the remedy.
fn not_restarted(what: String, hint: impl Into<String>) -> Error {
    Error::NotRestarted { client: NAME, what, hint: hint.into() }
}

/// A name without an ending that may be left out.
fn plain<'a>(name: &'a str, ending: &str) -> &'a str {
    name.len()
        .checked_sub(ending.len())
        .filter(|at| name.get(*at..).is_some_and(|end| end.eq_ignore_ascii_case(ending)))
        .map_or(name, |at| &name[..at])
}
