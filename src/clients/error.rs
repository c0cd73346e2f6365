//! The errors of clients.

use std::io;
use std::path::PathBuf;

use super::lack::Lack;
use crate::clock::ShutdownRequested;
use crate::error::{Code, Diagnostic, Error as CoreError};

/// Why a client's configuration was not changed, or the client not restarted.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The configuration does not exist: `Claude's configuration does not exist: looked for …`.
    #[error("{client}'s configuration {}", missing(.looked_for))]
    Missing {
        /// Its name.
        client: &'static str,
        /// Empty where the user has no home.
        looked_for: Vec<PathBuf>,
        /// The remedy, as a sentence without its full stop.
        hint: &'static str,
    },

    /// The configuration has no server that a token could be handed to.
    #[error("{}: {}", .path.display(), .lack.what(.place))]
    NoServer {
        /// The file.
        path: PathBuf,
        /// The place of the server, `mcpServers.<server>`.
        place: String,
        /// The reason why none takes it.
        lack: Box<Lack>,
        /// The flag or variable that names another server.
        names_server: &'static str,
    },

    /// The configuration exists and cannot be read.
    #[error("cannot read {}", .path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The system's own error.
        source: io::Error,
    },

    /// The configuration exists and makes no sense.
    #[error("{}{}: {problem}", .path.display(), .line.map(|line| format!(", line {line}")).unwrap_or_default())]
    Unparseable {
        /// The file.
        path: PathBuf,
        /// The line, counted from 1.
        line: Option<usize>,
        /// The fault, without the text that stands there.
        problem: String,
    },

    /// The client was not restarted, or is not known to run again.
    #[error("{client} was not restarted: {what}")]
    NotRestarted {
        /// Its name.
        client: &'static str,
        /// The observation.
        what: String,
        /// The remedy.
        hint: String,
    },

    /// A signal ended a restart.
    #[error("interrupted {when}")]
    Interrupted {
        /// The number of the signal.
        signal: u8,
        /// When it was, to be read after "interrupted".
        when: &'static str,
        /// The remedy.
        hint: Option<&'static str>,
    },

    /// The configuration of this client is not edited.
    #[error("zoomtok does not edit the configuration of {title}")]
    OnlyPrinted {
        /// Its name.
        title: &'static str,
        /// Its name on the command line.
        id: String,
    },

    /// None of the clients is on this machine.
    #[error("none of the clients that zoomtok knows was found on this machine")]
    NoClients,

    /// A client adds no server by a link.
    #[error("{0} adds no server by a link")]
    NoLink(String),

    /// The server is not zoomtok's own.
    #[error("{place} runs {command}, which is not zoomtok's: it stays")]
    NotOurs {
        /// The place of the server.
        place: String,
        /// Its command, for a person to recognise.
        command: String,
    },

    /// A server of zoomtok's of another kind has the name.
    #[error("{}: {place} {what}", .path.display())]
    OtherKind {
        /// The file.
        path: PathBuf,
        /// The place of the server.
        place: String,
        /// The kind that it is, to be read after its place.
        what: &'static str,
        /// The remedy.
        hint: &'static str,
    },

    /// The configuration has no server of that name.
    #[error("{}: there is no {place}{}", .path.display(), servers(.others))]
    NoSuchServer {
        /// The file.
        path: PathBuf,
        /// The place of the server.
        place: String,
        /// The names of all servers.
        others: Vec<String>,
    },

    /// No gateway can be put before a server, or taken out.
    #[error("{}: {place} {problem}", .path.display())]
    Wrapping {
        /// The file.
        path: PathBuf,
        /// The place of the server.
        place: String,
        /// Why, to be read after its place.
        problem: &'static str,
        /// The remedy.
        hint: &'static str,
    },

    /// No client has a server of that name.
    #[error("no client on this machine has a server {0}")]
    NobodyHas(String),

    /// Several clients have a server of that name.
    #[error("{name} is a server of {}", .clients.join(", "))]
    SeveralHave {
        /// The name.
        name: String,
        /// The clients, by their names on the command line.
        clients: Vec<String>,
    },

    /// Anything that is not about clients.
    #[error(transparent)]
    Core(#[from] CoreError),
}

impl From<ShutdownRequested> for Error {
    fn from(stopped: ShutdownRequested) -> Self {
        Self::Core(stopped.into())
    }
}

impl Diagnostic for Error {
    fn code(&self) -> Code {
        match self {
            Self::Missing { .. }
            | Self::NoServer { .. }
            | Self::Unreadable { .. }
            | Self::Unparseable { .. }
            | Self::OnlyPrinted { .. }
            | Self::NoClients
            | Self::NotOurs { .. }
            | Self::NoSuchServer { .. }
            | Self::Wrapping { .. }
            | Self::NobodyHas(_)
            | Self::OtherKind { .. } => Code::Configuration,
            Self::NoLink(_) | Self::SeveralHave { .. } => Code::Usage,
            Self::NotRestarted { .. } => Code::Claude,
            Self::Interrupted { signal, .. } => Code::Signal(*signal),
            Self::Core(error) => error.code(),
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Missing { looked_for, .. } if looked_for.is_empty() => Some("Set HOME".into()),
            Self::Missing { hint, .. } | Self::OtherKind { hint, .. } | Self::Wrapping { hint, .. } => {
                Some((*hint).into())
            }
            Self::NoSuchServer { .. } => Some("Check the name, which is case-sensitive".into()),
            Self::NobodyHas(_) => Some("Name the client with --client to see which servers it has".into()),
            Self::SeveralHave { .. } => Some("Name one of them with --client".into()),
            Self::NoServer { place, lack, names_server, .. } => Some(lack.fix(place, names_server)),
            Self::Unreadable { source, .. } if source.kind() == io::ErrorKind::PermissionDenied => {
                Some("Check its owner and its permissions".into())
            }
            Self::Unreadable { .. } => None,
            Self::Unparseable { .. } => {
                Some("Fix it by hand; zoomtok does not change a file that it cannot parse".into())
            }
            Self::OnlyPrinted { id, .. } => {
                Some(format!("zoomtok client print {id} prints the entry to paste there"))
            }
            Self::NoClients => Some(
                "zoomtok client list shows which there are; name one to see where it is looked for".into(),
            ),
            Self::NoLink(id) => Some(format!("zoomtok client print {id} prints the entry to paste")),
            Self::NotOurs { .. } => {
                Some("Name zoomtok's server with --name, or remove this one by hand".into())
            }
            Self::NotRestarted { hint, .. } => Some(hint.clone()),
            Self::Interrupted { hint, .. } => hint.map(Into::into),
            Self::Core(error) => error.hint(),
        }
    }
}

/// The servers that there are, to be read behind a sentence.
fn servers(names: &[String]) -> String {
    if names.is_empty() {
        ", nor any other server".into()
    } else {
        format!("; the servers are {}", names.join(", "))
    }
}

/// The predicate of a sentence about a configuration that is not there.
fn missing(looked_for: &[PathBuf]) -> String {
    if looked_for.is_empty() {
        return "has no place: there is no home directory".into();
    }
    let paths: Vec<String> = looked_for.iter().map(|path| path.display().to_string()).collect();
    format!("does not exist: looked for {}", paths.join(" and "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_configuration_is_said_with_where_it_was_looked_for() {
        let missing = |looked_for| Error::Missing { client: "Zed", looked_for, hint: "Start it once" };
        let [there, nowhere] = [missing(vec!["/a".into(), "/b".into()]), missing(Vec::new())];
        assert_eq!(there.to_string(), "Zed's configuration does not exist: looked for /a and /b");
        assert_eq!(there.hint().unwrap(), "Start it once");
        assert_eq!(nowhere.to_string(), "Zed's configuration has no place: there is no home directory");
        assert_eq!(nowhere.hint().unwrap(), "Set HOME");
    }
}
