//! Tokens on their way into a store.

use chrono::{DateTime, Utc};
use zeroize::Zeroizing;

use super::names::{ACCESS_TOKEN, REFRESH_TOKEN, TOKEN_EXPIRES_AT};
use crate::clock::rfc3339;
use crate::token::Token;

/// Tokens to be put into a store. A field that is none leaves the stored value unchanged.
#[derive(Clone, Default)]
pub struct NewTokens {
    /// An access token.
    pub access_token: Option<Zeroizing<String>>,
    /// When it expires.
    pub expires_at: Option<Zeroizing<String>>,
    /// A refresh token.
    pub refresh_token: Option<Zeroizing<String>>,
}

impl NewTokens {
    /// The tokens that Zoom has issued: an access token with its end, a refresh token, or both.
    pub fn issued(token: Option<(&Token, DateTime<Utc>)>, refresh_token: Option<&Token>) -> Self {
        let own = |token: &Token| Zeroizing::new(token.expose().to_owned());
        Self {
            access_token: token.map(|(token, _)| own(token)),
            expires_at: token.map(|(_, expires_at)| rfc3339(expires_at).into()),
            refresh_token: refresh_token.map(own),
        }
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.pairs().next().is_none()
    }

    /// Each with its variable.
    pub fn pairs(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let values = [
            (ACCESS_TOKEN, &self.access_token),
            (TOKEN_EXPIRES_AT, &self.expires_at),
            (REFRESH_TOKEN, &self.refresh_token),
        ];
        values.into_iter().filter_map(|(name, value)| Some((name, value.as_ref()?.as_str())))
    }
}
