//! Installs services, removes them, and looks at them: the files are written here, and the manager's commands run.

use std::io;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use super::error::ServiceError;
use super::job::{Job, Kind};
use super::manager::Manager;
use super::step::{Answer, State, Step};
use crate::clock::{Clock, Shutdown, runtime};
use crate::error::Error;
use crate::files::{Reservation, make_usual, open_regular, read_opened, remove};
use crate::settings::hide_secrets;

/// How long a command of a manager may take. They take milliseconds, but systemd waits for a service to end.
const MANAGER_PATIENCE: Duration = Duration::from_secs(100);

/// How long a service may take until it runs.
const START_PATIENCE: Duration = Duration::from_secs(5);

/// How long it has to run to have been started: what is wrong with its settings ends it at once.
const STEADY: Duration = Duration::from_secs(1);

/// The pause between two looks at a service.
const LOOK_PAUSE: Duration = Duration::from_millis(100);

/// The most that a file of a service may hold, in bytes.
const MOST_OF_FILE: u64 = 64 * 1024;

/// Runs the commands of a manager: the system, or a script in a test.
pub(crate) trait Runner {
    /// Runs a command to its end.
    ///
    /// # Errors
    ///
    /// It cannot be started, or takes longer than any should.
    fn run(&self, step: &Step) -> io::Result<Answer>;
}

/// The services of a user.
pub(crate) struct Services<'a> {
    pub(crate) manager: Manager,
    /// Where their files are.
    directory: PathBuf,
    runner: &'a dyn Runner,
    clock: &'a dyn Clock,
    stop: &'a Shutdown,
}

/// The result of an installation.
#[derive(Debug)]
pub(crate) struct Installed {
    pub(crate) path: PathBuf,
    /// Whether its file was written: it did not exist, or was another one.
    pub(crate) changed: bool,
    /// The process, if the manager tells.
    pub(crate) pid: Option<u32>,
}

/// A service that is installed, and its state.
#[derive(Debug)]
pub(crate) struct Stand {
    pub(crate) name: String,
    pub(crate) path: PathBuf,
    pub(crate) state: State,
}

impl<'a> Services<'a> {
    /// Those of whoever runs this program.
    ///
    /// # Errors
    ///
    /// [`ServiceError::Homeless`].
    pub(crate) fn new(
        manager: Manager,
        homes: (Option<&Path>, Option<&Path>),
        runner: &'a dyn Runner,
        clock: &'a dyn Clock,
        stop: &'a Shutdown,
    ) -> Result<Self, ServiceError> {
        let (Some(home), Some(configuration)) = homes else {
            return Err(ServiceError::Homeless { manager: manager.name() });
        };
        let directory = manager.directory(home, configuration);
        Ok(Self { manager, directory, runner, clock, stop })
    }

    /// The file of a service.
    pub(crate) fn path(&self, kind: &Kind) -> PathBuf {
        self.file(&kind.to_string())
    }

    fn file(&self, name: &str) -> PathBuf {
        self.directory.join(format!("{name}{}", self.manager.ending()))
    }

    /// The commands of an installation.
    ///
    /// # Errors
    ///
    /// [`ServiceError::Unwritable`].
    pub(crate) fn steps(&self, kind: &Kind) -> Result<Vec<Step>, ServiceError> {
        let path = self.path(kind);
        let unwritable = || ServiceError::Unwritable { path: path.clone(), manager: self.manager.name() };
        Ok(self.manager.start(&kind.to_string(), path.to_str().ok_or_else(unwritable)?))
    }

    /// Writes the file of a service, starts it, and sees it run.
    ///
    /// # Errors
    ///
    /// Any of [`ServiceError`]. A file that is new is removed again where the manager does not take it.
    pub(crate) fn install(&self, job: &Job) -> Result<Installed, ServiceError> {
        let (name, path, steps) = (job.kind.to_string(), self.path(&job.kind), self.steps(&job.kind)?);
        let (old, new) = (Self::own(&path)?, self.manager.bytes(job));
        let changed = old.as_deref() != Some(&new[..]);
        if changed {
            write(&path, &new)?;
        }
        if let Err(error) = self.run_all(&steps) {
            if old.is_none() {
                // A second failure would only hide the first.
                let _ = remove(&path);
                let _ = self.run_all(&self.manager.forget());
            }
            return Err(error);
        }
        let pid = self.wait_until_it_runs(&name)?;
        Ok(Installed { path, changed, pid })
    }

    /// Stops a service and removes its file. False where there is none.
    ///
    /// # Errors
    ///
    /// Any of [`ServiceError`].
    pub(crate) fn uninstall(&self, name: &str) -> Result<bool, ServiceError> {
        let path = self.file(name);
        if Self::own(&path)?.is_none() {
            return Ok(false);
        }
        self.run_all(&self.manager.stop(name))?;
        remove(&path)?;
        self.run_all(&self.manager.forget())?;
        Ok(true)
    }

    /// The services that zoomtok has installed, by their names.
    ///
    /// # Errors
    ///
    /// [`ServiceError::NotRun`] where the manager cannot be asked.
    pub(crate) fn list(&self) -> Result<Vec<Stand>, ServiceError> {
        let mut found = Vec::new();
        for entry in std::fs::read_dir(&self.directory).into_iter().flatten().filter_map(Result::ok) {
            let file = entry.file_name();
            let name = file.to_str().and_then(|file| file.strip_suffix(self.manager.ending()));
            let Some(name) = name.filter(|name| name.starts_with("zoomtok-")) else { continue };
            let path = self.file(name);
            if matches!(Self::own(&path), Ok(Some(_))) {
                found.push(Stand { name: name.to_owned(), path, state: self.look(name)? });
            }
        }
        found.sort_by(|one, other| one.name.cmp(&other.name));
        Ok(found)
    }

    /// The state of a service, as the manager reports it.
    fn look(&self, name: &str) -> Result<State, ServiceError> {
        let step = self.manager.look(name);
        Ok(self.manager.state(&self.run(&step)?))
    }

    /// The bytes of a file that zoomtok wrote; none where there is no file.
    fn own(path: &Path) -> Result<Option<Vec<u8>>, ServiceError> {
        let read = open_regular(path).and_then(|(file, metadata)| {
            read_opened(file, &metadata, MOST_OF_FILE, "which no service needs")
        });
        match read {
            Ok(bytes) if Manager::is_own(&bytes) => Ok(Some(bytes.to_vec())),
            Ok(_) => Err(ServiceError::Foreign { path: path.to_owned() }),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(source) => Err(ServiceError::Unreadable { path: path.to_owned(), source }),
        }
    }

    fn wait_until_it_runs(&self, name: &str) -> Result<Option<u32>, ServiceError> {
        let started = self.clock.elapsed();
        let mut running_since = None;
        loop {
            let (state, now) = (self.look(name)?, self.clock.elapsed());
            match state {
                State::Running(pid) => match running_since {
                    Some((of, since)) if of == pid => {
                        if now.saturating_sub(since) >= STEADY {
                            return Ok(pid);
                        }
                    }
                    _ => running_since = Some((pid, now)),
                },
                state => {
                    let has_run = running_since.take().is_some();
                    if has_run || now.saturating_sub(started) >= START_PATIENCE {
                        let see = self.manager.log(name);
                        return Err(ServiceError::NotRunning {
                            name: name.to_owned(),
                            state: state.words(),
                            see,
                        });
                    }
                }
            }
            self.clock.sleep(LOOK_PAUSE, self.stop)?;
        }
    }

    fn run_all(&self, steps: &[Step]) -> Result<(), ServiceError> {
        for step in steps {
            let answer = self.run(step)?;
            if !answer.succeeded && !step.may_fail {
                return Err(ServiceError::Failed { line: step.line(), words: answer.words() });
            }
        }
        Ok(())
    }

    fn run(&self, step: &Step) -> Result<Answer, ServiceError> {
        self.runner.run(step).map_err(|source| ServiceError::NotRun { line: step.line(), source })
    }
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    let directory = path.parent().unwrap_or(Path::new(""));
    make_usual(directory).map_err(|source| Error::Store {
        action: "make",
        path: directory.to_owned(),
        source,
    })?;
    Reservation::new(path, bytes.len())?.for_owner_of_directory().commit(bytes)
}

/// The commands of this system.
pub(crate) struct System;

impl Runner for System {
    fn run(&self, step: &Step) -> io::Result<Answer> {
        let mut command = tokio::process::Command::new(step.program);
        command.args(&step.arguments).stdin(Stdio::null()).kill_on_drop(true);
        hide_secrets(command.as_std_mut());
        let output =
            runtime()?.block_on(async { tokio::time::timeout(MANAGER_PATIENCE, command.output()).await });
        let output = output.map_err(|_| io::Error::from(io::ErrorKind::TimedOut))??;
        let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
        Ok(Answer {
            succeeded: output.status.success(),
            stdout: text(output.stdout),
            stderr: text(output.stderr),
        })
    }
}

#[cfg(test)]
mod tests;
