//! A client's configuration file: where it is, and reading it.
//!
//! It is somebody else's file. Clients write it too, without a lock, so the bytes that were edited are compared with the
//! existing ones right before the new ones take their place. It holds secrets, zoomtok's among them: its text is wiped
//! when it is dropped.

use std::io;
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::change::{Refused, Target};
use super::client::Client;
use super::command_line::Reader;
use super::error::Error;
use super::system::System;
use crate::files::{is_replaceable, read_regular, resolve, retry_sharing};
use crate::settings::Settings;
use crate::store::{Fault, default_state_root, no_place};

pub(super) mod wrap;
pub(super) mod write;

/// No configuration comes near this many bytes; what is larger was named by mistake.
pub(super) const MAX_LEN: u64 = 16 * 1024 * 1024;

/// The server of a client whose settings name none, and its variable.
const DEFAULTS: (&str, &str) = ("zoom", "ZOOM_ACCESS_TOKEN");

/// A client's configuration file, and the server in it that matters.
#[derive(Debug, Clone)]
pub(crate) struct ClientFile {
    /// The file, which need not exist.
    pub(crate) path: PathBuf,
    pub(super) target: Target,
    /// Where the lock is that keeps zoomtoks apart which write such files.
    pub(super) state_root: Option<PathBuf>,
}

/// The values of flags, which count before settings.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Named<'a> {
    /// The file.
    pub(crate) path: Option<&'a Path>,
    /// The server in it.
    pub(crate) server: Option<&'a str>,
    /// The variable of that server that holds the token.
    pub(crate) key: Option<&'a str>,
}

/// A file as it was read.
pub(super) struct Content {
    /// The path without symbolic links.
    pub(super) real: PathBuf,
    /// None where there is no file, but a directory for it.
    pub(super) text: Option<Zeroizing<String>>,
}

impl ClientFile {
    /// The file of a client as flags, settings and this system have it, in this order.
    ///
    /// # Errors
    ///
    /// A setting is not UTF-8; [`Error::Missing`] when the file is not named and this system has no place for it.
    pub(crate) fn new(
        client: &'static Client,
        settings: &Settings,
        named: Named<'_>,
        reader: Reader,
    ) -> Result<Self, Error> {
        let set = client.settings.as_ref();
        let path = match named.path {
            Some(path) => Some(path.to_owned()),
            None => set.map_or(Ok(None), |set| (set.file)(settings))?,
        };
        let path = path.map_or_else(|| client.find(), Ok)?;
        let server = match named.server {
            Some(server) => server.to_owned(),
            None => set.map_or_else(|| Ok(DEFAULTS.0.into()), |set| (set.server)(settings))?,
        };
        let key = match named.key {
            Some(key) => key.to_owned(),
            None => set.map_or_else(|| Ok(DEFAULTS.1.into()), |set| (set.key)(settings))?,
        };
        let target = Target { client, server, key, system: System::current(), reader };
        Ok(Self { path, target, state_root: default_state_root() })
    }

    /// The same with its lock in this directory.
    pub(crate) fn in_state_root(self, state_root: Option<&Path>) -> Self {
        Self { state_root: state_root.map(Path::to_owned), ..self }
    }

    /// Reads it.
    pub(super) fn read(&self) -> Result<Content, Error> {
        let failed = |source: io::Error| match source.kind() {
            io::ErrorKind::NotFound => self.missing(),
            _ => Error::Unreadable { path: self.path.clone(), source },
        };
        let real = retry_sharing(|| resolve(&self.path)).map_err(failed)?;
        let bytes = match retry_sharing(|| read_regular(&real, MAX_LEN, "which no client's configuration is"))
        {
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

    /// The text of a file that exists.
    pub(super) fn text(&self) -> Result<Zeroizing<String>, Error> {
        self.read()?.text.ok_or_else(|| self.missing())
    }

    /// Whether the file could be replaced by one of so many bytes.
    pub(super) fn could_write(&self, real: &Path, room: usize) -> Result<(), Error> {
        let state = self.state_root.as_deref().ok_or_else(|| no_place("the lock"))?;
        // A directory that does not exist yet is made in its nearest ancestor, which may be no directory.
        let existing = state.ancestors().find(|path| path.symlink_metadata().is_ok());
        let lock = format!("{}.lock", self.target.client.lock);
        existing.map_or(Ok(()), |existing| is_replaceable(&existing.join(lock), 0))?;
        Ok(is_replaceable(real, room)?)
    }

    pub(super) fn missing(&self) -> Error {
        self.target.client.missing_at(&self.path)
    }

    pub(super) fn unparseable(&self, fault: Fault) -> Error {
        Error::Unparseable { path: self.path.clone(), line: fault.line, problem: fault.problem }
    }

    pub(super) fn refused(&self, refused: Refused) -> Error {
        match refused {
            Refused::NoSuchServer(others) => {
                Error::NoSuchServer { path: self.path.clone(), place: self.target.server_name(), others }
            }
            Refused::Wrapping { problem, hint } => {
                Error::Wrapping { path: self.path.clone(), place: self.target.server_name(), problem, hint }
            }
            Refused::Fault(fault) => self.unparseable(fault),
            Refused::Lack(lack) => Error::NoServer {
                path: self.path.clone(),
                place: self.target.server_name(),
                lack: Box::new(lack),
                names_server: self.target.client.names_server(),
            },
        }
    }

    /// A warning about what the client does not understand.
    pub(super) fn unread(&self, beyond: &str) -> String {
        format!(
            "{} {beyond}; {} reads nothing but strict JSON, and can drop every server in the file at its next start: \
             take that out",
            self.path.display(),
            self.target.client.name
        )
    }
}
