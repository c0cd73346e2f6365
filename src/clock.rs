//! The only place that reads a clock or waits.
//!
//! Everything above takes `now` as an argument or a [`Clock`], so that its tests neither sleep nor depend on the day
//! they run.

mod signals;

use std::cell::{Cell, RefCell};
use std::convert::Infallible;
use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender, TryRecvError};
use std::time::{Duration, Instant};

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use tokio::runtime::Runtime;

pub use signals::Signals;

/// What an end that no signal has asked for counts as.
const SIGTERM: u8 = 15;

/// A wall clock, a clock that never jumps, and a way to wait.
pub trait Clock {
    /// The wall clock. It may jump, both ways.
    fn now(&self) -> DateTime<Utc>;
    /// Time since some fixed point; it never goes back.
    fn elapsed(&self) -> Duration;
    /// Waits, blocking the thread.
    fn sleep(&self, duration: Duration);
    /// The signal that has asked the program to end, if this clock listens for signals and there was one.
    fn interrupted(&self) -> Option<u8> {
        None
    }
}

/// The machine's clocks, or clocks that began with them and run faster.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SystemClock {
    start: Instant,
    /// From when on, and how many times faster.
    fast: Option<(DateTime<Utc>, u32)>,
}

impl SystemClock {
    /// A clock whose [`Clock::elapsed`] counts from here.
    #[expect(clippy::disallowed_methods, reason = "this is the clock")]
    pub fn start() -> Self {
        Self { start: Instant::now(), fast: None }
    }

    /// One that runs so many times faster than the machine's, for those who have no hour to watch.
    pub fn fast(times: u32) -> Self {
        let clock = Self::start();
        Self { fast: Some((clock.now(), times.max(1))), ..clock }
    }
}

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the clock")]
    fn now(&self) -> DateTime<Utc> {
        let Some((since, _)) = self.fast else { return Utc::now() };
        let elapsed = TimeDelta::from_std(self.elapsed()).unwrap_or(TimeDelta::MAX);
        since.checked_add_signed(elapsed).unwrap_or(DateTime::<Utc>::MAX_UTC)
    }

    fn elapsed(&self) -> Duration {
        self.start.elapsed() * self.fast.map_or(1, |(_, times)| times)
    }

    #[expect(clippy::disallowed_methods, reason = "this is the clock")]
    fn sleep(&self, duration: Duration) {
        std::thread::sleep(duration / self.fast.map_or(1, |(_, times)| times));
    }
}

/// The machine's clocks, and a wait that a signal ends: for what goes on until somebody ends it.
pub struct Waiter {
    clock: SystemClock,
    runtime: Runtime,
    signals: RefCell<Signals>,
    signal: Cell<Option<u8>>,
}

impl Waiter {
    /// Listens for signals from now on.
    ///
    /// # Errors
    ///
    /// The system has no room for what that takes.
    pub fn new(clock: SystemClock) -> io::Result<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let signals = RefCell::new(runtime.block_on(async { Signals::listen() }));
        Ok(Self { clock, runtime, signals, signal: Cell::new(None) })
    }
}

impl Clock for Waiter {
    fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    fn elapsed(&self) -> Duration {
        self.clock.elapsed()
    }

    /// Waits, but not beyond the first signal. What is to be finished after it waits to the end.
    fn sleep(&self, duration: Duration) {
        if self.signal.get().is_some() {
            return self.clock.sleep(duration);
        }
        let mut signals = self.signals.borrow_mut();
        let signal = self.runtime.block_on(async {
            tokio::select! {
                () = pause(duration) => None,
                signal = signals.next() => Some(signal),
            }
        });
        self.signal.set(signal);
    }

    /// Also one that came while nobody waited.
    fn interrupted(&self) -> Option<u8> {
        if self.signal.get().is_none() {
            let mut signals = self.signals.borrow_mut();
            let signal = self.runtime.block_on(async {
                tokio::select! {
                    biased;
                    signal = signals.next() => Some(signal),
                    // The runtime hears of signals between two turns.
                    () = tokio::task::yield_now() => None,
                }
            });
            self.signal.set(signal);
        }
        self.signal.get()
    }
}

/// The machine's clocks, and a wait that whoever holds the other end of the channel can end: for a thread that goes on
/// beside others. That the other end was dropped counts as a SIGTERM.
pub struct Stoppable {
    clock: SystemClock,
    stop: Receiver<Infallible>,
    stopped: Cell<bool>,
}

impl Stoppable {
    /// A clock, and what stops those who wait by it once it is dropped.
    pub fn new(clock: SystemClock) -> (Self, Sender<Infallible>) {
        let (stop, receiver) = mpsc::channel();
        (Self { clock, stop: receiver, stopped: Cell::new(false) }, stop)
    }
}

impl Clock for Stoppable {
    fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    fn elapsed(&self) -> Duration {
        self.clock.elapsed()
    }

    /// Waits, but not beyond the stop. What is to be finished after it waits to the end.
    fn sleep(&self, duration: Duration) {
        if self.stopped.get() {
            return self.clock.sleep(duration);
        }
        self.stopped.set(self.stop.recv_timeout(duration) == Err(RecvTimeoutError::Disconnected));
    }

    fn interrupted(&self) -> Option<u8> {
        let stopped = self.stopped.get() || self.stop.try_recv() == Err(TryRecvError::Disconnected);
        self.stopped.set(stopped);
        stopped.then_some(SIGTERM)
    }
}

/// The machine's clocks until somebody says that all is over, which counts as a SIGTERM. A sleep goes on to its end.
pub struct Endable {
    clock: SystemClock,
    ended: AtomicBool,
}

impl Endable {
    /// A clock that goes on until [`Endable::end`].
    pub fn new(clock: SystemClock) -> Self {
        Self { clock, ended: AtomicBool::new(false) }
    }

    /// Says that all is over.
    pub fn end(&self) {
        self.ended.store(true, Ordering::Relaxed);
    }
}

impl Clock for Endable {
    fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    fn elapsed(&self) -> Duration {
        self.clock.elapsed()
    }

    fn sleep(&self, duration: Duration) {
        self.clock.sleep(duration);
    }

    fn interrupted(&self) -> Option<u8> {
        self.ended.load(Ordering::Relaxed).then_some(SIGTERM)
    }
}

/// A time as files and JSON have it: RFC 3339, UTC, whole seconds.
pub fn rfc3339(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// A number from 0 to below 1, another one each time: for pauses that must not end for all at once.
pub fn jitter() -> f64 {
    // Every RandomState has other keys; that is all the randomness a jitter needs.
    let random = RandomState::new().build_hasher().finish() % 1000;
    u32::try_from(random).map_or(0.0, |random| f64::from(random) / 1000.0)
}

/// Waits inside a runtime. In tests tokio's paused time makes it instant.
#[expect(clippy::disallowed_methods, reason = "this is the clock")]
pub async fn pause(duration: Duration) {
    tokio::time::sleep(duration).await;
}

/// A clock that moves only when it is told to, or when somebody sleeps on it. For tests.
#[cfg(test)]
pub(crate) mod manual {
    use std::sync::Mutex;

    use super::{Clock, DateTime, Duration, Utc};

    /// Both clocks in one place; see [`super::Clock`].
    #[derive(Debug)]
    pub(crate) struct ManualClock {
        state: Mutex<(DateTime<Utc>, Duration)>,
    }

    impl ManualClock {
        /// Stands at this time, given as RFC 3339.
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

        fn sleep(&self, duration: Duration) {
            self.advance(duration);
        }
    }
}
