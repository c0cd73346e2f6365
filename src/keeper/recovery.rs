//! Tokens that could not be put in their place: saved beside it, and put there by the next run.

use std::collections::BTreeMap;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use chrono::DateTime;

use super::issued::Issued;
use super::{Keeper, Look, ROOM};
use crate::error::Error;
use crate::settings::{NAMES, REFRESH_TOKEN};
use crate::store::{EnvFile, EnvText, Recovery, StateDirectory, Texts, digest};
use crate::token::{Found, State};
use crate::zoom::{Credentials, Grant};

impl Keeper<'_> {
    /// The file as it was read; where it could not be understood because a rewrite of it was stopped in the middle, as it
    /// will be. The rewrite is finished by whoever has the lock.
    pub(super) fn finished(&self, read: Result<EnvFile, Error>) -> Result<EnvFile, Error> {
        let Err(error @ Error::Unparseable { .. }) = read else { return read };
        let texts = |real: &Path| StateDirectory::of(self.state_root, real).rewrite().ok().flatten();
        EnvFile::unfinished(self.env_file, NAMES, texts)?.ok_or(error)
    }

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
    let file = &look.file;
    let finished = finish(state, file)?;
    let Some(recovery) = state.recovery()? else { return Ok(finished) };
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
        let reservation = file.reserve(ROOM, state)?;
        let changes: Vec<(&str, &str)> = changes.into_iter().collect();
        reservation.commit(file, &file.with(&changes)?)?;
    }
    state.forget_recovery()?;
    Ok(finished || !recovery.values.is_empty())
}

/// Finishes a rewrite of the `.env` that was stopped in the middle. Whether there was one. Where somebody has written the
/// file since, their text stays, and the tokens of the rewrite wait like those that could not be put in their place.
fn finish(state: &StateDirectory, file: &EnvFile) -> Result<bool, Error> {
    let Some(texts) = state.rewrite()? else { return Ok(false) };
    let finished = file.exists() && file.finish(&texts)?;
    if !finished && state.recovery()?.is_none() {
        state.save_recovery(&tokens_of(&texts), file.metadata())?;
    }
    state.forget_rewrite()?;
    Ok(finished)
}

/// What a rewrite was to put into the `.env`.
fn tokens_of(texts: &Texts) -> Recovery {
    let parsed = |text: &str| EnvText::parse(text.as_bytes(), NAMES).ok();
    let (old, new) = (parsed(&texts.old), parsed(&texts.new));
    let value = |text: &Option<EnvText>, name| Some(text.as_ref()?.get(name)?.value.clone());
    let names = ["ZOOM_ACCESS_TOKEN", "ZOOM_TOKEN_EXPIRES_AT", REFRESH_TOKEN].into_iter();
    let values = names.filter_map(|name| Some((name.to_owned(), value(&new, name)?))).collect();
    let replaces = value(&old, REFRESH_TOKEN).map(|token| digest(token.as_bytes()));
    Recovery { saved_at: DateTime::UNIX_EPOCH, replaces, values }
}
