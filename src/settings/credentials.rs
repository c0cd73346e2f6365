//! The credentials that count, of those that are set, and whether they can be right.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use super::checked::{COPY, checked};
use super::lookup::Settings;
use super::origin::{Origin, Value};
use super::secret::ClientSecret;
use super::table::{ACCESS_TOKEN, ACCOUNT_ID, CLIENT_ID, CLIENT_SECRET, REFRESH_TOKEN, SECRET_COMMAND};
use crate::error::Error;
use crate::token::{Claims, Token};
use crate::zoom::{Credentials, Grant};

impl Settings {
    /// The credentials to ask Zoom with: `account_credentials` where there is an account id, else `refresh_token`. A
    /// refresh token needs no client secret: a public client has none. A command that prints the secret is not run here.
    ///
    /// # Errors
    ///
    /// [`Error::CredentialsMissing`], or [`Error::Credential`] for one that cannot be right.
    pub fn credentials(&self) -> Result<Credentials<ClientSecret>, Error> {
        let client_id = self.credential(CLIENT_ID)?;
        let client_secret = self.client_secret()?;
        let grant = match self.credential(ACCOUNT_ID)? {
            Some(account_id) => Some(Grant::AccountCredentials { account_id: account_id.into() }),
            None => self.refresh_token()?.map(Grant::RefreshToken),
        };
        // A client whose secret may not be asked for is no public one.
        let is_withheld = self.is_ignored(SECRET_COMMAND, None).is_some();
        let can_be_public = matches!(grant, Some(Grant::RefreshToken(_))) && !is_withheld;
        match (client_id, grant) {
            (Some(client_id), Some(grant)) if client_secret.is_some() || can_be_public => {
                Ok(Credentials { client_id: client_id.into(), client_secret, grant })
            }
            (client_id, grant) => {
                let missing = [
                    (client_id.is_none(), CLIENT_ID),
                    (client_secret.is_none() && !can_be_public, CLIENT_SECRET),
                    (grant.is_none(), "ZOOM_ACCOUNT_ID (or ZOOM_REFRESH_TOKEN)"),
                ];
                Err(Error::CredentialsMissing {
                    missing: missing.iter().filter(|(missing, _)| *missing).map(|(_, name)| *name).collect(),
                    env_file: self.file().path().to_owned(),
                    there: self.file().exists(),
                    counts_exported: self.environment.profile().is_none(),
                })
            }
        }
    }

    /// A name for the token and the credentials that are there: another one as soon as either changes. It is good for
    /// this process only.
    pub fn fingerprint(&self) -> u64 {
        let names = [CLIENT_ID, CLIENT_SECRET, SECRET_COMMAND, ACCOUNT_ID, ACCESS_TOKEN];
        let values = names.map(|name| self.value(name)).into_iter().chain([self.newest_refresh_token()]);
        let mut hasher = DefaultHasher::new();
        for value in values {
            value.ok().flatten().map(|value| value.text).hash(&mut hasher);
        }
        hasher.finish()
    }

    /// The refresh token, which rotates. `.env` has the newest one that zoomtok got; a variable exported before that
    /// must not win over it, so of two the one that was issued later counts, where they say when.
    pub(super) fn refresh_token(&self) -> Result<Option<Token>, Error> {
        self.newest_refresh_token()?
            .map(|value| {
                let Value { text, origin } = checked(REFRESH_TOKEN, value)?;
                Token::new(text).map_err(|_| Error::Credential {
                    name: REFRESH_TOKEN,
                    place: origin.to_string(),
                    problem: "holds characters that a token cannot have",
                    hint: COPY,
                })
            })
            .transpose()
    }

    /// The refresh token that counts, before it is known whether it can be one.
    pub(super) fn newest_refresh_token(&self) -> Result<Option<Value<'_>>, Error> {
        let exported =
            self.environment.get(REFRESH_TOKEN)?.map(|text| Value { text, origin: Origin::Environment });
        let filed = self.in_file(REFRESH_TOKEN);
        if self.snapshot.decides() {
            return Ok(filed);
        }
        let issued = |value: &Value<'_>| Claims::issued(value.text);
        Ok(match (exported, filed) {
            (Some(exported), Some(filed)) if issued(&filed) > issued(&exported) => Some(filed),
            (exported, filed) => exported.or(filed),
        })
    }

    /// The account of the settings, as it is written there; none where it is not set.
    pub fn account_id(&self) -> Option<String> {
        self.value(ACCOUNT_ID).ok().flatten().map(|value| value.text.trim().to_owned())
    }

    /// A credential other than the refresh token.
    pub(super) fn credential(&self, name: &'static str) -> Result<Option<&str>, Error> {
        self.value(name)?.map(|value| checked(name, value).map(|value| value.text)).transpose()
    }
}
