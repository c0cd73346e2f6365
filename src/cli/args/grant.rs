//! The arguments of `zoomtok grant`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::global::path;

/// Say who may connect to a gateway over HTTP
///
/// Whoever connects to zoomtok gateway --listen needs a grant: a bearer token of its own, which can be taken back without
/// touching the others, and a policy of its own if wanted. Grants are kept in the configuration directory, for all gateways, or in
/// the store that ZOOMTOK_STORE names, for all machines.
#[derive(Debug, Args)]
pub struct Grant {
    /// The command to run
    #[command(subcommand)]
    pub command: GrantCommand,
}

/// A command for grants
#[derive(Debug, Subcommand)]
pub enum GrantCommand {
    /// Add a grant and print its bearer token, which is shown this once
    ///
    /// Only a digest of the token is kept. A client sends it as Authorization: Bearer TOKEN.
    Add {
        /// A name for it: letters, digits, dots, underscores and hyphens
        name: String,
        /// The policy for its calls [default: that of the gateway]
        #[arg(long, value_name = "FILE", value_parser = path())]
        policy: Option<PathBuf>,
    },
    /// List the grants, without their tokens
    List {
        /// Print a JSON object
        #[arg(long)]
        json: bool,
    },
    /// Remove a grant: its token is refused from the next request on
    Remove {
        /// Its name
        name: String,
    },
    /// Put the grants of this machine's file into the shared store
    ///
    /// With ZOOMTOK_STORE the grants are those of the store, and the file is not read. Their tokens go on to count.
    Share,
}
