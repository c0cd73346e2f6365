//! The right to change a `.env` and its state directory: its lock is held.

use std::path::PathBuf;

use chrono::DateTime;
use serde::Serialize;
use serde::de::DeserializeOwned;
use zeroize::Zeroizing;

use super::carry::carry;
use super::file::EnvFile;
use super::home::{Home, ROOM_FOR_TOKENS};
use super::rewrite::{Rewrite, finish};
use super::text::EnvText;
use crate::clock::Clock;
use crate::error::Error;
use crate::files::{Lock, Obstacle, Reservation, obstacle};
use crate::store::identity::digest;
use crate::store::names::{
    ACCESS_TOKEN, ACCOUNT_ID, CLIENT_ID, CLIENT_SECRET, REFRESH_TOKEN, TOKEN_EXPIRES_AT,
};
use crate::store::new_tokens::{NewApp, NewTokens};
use crate::store::snapshot::Snapshot;
use crate::store::state::{Memory, Recovery, StateDirectory, StateTurn, Texts};
use crate::store::turn::{Reserved, Turn};
use crate::token::Claims;

/// The turn of a `.env`. Whatever it changes is what the lock was taken for.
pub(in crate::store) struct EnvTurn<'a> {
    home: &'a Home,
    lock: Lock,
    state: StateDirectory,
    clock: &'a dyn Clock,
}

/// A place for a new text of a `.env`.
struct EnvReserved<'a> {
    turn: &'a EnvTurn<'a>,
    before: &'a EnvFile,
    prepared: Prepared,
}

enum Prepared {
    /// Beside it, to take its name.
    Beside(Box<Reservation>),
    /// In the file itself.
    InPlace(Rewrite),
}

impl<'a> EnvTurn<'a> {
    /// The turn of the holder of `lock`, with the state directory of the locked `.env`.
    pub(super) fn new(home: &'a Home, lock: Lock, state: StateDirectory, clock: &'a dyn Clock) -> Self {
        Self { home, lock, state, clock }
    }

    fn state(&self) -> StateTurn<'_> {
        self.state.for_turn(&self.lock)
    }

    /// The part of its state that belongs to a store that many machines share, if there is one.
    ///
    /// # Errors
    ///
    /// It exists and cannot be read.
    pub(in crate::store) fn kept<T: DeserializeOwned>(&self) -> Result<Option<T>, Error> {
        self.state.fleet()
    }

    /// Keeps that part, durably.
    ///
    /// # Errors
    ///
    /// [`Error::Store`].
    pub(in crate::store) fn keep<T: Serialize>(&self, part: &T) -> Result<(), Error> {
        let file = EnvFile::read_under(&self.lock, &self.home.path, self.home.names);
        self.state().save_fleet(part, file.ok().as_ref().and_then(EnvFile::metadata))
    }

    /// Makes sure that a new content of that part can be kept. Nothing is written where there is one already.
    ///
    /// # Errors
    ///
    /// [`Error::Store`].
    pub(in crate::store) fn can_keep<T: Serialize>(&self, part: &T) -> Result<(), Error> {
        if self.state().can_save_fleet(ROOM_FOR_TOKENS)? { Ok(()) } else { self.keep(part) }
    }

    /// Finishes a rewrite that was stopped in the middle. Whether there was one. Where somebody has written the file since,
    /// their text stays, and the tokens of the rewrite wait like those that could not be put in their place.
    fn finish(&self, file: &EnvFile) -> Result<bool, Error> {
        let Some(texts) = self.state.rewrite()? else { return Ok(false) };
        let (directory, target) = (self.lock.directory(), self.lock.target());
        let finished = file.exists() && finish(directory, target, &texts, &file.bytes_again()?)?;
        if !finished && self.state.recovery()?.is_none() {
            self.state().save_recovery(&tokens_of(&texts, self.home.names), file.metadata())?;
        }
        self.state().forget_rewrite()?;
        Ok(finished)
    }
}

impl Turn for EnvTurn<'_> {
    fn read(&self) -> Result<Snapshot, Error> {
        self.home.snapshot(EnvFile::read_under(&self.lock, &self.home.path, self.home.names))
    }

    fn memory(&self) -> Memory {
        self.state.memory()
    }

    fn remember(&self, memory: &Memory) -> Result<(), Error> {
        self.state().remember(memory)
    }

    fn recover(
        &self,
        now: &Snapshot,
        choose: &dyn Fn(&Recovery) -> NewTokens,
    ) -> Result<Option<Vec<String>>, Error> {
        let finished = self.finish(now.file())?;
        let Some(recovery) = self.state.recovery()? else { return Ok(finished.then(Vec::new)) };
        let tokens = choose(&recovery);
        let warnings = if tokens.is_empty() { Vec::new() } else { self.reserve(now)?.put(&tokens)? };
        self.state().forget_recovery()?;
        Ok((finished || !recovery.values.is_empty()).then_some(warnings))
    }

    fn reserve<'t>(&'t self, now: &'t Snapshot) -> Result<Box<dyn Reserved + 't>, Error> {
        let (before, directory, target) = (now.file(), self.lock.directory(), self.lock.target());
        let room = before.size() + ROOM_FOR_TOKENS;
        let prepared = if before.exists() && obstacle(directory, target) == Some(Obstacle::Mount) {
            Prepared::InPlace(Rewrite::new(directory, target, &self.state, room)?)
        } else {
            Prepared::Beside(Box::new(Reservation::in_directory(directory, target, room)?))
        };
        Ok(Box::new(EnvReserved { turn: self, before, prepared }))
    }

    fn rescue(&self, recovery: &Recovery, of: &Snapshot) -> Result<PathBuf, Error> {
        self.state().save_recovery(recovery, of.file().metadata())
    }
}

impl Reserved for EnvReserved<'_> {
    /// Puts them into the text of the file as it is now: an editor may have saved it during the exchange. It is the file that
    /// was reserved, wherever a link that led to it leads by now.
    fn put(self: Box<Self>, tokens: &NewTokens) -> Result<Vec<String>, Error> {
        let Self { turn, before, prepared } = *self;
        let file = before.again(turn.home.names)?;
        // A person who logs in decides about what is there.
        let is_left =
            tokens.refresh_token.is_some() && !tokens.is_of_person() && is_authorised_anew(before, &file);
        let is_put = |(name, _): &(&str, &str)| !is_left || *name != REFRESH_TOKEN;
        let text = file.changed(&tokens.pairs().filter(is_put).collect::<Vec<_>>(), &tokens.gone)?;
        match prepared {
            Prepared::Beside(reservation) => reservation.commit(text.as_bytes())?,
            Prepared::InPlace(rewrite) => {
                let texts = Texts { old: file.changed(&[], &[])?, new: text };
                rewrite.commit(&turn.state(), &texts, file.metadata())?;
            }
        }
        let path = before.path().display();
        let left = || format!("{REFRESH_TOKEN} was changed in {path} while Zoom was asked, and stays");
        let carried = carry(turn.home.state_root.as_deref(), before, turn.clock);
        Ok(carried.into_iter().chain(is_left.then(left)).collect())
    }
}

/// Whether somebody has put another refresh token into a `.env` since `before`. One that says that it was issued before
/// the one that was there is an old text, saved again.
fn is_authorised_anew(before: &EnvFile, now: &EnvFile) -> bool {
    let Some(now) = now.get(REFRESH_TOKEN) else { return false };
    let Some(was) = before.get(REFRESH_TOKEN) else { return true };
    let is_older = match (Claims::issued(&now.value), Claims::issued(&was.value)) {
        (Some(this), Some(that)) => this < that,
        _ => false,
    };
    now.value != was.value && !is_older
}

/// The tokens that a rewrite was to put into the `.env`.
fn tokens_of(texts: &Texts, names: &[&'static str]) -> Recovery {
    let parsed = |text: &str| EnvText::parse(text.as_bytes(), names).ok();
    let (old, new) = (parsed(&texts.old), parsed(&texts.new));
    let value = |text: &Option<EnvText>, name| Some(text.as_ref()?.get(name)?.value.clone());
    let tokens = NewTokens {
        access_token: value(&new, ACCESS_TOKEN),
        expires_at: value(&new, TOKEN_EXPIRES_AT),
        refresh_token: value(&new, REFRESH_TOKEN),
        ..NewTokens::default()
    };
    let app = |text: &Option<EnvText>| [CLIENT_ID, CLIENT_SECRET, ACCOUNT_ID].map(|name| value(text, name));
    let tokens = match app(&new) {
        [Some(client_id), client_secret, account_id] if app(&old) != app(&new) => tokens.of_login(NewApp {
            client_id: client_id.to_string(),
            client_secret,
            account_id: account_id.map(|account| account.to_string()),
        }),
        _ => tokens,
    };
    let replaces = value(&old, REFRESH_TOKEN).map(|token: Zeroizing<String>| digest(token.as_bytes()));
    Recovery::new(DateTime::UNIX_EPOCH, replaces, &tokens)
}
