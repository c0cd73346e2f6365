//! The arguments of `zoomtok service`.

use std::ffi::OsString;

use clap::{Args, Subcommand, ValueEnum};

use super::tables::SERVICE;

/// Have the system run a watch or a gateway from each login on
///
/// A user unit of systemd, an agent of launchd on macOS, a task on Windows. It needs no rights but your own.
#[derive(Debug, Args)]
#[command(after_help = SERVICE)]
pub struct Service {
    /// The command to run
    #[command(subcommand)]
    pub command: ServiceCommand,
}

/// A command for services
#[derive(Debug, Subcommand)]
pub enum ServiceCommand {
    /// Write a service, start it, and see it run
    ///
    /// Writes absolute paths, and what of this shell's environment the service needs. Installed again, it starts with the
    /// new options.
    #[command(
        override_usage = "zoomtok service install [OPTIONS] [watch] [-- <OPTIONS OF WATCH>]\n       zoomtok service install [OPTIONS] gateway <NAME> -- --listen <ADDRESS:PORT> <OPTIONS OF GATEWAY>"
    )]
    Install {
        /// Which service
        #[command(flatten)]
        which: WhichService,
        /// Show the file and the commands, and change nothing
        #[arg(long)]
        dry_run: bool,
        /// The options of watch or of the gateway
        #[arg(last = true, value_name = "OPTIONS")]
        options: Vec<OsString>,
    },
    /// Stop a service and remove it
    Uninstall {
        /// Which service
        #[command(flatten)]
        which: WhichService,
        /// Remove every service that zoomtok has installed
        #[arg(long, conflicts_with_all = ["service", "name"])]
        all: bool,
    },
    /// List the services that zoomtok has installed, and whether they run
    ///
    /// Exits with 0 if there is one and all of them run, and with 1 otherwise.
    Status {
        /// Print a JSON object
        #[arg(long)]
        json: bool,
    },
}

/// Which service
#[derive(Debug, Args)]
pub struct WhichService {
    /// The kind of service
    #[arg(value_enum, default_value_t)]
    pub service: ServiceKind,
    /// The name of the gateway
    #[arg(required_if_eq("service", "gateway"))]
    pub name: Option<String>,
}

/// A kind of service
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum ServiceKind {
    /// zoomtok watch
    #[default]
    Watch,
    /// zoomtok gateway, over HTTP
    Gateway,
}
