//! The contents of a client's configuration, for code that only reads it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::change::Refused;
use super::command_line::Served;
use super::error::Error;
use super::file::ClientFile;
use super::install::shown;
use super::server::{Server, halves};
use super::system::System;

/// The server as a client's configuration has it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Configured {
    /// Its place, `mcpServers.<server>`.
    pub(crate) place: String,
    /// The program that the client runs. It may hold what is secret.
    pub(crate) command: String,
    /// The program for a person to recognise, with nothing in it that may be secret.
    pub(crate) shown: String,
    /// Its settings, where it is `zoomtok mcp`, which reads `.env`.
    pub(crate) own: Option<Served>,
    /// Its variables, which may hold what is secret.
    pub(crate) env: BTreeMap<String, String>,
}

/// The contents of a client's configuration that concern zoomtok.
#[derive(Debug)]
pub(crate) struct Contents {
    /// The server that needs the token, or that there is none, which is an [`Error::NoServer`].
    pub(crate) server: Result<Configured, Error>,
    /// The places of servers that no client can use.
    pub(crate) halves: Vec<String>,
    /// The part of the file that is not strict JSON, to be read after its name.
    pub(crate) beyond_json: Option<String>,
    /// Whether the file could be written.
    pub(crate) writable: Result<(), Error>,
}

impl Configured {
    /// The value of a variable, by a name as this system compares them.
    pub(crate) fn variable(&self, name: &str) -> Option<&str> {
        self.variable_on(System::current(), name)
    }

    fn variable_on(&self, system: System, name: &str) -> Option<&str> {
        let spelling = system.spelling(name, self.env.keys().map(String::as_str))?;
        self.env.get(spelling).map(String::as_str)
    }
}

impl ClientFile {
    /// Reads the contents.
    ///
    /// # Errors
    ///
    /// The file is missing, cannot be read or makes no sense.
    pub(crate) fn contents(&self) -> Result<Contents, Error> {
        let content = self.read()?;
        let text = content.text.ok_or_else(|| self.missing())?;
        let client = self.target.client;
        let failed = |fault| self.unparseable(fault);
        let before = self.target.before(&text).map_err(failed)?;
        let servers = client.format.servers(&text, &client.shape).map_err(failed)?;
        let own = match before.server {
            Server::Lacking(lack) => Err(self.refused(Refused::Lack(lack))),
            Server::Other => Ok(None),
            Server::Own(_, served) => Ok(Some(served)),
        };
        let listed = servers.iter().find(|(name, _)| *name == self.target.server);
        let listed = listed.map(|(_, listed)| listed.clone()).unwrap_or_default();
        Ok(Contents {
            server: own.map(|own| Configured {
                place: self.target.server_name(),
                shown: shown(listed.command.as_deref()),
                command: listed.command.unwrap_or_default(),
                own,
                env: listed.env,
            }),
            halves: halves(&servers, &client.shape),
            beyond_json: before.not_understood,
            writable: self.could_write(&content.real, text.len()),
        })
    }
}

/// The file that a command stands for: itself where it is a path, else the first of that name in the directories of
/// `search`, which are those of a shell and may not be the client's.
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
    fn a_variable_is_found_as_the_system_compares_names() {
        let env = BTreeMap::from([("https_proxy".to_owned(), "http://p".to_owned())]);
        let configured = Configured { env, ..Configured::default() };
        for (system, expected) in
            [(System::Windows, Some("http://p")), (System::MacOs, None), (System::Linux, None)]
        {
            assert_eq!(configured.variable_on(system, "HTTPS_PROXY"), expected, "{system:?}");
            assert_eq!(configured.variable_on(system, "https_proxy"), Some("http://p"), "{system:?}");
        }
    }

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
