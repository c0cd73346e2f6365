//! Claude Desktop: its configuration.

mod config;
mod edit;

pub use config::{Config, Update};
