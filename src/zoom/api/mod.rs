//! Zoom's REST API: a call as data, what its answer means (pure), and the client that carries it out once.
//!
//! Nothing here decides to try again: whoever holds the token does, see `mcp/zoom/session.rs`.

pub(crate) mod answer;
mod client;
mod counted;
mod failure;
mod quoted;
mod request;

pub use client::Api;
pub use failure::{Failure, Limit};
pub use request::{Method, Request};
