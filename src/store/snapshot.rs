//! The result of one read of a store.

use super::env::file::EnvFile;
use super::env::text::Entry;
use super::identity::Identity;
use super::names::{ACCESS_TOKEN, REFRESH_TOKEN, TOKEN_EXPIRES_AT};

/// The result of one read: the `.env` with the settings, and the tokens, wherever these are kept.
#[derive(Debug, Clone)]
pub struct Snapshot {
    file: EnvFile,
    tokens: StoredTokens,
    identity: Identity,
    /// Whether the store has decided which refresh token counts, or that none does.
    decides: bool,
}

/// The tokens of a store, each by its variable.
#[derive(Debug, Clone, Default)]
pub struct StoredTokens {
    /// The access token.
    pub access_token: Option<Entry>,
    /// When it expires.
    pub expires_at: Option<Entry>,
    /// The refresh token.
    pub refresh_token: Option<Entry>,
}

impl Snapshot {
    /// These tokens, which are kept there, and these settings.
    pub fn new(file: EnvFile, tokens: StoredTokens, identity: Identity) -> Self {
        Self { file, tokens, identity, decides: false }
    }

    /// The `.env` with the settings.
    pub fn file(&self) -> &EnvFile {
        &self.file
    }

    /// The tokens.
    pub fn tokens(&self) -> &StoredTokens {
        &self.tokens
    }

    /// The same with other tokens.
    #[must_use]
    pub fn with(self, tokens: StoredTokens) -> Self {
        Self { tokens, ..self }
    }

    /// The same with the tokens of a store that has decided which refresh token counts, of all that are set.
    #[must_use]
    pub fn shared(self, tokens: StoredTokens) -> Self {
        Self { tokens, decides: true, ..self }
    }

    /// Whether no other refresh token counts than the one of the store.
    pub fn decides(&self) -> bool {
        self.decides
    }

    /// Where the tokens are kept.
    pub fn identity(&self) -> &Identity {
        &self.identity
    }

    /// The last assignment of a variable that is not empty: for those of the tokens what the store holds, for the others
    /// what the `.env` says.
    pub fn get(&self, name: &str) -> Option<&Entry> {
        let kept = match name {
            ACCESS_TOKEN => &self.tokens.access_token,
            TOKEN_EXPIRES_AT => &self.tokens.expires_at,
            REFRESH_TOKEN => &self.tokens.refresh_token,
            other => return self.file.get(other),
        };
        kept.as_ref()
    }
}
