//! The arguments of `zoomtok gateway`.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, ValueHint};

use super::global::path;
use super::tables::GATEWAY;
use crate::mcp::gateway::OnNewToken;
use crate::settings::CommandLine;

/// Put a policy and a fresh token before any MCP server
///
/// Starts the server, and stands between it and the client: a call that the policy does not allow never reaches it, and
/// when there is a new token another server takes over while the client notices nothing. Everything else passes
/// unchanged. docs/gateway.md says what is not governed.
#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag")]
#[command(override_usage = "zoomtok gateway [OPTIONS] -- <COMMAND> [ARGUMENT]...\n       zoomtok gateway [OPTIONS] --url <URL>", after_help = GATEWAY)]
pub struct Gateway {
    /// A server that is reached over HTTP: its address, or zoom, zoom/chat and so on for Zoom's own
    #[arg(long, value_name = "URL", conflicts_with = "command")]
    pub url: Option<String>,
    /// A header for it, with the value of a variable; may be repeated
    #[arg(long = "header", value_name = "NAME=VARIABLE", requires = "url")]
    pub headers: Vec<String>,
    /// Send the token to this host, which is not Zoom's
    #[arg(long, value_name = "HOST", requires = "url", conflicts_with = "no_token")]
    pub send_token_to: Option<String>,
    /// Serve many clients over HTTP at /mcp, each with a grant, in place of one over stdin and stdout
    #[arg(long, value_name = "ADDRESS:PORT")]
    pub listen: Option<String>,
    /// Listen on an address that other machines reach: a proxy with HTTPS is in front
    #[arg(long, requires = "listen")]
    pub behind_proxy: bool,
    /// The policy: a JSON file [default: ZOOM_POLICY_FILE, or every call is allowed]
    #[arg(long, value_name = "FILE", value_parser = path())]
    pub policy: Option<PathBuf>,
    /// The name of the gateway, in messages and for its counts [default: by the command]
    #[arg(long, value_name = "NAME")]
    pub name: Option<String>,
    /// The variable in which the server gets the token
    #[arg(long, value_name = "VARIABLE", default_value = "ZOOM_ACCESS_TOKEN", conflicts_with = "no_token")]
    pub token_env: String,
    /// Give the server no token, and need no Zoom credentials
    #[arg(long)]
    pub no_token: bool,
    /// When a server with a new token takes over
    #[arg(long, value_name = "WHEN", value_enum, default_value_t)]
    pub on_new_token: OnNewToken,
    /// Write a line of JSON for each call to this file
    #[arg(long, value_name = "FILE", value_parser = path())]
    pub audit: Option<PathBuf>,
    /// Write the values of arguments there too
    #[arg(long, requires = "audit")]
    pub audit_arguments: bool,
    /// Run this command for each event, which it gets as JSON on its standard input [default: ZOOMTOK_ON_EVENT]
    #[arg(long, value_name = "COMMAND", value_parser = CommandLine::read, value_hint = ValueHint::CommandString)]
    pub on_event: Option<CommandLine>,
    /// Let the server change its tools without asking
    #[arg(long)]
    pub no_pin: bool,
    /// The server: a command and its arguments
    #[arg(
        required_unless_present = "url",
        trailing_var_arg = true,
        allow_hyphen_values = true,
        value_name = "COMMAND"
    )]
    #[arg(value_hint = ValueHint::CommandWithArguments)]
    pub command: Vec<OsString>,
}

/// Hold a server for the gateway
///
/// The gateway runs this by itself. It ends the server, with everything that the server has started, when the gateway
/// ends.
#[derive(Debug, Args)]
pub struct Hold {
    /// Without a terminal, in a session of its own
    #[arg(long)]
    pub no_terminal: bool,
    /// The process id of the gateway
    pub gateway: u32,
    /// The server: a command and its arguments
    #[arg(required = true, trailing_var_arg = true, allow_hyphen_values = true, value_name = "COMMAND")]
    pub command: Vec<OsString>,
}
