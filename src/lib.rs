//! Keeps a Zoom access token valid where it is needed.
//!
//! The library has one user, the `zoomtok` program, and promises no stable interface of its own. What is stable is
//! what the program shows: commands, settings, exit codes, files.

pub mod cli;
pub mod clock;
pub mod error;
pub mod keeper;
pub mod sandbox;
pub mod settings;
pub mod store;
pub mod token;
pub mod zoom;
