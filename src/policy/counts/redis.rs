//! Counts in the store that many machines share. Each change is one script, so that the others see all of it or nothing.
//!
//! The windows are those of the store's clock, and not of the machines': a machine whose clock is wrong counts where the others do,
//! and opens or shuts nothing. Whatever keeps a call from being counted refuses it.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use chrono::{DateTime, Utc};

use self::noted::Noted;
use super::ledger::{GRACE, Refused, Taken, longest};
use super::{CountError, Counting, Counts, Problem};
use crate::error::{Error, SharedError};
use crate::policy::{Charge, Window};
use crate::redis::{Pool, Reply, Script};

mod noted;

/// The version of the form of the counts there.
const COUNTS_VERSION: u32 = 1;

/// The largest amount and limit there, 2^53 - 1: the numbers of a script are exact up to there. No more than that is ever let
/// through.
const MOST: u64 = (1 << 53) - 1;

static SCRIPT: Script = Script::new(include_str!("redis/counts.lua"));

/// The counts of one name in a store.
pub(super) struct RedisCounts {
    store: Pool,
    key: Arc<str>,
    /// Whether this process has seen counts there: where there are none after that, they are lost.
    seen: Arc<AtomicBool>,
    /// Whether another process of this machine has.
    noted: Noted,
    /// Whether the caller's clock says in which window a call is, and not the store's: for tests, which set it.
    is_by_caller: bool,
}

/// An answer of the script.
enum Answer {
    Done(DateTime<Utc>),
    Refused(DateTime<Utc>, Vec<(usize, Option<DateTime<Utc>>, bool)>),
}

impl RedisCounts {
    /// Those of a name, which may hold any characters but braces.
    pub(super) fn new(store: Pool, name: &str, state_root: Option<&Path>) -> Self {
        let key = format!("zoomtok:{{{name}}}:counts").into();
        let noted = Noted::new(state_root, store.access().address.to_string(), name);
        Self { store, key, seen: Arc::default(), noted, is_by_caller: false }
    }

    async fn run(
        &self,
        action: &str,
        now: DateTime<Utc>,
        amounts: Vec<Vec<u8>>,
    ) -> Result<Answer, SharedError> {
        let now = if self.is_by_caller { now.timestamp_millis().to_string() } else { String::new() };
        let seen = if self.seen.load(Ordering::Relaxed) {
            "seen".to_owned()
        } else {
            self.noted.last_day().map(|day| day.to_string()).unwrap_or_default()
        };
        let head = [&COUNTS_VERSION.to_string(), &seen, &now, &GRACE.num_seconds().to_string(), action];
        let head = head.map(|part| part.as_bytes().to_vec());
        let key = Arc::clone(&self.key);
        let answer = self.store.with(move |connection| {
            let arguments: Vec<&[u8]> = head.iter().chain(&amounts).map(Vec::as_slice).collect();
            let reply = connection.run(&SCRIPT, &[key.as_bytes()], &arguments);
            let foreign =
                || SharedError::Foreign { address: connection.address().to_owned(), key: key.to_string() };
            match reply {
                Ok(reply) => understood(&reply, connection.address(), &key).unwrap_or_else(|| Err(foreign())),
                // There is something else than counts.
                Err(SharedError::Refused { code, .. }) if code == "WRONGTYPE" => Err(foreign()),
                Err(error) => Err(error),
            }
        });
        let answer = answer.await?;
        self.seen.store(true, Ordering::Relaxed);
        let (Answer::Done(at) | Answer::Refused(at, _)) = &answer;
        self.noted.note(*at);
        Ok(answer)
    }
}

impl Counts for RedisCounts {
    fn take<'a>(
        &'a self,
        grant: &'a str,
        charges: &'a [Charge],
        now: DateTime<Utc>,
    ) -> Counting<'a, Taken, CountError> {
        Box::pin(async move {
            // Without a limit nobody is asked.
            let Some(first) = charges.first() else { return Ok(Taken::default()) };
            let amounts = charges.iter().flat_map(|charge| {
                let Charge { window, max, amount, counter, .. } = charge;
                [letter(*window).into(), number((*max).min(MOST)), number(*amount), name(grant, counter)]
            });
            match self.run("take", now, amounts.collect()).await {
                Ok(Answer::Done(at)) => Ok(Taken::of(grant, charges, at)),
                Ok(Answer::Refused(at, rows)) => {
                    let refused = rows.into_iter().filter_map(|(index, next, unknown)| {
                        Some(Refused { charge: charges.get(index)?.clone(), next, unknown })
                    });
                    let all = longest(refused.collect());
                    let refused =
                        all.unwrap_or_else(|| Refused { charge: first.clone(), next: None, unknown: false });
                    Err(refused.error(Some("the shared store".into()), at))
                }
                Err(error) => {
                    let problem = Problem::Unkept(Box::new(error).into());
                    Err(CountError { rule: first.rule.clone(), problem })
                }
            }
        })
    }

    fn give_back(&self, taken: Taken, now: DateTime<Utc>) -> Counting<'_, (), Error> {
        Box::pin(async move {
            if taken.is_empty() {
                return Ok(());
            }
            let amounts = taken.amounts().flat_map(|count| {
                let start = count.start.timestamp().to_string().into_bytes();
                [letter(count.window).into(), start, number(count.amount), name(&count.grant, &count.counter)]
            });
            self.run("give", now, amounts.collect()).await.map_err(Box::new)?;
            Ok(())
        })
    }
}

/// The answer of the script at `key`; none for one that it never gives.
fn understood(reply: &Reply, address: &str, key: &str) -> Option<Result<Answer, SharedError>> {
    let parts = reply.list()?;
    let time = |at: usize| DateTime::from_timestamp_millis(parts.get(at)?.number()?);
    match parts.first()?.text()? {
        "done" => Some(Ok(Answer::Done(time(1)?))),
        "refused" => {
            let rows = parts.get(2)?.list()?.chunks_exact(3).map(|row| {
                let next = match row[1].text()? {
                    "" => None,
                    _ => Some(DateTime::from_timestamp(row[1].number()?, 0)?),
                };
                Some((usize::try_from(row[0].number()?).ok()?, next, row[2].text()? == "1"))
            });
            Some(Ok(Answer::Refused(time(1)?, rows.collect::<Option<_>>()?)))
        }
        "newer" => {
            let version = u64::try_from(parts.get(1)?.number()?).ok()?;
            let (address, key) = (address.to_owned(), key.to_owned());
            Some(Err(SharedError::Newer { address, key, version }))
        }
        _ => None,
    }
}

fn letter(window: Window) -> &'static [u8] {
    match window {
        Window::Minute => b"m",
        Window::Hour => b"h",
        Window::Day => b"d",
    }
}

fn number(number: u64) -> Vec<u8> {
    number.to_string().into_bytes()
}

/// The name of a counter of a grant. No grant has a NUL in it.
fn name(grant: &str, counter: &str) -> Vec<u8> {
    format!("{grant}\0{counter}").into_bytes()
}

#[cfg(test)]
mod tests;
