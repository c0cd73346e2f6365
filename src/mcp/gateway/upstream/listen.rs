//! The stream on which a server speaks unasked.

use std::time::Duration;

use super::attempt::{Place, until_answer};
use super::wire::{Established, Wire, is_of_type};
use crate::clock::{jitter, pause};
use crate::token::Token;

/// The pause before a stream is opened again; it doubles with each attempt that brings nothing.
const FIRST_PAUSE: Duration = Duration::from_secs(1);

/// The longest of these pauses.
pub(super) const LONGEST_PAUSE: Duration = Duration::from_mins(1);

/// Why the stream is not opened again.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Listened {
    /// The server has none.
    NotOffered,
    /// It does not know the session any more.
    Lost,
    /// It does not take the token. The stream may have been open until then.
    Refused { was_open: bool },
}

/// Hands on what a server says unasked, and opens the stream again whenever it ends.
pub(super) async fn listen(wire: &Wire, established: &Established, token: Option<&Token>) -> Listened {
    let mut place = Place::default();
    let (mut fruitless, mut was_open) = (0, false);
    loop {
        let opened = wire.listen(place.last.as_deref(), established, token).await;
        if let Ok(mut response) = opened {
            match response.status().as_u16() {
                404 if established.id.is_some() => return Listened::Lost,
                401 if token.is_some() => return Listened::Refused { was_open },
                200..300 if is_of_type(&response, "text/event-stream") => {
                    place.has_heard = false;
                    was_open = true;
                    // However it ends, it is opened again.
                    let _ = until_answer(wire, None, &mut response, &mut place).await;
                    if place.has_heard {
                        fruitless = 0;
                    }
                }
                408 | 425 | 429 | 500.. => {}
                _ => return Listened::NotOffered,
            }
        }
        pause(next_pause(fruitless, place.retry, jitter())).await;
        fruitless += 1;
    }
}

/// The pause after so many attempts that brought nothing.
pub(super) fn next_pause(fruitless: u32, asked: Option<Duration>, jitter: f64) -> Duration {
    let pause = FIRST_PAUSE.saturating_mul(2_u32.saturating_pow(fruitless)).min(LONGEST_PAUSE);
    pause.max(asked.unwrap_or_default()).mul_f64(1.0 + jitter / 10.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_a_minute_and_are_never_shorter_than_asked_for() {
        for (fruitless, asked, expected) in [
            (0, None, 1),
            (1, None, 2),
            (3, None, 8),
            (6, None, 60),
            (4_000_000, None, 60),
            (0, Some(5), 5),
            (3, Some(5), 8),
        ] {
            let asked = asked.map(Duration::from_secs);
            assert_eq!(next_pause(fruitless, asked, 0.0), Duration::from_secs(expected), "{fruitless}");
        }
        assert!(next_pause(0, None, 1.0) > FIRST_PAUSE);
    }
}
