//! What a person types and reads.

pub mod args;
mod commands;
mod core_dump;
mod failure;
mod lines;
pub mod output;
mod served;
mod signs;
mod spinner;

use std::ffi::OsString;

use clap::Parser as _;

use args::{Cli, Command};
use commands::Context;
use output::Output;

pub(crate) use lines::lines;

use crate::controls::{is_control, visible};
use crate::error::Code;

/// Runs the program with these arguments, the first of which is its own name, and gives its exit status.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> Code {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    let cli = match Cli::try_parse_from(&arguments) {
        Ok(cli) => cli,
        Err(error) => {
            // Help and the version are errors to clap, of status 0. Where they cannot be printed nobody reads them.
            let code = error.exit_code();
            let _ = legible(error, &arguments).print();
            return if code == 0 { Code::Done } else { Code::Usage };
        }
    };
    // Before the first secret is read.
    core_dump::prevent();
    let global = cli.global();
    let output = Output::new(&global);
    let (mut context, mut fault) = Context::new(&global, output);
    if fault.is_none() && cli.command.reads_once() {
        fault = context.read_stream().err();
    }
    let done = match fault {
        Some(error) if !cli.command.serves() => Err(error.into()),
        fault => match &cli.command {
            Command::Get(get) => commands::get::run(&context, get),
            Command::Check(check) => commands::check::run(&context, check),
            Command::Watch(watch) => commands::watch::run(&context, watch),
            Command::UpdateClaude(update) => commands::update_claude::run(&context, update),
            Command::Mcp(mcp) => commands::mcp::run(&context, mcp, fault),
            Command::Doctor(doctor) => commands::doctor::run(&context, doctor),
            Command::Exec(exec) => commands::exec::run(&context, exec),
            Command::RestartClaude(restart) => commands::restart_claude::run(&context, restart),
            Command::Policy(policy) => commands::policy::run(&context, policy),
            Command::Demo(_) => commands::demo::run(&context),
            Command::Sandbox(sandbox) => commands::sandbox::run(&context, sandbox),
            Command::Completions(completions) => {
                commands::generated::completions(&context, completions.shell)
            }
            Command::Man(_) => commands::generated::man(&context),
        },
    };
    done.unwrap_or_else(|failure| {
        let code = failure.error().code();
        // Nobody reads what it printed, so nobody is told either.
        if code != Code::Done {
            output.fail(failure.error());
        }
        code
    })
}

/// An error of clap's, which repeats arguments as they came, with those arguments made [`visible`].
fn legible(error: clap::Error, arguments: &[OsString]) -> clap::Error {
    let shown = |argument: &OsString| visible(&argument.to_string_lossy()).into_owned().into();
    let is_legible = |argument: &OsString| !argument.to_string_lossy().contains(is_control);
    if error.exit_code() == 0 || arguments.iter().all(is_legible) {
        return error;
    }
    let legible = |argument| if is_legible(argument) { argument.clone() } else { shown(argument) };
    let again = Cli::try_parse_from(arguments.iter().map(legible));
    // What is wrong with them is wrong in this form too.
    again.err().unwrap_or_else(|| clap::Error::raw(error.kind(), visible(&error.to_string())))
}
