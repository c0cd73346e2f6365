//! What the thread that serves and the owner of a sandbox share.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, Utc};

use super::control;
use super::faults::Outcome;
use super::message::{Reply, Request};
use super::state::State;
use crate::clock::{Clock as _, SystemClock};

/// The state of a sandbox, the news that a request has arrived, and the time.
pub(super) struct Shared {
    pub(super) state: Mutex<State>,
    pub(super) arrived: Condvar,
    pub(super) clock: SystemClock,
}

impl Shared {
    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes note of a request and says what becomes of it.
    pub(super) fn outcome(&self, request: &Request) -> Outcome {
        let mut state = self.lock();
        if request.path.starts_with("/sandbox/") {
            return Outcome::Reply(control::answer(&mut state, request));
        }
        let now = self.clock.now();
        state.arrived(request, now, self.clock.elapsed());
        self.arrived.notify_all();
        state.outcome(request, now)
    }

    /// The normal answer to a request that a fault has delayed.
    pub(super) fn carry_out(&self, request: &Request) -> Reply {
        self.lock().carry_out(request, self.clock.now())
    }

    /// What Zoom's clock shows.
    pub(super) fn zooms_now(&self) -> DateTime<Utc> {
        self.lock().zooms(self.clock.now())
    }

    /// What Zoom's support asks for, in the form that Zoom's answers have.
    pub(super) fn tracking_id(&self) -> String {
        self.lock().tracking_id()
    }
}
