//! Tokens that could not be put in their place: saved beside it, and put there by the next run.

use std::collections::BTreeMap;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};

use super::{Issued, Keeper, Look, ROOM};
use crate::error::Error;
use crate::settings::REFRESH_TOKEN;
use crate::store::{EnvFile, Recovery, StateDirectory, digest};
use crate::token::{Found, State};
use crate::zoom::{Credentials, Grant};

impl Keeper<'_> {
    /// Saves what was issued for the next run, and gives the error that says so. `before` is the `.env` that the
    /// credentials are of.
    pub(super) fn rescue(
        &self,
        state: &StateDirectory,
        before: &EnvFile,
        credentials: &Credentials,
        issued: Issued<'_>,
        cause: Error,
    ) -> Error {
        let replaces = match &credentials.grant {
            Grant::RefreshToken(spent) if issued.refresh_token.is_some() => {
                // One of the environment may have been spent, and an older one be there.
                let there = before.get(REFRESH_TOKEN).map(|entry| entry.value.as_str());
                Some(digest(there.unwrap_or(spent.expose()).as_bytes()))
            }
            _ => None,
        };
        let values = issued.values().into_iter();
        let values = values.map(|(name, value)| (name.to_owned(), value)).collect();
        let source = Box::new(cause);
        let spent = replaces.is_some();
        let recovery = Recovery { saved_at: self.clock.now(), replaces, values };
        match state.save_recovery(&recovery, before.metadata()) {
            Ok(recovery) => Error::Unsaved { recovery, source },
            Err(recovery) => Error::Lost { spent, recovery: Box::new(recovery), source },
        }
    }
}

/// Does this, and makes an error of a panic in it: what has been granted then waits for the next run like after any other
/// failure.
pub(super) fn unless_panicking<T>(work: impl FnOnce() -> Result<T, Error>) -> Result<T, Error> {
    // What it works on is gone with it.
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| {
        let source = io::Error::other("a fault of zoomtok's own, which is told above");
        Err(Error::Other { action: "put the new token in its place".into(), source })
    })
}

/// Puts values in their place that an earlier run could not put there. Whether there were any.
///
/// What has been changed by hand since stays: a refresh token only replaces the one that was there when it was
/// issued, an access token only one that lives shorter.
pub(super) fn recover(state: &StateDirectory, look: &Look) -> Result<bool, Error> {
    let Some(recovery) = state.recovery()? else { return Ok(false) };
    let file = &look.file;
    let mut changes: BTreeMap<&str, &str> = BTreeMap::new();
    let value = |name: &'static str| recovery.values.get(name).map(|value| (name, value.as_str()));
    if let Some(replaces) = &recovery.replaces
        && file.get(REFRESH_TOKEN).is_none_or(|entry| digest(entry.value.as_bytes()) == *replaces)
    {
        changes.extend(value(REFRESH_TOKEN));
    }
    if let Some((_, text)) = value("ZOOM_ACCESS_TOKEN") {
        let recorded = value("ZOOM_TOKEN_EXPIRES_AT").and_then(|(_, time)| time.parse().ok());
        let recovered = State::of(Some(&Found { text, recorded }), look.now, || 0);
        if recovered.left() > look.held.state.left() {
            changes.extend(value("ZOOM_ACCESS_TOKEN"));
            changes.extend(value("ZOOM_TOKEN_EXPIRES_AT"));
        }
    }
    if !changes.is_empty() {
        let reservation = file.reserve(ROOM)?;
        let changes: Vec<(&str, &str)> = changes.into_iter().collect();
        reservation.commit(file.with(&changes)?.as_bytes())?;
    }
    state.forget_recovery()?;
    Ok(!recovery.values.is_empty())
}
