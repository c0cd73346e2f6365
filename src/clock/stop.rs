//! The request to end: made by a signal or by the program itself, and handed to everything that waits.

use std::fmt;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, mpsc};

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
    heard: Mutex<Heard>,
    changed: Condvar,
    changed_async: Notify,
    on_wait: OnceLock<Box<dyn Fn() + Send + Sync>>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Heard {
    /// The first signal, or what counts as one.
    first: Option<u8>,
    signals: u32,
    /// The signal that insists.
    second: Option<u8>,
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
            heard: Mutex::default(),
            changed: Condvar::new(),
            changed_async: Notify::new(),
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
                loop {
                    tokio::select! {
                        biased;
                        signal = signals.next() => stop.signalled(signal),
                        // Whoever asks waits for it, unless it is gone.
                        Some(heard) = questions.recv() => drop(heard.send(())),
                    }
                }
            });
        };
        std::thread::Builder::new().name("signals".into()).spawn(listen).map_err(failed)?;
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
        self.change(|heard| heard.first = heard.first.or(Some(SIGTERM)));
    }

    fn signalled(&self, signal: u8) {
        self.change(|heard| {
            heard.first = heard.first.or(Some(signal));
            heard.signals += 1;
            if heard.signals > 1 {
                heard.second = heard.second.or(Some(signal));
            }
        });
    }

    fn change(&self, change: impl FnOnce(&mut Heard)) {
        change(&mut locked(&self.0.heard));
        self.0.changed.notify_all();
        self.0.changed_async.notify_waiters();
    }

    /// The signal that has asked for the end, if one has.
    pub fn signal(&self) -> Option<u8> {
        locked(&self.0.heard).first
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
    pub(super) fn wait(&self, duration: Duration) -> Result<(), Stopped> {
        let goes_on = |heard: &mut Heard| heard.first.is_none();
        let waited = self.0.changed.wait_timeout_while(locked(&self.0.heard), duration, goes_on);
        drop(waited);
        self.check()
    }

    /// Waits until the end is asked for, and gives the signal.
    pub async fn asked(&self) -> u8 {
        self.heard(|heard| heard.first).await
    }

    /// Waits for a second signal where something goes on after the first, and says that it does.
    pub async fn insisted(&self) -> u8 {
        self.asked().await;
        if let Some(tell) = self.0.on_wait.get() {
            tell();
        }
        self.heard(|heard| heard.second).await
    }

    async fn heard(&self, signal: impl Fn(&Heard) -> Option<u8>) -> u8 {
        loop {
            // Made before the look: what changes after that wakes it.
            let changed = self.0.changed_async.notified();
            if let Some(signal) = signal(&locked(&self.0.heard)) {
                return signal;
            }
            changed.await;
        }
    }
}

impl fmt::Debug for Stop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Stop").field(&*locked(&self.0.heard)).finish()
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
    use std::thread;

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
        stop.signalled(1);
        assert_eq!((stop.signal(), ready(stop.asked()), ready(stop.insisted())), (Some(1), Some(1), None));
        stop.signalled(2);
        stop.signalled(15);
        assert_eq!((stop.signal(), ready(stop.asked()), ready(stop.insisted())), (Some(1), Some(1), Some(2)));
    }

    #[test]
    fn an_end_without_a_signal_does_not_insist_nor_does_the_first_signal_after_it() {
        let stop = Stop::never();
        stop.end();
        stop.end();
        assert_eq!((stop.signal(), ready(stop.insisted())), (Some(15), None));
        stop.signalled(1);
        assert_eq!((stop.signal(), ready(stop.insisted())), (Some(15), None));
        stop.signalled(2);
        assert_eq!(ready(stop.insisted()), Some(2));
    }

    #[test]
    fn a_wait_ends_when_the_end_is_asked_for() {
        let (stop, clock) = (Stop::never(), SystemClock::start());
        assert_eq!(clock.sleep(Duration::from_millis(1), &stop), Ok(()));
        thread::scope(|scope| {
            let waiting = scope.spawn(|| clock.sleep(Duration::from_mins(1), &stop));
            stop.signalled(2);
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
        stop.signalled(15);
        assert_eq!(ready(stop.insisted()), None);
        assert_eq!(*told.lock().unwrap(), 1);
    }
}
