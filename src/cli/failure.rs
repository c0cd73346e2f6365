//! How a command fails: with an error of any room.

use crate::error::Diagnostic;

/// The results of commands.
pub(super) type Result<T, E = CommandFailure> = std::result::Result<T, E>;

/// The error that ended a command. `?` makes one of any room's error.
#[derive(Debug)]
pub(super) struct CommandFailure(Box<dyn Diagnostic>);

impl CommandFailure {
    pub(super) fn error(&self) -> &dyn Diagnostic {
        &*self.0
    }
}

impl<E: Diagnostic + 'static> From<E> for CommandFailure {
    fn from(error: E) -> Self {
        Self(Box::new(error))
    }
}
