//! Tokens that could not be put in their place.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::store::new_tokens::NewTokens;

/// New values of a `.env` that could not be written there.
#[derive(Clone, Serialize, Deserialize)]
pub struct Recovery {
    /// When they were obtained.
    pub saved_at: DateTime<Utc>,
    /// A digest of the refresh token that theirs takes the place of, where there was one: it replaces no other.
    pub replaces: Option<String>,
    /// Variable and value.
    pub values: BTreeMap<String, Zeroizing<String>>,
}

impl Recovery {
    /// These tokens, which take the place of the refresh token with this digest.
    pub fn new(saved_at: DateTime<Utc>, replaces: Option<String>, tokens: &NewTokens) -> Self {
        let own = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned().into());
        Self { saved_at, replaces, values: tokens.pairs().map(own).collect() }
    }
}
