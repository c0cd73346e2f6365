//! A server put into Claude's configuration: whole, or in the parts of zoomtok's own one that differ.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::Config;
use super::own::Served;
use super::server::Server;
use super::write::{Change, Edited, Written, backup_path};
use crate::clients::edit::json::{New, Part, Place, edit};
use crate::clock::Stop;
use crate::error::{Error, NoServer};

/// What Claude runs for a server, as its configuration has it
/// (<https://modelcontextprotocol.io/docs/develop/connect-local-servers>). It has no place for a secret: nobody but
/// the server needs one, and the server finds its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The program, by its absolute path: Claude does not have the `PATH` of a shell.
    pub command: String,
    /// Its arguments.
    pub args: Vec<String>,
    /// What it needs of the environment of a shell, which Claude does not hand on either.
    pub env: BTreeMap<String, String>,
}

/// The server of zoomtok's own that is there already.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Existing {
    /// The words before the program, which give it something that it needs.
    pub wrapper: Vec<String>,
    /// The arguments of zoomtok.
    pub args: Vec<String>,
    /// What they say.
    pub served: Served,
    /// The names of its variables.
    pub env: Vec<String>,
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
    /// The server that is there now, but for what was kept.
    pub entry: Entry,
    /// What Claude ran before, where another server was replaced. Never more than the command: the rest may be secret.
    pub before: Option<String>,
    /// The server of zoomtok's own that was there and was brought up to date.
    pub existing: Option<Existing>,
    /// What the user should know, as sentences.
    pub warnings: Vec<String>,
    /// The copy of the file as it was before zoomtok changed it for the first time; none where there was no file.
    pub backup: Option<PathBuf>,
    /// Whether that copy was made now.
    pub backed_up: bool,
}

impl Config {
    /// Puts the server that `make` gives in the place of the one that is there, or of none. Where that is zoomtok's own,
    /// `make` is shown it, and everything of it stays that the new one does not have. A file that says all of it already
    /// is not touched. Where only the file is missing, and not its directory, it is made, for nobody but its owner to read.
    ///
    /// # Errors
    ///
    /// As [`Config::update`].
    pub fn install(
        &self,
        make: &dyn Fn(Option<&Existing>) -> Entry,
        stop: &Stop,
    ) -> Result<Installed, Error> {
        let written = self.write(&Change::Server(make), stop)?;
        let backed_up = written.backup.is_some();
        self.report_installed(written, backed_up)
    }

    /// What an installation would do. Nothing is written.
    ///
    /// # Errors
    ///
    /// As [`Config::install`].
    pub fn preview_install(&self, make: &dyn Fn(Option<&Existing>) -> Entry) -> Result<Installed, Error> {
        let written = self.preview_write(&Change::Server(make))?;
        let backed_up = backup_path(&written.content.real).symlink_metadata().is_err();
        self.report_installed(written, backed_up)
    }

    pub(super) fn with_server(
        &self,
        text: &str,
        make: &dyn Fn(Option<&Existing>) -> Entry,
    ) -> Result<Edited, Error> {
        let mut edited = self.before(text)?;
        let existing = existing(&edited);
        let entry = make(existing.as_ref());
        let command = New::Text(&entry.command);
        let variables = entry.env.iter().map(|(name, value)| (name.as_str(), New::Text(value)));
        let steps: Vec<(Part<'_>, New<'_>)> = if existing.is_some() {
            let variables = variables.map(|(name, value)| (Part::Variable(name), value));
            [(Part::Command, command), (Part::Args, New::List(&entry.args))]
                .into_iter()
                .chain(variables)
                .collect()
        } else {
            let mut server = vec![("command", command), ("args", New::List(&entry.args))];
            if !entry.env.is_empty() {
                server.push(("env", New::Object(variables.collect())));
            }
            vec![(Part::Whole, New::Object(server))]
        };
        for (part, new) in &steps {
            let now = edited.text.as_ref().map_or(text, |text| text.as_str());
            let step = edit(now, Place { server: &self.server, part: *part }, new);
            let step = step.map_err(|fault| self.unparseable(fault))?;
            edited.before = edited.before.or(step.before);
            edited.text = step.text.or(edited.text);
        }
        edited.entry = Some(entry);
        Ok(edited)
    }

    fn report_installed(&self, written: Written, backed_up: bool) -> Result<Installed, Error> {
        let Written { content, mut edited, .. } = written;
        let changed = edited.text.is_some();
        let made = content.text.is_none();
        let existing = existing(&edited);
        let is_new = matches!(edited.server, Server::None(NoServer::OfThatName { .. }));
        let mut warnings: Vec<String> = edited.beyond_json.iter().map(|beyond| self.unread(beyond)).collect();
        if let Server::None(NoServer::OfThatName { near: Some(near), .. }) = &edited.server {
            warnings.push(format!(
                "there is a server {near} too, which stays as it is; if it is meant, name it with CLAUDE_MCP_SERVER_NAME"
            ));
        }
        let before = edited.before.as_ref().map(|before| before.as_str());
        Ok(Installed {
            changed,
            made,
            path: self.path.clone(),
            place: self.place().server_name(),
            before: (!is_new && existing.is_none()).then(|| shown(before)),
            existing,
            warnings,
            backup: (changed && !made).then(|| backup_path(&content.real)),
            backed_up: backed_up && changed && !made,
            entry: edited.entry.take().ok_or_else(|| self.missing())?,
        })
    }
}

/// The server of zoomtok's own that was there before a change.
fn existing(edited: &Edited) -> Option<Existing> {
    let Server::Own(own, served) = &edited.server else { return None };
    Some(Existing {
        wrapper: own.wrapper.clone(),
        args: own.args.clone(),
        served: served.clone(),
        env: edited.env.clone(),
    })
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
