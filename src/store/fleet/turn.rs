//! The turn of a machine in a fleet: the lock of its `.env`, and the lease of the shared store where Zoom is to be asked.

use std::path::PathBuf;

use chrono::TimeDelta;
use zeroize::Zeroizing;

use super::machine::{FleetTurn, shared};
use super::own::Step;
use super::remote::Remote;
use super::shared::Refused;
use crate::error::{Error, Refusal, SharedError};
use crate::store::env::text::Entry;
use crate::store::new_tokens::{NewApp, NewTokens};
use crate::store::snapshot::Snapshot;
use crate::store::state::{Memory, Recovery};
use crate::store::turn::{Reserved, Turn};

/// A place in the shared store, and in the `.env` for the copy.
struct FleetReserved<'t> {
    turn: &'t FleetTurn<'t>,
    env: Box<dyn Reserved + 't>,
    before: &'t Snapshot,
}

impl Turn for FleetTurn<'_> {
    fn read(&self) -> Result<Snapshot, Error> {
        let snapshot = self.env.read()?;
        if self.down.borrow().is_some() {
            return Ok(snapshot);
        }
        let mut tokens = snapshot.tokens().clone();
        let entry = |value: &Option<Zeroizing<String>>| value.clone().map(|value| Entry { value, line: 0 });
        let pair = &self.stored.borrow().pair;
        if self.is_better(pair, &snapshot) {
            (tokens.access_token, tokens.expires_at) = (entry(&pair.access_token), entry(&pair.expires_at));
        }
        if !self.ended_in(&snapshot).is_empty() {
            (tokens.access_token, tokens.expires_at) = (None, None);
        }
        if !self.is_of_user() {
            return Ok(snapshot.with(tokens));
        }
        tokens.refresh_token = entry(&self.refresh_token());
        Ok(snapshot.shared(tokens))
    }

    fn memory(&self) -> Memory {
        let own = self.env.memory();
        let stored = self.stored.borrow();
        let Some(memory) =
            stored.memory.as_ref().and_then(|text| serde_json::from_slice::<Memory>(text).ok())
        else {
            return own;
        };
        let memory = memory.at_another_clock(TimeDelta::milliseconds(self.ahead.get()));
        Memory { attempt: own.attempt, clock: own.clock, ..memory }
    }

    fn remember(&self, memory: &Memory) -> Result<(), Error> {
        self.is_spent.set(memory.spent.is_some());
        if let Some(remote) = self.remote.borrow_mut().as_mut().filter(|_| self.down.borrow().is_none()) {
            let there = memory.clone().at_another_clock(-TimeDelta::milliseconds(self.ahead.get()));
            // A note that is missing there costs a request.
            let _ = serde_json::to_vec(&there).map(|text| remote.remember(&text));
        }
        self.env.remember(memory)
    }

    fn recover(
        &self,
        now: &Snapshot,
        choose: &dyn Fn(&Recovery) -> NewTokens,
    ) -> Result<Option<Vec<String>>, Error> {
        self.env.recover(now, choose)
    }

    fn claim(&self, spends: Option<&str>) -> Result<bool, Error> {
        if self.down.borrow().is_some() {
            return self.claim_alone();
        }
        if self.is_of_user() && self.step(&self.stored.borrow()) == Step::Wait {
            return Err(shared(SharedError::Forgotten));
        }
        if self.is_of_user() && spends.is_none() && self.is_taken_out() {
            return Err(shared(SharedError::TakenOut));
        }
        if self.is_of_user() && spends.is_none() && self.is_ended() {
            return Err(shared(SharedError::Ended));
        }
        *self.spends.borrow_mut() = spends.filter(|_| self.is_of_user()).map(str::to_owned);
        let taken = self.take()?;
        if !taken {
            self.look()?;
        }
        Ok(taken)
    }

    fn claim_end(&self) -> Result<bool, Error> {
        self.claims_end()
    }

    fn foresee(&self, app: &NewApp) -> Result<(), Error> {
        let account = self.account.borrow().of_app(app);
        if *self.account.borrow() == account {
            return Ok(());
        }
        // It is only read: until the login has succeeded, the turn stays that of the account of the settings.
        let read = Remote::open(&self.place.access, &account.name).and_then(|mut remote| remote.read());
        match read {
            Err(error) if !error.is_transient() => Err(shared(error)),
            _ => Ok(()),
        }
    }

    fn reserve<'t>(&'t self, now: &'t Snapshot) -> Result<Box<dyn Reserved + 't>, Error> {
        let env = self.env.reserve(now)?;
        if self.down.borrow().is_none() && !self.is_leased() && !self.take()? {
            return Err(shared(SharedError::Early));
        }
        if self.is_of_user() {
            // It has to be writable before the refresh token is spent.
            self.env.can_keep(&*self.kept.borrow())?;
        }
        Ok(Box::new(FleetReserved { turn: self, env, before: now }))
    }

    fn judge(&self, error: Error) -> Option<Error> {
        let Error::Refused { refusal: Refusal::RefreshToken | Refusal::RefreshAnswerLost, .. } = &error
        else {
            return Some(error);
        };
        let Some(spends) = self.spends.borrow().clone() else { return Some(error) };
        let machine = self.kept.borrow().machine.clone();
        let mut remote = self.remote.borrow_mut();
        let refused = remote.as_mut().map(|remote| remote.refuse(&machine, &spends));
        self.lease.set(None);
        match refused {
            Some(Ok(Refused::Overtaken)) => None,
            Some(Ok(Refused::Early)) => Some(shared(SharedError::Early)),
            Some(Err(unknown)) if unknown.is_transient() => Some(shared(unknown)),
            _ => Some(error),
        }
    }

    fn rescue(&self, recovery: &Recovery, of: &Snapshot) -> Result<PathBuf, Error> {
        self.env.rescue(recovery, of)
    }
}

impl Reserved for FleetReserved<'_> {
    fn put(self: Box<Self>, tokens: &NewTokens) -> Result<Vec<String>, Error> {
        let Self { turn, env, before } = *self;
        turn.finish(tokens, env, before)
    }
}

impl Drop for FleetTurn<'_> {
    fn drop(&mut self) {
        if self.lease.get().is_none() {
            return;
        }
        if let Some(remote) = self.remote.get_mut() {
            // It ends by itself, too.
            let _ = remote.release(&self.kept.get_mut().machine.clone(), self.is_spent.get());
        }
    }
}
