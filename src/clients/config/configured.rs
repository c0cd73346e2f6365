//! What Claude's configuration has, for those who only look.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::Config;
use super::install::shown;
use super::own::Served;
use super::server::{Server, halves};
use crate::clients::edit::json::entries;
use crate::error::Error;

/// The server as Claude's configuration has it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Configured {
    /// Its place, `mcpServers.<server>`.
    pub place: String,
    /// The program that Claude runs. It may hold what is secret.
    pub command: String,
    /// The program for a person to recognise, with nothing in it that may be secret.
    pub shown: String,
    /// What it serves by, where it is `zoomtok mcp`, which reads `.env`.
    pub own: Option<Served>,
    /// Its variables, which may hold what is secret.
    pub env: BTreeMap<String, String>,
}

/// What Claude's configuration has for zoomtok.
#[derive(Debug)]
pub struct Contents {
    /// The server that needs the token, or that there is none, which is an [`Error::NoServer`].
    pub server: Result<Configured, Error>,
    /// The places of servers that no client can use.
    pub halves: Vec<String>,
    /// What is not strict JSON in the file, to be read after its name.
    pub beyond_json: Option<String>,
    /// Whether the file could be written.
    pub writable: Result<(), Error>,
}

impl Config {
    /// What there is.
    ///
    /// # Errors
    ///
    /// The file is missing, cannot be read or is not JSON.
    pub fn contents(&self) -> Result<Contents, Error> {
        let content = self.read()?;
        let text = content.text.ok_or_else(|| self.missing())?;
        let before = self.before(&text)?;
        let entries = entries(&text).map_err(|fault| self.unparseable(fault))?;
        let own = match before.server {
            Server::None(lack) => {
                let place = self.place().server_name();
                Err(Error::NoServer { path: self.path.clone(), place, lack: Box::new(lack) })
            }
            Server::Other => Ok(None),
            Server::Own(_, served) => Ok(Some(served)),
        };
        let entry = entries.iter().find(|(name, _)| *name == self.server).map(|(_, entry)| entry.clone());
        let entry = entry.unwrap_or_default();
        Ok(Contents {
            server: own.map(|own| Configured {
                place: self.place().server_name(),
                shown: shown(entry.command.as_deref()),
                command: entry.command.unwrap_or_default(),
                own,
                env: entry.env,
            }),
            halves: halves(&entries),
            beyond_json: before.beyond_json,
            writable: self.could_write(&content.real, text.len()),
        })
    }
}

/// The file that a command stands for: itself where it is a path, else the first of that name in the directories of
/// `search`, which are those of a shell and may not be Claude's.
pub(crate) fn program(command: &str, search: impl Iterator<Item = PathBuf>) -> Option<PathBuf> {
    let path = Path::new(command);
    // What Windows tries behind a name without an extension, as far as servers are started by it.
    let endings: &[&str] = if cfg!(windows) { &["", ".exe", ".cmd", ".bat"] } else { &[""] };
    let directories: Vec<PathBuf> =
        if path.components().count() > 1 { vec![PathBuf::new()] } else { search.collect() };
    let candidates = directories
        .iter()
        .flat_map(|directory| endings.iter().map(|ending| directory.join(format!("{command}{ending}"))));
    candidates.into_iter().find(|path| path.is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_looked_for_and_a_path_is_itself() {
        let root = tempfile::tempdir().unwrap();
        let name = if cfg!(windows) { "server.exe" } else { "server" };
        let path = root.path().join(name);
        std::fs::File::options().create_new(true).write(true).open(&path).unwrap();
        let found =
            |command: &str| program(command, [root.path().join("none"), root.path().to_owned()].into_iter());
        assert_eq!(found("server"), Some(path.clone()));
        assert_eq!(found(path.to_str().unwrap()), Some(path));
        for missing in ["servers", "/none/server", "none/server", ""] {
            assert_eq!(found(missing), None, "{missing:?}");
        }
    }
}
