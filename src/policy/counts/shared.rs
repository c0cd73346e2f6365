//! The counts of a `.env`, wherever they are: in a file, in two where the `.env` is known under two keys, or in memory. Where
//! they are is looked up when a call is first counted, and again as long as that fails.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use chrono::{DateTime, Utc};

use super::file::FileCounts;
use super::memory::MemoryCounts;
use super::redis::RedisCounts;
use super::{CountError, Counts, PATIENCE, PAUSE, Problem, Taken};
use crate::clock::retry_within;
use crate::error::Error;
use crate::policy::Charge;
use crate::redis::Pool;

/// Looks up the files that calls are counted in; none while another process does.
pub type FindCounts = Box<dyn Fn() -> Result<Option<Vec<PathBuf>>, Error> + Send + Sync>;

/// Counts that are kept in several places, in each of which a call needs room.
pub struct SharedCounts {
    /// None where the system has no place for state.
    find: Option<FindCounts>,
    found: OnceLock<Vec<Box<dyn Counts>>>,
}

impl SharedCounts {
    /// Those in the files that `find` gives.
    pub fn new(find: FindCounts) -> Self {
        Self { find: Some(find), found: OnceLock::new() }
    }

    /// Those of this name in the store that many machines share. In the state root this machine notes that it has counted there.
    pub fn in_store(store: Pool, name: &str, state_root: Option<&Path>) -> Self {
        let counts: Vec<Box<dyn Counts>> = vec![Box::new(RedisCounts::new(store, name, state_root))];
        Self { find: None, found: OnceLock::from(counts) }
    }

    /// Those of this process alone.
    pub fn in_memory() -> Self {
        Self { find: None, found: OnceLock::new() }
    }

    /// Counts a call at all of its limits and in all places, or in none. Each grant has counts of its own; a server with
    /// one client counts for the grant `""`.
    ///
    /// # Errors
    ///
    /// As with [`Counts::take`], and where it cannot be found out where to count. Nothing is counted then.
    pub async fn take(
        &self,
        grant: &str,
        charges: &[Charge],
        now: DateTime<Utc>,
    ) -> Result<Vec<Taken>, CountError> {
        // Without a limit no file is touched.
        let Some(first) = charges.first() else { return Ok(Vec::new()) };
        let unkept = |error| CountError { rule: first.rule.clone(), problem: Problem::Unkept(error) };
        let mut taken = Vec::new();
        for counts in self.found().await.map_err(unkept)? {
            match counts.take(grant, charges, now).await {
                Ok(this) => taken.push(this),
                Err(refused) => {
                    // A failure leaves the amount counted; the call is refused in any case.
                    let _ = self.give_back(taken, now).await;
                    return Err(refused);
                }
            }
        }
        Ok(taken)
    }

    /// Gives back the amounts of a call that never reached Zoom.
    ///
    /// # Errors
    ///
    /// As with [`Counts::give_back`], the first one; all other amounts are given back.
    pub async fn give_back(&self, taken: Vec<Taken>, now: DateTime<Utc>) -> Result<(), Error> {
        let mut given = Ok(());
        for (counts, taken) in self.found.get().into_iter().flatten().zip(taken) {
            given = given.and(counts.give_back(taken, now).await);
        }
        given
    }

    async fn found(&self) -> Result<&[Box<dyn Counts>], Error> {
        if let Some(found) = self.found.get() {
            return Ok(found);
        }
        let found: Vec<Box<dyn Counts>> = match &self.find {
            None => vec![Box::new(MemoryCounts::default())],
            Some(find) => {
                let paths = retry_within(PATIENCE, PAUSE, find).await?;
                let busy = || Error::Other {
                    action: "look up where calls are counted".into(),
                    source: std::io::ErrorKind::TimedOut.into(),
                };
                let file = |path| Box::new(FileCounts::new(path)) as Box<dyn Counts>;
                paths.ok_or_else(busy)?.into_iter().map(file).collect()
            }
        };
        Ok(self.found.get_or_init(|| found))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;
    use crate::policy::Window;

    fn ten() -> [Charge; 1] {
        let window = Window::Minute;
        [Charge { rule: "calls".into(), counter: "calls".into(), window, max: 10, amount: 1 }]
    }

    fn now() -> DateTime<Utc> {
        "2026-03-04T12:00:30Z".parse().unwrap()
    }

    async fn passed(counts: &SharedCounts) -> usize {
        let mut passed = 0;
        while counts.take("", &ten(), now()).await.is_ok() {
            passed += 1;
        }
        passed
    }

    #[tokio::test]
    async fn a_call_needs_room_in_each_place_and_takes_it_in_all_or_none() {
        let directory = tempfile::tempdir().unwrap();
        let [a, b] = ["a", "b"].map(|name| directory.path().join(name).join("policy-counts.json"));
        let shared = |paths: &[&PathBuf]| {
            let paths: Vec<PathBuf> = paths.iter().map(|path| (*path).clone()).collect();
            SharedCounts::new(Box::new(move || Ok(Some(paths.clone()))))
        };
        let (first, second, both) = (shared(&[&a]), shared(&[&b]), shared(&[&a, &b]));
        for _ in 0..4 {
            assert_eq!(second.take("", &ten(), now()).await.unwrap().len(), 1);
        }
        let taken = both.take("", &ten(), now()).await.unwrap();
        both.give_back(taken, now()).await.unwrap();
        assert_eq!(passed(&both).await, 6);
        // The amounts that the second place refused were given back to the first one.
        assert_eq!(passed(&second).await, 0);
        assert_eq!(passed(&first).await, 4);
    }

    #[tokio::test(start_paused = true)]
    async fn a_failed_look_up_of_the_places_refuses_the_call_and_is_repeated() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("policy-counts.json");
        let looks = AtomicU32::new(0);
        let counts = SharedCounts::new(Box::new(move || match looks.fetch_add(1, Ordering::Relaxed) {
            0 => Err(Error::Unreadable {
                path: "x".into(),
                source: std::io::ErrorKind::PermissionDenied.into(),
            }),
            1..4 => Ok(None),
            4 => Ok(Some(vec![path.clone()])),
            _ => panic!("it was found"),
        }));
        assert!(counts.take("", &[], now()).await.unwrap().is_empty());
        let refused = counts.take("", &ten(), now()).await.unwrap_err();
        assert!(matches!(refused.problem, Problem::Unkept(_)), "{refused}");
        assert_eq!(passed(&counts).await, 10);
        let busy = SharedCounts::new(Box::new(|| Ok(None)));
        assert!(busy.take("", &ten(), now()).await.is_err());
        assert_eq!(passed(&SharedCounts::in_memory()).await, 10);
    }
}
