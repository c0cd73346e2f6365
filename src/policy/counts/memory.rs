//! Counts that live as long as the process, where the system has no place for state.

use std::sync::Mutex;

use chrono::{DateTime, Utc};

use super::ledger::{Ledger, Taken};
use super::{CountError, Counting, Counts};
use crate::error::Error;
use crate::mutex::locked;
use crate::policy::Charge;

/// The counts of this process alone.
#[derive(Debug, Default)]
pub(super) struct MemoryCounts(Mutex<Ledger>);

impl Counts for MemoryCounts {
    fn take<'a>(
        &'a self,
        grant: &'a str,
        charges: &'a [Charge],
        now: DateTime<Utc>,
    ) -> Counting<'a, Taken, CountError> {
        let taken = locked(&self.0).take(grant, charges, now);
        Box::pin(std::future::ready(taken.map_err(|refused| refused.error(None, now))))
    }

    fn give_back(&self, taken: Taken, now: DateTime<Utc>) -> Counting<'_, (), Error> {
        locked(&self.0).give_back(&taken, now);
        Box::pin(std::future::ready(Ok(())))
    }
}
