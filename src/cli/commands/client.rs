//! `zoomtok client`: zoomtok in the configurations of MCP clients.

mod install;
mod list;
mod print;
mod several;
mod uninstall;
mod wanted;
mod wrap;

use super::{Context, Run};
use crate::cli::args::{Client as Flags, ClientCommand};
use crate::cli::failure::Result;
use crate::error::Code;

impl Run for Flags {
    fn run(&self, context: &Context) -> Result<Code> {
        match &self.command {
            ClientCommand::List { json, .. } => list::run(context, *json),
            ClientCommand::Install(flags) => install::run(context, flags),
            ClientCommand::Uninstall { which, name, .. } => uninstall::run(context, which, name.as_deref()),
            ClientCommand::Wrap(flags) => wrap::wrap(context, flags),
            ClientCommand::Unwrap { name, client, .. } => wrap::unwrap(context, name, client.as_deref()),
            ClientCommand::Print { client, server, link, .. } => print::run(context, client, server, *link),
        }
    }
}
