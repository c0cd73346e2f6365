//! Zoom's REST API: a call as data, what its answer means (pure), and the client that makes the call once.
//!
//! Nothing here retries: that is up to the holder of the token, see `tokens/tries.rs`.

pub(crate) mod answer;
mod client;
mod counted;
mod failure;
pub(crate) mod file;
mod quoted;
mod request;

pub use client::Api;
pub use failure::{ApiFailure, Limit};
pub use request::{Method, Request};
