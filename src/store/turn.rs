//! Stores of tokens, and the right to change them.
//!
//! The holder of a [`Turn`] is the only one in the world who may change what a [`Store`] holds, and nothing else has a
//! method that does. So nobody can store a token, or remember anything, without having waited for it.

use std::path::{Path, PathBuf};

use super::new_tokens::{NewApp, NewTokens};
use super::snapshot::Snapshot;
use super::state::{Memory, Recovery};
use crate::clock::{Clock, Shutdown};
use crate::error::Error;
use crate::files::Stamp;

/// Where the tokens of one account live.
pub trait Store: Send + Sync {
    /// Reads what is kept, without waiting for anybody. Nothing is written.
    ///
    /// # Errors
    ///
    /// It cannot be read or understood.
    fn read(&self) -> Result<Snapshot, Error>;

    /// Whether other machines share it: a turn then shows more than [`Store::read`] does. Nobody is asked.
    fn is_shared(&self, _: &Snapshot) -> bool {
        false
    }

    /// The same with the access token that other machines share, if there is one. Nothing is written.
    ///
    /// # Errors
    ///
    /// The shared store cannot be read.
    fn elsewhere(&self, _: &Snapshot) -> Result<Option<Snapshot>, Error> {
        Ok(None)
    }

    /// A stamp that changes whenever the result of [`Store::read`] does; none where there is none to rely on.
    fn stamp(&self) -> Option<Stamp>;

    /// The memory between runs; an empty one where it cannot be read.
    fn memory(&self, of: &Snapshot) -> Memory;

    /// The reason why this process cannot write its memory down, if there is one.
    fn forgets(&self, of: &Snapshot) -> Option<String>;

    /// Whether an earlier turn left something that waits for its place.
    fn is_waiting(&self, of: &Snapshot) -> bool;

    /// Removes the remains of a killed process, if nobody has the turn.
    fn clean(&self, of: &Snapshot);

    /// Why nothing can ever be put there, where that is known without a try.
    fn refusal(&self, of: &Snapshot) -> Option<Error>;

    /// Tries whether something could be put there, and leaves nothing behind.
    ///
    /// # Errors
    ///
    /// As putting it there would end with.
    fn probe(&self, of: &Snapshot) -> Result<(), Error>;

    /// Waits for the exclusive right to change what is kept there, for as long as an exchange can take. `of` is what was
    /// read before: by now the same name may lead to another home, which [`Turn::read`] shows by its identity.
    ///
    /// # Errors
    ///
    /// [`Error::Busy`] when somebody else had it for longer, [`Error::Store`] when it cannot be had at all,
    /// [`Error::Interrupted`] when the end is requested meanwhile.
    fn turn<'a>(
        &'a self,
        of: &Snapshot,
        clock: &'a dyn Clock,
        stop: &Shutdown,
    ) -> Result<Box<dyn Turn + 'a>, Error>;

    /// Where this machine keeps what belongs to it, if anywhere.
    fn state_root(&self) -> Option<&Path>;
}

/// The exclusive right to change what a store holds, until it is dropped.
///
/// A store that many machines share may lose it in the middle, to a machine that takes its holder for dead. Its [`Reserved::put`]
/// then fails, and what Zoom has issued is rescued like after any other failure.
pub trait Turn {
    /// Reads what is kept, as nobody else can change it now.
    ///
    /// # Errors
    ///
    /// As [`Store::read`].
    fn read(&self) -> Result<Snapshot, Error>;

    /// The memory between runs.
    fn memory(&self) -> Memory;

    /// Remembers this from now on. This process does so in any case.
    ///
    /// # Errors
    ///
    /// [`Error::Store`] when other processes do not; they have the old memory then.
    fn remember(&self, memory: &Memory) -> Result<(), Error>;

    /// Finishes an interrupted turn, and puts in their place those of the waiting tokens that `choose` picks. Gives
    /// warnings, or none where nothing was waiting.
    ///
    /// # Errors
    ///
    /// The waiting tokens cannot be read or put in their place, and keep waiting.
    fn recover(
        &self,
        now: &Snapshot,
        choose: &dyn Fn(&Recovery) -> NewTokens,
    ) -> Result<Option<Vec<String>>, Error>;

    /// Makes sure that no other machine asks Zoom meanwhile. `spends` is the digest of the refresh token that will be shown.
    /// False: somebody has put something there since it was read, and it is to be read again.
    ///
    /// # Errors
    ///
    /// [`Error::Busy`], [`Error::Interrupted`], and [`Error::Shared`] when nobody may ask now.
    fn claim(&self, _spends: Option<&str>) -> Result<bool, Error> {
        Ok(true)
    }

    /// Makes sure that no other machine gets tokens while the login is ended, and that the end can be noted for all of them.
    /// False: somebody has put something there since it was read, and it is to be read again.
    ///
    /// # Errors
    ///
    /// [`Error::Busy`], [`Error::Interrupted`], and [`Error::Shared`] when it cannot be ended now. Nothing has changed then.
    fn claim_end(&self) -> Result<bool, Error> {
        Ok(true)
    }

    /// The error that a refusal of Zoom amounts to. None: another machine has put other tokens there, and it is to be looked at
    /// again.
    fn judge(&self, error: Error) -> Option<Error> {
        Some(error)
    }

    /// Makes sure that a login to this app, which may be another one than that of the settings, finds its place in order.
    ///
    /// # Errors
    ///
    /// [`Error::Shared`], and nothing has changed then.
    fn foresee(&self, _app: &NewApp) -> Result<(), Error> {
        Ok(())
    }

    /// Makes sure that new tokens can be put there, before anybody asks Zoom for them.
    ///
    /// # Errors
    ///
    /// [`Error::Store`], and nothing has changed then.
    fn reserve<'t>(&'t self, now: &'t Snapshot) -> Result<Box<dyn Reserved + 't>, Error>;

    /// Saves tokens that could not be put in their place for the next turn. `of` is what they were to change.
    ///
    /// # Errors
    ///
    /// [`Error::Store`] when they cannot be saved here either.
    fn rescue(&self, recovery: &Recovery, of: &Snapshot) -> Result<PathBuf, Error>;
}

/// A place in a store that is ready for new tokens. Dropped, it leaves nothing behind.
pub trait Reserved {
    /// Puts the tokens there, durably. A refresh token that somebody has put there since the reservation stays. Gives
    /// warnings.
    ///
    /// # Errors
    ///
    /// The old tokens are still in place, or the new ones wait for the next turn.
    fn put(self: Box<Self>, tokens: &NewTokens) -> Result<Vec<String>, Error>;
}
