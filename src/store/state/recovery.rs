//! Tokens that could not be put in their place.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::store::names::{
    ACCESS_TOKEN, ACCOUNT_ID, CLIENT_ID, CLIENT_SECRET, REFRESH_TOKEN, TOKEN_EXPIRES_AT,
};
use crate::store::new_tokens::{NewApp, NewTokens};

/// New values of a `.env` that could not be written there.
#[derive(Clone, Serialize, Deserialize)]
pub struct Recovery {
    /// When they were obtained.
    pub saved_at: DateTime<Utc>,
    /// A digest of the refresh token that theirs takes the place of, where there was one: it replaces no other.
    pub replaces: Option<String>,
    /// Variable and value. With a client id they are those of a login.
    pub values: BTreeMap<String, Zeroizing<String>>,
}

impl Recovery {
    /// These tokens, which take the place of the refresh token with this digest.
    pub fn new(saved_at: DateTime<Utc>, replaces: Option<String>, tokens: &NewTokens) -> Self {
        let own = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned().into());
        Self { saved_at, replaces, values: tokens.pairs().map(own).collect() }
    }

    /// All of them again, if they are those of a login.
    pub fn login(&self) -> Option<NewTokens> {
        let value = |name| self.values.get(name).cloned();
        let app = NewApp {
            client_id: self.values.get(CLIENT_ID)?.to_string(),
            client_secret: value(CLIENT_SECRET),
            account_id: self.values.get(ACCOUNT_ID).map(|account| account.to_string()),
        };
        let tokens = NewTokens {
            access_token: value(ACCESS_TOKEN),
            expires_at: value(TOKEN_EXPIRES_AT),
            refresh_token: value(REFRESH_TOKEN),
            ..NewTokens::default()
        };
        Some(tokens.of_login(app))
    }
}
