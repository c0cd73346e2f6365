//! Programs that start MCP servers: their configurations (a pure edit), and the one that has to be restarted.

mod change;
mod client;
mod command_line;
mod desktop;
mod edit;
mod error;
mod file;
mod hand_over;
mod install;
mod inventory;
mod kept;
mod lack;
mod link;
mod locations;
mod look;
mod printed;
mod server;
mod shape;
mod snippet;
mod system;
mod table;
mod uninstall;
mod update;
mod wrap;

pub(crate) use change::{Entry, Existing, Old};
pub(crate) use client::Client;
pub(crate) use command_line::{Behind, Reader, Served};
pub use desktop::{Again, App, Force, Platform, Quit, Restarted, Start, Step};
#[cfg(any(test, fuzzing))]
pub(crate) use edit::json::oracle;
pub use error::Error;
pub(crate) use file::wrap::Unwrapped;
pub(crate) use file::{ClientFile, Named};
pub(crate) use hand_over::{HandOver, Progress, Restart};
pub(crate) use install::Installed;
pub(crate) use inventory::{Inventory, Own};
#[cfg(test)]
pub(crate) use lack::Lack;
pub(crate) use look::{Configured, Contents, program};
pub(crate) use printed::{PRINTED, Printed};
pub(crate) use system::System;
pub(crate) use table::{CLAUDE_DESKTOP, CLIENTS, client, edited_ids, ids, printed};
pub(crate) use uninstall::{Removal, Uninstalled};
pub(crate) use update::Update;

#[cfg(test)]
mod tests;
