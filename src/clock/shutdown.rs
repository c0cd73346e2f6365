//! The request to stop, made by a signal or by the program itself, and passed to everything that waits.

use std::fmt;
use std::pin::pin;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::sync::{Arc, Mutex, OnceLock};
use std::task::{Context, Wake};
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::{Signals, runtime};
use crate::error::{Error, Left};
use crate::mutex::locked;

/// The signal that stands for a stop without a signal.
pub(crate) const SIGTERM: u8 = 15;

/// Whether the program, or a part of it, is to stop. All clones share one state.
///
/// The first signal requests a stop: work that must not be lost, such as an exchange with a single-use refresh token,
/// continues until it is safe. The second signal forces it: nothing is waited for any longer. A stop without a signal is
/// requested and never forced.
#[derive(Clone)]
pub struct Shutdown(Arc<Shared>);

struct Shared {
    /// Whether signals to the process count.
    by_signals: bool,
    /// Asks the listening thread to confirm that it has handled all signals so far; none until there is such a thread.
    listening: Mutex<Option<mpsc::UnboundedSender<SyncSender<()>>>>,
    requested: Request,
    forced: Request,
    on_wait: OnceLock<Box<dyn Fn() + Send + Sync>>,
}

/// A request to stop, with the signal that made it.
#[derive(Debug, Default)]
struct Request {
    token: CancellationToken,
    /// Set before the token is cancelled.
    signal: OnceLock<u8>,
}

impl Request {
    fn cancel(&self, signal: u8) {
        // The first signal counts.
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

/// A wait was cut short because the program was requested to stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ShutdownRequested {
    /// The signal that requested it.
    pub signal: u8,
}

impl Shutdown {
    /// Requested by signals to this process, from [`Shutdown::listen`] on. Until then they end the program by themselves.
    pub fn by_signals() -> Self {
        Self::new(true)
    }

    /// Requested by [`Shutdown::request`] alone, for short waits and for tests.
    pub fn never() -> Self {
        Self::new(false)
    }

    fn new(by_signals: bool) -> Self {
        Self(Arc::new(Shared {
            by_signals,
            listening: Mutex::default(),
            requested: Request::default(),
            forced: Request::default(),
            on_wait: OnceLock::new(),
        }))
    }

    /// Starts a thread that listens for signals, which no longer end the program by themselves.
    ///
    /// # Errors
    ///
    /// The system is out of files or threads.
    pub fn listen(&self) -> Result<(), Error> {
        let mut listening = locked(&self.0.listening);
        if !self.0.by_signals || listening.is_some() {
            return Ok(());
        }
        let failed = |source| Error::Other { action: "listen for signals".into(), source };
        let runtime = runtime().map_err(failed)?;
        let mut signals = runtime.block_on(async { Signals::listen() }).map_err(failed)?;
        let (sender, mut checks) = mpsc::unbounded_channel::<SyncSender<()>>();
        let stop = self.clone();
        let listen = move || {
            runtime.block_on(async {
                let mut is_first = true;
                loop {
                    tokio::select! {
                        biased;
                        signal = signals.next() => stop.signalled(signal, std::mem::replace(&mut is_first, false)),
                        // The receiver may be gone.
                        Some(handled) = checks.recv() => drop(handled.send(())),
                    }
                }
            });
        };
        thread::Builder::new().name("signals".into()).spawn(listen).map_err(failed)?;
        *listening = Some(sender);
        Ok(())
    }

    /// Sets what to do when work continues after the first signal, such as printing why. Only the first call counts.
    pub fn on_wait(&self, notify: impl Fn() + Send + Sync + 'static) {
        let _ = self.0.on_wait.set(Box::new(notify));
    }

    /// Requests a stop, as a signal would.
    pub fn request(&self) {
        self.0.requested.cancel(SIGTERM);
    }

    /// The second signal forces the stop, even if a stop without a signal was requested before the first.
    fn signalled(&self, signal: u8, is_first: bool) {
        self.0.requested.cancel(signal);
        if !is_first {
            self.0.forced.cancel(signal);
        }
    }

    /// The signal that requested the stop, if any.
    pub fn signal(&self) -> Option<u8> {
        self.0.requested.signal()
    }

    /// Like [`Shutdown::check`], but also counts signals that have only just arrived; for steps that cannot be undone.
    ///
    /// # Errors
    ///
    /// [`ShutdownRequested`] if a stop was requested.
    pub fn check_all(&self) -> Result<(), ShutdownRequested> {
        if let Some(listening) = &*locked(&self.0.listening) {
            let (handled, all) = sync_channel(1);
            // A thread that has ended receives no more signals.
            let _ = listening.send(handled).map(|()| all.recv());
        }
        self.check()
    }

    /// Checks whether a stop was requested.
    ///
    /// # Errors
    ///
    /// [`ShutdownRequested`] if it was.
    pub fn check(&self) -> Result<(), ShutdownRequested> {
        self.signal().map_or(Ok(()), |signal| Err(ShutdownRequested { signal }))
    }

    /// Blocks the thread for this long, or until a stop is requested.
    ///
    /// # Errors
    ///
    /// [`ShutdownRequested`] if a stop was requested.
    #[expect(clippy::disallowed_methods, reason = "this is the clock")]
    pub(super) fn wait(&self, duration: Duration) -> Result<(), ShutdownRequested> {
        let start = Instant::now();
        let mut requested = pin!(self.0.requested.token.cancelled());
        let waker = Arc::new(Unpark(thread::current())).into();
        let mut context = Context::from_waker(&waker);
        while requested.as_mut().poll(&mut context).is_pending() {
            match duration.checked_sub(start.elapsed()) {
                Some(left) if !left.is_zero() => thread::park_timeout(left),
                _ => break,
            }
        }
        self.check()
    }

    /// Waits until a stop is requested, and returns the signal.
    pub async fn requested(&self) -> u8 {
        self.0.requested.cancelled().await
    }

    /// Waits for the second signal and returns it. Calls the [`Shutdown::on_wait`] callback after the first.
    pub async fn forced(&self) -> u8 {
        self.requested().await;
        if let Some(notify) = self.0.on_wait.get() {
            notify();
        }
        self.0.forced.cancelled().await
    }
}

/// Wakes a thread that is parked outside a runtime.
struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

impl fmt::Debug for Shutdown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Shutdown").field(&self.0.requested).field(&self.0.forced).finish()
    }
}

impl From<ShutdownRequested> for Error {
    fn from(ShutdownRequested { signal }: ShutdownRequested) -> Self {
        Self::Interrupted { signal, left: Left::Nothing }
    }
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
    fn the_first_signal_requests_a_stop_and_the_second_forces_it() {
        let stop = Shutdown::never();
        assert_eq!((stop.signal(), ready(stop.requested()), ready(stop.forced())), (None, None, None));
        stop.signalled(1, true);
        assert_eq!((stop.signal(), ready(stop.requested()), ready(stop.forced())), (Some(1), Some(1), None));
        stop.signalled(2, false);
        stop.signalled(15, false);
        assert_eq!(
            (stop.signal(), ready(stop.requested()), ready(stop.forced())),
            (Some(1), Some(1), Some(2))
        );
    }

    #[test]
    fn neither_a_stop_without_a_signal_nor_the_first_signal_after_it_forces_it() {
        let stop = Shutdown::never();
        stop.request();
        stop.request();
        assert_eq!((stop.signal(), ready(stop.forced())), (Some(15), None));
        stop.signalled(1, true);
        assert_eq!((stop.signal(), ready(stop.forced())), (Some(15), None));
        stop.signalled(2, false);
        assert_eq!(ready(stop.forced()), Some(2));
    }

    #[test]
    fn a_wait_ends_when_a_stop_is_requested() {
        let (stop, clock) = (Shutdown::never(), SystemClock::start());
        assert_eq!(clock.sleep(Duration::from_millis(1), &stop), Ok(()));
        thread::scope(|scope| {
            let waiting = scope.spawn(|| clock.sleep(Duration::from_mins(1), &stop));
            stop.signalled(2, true);
            assert_eq!(waiting.join().unwrap(), Err(ShutdownRequested { signal: 2 }));
        });
        assert_eq!(clock.sleep(Duration::from_mins(1), &stop), Err(ShutdownRequested { signal: 2 }));
        assert!(clock.elapsed() < Duration::from_secs(30));
    }

    #[test]
    fn work_that_continues_after_a_signal_is_announced() {
        let (stop, announced) = (Shutdown::never(), Arc::new(Mutex::new(0)));
        let counted = Arc::clone(&announced);
        stop.on_wait(move || *counted.lock().unwrap() += 1);
        assert_eq!(ready(stop.forced()), None);
        assert_eq!(*announced.lock().unwrap(), 0);
        stop.signalled(15, true);
        assert_eq!(ready(stop.forced()), None);
        assert_eq!(*announced.lock().unwrap(), 1);
    }
}
