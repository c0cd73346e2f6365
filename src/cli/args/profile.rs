//! The arguments of `zoomtok profile`.

use clap::{Args, Subcommand};

use crate::store::ProfileName;

/// List the accounts that have a .env of their own, or remove one
///
/// A profile is a .env with a name: profiles/NAME.env in the configuration directory. --profile NAME or ZOOMTOK_PROFILE
/// has any command use it. docs/profiles.md has more.
#[derive(Debug, Args)]
pub struct Profile {
    /// The command to run
    #[command(subcommand)]
    pub command: ProfileCommand,
}

/// A command for profiles
#[derive(Debug, Subcommand)]
pub enum ProfileCommand {
    /// List the profiles: kind of app, token, account, file
    List {
        /// Print a JSON object, with accounts masked
        #[arg(long)]
        json: bool,
    },
    /// Print where the .env of a profile is, or would be
    Path {
        /// The profile
        #[arg(value_parser = ProfileName::parse)]
        name: ProfileName,
    },
    /// Remove a profile: its .env with credentials and tokens, its lock and its state
    ///
    /// Waits for a refresh that is under way. How often the limits of a policy were used stays known.
    Remove {
        /// The profile
        #[arg(value_parser = ProfileName::parse)]
        name: ProfileName,
        /// Remove it without asking
        #[arg(short, long)]
        yes: bool,
    },
}
