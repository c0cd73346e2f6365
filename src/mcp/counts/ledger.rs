//! What is counted, and what there is room for. Pure: the text of the file in, the text out.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::error::Error;
use crate::mcp::policy::{Charge, Window};

/// How long a count is kept after its window has ended: for a call that came before that end and waited for its turn.
const GRACE: TimeDelta = TimeDelta::seconds(10);

/// The counts of all windows that matter.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Ledger {
    /// When counts were found to be lost. Until its window ends, every counter may have been full.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    damaged_at: Option<DateTime<Utc>>,
    counts: Vec<Count>,
}

/// What a counter has come to in one window, or what a call has added to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Count {
    counter: String,
    window: Window,
    /// When the window began.
    start: DateTime<Utc>,
    amount: u64,
}

/// What a call has been counted with.
#[derive(Debug, Default, PartialEq, Eq)]
#[must_use = "a call that never reached Zoom gives it back"]
pub struct Taken(Vec<Count>);

/// The limit that a call does not pass.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Refused {
    pub(super) charge: Charge,
    /// When it counts from 0 again; none where that does not help.
    pub(super) next: Option<DateTime<Utc>>,
    /// Whether it is full only because nobody knows what it has come to.
    pub(super) damaged: bool,
}

impl Taken {
    /// Whether the call was not limited at all.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Ledger {
    /// Reads what [`Ledger::text`] wrote. A file without a byte was just made; any other text, as after a power cut, means
    /// that the counts are lost.
    pub(super) fn read(text: &[u8], now: DateTime<Utc>) -> Self {
        if text.is_empty() {
            return Self::default();
        }
        serde_json::from_slice(text).unwrap_or_else(|_| Self { damaged_at: Some(now), counts: Vec::new() })
    }

    pub(super) fn text(&self) -> Result<Vec<u8>, Error> {
        serde_json::to_vec(self).map_err(|error| Error::Other {
            action: "write the counts of calls".into(),
            source: error.into(),
        })
    }

    /// Adds all of these, if each has room.
    ///
    /// # Errors
    ///
    /// The one that has none; of several the one that has none for the longest time.
    pub(super) fn take(&mut self, charges: &[Charge], now: DateTime<Utc>) -> Result<Taken, Refused> {
        self.forget(now);
        let (mut after, mut taken, mut refused) = (self.clone(), Vec::new(), Vec::new());
        for charge in charges {
            let (window, start) = (charge.window, charge.window.start(now));
            let damaged = self.damaged_at.is_some_and(|at| window.start(at) == start);
            let count = after.count(&charge.counter, window, start);
            match count.amount.checked_add(charge.amount) {
                Some(sum) if sum <= charge.max && !damaged => {
                    count.amount = sum;
                    taken.push(Count { amount: charge.amount, ..count.clone() });
                }
                _ => {
                    let next = (charge.amount <= charge.max).then(|| window.end(start));
                    refused.push(Refused { charge: charge.clone(), next, damaged });
                }
            }
        }
        // None is the longest time of all.
        if let Some(longest) =
            refused.into_iter().max_by_key(|refused| (refused.next.is_none(), refused.next))
        {
            return Err(longest);
        }
        *self = after;
        Ok(Taken(taken))
    }

    /// Subtracts what was taken from the windows that it was taken from; what has ended since is forgotten.
    pub(super) fn give_back(&mut self, taken: &Taken, now: DateTime<Utc>) {
        for Count { counter, window, start, amount } in &taken.0 {
            let count = self.count(counter, *window, *start);
            count.amount = count.amount.saturating_sub(*amount);
        }
        self.forget(now);
    }

    /// The count of a counter in one window.
    fn count(&mut self, counter: &str, window: Window, start: DateTime<Utc>) -> &mut Count {
        let is = |count: &Count| count.counter == counter && count.window == window && count.start == start;
        let index = self.counts.iter().position(is).unwrap_or_else(|| {
            self.counts.push(Count { counter: counter.to_owned(), window, start, amount: 0 });
            self.counts.len() - 1
        });
        &mut self.counts[index]
    }

    /// Drops what belongs to windows that have ended.
    fn forget(&mut self, now: DateTime<Utc>) {
        let matters = |window: Window, start: DateTime<Utc>| window.end(start) + GRACE > now;
        self.counts.retain(|count| matters(count.window, count.start));
        self.damaged_at = self.damaged_at.filter(|at| matters(Window::Day, Window::Day.start(*at)));
    }
}
