//! The MCP server.

pub(crate) mod any_bytes;
pub(crate) mod counted;
pub(crate) mod errors;
#[cfg(unix)]
pub(crate) mod foreign;
pub(crate) mod gate;
pub(crate) mod install;
pub(crate) mod lines;
pub(crate) mod policy;
pub(crate) mod protocol;
pub(crate) mod refresh;
pub(crate) mod reinstall;
pub(crate) mod rmcp;
pub(crate) mod secrets;
pub(crate) mod starts;
pub(crate) mod token;
pub(crate) mod transcript;
