//! The arguments of `zoomtok client`.

use std::path::PathBuf;

use clap::builder::{NonEmptyStringValueParser, PossibleValuesParser};
use clap::{Args, Subcommand};

use super::global::path;
use super::tables::CLIENT;
use crate::clients::{edited_ids, ids};

/// Put zoomtok into the configuration of any MCP client
///
/// Knows where each client keeps its configuration and how servers stand in it, and changes nothing else there: comments,
/// layout and every other server stay. docs/clients.md lists the clients.
#[derive(Debug, Args)]
#[command(after_help = CLIENT)]
pub struct Client {
    /// The command to run
    #[command(subcommand)]
    pub command: ClientCommand,
}

/// A command for clients
#[derive(Debug, Subcommand)]
pub enum ClientCommand {
    /// List the clients on this machine, and whether zoomtok is in them
    List {
        /// Print a JSON object with all clients that zoomtok knows
        #[arg(long)]
        json: bool,
    },
    /// Put zoomtok's server into the configurations of clients
    ///
    /// Writes absolute paths, and what of this shell's environment the server needs. A server of zoomtok's own keeps its
    /// policy, its .env and its other variables unless others are named. One failure does not stop the others; the exit
    /// status is that of the first.
    Install(ClientInstall),
    /// Take zoomtok's server out of the configurations of clients
    ///
    /// Only a server of zoomtok's own is taken out.
    Uninstall {
        /// Which clients
        #[command(flatten)]
        which: Which,
        /// The name of the server there [default: zoom; in Claude Desktop CLAUDE_MCP_SERVER_NAME, or zoom]
        #[arg(long, value_name = "NAME", value_parser = NonEmptyStringValueParser::new())]
        name: Option<String>,
    },
    /// Put a gateway before a server that a client has already
    ///
    /// The server keeps its name, its environment and everything else; its command becomes zoomtok gateway, with the old
    /// one behind it. The old entry is kept in the state directory, so that unwrap gives back every byte.
    Wrap(ClientWrap),
    /// Take the gateway out again
    ///
    /// The server is as it was before, byte for byte. If somebody has changed it since, its command and its arguments are.
    Unwrap {
        /// The server, by its name in the client's configuration
        #[arg(value_parser = NonEmptyStringValueParser::new())]
        name: String,
        /// The client that has it [default: the only one that does]
        #[arg(long, value_name = "CLIENT", value_parser = PossibleValuesParser::new(edited_ids()))]
        client: Option<String>,
    },
    /// Print the entry for a client's configuration, to paste it there, or a link that adds it
    Print {
        /// The client
        #[arg(value_parser = PossibleValuesParser::new(ids()))]
        client: String,
        /// The contents of the entry
        #[command(flatten)]
        server: ServerOptions,
        /// Print a link that adds it, where the client has one; the client then asks
        #[arg(long)]
        link: bool,
    },
}

/// The arguments of `client wrap`
#[derive(Debug, Args)]
pub struct ClientWrap {
    /// The server, by its name in the client's configuration
    #[arg(value_parser = NonEmptyStringValueParser::new())]
    pub name: String,
    /// The client that has it [default: the only one that does]
    #[arg(long, value_name = "CLIENT", value_parser = PossibleValuesParser::new(edited_ids()))]
    pub client: Option<String>,
    /// The policy for its calls [default: ZOOM_POLICY_FILE when it runs, or every call is allowed]
    #[arg(long, value_name = "FILE", value_parser = path())]
    pub policy: Option<PathBuf>,
    /// Give the server no token, and need no Zoom credentials
    #[arg(long)]
    pub no_token: bool,
    /// Say what would change and write nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// The arguments of `client install`
#[derive(Debug, Args)]
pub struct ClientInstall {
    /// Which clients
    #[command(flatten)]
    pub which: Which,
    /// The contents of the entry
    #[command(flatten)]
    pub server: ServerOptions,
    /// Show the change and write nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// Which clients
#[derive(Debug, Args)]
pub struct Which {
    /// The clients
    #[arg(required_unless_present = "all", value_name = "CLIENT", value_parser = PossibleValuesParser::new(ids()))]
    pub clients: Vec<String>,
    /// All clients that are on this machine
    #[arg(long, conflicts_with = "clients")]
    pub all: bool,
}

/// The contents of an entry
#[derive(Debug, Args)]
pub struct ServerOptions {
    /// Serve what is at this address through a gateway, in place of zoomtok's own tools: zoom, zoom/chat and so on, or a
    /// URL
    #[arg(long, value_name = "URL", conflicts_with = "no_watch")]
    pub url: Option<String>,
    /// The policy to serve under [default: ZOOM_POLICY_FILE]
    #[arg(long, value_name = "FILE", value_parser = path())]
    pub policy: Option<PathBuf>,
    /// As mcp --no-watch: report nothing about the token
    #[arg(long)]
    pub no_watch: bool,
    /// The name of the server there [default: zoom, or by the address]
    #[arg(long, value_name = "NAME", value_parser = NonEmptyStringValueParser::new())]
    pub name: Option<String>,
}
