//! The need for a token, and the token that meets it.

use std::path::PathBuf;

use chrono::{DateTime, Utc};

use crate::token::Token;

/// The need for a token.
#[derive(Debug, Clone)]
pub struct Need {
    /// It must be valid for more than this many seconds.
    pub seconds: u64,
    /// It must be another one than this.
    pub unlike: Unlike,
}

/// The token that does not meet a need.
#[derive(Debug, Clone)]
pub enum Unlike {
    /// Any that lasts will do.
    None,
    /// Not the existing one, whatever it is worth.
    Present,
    /// Not this one, which Zoom no longer takes.
    Rejected(Token),
    /// None that there is, whoever got it.
    Any,
}

/// A token that meets a need.
#[derive(Debug)]
pub struct Kept {
    /// The token.
    pub token: Token,
    /// When it expires, by this machine's clock.
    pub expires_at: DateTime<Utc>,
    /// The seconds it has left.
    pub left: i64,
    /// How it was obtained.
    pub how: How,
    /// The `.env`.
    pub env_file: PathBuf,
    /// Whether the `.env` was made for it.
    pub made: bool,
    /// Warnings for the user, as sentences.
    pub warnings: Vec<String>,
}

/// How a token was obtained.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// It existed.
    Kept,
    /// Another process fetched it while this one waited.
    Adopted,
    /// It was fetched now.
    Fetched,
    /// It was fetched in an earlier run that could not put it in its place.
    Recovered,
}
