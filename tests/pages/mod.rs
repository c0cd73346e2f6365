//! The pages, and whatever else is compared with the sources: generated files, the dependencies.

pub(crate) mod docs;
#[cfg(unix)]
mod events;
pub(crate) mod generated;
mod house;
#[cfg(unix)]
mod line_checks;
#[cfg(unix)]
mod prompts;
mod prose;
#[cfg(unix)]
mod reader;
pub(crate) mod readme;
#[cfg(unix)]
pub(crate) mod readme_lines;
#[cfg(unix)]
pub(crate) mod supply;
