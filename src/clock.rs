//! The only place that reads a clock or waits.
//!
//! Everything else takes `now` as an argument or a [`Clock`], so that its tests neither sleep nor depend on today's
//! date.

mod runtime;
mod shutdown;
mod signals;

use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::{DateTime, SecondsFormat, Utc};

pub(crate) use runtime::runtime;
pub(crate) use shutdown::SIGTERM;
pub use shutdown::{Shutdown, ShutdownRequested};
use signals::Signals;

/// A wall clock, a clock that never jumps, and an interruptible wait.
pub trait Clock {
    /// The wall clock. It may jump forward and back.
    fn now(&self) -> DateTime<Utc>;
    /// Time since some fixed point; it never goes back.
    fn elapsed(&self) -> Duration;
    /// Blocks the thread for this long, or until a stop is requested.
    ///
    /// # Errors
    ///
    /// [`ShutdownRequested`] if a stop was requested.
    fn sleep(&self, duration: Duration, stop: &Shutdown) -> Result<(), ShutdownRequested>;
}

/// A clock that several owners share.
pub type SharedClock = Arc<dyn Clock + Send + Sync>;

/// The machine's clocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SystemClock {
    start: Instant,
}

impl SystemClock {
    /// A clock whose [`Clock::elapsed`] counts from now.
    #[expect(clippy::disallowed_methods, reason = "this is the clock")]
    pub fn start() -> Self {
        Self { start: Instant::now() }
    }
}

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the clock")]
    fn now(&self) -> DateTime<Utc> {
        Utc::now()
    }

    fn elapsed(&self) -> Duration {
        self.start.elapsed()
    }

    fn sleep(&self, duration: Duration, stop: &Shutdown) -> Result<(), ShutdownRequested> {
        stop.wait(duration)
    }
}

/// A time in the format of files and JSON: RFC 3339, UTC, whole seconds.
pub fn rfc3339(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// A random number from 0 to below 1, so that pauses do not end everywhere at once.
pub fn jitter() -> f64 {
    fastrand::f64()
}

/// Waits inside a runtime. With tokio's paused time in tests it takes no time.
#[expect(clippy::disallowed_methods, reason = "this is the clock")]
pub async fn pause(duration: Duration) {
    tokio::time::sleep(duration).await;
}

/// Attempts something until it succeeds, with this pause between two attempts; none once `patience` is over.
///
/// # Errors
///
/// The error of an attempt, which ends it.
pub(crate) async fn retry_within<T, E>(
    patience: Duration,
    pause_between: Duration,
    mut attempt: impl FnMut() -> Result<Option<T>, E>,
) -> Result<Option<T>, E> {
    let attempts = async {
        loop {
            match attempt()? {
                Some(done) => return Ok(done),
                None => pause(pause_between).await,
            }
        }
    };
    tokio::time::timeout(patience, attempts).await.ok().transpose()
}

/// A clock for tests, which moves only by [`ManualClock::advance`] and by sleeping on it.
#[cfg(test)]
pub(crate) mod manual {
    use std::sync::Mutex;

    use super::{Clock, DateTime, Duration, Shutdown, ShutdownRequested, Utc};

    #[derive(Debug)]
    pub(crate) struct ManualClock {
        state: Mutex<(DateTime<Utc>, Duration)>,
    }

    impl ManualClock {
        /// A clock that shows this time, given as RFC 3339.
        pub(crate) fn at(time: &str) -> Self {
            let time = DateTime::parse_from_rfc3339(time).unwrap().with_timezone(&Utc);
            Self { state: Mutex::new((time, Duration::ZERO)) }
        }

        /// Moves both clocks forward.
        pub(crate) fn advance(&self, by: Duration) {
            let mut state = self.state.lock().unwrap();
            state.0 += by;
            state.1 += by;
        }
    }

    impl Clock for ManualClock {
        fn now(&self) -> DateTime<Utc> {
            self.state.lock().unwrap().0
        }

        fn elapsed(&self) -> Duration {
            self.state.lock().unwrap().1
        }

        fn sleep(&self, duration: Duration, stop: &Shutdown) -> Result<(), ShutdownRequested> {
            self.advance(duration);
            stop.check()
        }
    }
}
