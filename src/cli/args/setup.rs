//! The arguments of `zoomtok setup`.

use std::path::PathBuf;

use clap::Args;
use clap::builder::PossibleValuesParser;

use super::global::path;
use super::login::Way;
use super::tables::SETUP;
use crate::clients::edited_ids;

/// Set everything up: log in, clients, a service
///
/// On a terminal it asks, and each question has a flag. Nothing is written before the last answer. It ends with what
/// doctor finds, and can be run again at any time.
#[derive(Debug, Args)]
#[command(after_help = SETUP)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag")]
pub struct Setup {
    /// How to log in [default: what .env has, or a question]
    #[command(flatten)]
    pub way: Way,
    /// The app's client id; for --browser its Public Client ID [default: ZOOM_CLIENT_ID]
    #[arg(long, value_name = "ID")]
    pub client_id: Option<String>,
    /// Show the address of Zoom's page and open no browser
    #[arg(long)]
    pub no_browser: bool,
    /// Log in anew even if .env has all that is needed
    #[arg(long)]
    pub replace: bool,
    /// Put zoomtok into this client; may be repeated
    #[arg(long = "client", value_name = "CLIENT", value_parser = PossibleValuesParser::new(edited_ids()))]
    #[arg(conflicts_with = "no_clients")]
    pub clients: Vec<String>,
    /// Put zoomtok into no client
    #[arg(long)]
    pub no_clients: bool,
    /// Give the clients a server over HTTP through a gateway, such as zoom or zoom/chat, in place of zoomtok's own tools
    #[arg(long, value_name = "URL", conflicts_with = "no_clients")]
    pub url: Option<String>,
    /// The policy for what the clients call
    #[arg(long, value_name = "FILE", value_parser = path(), conflicts_with = "no_clients")]
    pub policy: Option<PathBuf>,
    /// Have the system keep the token fresh, whether a client runs or not
    #[arg(long, conflicts_with = "no_service")]
    pub service: bool,
    /// Install no service
    #[arg(long)]
    pub no_service: bool,
    /// Ask nothing: all clients that are found, and a service if there is none
    #[arg(long)]
    pub yes: bool,
    /// Take it all back but .env: the servers in the clients, the services, what is remembered
    #[arg(long, conflicts_with_all = [
        "server_to_server", "browser", "device", "client_id", "no_browser", "replace", "clients", "no_clients", "url", "policy",
        "service", "no_service"
    ])]
    pub undo: bool,
}
