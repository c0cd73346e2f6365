//! The file that Claude Desktop reads its servers from: where it is, and how one value of it is replaced, the token of
//! a server or the server itself.
//!
//! It is somebody else's file. Claude writes it too, without a lock, so the bytes that were edited are compared with
//! those that are there right before the new ones take their place. It holds secrets, zoomtok's among them: its text is
//! wiped when it is dropped.

use std::path::{Path, PathBuf};

use serde_json::Value;

use self::server::Server;
use self::write::{Change, Written};
use super::edit::json::{Part, Place, beyond_json, server, value};
use crate::clock::Stop;
use crate::error::{Diagnostic as _, Error};
use crate::settings::Settings;
use crate::store::default_state_root;
use crate::token::{Token, mask};

mod configured;
mod install;
mod own;
mod platform;
mod server;
mod write;

pub(crate) use configured::program;
pub use configured::{Configured, Contents};
pub use install::{Entry, Existing, Installed};
pub use own::{Reader, Served};

/// The place of the token in Claude Desktop's configuration.
#[derive(Debug, Clone)]
pub struct Config {
    /// The file.
    pub path: PathBuf,
    /// The server in it that needs the token.
    pub server: String,
    /// The variable of that server.
    pub key: String,
    /// Where the lock is that keeps zoomtoks apart which write such files.
    pub state_root: Option<PathBuf>,
    /// What reads the arguments of a server that is zoomtok.
    pub reader: Reader,
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
    /// Claude does not read the file as it is, and could drop every server in it at its next start.
    pub unread: bool,
    /// What the user should know, as sentences.
    pub warnings: Vec<String>,
    /// The server is `zoomtok mcp`, which reads `.env`: neither a change nor a restart is needed.
    pub reads_env: bool,
    /// The place of the token, `mcpServers.<server>.env.<key>`.
    pub place: String,
    /// What stood there before, masked.
    pub before: Option<String>,
}

impl Config {
    /// The place as flags, settings and this system have it, in this order. The file need not exist.
    ///
    /// # Errors
    ///
    /// [`Error::Setting`] for a setting that is not UTF-8; [`Error::ClaudeConfigMissing`] when the file is not named
    /// and this system has no place for it.
    pub fn of(
        settings: &Settings,
        path: Option<&Path>,
        server: Option<&str>,
        key: Option<&str>,
        reader: Reader,
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
        Ok(Self { path, server, key, state_root: default_state_root(), reader })
    }

    /// Puts the token in its place. A file that holds it already is not touched.
    ///
    /// # Errors
    ///
    /// [`Error::ClaudeConfigMissing`], [`Error::NoServer`], [`Error::Unreadable`] or [`Error::Unparseable`], and the file
    /// is untouched; [`Error::Store`] or [`Error::Busy`] when it cannot be written or does not stop changing;
    /// [`Error::Interrupted`] when the end is asked for while it waits.
    pub fn update(&self, token: &Token, stop: &Stop) -> Result<Update, Error> {
        Ok(self.report(self.write(&Change::Token(token), stop)?))
    }

    /// What an update would do. Nothing is written.
    ///
    /// # Errors
    ///
    /// As [`Config::update`].
    pub fn preview(&self, token: &Token) -> Result<Update, Error> {
        Ok(self.report(self.preview_write(&Change::Token(token))?))
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

    /// The server as it is, for [`Config::put_back`]; none where there is none. It holds secrets.
    ///
    /// # Errors
    ///
    /// As [`Config::holds`].
    pub(super) fn kept(&self) -> Result<Option<Value>, Error> {
        let text = self.read()?.text.ok_or_else(|| self.missing())?;
        server(&text, self.place()).map_err(|fault| self.unparseable(fault))
    }

    /// Puts the token in its place again, and the server too where that is gone.
    ///
    /// # Errors
    ///
    /// As [`Config::update`].
    pub(super) fn put_back(
        &self,
        token: &Token,
        server: Option<&Value>,
        stop: &Stop,
    ) -> Result<Update, Error> {
        let change = server.map_or(Change::Token(token), |server| Change::Dropped(token, server));
        Ok(self.report(self.write(&change, stop)?))
    }

    /// Makes sure that Claude would read the file at its next start. Claude takes one that is no strict JSON for an empty
    /// one, and then writes that back (tradesdontlie/tradingview-mcp#406, aaddrick/claude-desktop-debian#768). A file that
    /// does not exist is no harm.
    ///
    /// # Errors
    ///
    /// [`Error::Claude`], for whoever wants to restart the app.
    pub fn is_read_by_claude(&self) -> Result<(), Error> {
        let beyond = self.read().and_then(|content| match &content.text {
            Some(text) => beyond_json(text).map_err(|fault| self.unparseable(fault)),
            None => Ok(None),
        });
        let what = match beyond {
            Ok(None) | Err(Error::ClaudeConfigMissing { .. }) => return Ok(()),
            Ok(Some(beyond)) => format!("{} {beyond}", self.path.display()),
            Err(error) => error.with_causes(),
        };
        Err(Error::Claude {
            what: format!("{what}; Claude reads nothing but strict JSON, and would drop every server in it"),
            hint: "Correct the file first".into(),
        })
    }

    fn place(&self) -> Place<'_> {
        Place { server: &self.server, part: Part::Variable(&self.key) }
    }

    fn report(&self, Written { edited, backup, .. }: Written) -> Update {
        Update {
            changed: edited.text.is_some(),
            path: self.path.clone(),
            backup,
            unread: edited.beyond_json.is_some(),
            warnings: edited.beyond_json.iter().map(|beyond| self.unread(beyond)).collect(),
            reads_env: matches!(edited.server, Server::Own(..)),
            place: self.place().name(),
            before: edited.before.as_ref().map(|before| mask(before)),
        }
    }

    /// A warning about what Claude does not read.
    fn unread(&self, beyond: &str) -> String {
        format!(
            "{} {beyond}; Claude reads nothing but strict JSON, and can drop every server in the file at its next \
             start: take that out",
            self.path.display()
        )
    }
}

#[cfg(test)]
mod tests;
