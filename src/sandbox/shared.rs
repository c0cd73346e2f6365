//! The state shared by the server thread and the owner of a sandbox.

use std::sync::{Condvar, Mutex, MutexGuard};

use chrono::{DateTime, Utc};

use super::control;
use super::faults::Outcome;
use super::message::{Reply, Request};
use super::state::State;
use crate::clock::SharedClock;
use crate::mutex::locked;

/// The state, a notification that a request has arrived, and the clock.
pub(super) struct Shared {
    pub(super) state: Mutex<State>,
    pub(super) arrived: Condvar,
    pub(super) clock: SharedClock,
}

impl Shared {
    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        locked(&self.state)
    }

    /// Records a request and decides its outcome.
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

    /// The normal answer to a request that a fault delayed.
    pub(super) fn carry_out(&self, request: &Request) -> Reply {
        self.lock().carry_out(request, self.clock.now())
    }

    /// The time by Zoom's clock.
    pub(super) fn zooms_now(&self) -> DateTime<Utc> {
        self.lock().zooms(self.clock.now())
    }

    pub(super) fn tracking_id(&self) -> String {
        self.lock().tracking_id()
    }
}
