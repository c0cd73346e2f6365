//! The Zoom server: what it is asked, and what it asks Zoom.

pub(crate) mod default;
pub(super) mod failure;
pub(super) mod ground;
pub(crate) mod scopes;
pub(super) mod server;
mod session;
pub(super) mod tools;
