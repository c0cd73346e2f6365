//! Commands that a set-up runs one after the other.

use super::super::{Context, Run};
use crate::cli::failure::Result;
use crate::error::{Code, Error};

/// The commands, one after the other. A command that fails does not stop the next.
pub(super) struct Steps<'a> {
    context: &'a Context,
    first: Option<Code>,
}

impl<'a> Steps<'a> {
    pub(super) fn new(context: &'a Context) -> Self {
        Self { context, first: None }
    }

    /// The exit status: that of the first step that was not done.
    pub(super) fn code(&self) -> Code {
        self.first.unwrap_or(Code::Done)
    }

    /// Notes that a step was not done.
    pub(super) fn note(&mut self, code: Code) {
        self.first = self.first.or(Some(code).filter(|code| *code != Code::Done));
    }

    /// Runs a command.
    ///
    /// # Errors
    ///
    /// A signal: whoever interrupts one step means all of them.
    pub(super) fn run(&mut self, command: &dyn Run) -> Result<()> {
        let code = command.run(self.context).unwrap_or_else(|failure| {
            self.context.output.fail(failure.error());
            failure.error().code()
        });
        if let Code::Signal(_) = code {
            self.context.stop.check().map_err(Error::from)?;
        }
        self.note(code);
        Ok(())
    }
}
