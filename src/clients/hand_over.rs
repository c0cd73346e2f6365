//! The one place where a new token goes to a client: into its configuration, and into its servers by a restart where the
//! client needs one.

use std::path::Path;
use std::time::Duration;

use super::client::Client;
use super::command_line::Reader;
use super::desktop::{App, Restarted, Step};
use super::error::Error;
use super::file::{ClientFile, Named};
use super::update::Update;
use crate::clock::{Clock, Shutdown};
use crate::error::{Diagnostic as _, Error as CoreError};
use crate::settings::Settings;
use crate::token::Token;

/// How long after its start a client is left alone before its configuration is read back. Claude is known to write the
/// file when it quits and when it starts (anthropics/claude-code issues 34359, 78226).
const SETTLE: Duration = Duration::from_secs(1);

/// When a client that has to be restarted is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Restart {
    /// Never.
    Never,
    /// If its configuration was changed and it runs. A restart that cannot be done is a warning.
    IfRunning,
    /// If its configuration was changed.
    IfChanged,
    /// Whatever becomes of the token: what keeps that from its place is a warning.
    Always,
}

/// A step of a hand-over.
#[derive(Debug)]
pub(crate) enum Progress<'a> {
    /// The configuration is about to be brought up to date.
    Updating,
    /// It is up to date.
    Updated(&'a Update),
    /// The client is about to be restarted.
    Restarting,
    /// A step of the restart.
    Step(Step),
    /// The client was restarted.
    Restarted(&'a Restarted),
    /// A warning for the user.
    Warning(String),
}

/// Hears what a hand-over is doing; an error ends it.
pub(crate) type Report<'r> = &'r mut dyn FnMut(Progress<'_>) -> Result<(), CoreError>;

/// Handing tokens to a client.
pub(crate) struct HandOver<'a> {
    /// The client.
    pub(crate) client: &'static Client,
    /// The settings that describe it.
    pub(crate) settings: &'a Settings,
    /// The flags that describe its configuration.
    pub(crate) named: Named<'a>,
    /// The name of its app by a flag.
    pub(crate) app: Option<&'a str>,
    /// The reader of the arguments of a server that is zoomtok.
    pub(crate) reader: Reader,
    /// Where state is kept, if anywhere.
    pub(crate) state_root: Option<&'a Path>,
    /// The clock of waits for the client.
    pub(crate) clock: &'a dyn Clock,
    /// The request to end, which ends those waits.
    pub(crate) stop: &'a Shutdown,
}

impl HandOver<'_> {
    /// Hands a token over.
    ///
    /// # Errors
    ///
    /// The configuration could not be brought up to date, or the client not restarted, and that is no warning by
    /// `restart`; or nobody hears what is reported.
    pub(crate) fn hand_over(&self, token: &Token, restart: Restart, report: Report<'_>) -> Result<(), Error> {
        hand_over(self, token, restart, report)
    }

    /// Restarts the client, which has its token already.
    ///
    /// # Errors
    ///
    /// It could not be restarted, or nobody hears what is reported.
    pub(crate) fn restart(&self, report: Report<'_>) -> Result<(), Error> {
        restart(self, None, report)
    }

    /// Makes sure that the client can be restarted, as far as settings and its configuration go.
    ///
    /// # Errors
    ///
    /// It cannot.
    pub(crate) fn check_restart(&self) -> Result<(), Error> {
        self.find_app()?;
        match self.file() {
            Ok(file) => file.check_readable(),
            // Nothing is read where there is no place for it.
            Err(Error::Missing { .. }) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Its configuration.
    ///
    /// # Errors
    ///
    /// As [`ClientFile::new`].
    pub(crate) fn file(&self) -> Result<ClientFile, Error> {
        let file = ClientFile::new(self.client, self.settings, self.named, self.reader)?;
        Ok(file.in_state_root(self.state_root))
    }

    /// The app; none where the client notices changes by itself.
    fn find_app(&self) -> Result<Option<App>, Error> {
        self.client.app.map(|find| find(self.settings, self.app)).transpose()
    }
}

/// The receiver of a token; a stand-in in tests.
trait Recipient {
    /// Whether it has to be restarted to notice a change.
    fn needs_restart(&self) -> bool;
    /// Puts the token into its configuration.
    fn update(&self, token: &Token) -> Result<Update, Error>;
    /// Whether it runs.
    fn is_running(&self) -> Result<bool, Error>;
    /// Restarts it, and makes sure that it still has this token then. Gives what the user should know.
    fn restart(
        &self,
        handed: Option<&Token>,
        progress: &mut dyn FnMut(Step),
    ) -> Result<Option<(Restarted, Vec<String>)>, Error>;
    /// Its name in messages.
    fn name(&self) -> &'static str;
}

impl Recipient for HandOver<'_> {
    fn needs_restart(&self) -> bool {
        self.client.app.is_some()
    }

    fn update(&self, token: &Token) -> Result<Update, Error> {
        self.file()?.update(token, self.stop)
    }

    fn is_running(&self) -> Result<bool, Error> {
        self.find_app()?.map_or(Ok(false), |app| app.is_running())
    }

    fn restart(
        &self,
        handed: Option<&Token>,
        progress: &mut dyn FnMut(Step),
    ) -> Result<Option<(Restarted, Vec<String>)>, Error> {
        let Some(app) = self.find_app()? else { return Ok(None) };
        let Some(token) = handed else {
            return Ok(Some((app.restart(self.clock, self.stop, progress)?, Vec::new())));
        };
        restart_and_read_back(&app, &self.file()?, token, self.clock, self.stop, progress).map(Some)
    }

    fn name(&self) -> &'static str {
        self.client.name
    }
}

fn hand_over(
    recipient: &dyn Recipient,
    token: &Token,
    when: Restart,
    report: Report<'_>,
) -> Result<(), Error> {
    report(Progress::Updating)?;
    let update = match recipient.update(token) {
        Ok(update) => update,
        Err(error) if when == Restart::Always => {
            report(Progress::Warning(error.report()))?;
            return restart(recipient, None, report);
        }
        Err(error) => return Err(error),
    };
    for warning in &update.warnings {
        report(Progress::Warning(warning.clone()))?;
    }
    report(Progress::Updated(&update))?;
    let handed = Some(token).filter(|_| !update.reads_env);
    match when {
        Restart::Always => restart(recipient, handed, report),
        Restart::IfChanged if update.changed => restart(recipient, handed, report),
        Restart::IfRunning if update.changed && handed.is_some() => {
            restart_if_running(recipient, &update, token, report)
        }
        Restart::Never | Restart::IfChanged | Restart::IfRunning => Ok(()),
    }
}

/// Restarts a client that runs. A failure is a warning: the token is in its place, and a client that is started
/// later reads it.
fn restart_if_running(
    recipient: &dyn Recipient,
    update: &Update,
    token: &Token,
    report: Report<'_>,
) -> Result<(), Error> {
    if !recipient.needs_restart() {
        return Ok(());
    }
    if update.unread {
        let name = recipient.name();
        let warning = format!("{name} was not restarted, since it would not read its configuration");
        return Ok(report(Progress::Warning(warning))?);
    }
    let failed = match recipient.is_running() {
        Ok(false) => return Ok(()),
        Ok(true) => match restart(recipient, Some(token), report) {
            Ok(()) => return Ok(()),
            Err(error) => error,
        },
        Err(error) => error,
    };
    Ok(report(Progress::Warning(failed.report()))?)
}

fn restart(recipient: &dyn Recipient, handed: Option<&Token>, report: Report<'_>) -> Result<(), Error> {
    if !recipient.needs_restart() {
        return Ok(());
    }
    report(Progress::Restarting)?;
    let mut reported = Ok(());
    let restarted = recipient.restart(handed, &mut |step| {
        if reported.is_ok() {
            reported = report(Progress::Step(step));
        }
    })?;
    reported?;
    if let Some((restarted, warnings)) = restarted {
        for warning in warnings {
            report(Progress::Warning(warning))?;
        }
        report(Progress::Restarted(&restarted))?;
    }
    Ok(())
}

/// Restarts the app and reads its configuration back: a token that was lost meanwhile is put back once. Gives what the
/// user should know.
///
/// # Errors
///
/// The app could not be restarted, or would not read its configuration. A later change of the configuration is a
/// warning: `Claude had dropped the token from …`.
fn restart_and_read_back(
    app: &App,
    file: &ClientFile,
    token: &Token,
    clock: &dyn Clock,
    stop: &Shutdown,
    progress: &mut dyn FnMut(Step),
) -> Result<(Restarted, Vec<String>), Error> {
    file.check_readable()?;
    let server = file.server_as_it_is().unwrap_or_default();
    let restarted = app.restart(clock, stop, progress)?;
    let name = file.target.client.name;
    let mut warnings = Vec::new();
    // Whoever ends it here has a restarted app, and what remains is to make sure.
    let is_stopped = clock.sleep(SETTLE, stop).is_err();
    if !is_stopped && is_lost(file, token, &mut warnings) {
        match file.put_back(token, server.as_ref(), stop) {
            Ok(_) => {
                warnings.push(format!(
                    "{name} had dropped the token from {}; it was put back",
                    file.path.display()
                ));
                if clock.sleep(SETTLE, stop).is_ok() && is_lost(file, token, &mut warnings) {
                    warnings.push(format!(
                        "{name} has dropped it again; quit {name} and run zoomtok update-claude"
                    ));
                }
            }
            Err(error) => warnings
                .push(format!("{name} had dropped the token, and it cannot be put back: {}", error.report())),
        }
    }
    Ok((restarted, warnings))
}

fn is_lost(file: &ClientFile, token: &Token, warnings: &mut Vec<String>) -> bool {
    match file.holds(token) {
        Ok(held) => !held,
        Err(error) => {
            let name = file.target.client.name;
            warnings.push(format!("{name}'s configuration cannot be read back: {error}"));
            false
        }
    }
}

#[cfg(test)]
mod tests;
