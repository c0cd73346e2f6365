//! What can be typed: types and help, no behaviour. Here is what concerns every command, and the list of them.

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
use self::help::TEMPLATE;
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
/// Zoom's access tokens expire after an hour. zoomtok keeps the one in your .env valid: it fetches a new one shortly before
/// the old one expires, only once however many programs ask, and never damages the file that holds it.
#[derive(Debug, Parser)]
#[command(name = "zoomtok", bin_name = "zoomtok", version, styles = STYLES, after_help = FIRST)]
#[command(help_template = TEMPLATE)]
#[command(after_long_help = format!("{FIRST}\n\n{AFTER}"))]
pub struct Cli {
    /// The options of every command
    #[command(flatten)]
    pub global: Global,
    /// What to do
    #[command(subcommand)]
    pub command: Command,
}

/// What to do
// The arguments of the commands that are not given are never built. Help for a command therefore comes from its own
// type, and the line in the list of commands from here.
#[derive(Debug, Subcommand)]
#[command(defer = true)]
pub enum Command {
    /// Make sure that .env holds a valid token
    Get(Get),
    /// Check whether the token in .env is valid
    Check(Check),
    /// Run a command with a valid token in its environment
    Exec(Exec),
    /// Show the token's state every minute and refresh it in time
    Watch(Watch),
    /// Log in to Zoom, and put the login into .env
    Login(Login),
    /// End the login at Zoom, and remove its tokens from .env
    Logout(Logout),
    /// List the accounts that have a .env of their own, or remove one
    Profile(Profile),
    /// Download cloud recordings, resumed after a break
    Recordings(Recordings),
    /// Put the token of .env into Claude Desktop's configuration
    UpdateClaude(UpdateClaude),
    /// Restart Claude Desktop, with a valid token
    RestartClaude(RestartClaude),
    /// Serve Zoom's tools to an MCP client over stdin and stdout
    Mcp(Mcp),
    /// Put a policy and a fresh token before any MCP server
    Gateway(Gateway),
    /// Check a policy for mcp, or explain what it does to a call
    Policy(Policy),
    /// Say who may connect to a gateway over HTTP
    Grant(Grant),
    /// Decide about calls that wait for a person
    Approval(Approval),
    /// Set everything up: log in, clients, a service
    Setup(Setup),
    /// Put zoomtok into the configuration of any MCP client
    Client(Client),
    /// Have the system run a watch or a gateway from each login on
    Service(Service),
    /// Find out what is wrong, and how to fix it
    Doctor(Doctor),
    /// Show all of this in a minute, with a made-up Zoom
    Demo(Demo),
    /// Run the made-up Zoom of the demo alone, to try things out
    Sandbox(Sandbox),
    /// Print a script that completes zoomtok's commands and flags
    Completions(Completions),
    /// Print the manual page
    Man(Man),
    /// Hold a server for the gateway
    #[command(hide = true)]
    Hold(Hold),
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_arguments_are_sound_and_have_help() {
        Cli::command().help_expected(true).debug_assert();
    }
}
