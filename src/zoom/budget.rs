//! How much memory Zoom's answers may take, for one call and for all calls together, whatever Zoom sends.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use crate::mutex::locked;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// The unit of the sizes of bodies.
pub(super) const MIB: usize = 1024 * 1024;

/// The most that the answers to one call of a tool may take: their bytes, and the values read from them.
pub const CALL: usize = 32 * MIB;

/// The most that the answers to all calls may take together.
const ALL: usize = 96 * MIB;

/// The size, in bytes, from which an answer is large. A page of 30 entries has some 20 KiB.
const LARGE: usize = 256 * 1024;

/// How many calls may have a large answer at a time. Others wait for them.
const LARGE_CALLS: usize = 2;

/// How many calls may be under way.
const CALLS: usize = 256;

/// The memory that all calls share.
#[derive(Debug)]
pub struct Pool {
    held: AtomicUsize,
    calls: AtomicUsize,
    large: Arc<Semaphore>,
}

impl Default for Pool {
    fn default() -> Self {
        Self {
            held: AtomicUsize::new(0),
            calls: AtomicUsize::new(0),
            large: Arc::new(Semaphore::new(LARGE_CALLS)),
        }
    }
}

impl Pool {
    /// The budget of one more call; none if too many calls are under way.
    pub fn call(self: &Arc<Self>) -> Option<Budget> {
        let one_more = |calls| (calls < CALLS).then_some(calls + 1);
        self.calls.fetch_update(Ordering::Relaxed, Ordering::Relaxed, one_more).ok()?;
        Some(Budget {
            most: CALL,
            held: AtomicUsize::new(0),
            pool: Some(Arc::clone(self)),
            large: Mutex::default(),
        })
    }
}

/// The budget of one call. Dropping it returns everything.
#[derive(Debug)]
pub struct Budget {
    most: usize,
    held: AtomicUsize,
    pool: Option<Arc<Pool>>,
    large: Mutex<Option<OwnedSemaphorePermit>>,
}

/// It would be too much; the reason, in words.
#[derive(Debug)]
pub struct TooMuch(pub(super) String);

impl Budget {
    /// A budget of its own of so many bytes.
    pub fn new(most: usize) -> Self {
        Self { most, held: AtomicUsize::new(0), pool: None, large: Mutex::default() }
    }

    /// Takes so many bytes.
    ///
    /// # Errors
    ///
    /// The call, or all calls together, would take too much.
    pub fn take(&self, bytes: usize) -> Result<(), TooMuch> {
        add(&self.held, bytes, self.most).ok_or_else(|| {
            let ask =
                if self.pool.is_some() { "; ask for less at once, as with a smaller page_size" } else { "" };
            TooMuch(format!("the answer did not end within {} MiB{ask}", self.most / MIB))
        })?;
        let all = self.pool.as_ref().map_or(Some(()), |pool| add(&pool.held, bytes, ALL));
        all.ok_or_else(|| {
            self.held.fetch_sub(bytes, Ordering::Relaxed);
            TooMuch("the answers to other calls take up all memory set aside for answers".into())
        })
    }

    /// The bytes taken so far.
    pub fn held(&self) -> usize {
        self.held.load(Ordering::Relaxed)
    }

    /// Returns all but so many bytes.
    pub fn shrink(&self, to: usize) {
        let held = self.held.fetch_min(to, Ordering::Relaxed);
        if let Some(pool) = &self.pool {
            pool.held.fetch_sub(held.saturating_sub(to), Ordering::Relaxed);
        }
    }

    /// Waits for a turn once this answer has become large, unless this call already has one.
    pub async fn turn(&self, bytes: usize) {
        let Some(pool) = self.pool.as_ref().filter(|_| bytes >= LARGE && !self.is_large()) else { return };
        // The semaphore is never closed.
        if let Ok(turn) = Arc::clone(&pool.large).acquire_owned().await {
            *locked(&self.large) = Some(turn);
        }
    }

    fn is_large(&self) -> bool {
        locked(&self.large).is_some()
    }
}

impl Drop for Budget {
    fn drop(&mut self) {
        self.shrink(0);
        if let Some(pool) = &self.pool {
            pool.calls.fetch_sub(1, Ordering::Relaxed);
        }
    }
}

/// Adds to a sum, unless that would be more than `most`.
fn add(sum: &AtomicUsize, bytes: usize, most: usize) -> Option<()> {
    let added = |held: usize| held.checked_add(bytes).filter(|held| *held <= most);
    sum.fetch_update(Ordering::Relaxed, Ordering::Relaxed, added).ok().map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_has_its_share_and_gives_it_back() {
        let pool = Arc::new(Pool::default());
        let (one, two) = (pool.call().unwrap(), pool.call().unwrap());
        one.take(CALL).unwrap();
        assert!(one.take(1).unwrap_err().0.contains("32 MiB; ask for less"));
        two.take(CALL).unwrap();
        let three = pool.call().unwrap();
        three.take(ALL - 2 * CALL).unwrap();
        let four = pool.call().unwrap();
        assert!(four.take(1).unwrap_err().0.contains("other calls"));
        assert_eq!((four.held(), pool.held.load(Ordering::Relaxed)), (0, ALL));
        two.shrink(10);
        two.shrink(20);
        four.take(CALL - 10).unwrap();
        assert!(four.take(1).is_err());
        drop((one, two, three, four));
        assert_eq!((pool.held.load(Ordering::Relaxed), pool.calls.load(Ordering::Relaxed)), (0, 0));
        assert!(Budget::new(MIB).take(MIB + 1).unwrap_err().0.ends_with("within 1 MiB"));
    }

    #[test]
    fn so_many_calls_are_under_way_and_no_more() {
        let pool = Arc::new(Pool::default());
        let calls: Vec<Budget> = std::iter::repeat_with(|| pool.call().unwrap()).take(CALLS).collect();
        assert!(pool.call().is_none());
        drop(calls);
        assert!(pool.call().is_some());
    }

    #[test]
    fn large_answers_take_turns() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let pool = Arc::new(Pool::default());
            let calls: Vec<Budget> = std::iter::repeat_with(|| pool.call().unwrap()).take(4).collect();
            calls[0].turn(LARGE - 1).await;
            assert!(!calls[0].is_large());
            calls[0].turn(LARGE).await;
            calls[0].turn(2 * LARGE).await;
            calls[1].turn(LARGE).await;
            let mut waiting = std::pin::pin!(calls[2].turn(LARGE));
            tokio::select! {
                biased;
                () = &mut waiting => panic!("a third one"),
                () = std::future::ready(()) => {}
            }
        });
    }
}
