//! `zoomtok mcp`: the server itself.

use std::io::{IsTerminal as _, stderr, stdin};
use std::path::Path;

use crate::cli::args;
use crate::cli::commands::Context;
use crate::cli::commands::hooked::Hooked;
use crate::cli::failure::Result;
use crate::cli::lines;
use crate::error::{Code, Error};
use crate::event::Event;
use crate::mcp::zoom::{self, Options};
use crate::store::Store as _;
use crate::words;

/// Serves, whatever is wrong: `fault` is what is wrong with the command itself.
pub(super) fn run(context: &Context, flags: &args::Mcp, fault: Option<Error>) -> Result<Code> {
    let output = context.output;
    if stdin().is_terminal() {
        output.talk(
            "🔌 This is for an MCP client to start, and waits for one; to have Claude Desktop do so, run: zoomtok mcp \
             --install (Ctrl-C ends it)",
        );
    }
    let shown = Shown::by(flags, stderr().is_terminal());
    let hooked = Hooked::of_server(context, flags.on_event.as_ref(), std::iter::empty())?;
    let report = move |event: &Event| {
        hooked.tell(event);
        if shown.includes(event) {
            for line in lines(event, words::time_of_day) {
                output.talk(&line);
            }
        }
    };
    let options = Options {
        environment: context.environment.clone(),
        env_file: context.store.path().to_owned(),
        state_root: context.store.state_root().map(Path::to_owned),
        clock: context.clock,
        stop: context.stop.clone(),
        policy: flags.policy.clone(),
        fault,
        report: Box::new(report),
        warn: Box::new(move |warning| output.warn(warning)),
        talk: Box::new(move |text| output.talk(text)),
    };
    Ok(zoom::serve(options)?)
}

/// Which events of the refreshing are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shown {
    All,
    /// Warnings and errors: clients show every line of a server as an error.
    Troubles,
    Nothing,
}

impl Shown {
    fn by(flags: &args::Mcp, on_terminal: bool) -> Self {
        match (flags.no_watch, flags.watch || on_terminal) {
            (true, _) => Self::Nothing,
            (false, true) => Self::All,
            (false, false) => Self::Troubles,
        }
    }

    fn includes(self, event: &Event) -> bool {
        match (self, event) {
            // The end is no news to whoever asked for it.
            (Self::Nothing, _) | (_, Event::Ended { .. }) => false,
            (Self::All, _) => true,
            (Self::Troubles, event) => matches!(
                event,
                Event::RefreshFailed { .. } | Event::Disabled { .. } | Event::Rearmed | Event::Warning { .. }
            ),
        }
    }
}
