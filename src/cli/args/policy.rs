//! The arguments of `zoomtok policy`.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::global::path;
use super::tables::{EXPLAIN, SCOPES};

/// Check a policy for mcp, or explain what it does to a call
///
/// A policy is a JSON file: which tools an agent may call, with which arguments, how often. zoomtok mcp serves under the
/// one that --policy or ZOOM_POLICY_FILE names. docs/policies.md describes its form.
#[derive(Debug, Args)]
pub struct Policy {
    /// The command to run
    #[command(subcommand)]
    pub command: PolicyCommand,
}

/// Which server a policy is for; zoomtok's own where none is named
#[derive(Debug, Args)]
#[group(multiple = false)]
pub struct PolicyServer {
    /// A file with the tools of another server, as its answer to tools/list has them: the policy is for a gateway
    #[arg(long, value_name = "FILE", value_parser = path())]
    pub tools: Option<PathBuf>,
    /// The address of another server, or zoom, zoom/chat and so on: it is asked for its tools
    #[arg(long, value_name = "URL")]
    pub url: Option<String>,
    /// The command that starts another server, which is asked for its tools
    #[arg(last = true, value_name = "COMMAND")]
    pub server: Vec<OsString>,
}

/// A command for policies
#[derive(Debug, Subcommand)]
pub enum PolicyCommand {
    /// Check whether a policy is valid, and list everything that is wrong with it
    ///
    /// A policy is a JSON file: which tools an agent may call, with which arguments, how often. docs/policies.md
    /// describes its form. Exits with 0 when it is valid, and with 3 otherwise.
    Check {
        /// The policy
        #[arg(value_parser = path())]
        file: PathBuf,
        /// Which server it is for
        #[command(flatten)]
        server: PolicyServer,
    },
    /// Explain what a policy does to a call, and by which rule
    ///
    /// Calls nothing and counts nothing. Exits with 0 when the call is allowed, and with 1 when it is refused.
    #[command(after_help = EXPLAIN)]
    Explain {
        /// The policy
        #[arg(value_parser = path())]
        file: PathBuf,
        /// The tool that is called
        tool: String,
        /// The arguments of the call, as a JSON object
        #[arg(value_name = "JSON", default_value = "{}", hide_default_value = true)]
        arguments: String,
        /// Which server it is for
        #[command(flatten)]
        server: PolicyServer,
    },
    /// Accept the tools of a gateway as they are now
    ///
    /// A gateway holds back every tool that has changed since it was accepted, and every new one. This shows what differs
    /// and asks.
    Accept {
        /// The gateway
        name: String,
        /// Accept without asking
        #[arg(short, long)]
        yes: bool,
    },
    /// Suggest a policy to start from, by what the tools of a server do
    ///
    /// The policy goes to stdout, and to stderr a table of the tools: whether each reads, writes, executes, destroys or
    /// is about money, how much can go wrong, and what says so. Without a server it is about zoomtok's own tools.
    Suggest {
        /// Which server it is for
        #[command(flatten)]
        server: PolicyServer,
    },
    /// List the scopes that the tools of a policy need, and those that the token lacks
    ///
    /// The list goes to stdout, one a line, as an app's page on marketplace.zoom.us takes it; what the token lacks goes
    /// to stderr. Scopes are for the whole account (…:admin) where the credentials are those of a Server-to-Server OAuth
    /// app, and else for the user.
    #[command(after_help = SCOPES)]
    Scopes {
        /// The policy [default: the one in force; with --url every tool is allowed]
        #[arg(value_parser = path())]
        file: Option<PathBuf>,
        /// One of Zoom's hosted servers: zoom, zoom/meeting, zoom/chat and so on [default: zoomtok's own tools]
        #[arg(long, value_name = "URL")]
        url: Option<String>,
        /// Print the app that a login needs, as the Marketplace takes it: these scopes, a public client, this machine as
        /// its redirect
        #[arg(long, conflicts_with_all = ["json", "admin"])]
        manifest: bool,
        /// Print the scopes of an app for the whole account
        #[arg(long, conflicts_with = "url")]
        admin: bool,
        /// Print a JSON object
        #[arg(long)]
        json: bool,
    },
    /// Convert a policy of Intercept, which is YAML, into one of zoomtok's
    ///
    /// The policy goes to stdout. A part whose meaning changes is a warning on stderr; if a part has no counterpart, each
    /// is listed with its place, nothing goes to stdout, and the command exits with 3.
    Convert {
        /// The policy to convert
        #[arg(value_parser = path())]
        file: PathBuf,
    },
}
