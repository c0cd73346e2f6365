//! The file that Claude Desktop reads its servers from: where it is, and how one value of it is replaced, the token of
//! a server or the server itself.
//!
//! It is somebody else's file. Claude writes it too, without a lock, so the bytes that were edited are compared with
//! those that are there right before the new ones take their place. It holds secrets, zoomtok's among them: its text is
//! wiped when it is dropped.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use zeroize::Zeroizing;

use super::edit::{Edit, New, Place, Server, edit, value};
use crate::clock::{Clock, Stop, SystemClock};
use crate::error::Error;
use crate::settings::Settings;
use crate::store::{
    Fault, Lock, PATIENCE, Reservation, default_state_root, insist, make_private, no_place, read_regular,
    resolve,
};
use crate::token::{Token, mask};

mod configured;
mod install;
mod platform;

pub use configured::Configured;
pub(crate) use configured::program;
pub use install::{Entry, Installed};

/// No configuration comes near this many bytes; what is larger was named by mistake.
const MAX_LEN: u64 = 16 * 1024 * 1024;

/// How often a text is edited anew because the file has changed meanwhile.
const TRIES: usize = 3;

/// The pause before that: whoever is writing the file is done then.
const PAUSE: Duration = Duration::from_millis(50);

/// What a file that is not there yet would say.
const NOTHING: &str = "{}";

/// The place of the token in Claude Desktop's configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// The file.
    pub path: PathBuf,
    /// The server in it that needs the token.
    pub server: String,
    /// The variable of that server.
    pub key: String,
    /// Where the lock is that keeps zoomtoks apart which write such files.
    pub state_root: Option<PathBuf>,
}

/// What an update did, or would do.
#[derive(Debug)]
pub struct Update {
    /// Whether the file was changed.
    pub changed: bool,
    /// The file, as it was named or found.
    pub path: PathBuf,
    /// The copy of the file as it was before, where it was made now.
    pub backup: Option<PathBuf>,
    /// What the user should know, as sentences.
    pub warnings: Vec<String>,
    /// The server is `zoomtok mcp`, which reads `.env`: neither a change nor a restart is needed.
    pub reads_env: bool,
    /// The place of the token, `mcpServers.<server>.env.<key>`.
    pub place: String,
    /// What stood there before, masked.
    pub before: Option<String>,
}

/// What surrounds a write; another one in tests.
struct Surroundings<'a> {
    /// Where the lock is, if anywhere.
    state_root: Option<&'a Path>,
    clock: &'a dyn Clock,
    stop: &'a Stop,
    /// Called when the new text is on the disk and not yet in its place.
    ready: &'a mut dyn FnMut(),
}

/// What is to stand where.
struct Change<'a> {
    place: Place<'a>,
    new: New<'a>,
}

/// A file as it was read.
struct Content {
    /// The path without symbolic links.
    real: PathBuf,
    /// None where there is no file, and a directory for it.
    text: Option<Zeroizing<String>>,
}

/// What came of a change.
struct Written {
    /// The file before it.
    content: Content,
    edit: Edit,
    /// The copy of it, where it was made now.
    backup: Option<PathBuf>,
}

impl Config {
    /// The place as flags, settings and this system have it, in this order. The file need not exist.
    ///
    /// # Errors
    ///
    /// [`Error::Setting`] for a setting that is not UTF-8; [`Error::ClaudeConfigMissing`] when the file is not named
    /// and this system has no place for it.
    pub fn of(
        settings: &Settings<'_>,
        path: Option<&Path>,
        server: Option<&str>,
        key: Option<&str>,
    ) -> Result<Self, Error> {
        let path = match path {
            Some(path) => path.to_owned(),
            None => match settings.claude_config_file()? {
                Some(path) => path,
                None => platform::find().ok_or(Error::ClaudeConfigMissing { looked: Vec::new() })?,
            },
        };
        let server = server.map_or_else(|| settings.claude_server_name(), |server| Ok(server.to_owned()))?;
        let key = key.map_or_else(|| settings.claude_env_key(), |key| Ok(key.to_owned()))?;
        Ok(Self { path, server, key, state_root: default_state_root() })
    }

    /// Puts the token in its place. A file that holds it already is not touched.
    ///
    /// # Errors
    ///
    /// [`Error::ClaudeConfigMissing`], [`Error::Unreadable`] or [`Error::Unparseable`], and the file is untouched;
    /// [`Error::Store`] or [`Error::Busy`] when it cannot be written or does not stop changing; [`Error::Interrupted`]
    /// when the end is asked for while it waits.
    pub fn update(&self, token: &Token, stop: &Stop) -> Result<Update, Error> {
        Ok(self.report(self.write(&self.change(token), stop)?))
    }

    /// What an update would do. Nothing is written.
    ///
    /// # Errors
    ///
    /// As [`Config::update`], but for those of writing.
    pub fn preview(&self, token: &Token) -> Result<Update, Error> {
        Ok(self.report(self.read_and_edit(&self.change(token))?))
    }

    /// Whether the token is in its place.
    ///
    /// # Errors
    ///
    /// The file is missing, cannot be read or is not JSON.
    pub fn holds(&self, token: &Token) -> Result<bool, Error> {
        let text = self.read()?.text.ok_or_else(|| self.missing())?;
        let value = value(&text, self.place()).map_err(|fault| self.unparseable(fault))?;
        Ok(value.is_some_and(|value| *value == token.expose()))
    }

    fn write(&self, change: &Change<'_>, stop: &Stop) -> Result<Written, Error> {
        self.write_in(
            change,
            &mut Surroundings {
                state_root: self.state_root.as_deref(),
                clock: &SystemClock::start(),
                stop,
                ready: &mut || {},
            },
        )
    }

    fn write_in(&self, change: &Change<'_>, surroundings: &mut Surroundings<'_>) -> Result<Written, Error> {
        let (clock, stop) = (surroundings.clock, surroundings.stop);
        let mut written = self.read_and_edit(change);
        if is_passing(&written) {
            clock.sleep(PAUSE, stop)?;
            written = self.read_and_edit(change);
        }
        let written = written?;
        let Some(text) = &written.edit.text else { return Ok(written) };
        let _lock = lock(surroundings)?;
        let mut backup = None;
        let mut reservation = Reservation::new(&written.content.real, text.len())?.for_owner_of_directory();
        for attempt in 0..TRIES {
            if attempt > 0
                && let Err(stopped) = clock.sleep(PAUSE, stop)
            {
                withdraw(backup);
                return Err(stopped.into());
            }
            // Also at first: another zoomtok may have written it while this one waited for the lock.
            let written = self.read_and_edit(change);
            if attempt + 1 < TRIES && is_passing(&written) {
                continue;
            }
            let Ok(Written { content, edit: Edit { text: Some(text), .. }, .. }) = &written else {
                withdraw(backup);
                return written;
            };
            backup = back_up(content, backup.as_ref())?;
            let ready = &mut *surroundings.ready;
            let is_unchanged = || {
                ready();
                self.read().is_ok_and(|now| now.text == content.text && now.real == content.real)
            };
            match reservation.commit_if(text.as_bytes(), is_unchanged)? {
                None => return written.map(|written| Written { backup, ..written }),
                Some(again) => reservation = again,
            }
        }
        withdraw(backup);
        Err(Error::Store {
            action: "update",
            path: self.path.clone(),
            source: io::Error::new(io::ErrorKind::ResourceBusy, "another program keeps changing it"),
        })
    }

    fn change<'a>(&'a self, token: &'a Token) -> Change<'a> {
        Change { place: self.place(), new: New::Text(token.expose()) }
    }

    fn place(&self) -> Place<'_> {
        Place { server: &self.server, key: Some(&self.key) }
    }

    fn read_and_edit(&self, change: &Change<'_>) -> Result<Written, Error> {
        let content = self.read()?;
        let text = match (&content.text, change.place.key) {
            (Some(text), _) => text.as_str(),
            (None, None) => NOTHING,
            // A token alone starts no server, so it is no reason to make the file.
            (None, Some(_)) => return Err(self.missing()),
        };
        let edit = edit(text, change.place, &change.new).map_err(|fault| self.unparseable(fault))?;
        Ok(Written { content, edit, backup: None })
    }

    fn read(&self) -> Result<Content, Error> {
        let failed = |source: io::Error| match source.kind() {
            io::ErrorKind::NotFound => self.missing(),
            _ => Error::Unreadable { path: self.path.clone(), source },
        };
        let real = insist(|| resolve(&self.path)).map_err(failed)?;
        let bytes = match insist(|| read_regular(&real, MAX_LEN, "which no configuration of Claude's is")) {
            Err(error)
                if error.kind() == io::ErrorKind::NotFound && real.parent().is_some_and(Path::is_dir) =>
            {
                return Ok(Content { real, text: None });
            }
            bytes => bytes.map_err(failed)?,
        };
        let text =
            std::str::from_utf8(&bytes).map_err(|_| self.unparseable(Fault::general("it is not UTF-8")))?;
        Ok(Content { real, text: Some(text.to_owned().into()) })
    }

    fn missing(&self) -> Error {
        Error::ClaudeConfigMissing { looked: platform::looked_for(&self.path) }
    }

    fn unparseable(&self, fault: Fault) -> Error {
        Error::Unparseable { path: self.path.clone(), line: fault.line, problem: fault.problem }
    }

    fn report(&self, Written { edit, backup, .. }: Written) -> Update {
        let name = self.place().server_name();
        // https://modelcontextprotocol.io/docs/develop/connect-local-servers: `command` is what Claude runs.
        let warnings = match edit.server {
            Server::Missing => {
                vec![format!("{name} was not there; Claude cannot start it before it has a command")]
            }
            Server::WithoutCommand => {
                vec![format!("{name} has no command, and Claude cannot start it without one")]
            }
            Server::Present | Server::ReadsEnv => Vec::new(),
        };
        Update {
            changed: edit.text.is_some(),
            path: self.path.clone(),
            backup,
            warnings,
            reads_env: edit.server == Server::ReadsEnv,
            place: self.place().name(),
            before: edit.before.as_ref().map(|before| mask(before)),
        }
    }
}

/// The lock that all zoomtoks share which write a configuration of Claude's. It is in the state directory, since a
/// lock file beside the configuration would lie about in somebody else's directory.
fn lock(surroundings: &Surroundings<'_>) -> Result<Lock, Error> {
    let root = surroundings.state_root.ok_or_else(|| no_place("the lock"))?;
    make_private(root).map_err(|source| Error::Store { action: "make", path: root.to_owned(), source })?;
    Lock::acquire(&root.join("claude"), PATIENCE, surroundings.clock, surroundings.stop)
}

/// Whether somebody may be in the middle of writing the file: then it is whole a moment later.
fn is_passing(written: &Result<Written, Error>) -> bool {
    match written {
        Ok(written) => written.content.text.is_none(),
        Err(error) => matches!(error, Error::Unparseable { .. } | Error::ClaudeConfigMissing { .. }),
    }
}

/// Keeps a copy of the file as it was before zoomtok changed it for the first time. Gives its path when it was made in
/// this run; `made` says that an attempt before did.
fn back_up(content: &Content, made: Option<&PathBuf>) -> Result<Option<PathBuf>, Error> {
    let Some(text) = &content.text else { return Ok(made.cloned()) };
    let path = backup_path(&content.real);
    // A link too, wherever it leads: it is not zoomtok's to follow.
    if made.is_none() && path.symlink_metadata().is_ok() {
        return Ok(None);
    }
    Reservation::new(&path, text.len())?.for_owner_of_file(&content.real).commit(text.as_bytes())?;
    Ok(Some(path))
}

/// Where that copy is.
fn backup_path(real: &Path) -> PathBuf {
    let mut name = real.file_name().unwrap_or_default().to_owned();
    name.push(".zoomtok.bak");
    real.with_file_name(name)
}

/// Removes a copy that was made in this run, of what has not been changed after all.
fn withdraw(backup: Option<PathBuf>) {
    if let Some(path) = backup {
        // Where it cannot be removed it does no harm.
        let _ = fs::remove_file(path);
    }
}

#[cfg(test)]
mod tests;
