//! When a device polls (pure).

use std::time::Duration;

use crate::error::{Error, Refusal};

/// By how much a device pauses longer once it was told that it polls too often (RFC 8628, section 3.5).
const SLOW_DOWN: Duration = Duration::from_secs(5);

/// The longest pause that is believed of an answer: a code holds for 15 minutes.
const LONGEST_INTERVAL: Duration = Duration::from_mins(1);

/// The longest life of a device's code that is believed.
const LONGEST_DEVICE_LIFE: Duration = Duration::from_mins(30);

/// The polls of a device.
#[derive(Debug)]
pub(crate) struct Polls {
    interval: Duration,
    /// When the code ends, by a clock that never goes back.
    ends: Duration,
}

/// The next step of a device.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Then {
    /// Polls after this pause.
    After(Duration),
    /// Nothing: the code has ended.
    Ended,
}

impl Polls {
    /// Those of a code that was issued at this time and holds for `life` seconds, with `interval` seconds between them.
    pub(crate) fn new(interval: u64, life: u64, now: Duration) -> Self {
        let interval = Duration::from_secs(interval).clamp(Duration::from_secs(1), LONGEST_INTERVAL);
        Self { interval, ends: now + Duration::from_secs(life).min(LONGEST_DEVICE_LIFE) }
    }

    /// The step to take at this time.
    pub(crate) fn next(&self, now: Duration) -> Then {
        // The last poll is made while the code still holds.
        let last = self.ends.saturating_sub(now).saturating_sub(Duration::from_secs(1));
        if last.is_zero() { Then::Ended } else { Then::After(self.interval.min(last)) }
    }

    /// Takes note of a failed poll. Gives the failure back if it ends the login: a transient one does not.
    ///
    /// # Errors
    ///
    /// The failure.
    pub(crate) fn failed(&mut self, error: Error) -> Result<(), Error> {
        match error {
            Error::Refused { refusal: Refusal::Pending { slow_down }, .. } => {
                if slow_down {
                    self.interval += SLOW_DOWN;
                }
                Ok(())
            }
            // Section 3.5 has a device poll less often when it does not get through.
            Error::Transient { .. } | Error::Busy { .. } => {
                self.interval = (self.interval * 2).min(LONGEST_INTERVAL);
                Ok(())
            }
            error => Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn pending(slow_down: bool) -> Error {
        Error::Refused { refusal: Refusal::Pending { slow_down }, status: 400, tracking_id: None }
    }

    fn transient() -> Error {
        Error::Transient {
            what: "cut".into(),
            not_before: None,
            reached: true,
            spent: false,
            tracking_id: None,
        }
    }

    #[test]
    fn a_device_polls_as_it_is_told_until_its_code_ends() {
        let start = 100 * SECOND;
        let polls = Polls::new(5, 900, start);
        for (at, expected) in [
            (0, Then::After(5 * SECOND)),
            (894, Then::After(5 * SECOND)),
            (896, Then::After(3 * SECOND)),
            (899, Then::Ended),
            (901, Then::Ended),
        ] {
            assert_eq!(polls.next(start + at * SECOND), expected, "{at}");
        }
        for (interval, life, expected) in [
            (0, 900, Then::After(SECOND)),
            (3600, 900, Then::After(60 * SECOND)),
            (5, u64::MAX, Then::After(5 * SECOND)),
            (5, 0, Then::Ended),
        ] {
            assert_eq!(Polls::new(interval, life, start).next(start), expected);
        }
    }

    #[test]
    fn it_slows_down_when_asked_to_and_when_it_does_not_get_through() {
        let mut polls = Polls::new(5, 900, Duration::ZERO);
        for (failure, seconds) in [
            (pending(false), 5),
            (pending(true), 10),
            (pending(true), 15),
            (transient(), 30),
            (transient(), 60),
            (transient(), 60),
            (pending(false), 60),
        ] {
            polls.failed(failure).unwrap();
            assert_eq!(polls.next(Duration::ZERO), Then::After(seconds * SECOND));
        }
        for refusal in [Refusal::Denied, Refusal::DeviceCode, Refusal::Client] {
            let error = Error::Refused { refusal, status: 400, tracking_id: None };
            assert!(polls.failed(error).is_err());
        }
    }
}
