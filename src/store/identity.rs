//! The identity of a home of tokens.

use std::path::{Path, PathBuf};

/// The identity of a home of tokens: its memory, waiting tokens and counts belong to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity(PathBuf);

impl Identity {
    /// The identity of a `.env`, by its path without symbolic links.
    pub fn of_file(real: &Path) -> Self {
        Self(real.to_owned())
    }

    pub(super) fn path(&self) -> &Path {
        &self.0
    }

    /// The name of its state directory.
    pub(super) fn key(&self) -> String {
        key_of(&self.0)
    }
}

/// The name of a state directory by the path alone.
pub(super) fn key_of(real: &Path) -> String {
    digest(real.as_os_str().as_encoded_bytes())
}

/// A short name for a text that cannot be turned back into it.
pub fn digest(text: &[u8]) -> String {
    let digest = ring::digest::digest(&ring::digest::SHA256, text);
    let head = digest.as_ref().iter().take(8).fold(0_u64, |head, byte| head << 8 | u64::from(*byte));
    format!("{head:016x}")
}
