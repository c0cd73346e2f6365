//! Claude Desktop: its configuration (a pure edit), and its process.

mod app;
mod config;
pub(crate) mod edit;
mod handover;
mod launch;
mod platform;
mod processes;

pub use app::{App, Restarted, Step};
pub(crate) use config::program;
pub use config::{Config, Configured, Contents, Entry, Existing, Installed, Reader, Served, Update};
pub use handover::restart;
pub use platform::{Again, Force, Platform, Quit, Start};
