//! What Claude's configuration has, for those who only look.

use std::path::{Path, PathBuf};

use super::Config;
use super::install::shown;
use crate::claude::edit::entry;
use crate::error::Error;

/// The server as Claude's configuration has it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Configured {
    /// Its place, `mcpServers.<server>`.
    pub place: String,
    /// The program that Claude runs; none where it cannot start the server. It may hold what is secret.
    pub command: Option<String>,
    /// The program for a person to recognise, with nothing in it that may be secret.
    pub shown: String,
    /// Whether it is `zoomtok mcp`, which reads `.env`.
    pub reads_env: bool,
    /// Its arguments, which may hold what is secret.
    pub args: Vec<String>,
}

impl Configured {
    /// The path that an option of zoomtok's, such as `--env-file`, is given, if it is given.
    pub fn path_of(&self, option: &str) -> Option<PathBuf> {
        let behind = self.args.iter().position(|arg| arg == option).and_then(|at| self.args.get(at + 1));
        let joined = || self.args.iter().find_map(|arg| arg.strip_prefix(option)?.strip_prefix('='));
        behind.map(String::as_str).or_else(joined).map(PathBuf::from)
    }
}

impl Config {
    /// The server that needs the token, if it is there.
    ///
    /// # Errors
    ///
    /// The file is missing, cannot be read or is not JSON.
    pub fn server(&self) -> Result<Option<Configured>, Error> {
        let text = self.read()?.text.ok_or_else(|| self.missing())?;
        let entry = entry(&text, self.place()).map_err(|fault| self.unparseable(fault))?;
        Ok(entry.map(|entry| Configured {
            place: self.place().server_name(),
            shown: shown(entry.command.as_deref()),
            command: entry.command,
            reads_env: entry.reads_env,
            args: entry.args,
        }))
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
    fn the_path_of_an_option_is_found_in_both_forms() {
        let args = |args: &[&str]| Configured {
            args: args.iter().map(|arg| (*arg).to_owned()).collect(),
            ..Configured::default()
        };
        for (given, path) in [
            (&["mcp", "--env-file", "/x/.env"][..], Some("/x/.env")),
            (&["mcp", "--env-file=/x/.env"], Some("/x/.env")),
            (&["mcp", "--env-file"], None),
            (&["mcp", "--env-files=/x/.env"], None),
            (&["mcp"], None),
        ] {
            assert_eq!(args(given).path_of("--env-file"), path.map(PathBuf::from), "{given:?}");
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
