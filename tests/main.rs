//! Drives the real program.

#[cfg(unix)]
mod env_readers;
