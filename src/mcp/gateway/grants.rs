//! The grants, as a running gateway asks for them.

use std::sync::{Arc, Mutex};

use super::grant::{Grant, of_bearer};
use super::grant_error::GrantError;
use super::grant_file::GrantFile;
use crate::clock::{Clock as _, SystemClock};
use crate::files::{Unchanged, stamp};
use crate::mutex::locked;

/// All grants. Their file is read again whenever the file may have changed, so that one that was
/// removed is refused at its next request.
#[derive(Debug)]
pub(crate) struct Grants {
    file: GrantFile,
    clock: SystemClock,
    kept: Mutex<Unchanged<Arc<[Grant]>>>,
}

impl Grants {
    pub(crate) fn new(file: GrantFile, clock: SystemClock) -> Self {
        Self { file, clock, kept: Mutex::default() }
    }

    /// The grant that a bearer token belongs to, if any.
    ///
    /// # Errors
    ///
    /// The file cannot be read or is not to be trusted. Nobody is let in then.
    pub(crate) fn find(&self, bearer: &str) -> Result<Option<Grant>, GrantError> {
        Ok(of_bearer(&self.read()?, bearer).cloned())
    }

    /// Whether a grant still exists unchanged. If that cannot be known, it does not.
    pub(crate) fn has(&self, grant: &Grant) -> bool {
        self.read().is_ok_and(|grants| grants.contains(grant))
    }

    fn read(&self) -> Result<Arc<[Grant]>, GrantError> {
        let path = self.file.path();
        locked(&self.kept).get(|| self.clock.elapsed(), || stamp(path), || self.file.read().map(Arc::from))
    }
}
