//! Programs that zoomtok starts and ends again, with everything that they have started themselves.

#[cfg(unix)]
mod hold;
mod program;
mod secret;

#[cfg(unix)]
pub use hold::hold;
pub(crate) use program::{Exit, Process, Program};
pub(crate) use secret::printed_secret;
