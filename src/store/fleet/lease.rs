//! The right to ask Zoom: a lease of the shared store, or none where that cannot be reached.

use std::path::PathBuf;
use std::time::Duration;

use super::machine::{FleetTurn, shared};
use super::remote::LEASE;
use super::shared::Taken;
use crate::error::{Error, SharedError};

/// How long a machine waits for the lease of another one and for its escrow, which is 5 s more than both last.
const LEASE_PATIENCE: Duration = Duration::from_secs(65);

/// The shortest pause between two tries to get the lease. It is up to three times as long, by chance.
const LEASE_PAUSE: Duration = Duration::from_millis(100);

/// The part of a lease that an exchange may take, and what is stored after it.
const FOR_AN_EXCHANGE: Duration = Duration::from_secs(22);

/// How often a machine that cannot reach the shared store fetches a token for itself, at most.
const ALONE_EVERY: Duration = Duration::from_mins(10);

/// The longest pause before it does, by chance: the token of all machines ends at the same time.
const ALONE_JITTER: Duration = Duration::from_secs(10);

impl FleetTurn<'_> {
    /// Without the shared store: a machine of a Server-to-Server app fetches a token for itself now and then, and a user's grant is
    /// spent by nobody.
    pub(super) fn claim_alone(&self) -> Result<bool, Error> {
        let down = self.down.borrow_mut().take();
        let Some(down) = down else { return Ok(true) };
        if self.is_of_user() {
            return Err(shared(SharedError::NotSpent { source: Box::new(down) }));
        }
        let now = self.clock.now();
        let kept = self.kept.borrow().clone();
        if kept
            .alone
            .is_some_and(|last| last <= now && (now - last).to_std().is_ok_and(|since| since < ALONE_EVERY))
        {
            return Err(shared(SharedError::AloneTooOften { source: Box::new(down) }));
        }
        let mut alone = kept;
        alone.alone = Some(now);
        self.env.keep(&alone)?;
        *self.kept.borrow_mut() = alone;
        let pause = ALONE_JITTER.mul_f64(fastrand::f64());
        self.clock.sleep(pause, &self.stop)?;
        *self.down.borrow_mut() = Some(down);
        Ok(true)
    }

    /// Takes the lease. False: something else is stored by now.
    pub(super) fn take(&self) -> Result<bool, Error> {
        let began = self.clock.elapsed();
        let machine = self.kept.borrow().machine.clone();
        let seen = self.stored.borrow().lineage.as_ref().map(|lineage| lineage.digest.clone());
        let spends = self.spends.borrow().clone();
        loop {
            let until = (self.clock.elapsed() + LEASE, self.clock.now() + LEASE);
            let taken = match self.remote.borrow_mut().as_mut() {
                Some(remote) => remote.take(&machine, seen.as_deref(), spends.as_deref()).map_err(shared)?,
                None => return Ok(true),
            };
            match taken {
                Taken::Granted { .. } => {
                    self.lease.set(Some(until));
                    return Ok(true);
                }
                Taken::Changed => return Ok(false),
                Taken::Refused => return Err(shared(SharedError::Early)),
                Taken::Held { .. } => {}
            }
            let waited = self.clock.elapsed().saturating_sub(began);
            if waited >= LEASE_PATIENCE {
                let path = PathBuf::from(self.place.access.address.to_string());
                return Err(Error::Busy { path, waited: waited.as_secs() });
            }
            let pause = LEASE_PAUSE.mul_f64(1.0 + 2.0 * fastrand::f64());
            self.clock.sleep(pause, &self.stop)?;
        }
    }

    /// Whether the lease lasts for an exchange, by either clock.
    pub(super) fn is_leased(&self) -> bool {
        self.lease.get().is_some_and(|(elapsed, time)| {
            self.clock.elapsed() + FOR_AN_EXCHANGE <= elapsed && self.clock.now() + FOR_AN_EXCHANGE <= time
        })
    }
}
