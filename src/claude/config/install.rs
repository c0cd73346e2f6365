//! A server put whole into Claude's configuration.

use std::path::PathBuf;

use serde::Serialize;

use super::{Change, Config, Written, backup_path};
use crate::claude::edit::{New, Place, Server};
use crate::clock::Stop;
use crate::error::Error;

/// What Claude runs for a server, as its configuration has it
/// (<https://modelcontextprotocol.io/docs/develop/connect-local-servers>). It has no place for a secret: nobody but
/// the server needs one, and the server finds its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Entry {
    /// The program, by its absolute path: Claude does not have the `PATH` of a shell.
    pub command: String,
    /// Its arguments.
    pub args: Vec<String>,
}

/// What putting a server in its place did, or would do.
#[derive(Debug)]
pub struct Installed {
    /// Whether the file was changed.
    pub changed: bool,
    /// Whether the file was not there before.
    pub made: bool,
    /// The file, as it was named or found.
    pub path: PathBuf,
    /// The place of the server, `mcpServers.<server>`.
    pub place: String,
    /// What Claude ran for that server before, where there was one. Never more than the command: the rest may be secret.
    pub before: Option<String>,
    /// The copy of the file as it was before zoomtok changed it for the first time; none where there was no file.
    pub backup: Option<PathBuf>,
    /// Whether that copy was made now.
    pub backed_up: bool,
}

impl Config {
    /// Puts a server whole in the place of the one that is there, or of none. A file where that server has this command
    /// and these arguments already is not touched. Where only the file is missing, and not its directory, it is made,
    /// for nobody but its owner to read.
    ///
    /// # Errors
    ///
    /// As [`Config::update`].
    pub fn install(&self, entry: &Entry, stop: &Stop) -> Result<Installed, Error> {
        let written = self.write(&self.installation(entry), stop)?;
        let backed_up = written.backup.is_some();
        Ok(self.report_installed(&written, backed_up))
    }

    /// What an installation would do. Nothing is written.
    ///
    /// # Errors
    ///
    /// As [`Config::install`], but for those of writing.
    pub fn preview_install(&self, entry: &Entry) -> Result<Installed, Error> {
        let written = self.read_and_edit(&self.installation(entry))?;
        let backed_up = backup_path(&written.content.real).symlink_metadata().is_err();
        Ok(self.report_installed(&written, backed_up))
    }

    pub(super) fn installation<'a>(&'a self, entry: &'a Entry) -> Change<'a> {
        let command = ("command", New::Text(&entry.command));
        let new = New::Object(vec![command, ("args", New::List(&entry.args))]);
        Change { place: Place { server: &self.server, key: None }, new }
    }

    fn report_installed(&self, written: &Written, backed_up: bool) -> Installed {
        let Written { content, edit, .. } = written;
        let changed = edit.text.is_some();
        let made = content.text.is_none();
        Installed {
            changed,
            made,
            path: self.path.clone(),
            place: self.place().server_name(),
            before: (edit.server != Server::Missing)
                .then(|| shown(edit.before.as_ref().map(|before| before.as_str()))),
            backup: (changed && !made).then(|| backup_path(&content.real)),
            backed_up: backed_up && changed && !made,
        }
    }
}

/// A command for a person to recognise. One that is more than a path or a name may hold what is secret; of that at most
/// the name at its end is shown.
pub(super) fn shown(command: Option<&str>) -> String {
    let plain = |text: &&str| {
        !text.is_empty() && !text.chars().any(|c| c.is_whitespace() || c.is_control() || c == '=')
    };
    let Some(command) = command else { return "a server without a command".into() };
    let name = command.rsplit(['/', '\\']).next().filter(plain);
    match Some(command).filter(plain).or(name) {
        Some(shown) => shown.to_owned(),
        None => "a command that is not shown here".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_command_only_a_path_or_a_name_is_shown() {
        for (command, expected) in [
            ("node", "node"),
            ("/usr/local/bin/node", "/usr/local/bin/node"),
            (r"C:\Program Files\nodejs\node.exe", "node.exe"),
            ("/Users/me/My Apps/server", "server"),
            ("TOKEN=canary node", "a command that is not shown here"),
            ("/usr/bin/env TOKEN=canary", "a command that is not shown here"),
            ("node index.js canary", "a command that is not shown here"),
            ("node --token canary /srv/index.js", "index.js"),
            ("/bin/\u{1b}[31m", "a command that is not shown here"),
            ("", "a command that is not shown here"),
        ] {
            assert_eq!(shown(Some(command)), expected, "{command}");
        }
        assert_eq!(shown(None), "a server without a command");
    }
}
