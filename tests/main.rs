//! Drives the real program, against a Zoom on loopback.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test that cannot go on has failed; it makes files and waits as it likes"
)]

mod claude;
mod commands;
#[cfg(target_os = "linux")]
mod deploy;
mod env_file;
mod files;
#[cfg(all(target_os = "linux", feature = "fleet"))]
mod fleet;
mod gateway;
#[cfg(target_os = "linux")]
mod kubernetes;
mod login;
mod mcp;
mod pages;
mod profiles;
mod recordings;
#[cfg(target_os = "linux")]
mod release;
mod secrets;
#[cfg(target_os = "linux")]
mod service;
#[cfg(target_os = "linux")]
mod setup;
mod support;
mod terminal;
mod token;
