//! Claude Desktop: its configuration, the server in it, the app; and the policies of that server.

use std::path::{Path, PathBuf};

use super::finding::Finding;
use crate::claude::{App, Config, Configured, program};
use crate::error::Error;
use crate::mcp::policy::Policy;
use crate::mcp::{catalog, policy_file};
use crate::settings::Settings;
use crate::store::resolve;
use crate::token::Token;

/// What was seen of Claude Desktop.
pub(super) struct Seen {
    /// Where the configuration is, or why that cannot be told.
    pub(super) config: Result<PathBuf, Error>,
    /// Whether it was named, and not only looked for.
    pub(super) named: bool,
    /// The server in it, if it is there.
    pub(super) server: Option<Result<Option<Server>, Error>>,
    /// Whether the app runs.
    pub(super) running: Option<Result<bool, Error>>,
    /// The policies that are named.
    pub(super) policies: Vec<Named>,
}

/// A policy that is named, and what there is.
pub(super) struct Named {
    pub(super) path: PathBuf,
    /// How many of the tools it allows, of how many.
    pub(super) allows: Result<(usize, usize), Error>,
}

/// What was seen of the server.
pub(super) struct Server {
    pub(super) configured: Configured,
    /// The file of its program.
    pub(super) program: Option<PathBuf>,
    /// Whether that can be run.
    pub(super) runs: bool,
    /// Whether it holds the token of `.env`; none where there is no valid one.
    pub(super) holds: Option<bool>,
    /// The `.env` that it reads, where that is another one than this.
    pub(super) other_env: Option<PathBuf>,
}

/// Looks at Claude Desktop. `env_file` is the real path of the `.env`, `token` what is valid of it.
pub(super) fn look(settings: &Settings<'_>, env_file: &Path, token: Option<&Token>) -> Seen {
    let config = Config::of(settings, None, None, None);
    let named = settings.claude_config_file().is_ok_and(|named| named.is_some());
    let server = config
        .as_ref()
        .ok()
        .map(|config| Ok(config.server()?.map(|server| look_at_server(server, config, env_file, token))));
    let app = App::of(settings, None);
    let is_there = matches!(server, Some(Ok(_)));
    let running = match app {
        Ok(app) => is_there.then(|| app.is_running()),
        Err(error) => Some(Err(error)),
    };
    let by_server = match &server {
        Some(Ok(Some(server))) if server.configured.reads_env => server.configured.path_of("--policy"),
        _ => None,
    };
    let by_setting = settings.policy_file().ok().flatten();
    let mut policies: Vec<PathBuf> = by_setting.into_iter().chain(by_server).collect();
    policies.dedup();
    Seen {
        config: config.map(|config| config.path),
        named,
        server,
        running,
        policies: policies.into_iter().map(look_at_policy).collect(),
    }
}

fn look_at_server(configured: Configured, config: &Config, env_file: &Path, token: Option<&Token>) -> Server {
    let search = std::env::var_os("PATH").unwrap_or_default();
    let directories = std::env::split_paths(&search).collect::<Vec<_>>();
    let program = configured.command.as_deref().and_then(|command| program(command, directories.into_iter()));
    let other_env = configured
        .path_of("--env-file")
        .filter(|path| configured.reads_env && resolve(path).is_ok_and(|real| real != env_file));
    Server {
        runs: program.as_deref().is_some_and(is_executable),
        holds: token.and_then(|token| config.holds(token).ok()),
        configured,
        program,
        other_env,
    }
}

#[cfg(unix)]
fn is_executable(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    path.metadata().is_ok_and(|metadata| metadata.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_executable(_: &Path) -> bool {
    // Its name says so.
    true
}

fn look_at_policy(path: PathBuf) -> Named {
    let tools = catalog();
    let count = |policy: Policy| (tools.keys().filter(|tool| policy.allows(tool)).count(), tools.len());
    Named { allows: policy_file::read(&path, &tools).map(count), path }
}

/// What is to be said about Claude Desktop.
pub(super) fn judge(seen: &Seen) -> Vec<Finding> {
    let mut findings = of_config(seen);
    findings.extend(seen.running.as_ref().map(|running| match running {
        Ok(true) => Finding::good("claude_app", "Claude Desktop runs"),
        Ok(false) => Finding::good("claude_app", "Claude Desktop does not run"),
        Err(error) => Finding::error("claude_app", error).or_hint("Set it right, or remove it"),
    }));
    findings.extend(seen.policies.iter().map(|Named { path, allows }| {
        match allows {
            Ok((allowed, all)) => {
                let path = path.display();
                Finding::good(
                    "policy",
                    format!("{path} is a valid policy: {allowed} of {all} tools may be called"),
                )
            }
            Err(error) => Finding::error("policy", error)
                .or_hint("See to ZOOM_POLICY_FILE, and to --policy in Claude's configuration"),
        }
    }));
    findings
}

fn of_config(seen: &Seen) -> Vec<Finding> {
    let (path, server) = match (&seen.config, &seen.server) {
        (Ok(path), Some(server)) => (path.display(), server),
        (Err(error), _) if seen.named => return vec![Finding::error("claude_config", error)],
        _ => return Vec::new(),
    };
    match server {
        // Who does not use Claude Desktop has nothing to mend.
        Err(Error::ClaudeConfigMissing { .. }) if !seen.named => {
            vec![Finding::good(
                "claude_config",
                format!("Claude Desktop is not set up here: there is no {path}"),
            )]
        }
        Err(error) => vec![Finding::error("claude_config", error).or_hint("Mend it by hand")],
        Ok(None) => vec![Finding::doubtful(
            "claude_config",
            format!("{path} has no server of the name that is set"),
            "zoomtok mcp --install puts zoomtok's own there; CLAUDE_MCP_SERVER_NAME names another one",
        )],
        Ok(Some(server)) => {
            let place = &server.configured.place;
            let mut findings = vec![Finding::good("claude_config", format!("{path} has {place}"))];
            findings.extend(of_server(server));
            findings
        }
    }
}

fn of_server(server: &Server) -> Vec<Finding> {
    let Configured { place, shown, reads_env, .. } = &server.configured;
    let mut findings = vec![of_program(server)];
    if *reads_env {
        findings.push(match &server.other_env {
            None => {
                Finding::good("claude_server", format!("{place} reads .env by itself and needs no token"))
            }
            Some(path) => Finding::doubtful(
                "claude_server",
                format!("{place} reads another .env than this: {}", path.display()),
                "zoomtok mcp --install points it here",
            ),
        });
        return findings;
    }
    findings.extend(server.holds.map(|holds| {
        if holds {
            Finding::good("claude_server", format!("{place} has the token of .env"))
        } else {
            Finding::doubtful(
                "claude_server",
                format!("{place}, which is {shown}, has another token than .env, or none"),
                "Run zoomtok update-claude --restart; or zoomtok mcp --install, which reads .env by itself",
            )
        }
    }));
    findings
}

fn of_program(server: &Server) -> Finding {
    let Configured { place, shown, command, .. } = &server.configured;
    let hint =
        "Correct its command there, by an absolute path; zoomtok mcp --install does that for zoomtok's own";
    let doubtful = |message: String| Finding::doubtful("claude_server", message, hint);
    match (&server.program, server.runs) {
        _ if command.is_none() => doubtful(format!("Claude cannot start {place}, since it has no command")),
        (None, _) => doubtful(format!("the program of {place} is not found: {shown}")),
        (Some(_), false) => doubtful(format!("the program of {place} cannot be executed: {shown}")),
        (Some(_), true) => {
            Finding::good("claude_server", format!("the program of {place} is there: {shown}"))
        }
    }
}

#[cfg(test)]
mod tests;
