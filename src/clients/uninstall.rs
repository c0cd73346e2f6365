//! A server of zoomtok's own taken out of a client's configuration.

use std::path::PathBuf;

use super::change::Change;
use super::error::Error;
use super::file::ClientFile;
use super::install::shown;
use super::server::Server;
use crate::clock::Shutdown;

/// The result of taking a server out.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Uninstalled {
    /// It is gone.
    Gone,
    /// There is no server of that name.
    NoServer,
    /// There is one, and it is not zoomtok's. It is given by its command, for a person to recognise.
    Foreign(String),
}

/// The same with where it was.
#[derive(Debug)]
pub(crate) struct Removal {
    pub(crate) what: Uninstalled,
    /// The place of the server, `mcpServers.<server>`.
    pub(crate) place: String,
    pub(crate) path: PathBuf,
}

impl ClientFile {
    /// Takes the server out, if it is one that `reader` takes for zoomtok's own.
    ///
    /// # Errors
    ///
    /// As [`ClientFile::update`].
    pub(crate) fn uninstall(&self, stop: &Shutdown) -> Result<Removal, Error> {
        let written = self.write(&Change::Removed, stop)?;
        let what = match &written.edited.server {
            Server::Own(..) => Uninstalled::Gone,
            Server::Lacking(super::lack::Lack::OfThatName { .. }) => Uninstalled::NoServer,
            Server::Lacking(_) | Server::Other => {
                let text = written.content.text.as_ref().map_or("", |text| text.as_str());
                let client = self.target.client;
                let servers = client.format.servers(text, &client.shape);
                let servers = servers.map_err(|fault| self.unparseable(fault))?;
                let found = servers.iter().find(|(name, _)| *name == self.target.server);
                Uninstalled::Foreign(shown(found.and_then(|(_, server)| server.command.as_deref())))
            }
        };
        Ok(Removal { what, place: self.target.server_name(), path: self.path.clone() })
    }
}
