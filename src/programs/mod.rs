//! Programs that zoomtok starts and ends again, with everything that they have started themselves.

#[cfg(unix)]
mod hold;
mod program;

#[cfg(unix)]
pub use hold::hold;
pub(crate) use program::{Process, Program};
