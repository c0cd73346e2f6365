//! The grants, as a running gateway asks for them.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::grant::{Grant, of_bearer};
use super::grant_error::GrantError;
use super::grant_file::{GrantFile, GrantList};
use crate::clock::{Clock as _, SystemClock};
use crate::error::{Code, Diagnostic as _};
use crate::files::Unchanged;
use crate::mutex::locked;

/// How long sessions are kept whose grant the shared store cannot be asked about. No request of theirs is let through meanwhile.
const UNASKED_PATIENCE: Duration = Duration::from_mins(1);

/// How long the shared store is not asked again for the sake of sessions after it could not be: each of them would wait.
const ASK_AGAIN: Duration = Duration::from_secs(10);

/// All grants. They are looked at for each request, so that one that was removed is refused at its next request, on every machine
/// that has it from the shared store.
#[derive(Debug)]
pub(crate) struct Grants {
    file: GrantFile,
    clock: SystemClock,
    /// The last content of the file.
    kept: Mutex<Unchanged<Arc<GrantList>>>,
    /// The last content of the shared store, and when that was.
    asked: Mutex<Option<(Arc<GrantList>, Duration)>>,
    /// When it could not be asked last.
    failed: Mutex<Option<Duration>>,
}

impl Grants {
    pub(crate) fn new(file: GrantFile, clock: SystemClock) -> Self {
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
