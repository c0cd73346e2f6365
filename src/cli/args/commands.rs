//! What each command takes.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::builder::NonEmptyStringValueParser;
use clap::{Args, Subcommand, ValueHint};
use clap_complete::Shell;

use super::tables::{EXEC, EXPLAIN, GET, INSTALL, SCRIPTS, WATCH};
use super::{Global, path};
use crate::settings::{program, whole_seconds};

/// Make sure that .env holds a valid token
///
/// Keeps the token that is there while it is valid for more than the threshold, and fetches a new one otherwise.
/// To recover from whatever happened: zoomtok get -f
#[derive(Debug, Args)]
#[command(after_help = GET)]
pub struct Get {
    /// Fetch a new token even if the old one is valid
    #[arg(short, long)]
    pub force: bool,
    /// Ask Zoom's API whether it takes the token, and fetch a new one if it does not
    #[arg(long)]
    pub live: bool,
    /// Seconds that the token must have left [default: ZOOM_TOKEN_THRESHOLD, or 60]
    #[arg(short, long, value_name = "SECS", value_parser = whole_seconds)]
    pub threshold: Option<u64>,
    /// What to print
    #[command(flatten)]
    pub form: Form,
    /// What concerns every command
    #[command(flatten)]
    pub global: Global,
}

/// What `get` prints
#[derive(Debug, Args)]
#[group(multiple = false)]
pub struct Form {
    /// Print the token and nothing else
    #[arg(long)]
    pub print: bool,
    /// Print a line that sets ZOOM_ACCESS_TOKEN in a shell: eval "$(zoomtok get --export)"
    #[arg(long)]
    pub export: bool,
    /// Print a JSON object, with the token masked
    #[arg(long)]
    pub json: bool,
}

/// Tell whether the token in .env is valid
///
/// Reads one file and asks nobody, so it can stand in front of anything. Exits with 0 when the token is valid for more
/// than the threshold, and with 1 otherwise.
#[derive(Debug, Args)]
pub struct Check {
    /// Seconds that the token must have left [default: ZOOM_TOKEN_THRESHOLD, or 60]
    #[arg(short, long, value_name = "SECS", value_parser = whole_seconds)]
    pub threshold: Option<u64>,
    /// Tell more, and append a line to the log
    #[arg(short, long)]
    pub verbose: bool,
    /// Ask Zoom's API too whether it takes the token
    #[arg(long)]
    pub live: bool,
    /// Print a JSON object, with the token masked
    #[arg(long)]
    pub json: bool,
    /// What concerns every command
    #[command(flatten)]
    pub global: Global,
}

/// Show the token's state every minute and refresh it in time
///
/// Sits in a terminal tab until Ctrl-C. A refresh starts when the token has less than the threshold left, not at the next
/// display. After three failures in a row it stops trying, says so, and goes on by itself as soon as .env holds a newer
/// token or other credentials; where Zoom was only unreachable it tries again after 5, 10, 20, 30 minutes.
#[derive(Debug, Args)]
#[command(after_help = WATCH)]
#[expect(clippy::struct_excessive_bools, reason = "flags are what it is made of")]
pub struct Watch {
    /// Seconds between two status lines; 0 shows none [default: ZOOM_TOKEN_DISPLAY_INTERVAL, or 60]
    #[arg(long, value_name = "SECS", value_parser = whole_seconds)]
    pub interval: Option<u64>,
    /// Refresh when fewer seconds than this are left [default: ZOOM_AUTO_REFRESH_THRESHOLD, or 300]
    #[arg(long, value_name = "SECS", value_parser = whole_seconds)]
    pub threshold: Option<u64>,
    /// Leave Claude Desktop alone
    #[arg(long)]
    pub no_claude: bool,
    /// Update Claude Desktop's configuration, but do not restart it
    #[arg(long, conflicts_with = "no_claude")]
    pub no_restart: bool,
    /// Look once, refresh once if that is due, and exit: for cron
    #[arg(long)]
    pub once: bool,
    /// Print a JSON object for each thing that happens, tokens masked
    #[arg(long)]
    pub json: bool,
    /// What concerns every command
    #[command(flatten)]
    pub global: Global,
}

/// Put the token of .env into Claude Desktop's configuration
///
/// Only that one value changes: comments and layout stay, and nothing is written when it is there already. The version
/// before the first change is kept beside it, as claude_desktop_config.json.zoomtok.bak. Claude Desktop reads it when it
/// starts.
#[derive(Debug, Args)]
pub struct UpdateClaude {
    /// The configuration [default: CLAUDE_CONFIG_FILE, or where Claude Desktop has it on this system]
    #[arg(long, value_name = "PATH", value_parser = path())]
    pub config: Option<PathBuf>,
    /// The server in it that needs the token [default: CLAUDE_MCP_SERVER_NAME, or zoom]
    #[arg(long, value_name = "NAME", value_parser = NonEmptyStringValueParser::new())]
    pub server: Option<String>,
    /// The variable of that server [default: CLAUDE_ZOOM_ENV_KEY, or ZOOM_ACCESS_TOKEN]
    #[arg(long, value_name = "NAME", value_parser = NonEmptyStringValueParser::new())]
    pub key: Option<String>,
    /// Restart Claude Desktop if its configuration was changed
    #[arg(long)]
    pub restart: bool,
    /// Show the change, with the token masked, and write nothing
    #[arg(long, conflicts_with = "restart")]
    pub dry_run: bool,
    /// What concerns every command
    #[command(flatten)]
    pub global: Global,
}

/// Serve Zoom's tools to an MCP client over stdin and stdout
///
/// It is the client that runs it: Claude Desktop, once zoomtok mcp --install has put it into its configuration, in the
/// place of the server of that name (CLAUDE_MCP_SERVER_NAME, or zoom). It reads .env and keeps the token there fresh by
/// itself, so neither zoomtok watch nor a restart of Claude is needed. Whatever is wrong with .env, a setting or the policy,
/// it starts: each call says what to fix, and works once that is done. stdout belongs to the protocol; the policy in force
/// and warnings go to stderr.
#[derive(Debug, Args)]
#[command(after_help = INSTALL)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag")]
pub struct Mcp {
    /// The policy to serve under [default: ZOOM_POLICY_FILE, or a limit on zoom_refresh_token alone]
    #[arg(long, value_name = "FILE", value_parser = path())]
    pub policy: Option<PathBuf>,
    /// Put this server into Claude Desktop's configuration, and exit
    #[arg(long)]
    pub install: bool,
    /// Show what --install would put there, and write nothing
    #[arg(long, requires = "install")]
    pub dry_run: bool,
    /// Show on stderr what becomes of the token; on a terminal this needs no flag
    #[arg(long, conflicts_with_all = ["no_watch", "install"])]
    pub watch: bool,
    /// Show nothing of the token, not even that it cannot be refreshed; it is kept fresh all the same
    #[arg(long)]
    pub no_watch: bool,
    /// What concerns every command
    #[command(flatten)]
    pub global: Global,
}

/// Run a command with a valid token in its environment
///
/// The command finds the token in ZOOM_ACCESS_TOKEN and takes the place of zoomtok: its signals and its exit status are
/// its own.
#[derive(Debug, Args)]
#[command(override_usage = "zoomtok exec [OPTIONS] [--] <COMMAND> [ARGUMENT]...", after_help = EXEC)]
pub struct Exec {
    /// Seconds that the token must have left [default: ZOOM_TOKEN_THRESHOLD, or 60]
    #[arg(short, long, value_name = "SECS", value_parser = whole_seconds)]
    pub threshold: Option<u64>,
    /// The command and its arguments
    #[arg(required = true, trailing_var_arg = true, allow_hyphen_values = true, value_name = "COMMAND")]
    #[arg(value_hint = ValueHint::CommandWithArguments)]
    pub command: Vec<OsString>,
    /// What concerns every command
    #[command(flatten)]
    pub global: Global,
}

/// Restart Claude Desktop, with a valid token
///
/// Makes sure of a token first. Then it asks the app to quit, gives it 10 seconds for that, starts it again as it ran,
/// and waits up to 15 seconds until it is there. An app that does not run is started.
#[derive(Debug, Args)]
pub struct RestartClaude {
    /// The name of the app, or the path of its executable [default: CLAUDE_APP_NAME, or Claude]
    #[arg(long, value_name = "NAME", value_parser = program)]
    pub app: Option<String>,
    /// Leave the token alone
    #[arg(long)]
    pub app_only: bool,
    /// What concerns every command
    #[command(flatten)]
    pub global: Global,
}

/// Check a policy for mcp, or tell what it does to a call
///
/// A policy is a JSON file: which tools an agent may call, with which arguments, how often. zoomtok mcp serves under the
/// one that --policy or ZOOM_POLICY_FILE names. docs/policies.md describes its form.
#[derive(Debug, Args)]
pub struct Policy {
    /// What to do with it
    #[command(subcommand)]
    pub command: PolicyCommand,
}

/// What to do with a policy
#[derive(Debug, Subcommand)]
pub enum PolicyCommand {
    /// Tell whether a policy is valid, and everything that is wrong with it
    ///
    /// A policy is a JSON file: which tools an agent may call, with which arguments, how often. docs/policies.md describes its form.
    /// Exits with 0 when it is valid, and with 3 otherwise.
    Check {
        /// The policy
        #[arg(value_parser = path())]
        file: PathBuf,
        /// What concerns every command
        #[command(flatten)]
        global: Global,
    },
    /// Tell what a policy does to a call, and by which rule
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
        /// What concerns every command
        #[command(flatten)]
        global: Global,
    },
}

/// Say what is wrong, and what to do: .env, Zoom, token, Claude
///
/// The .env, the settings, the way to Zoom, the token, Claude Desktop: a line for each, from the outside in, so that the
/// first that is wrong is the likely cause of the rest. It asks Zoom for a sign of life, and its API whether it takes the
/// token; it fetches no token unless it is told to. Exits with 0 when nothing is wrong but for warnings, else with the
/// code of the first thing that is.
#[derive(Debug, Args)]
pub struct Doctor {
    /// Where the token does not last or is not taken, fetch a new one
    #[arg(long)]
    pub fetch: bool,
    /// Print a JSON object
    #[arg(long)]
    pub json: bool,
    /// What concerns every command
    #[command(flatten)]
    pub global: Global,
}

/// Run the made-up Zoom of the demo alone, to try things out
///
/// It listens on 127.0.0.1 only, and says at its start how to point zoomtok at it.
#[derive(Debug, Args)]
pub struct Sandbox {
    /// The port on 127.0.0.1; 0 takes one that is free
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub port: u16,
    /// Seconds that its tokens live
    #[arg(long, value_name = "SECS", default_value_t = 3600, value_parser = whole_seconds)]
    pub token_life: u64,
    /// What concerns every command
    #[command(flatten)]
    pub global: Global,
}

/// Show all of this in a minute, with a made-up Zoom
///
/// That Zoom is on this machine: it needs no account and touches no file of yours.
#[derive(Debug, Args)]
pub struct Demo {
    /// What concerns every command
    #[command(flatten)]
    pub global: Global,
}

/// Print a script that completes zoomtok's commands and flags
#[derive(Debug, Args)]
#[command(after_help = SCRIPTS)]
pub struct Completions {
    /// The shell it is for
    pub shell: Shell,
    /// What concerns every command
    #[command(flatten)]
    pub global: Global,
}

/// Print the manual page
#[derive(Debug, Args)]
pub struct Man {
    /// What concerns every command
    #[command(flatten)]
    pub global: Global,
}
