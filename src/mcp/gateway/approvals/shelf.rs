//! Where the calls of one gateway wait: in a directory of this machine, or in the shared store, where another machine may decide
//! about them and use the decision.

use std::path::PathBuf;
use std::sync::{Arc, OnceLock};
use std::thread;
use std::time::Duration;

use chrono::{DateTime, Utc};

use super::directory::{Directory, Listed};
use crate::clock::{SharedClock, Shutdown};
use crate::error::{Error, SharedError};
use crate::mcp::gateway::approval::Approval;
use crate::mcp::gateway::approval_error::ApprovalError;
use crate::mcp::gateway::id::Id;
use crate::mcp::gateway::name::Name;
use crate::mcp::gateway::stores::{NAMES, Stores, key, shared};
use crate::redis::{Document, Names, Next, Read};
use crate::store::no_place;

/// The version of the list in the shared store.
const WAITING_VERSION: u32 = 1;

/// How often a call that waits looks for the decision in its directory.
const POLL: Duration = Duration::from_millis(200);

/// How often it asks the shared store for it.
const SHARED_POLL: Duration = Duration::from_secs(1);

/// The place. Clones share what is known of it.
#[derive(Clone)]
pub(super) struct Shelf {
    /// None where this machine has no place for one.
    directory: Option<Directory>,
    stores: Stores,
    name: Name,
    clock: SharedClock,
    found: Arc<OnceLock<Document<Vec<Approval>>>>,
}

/// One call, and the time by the clock of its place.
pub(super) type Got = (Option<Approval>, DateTime<Utc>);

/// The list after a change, if it is another one, and the result of the change.
type Changed<R> = Result<(Option<Next<Vec<Approval>>>, R), ApprovalError>;

impl Shelf {
    pub(super) fn new(directory: Option<PathBuf>, stores: Stores, name: Name, clock: SharedClock) -> Self {
        Self { directory: directory.map(Directory), stores, name, clock, found: Arc::default() }
    }

    fn shared(&self) -> Result<Option<&Document<Vec<Approval>>>, Error> {
        let Some(pool) = self.stores.pool()? else { return Ok(None) };
        let names = Names { key: NAMES, name: self.name.to_string() };
        let key = key(&self.name, "approvals");
        Ok(Some(self.found.get_or_init(|| Document::new(pool.clone(), key, WAITING_VERSION, Some(names)))))
    }

    fn directory(&self) -> Result<&Directory, Error> {
        self.directory.as_ref().ok_or_else(|| no_place("calls that wait for a person"))
    }

    /// How often to look for a decision.
    pub(super) fn poll(&self) -> Duration {
        if matches!(self.shared(), Ok(None)) { POLL } else { SHARED_POLL }
    }

    /// Changes all calls as the only one who does, at a time by the clock of their place. In the shared store that is done again where
    /// others were ahead.
    pub(super) async fn change<R: Send + 'static>(
        &self,
        mut change: impl FnMut(&mut Vec<Approval>, DateTime<Utc>) -> Result<R, ApprovalError> + Send + 'static,
    ) -> Result<R, ApprovalError> {
        if let Some(document) = self.shared()? {
            let changed = document.change(move |before, now| changed(before, now, &mut change));
            return changed.await.map_err(shared)?;
        }
        let directory = self.directory()?;
        let _lock = directory.lock().await?;
        directory.change(|approvals| change(approvals, self.clock.now()))
    }

    /// The same in this thread.
    pub(super) fn change_here<R>(
        &self,
        stop: &Shutdown,
        mut change: impl FnMut(&mut Vec<Approval>, DateTime<Utc>) -> Result<R, ApprovalError>,
    ) -> Result<R, ApprovalError> {
        if let Some(document) = self.shared()? {
            let changed = document.change_here(|before, now| changed(before, now, &mut change));
            return changed.map_err(shared)?;
        }
        let directory = self.directory()?;
        let _lock = directory.lock_here(&*self.clock, stop)?;
        directory.change(|approvals| change(approvals, self.clock.now()))
    }

    /// The call of this id.
    pub(super) async fn get(&self, id: &Id) -> Result<Got, Error> {
        match self.shared()? {
            Some(document) => Ok(got(document.read().await, id)?),
            None => Ok((self.directory()?.read(id)?, self.clock.now())),
        }
    }

    /// The same in this thread.
    pub(super) fn get_here(&self, id: &Id) -> Result<Got, Error> {
        match self.shared()? {
            Some(document) => Ok(got(document.read_here(), id)?),
            None => Ok((self.directory()?.read(id)?, self.clock.now())),
        }
    }

    /// Whether certainly no call waits.
    pub(super) fn is_empty(&self) -> Result<bool, Error> {
        Ok(self.shared()?.is_none() && self.directory.as_ref().is_none_or(|directory| !directory.exists()))
    }

    /// All calls.
    pub(super) async fn list(&self) -> Result<Listed, Error> {
        match self.shared()? {
            Some(document) => listed(document.read().await),
            None => self.list_directory(),
        }
    }

    /// The same in this thread.
    pub(super) fn list_here(&self) -> Result<Listed, Error> {
        match self.shared()? {
            Some(document) => listed(document.read_here()),
            None => self.list_directory(),
        }
    }

    fn list_directory(&self) -> Result<Listed, Error> {
        match &self.directory {
            Some(directory) => directory.list(&*self.clock),
            None => Ok(Listed { approvals: Vec::new(), broken: Vec::new(), now: self.clock.now() }),
        }
    }

    /// Removes the call of this id, as far as that can be done now: later it ends by itself. Nothing is waited for.
    pub(super) fn forget(&self, id: &Id) {
        match (self.shared(), &self.directory) {
            (Ok(Some(document)), _) => {
                let (document, id) = (document.clone(), id.clone());
                let forget = move || {
                    let _ = document.change_here(|before, now| {
                        changed(before, now, &mut |approvals: &mut Vec<Approval>, _| {
                            approvals.retain(|one| one.id != id);
                            Ok(())
                        })
                    });
                };
                let _ = thread::Builder::new().name("approval".into()).spawn(forget);
            }
            (Ok(None), Some(directory)) => drop(directory.remove(id)),
            (Ok(None), None) | (Err(_), _) => {}
        }
    }
}

/// The list after a change, which ends with the last call in it; none where it is as it was.
fn changed<R>(
    before: Option<&Vec<Approval>>,
    now: DateTime<Utc>,
    change: &mut impl FnMut(&mut Vec<Approval>, DateTime<Utc>) -> Result<R, ApprovalError>,
) -> Changed<R> {
    let before = before.map_or(&[][..], Vec::as_slice);
    let mut after = before.to_vec();
    let done = change(&mut after, now)?;
    if after == before {
        return Ok((None, done));
    }
    let until = after.iter().map(|one| one.until).max().unwrap_or(now);
    Ok((Some(Next { content: after, until: Some(until) }), done))
}

fn got(read: Result<Read<Vec<Approval>>, SharedError>, id: &Id) -> Result<Got, Error> {
    let Read { content, now, .. } = read.map_err(shared)?;
    Ok((content.and_then(|all| all.iter().find(|one| one.id == *id).cloned()), now))
}

fn listed(read: Result<Read<Vec<Approval>>, SharedError>) -> Result<Listed, Error> {
    let Read { content, now, .. } = read.map_err(shared)?;
    let approvals = content.map(|all| all.to_vec()).unwrap_or_default();
    Ok(Listed { approvals, broken: Vec::new(), now })
}
