//! `zoomtok gateway`, and the process that holds its server.

use std::ffi::OsString;
use std::io::{IsTerminal as _, stderr, stdin};
use std::path::Path;
use std::sync::Arc;

use serde_json::Value;

use super::hooked::Hooked;
use super::{Context, Run};
use crate::cli::args::{Gateway, Hold};
use crate::cli::failure::Result;
use crate::cli::lines;
use crate::error::{Code, Error};
use crate::event::Event;
use crate::mcp::gateway::{self, OnNewToken, Options};
#[cfg(unix)]
use crate::programs;
use crate::settings::configuration_directory;
use crate::store::Store as _;
use crate::words;

impl Run for Gateway {
    fn run(&self, context: &Context) -> Result<Code> {
        run(context, self, None)
    }

    /// A server starts whatever is wrong, and reports it to its client.
    fn run_despite(&self, context: &Context, fault: Error) -> Result<Code> {
        run(context, self, Some(fault))
    }
}

fn run(context: &Context, flags: &Gateway, fault: Option<Error>) -> Result<Code> {
    let output = context.output;
    if flags.listen.is_none() && stdin().is_terminal() {
        output.talk("🔌 This is for an MCP client to start, and waits for one (Ctrl-C ends it)");
    }
    let shows_all = stderr().is_terminal();
    let hidden = flags.headers.iter().filter_map(|header| Some(header.split_once('=')?.1.to_owned()));
    let hooked =
        Hooked::of_server(context, flags.on_event.as_ref(), hidden.chain([flags.token_env.clone()]))?;
    let report = move |event: &Event| {
        let is_trouble = matches!(
            event,
            Event::RefreshFailed { .. } | Event::Disabled { .. } | Event::Rearmed | Event::Warning { .. }
        );
        hooked.tell(event);
        // Clients show every line of a server as an error; and that it ends is no news to whoever ended it.
        if is_trouble || (shows_all && !matches!(event, Event::Ended { .. }) && event.gateway().is_none()) {
            for line in lines(event, words::time_of_day) {
                output.talk(&line);
            }
        }
    };
    let options = Options {
        command: flags.command.clone(),
        url: flags.url.clone(),
        headers: flags.headers.clone(),
        send_token_to: flags.send_token_to.clone(),
        listen: flags.listen.clone(),
        behind_proxy: flags.behind_proxy,
        configuration: configuration_directory(),
        pins: !flags.no_pin,
        audit: flags.audit.clone(),
        audit_arguments: flags.audit_arguments,
        name: flags.name.clone(),
        token_env: (!flags.no_token).then(|| flags.token_env.clone()),
        on_new_token: flags.on_new_token,
        policy: flags.policy.clone(),
        fault,
        report: Arc::new(report),
        ..options(context)
    };
    Ok(gateway::serve(options)?)
}

/// The options of every gateway, at their defaults.
fn options(context: &Context) -> Options {
    let output = context.output;
    Options {
        environment: context.environment.clone(),
        env_file: context.store.path().to_owned(),
        state_root: context.store.state_root().map(Path::to_owned),
        clock: context.clock,
        stop: context.stop.clone(),
        command: Vec::new(),
        url: None,
        headers: Vec::new(),
        send_token_to: None,
        listen: None,
        behind_proxy: false,
        configuration: None,
        name: None,
        token_env: None,
        on_new_token: OnNewToken::default(),
        policy: None,
        pins: false,
        audit: None,
        audit_arguments: false,
        fault: None,
        report: Arc::new(|_| {}),
        warn: Arc::new(move |warning| output.warn(warning)),
        talk: Arc::new(move |text| output.talk(text)),
        errors: Arc::new(move |line| output.talk(line)),
    }
}

/// The tools of a server behind a gateway, as it lists them now. It gets the token, as it does there.
pub(super) fn tools_of(context: &Context, url: Option<String>, command: Vec<OsString>) -> Result<Vec<Value>> {
    let quiet = || Arc::new(|_: &str| {});
    let token_env = Some("ZOOM_ACCESS_TOKEN".to_owned());
    Ok(gateway::tools(Options {
        url,
        command,
        token_env,
        talk: quiet(),
        errors: quiet(),
        ..options(context)
    })?)
}

impl Run for Hold {
    fn run(&self, _: &Context) -> Result<Code> {
        hold(self)
    }

    /// It needs no `.env`, nor to be anywhere.
    fn run_despite(&self, _: &Context, _: Error) -> Result<Code> {
        hold(self)
    }
}

#[cfg(unix)]
fn hold(flags: &Hold) -> Result<Code> {
    Ok(programs::hold(flags.gateway, !flags.no_terminal, &flags.command)?)
}

/// A job holds a server on Windows.
#[cfg(not(unix))]
fn hold(_: &Hold) -> Result<Code> {
    Ok(Code::Usage)
}
