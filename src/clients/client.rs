//! All that is known of a client, as a row of the table.

use std::path::{Path, PathBuf};

use super::desktop::App;
use super::edit::Format;
use super::error::Error;
use super::link::Link;
use super::locations::{Candidate, Homes, Location, candidates, choose};
use super::shape::Shape;
use super::system::System;
use crate::error::Error as CoreError;
use crate::settings::Settings;

/// The function that finds an app by settings, and by the name that a flag gives.
pub(crate) type FindApp = fn(&Settings, Option<&str>) -> Result<App, Error>;

/// A program that starts MCP servers.
#[derive(Debug)]
pub(crate) struct Client {
    /// Its name on the command line.
    pub(crate) id: &'static str,
    /// Its name in messages.
    pub(crate) name: &'static str,
    /// The same in full, where clients are listed.
    pub(crate) title: &'static str,
    /// Where its configuration may be. On a system with several, the first that exists counts.
    pub(crate) locations: &'static [Location],
    /// The format of that file.
    pub(crate) format: Format,
    /// How servers stand in it.
    pub(crate) shape: Shape,
    /// The name of the lock that all zoomtoks share which write that file.
    pub(crate) lock: &'static str,
    /// The remedy where that file does not exist, as a sentence without its full stop.
    pub(crate) if_missing: &'static str,
    /// Whether that file is the client's own state, which it rewrites while it runs. It is never made for such a client.
    pub(crate) is_state: bool,
    /// How it notices a change, as a sentence without its full stop that says what to do.
    pub(crate) picks_up: &'static str,
    /// The link by which it adds a server.
    pub(crate) link: Option<Link>,
    /// When this row was last compared with its source: year and month.
    pub(crate) verified: &'static str,
    /// Where its vendor, or whoever looked best, says where the file is and what is in it.
    pub(crate) source: &'static str,
    /// The settings that override the row.
    pub(crate) settings: Option<ClientSettings>,
    /// How its app is found, where that has to be restarted to notice a change.
    pub(crate) app: Option<FindApp>,
}

/// The settings that override a row.
#[derive(Debug)]
pub(crate) struct ClientSettings {
    /// The configuration.
    pub(crate) file: fn(&Settings) -> Result<Option<PathBuf>, CoreError>,
    /// The server that gets the token.
    pub(crate) server: fn(&Settings) -> Result<String, CoreError>,
    /// Its variable.
    pub(crate) server_variable: &'static str,
    /// The variable of that server that holds the token.
    pub(crate) key: fn(&Settings) -> Result<String, CoreError>,
}

impl Client {
    /// Its configuration on this system: the file that exists, else the place where the client would make it.
    ///
    /// # Errors
    ///
    /// [`Error::Missing`] where the user has no home.
    pub(crate) fn find(&self) -> Result<PathBuf, Error> {
        choose(&self.candidates()).ok_or_else(|| self.missing(Vec::new()))
    }

    /// The error for a configuration that is not at `path`. Where that is one of the places of this system, all of them
    /// are named.
    pub(super) fn missing_at(&self, path: &Path) -> Error {
        let candidates: Vec<PathBuf> =
            self.candidates().into_iter().map(|candidate| candidate.path).collect();
        let is_usual = candidates.iter().any(|candidate| candidate == path);
        self.missing(if is_usual { candidates } else { vec![path.to_owned()] })
    }

    fn missing(&self, looked_for: Vec<PathBuf>) -> Error {
        Error::Missing { client: self.name, looked_for, hint: self.if_missing }
    }

    fn candidates(&self) -> Vec<Candidate> {
        candidates(self.locations, System::current(), &Homes::current())
    }

    /// Whether it is there: its configuration, or the directory in which it keeps it.
    pub(crate) fn is_found(&self) -> bool {
        self.candidates().iter().any(Candidate::is_found)
    }

    /// The flag or variable that names another server.
    pub(crate) fn names_server(&self) -> &'static str {
        self.settings.as_ref().map_or("--name", |settings| settings.server_variable)
    }
}
