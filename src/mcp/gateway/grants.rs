//! The grants, as a running gateway asks for them.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::grant::{Grant, of_bearer};
use super::grant_error::GrantError;
use super::grant_file::{GrantFile, GrantList};
use crate::clock::SharedClock;
use crate::error::{Code, Diagnostic as _};
use crate::files::Unchanged;
use crate::mutex::locked;

/// How long sessions are kept whose grant the shared store cannot be asked about. No request of theirs is let through meanwhile.
const UNASKED_PATIENCE: Duration = Duration::from_mins(1);

/// How long the shared store is not asked again for the sake of sessions after it could not be: each of them would wait.
const ASK_AGAIN: Duration = Duration::from_secs(10);

/// All grants. They are looked at for each request, so that one that was removed is refused at its next request, on every machine
/// that has it from the shared store.
pub(crate) struct Grants {
    file: GrantFile,
    clock: SharedClock,
    /// The last content of the file.
    kept: Mutex<Unchanged<Arc<GrantList>>>,
    /// The last content of the shared store, and when that was.
    asked: Mutex<Option<(Arc<GrantList>, Duration)>>,
    /// When it could not be asked last.
    failed: Mutex<Option<Duration>>,
}

impl Grants {
    pub(crate) fn new(file: GrantFile, clock: SharedClock) -> Self {
        Self { file, clock, kept: Mutex::default(), asked: Mutex::default(), failed: Mutex::default() }
    }

    /// The grant that a bearer token belongs to, if any.
    ///
    /// # Errors
    ///
    /// The grants cannot be read or are not to be trusted. Nobody is let in then.
    pub(crate) async fn find(&self, bearer: &str) -> Result<Option<Grant>, GrantError> {
        Ok(of_bearer(&self.read().await?.grants, bearer).cloned())
    }

    /// Whether a grant still exists unchanged. If that cannot be known, it does not, but for a minute without the shared store.
    pub(crate) async fn has(&self, grant: &Grant) -> bool {
        let list = if self.failed_lately() {
            self.asked_lately()
        } else {
            match self.read().await {
                Ok(list) => Some(list),
                Err(error) if error.code() == Code::Transient => {
                    *locked(&self.failed) = Some(self.clock.elapsed());
                    self.asked_lately()
                }
                Err(_) => None,
            }
        };
        list.is_some_and(|list| list.grants.contains(grant))
    }

    fn failed_lately(&self) -> bool {
        locked(&self.failed).is_some_and(|at| self.clock.elapsed() < at + ASK_AGAIN)
    }

    fn asked_lately(&self) -> Option<Arc<GrantList>> {
        let asked = locked(&self.asked).clone();
        asked.filter(|(_, at)| self.clock.elapsed() < *at + UNASKED_PATIENCE).map(|(list, _)| list)
    }

    async fn read(&self) -> Result<Arc<GrantList>, GrantError> {
        let since = self.clock.elapsed();
        if let Some(list) = self.file.read_shared().await? {
            *locked(&self.asked) = Some((Arc::clone(&list), since));
            return Ok(list);
        }
        locked(&self.kept).get(|| self.clock.elapsed(), || self.file.stamp(), || self.file.read_file())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::manual::ManualClock;
    use crate::clock::{Clock as _, Shutdown, runtime};
    use crate::mcp::gateway::name::Name;
    use crate::mcp::gateway::stores::Stores;

    /// A grant that is in the file, or in the shared store where there is one.
    fn added(file: &GrantFile, name: &str) -> Grant {
        let clock = ManualClock::at("2026-03-04T12:00:00Z");
        let (grant, _) = Grant::new(Name::parse(name).unwrap(), None, clock.now()).unwrap();
        file.add(&grant, &clock, &Shutdown::never()).unwrap();
        grant
    }

    #[test]
    fn a_session_ends_with_its_grant() {
        let directory = tempfile::tempdir().unwrap();
        let file = GrantFile::new(Some(directory.path()), Stores::none()).unwrap();
        let clock = Arc::new(ManualClock::at("2026-03-04T12:00:00Z"));
        let grants = Grants::new(file.clone(), Arc::<ManualClock>::clone(&clock));
        let grant = added(&file, "a");
        let has = |grant: &Grant| runtime().unwrap().block_on(grants.has(grant));
        assert!(has(&grant));
        file.remove(&grant.name, &*clock, &Shutdown::never()).unwrap();
        assert!(!has(&grant));
        // One of the same name has another token, and is another grant.
        let again = added(&file, "a");
        assert!(has(&again) && !has(&grant));
        // A file that cannot be understood is nobody's grant, and not that of the last look.
        crate::files::Reservation::new(&directory.path().join("zoomtok/grants.json"), 1)
            .unwrap()
            .commit(b"{")
            .unwrap();
        assert!(!has(&again));
    }

    #[cfg(all(target_os = "linux", feature = "fleet"))]
    #[test]
    fn without_the_shared_store_a_session_lasts_a_minute_and_the_store_is_asked_now_and_then() {
        use crate::redis::tests::with_server;
        with_server(|runtime, mut server| {
            let directory = tempfile::tempdir().unwrap();
            let access = server.access();
            let stores = Stores::new(move || Ok(Some(access.clone())));
            let file = GrantFile::new(Some(directory.path()), stores).unwrap();
            let clock = Arc::new(ManualClock::at("2026-03-04T12:00:00Z"));
            let grants = Grants::new(file.clone(), Arc::<ManualClock>::clone(&clock));
            let (grant, removed) = (added(&file, "a"), added(&file, "b"));
            file.remove(&removed.name, &*clock, &Shutdown::never()).unwrap();
            let has = |grant: &Grant| runtime.block_on(grants.has(grant));
            assert!(has(&grant) && !has(&removed));
            server.kill();
            assert!(has(&grant) && !has(&removed), "by the last answer");
            assert!(runtime.block_on(grants.find("ztg_x")).is_err(), "nobody new is let in");
            let failed = *locked(&grants.failed);
            assert_eq!(failed, Some(Duration::ZERO));
            clock.advance(ASK_AGAIN / 2);
            assert!(has(&grant));
            assert_eq!(*locked(&grants.failed), failed, "the store was not asked so soon");
            clock.advance(ASK_AGAIN / 2);
            assert!(has(&grant));
            assert_eq!(*locked(&grants.failed), Some(ASK_AGAIN), "it was asked again");
            clock.advance(UNASKED_PATIENCE);
            assert!(!has(&grant), "the last answer is a minute old");
        });
    }
}
