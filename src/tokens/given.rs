//! A caller's own credentials, and what its refresh token was spent for.

use std::io;
use std::sync::Mutex;

use chrono::{DateTime, Utc};
use reqwest::Url;
use secrecy::{ExposeSecret as _, SecretString};

use super::reach::{Noted, Reach};
use crate::clock::{Clock, Shutdown};
use crate::error::Error;
use crate::keeper::{Look, client_secret};
use crate::mutex::locked;
use crate::token::Token;
use crate::zoom::{Credentials, Exchange as _, Grant};

/// How many refresh tokens may have been spent for calls that were cancelled, and be kept for when they are repeated.
pub(super) const UNDELIVERED: usize = 64;

/// The credentials that came with a call.
#[derive(Clone)]
pub(crate) struct Given {
    pub(crate) client_id: String,
    pub(crate) client_secret: Option<SecretString>,
    pub(crate) refresh: Token,
}

impl Given {
    pub(super) fn is_same(&self, other: &Self) -> bool {
        let secrets =
            [self, other].map(|given| given.client_secret.as_ref().map(SecretString::expose_secret));
        self.client_id == other.client_id && secrets[0] == secrets[1] && self.refresh == other.refresh
    }

    fn credentials(&self) -> Credentials {
        Credentials {
            client_id: self.client_id.clone(),
            client_secret: self.client_secret.clone(),
            grant: Grant::RefreshToken(self.refresh.clone()),
        }
    }
}

/// The tokens that a refresh token was spent for.
#[derive(Clone)]
pub(crate) struct Pair {
    pub(crate) access: Token,
    pub(crate) refresh: Token,
    pub(crate) expires_at: DateTime<Utc>,
}

/// The pairs that refresh tokens of clients were spent for when nobody waited for the answer any more.
#[derive(Default)]
pub(super) struct Undelivered(pub(super) Mutex<Vec<(Given, Pair)>>);

impl Undelivered {
    /// Spends it, unless it was spent for somebody who did not wait for the answer and asks again now: Zoom takes no
    /// refresh token twice.
    pub(super) fn spend(
        &self,
        url: &Url,
        given: Given,
        reach: &Reach,
        clock: &dyn Clock,
        stop: &Shutdown,
    ) -> Result<Pair, Error> {
        let undelivered = || locked(&self.0);
        if let Some((_, pair)) = undelivered().iter().find(|(spent, _)| spent.is_same(&given)) {
            return Ok(pair.clone());
        }
        // Before it is spent: what is kept already may be the only good refresh token of somebody.
        if undelivered().len() >= UNDELIVERED {
            return Err(Error::Other {
                action: "spend a refresh token".into(),
                source: io::Error::other(
                    "too many were spent for calls that were cancelled; repeat those, or start the server again",
                ),
            });
        }
        let granted = Noted(reach).exchange(url, &given.credentials(), clock, stop);
        let granted = granted.map_err(|failed| failed.error)?;
        let refresh = granted.refresh_token.unwrap_or_else(|| given.refresh.clone());
        let pair = Pair { access: granted.token, refresh, expires_at: granted.expires_at };
        undelivered().push((given, pair.clone()));
        Ok(pair)
    }

    /// Forgets the pair that has reached its client.
    pub(super) fn delivered(&self, given: &Given) {
        locked(&self.0).retain(|(spent, _)| !spent.is_same(given));
    }
}

/// The refresh token that a look finds to be in use.
pub(super) fn refresh_in(look: &Look) -> Option<Token> {
    match look.settings.credentials().ok()?.grant {
        Grant::RefreshToken(refresh) => Some(refresh),
        _ => None,
    }
}

/// Whether these credentials are those that a look finds to be in use. A command that prints the secret is run where only that
/// is still to be compared.
///
/// # Errors
///
/// The command prints none.
pub(super) fn is_in_use(look: &Look, given: &Given, stop: &Shutdown) -> Result<bool, Error> {
    let Ok(Credentials { client_id, client_secret: secret, grant }) = look.settings.credentials() else {
        return Ok(false);
    };
    let Grant::RefreshToken(refresh) = grant else { return Ok(false) };
    if client_id != given.client_id || refresh != given.refresh {
        return Ok(false);
    }
    let client_secret = secret.map(|secret| client_secret(&secret, stop)).transpose()?;
    Ok(Given { client_id, client_secret, refresh }.is_same(given))
}
