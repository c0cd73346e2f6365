//! The arguments of commands.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::builder::NonEmptyStringValueParser;
use clap::{Args, ValueHint};
use clap_complete::Shell;

use super::global::path;
use super::tables::{CHECK, EXEC, GET, INSTALL, SCRIPTS, WATCH};
use crate::cli::template::Template;
use crate::kubernetes::SecretName;
use crate::settings::{CommandLine, program, whole_seconds};

/// Make sure that .env holds a valid token
///
/// Keeps the existing token while it is valid for more than the threshold, and fetches a new one otherwise.
/// To recover from any failure: zoomtok get -f
#[derive(Debug, Args)]
#[command(after_help = GET)]
pub struct Get {
    /// Fetch a new token even if the old one is valid
    #[arg(short, long)]
    pub force: bool,
    /// Ask Zoom's API whether it accepts the token, and fetch a new one if it does not
    #[arg(long)]
    pub live: bool,
    /// Fetch a new token, and take the login out of the shared store into .env, for a machine that goes on alone
    #[arg(long, conflicts_with_all = ["force", "live", "threshold"])]
    pub leave_store: bool,
    /// Seconds that the token must have left [default: ZOOM_TOKEN_THRESHOLD, or 60]
    #[arg(short, long, value_name = "SECS", value_parser = whole_seconds)]
    pub threshold: Option<u64>,
    /// The form to print
    #[command(flatten)]
    pub form: Form,
}

/// The form in which `get` prints
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

/// Check whether the token in .env is valid
///
/// Reads one file and sends nothing, so it is cheap enough to run before anything else. Exits with 0 when the token is
/// valid for more than the threshold, and with 1 otherwise.
#[derive(Debug, Args)]
#[command(after_help = CHECK)]
pub struct Check {
    /// Seconds that the token must have left [default: ZOOM_TOKEN_THRESHOLD, or 60]
    #[arg(short, long, value_name = "SECS", value_parser = whole_seconds)]
    pub threshold: Option<u64>,
    /// Report more, and append a line to the log
    #[arg(short, long)]
    pub verbose: bool,
    /// Also ask Zoom's API whether it accepts the token
    #[arg(long)]
    pub live: bool,
    /// Print a JSON object, with the token masked
    #[arg(long)]
    pub json: bool,
    /// Print one line, for a prompt or a status bar: text with {state} {left} {seconds} {expires} {profile} {icon}
    #[arg(long, value_name = "TEMPLATE", conflicts_with = "json", value_parser = Template::read)]
    pub format: Option<Template>,
}

/// Show the token's state every minute and refresh it in time
///
/// Runs in a terminal tab until Ctrl-C, with a line that counts down below what it prints. A refresh starts when the token has less than the threshold left, not at the next
/// status line. After three failures in a row it stops trying, reports that, and continues by itself as soon as .env holds
/// a newer token or other credentials; if Zoom was only unreachable it tries again after 5, 10, 20 and 30 minutes.
#[derive(Debug, Args)]
#[command(after_help = WATCH)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag")]
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
    /// Check once, refresh once if that is due, and exit: for cron
    #[arg(long)]
    pub once: bool,
    /// Watch every profile, and the .env that is used without one
    #[arg(long, conflicts_with = "profile")]
    pub all: bool,
    /// Keep the token in this Secret of Kubernetes as well, from within a pod
    #[arg(long, value_name = "[NAMESPACE/]NAME", value_parser = SecretName::parse, conflicts_with = "all")]
    pub kubernetes_secret: Option<SecretName>,
    /// The directory of the service account with the right to do so [default: where Kubernetes mounts it]
    #[arg(long, value_name = "DIRECTORY", value_parser = path(), requires = "kubernetes_secret")]
    pub service_account: Option<PathBuf>,
    /// Print a JSON object for each event, with tokens masked
    #[arg(long)]
    pub json: bool,
    /// Print lines alone, and redraw none, as where stdout is no terminal
    #[arg(long)]
    pub plain: bool,
    /// Show a notice on the desktop a minute after refreshing has stopped, and when it goes on
    #[arg(long, conflicts_with = "once")]
    pub notify: bool,
    /// Run this command for each event, which it gets as JSON on its standard input [default: ZOOMTOK_ON_EVENT]
    #[arg(long, value_name = "COMMAND", value_parser = CommandLine::read, value_hint = ValueHint::CommandString)]
    pub on_event: Option<CommandLine>,
}

/// Put the token of .env into Claude Desktop's configuration
///
/// Only that one value changes: comments and layout stay, and nothing is written if the token is already there. The
/// version before the first change is kept beside it, as claude_desktop_config.json.zoomtok.bak. Claude Desktop reads its
/// configuration when it starts.
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
}

/// Serve Zoom's tools to an MCP client over stdin and stdout
///
/// A client runs it: Claude Desktop does, once zoomtok mcp --install has put it into its configuration, in place of the
/// server of that name (CLAUDE_MCP_SERVER_NAME, or zoom). It reads .env and keeps the token there fresh by itself, so
/// neither zoomtok watch nor a restart of Claude is needed. It starts whatever is wrong with .env, a setting or the
/// policy: each call reports what to fix, and works once that is done. stdout belongs to the protocol; the policy in
/// force and warnings go to stderr.
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
    /// Show on stderr what happens to the token; on a terminal this needs no flag
    #[arg(long, conflicts_with_all = ["no_watch", "install"])]
    pub watch: bool,
    /// Report nothing about the token, not even that it cannot be refreshed; it is still kept fresh
    #[arg(long)]
    pub no_watch: bool,
    /// Run this command for each event, which it gets as JSON on its standard input [default: ZOOMTOK_ON_EVENT]
    #[arg(
        long,
        value_name = "COMMAND",
        value_parser = CommandLine::read,
        value_hint = ValueHint::CommandString,
        conflicts_with = "install"
    )]
    pub on_event: Option<CommandLine>,
}

/// Run a command with a valid token in its environment
///
/// The command finds the token in ZOOM_ACCESS_TOKEN and replaces zoomtok: its signals and its exit status are its own.
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
}

/// Restart Claude Desktop, with a valid token
///
/// Obtains a valid token first. Then it asks the app to quit, allows it 10 seconds, starts it again as it ran before, and
/// waits up to 15 seconds until it runs. An app that is not running is started.
#[derive(Debug, Args)]
pub struct RestartClaude {
    /// The name of the app, or the path of its executable [default: CLAUDE_APP_NAME, or Claude]
    #[arg(long, value_name = "NAME", value_parser = program)]
    pub app: Option<String>,
    /// Leave the token alone
    #[arg(long)]
    pub app_only: bool,
}

/// Find out what is wrong, and how to fix it
///
/// Checks the .env, the settings, the connection to Zoom, the token and Claude Desktop, from the outside in, so that the
/// first problem is the likely cause of the rest. It asks Zoom whether it can be reached, and its API whether it accepts
/// the token; it fetches no token unless told to. Exits with 0 if there are at most warnings, otherwise with the code of
/// the first problem.
#[derive(Debug, Args)]
pub struct Doctor {
    /// Fetch a new token if the existing one does not last or is not accepted
    #[arg(long)]
    pub fetch: bool,
    /// Check every profile, and the .env that is used without one
    #[arg(long, conflicts_with = "profile")]
    pub all: bool,
    /// Print a JSON object
    #[arg(long)]
    pub json: bool,
}

/// Run the made-up Zoom of the demo alone, to try things out
///
/// Listens on 127.0.0.1 only, and prints at its start how to point zoomtok at it.
#[derive(Debug, Args)]
pub struct Sandbox {
    /// The port on 127.0.0.1; 0 takes a free one
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub port: u16,
    /// The lifetime of its tokens in seconds
    #[arg(long, value_name = "SECS", default_value_t = 3600, value_parser = whole_seconds)]
    pub token_life: u64,
}

/// Show all of this in a minute, with a made-up Zoom
///
/// The made-up Zoom runs on this machine: the demo needs no account and touches none of your files.
#[derive(Debug, Args)]
pub struct Demo {
    /// Be the made-up server that the demo puts behind a gateway
    #[arg(long, hide = true)]
    pub notes_server: bool,
}

/// Print a script that completes zoomtok's commands and flags
#[derive(Debug, Args)]
#[command(after_help = SCRIPTS)]
pub struct Completions {
    /// The shell it is for
    pub shell: Shell,
}

/// Print the manual page
#[derive(Debug, Args)]
pub struct Man {}
