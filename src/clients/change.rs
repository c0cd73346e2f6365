//! A change of a configuration's text: a token into its place, or a server. Pure: text in, text out.

use std::collections::BTreeMap;

use serde_json::Value;
use zeroize::Zeroizing;

use super::client::Client;
use super::command_line::{Reader, Served};
use super::edit::{New, Part, Place, name};
use super::kept::Original;
use super::lack::Lack;
use super::server::Server;
use super::system::System;
use crate::store::Fault;
use crate::token::Token;

/// The server that a configuration is read or changed for.
#[derive(Debug, Clone)]
pub(crate) struct Target {
    /// The client whose configuration it is.
    pub(crate) client: &'static Client,
    /// The name of the server.
    pub(crate) server: String,
    /// The variable of it that holds the token.
    pub(crate) key: String,
    /// The system by which names of variables are compared.
    pub(crate) system: System,
    /// The reader of the arguments of a server that is zoomtok.
    pub(crate) reader: Reader,
}

/// The command that a client runs for a server. It has no place for a secret: nobody but the server needs one, and the
/// server finds its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    /// The program, by its absolute path: clients do not have the `PATH` of a shell.
    pub(crate) command: String,
    /// Its arguments.
    pub(crate) args: Vec<String>,
    /// The variables that it needs of a shell's environment, which clients do not hand on either.
    pub(crate) env: BTreeMap<String, String>,
}

/// The existing server of zoomtok's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Existing {
    /// The words before the program, which give it something that it needs.
    pub(crate) wrapper: Vec<String>,
    /// The arguments of zoomtok.
    pub(crate) args: Vec<String>,
    /// The meaning of those arguments.
    pub(crate) served: Served,
    /// The names of its variables.
    pub(crate) env: Vec<String>,
}

/// A server before its change.
pub(crate) enum Old<'a> {
    /// A command and its arguments, which may hold what is secret.
    Command(Vec<String>),
    /// An address.
    Address(&'a str),
}

/// The maker of the entry that stands before it.
pub(crate) type Make<'a> = &'a dyn Fn(&Old<'_>) -> Entry;

/// A change of a configuration.
pub(super) enum Change<'a> {
    /// A token, into its place.
    Token(&'a Token),
    /// The same, where that place may have been dropped with the server, which was this.
    Dropped(&'a Token, &'a Value),
    /// A server, made with a look at the existing one of zoomtok's own.
    Server(&'a dyn Fn(Option<&Existing>) -> Entry),
    /// No server any more, if it is zoomtok's own.
    Removed,
    /// A gateway before a server.
    Wrapped(Make<'a>),
    /// None any more before a server, which was this, if that is known.
    Unwrapped(Option<&'a Original>),
}

/// The result of a change of a text.
pub(super) struct Edited {
    /// The new text; none where the old one will do.
    pub(super) text: Option<Zeroizing<String>>,
    /// The old value; of a server, its command.
    pub(super) before: Option<Zeroizing<String>>,
    /// The server before the change.
    pub(super) server: Server,
    /// The variables of that server.
    pub(super) env: Vec<String>,
    /// The server that was put there.
    pub(super) entry: Option<Entry>,
    /// The part of the text that the client does not understand.
    pub(super) not_understood: Option<String>,
}

/// Why there is no new text.
pub(super) enum Refused {
    /// The text makes no sense, or cannot be changed without harm.
    Fault(Fault),
    /// No server takes a token.
    Lack(Lack),
    /// There is no server of that name. The names of all.
    NoSuchServer(Vec<String>),
    /// No gateway can be put before the server, or taken out.
    Wrapping {
        /// Why, to be read after its place.
        problem: &'static str,
        /// The remedy.
        hint: &'static str,
    },
}

impl From<Fault> for Refused {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

impl Target {
    /// The place of the token.
    pub(super) fn place(&self) -> Place<'_> {
        self.place_of(Part::Variable(&self.key))
    }

    /// As a person writes it.
    pub(super) fn place_name(&self) -> String {
        let shape = &self.client.shape;
        name(&[shape.root, &[&*self.server, shape.env, &*self.key]].concat())
    }

    /// The place of the server, likewise.
    pub(super) fn server_name(&self) -> String {
        name(&[self.client.shape.root, &[&*self.server]].concat())
    }

    /// Applies a change to a text.
    pub(super) fn apply(&self, change: &Change<'_>, text: &str) -> Result<Edited, Refused> {
        match change {
            Change::Token(token) => self.with_token(text, token),
            Change::Dropped(token, server) => self.with_dropped(text, token, server),
            Change::Server(make) => Ok(self.with_server(text, *make)?),
            Change::Removed => Ok(self.without_server(text)?),
            Change::Wrapped(make) => self.wrapped(text, *make),
            Change::Unwrapped(kept) => Ok(self.unwrapped(text, *kept)?.0),
        }
    }

    /// The contents of a text before a change.
    pub(super) fn before(&self, text: &str) -> Result<Edited, Fault> {
        let servers = self.client.format.servers(text, &self.client.shape)?;
        let env = servers.iter().find(|(name, _)| *name == self.server).map(|(_, server)| &server.env);
        Ok(Edited {
            text: None,
            before: None,
            server: Server::find(&servers, &self.server, self.reader),
            env: env.into_iter().flatten().map(|(name, _)| name.clone()).collect(),
            entry: None,
            not_understood: (self.client.format.not_understood)(text)?,
        })
    }

    fn with_token(&self, text: &str, token: &Token) -> Result<Edited, Refused> {
        let edited = (self.client.format.edit)(text, self.place(), &New::Text(token.expose()))?;
        let before = self.before(text)?;
        match before.server {
            Server::Lacking(lack) => Err(Refused::Lack(lack)),
            // It finds a token by itself.
            Server::Own(..) => Ok(Edited { before: edited.before, ..before }),
            Server::Other => Ok(Edited { text: edited.text, before: edited.before, ..before }),
        }
    }

    fn with_dropped(&self, text: &str, token: &Token, server: &Value) -> Result<Edited, Refused> {
        let before = self.before(text)?;
        if !matches!(before.server, Server::Lacking(Lack::OfThatName { .. })) {
            return self.with_token(text, token);
        }
        let mut server = server.clone();
        if let Some(value) = server.get_mut(self.client.shape.env).and_then(|env| env.get_mut(&self.key)) {
            *value = token.expose().into();
        }
        let edited = (self.client.format.edit)(text, self.place().whole(), &New::Json(&server))?;
        Ok(Edited { text: edited.text, ..before })
    }

    fn with_server(&self, text: &str, make: &dyn Fn(Option<&Existing>) -> Entry) -> Result<Edited, Fault> {
        let shape = &self.client.shape;
        let mut edited = self.before(text)?;
        let existing = edited.existing();
        let entry = make(existing.as_ref());
        let line = [std::slice::from_ref(&entry.command), &entry.args].concat();
        let variables = entry.env.iter().map(|(name, value)| (Part::Variable(name), New::Text(value)));
        let steps: Vec<(Part<'_>, New<'_>)> = match (existing.is_some(), shape.args) {
            (false, _) => vec![(Part::Whole, New::Object(self.properties(&entry, &line)))],
            (true, Some(_)) => {
                [(Part::Command, New::Text(&entry.command)), (Part::Args, New::List(&entry.args))]
                    .into_iter()
                    .chain(variables)
                    .collect()
            }
            (true, None) => std::iter::once((Part::Command, New::List(&line))).chain(variables).collect(),
        };
        for (part, new) in &steps {
            let now = edited.text.as_ref().map_or(text, |text| text.as_str());
            let step = (self.client.format.edit)(now, self.place_of(*part), new)?;
            edited.before = edited.before.or(step.before);
            edited.text = step.text.or(edited.text);
        }
        edited.entry = Some(entry);
        Ok(edited)
    }

    fn without_server(&self, text: &str) -> Result<Edited, Fault> {
        let before = self.before(text)?;
        if !matches!(before.server, Server::Own(..)) {
            return Ok(before);
        }
        let edited = (self.client.format.remove)(text, self.place().whole())?;
        Ok(Edited { text: edited.text, before: edited.before, ..before })
    }

    /// A text with this entry as the server, whatever it was.
    pub(super) fn with_entry(&self, text: &str, entry: &Entry) -> Result<Zeroizing<String>, Fault> {
        let line = [std::slice::from_ref(&entry.command), &entry.args].concat();
        let new = New::Object(self.properties(entry, &line));
        let edited = (self.client.format.edit)(text, self.whole(), &new)?;
        Ok(edited.text.unwrap_or_else(|| text.to_owned().into()))
    }

    /// The properties of a new server. `line` is its command with its arguments.
    fn properties<'e>(&self, entry: &'e Entry, line: &'e [String]) -> Vec<(&'static str, New<'e>)> {
        let shape = &self.client.shape;
        let mut server: Vec<_> =
            shape.fixed.iter().map(|(name, value)| (*name, New::Fixed(*value))).collect();
        match shape.args {
            Some(args) => {
                server.extend([(shape.command, New::Text(&entry.command)), (args, New::List(&entry.args))]);
            }
            None => server.push((shape.command, New::List(line))),
        }
        if !entry.env.is_empty() {
            let variables = entry.env.iter().map(|(name, value)| (name.as_str(), New::Text(value)));
            server.push((shape.env, New::Object(variables.collect())));
        }
        server
    }

    /// The place of the whole server.
    pub(super) fn whole(&self) -> Place<'_> {
        self.place_of(Part::Whole)
    }

    pub(super) fn place_of<'a>(&'a self, part: Part<'a>) -> Place<'a> {
        Place { shape: &self.client.shape, server: &self.server, part, system: self.system }
    }
}

impl Edited {
    /// The server of zoomtok's own that was there before the change.
    pub(super) fn existing(&self) -> Option<Existing> {
        let Server::Own(own, served) = &self.server else { return None };
        Some(Existing {
            wrapper: own.wrapper.clone(),
            args: own.args.clone(),
            served: served.clone(),
            env: self.env.clone(),
        })
    }
}
