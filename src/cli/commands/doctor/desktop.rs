//! Claude Desktop: its configuration, the server in it, the app; and the policies of that server.

use std::path::{Path, PathBuf};

use super::finding::Finding;
use crate::cli::commands::claude;
use crate::cli::commands::entry::surroundings::Surroundings;
use crate::clients::{App, ClientFile, Configured, Contents, Error as ClientError, Served, program};
use crate::error::Diagnostic as _;
use crate::files::resolve;
use crate::mcp::zoom::catalog::catalog;
use crate::policy::file as policy_file;
use crate::policy::{Against, Policy, PolicyError};
use crate::settings::Settings;
use crate::store::{default_state_root, state_root_where};
use crate::token::Token;

/// The state of Claude Desktop.
pub(super) struct Seen {
    /// Where the configuration is, or why that cannot be told.
    pub(super) config: Result<PathBuf, ClientError>,
    /// Whether it was named, and not only looked for.
    pub(super) named: bool,
    /// Its contents, if it is there.
    pub(super) contents: Option<Result<Contents, ClientError>>,
    /// The server in it.
    pub(super) server: Option<Server>,
    /// Whether the app runs.
    pub(super) running: Option<Result<bool, ClientError>>,
    /// The policies that are named.
    pub(super) policies: Vec<Named>,
}

/// A policy that is named, and what there is.
pub(super) struct Named {
    pub(super) path: PathBuf,
    /// How many of the tools it allows, of how many.
    pub(super) allows: Result<(usize, usize), PolicyError>,
}

/// The state of the server.
pub(super) struct Server {
    pub(super) configured: Configured,
    /// The file of its program.
    pub(super) program: Option<PathBuf>,
    /// Whether that can be run.
    pub(super) runs: bool,
    /// Whether it holds the token of `.env`; none where there is no valid one.
    pub(super) holds: Option<bool>,
    /// The differences from this process, where it is zoomtok's own.
    pub(super) differs: Differs,
}

/// The differences of a server of zoomtok's own from this process.
#[derive(Default)]
pub(super) struct Differs {
    /// The `.env` that it reads.
    pub(super) env_file: Option<PathBuf>,
    /// The directory of its state, and that of this process.
    pub(super) state: Option<(PathBuf, PathBuf)>,
    /// The variables that this process has and it does not.
    pub(super) variables: Vec<String>,
}

/// Looks at Claude Desktop. `env_file` is the real path of the `.env`, `token` what is valid of it.
pub(super) fn look(settings: &Settings, env_file: &Path, token: Option<&Token>) -> Seen {
    let config = claude::configuration(settings);
    let named = settings.claude_config_file().is_ok_and(|named| named.is_some());
    let contents = config.as_ref().ok().map(ClientFile::contents);
    let app = App::from_settings(settings, None);
    let is_there = matches!(contents, Some(Ok(_)));
    let running = match app {
        Ok(app) => is_there.then(|| app.is_running()),
        Err(error) => Some(Err(error)),
    };
    let server = match (&config, &contents) {
        (Ok(config), Some(Ok(Contents { server: Ok(configured), .. }))) => {
            Some(look_at_server(configured.clone(), config, env_file, token))
        }
        _ => None,
    };
    let by_server = server.as_ref().and_then(|server| {
        // A gateway's policy is for the tools behind it.
        let own = server.configured.own.as_ref().filter(|own| own.behind.is_none())?;
        own.policy.clone().or_else(|| server.configured.variable("ZOOM_POLICY_FILE").map(PathBuf::from))
    });
    let by_setting = settings.policy_file().ok().flatten();
    let mut policies: Vec<PathBuf> = by_setting.into_iter().chain(by_server).collect();
    policies.dedup();
    Seen {
        config: config.map(|config| config.path),
        named,
        contents,
        server,
        running,
        policies: policies.into_iter().map(look_at_policy).collect(),
    }
}

fn look_at_server(
    configured: Configured,
    config: &ClientFile,
    env_file: &Path,
    token: Option<&Token>,
) -> Server {
    let search = std::env::var_os("PATH").unwrap_or_default();
    let program = program(&configured.command, std::env::split_paths(&search));
    Server {
        runs: program.as_deref().is_some_and(is_executable),
        holds: token.and_then(|token| config.holds(token).ok()),
        differs: configured.own.as_ref().map(|own| differs(own, &configured, env_file)).unwrap_or_default(),
        configured,
        program,
    }
}

fn differs(own: &Served, configured: &Configured, env_file: &Path) -> Differs {
    let theirs = state_root_where(configured.variable(STATE).map(PathBuf::from));
    let here = Surroundings::of_process(false).variables;
    Differs {
        env_file: own.env_file.clone().filter(|path| resolve(path).is_ok_and(|real| real != env_file)),
        state: theirs.zip(default_state_root()).filter(|(theirs, ours)| theirs != ours),
        variables: here
            .into_iter()
            .filter(|(name, value)| name != STATE && configured.variable(name) != Some(value.as_str()))
            .map(|(name, _)| name)
            .collect(),
    }
}

/// The variable that says where state is kept.
const STATE: &str = "XDG_STATE_HOME";

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
    Named { allows: policy_file::read(&path, Against::Own(&tools)).map(count), path }
}

/// The findings about Claude Desktop.
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
                .or_hint("Check ZOOM_POLICY_FILE, and --policy in Claude's configuration"),
        }
    }));
    findings
}

fn of_config(seen: &Seen) -> Vec<Finding> {
    let (path, contents) = match (&seen.config, &seen.contents) {
        (Ok(path), Some(contents)) => (path.display(), contents),
        (Err(error), _) if seen.named => return vec![Finding::error("claude_config", error)],
        _ => return Vec::new(),
    };
    let contents = match contents {
        Ok(contents) => contents,
        // A user without Claude Desktop has nothing to fix.
        Err(ClientError::Missing { .. }) if !seen.named => {
            return vec![Finding::good(
                "claude_config",
                format!("Claude Desktop is not set up here: there is no {path}"),
            )];
        }
        Err(error) => return vec![Finding::error("claude_config", error).or_hint("Fix it by hand")],
    };
    let mut findings = Vec::new();
    findings.extend(contents.beyond_json.as_ref().map(|beyond| {
        Finding::doubtful(
            "claude_config",
            format!("{path} {beyond}; Claude reads nothing but strict JSON"),
            "Take that out before Claude is started again: it can drop every server in a file that it cannot read",
        )
    }));
    let ours = match &contents.server {
        Ok(configured) => Some(&configured.place),
        Err(ClientError::NoServer { place, .. }) => Some(place),
        Err(_) => None,
    };
    findings.extend(contents.halves.iter().filter(|place| Some(*place) != ours).map(|place| {
        Finding::doubtful(
            "claude_config",
            format!("{place} in {path} has no command, so no client can start it"),
            "Remove it, or give it a command: Claude can drop all servers for one without",
        )
    }));
    match (&contents.server, &seen.server) {
        (Err(error), _) => {
            let hint = advice(contents, &error.hint().unwrap_or_default());
            findings.push(Finding::doubtful("claude_config", error.to_string(), hint));
        }
        (Ok(configured), server) => {
            findings.push(Finding::good("claude_config", format!("{path} has {}", configured.place)));
            findings.extend(server.iter().flat_map(|server| of_server(server, contents)));
        }
    }
    findings
}

/// The remedy, where it takes a change of the file: not before that can be done.
fn advice(contents: &Contents, what: &str) -> String {
    match &contents.writable {
        Ok(()) => what.to_owned(),
        Err(error) => {
            let first = error.hint().unwrap_or_else(|| "Correct that".into());
            format!("{first}, since for now: {}. Then: {what}", error.with_causes())
        }
    }
}

fn of_server(server: &Server, contents: &Contents) -> Vec<Finding> {
    let Configured { place, shown, own, .. } = &server.configured;
    let mut findings = vec![of_program(server, contents)];
    let doubtful =
        |message: String, hint: &str| Finding::doubtful("claude_server", message, advice(contents, hint));
    if own.is_some() {
        findings.push(match &server.differs.env_file {
            None => {
                Finding::good("claude_server", format!("{place} reads .env by itself and needs no token"))
            }
            Some(path) => doubtful(
                format!("{place} reads another .env than this: {}", path.display()),
                "zoomtok mcp --install --env-file PATH points it to this one",
            ),
        });
        findings.extend(server.differs.state.as_ref().map(|(theirs, ours)| {
            let [theirs, ours] = [theirs, ours].map(|path| path.display());
            doubtful(
                format!("{place} keeps its state in {theirs}, and zoomtok here in {ours}: neither knows of the other's"),
                "Set XDG_STATE_HOME alike; zoomtok mcp --install writes that of this shell into its env",
            )
        }));
        let variables = &server.differs.variables;
        if !variables.is_empty() {
            findings.push(doubtful(
                format!("{place} does not have {} as this shell has it", variables.join(", ")),
                "zoomtok mcp --install writes that into its env",
            ));
        }
        return findings;
    }
    findings.extend(server.holds.map(|holds| {
        if holds {
            Finding::good("claude_server", format!("{place} has the token of .env"))
        } else {
            doubtful(
                format!("{place}, which is {shown}, has another token than .env, or none"),
                "Run zoomtok update-claude --restart; or zoomtok mcp --install, which reads .env by itself",
            )
        }
    }));
    findings
}

fn of_program(server: &Server, contents: &Contents) -> Finding {
    let Configured { place, shown, .. } = &server.configured;
    let hint =
        "Correct its command there, by an absolute path; zoomtok mcp --install does that for zoomtok's own";
    let doubtful = |message: String| Finding::doubtful("claude_server", message, advice(contents, hint));
    match (&server.program, server.runs) {
        (None, _) => doubtful(format!("the program of {place} is not found: {shown}")),
        (Some(_), false) => doubtful(format!("the program of {place} cannot be executed: {shown}")),
        (Some(_), true) => {
            Finding::good("claude_server", format!("the program of {place} is there: {shown}"))
        }
    }
}

#[cfg(test)]
mod tests;
