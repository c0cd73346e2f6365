//! Tokens that could not be put in their place: saved beside it, and put there by the next run.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};

use super::look::Look;
use chrono::{DateTime, Utc};

use crate::error::Error;
use crate::store::{ACCESS_TOKEN, NewTokens, REFRESH_TOKEN, Recovery, TOKEN_EXPIRES_AT, Turn, digest};
use crate::token::{Found, TokenState};
use crate::zoom::{Credentials, Grant};

/// Saves what was issued at this time for the next run, and gives the error that says so. `before` is what the credentials are of.
pub(super) fn rescue<Secret>(
    turn: &dyn Turn,
    before: &Look,
    credentials: &Credentials<Secret>,
    (tokens, now): (&NewTokens, DateTime<Utc>),
    cause: Error,
) -> Error {
    let replaces = match &credentials.grant {
        Grant::RefreshToken(spent) if tokens.refresh_token.is_some() => {
            // One of the environment may have been spent, and an older one be there.
            let there = before.snapshot.get(REFRESH_TOKEN).map(|entry| entry.value.as_str());
            Some(digest(there.unwrap_or(spent.expose()).as_bytes()))
        }
        _ if tokens.is_of_person() => {
            before.snapshot.get(REFRESH_TOKEN).map(|there| digest(there.value.as_bytes()))
        }
        _ => None,
    };
    let source = Box::new(cause);
    let spent = tokens.refresh_token.is_some();
    let recovery = Recovery::new(now, replaces, tokens);
    match turn.rescue(&recovery, &before.snapshot) {
        Ok(recovery) => Error::Unsaved { recovery, source },
        Err(recovery) => Error::Lost { spent, recovery: Box::new(recovery), source },
    }
}

/// Does this, and makes an error of a panic in it: what has been granted then waits for the next run like after any other
/// failure.
pub(super) fn unless_panicking<T>(work: impl FnOnce() -> Result<T, Error>) -> Result<T, Error> {
    // Its content is gone with it.
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| {
        let source = io::Error::other("a fault of zoomtok's own, which is reported above");
        Err(Error::Other { action: "put the new token in its place".into(), source })
    })
}

/// Those of the tokens that an earlier run could not put in their place which are still to be put there.
///
/// Values that were changed by hand since stay: a refresh token only replaces the one that was there when it was
/// issued, an access token only one that expires earlier.
pub(super) fn recoverable(recovery: &Recovery, look: &Look) -> NewTokens {
    let value = |name| recovery.values.get(name).cloned();
    let mut tokens = NewTokens::default();
    let there = look.snapshot.get(REFRESH_TOKEN);
    if let Some(login) = recovery.login() {
        let there = there.map(|entry| digest(entry.value.as_bytes()));
        let is_that = there.is_none() || there == recovery.replaces;
        return if is_that { login } else { tokens };
    }
    if let Some(replaces) = &recovery.replaces {
        let is_that = there.is_none_or(|entry| digest(entry.value.as_bytes()) == *replaces);
        tokens.refresh_token = value(REFRESH_TOKEN).filter(|_| is_that);
    }
    if let Some(token) = value(ACCESS_TOKEN) {
        let expires_at = value(TOKEN_EXPIRES_AT);
        let recorded = expires_at.as_ref().and_then(|time| time.parse().ok());
        let recovered = TokenState::of(Some(&Found { text: &token, recorded }), look.now, || 0);
        if recovered.left() > look.held.state.left() {
            tokens.access_token = Some(token);
            tokens.expires_at = expires_at;
        }
    }
    tokens
}
