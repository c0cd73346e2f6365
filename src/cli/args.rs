//! The command line: types and help, no behaviour. Here is what concerns every command, and the list of them.

#![expect(clippy::doc_markdown, reason = "these comments are the help, which is not Markdown")]

mod approval;
mod client;
mod commands;
mod gateway;
mod global;
mod grant;
mod help;
mod login;
mod page;
mod policy;
mod profile;
mod recordings;
mod service;
mod setup;
mod tables;

use clap::{Parser, Subcommand};

pub use self::approval::{Approval, ApprovalCommand};
pub use self::client::{Client, ClientCommand, ClientInstall, ClientWrap, ServerOptions, Which};
pub use self::commands::{
    Check, Completions, Demo, Doctor, Exec, Form, Get, Man, Mcp, RestartClaude, Sandbox, UpdateClaude, Watch,
};
pub use self::gateway::{Gateway, Hold};
pub use self::global::{Color, Global};
pub use self::grant::{Grant, GrantCommand};
pub use self::login::{Login, Logout};
pub use self::policy::{Policy, PolicyCommand, PolicyServer};
pub use self::profile::{Profile, ProfileCommand};
pub use self::recordings::{Recordings, RecordingsCommand};
pub use self::service::{Service, ServiceCommand, ServiceKind, WhichService};
pub use self::setup::Setup;
pub(super) use self::tables::STYLES;
pub use self::tables::{AFTER, FIRST};

/// Keeps a Zoom access token valid where it is needed
///
/// Zoom's access tokens expire after an hour. zoomtok keeps the one in your .env valid: it fetches a new one shortly
/// before the old one expires, only once however many programs ask, and never damages the file that holds it.
#[derive(Debug, Parser)]
#[command(name = "zoomtok", bin_name = "zoomtok", version, styles = STYLES, after_help = FIRST)]
#[command(help_template = help::template())]
#[command(after_long_help = format!("{FIRST}\n\n{AFTER}"))]
pub struct Cli {
    /// The options of every command
    #[command(flatten)]
    pub global: Global,
    /// The command to run
    #[command(subcommand)]
    pub command: Command,
}

/// The one list of the commands: hands it to a macro, by the headings of the help, with the line of each there, its name, and
/// its type. Those without a heading are not in the help.
macro_rules! each_command {
    ($then:ident) => {
        $then! {
            "Token" {
                /// Make sure that .env holds a valid token
                "get" Get,
                /// Check whether the token in .env is valid
                "check" Check,
                /// Run a command with a valid token in its environment
                "exec" Exec,
                /// Show the token's state every minute and refresh it in time
                "watch" Watch,
                /// Log in to Zoom, and put the login into .env
                "login" Login,
                /// End the login at Zoom, and remove its tokens from .env
                "logout" Logout,
                /// List the accounts that have a .env of their own, or remove one
                "profile" Profile,
                /// Download cloud recordings, resumed after a break
                "recordings" Recordings,
            }
            "Agents and clients" {
                /// Serve Zoom's tools to an MCP client over stdin and stdout
                "mcp" Mcp,
                /// Put a policy and a fresh token before any MCP server
                "gateway" Gateway,
                /// Check a policy for mcp, or explain what it does to a call
                "policy" Policy,
                /// Say who may connect to a gateway over HTTP
                "grant" Grant,
                /// Decide about calls that wait for a person
                "approval" Approval,
                /// Put zoomtok into the configuration of any MCP client
                "client" Client,
                /// Put the token of .env into Claude Desktop's configuration
                "update-claude" UpdateClaude,
                /// Restart Claude Desktop, with a valid token
                "restart-claude" RestartClaude,
            }
            "Set-up and help" {
                /// Set everything up: log in, clients, a service
                "setup" Setup,
                /// Have the system run a watch or a gateway from each login on
                "service" Service,
                /// Find out what is wrong, and how to fix it
                "doctor" Doctor,
                /// Show all of this in a minute, with a made-up Zoom
                "demo" Demo,
                /// Run the made-up Zoom of the demo alone, to try things out
                "sandbox" Sandbox,
                /// Print a script that completes zoomtok's commands and flags
                "completions" Completions,
                /// Print the manual page
                "man" Man,
            }
            "" {
                /// Hold a server for the gateway
                #[command(hide = true)]
                "hold" Hold,
            }
        }
    };
}
pub(super) use each_command;

macro_rules! declare {
    ($($heading:literal { $($(#[$about:meta])+ $name:literal $command:ident,)+ })+) => {
        /// The command to run
        // The arguments of the commands that are not given are never built. Help for a command therefore comes from its
        // own type, and the line in the list of commands from the list above.
        #[derive(Debug, Subcommand)]
        #[command(defer = true)]
        pub enum Command {
            $($($(#[$about])+ #[command(name = $name)] $command($command),)+)+
        }
    };
}
each_command!(declare);

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_arguments_are_sound_and_have_help() {
        Cli::command().help_expected(true).debug_assert();
    }
}
