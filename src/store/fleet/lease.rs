//! The right to ask Zoom: a lease of the shared store, or none where that cannot be reached.

use std::path::PathBuf;
use std::time::Duration;

use super::machine::{FleetTurn, shared};
use super::remote::{LEASE, LINGER};
use super::shared::Taken;
use crate::error::{Error, SharedError};

/// How long a machine waits for the lease of another one and for its escrow, which is 5 s more than both last.
pub const LEASE_PATIENCE: Duration = Duration::from_secs(65);
const _: () = assert!(LEASE_PATIENCE.as_secs() == LINGER.as_secs() + 5);

/// The shortest pause before the second try to get the lease. Each later one is twice as long.
const LEASE_PAUSE: Duration = Duration::from_millis(100);

/// How often that pause is doubled at most, which makes 1.6 s.
const LEASE_DOUBLINGS: u32 = 4;

/// The pause after so many tries to get the lease. It is up to three times as long by a `jitter` between 0 and 1: many
/// machines may wait for the same one.
pub fn pause(tries: u32, jitter: f64) -> Duration {
    let shortest = LEASE_PAUSE * 2_u32.pow(tries.saturating_sub(1).min(LEASE_DOUBLINGS));
    shortest.mul_f64(1.0 + 2.0 * jitter.clamp(0.0, 1.0))
}

/// The part of a lease that an exchange may take, and what is stored after it.
const FOR_AN_EXCHANGE: Duration = Duration::from_secs(28);

/// How often a machine that cannot reach the shared store fetches a token for itself, at most.
pub const ALONE_EVERY: Duration = Duration::from_mins(10);

/// The longest pause before it does, by chance: the token of all machines ends at the same time.
pub const ALONE_JITTER: Duration = Duration::from_secs(10);

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
        let mut tries = 0;
        loop {
            tries += 1;
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
            self.clock.sleep(pause(tries, fastrand::f64()), &self.stop)?;
        }
    }

    /// Whether the lease lasts for an exchange, by either clock.
    pub(super) fn is_leased(&self) -> bool {
        self.lease.get().is_some_and(|(elapsed, time)| {
            self.clock.elapsed() + FOR_AN_EXCHANGE <= elapsed && self.clock.now() + FOR_AN_EXCHANGE <= time
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pause_doubles_up_to_a_bound_and_is_up_to_three_times_as_long_by_chance() {
        let pauses = |jitter| [1, 2, 3, 5, 6, u32::MAX].map(|tries| pause(tries, jitter).as_millis());
        assert_eq!(pauses(0.0), [100, 200, 400, 1600, 1600, 1600]);
        assert_eq!(pauses(1.0), [300, 600, 1200, 4800, 4800, 4800]);
    }
}
