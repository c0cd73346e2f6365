//! `zoomtok client`: zoomtok in the configurations of MCP clients.

mod install;
mod list;
mod print;
mod several;
mod uninstall;
mod wanted;
mod wrap;

use std::path::Path;

use self::several::file;
use super::{Context, Run};
use crate::cli::args::{Client as Flags, ClientCommand};
use crate::cli::failure::Result;
use crate::cli::served::started;
use crate::clients::{Behind, CLIENTS, Client};
use crate::error::Code;
use crate::files::resolve;

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

/// A server of zoomtok's own in the configuration of a client.
pub(super) struct OwnServer {
    pub(super) client: &'static Client,
    pub(super) name: String,
    /// Whether a gateway was put before a server that somebody else had put there.
    pub(super) is_wrapped: bool,
}

/// The servers in all clients that serve by the `.env` of this run. A configuration that cannot be read is reported.
pub(super) fn own_servers(context: &Context) -> Result<Vec<OwnServer>> {
    let settings = context.keeper().look()?.settings;
    let env_file = resolve(context.store.path()).ok();
    let mut problems = several::Problems::new(context);
    let mut found = Vec::new();
    for client in CLIENTS.iter().copied().filter(|client| client.is_found()) {
        let Some(file) = problems.keep(file(client, &settings, None, started)) else { continue };
        let own = problems.keep(file.inventory(started).own).unwrap_or_default();
        let is_ours = |named: Option<&Path>| named.is_none_or(|path| resolve(path).ok() == env_file);
        for server in own.into_iter().filter(|own| is_ours(own.served.env_file.as_deref())) {
            let is_wrapped = matches!(server.served.behind, Some(Behind::Command(_)));
            found.push(OwnServer { client, name: server.name, is_wrapped });
        }
    }
    Ok(found)
}
