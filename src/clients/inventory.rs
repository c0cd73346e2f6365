//! Which servers of a client's configuration are zoomtok's.

use std::path::PathBuf;

use super::client::Client;
use super::command_line::{Behind, Reader, Served};
use super::error::Error;
use super::file::ClientFile;

/// A server of a configuration that starts zoomtok.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Own {
    /// Its name.
    pub(crate) name: String,
    /// The program that the client runs.
    pub(crate) command: String,
    /// Its settings.
    pub(crate) served: Served,
}

/// The servers of zoomtok's that a client has.
#[derive(Debug)]
pub(crate) struct Inventory {
    pub(crate) client: &'static Client,
    /// Its configuration, which need not exist.
    pub(crate) path: PathBuf,
    /// Its servers that are zoomtok's, by their names; none where there is no file.
    pub(crate) own: Result<Vec<Own>, Error>,
}

impl ClientFile {
    /// Lists the servers that are zoomtok's own.
    pub(crate) fn inventory(&self, reader: Reader) -> Inventory {
        let own = match self.names_and_servers(reader) {
            Err(Error::Missing { .. }) => Ok(Vec::new()),
            own => own,
        };
        Inventory { client: self.target.client, path: self.path.clone(), own }
    }

    /// Whether the client is on this machine.
    pub(crate) fn is_found(&self) -> bool {
        self.path.exists() || self.target.client.is_found()
    }

    /// Makes sure that the name of the server is not taken by one of zoomtok's that the target's own reader does not take
    /// for its kind: its policy would be lost with it.
    ///
    /// # Errors
    ///
    /// [`Error::OtherKind`].
    pub(crate) fn check_kind(&self, reader: Reader) -> Result<(), Error> {
        let Ok(own) = self.names_and_servers(reader) else { return Ok(()) };
        let same = self.names_and_servers(self.target.reader)?;
        let is_it = |own: &&Own| own.name == self.target.server;
        let Some(found) = own.iter().find(is_it).filter(|_| !same.iter().any(|own| is_it(&own))) else {
            return Ok(());
        };
        let (what, hint) = match found.served.behind {
            Some(Behind::Command(_)) => (
                "is a server that zoomtok stands before",
                "Take zoomtok out of it with zoomtok client unwrap, or give this one another name with --name",
            ),
            _ => (
                "is a server of zoomtok's of another kind",
                "Give this one another name with --name, or take that one out with zoomtok client uninstall",
            ),
        };
        let (path, place) = (self.path.clone(), self.target.server_name());
        Err(Error::OtherKind { path, place, what, hint })
    }

    fn names_and_servers(&self, reader: Reader) -> Result<Vec<Own>, Error> {
        let client = self.target.client;
        let servers = client.format.servers(&self.text()?, &client.shape);
        let servers = servers.map_err(|fault| self.unparseable(fault))?;
        let own = servers.into_iter().filter_map(|(name, server)| {
            let served = server.served(reader)?;
            Some(Own { name, command: server.command?, served })
        });
        Ok(own.collect())
    }
}
