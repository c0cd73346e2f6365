//! The counts, and how much room they leave. Pure: the text of the file in, the text out.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::{CountError, Problem};
use crate::error::Error;
use crate::policy::{Charge, Window};

/// How long a count is kept after its window has ended: for a call that came before that end and waited for its turn.
pub(super) const GRACE: TimeDelta = TimeDelta::seconds(10);

/// The counts of all windows that matter.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Ledger {
    /// From when on every window of a kind is known: one that is not among the counts has a count of 0. Windows before
    /// have ended and were forgotten, or were lost, and count as full. So a clock that is set forward and back gives nobody
    /// a window anew.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    known_from: BTreeMap<Window, DateTime<Utc>>,
    /// The field of earlier versions in its place: when counts were found to be lost.
    #[serde(default, skip_serializing)]
    damaged_at: Option<DateTime<Utc>>,
    counts: Vec<Count>,
}

/// The value of a counter in one window, or the amount that a call has added to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Count {
    /// The client that is counted, where a server has several; empty where it has one.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(super) grant: String,
    pub(super) counter: String,
    pub(super) window: Window,
    /// When the window began.
    pub(super) start: DateTime<Utc>,
    pub(super) amount: u64,
}

/// The amounts that a call was counted with.
#[derive(Debug, Default, PartialEq, Eq)]
#[must_use = "a call that never reached Zoom gives it back"]
pub struct Taken(Vec<Count>);

/// The limit that a call does not pass.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Refused {
    pub(super) charge: Charge,
    /// When it counts from 0 again; none where that does not help.
    pub(super) next: Option<DateTime<Utc>>,
    /// Whether it counts as full only because its value is unknown.
    pub(super) unknown: bool,
}

impl Refused {
    /// The error for the caller at `now`. `place` is that of the counts, if they have one.
    pub(super) fn error(self, place: Option<String>, now: DateTime<Utc>) -> CountError {
        let Self { charge, next, unknown } = self;
        let wait = |at: DateTime<Utc>| {
            // A started second counts as one: who waits so many must not be early.
            let left = (at - now).num_milliseconds();
            (at, left.div_euclid(1000) + i64::from(left.rem_euclid(1000) > 0))
        };
        let problem = match next {
            Some(at) if unknown => Problem::Unknown { place, next: wait(at) },
            _ => Problem::Over { max: charge.max, window: charge.window, next: next.map(wait) },
        };
        CountError { rule: charge.rule, problem }
    }
}

/// The one of several that has no room for the longest time.
pub(super) fn longest(refused: Vec<Refused>) -> Option<Refused> {
    // None is the longest time of all.
    refused.into_iter().max_by_key(|refused| (refused.next.is_none(), refused.next))
}

impl Taken {
    /// The amounts of charges that were counted for a grant at this time.
    pub(super) fn of(grant: &str, charges: &[Charge], now: DateTime<Utc>) -> Self {
        let count = |charge: &Charge| Count {
            grant: grant.to_owned(),
            counter: charge.counter.clone(),
            window: charge.window,
            start: charge.window.start(now),
            amount: charge.amount,
        };
        Self(charges.iter().map(count).collect())
    }

    /// Each amount, with what it was counted for.
    pub(super) fn amounts(&self) -> impl Iterator<Item = &Count> {
        self.0.iter()
    }

    /// Whether the call was not limited at all.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Ledger {
    /// Reads what [`Ledger::text`] wrote. Any other text, as after a power cut, means that the counts are lost.
    pub(super) fn read(text: &[u8], now: DateTime<Utc>) -> Self {
        let Ok(mut ledger) = serde_json::from_slice::<Self>(text) else { return Self::lost(now) };
        if let Some(at) = ledger.damaged_at.take() {
            ledger.known_from = Self::lost(at).known_from;
        }
        ledger
    }

    /// A ledger whose counts were lost: each current window may have been full.
    pub(super) fn lost(now: DateTime<Utc>) -> Self {
        let ends = Window::ALL.map(|window| (window, window.end(window.start(now))));
        Self { known_from: ends.into(), ..Self::default() }
    }

    pub(super) fn text(&self) -> Result<Vec<u8>, Error> {
        serde_json::to_vec(self).map_err(|error| Error::Other {
            action: "write the counts of calls".into(),
            source: error.into(),
        })
    }

    /// Adds all of these to the counts of a grant, if each has room.
    ///
    /// # Errors
    ///
    /// The one that has none; among several the one that has none for the longest time.
    pub(super) fn take(
        &mut self,
        grant: &str,
        charges: &[Charge],
        now: DateTime<Utc>,
    ) -> Result<Taken, Refused> {
        self.advance(now);
        let (mut after, mut taken, mut refused) = (self.clone(), Vec::new(), Vec::new());
        for charge in charges {
            let (window, start) = (charge.window, charge.window.start(now));
            let unknown = self.known_from.get(&window).copied().filter(|known| start < *known);
            let count = after.count(grant, &charge.counter, window, start);
            match count.amount.checked_add(charge.amount) {
                Some(sum) if sum <= charge.max && unknown.is_none() => {
                    count.amount = sum;
                    taken.push(Count { amount: charge.amount, ..count.clone() });
                }
                _ => {
                    let end = unknown.unwrap_or_else(|| window.end(start));
                    let next = (charge.amount <= charge.max).then_some(end);
                    refused.push(Refused { charge: charge.clone(), next, unknown: unknown.is_some() });
                }
            }
        }
        if let Some(longest) = longest(refused) {
            return Err(longest);
        }
        *self = after;
        Ok(Taken(taken))
    }

    /// Subtracts the amounts from the windows that they were taken from; windows that have ended since are forgotten.
    pub(super) fn give_back(&mut self, taken: &Taken, now: DateTime<Utc>) {
        for Count { grant, counter, window, start, amount } in &taken.0 {
            let count = self.count(grant, counter, *window, *start);
            count.amount = count.amount.saturating_sub(*amount);
        }
        self.advance(now);
    }

    /// The count of a grant's counter in one window.
    fn count(&mut self, grant: &str, counter: &str, window: Window, start: DateTime<Utc>) -> &mut Count {
        let is = |count: &Count| {
            (count.grant.as_str(), count.counter.as_str()) == (grant, counter)
                && (count.window, count.start) == (window, start)
        };
        let index = self.counts.iter().position(is).unwrap_or_else(|| {
            let (grant, counter) = (grant.to_owned(), counter.to_owned());
            self.counts.push(Count { grant, counter, window, start, amount: 0 });
            self.counts.len() - 1
        });
        &mut self.counts[index]
    }

    /// Moves to this time: drops the counts of windows that have ended. Where the clock was set back into such a window, its
    /// count is no longer known, and it counts as full until it ends; but only that one, since the earlier time may have
    /// been the wrong one, and by a year.
    fn advance(&mut self, now: DateTime<Utc>) {
        let before = now.checked_sub_signed(GRACE).unwrap_or(now);
        let after = now.checked_add_signed(GRACE).unwrap_or(now);
        for window in Window::ALL {
            let (start, kept) = (window.start(now), window.start(before));
            let known = self.known_from.entry(window).or_insert(kept);
            // Calls that come at once may be out of order by less than the grace, and open nothing by that.
            let shut = window.end(window.start(after));
            *known = if start < *known { shut.min(*known) } else { kept.max(*known) };
        }
        let known_from = &self.known_from;
        self.counts.retain(|count| known_from.get(&count.window).is_none_or(|known| count.start >= *known));
    }
}

#[cfg(test)]
mod tests;
