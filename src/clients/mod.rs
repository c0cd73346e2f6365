//! Programs that start MCP servers: their configurations (a pure edit), and the one that has to be restarted.

mod config;
mod desktop;
pub(crate) mod edit;
mod hand_over;

pub(crate) use config::program;
pub use config::{Config, Configured, Contents, Entry, Existing, Installed, Reader, Served, Update};
pub use desktop::{Again, App, Force, Platform, Quit, Restarted, Start, Step};
pub use hand_over::restart;
