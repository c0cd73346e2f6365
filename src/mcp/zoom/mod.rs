//! The Zoom server: what it is asked, and what it asks Zoom.

pub(crate) mod catalog;
pub(crate) mod default;
mod failure;
mod ground;
#[cfg(any(test, fuzzing))]
pub(crate) mod oracle;
pub(crate) mod scopes;
mod serve;
mod server;
mod session;
mod tools;

pub use serve::{Options, serve};
pub(crate) use server::listing;
