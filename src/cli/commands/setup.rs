//! `zoomtok setup`: the commands of a first day as one story. All questions come first; then each command does its part.

mod questions;
mod steps;
mod undo;

use self::questions::{Questions, Wishes};
use self::steps::Steps;
use super::login::{ask, log_in};
use super::{Context, Run};
use crate::cli::args::{
    Client, ClientCommand, ClientInstall, Doctor, Form, Get, Login, ServerOptions, Service, ServiceCommand,
    ServiceKind, Setup, Which, WhichService,
};
use crate::cli::failure::Result;
use crate::error::Code;
use crate::login::{Kind, Terminal};
use crate::zoom::Grant;

impl Run for Setup {
    fn run(&self, context: &Context) -> Result<Code> {
        if self.undo { undo::run(context, self.yes) } else { set_up(context, self) }
    }
}

fn set_up(context: &Context, setup: &Setup) -> Result<Code> {
    let look = context.keeper().look()?;
    context.stop.listen()?;
    let mut terminal = if setup.yes { None } else { Terminal::open()? };
    let login = login(setup);
    let way = &setup.way;
    let is_wanted = setup.replace || way.server_to_server || way.browser || way.device;
    let asked = if is_wanted || context.keeper().login_needed(&look)?.is_some() {
        Some(ask(context, &login, &look, terminal.as_mut())?)
    } else {
        context
            .output
            .text(&format!("✅ {} has all that a login needs", look.env_file().path().display()))?;
        None
    };
    let is_user = match &asked {
        Some(asked) => asked.kind != Kind::ServerToServer,
        None => matches!(look.settings.credentials()?.grant, Grant::RefreshToken(_)),
    };
    let wishes = Questions::new(context, terminal.as_mut()).ask(setup, is_user)?;

    let mut steps = Steps::new(context);
    // Without a token nothing else works.
    match asked {
        Some(asked) => log_in(context, &login, &look, terminal.as_mut(), asked)?,
        None => get().run(context)?,
    };
    drop(terminal);
    if !wishes.clients.is_empty() {
        steps.run(&install(&wishes, setup))?;
    }
    if wishes.service {
        steps.run(&service())?;
    }
    context.output.text("🔍 What doctor finds:")?;
    steps.run(&Doctor { all: false, fetch: false, json: false })?;
    Ok(steps.code())
}

fn login(setup: &Setup) -> Login {
    Login {
        way: setup.way.clone(),
        paste: false,
        redirect_uri: None,
        no_browser: setup.no_browser,
        port: None,
        client_id: setup.client_id.clone(),
        replace: setup.replace,
        check: false,
        json: false,
    }
}

fn get() -> Get {
    Get {
        leave_store: false,
        force: false,
        live: false,
        threshold: None,
        form: Form { print: false, export: false, json: false },
    }
}

fn install(wishes: &Wishes, setup: &Setup) -> Client {
    let server =
        ServerOptions { url: wishes.url.clone(), policy: setup.policy.clone(), no_watch: false, name: None };
    let which = Which { clients: wishes.clients.clone(), all: false };
    let install = ClientInstall { which, server, dry_run: false };
    Client { command: ClientCommand::Install(install) }
}

fn service() -> Service {
    let which = WhichService { service: ServiceKind::Watch, name: None };
    let command = ServiceCommand::Install { which, dry_run: false, options: Vec::new() };
    Service { command }
}
