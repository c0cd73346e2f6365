//! How a change takes its place in a file that another program writes too.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::Value;
use zeroize::Zeroizing;

use super::Config;
use super::install::{Entry, Existing};
use super::platform;
use super::server::Server;
use crate::clients::edit::json::{New, Part, Place, beyond_json, edit, entries};
use crate::clock::{Clock, Stop, SystemClock};
use crate::error::{Error, NoServer};
use crate::files::{
    LOCK_PATIENCE, Lock, Reservation, insist, is_replaceable, make_private, read_regular, resolve,
};
use crate::store::{Fault, no_place};
use crate::token::Token;

/// No configuration comes near this many bytes; what is larger was named by mistake.
pub(super) const MAX_LEN: u64 = 16 * 1024 * 1024;

/// How often a text is edited anew because the file has changed meanwhile.
pub(super) const TRIES: usize = 3;

/// The pause before that: whoever is writing the file is done then.
const PAUSE: Duration = Duration::from_millis(50);

/// What a file that is not there yet would say.
const NOTHING: &str = "{}";

/// What surrounds a write; another one in tests.
pub(super) struct Surroundings<'a> {
    /// Where the lock is, if anywhere.
    pub(super) state_root: Option<&'a Path>,
    pub(super) clock: &'a dyn Clock,
    pub(super) stop: &'a Stop,
    /// Called when the new text is on the disk and not yet in its place.
    pub(super) ready: &'a mut dyn FnMut(),
}

/// What is to be put into the file.
pub(super) enum Change<'a> {
    /// A token, into its place.
    Token(&'a Token),
    /// The same, where that place may have been dropped with the server, which was this.
    Dropped(&'a Token, &'a Value),
    /// A server, made with a look at the one of zoomtok's own that is there.
    Server(&'a dyn Fn(Option<&Existing>) -> Entry),
}

/// A file as it was read.
pub(super) struct Content {
    /// The path without symbolic links.
    pub(super) real: PathBuf,
    /// None where there is no file, and a directory for it.
    pub(super) text: Option<Zeroizing<String>>,
}

/// What a change makes of a text.
pub(super) struct Edited {
    /// The new text; none where the old one will do.
    pub(super) text: Option<Zeroizing<String>>,
    /// What stood there; of a server, its command.
    pub(super) before: Option<Zeroizing<String>>,
    /// The server before the change.
    pub(super) server: Server,
    /// The variables of that server.
    pub(super) env: Vec<String>,
    /// The server that was put there.
    pub(super) entry: Option<Entry>,
    /// What of the text is not strict JSON.
    pub(super) beyond_json: Option<String>,
}

/// What came of a change.
pub(super) struct Written {
    /// The file before it.
    pub(super) content: Content,
    pub(super) edited: Edited,
    /// The copy of it, where it was made now.
    pub(super) backup: Option<PathBuf>,
}

impl Config {
    pub(super) fn write(&self, change: &Change<'_>, stop: &Stop) -> Result<Written, Error> {
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

    pub(super) fn write_in(
        &self,
        change: &Change<'_>,
        surroundings: &mut Surroundings<'_>,
    ) -> Result<Written, Error> {
        let (clock, stop) = (surroundings.clock, surroundings.stop);
        let mut written = self.read_and_edit(change);
        if is_passing(&written) {
            clock.sleep(PAUSE, stop)?;
            written = self.read_and_edit(change);
        }
        let written = written?;
        let Some(text) = &written.edited.text else { return Ok(written) };
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
            let Ok(Written { content, edited: Edited { text: Some(text), .. }, .. }) = &written else {
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

    /// What [`Config::write`] would do, and whether it could. Nothing is written.
    pub(super) fn preview_write(&self, change: &Change<'_>) -> Result<Written, Error> {
        let written = self.read_and_edit(change)?;
        if let Some(text) = &written.edited.text {
            self.could_write(&written.content.real, text.len())?;
        }
        Ok(written)
    }

    /// Whether the file could be replaced by one of so many bytes.
    pub(super) fn could_write(&self, real: &Path, room: usize) -> Result<(), Error> {
        let state = self.state_root.as_deref().ok_or_else(|| no_place("the lock"))?;
        // What is not there yet is made in the nearest place that is, which is no directory in the worst case.
        let there = state.ancestors().find(|path| path.symlink_metadata().is_ok());
        there.map_or(Ok(()), |there| is_replaceable(&there.join("claude.lock"), 0))?;
        is_replaceable(real, room)
    }

    pub(super) fn read_and_edit(&self, change: &Change<'_>) -> Result<Written, Error> {
        let content = self.read()?;
        let text = match (&content.text, change) {
            (Some(text), _) => text.as_str(),
            (None, Change::Server(_)) => NOTHING,
            // A token alone starts no server, so it is no reason to make the file.
            (None, Change::Token(_) | Change::Dropped(..)) => return Err(self.missing()),
        };
        let edited = match change {
            Change::Token(token) => self.with_token(text, token)?,
            Change::Dropped(token, server) => self.with_dropped(text, token, server)?,
            Change::Server(make) => self.with_server(text, *make)?,
        };
        Ok(Written { content, edited, backup: None })
    }

    fn with_token(&self, text: &str, token: &Token) -> Result<Edited, Error> {
        let edited = edit(text, self.place(), &New::Text(token.expose()));
        let edited = edited.map_err(|fault| self.unparseable(fault))?;
        let before = self.before(text)?;
        match before.server {
            Server::None(lack) => Err(Error::NoServer {
                path: self.path.clone(),
                place: self.place().server_name(),
                lack: Box::new(lack),
            }),
            // It finds a token by itself.
            Server::Own(..) => Ok(Edited { before: edited.before, ..before }),
            Server::Other => Ok(Edited { text: edited.text, before: edited.before, ..before }),
        }
    }

    fn with_dropped(&self, text: &str, token: &Token, server: &Value) -> Result<Edited, Error> {
        let before = self.before(text)?;
        if !matches!(before.server, Server::None(NoServer::OfThatName { .. })) {
            return self.with_token(text, token);
        }
        let mut server = server.clone();
        if let Some(value) = server.pointer_mut("/env").and_then(|env| env.get_mut(&self.key)) {
            *value = token.expose().into();
        }
        let whole = Place { server: &self.server, part: Part::Whole };
        let edited = edit(text, whole, &New::Json(&server)).map_err(|fault| self.unparseable(fault))?;
        Ok(Edited { text: edited.text, ..before })
    }

    /// What is there before a change.
    pub(super) fn before(&self, text: &str) -> Result<Edited, Error> {
        let failed = |fault| self.unparseable(fault);
        let entries = entries(text).map_err(failed)?;
        let env = entries.iter().find(|(name, _)| *name == self.server).map(|(_, entry)| &entry.env);
        Ok(Edited {
            text: None,
            before: None,
            server: Server::of(&entries, &self.server, self.reader),
            env: env.into_iter().flatten().map(|(name, _)| name.clone()).collect(),
            entry: None,
            beyond_json: beyond_json(text).map_err(failed)?,
        })
    }

    pub(super) fn read(&self) -> Result<Content, Error> {
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

    pub(super) fn missing(&self) -> Error {
        Error::ClaudeConfigMissing { looked: platform::looked_for(&self.path) }
    }

    pub(super) fn unparseable(&self, fault: Fault) -> Error {
        Error::Unparseable { path: self.path.clone(), line: fault.line, problem: fault.problem }
    }
}

/// The lock that all zoomtoks share which write a configuration of Claude's. It is in the state directory, since a
/// lock file beside the configuration would lie about in somebody else's directory.
fn lock(surroundings: &Surroundings<'_>) -> Result<Lock, Error> {
    let root = surroundings.state_root.ok_or_else(|| no_place("the lock"))?;
    make_private(root).map_err(|source| Error::Store { action: "make", path: root.to_owned(), source })?;
    Lock::acquire(&root.join("claude"), LOCK_PATIENCE, surroundings.clock, surroundings.stop)
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
pub(super) fn backup_path(real: &Path) -> PathBuf {
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
