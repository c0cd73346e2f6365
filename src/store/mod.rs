//! The token's home: the `.env` text, its replacement, the lock, and the state directory.

mod env_text;

pub use env_text::{Entry, EnvText, Fault};
