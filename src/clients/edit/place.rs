//! A place in a configuration, and what is read or changed there.

use std::collections::BTreeMap;

use zeroize::Zeroizing;

use crate::clients::shape::Shape;
use crate::clients::system::System;

/// A place in a configuration.
#[derive(Debug, Clone, Copy)]
pub(in crate::clients) struct Place<'a> {
    pub(in crate::clients) shape: &'a Shape,
    pub(in crate::clients) server: &'a str,
    pub(in crate::clients) part: Part<'a>,
    /// The system by which names of variables are compared.
    pub(in crate::clients) system: System,
}

/// A part of a server.
#[derive(Debug, Clone, Copy)]
pub(in crate::clients) enum Part<'a> {
    /// All of it, `mcpServers.<server>`.
    Whole,
    /// `mcpServers.<server>.command`, which may be a list with the arguments behind it.
    Command,
    /// `mcpServers.<server>.args`, where that is apart.
    Args,
    /// `mcpServers.<server>.env.<variable>`
    Variable(&'a str),
}

impl<'a> Place<'a> {
    /// The names on the way to it.
    pub(super) fn path(&self) -> Vec<&'a str> {
        let shape = self.shape;
        let mut path = self.server_path();
        match self.part {
            Part::Whole => {}
            Part::Command => path.push(shape.command),
            Part::Args => path.extend(shape.args),
            Part::Variable(name) => path.extend([shape.env, name]),
        }
        path
    }

    /// The names on the way to its server.
    pub(super) fn server_path(&self) -> Vec<&'a str> {
        [self.shape.root, &[self.server]].concat()
    }

    /// The same place of the whole server.
    pub(in crate::clients) fn whole(self) -> Self {
        Self { part: Part::Whole, ..self }
    }
}

/// The result of an edit.
#[derive(Debug)]
pub(in crate::clients) struct Edit {
    /// The new text; none where the old one will do.
    pub(in crate::clients) text: Option<Zeroizing<String>>,
    /// The old value; of a server, its command.
    pub(in crate::clients) before: Option<Zeroizing<String>>,
}

/// A server as a configuration lists it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::clients) struct Listed {
    /// The program; none where no client can start the server.
    pub(in crate::clients) command: Option<String>,
    /// Its arguments, as far as they are strings.
    pub(in crate::clients) args: Vec<String>,
    /// Its variables, likewise.
    pub(in crate::clients) env: BTreeMap<String, String>,
    /// Whether it runs elsewhere, and is reached by a URL.
    pub(in crate::clients) is_remote: bool,
}

/// Servers by their names.
pub(in crate::clients) type Servers = Vec<(String, Listed)>;
