//! Whether Zoom has seen anything of a call: what decides if the call stays counted.
//!
//! A call may be cancelled at any moment, also while a thread that it started is about to ask Zoom for a token. So the
//! question "may this still be sent?" and the answer "nothing was sent, give the count back" are one atomic step each,
//! on the same value: once a count is given back, nothing is sent for that call any more.

use std::sync::atomic::{AtomicU8, Ordering};

use reqwest::Url;

use crate::clock::{Clock, SIGTERM, Shutdown};
use crate::error::{Error, Left};
use crate::zoom::{Credentials, Exchange, Granted, Http, NotGranted};

/// Zoom has seen nothing.
const NOTHING: u8 = 0;
/// Something is being sent, and nobody knows yet whether it arrives.
const ON_ITS_WAY: u8 = 1;
/// Zoom has seen something, or may have.
const ARRIVED: u8 = 2;
/// The count was given back.
const CLOSED: u8 = 3;

/// How far one call has got on its way to Zoom.
#[derive(Debug, Default)]
pub(crate) struct Reach(AtomicU8);

impl Reach {
    /// Asks to send something for the call. False when its count was given back: then nothing may be sent.
    #[must_use]
    pub(crate) fn begin(&self) -> bool {
        let begun = self.0.compare_exchange(NOTHING, ON_ITS_WAY, Ordering::SeqCst, Ordering::SeqCst);
        begun.map_or_else(|now| now != CLOSED, |_| true)
    }

    /// Records whether the request arrived. A call that had arrived before stays so.
    pub(crate) fn sent(&self, arrived: bool) {
        let now = if arrived { ARRIVED } else { NOTHING };
        let _ = self.0.compare_exchange(ON_ITS_WAY, now, Ordering::SeqCst, Ordering::SeqCst);
    }

    /// Counts the call in any case: the request of another call has served it.
    pub(crate) fn count(&self) {
        let _ = self.0.compare_exchange(NOTHING, ARRIVED, Ordering::SeqCst, Ordering::SeqCst);
    }

    /// Closes a call of which Zoom has seen nothing. True when its count is to be given back.
    #[must_use]
    pub(crate) fn close(&self) -> bool {
        self.0.compare_exchange(NOTHING, CLOSED, Ordering::SeqCst, Ordering::SeqCst).is_ok()
    }
}

/// Exchanges that are made for a call.
pub(crate) struct Noted<'a>(pub(super) &'a Reach);

impl Exchange for Noted<'_> {
    fn exchange(
        &self,
        url: &Url,
        credentials: &Credentials,
        clock: &dyn Clock,
        stop: &Shutdown,
    ) -> Result<Granted, NotGranted> {
        if !self.0.begin() {
            return Err(Error::Interrupted { signal: SIGTERM, left: Left::Nothing }.into());
        }
        let granted = Http.exchange(url, credentials, clock, stop);
        self.0.sent(granted.as_ref().map_or_else(|failed| has_reached(&failed.error), |_| true));
        granted
    }
}

/// Whether Zoom may have seen the question that ended like this.
fn has_reached(error: &Error) -> bool {
    match error {
        Error::Transient { reached, .. } => *reached,
        Error::Refused { .. } | Error::UnsafeToken { .. } | Error::Interrupted { .. } => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Barrier;
    use std::thread;

    use super::*;

    #[test]
    fn a_sent_request_stays_counted_unless_it_is_known_not_to_have_arrived() {
        let reach = Reach::default();
        assert!(reach.begin());
        assert!(!reach.close(), "it is on its way");
        reach.sent(false);
        assert!(reach.begin());
        reach.sent(true);
        assert!(reach.begin());
        reach.sent(false);
        assert!(!reach.close(), "the first of the two has arrived");

        let reach = Reach::default();
        reach.count();
        assert!(!reach.close());
    }

    #[test]
    fn nothing_is_sent_once_the_count_was_given_back() {
        let reach = Reach::default();
        assert!(reach.close());
        assert!(!reach.begin());
        reach.sent(true);
        reach.count();
        assert!(!reach.begin() && !reach.close());
    }

    #[test]
    fn either_a_request_or_a_cancellation_at_the_same_time_wins() {
        for _ in 0..500 {
            let (reach, start) = (Reach::default(), Barrier::new(2));
            let (sent, given_back) = thread::scope(|scope| {
                let sends = scope.spawn(|| {
                    start.wait();
                    reach.begin()
                });
                start.wait();
                let given_back = reach.close();
                (sends.join().unwrap(), given_back)
            });
            assert_ne!(sent, given_back);
        }
    }
}
