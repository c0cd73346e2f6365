//! The command line: its arguments, and its output for a person.

pub mod args;
mod bar;
mod commands;
mod core_dump;
mod failure;
mod lines;
mod live;
pub mod output;
mod parse;
mod served;
mod signs;
mod spinner;
mod template;
mod terminal;

use std::ffi::OsString;

use commands::Context;
use output::Output;

pub(crate) use lines::lines;

use crate::error::Code;

/// Runs the program with these arguments, the first of which is its own name, and gives its exit status.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> Code {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    let cli = match parse::parse(&arguments) {
        Ok(cli) => cli,
        Err(error) => {
            // Help and the version are errors to clap, of status 0. Where they cannot be printed nobody reads them.
            let code = error.exit_code();
            let _ = error.print();
            return if code == 0 { Code::Done } else { Code::Usage };
        }
    };
    // Before the first secret is read.
    core_dump::prevent();
    let global = cli.global;
    let output = Output::new(&global);
    let (mut context, mut fault) = Context::new(&global, output);
    let command = cli.command.typed();
    if command.makes_profile() {
        context = context.making_profile();
    }
    if fault.is_none() && command.reads_once() {
        fault = context.read_stream().err();
    }
    let done = match fault {
        None => command.run(&context),
        Some(fault) => command.run_despite(&context, fault),
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
