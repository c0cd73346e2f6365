//! The store of one account: its `.env`, and behind it the store that many machines share, where one is set.

use std::path::Path;
use std::sync::Arc;

use zeroize::Zeroizing;

use super::machine::FleetTurn;
use super::place::Places;
use super::remote::{Pair, Remote};
use crate::clock::{Clock, Shutdown};
use crate::error::Error;
use crate::files::Stamp;
use crate::store::env::EnvStore;
use crate::store::env::text::Entry;
use crate::store::snapshot::{Snapshot, StoredTokens};
use crate::store::state::Memory;
use crate::store::turn::{Store, Turn};

/// The store of one account. Without a shared store it is the `.env`; with one the `.env` has a copy of the access token.
#[derive(Clone)]
pub struct AccountStore {
    env: EnvStore,
    places: Arc<dyn Places>,
    leaves: bool,
}

impl AccountStore {
    /// The store of this `.env`.
    pub fn new(env: EnvStore, places: Arc<dyn Places>) -> Self {
        Self { env, places, leaves: false }
    }

    /// The same, whose next exchange takes the grant out of the shared store into the `.env`.
    #[must_use]
    pub fn leaving(self) -> Self {
        Self { leaves: true, ..self }
    }

    /// The `.env` by itself.
    pub fn env(&self) -> &EnvStore {
        &self.env
    }

    /// Reads it now and never again, if it can be read only once, such as a pipe.
    ///
    /// # Errors
    ///
    /// It cannot be read or parsed.
    pub fn read_stream(&mut self) -> Result<(), Error> {
        self.env.read_stream()
    }

    /// Whether it could be read only once.
    pub fn is_stream(&self) -> bool {
        self.env.is_stream()
    }

    /// The path of the `.env` as it was named or found.
    pub fn path(&self) -> &Path {
        self.env.path()
    }
}

impl Store for AccountStore {
    fn read(&self) -> Result<Snapshot, Error> {
        self.env.read()
    }

    fn is_shared(&self, of: &Snapshot) -> bool {
        self.places.is_shared(of)
    }

    fn elsewhere(&self, of: &Snapshot) -> Result<Option<Snapshot>, Error> {
        let Some(place) = self.places.place(of)? else { return Ok(None) };
        let read = Remote::open(&place.access, &place.account.name).and_then(|mut remote| remote.read());
        let Pair { access_token, expires_at, .. } = read.map_err(Box::new)?.pair;
        let entry = |value: Zeroizing<String>| Entry { value, line: 0 };
        Ok(access_token.map(|token| {
            let (access_token, expires_at) = (Some(entry(token)), expires_at.map(entry));
            of.clone().shared(StoredTokens { access_token, expires_at, refresh_token: None })
        }))
    }

    fn stamp(&self) -> Option<Stamp> {
        self.env.stamp()
    }

    fn memory(&self, of: &Snapshot) -> Memory {
        self.env.memory(of)
    }

    fn forgets(&self, of: &Snapshot) -> Option<String> {
        self.env.forgets(of)
    }

    fn is_waiting(&self, of: &Snapshot) -> bool {
        self.env.is_waiting(of)
    }

    fn clean(&self, of: &Snapshot) {
        self.env.clean(of);
    }

    fn refusal(&self, of: &Snapshot) -> Option<Error> {
        self.env.refusal(of)
    }

    fn probe(&self, of: &Snapshot) -> Result<(), Error> {
        self.env.probe(of)
    }

    fn turn<'a>(
        &'a self,
        of: &Snapshot,
        clock: &'a dyn Clock,
        stop: &Shutdown,
    ) -> Result<Box<dyn Turn + 'a>, Error> {
        let Some(place) = self.places.place(of)? else { return self.env.turn(of, clock, stop) };
        let mut turn = FleetTurn::new(self.env.own_turn(of, clock, stop)?, place, clock, stop.clone())?;
        turn.leaves = self.leaves;
        turn.look()?;
        Ok(Box::new(turn))
    }

    fn state_root(&self) -> Option<&Path> {
        self.env.state_root()
    }
}
