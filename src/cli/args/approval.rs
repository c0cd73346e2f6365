//! The arguments of `zoomtok approval`.

use clap::{Args, Subcommand};

/// Decide about calls that wait for a person
///
/// A policy may ask for a person's approval of a call ("approve"). Where the client cannot ask its user, the call waits
/// here.
#[derive(Debug, Args)]
pub struct Approval {
    /// The command to run
    #[command(subcommand)]
    pub command: ApprovalCommand,
}

/// A decision about calls that wait
#[derive(Debug, Subcommand)]
pub enum ApprovalCommand {
    /// List the calls that wait, with their arguments; secrets in them are hidden
    List {
        /// Print a JSON object
        #[arg(long)]
        json: bool,
    },
    /// Allow a call, this once
    ///
    /// It holds for the call that was shown and no other: same grant, server, tool, arguments, policy.
    Allow {
        /// The id that the list shows
        id: String,
    },
    /// Deny a call
    Deny {
        /// The id that the list shows
        id: String,
    },
}
