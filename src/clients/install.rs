//! A server put into a client's configuration: whole, or only those parts of zoomtok's own one that differ.

use std::path::PathBuf;

use super::change::{Change, Entry, Existing};
use super::error::Error;
use super::file::ClientFile;
use super::file::write::{Written, backup_path};
use super::lack::Lack;
use super::server::Server;
use crate::clock::Shutdown;

/// The result of putting a server in its place, real or previewed.
#[derive(Debug)]
pub(crate) struct Installed {
    /// Whether the file was changed.
    pub(crate) changed: bool,
    /// Whether the file was not there before.
    pub(crate) made: bool,
    /// The file, as it was named or found.
    pub(crate) path: PathBuf,
    /// The place of the server, `mcpServers.<server>`.
    pub(crate) place: String,
    /// The server that is there now, but for what was kept.
    pub(crate) entry: Entry,
    /// The command that the client ran before, where another server was replaced. Its arguments are left out: they may be
    /// secret.
    pub(crate) before: Option<String>,
    /// The server of zoomtok's own that was there and was brought up to date.
    pub(crate) existing: Option<Existing>,
    /// Warnings for the user, as sentences.
    pub(crate) warnings: Vec<String>,
    /// The copy of the file as it was before zoomtok changed it for the first time; none where there was no file.
    pub(crate) backup: Option<PathBuf>,
    /// Whether that copy was made now.
    pub(crate) backed_up: bool,
}

impl ClientFile {
    /// Puts the server that `make` gives in the place of the one that is there, or of none. Where that is zoomtok's own,
    /// `make` is shown it, and everything of it stays that the new one does not have. A file that says all of it already
    /// is not touched. Where only the file is missing, and not its directory, it is made, for nobody but its owner to
    /// read.
    ///
    /// # Errors
    ///
    /// As [`ClientFile::update`].
    pub(crate) fn install(
        &self,
        make: &dyn Fn(Option<&Existing>) -> Entry,
        stop: &Shutdown,
    ) -> Result<Installed, Error> {
        let written = self.write(&Change::Server(make), stop)?;
        let backed_up = written.backup.is_some();
        self.report_installed(written, backed_up)
    }

    /// Previews an installation. Nothing is written.
    ///
    /// # Errors
    ///
    /// As [`ClientFile::install`].
    pub(crate) fn preview_install(
        &self,
        make: &dyn Fn(Option<&Existing>) -> Entry,
    ) -> Result<Installed, Error> {
        let written = self.preview_write(&Change::Server(make))?;
        let backed_up = backup_path(&written.content.real).symlink_metadata().is_err();
        self.report_installed(written, backed_up)
    }

    fn report_installed(&self, written: Written, backed_up: bool) -> Result<Installed, Error> {
        let Written { content, mut edited, .. } = written;
        let changed = edited.text.is_some();
        let made = content.text.is_none();
        let existing = edited.existing();
        let is_new = matches!(edited.server, Server::Lacking(Lack::OfThatName { .. }));
        let mut warnings: Vec<String> =
            edited.not_understood.iter().map(|beyond| self.unread(beyond)).collect();
        if let Server::Lacking(Lack::OfThatName { near: Some(near), .. }) = &edited.server {
            warnings.push(format!(
                "there is a server {near} too, which stays as it is; if it is meant, name it with {}",
                self.target.client.names_server()
            ));
        }
        let before = edited.before.as_ref().map(|before| before.as_str());
        Ok(Installed {
            changed,
            made,
            path: self.path.clone(),
            place: self.target.server_name(),
            before: (!is_new && existing.is_none()).then(|| shown(before)),
            existing,
            warnings,
            backup: (changed && !made).then(|| backup_path(&content.real)),
            backed_up: backed_up && changed && !made,
            entry: edited.entry.take().ok_or_else(|| self.missing())?,
        })
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
