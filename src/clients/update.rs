//! A token put into a client's configuration.

use std::path::PathBuf;

use serde_json::Value;

use super::change::Change;
use super::error::Error;
use super::file::ClientFile;
use super::file::write::Written;
use super::server::Server;
use crate::clock::Shutdown;
use crate::error::Diagnostic as _;
use crate::token::{Token, mask};

/// The result of an update, real or previewed.
#[derive(Debug, Clone, Default)]
pub(crate) struct Update {
    /// Whether the file was changed.
    pub(crate) changed: bool,
    /// The file, as it was named or found.
    pub(crate) path: PathBuf,
    /// The copy of the file as it was before, where it was made now.
    pub(crate) backup: Option<PathBuf>,
    /// The client does not understand the file as it is, and could drop every server in it at its next start.
    pub(crate) unread: bool,
    /// Warnings for the user, as sentences.
    pub(crate) warnings: Vec<String>,
    /// The server is `zoomtok mcp`, which reads `.env`: neither a change nor a restart is needed.
    pub(crate) reads_env: bool,
    /// The place of the token, `mcpServers.<server>.env.<key>`.
    pub(crate) place: String,
    /// The value there before, masked.
    pub(crate) before: Option<String>,
}

impl ClientFile {
    /// Puts the token in its place. A file that holds it already is not touched.
    ///
    /// # Errors
    ///
    /// The file is missing, cannot be read, makes no sense or has no server that takes a token, and is untouched; or it
    /// cannot be written, or does not stop changing.
    pub(crate) fn update(&self, token: &Token, stop: &Shutdown) -> Result<Update, Error> {
        Ok(self.report(self.write(&Change::Token(token), stop)?))
    }

    /// Previews an update. Nothing is written.
    ///
    /// # Errors
    ///
    /// As [`ClientFile::update`].
    pub(crate) fn preview(&self, token: &Token) -> Result<Update, Error> {
        Ok(self.report(self.preview_write(&Change::Token(token))?))
    }

    /// Whether the token is in its place.
    ///
    /// # Errors
    ///
    /// The file is missing, cannot be read or makes no sense.
    pub(crate) fn holds(&self, token: &Token) -> Result<bool, Error> {
        let value = self.target.client.format.value(&self.text()?, self.target.place());
        let value = value.map_err(|fault| self.unparseable(fault))?;
        Ok(value.is_some_and(|value| *value == token.expose()))
    }

    /// The server as it is, for [`ClientFile::put_back`]; none where there is none. It holds secrets.
    ///
    /// # Errors
    ///
    /// As [`ClientFile::holds`].
    pub(super) fn server_as_it_is(&self) -> Result<Option<Value>, Error> {
        let server = self.target.client.format.server(&self.text()?, self.target.place());
        server.map_err(|fault| self.unparseable(fault))
    }

    /// Puts the token in its place again, and the server too where that is gone.
    ///
    /// # Errors
    ///
    /// As [`ClientFile::update`].
    pub(super) fn put_back(
        &self,
        token: &Token,
        server: Option<&Value>,
        stop: &Shutdown,
    ) -> Result<Update, Error> {
        let change = server.map_or(Change::Token(token), |server| Change::Dropped(token, server));
        Ok(self.report(self.write(&change, stop)?))
    }

    /// Makes sure that the client would read the file at its next start. Claude takes one that is no strict JSON for an
    /// empty one, and then writes that back (tradesdontlie/tradingview-mcp#406, aaddrick/claude-desktop-debian#768). A
    /// file that does not exist is no harm.
    ///
    /// # Errors
    ///
    /// [`Error::NotRestarted`], for whoever wants to restart the client.
    pub(crate) fn check_readable(&self) -> Result<(), Error> {
        let client = self.target.client;
        let beyond = self.read().and_then(|content| match &content.text {
            Some(text) => (client.format.not_understood)(text).map_err(|fault| self.unparseable(fault)),
            None => Ok(None),
        });
        let what = match beyond {
            Ok(None) | Err(Error::Missing { .. }) => return Ok(()),
            Ok(Some(beyond)) => format!("{} {beyond}", self.path.display()),
            Err(error) => error.with_causes(),
        };
        Err(Error::NotRestarted {
            client: client.name,
            what: format!(
                "{what}; {} reads nothing but strict JSON, and would drop every server in it",
                client.name
            ),
            hint: "Correct the file first".into(),
        })
    }

    pub(super) fn report(&self, Written { edited, backup, .. }: Written) -> Update {
        Update {
            changed: edited.text.is_some(),
            path: self.path.clone(),
            backup,
            unread: edited.not_understood.is_some(),
            warnings: edited.not_understood.iter().map(|beyond| self.unread(beyond)).collect(),
            reads_env: matches!(edited.server, Server::Own(..)),
            place: self.target.place_name(),
            before: edited.before.as_ref().map(|before| mask(before)),
        }
    }
}
