//! Claude Desktop, the client that has to be restarted to get a new token: its app and its processes.

mod app;
mod launch;
mod platform;
mod processes;

pub use app::{App, Restarted, Step};
pub use platform::{Again, Force, Platform, Quit, Start};
