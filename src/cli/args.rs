//! What can be typed: types and help, no behaviour.

#![expect(clippy::doc_markdown, reason = "these comments are the help, which is not Markdown")]

use std::ffi::OsString;
use std::path::PathBuf;

use clap::builder::NonEmptyStringValueParser;
use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

use crate::settings::whole_seconds;

/// Keeps a Zoom access token valid where it is needed
///
/// Zoom's access tokens die after an hour. zoomtok keeps the one in your .env alive: it fetches a new one when the
/// old one is about to end, once however many programs ask, and never harms the file it lives in.
#[derive(Debug, Parser)]
#[command(name = "zoomtok", bin_name = "zoomtok", version, after_long_help = AFTER)]
pub struct Cli {
    /// What concerns every command
    #[command(flatten)]
    pub global: Global,
    /// What to do
    #[command(subcommand)]
    pub command: Command,
}

/// What stands below the help and in the manual page: sections of a heading and the lines of a table.
pub const AFTER: &str = "\
Exit status:
  0    done; for check: the token is valid for more than the threshold
  1    check: no token, or none that lasts; others: a failure without a code of its own
  2    wrong flags, or a setting with an impossible value
  3    credentials missing, or a .env that cannot be read; Claude's configuration missing or not readable
  4    Zoom refused: credentials, grant or app are wrong; trying again does not help
  5    Zoom unreachable, busy or broken; try again later
  6    the token could not be stored
  7    another zoomtok holds the lock
  8    Claude could not be restarted
  exec gives the command's own; 126 when it cannot be run, 127 when it is not found

Settings:
  ZOOM_CLIENT_ID, ZOOM_CLIENT_SECRET   the app's, from marketplace.zoom.us
  ZOOM_ACCOUNT_ID                      of a Server-to-Server OAuth app
  ZOOM_REFRESH_TOKEN                   of a user-authorised app, where there is no account id
  ZOOM_TOKEN_THRESHOLD                 seconds that a token must have left; 60
  ZOOM_AUTO_REFRESH_THRESHOLD          seconds below which watch refreshes; 300
  ZOOM_TOKEN_DISPLAY_INTERVAL          seconds between the status lines of watch; 60, and 0 shows none
  ZOOM_CHECK_VERBOSE                   as check -v, when not empty
  ZOOM_CHECK_LOGFILE                   the log of check -v; logs/zoom_token.log beside .env
  CLAUDE_CONFIG_FILE                   Claude Desktop's configuration; else where it is on this system
  CLAUDE_MCP_SERVER_NAME               the server in it that gets the token; zoom
  CLAUDE_ZOOM_ENV_KEY                  the variable of that server; ZOOM_ACCESS_TOKEN
  ZOOM_ENV_FILE                        the .env; else the first of ./.env, a parent's, the configuration directory's
  CLAUDE_APP_NAME                      the name or the path of the Claude app; Claude
  CLAUDE_APP_COMMAND                   the command that starts it; how it ran before, or as the system does
  ZOOM_OAUTH_URL, ZOOM_API_URL         https://zoom.us, https://api.zoom.us/v2
  NO_COLOR, CLICOLOR_FORCE, HTTPS_PROXY, SSL_CERT_FILE   as everywhere";

/// What concerns every command
#[derive(Debug, Args)]
pub struct Global {
    /// The .env to use instead of the first one found
    #[arg(long, value_name = "PATH", global = true, display_order = 100)]
    pub env_file: Option<PathBuf>,
    /// When to colour
    #[arg(long, value_name = "WHEN", default_value = "auto", global = true, display_order = 101)]
    pub color: Color,
    /// Say nothing but errors and what was asked for
    #[arg(short, long, global = true, display_order = 102)]
    pub quiet: bool,
}

/// When to colour
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// On a terminal, unless NO_COLOR is set
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// What to do
// The arguments of the commands that are not given are never built. Help for a command therefore comes from its own
// type, and the line in the list of commands from here.
#[derive(Debug, Subcommand)]
#[command(defer = true)]
pub enum Command {
    /// Make sure that .env holds a valid token
    Get(Get),
    /// Tell whether the token in .env is valid
    Check(Check),
    /// Show the token's state every minute and refresh it in time
    Watch(Watch),
    /// Put the token of .env into Claude Desktop's configuration
    UpdateClaude(UpdateClaude),
    /// Run a command with a valid token in its environment
    Exec(Exec),
    /// Restart Claude Desktop, with a valid token
    RestartClaude(RestartClaude),
    /// Show the life of a token in a minute, with a made-up Zoom on this machine
    ///
    /// Needs no account and touches no file of yours.
    Demo,
    /// Run that made-up Zoom alone, to try things out
    Sandbox(Sandbox),
    /// Print a script that completes zoomtok's commands and flags
    Completions {
        /// The shell it is for
        shell: Shell,
    },
    /// Print the manual page
    Man,
}

/// Make sure that .env holds a valid token
///
/// Keeps the token that is there while it is valid for more than the threshold, and fetches a new one otherwise.
/// To recover from whatever happened: zoomtok get -f
#[derive(Debug, Args)]
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
}

/// Show the token's state every minute and refresh it in time
///
/// Sits in a terminal tab until Ctrl-C. A refresh starts when the token has less than the threshold left, not at the next
/// display. After three failures in a row it stops trying, says so, and goes on by itself as soon as .env holds a newer
/// token or other credentials; where Zoom was only unreachable it tries again after 5, 10, 20, 30 minutes.
#[derive(Debug, Args)]
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
}

/// Put the token of .env into Claude Desktop's configuration
///
/// Only that one value changes: comments and layout stay, and nothing is written when it is there already. The version
/// before the first change is kept beside it, as claude_desktop_config.json.zoomtok.bak. Claude Desktop reads it when it
/// starts.
#[derive(Debug, Args)]
pub struct UpdateClaude {
    /// The configuration [default: CLAUDE_CONFIG_FILE, or where Claude Desktop has it on this system]
    #[arg(long, value_name = "PATH")]
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
}

/// Run a command with a valid token in its environment
///
/// The command finds the token in ZOOM_ACCESS_TOKEN and takes the place of zoomtok: its signals and its exit status are
/// its own.
#[derive(Debug, Args)]
pub struct Exec {
    /// Seconds that the token must have left [default: ZOOM_TOKEN_THRESHOLD, or 60]
    #[arg(short, long, value_name = "SECS", value_parser = whole_seconds)]
    pub threshold: Option<u64>,
    /// The command and its arguments
    #[arg(required = true, trailing_var_arg = true, allow_hyphen_values = true, value_name = "COMMAND")]
    pub command: Vec<OsString>,
}

/// Restart Claude Desktop, with a valid token
///
/// Makes sure of a token first. Then it asks the app to quit, gives it 10 seconds for that, starts it again as it ran,
/// and waits up to 15 seconds until it is there. An app that does not run is started.
#[derive(Debug, Args)]
pub struct RestartClaude {
    /// The name of the app, or the path of its executable [default: CLAUDE_APP_NAME, or Claude]
    #[arg(long, value_name = "NAME")]
    pub app: Option<String>,
    /// Leave the token alone
    #[arg(long)]
    pub app_only: bool,
}

/// Run that made-up Zoom alone, to try things out
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
