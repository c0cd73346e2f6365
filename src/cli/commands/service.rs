//! `zoomtok service install`, `uninstall` and `status`

use std::ffi::OsString;
use std::path::PathBuf;

use clap::Parser as _;
use serde_json::{Value, json};

use super::entry::program::{full, program, text};
use super::entry::surroundings::Surroundings;
use super::entry::told::of_credentials;
use super::{Context, Run};
use crate::cli::args::{Cli, Command, Service as Flags, ServiceCommand, ServiceKind, WhichService};
use crate::cli::failure::Result;
use crate::error::{Code, Error};
use crate::mcp::gateway::name::Name;
use crate::service::{Installed, Job, Kind, Manager, ServiceError, Services, Stand, State, System};
use crate::settings::configuration_directory;

/// The version of the JSON that `service status` prints; it changes when a field is renamed or removed.
const SERVICE_JSON_VERSION: u32 = 1;

impl Run for Flags {
    fn run(&self, context: &Context) -> Result<Code> {
        let (home, configuration) = (dirs::home_dir(), configuration_directory());
        let homes = (home.as_deref(), configuration.as_deref());
        let services = Services::new(manager()?, homes, &System, &context.clock, &context.stop)?;
        match &self.command {
            ServiceCommand::Install { which, dry_run, options, .. } => {
                let job = job(context, &services.manager, which, options)?;
                if *dry_run { preview(context, &services, &job) } else { install(context, &services, &job) }
            }
            ServiceCommand::Uninstall { all: true, .. } => {
                let names: Vec<String> = services.list()?.into_iter().map(|stand| stand.name).collect();
                uninstall(context, &services, &names)
            }
            ServiceCommand::Uninstall { which, .. } => {
                uninstall(context, &services, &[kind(context, which)?.to_string()])
            }
            ServiceCommand::Status { json, .. } => status(context, &services, *json),
        }
    }
}

/// The manager of this system's services.
pub(super) fn manager() -> Result<Manager, ServiceError> {
    #[cfg(unix)]
    if rustix::process::geteuid().is_root() && std::env::var_os("SUDO_UID").is_some() {
        return Err(ServiceError::Sudo);
    }
    let variable = |name: &str| std::env::var(name).unwrap_or_default();
    Ok(Manager::of(std::env::consts::OS, user(), variable))
}

#[cfg(unix)]
fn user() -> u32 {
    rustix::process::getuid().as_raw()
}

#[cfg(not(unix))]
fn user() -> u32 {
    0
}

fn kind(context: &Context, which: &WhichService) -> Result<Kind, Error> {
    let name = which.name.as_deref();
    let impossible = |problem: &str| Error::Setting {
        name: "NAME".into(),
        place: "on the command line".into(),
        problem: problem.into(),
    };
    match (which.service, name) {
        (ServiceKind::Watch, None) => Ok(Kind::Watch(context.environment.profile().map(ToString::to_string))),
        (ServiceKind::Watch, Some(_)) => Err(impossible("is for a gateway; a watch is named by --profile")),
        (ServiceKind::Gateway, name) => {
            let name = Name::parse(name.unwrap_or_default()).map_err(impossible)?;
            Ok(Kind::Gateway(name.to_string()))
        }
    }
}

/// The job of a service. Its options are tried here: a service that does not start is found out about days later.
fn job(context: &Context, manager: &Manager, which: &WhichService, options: &[OsString]) -> Result<Job> {
    let kind = kind(context, which)?;
    let unwritable = |path: PathBuf| ServiceError::Unwritable { path, manager: manager.name() };
    let options: Vec<String> = options
        .iter()
        .map(|option| option.clone().into_string().map_err(|option| unwritable(option.into())))
        .collect::<Result<_, _>>()?;
    let look = context.keeper().look()?;
    let env_file = full(context.store.path())?;
    context.warn(&of_credentials(
        &look.settings.survey(),
        |name| look.env_file().get(name).is_some(),
        &env_file,
    ));
    let whose = match (context.environment.profile(), options.iter().any(|option| option == "--all")) {
        (_, true) => Vec::new(),
        (Some(profile), _) => vec!["--profile".to_owned(), profile.to_string()],
        (None, _) => vec!["--env-file".to_owned(), text("the path of .env", &env_file)?],
    };
    let given = |flag: &str| {
        options.iter().any(|option| {
            option.strip_prefix(flag).is_some_and(|rest| rest.is_empty() || rest.starts_with('='))
        })
    };
    let mut arguments: Vec<String> = Vec::new();
    match &kind {
        Kind::Watch(_) => {
            arguments.push("watch".into());
            // A unit of systemd has no access to the desktop.
            if matches!(manager, Manager::Systemd) && !given("--no-claude") {
                arguments.push("--no-claude".into());
            }
            if !given("--interval") {
                arguments.extend(["--interval", "0"].map(str::to_owned));
            }
        }
        Kind::Gateway(name) => arguments.extend(["gateway", "--name", name].map(str::to_owned)),
    }
    // In front of the options, which for a gateway may end with a command.
    arguments.extend(whose);
    arguments.extend(options);
    check(&arguments)?;
    let mut surroundings = Surroundings::of_process(context.environment.profile().is_some());
    context.warn(&surroundings.warnings);
    if !manager.gives_environment() && !surroundings.variables.is_empty() {
        let names: Vec<String> = std::mem::take(&mut surroundings.variables).into_keys().collect();
        context.warn(&[format!(
            "a task has the variables of its user and not those of this shell: set {} with setx",
            names.join(", ")
        )]);
    }
    let program = text("the path of zoomtok", &program()?)?;
    Ok(Job { kind, program, arguments, environment: surroundings.variables })
}

/// Checks that zoomtok takes these arguments, and that they serve for a process that nobody talks to.
fn check(arguments: &[String]) -> Result<(), Error> {
    let impossible =
        |problem: String| Error::Setting { name: "OPTIONS".into(), place: "behind --".into(), problem };
    let typed = Cli::try_parse_from(std::iter::once("zoomtok").chain(arguments.iter().map(String::as_str)));
    match typed.map(|cli| cli.command) {
        Ok(Command::Gateway(gateway)) if gateway.listen.is_none() => Err(impossible(
            "lack --listen ADDRESS:PORT, without which a gateway serves the client that started it".into(),
        )),
        Ok(Command::Watch(watch)) if watch.once => Err(impossible("have --once, and a service stays".into())),
        Ok(_) => Ok(()),
        Err(error) => {
            let text = error.to_string();
            let line = text.lines().next().unwrap_or_default();
            Err(impossible(format!("are not understood: {}", line.trim_start_matches("error: "))))
        }
    }
}

fn preview(context: &Context, services: &Services<'_>, job: &Job) -> Result<Code> {
    context.output.text(&format!("📄 {}", services.path(&job.kind).display()))?;
    for line in services.manager.text(job).lines() {
        context.output.text(&format!("   {line}"))?;
    }
    for step in services.steps(&job.kind)? {
        context.output.text(&format!("👉 {}", step.line()))?;
    }
    Ok(Code::Done)
}

fn install(context: &Context, services: &Services<'_>, job: &Job) -> Result<Code> {
    let Installed { path, changed, pid } = services.install(job)?;
    let process = pid.map(|pid| format!(" (process {pid})")).unwrap_or_default();
    let written = if changed { "was written, and" } else { "was there already, and" };
    context.output.text(&format!(
        "✅ {} runs{process}: {} {written} {} starts it at each login",
        job.kind,
        path.display(),
        services.manager.name()
    ))?;
    if matches!(services.manager, Manager::Systemd) {
        context.output.text("👉 To have it run while you are logged out too: loginctl enable-linger")?;
    }
    Ok(Code::Done)
}

fn uninstall(context: &Context, services: &Services<'_>, names: &[String]) -> Result<Code> {
    for name in names {
        let done = if services.uninstall(name)? { "was stopped and removed" } else { "is not installed" };
        context.output.text(&format!("✅ {name} {done}"))?;
    }
    if names.is_empty() {
        context.output.text("✅ No service of zoomtok's is installed")?;
    }
    Ok(Code::Done)
}

fn status(context: &Context, services: &Services<'_>, as_json: bool) -> Result<Code> {
    let stands = services.list()?;
    let all_run = !stands.is_empty() && stands.iter().all(|stand| matches!(stand.state, State::Running(_)));
    if as_json {
        let services: Vec<Value> = stands.iter().map(object).collect();
        context.output.json(&json!({ "version": SERVICE_JSON_VERSION, "services": services }))?;
    } else {
        for Stand { name, path, state } in &stands {
            let sign = if matches!(state, State::Running(_)) { "✅" } else { "❌" };
            context.output.text(&format!("{sign} {name}: {} ({})", state.words(), path.display()))?;
        }
        if stands.is_empty() {
            context.output.text("❌ No service of zoomtok's is installed: zoomtok service install")?;
        }
    }
    Ok(if all_run { Code::Done } else { Code::Failed })
}

fn object(stand: &Stand) -> Value {
    let (state, pid) = match &stand.state {
        State::Running(pid) => ("running", *pid),
        State::Stopped(_) => ("stopped", None),
        State::Absent => ("absent", None),
        State::Unknown(_) => ("unknown", None),
    };
    json!({
        "name": stand.name,
        "file": stand.path.display().to_string(),
        "state": state,
        "pid": pid,
        "words": stand.state.words(),
    })
}
