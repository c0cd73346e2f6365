//! A clock for the demo and for tests that runs faster than the machine's.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use crate::clock::{Clock, Shutdown, ShutdownRequested, SystemClock};

/// A clock that started with the machine's and runs faster, to watch an hour pass in seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct FastClock {
    machine: SystemClock,
    since: DateTime<Utc>,
    times: u32,
}

impl FastClock {
    /// A clock that runs this many times faster than the machine's from now on.
    pub(crate) fn start(times: u32) -> Self {
        let machine = SystemClock::start();
        Self { machine, since: machine.now(), times: times.max(1) }
    }
}

impl Clock for FastClock {
    fn now(&self) -> DateTime<Utc> {
        let elapsed = TimeDelta::from_std(self.elapsed()).unwrap_or(TimeDelta::MAX);
        self.since.checked_add_signed(elapsed).unwrap_or(DateTime::<Utc>::MAX_UTC)
    }

    fn elapsed(&self) -> Duration {
        self.machine.elapsed() * self.times
    }

    fn sleep(&self, duration: Duration, stop: &Shutdown) -> Result<(), ShutdownRequested> {
        self.machine.sleep(duration / self.times, stop)
    }
}
