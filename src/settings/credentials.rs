//! The credentials that count, of those that are set, and whether they can be right.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use super::lookup::Settings;
use super::origin::{Origin, Value};
use super::table::{ACCESS_TOKEN, ACCOUNT_ID, CLIENT_ID, CLIENT_SECRET, REFRESH_TOKEN};
use crate::error::Error;
use crate::store::reference;
use crate::token::{Claims, Token};
use crate::zoom::{Credentials, Grant};

impl Settings {
    /// The credentials to ask Zoom with: `account_credentials` where there is an account id, else `refresh_token`. A
    /// refresh token needs no client secret: a public client has none.
    ///
    /// # Errors
    ///
    /// [`Error::CredentialsMissing`], or [`Error::Credential`] for one that cannot be right.
    pub fn credentials(&self) -> Result<Credentials, Error> {
        let client_id = self.credential(CLIENT_ID)?;
        let client_secret = self.credential(CLIENT_SECRET)?;
        let grant = match self.credential(ACCOUNT_ID)? {
            Some(account_id) => Some(Grant::AccountCredentials { account_id: account_id.into() }),
            None => self.refresh_token()?.map(Grant::RefreshToken),
        };
        let can_be_public = matches!(grant, Some(Grant::RefreshToken(_)));
        match (client_id, grant) {
            (Some(client_id), Some(grant)) if client_secret.is_some() || can_be_public => Ok(Credentials {
                client_id: client_id.into(),
                client_secret: client_secret.map(Into::into),
                grant,
            }),
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
        let names = [CLIENT_ID, CLIENT_SECRET, ACCOUNT_ID, ACCESS_TOKEN];
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

/// Refuses what a copy and paste goes wrong with, and what stands for another value. Zoom answers such credentials with
/// "Bad Request" and no more.
fn checked<'a>(name: &'static str, value: Value<'a>) -> Result<Value<'a>, Error> {
    let refuse = |problem, hint| Error::Credential { name, place: value.origin.to_string(), problem, hint };
    let is_quote = |c: char| c == '"' || c == '\'';
    if let Some(reference) = reference::of(value.text.trim_matches(is_quote)) {
        return Err(refuse(reference.what, reference.fix));
    }
    if value.text.trim() != value.text {
        return Err(refuse("begins or ends with white space", COPY));
    }
    if value.text.starts_with(is_quote) || value.text.ends_with(is_quote) {
        let problem = "begins or ends with a quote that is part of its value";
        return Err(refuse(problem, "Set it without the quotes; Docker's --env-file and others keep them"));
    }
    if value.text.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return Err(refuse("holds white space", COPY));
    }
    if !value.text.is_ascii() {
        return Err(refuse("holds a character that is not ASCII", COPY));
    }
    Ok(value)
}

const COPY: &str = "Copy it again from the app's page on marketplace.zoom.us";
