//! Claude Desktop: its configuration, and its restarts.

pub(crate) mod app;
pub(crate) mod config;
#[cfg(unix)]
pub(crate) mod platforms;
pub(crate) mod update;
