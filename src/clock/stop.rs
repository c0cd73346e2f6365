//! The request to end: made by a signal or by the program itself, and handed to everything that waits.

use std::fmt;
use std::pin::pin;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::task::{Context, Wake};
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::{Signals, runtime};
use crate::error::{Error, Left};

/// What an end that no signal has asked for counts as.
pub(crate) const SIGTERM: u8 = 15;

/// Whether the program, or a part of it, has been asked to end. All clones are one.
///
/// The first signal asks; whatever has something at stake, as an exchange with a single-use refresh token has, goes on
/// until that is safe. The second signal insists, and nothing is waited for any more. An end without a signal asks and
/// never insists.
#[derive(Clone)]
pub struct Stop(Arc<Shared>);

struct Shared {
    /// Whether signals of the process count.
    by_signals: bool,
    /// Asks the thread that listens to say when it has heard all signals so far; none as long as nobody listens.
    listening: Mutex<Option<mpsc::UnboundedSender<SyncSender<()>>>>,
    asked: Heard,
    insisted: Heard,
    on_wait: OnceLock<Box<dyn Fn() + Send + Sync>>,
}

/// A token that is cancelled by a signal, or by what counts as one.
#[derive(Debug, Default)]
struct Heard {
    token: CancellationToken,
    /// Set before the token is cancelled.
    signal: OnceLock<u8>,
}

impl Heard {
    fn cancel(&self, signal: u8) {
        // The first one counts.
        let _ = self.signal.set(signal);
        self.token.cancel();
    }

    fn signal(&self) -> Option<u8> {
        self.signal.get().copied().filter(|_| self.token.is_cancelled())
    }

    async fn cancelled(&self) -> u8 {
        self.token.cancelled().await;
        self.signal().unwrap_or(SIGTERM)
    }
}

/// A wait was cut short, because the program was asked to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stopped {
    /// The signal.
    pub signal: u8,
}

impl Stop {
    /// Asked for by signals to this process, from [`Stop::listen`] on. Before that they end the program by themselves.
    pub fn by_signals() -> Self {
        Self::new(true)
    }

    /// Asked for by [`Stop::end`] alone: for waits that are short, and for tests.
    pub fn never() -> Self {
        Self::new(false)
    }

    fn new(by_signals: bool) -> Self {
        Self(Arc::new(Shared {
            by_signals,
            listening: Mutex::default(),
            asked: Heard::default(),
            insisted: Heard::default(),
            on_wait: OnceLock::new(),
        }))
    }

    /// Listens for signals from now on, in a thread of its own. They no longer end the program by themselves.
    ///
    /// # Errors
    ///
    /// The system has no room for what that takes.
    pub fn listen(&self) -> Result<(), Error> {
        let mut listening = locked(&self.0.listening);
        if !self.0.by_signals || listening.is_some() {
            return Ok(());
        }
        let failed = |source| Error::Other { action: "listen for signals".into(), source };
        let runtime = runtime().map_err(failed)?;
        let mut signals = runtime.block_on(async { Signals::listen() }).map_err(failed)?;
        let (sender, mut questions) = mpsc::unbounded_channel::<SyncSender<()>>();
        let stop = self.clone();
        let listen = move || {
            runtime.block_on(async {
                let mut is_first = true;
                loop {
                    tokio::select! {
                        biased;
                        signal = signals.next() => stop.signalled(signal, std::mem::replace(&mut is_first, false)),
                        // Whoever asks waits for it, unless it is gone.
                        Some(heard) = questions.recv() => drop(heard.send(())),
                    }
                }
            });
        };
        thread::Builder::new().name("signals".into()).spawn(listen).map_err(failed)?;
        *listening = Some(sender);
        Ok(())
    }

    /// Says what is to be done when something goes on after the first signal: to tell whoever waits for the end.
    pub fn on_wait(&self, tell: impl Fn() + Send + Sync + 'static) {
        // The first one to say it counts.
        let _ = self.0.on_wait.set(Box::new(tell));
    }

    /// Asks everything to end, as a signal would.
    pub fn end(&self) {
        self.0.asked.cancel(SIGTERM);
    }

    /// The second signal insists, also where the end had been asked for without one.
    fn signalled(&self, signal: u8, is_first: bool) {
        self.0.asked.cancel(signal);
        if !is_first {
            self.0.insisted.cancel(signal);
        }
    }

    /// The signal that has asked for the end, if one has.
    pub fn signal(&self) -> Option<u8> {
        self.0.asked.signal()
    }

    /// The same, of signals that have come just now as well: for what cannot be undone.
    ///
    /// # Errors
    ///
    /// [`Stopped`] when the end has been asked for.
    pub fn check_all(&self) -> Result<(), Stopped> {
        if let Some(listening) = &*locked(&self.0.listening) {
            let (heard, all) = sync_channel(1);
            // A thread that has ended has heard all that it will.
            let _ = listening.send(heard).map(|()| all.recv());
        }
        self.check()
    }

    /// Nothing, unless the end has been asked for.
    ///
    /// # Errors
    ///
    /// [`Stopped`] when it has.
    pub fn check(&self) -> Result<(), Stopped> {
        self.signal().map_or(Ok(()), |signal| Err(Stopped { signal }))
    }

    /// Waits, blocking the thread, for so long or until the end is asked for.
    ///
    /// # Errors
    ///
    /// [`Stopped`] when it is.
    #[expect(clippy::disallowed_methods, reason = "this is the clock")]
    pub(super) fn wait(&self, duration: Duration) -> Result<(), Stopped> {
        let start = Instant::now();
        let mut asked = pin!(self.0.asked.token.cancelled());
        let waker = Arc::new(Unpark(thread::current())).into();
        let mut context = Context::from_waker(&waker);
        while asked.as_mut().poll(&mut context).is_pending() {
            match duration.checked_sub(start.elapsed()) {
                Some(left) if !left.is_zero() => thread::park_timeout(left),
                _ => break,
            }
        }
        self.check()
    }

    /// Waits until the end is asked for, and gives the signal.
    pub async fn asked(&self) -> u8 {
        self.0.asked.cancelled().await
    }

    /// Waits for a second signal where something goes on after the first, and says that it does.
    pub async fn insisted(&self) -> u8 {
        self.asked().await;
        if let Some(tell) = self.0.on_wait.get() {
            tell();
        }
        self.0.insisted.cancelled().await
    }
}

/// Wakes a thread that waits without a runtime.
struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

impl fmt::Debug for Stop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Stop").field(&self.0.asked).field(&self.0.insisted).finish()
    }
}

impl From<Stopped> for Error {
    fn from(Stopped { signal }: Stopped) -> Self {
        Self::Interrupted { signal, left: Left::Nothing }
    }
}

/// What is in there is whole whenever the lock is free.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::{Clock as _, SystemClock};

    fn ready(future: impl Future<Output = u8>) -> Option<u8> {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            tokio::select! {
                biased;
                signal = future => Some(signal),
                () = tokio::task::yield_now() => None,
            }
        })
    }

    #[test]
    fn the_first_signal_asks_and_the_second_insists() {
        let stop = Stop::never();
        assert_eq!((stop.signal(), ready(stop.asked()), ready(stop.insisted())), (None, None, None));
        stop.signalled(1, true);
        assert_eq!((stop.signal(), ready(stop.asked()), ready(stop.insisted())), (Some(1), Some(1), None));
        stop.signalled(2, false);
        stop.signalled(15, false);
        assert_eq!((stop.signal(), ready(stop.asked()), ready(stop.insisted())), (Some(1), Some(1), Some(2)));
    }

    #[test]
    fn an_end_without_a_signal_does_not_insist_nor_does_the_first_signal_after_it() {
        let stop = Stop::never();
        stop.end();
        stop.end();
        assert_eq!((stop.signal(), ready(stop.insisted())), (Some(15), None));
        stop.signalled(1, true);
        assert_eq!((stop.signal(), ready(stop.insisted())), (Some(15), None));
        stop.signalled(2, false);
        assert_eq!(ready(stop.insisted()), Some(2));
    }

    #[test]
    fn a_wait_ends_when_the_end_is_asked_for() {
        let (stop, clock) = (Stop::never(), SystemClock::start());
        assert_eq!(clock.sleep(Duration::from_millis(1), &stop), Ok(()));
        thread::scope(|scope| {
            let waiting = scope.spawn(|| clock.sleep(Duration::from_mins(1), &stop));
            stop.signalled(2, true);
            assert_eq!(waiting.join().unwrap(), Err(Stopped { signal: 2 }));
        });
        assert_eq!(clock.sleep(Duration::from_mins(1), &stop), Err(Stopped { signal: 2 }));
        assert!(clock.elapsed() < Duration::from_secs(30));
    }

    #[test]
    fn whoever_goes_on_after_a_signal_says_so() {
        let (stop, told) = (Stop::never(), Arc::new(Mutex::new(0)));
        let counted = Arc::clone(&told);
        stop.on_wait(move || *counted.lock().unwrap() += 1);
        assert_eq!(ready(stop.insisted()), None);
        assert_eq!(*told.lock().unwrap(), 0);
        stop.signalled(15, true);
        assert_eq!(ready(stop.insisted()), None);
        assert_eq!(*told.lock().unwrap(), 1);
    }
}
