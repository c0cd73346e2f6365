//! The findings of a look, and whether they are enough.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::need::{How, Kept, Need, Unlike};
use super::remember::is_of_another_client;
use crate::error::Error;
use crate::settings::{Held, Settings};
use crate::store::{EnvFile, Memory, REFRESH_TOKEN, Snapshot};
use crate::token::{Token, TokenState};
use crate::zoom::Credentials;

/// The settings and the token, as they are found at one time.
pub struct Look {
    /// The content that was read.
    pub snapshot: Arc<Snapshot>,
    /// The settings that the environment and the `.env` make.
    pub settings: Settings,
    /// The token.
    pub held: Held,
    /// When the look was.
    pub now: DateTime<Utc>,
    /// Whether it is to be read only. A setting that says neither is no leave to write.
    pub read_only: bool,
}

impl Look {
    /// The `.env` with the settings.
    pub fn env_file(&self) -> &EnvFile {
        self.snapshot.file()
    }

    /// The token, if it meets `need`. `present` is the one that was there before.
    pub(super) fn meets(
        &self,
        need: &Need,
        present: Option<&Token>,
        how: How,
    ) -> Result<Option<Kept>, Error> {
        let TokenState::Dated { token, claims, expires_at, left } = &self.held.state else { return Ok(None) };
        let unlike = match &need.unlike {
            Unlike::None | Unlike::Any => None,
            Unlike::Present => present,
            Unlike::Rejected(token) => Some(token),
        };
        let is_any = matches!(need.unlike, Unlike::Any);
        if !self.held.state.lasts(need.seconds) || unlike == Some(token) || is_any {
            return Ok(None);
        }
        let how = if how == How::Adopted && present == Some(token) { How::Kept } else { how };
        Ok(Some(Kept {
            token: token.clone(),
            expires_at: *expires_at,
            left: *left,
            how,
            env_file: self.env_file().path().to_owned(),
            made: false,
            warnings: self.settings.foreign(claims)?,
        }))
    }

    /// The token where the `.env` could not be written, for this reason.
    pub(super) fn meets_unwritten(&self, need: &Need, error: Error) -> Result<Kept, Error> {
        if !error.is_unwritable() {
            return Err(error);
        }
        let kept = self.meets(need, self.held.state.token(), How::Kept)?;
        let adopted =
            || Error::Adopted { path: self.env_file().path().to_owned(), source: Some(Box::new(error)) };
        kept.ok_or_else(adopted)
    }

    /// Refuses a refresh token that was issued to another client than the one that is set.
    pub(super) fn check_client<Secret>(
        &self,
        memory: &Memory,
        credentials: &Credentials<Secret>,
    ) -> Result<(), Error> {
        if !is_of_another_client(memory, credentials) {
            return Ok(());
        }
        Err(Error::Credential {
            name: REFRESH_TOKEN,
            place: self.settings.origin(REFRESH_TOKEN)?.map(|origin| origin.to_string()).unwrap_or_default(),
            problem: "was issued to another client id than the one in ZOOM_CLIENT_ID, and Zoom takes it with no other",
            hint: "Put that client id back, or log in with the new one: zoomtok login",
        })
    }

    /// The error for a `.env` that is to be read only, or for an invalid setting of that.
    pub(super) fn refusal_to_write(&self) -> Error {
        let adopted = || Error::Adopted { path: self.env_file().path().to_owned(), source: None };
        self.settings.read_only().err().unwrap_or_else(adopted)
    }
}
