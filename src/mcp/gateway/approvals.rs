//! The directory of the calls that wait for a person: a file each, under one lock. A call waits in the process that has it;
//! the decision is taken in another one.

use std::path::{Path, PathBuf};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Map, Value};

use super::approval::{Approval, Binding, State};
use super::approval_error::ApprovalError;
use super::id::Id;
use super::place::names_in;
use crate::clock::{SharedClock, Shutdown, pause};
use crate::error::{Diagnostic as _, Error};
use crate::files::{self, LOCK_PATIENCE, Lock, heir, make_private, read_json, write_json};

/// The version of the files.
const APPROVAL_VERSION: u32 = 1;

/// The largest file: the arguments in it are shortened.
const LONGEST_APPROVAL: u64 = 1024 * 1024;

/// How many calls of one gateway may wait for a decision: nobody looks through more.
const MOST_APPROVALS: usize = 64;

/// How often a call that waits looks for the decision.
const POLL: Duration = Duration::from_millis(200);

/// The calls of one gateway that wait for a person.
#[derive(Clone)]
pub(crate) struct Approvals {
    directory: PathBuf,
    clock: SharedClock,
}

/// A call for which a person is to be asked.
pub(crate) struct Request {
    pub(crate) binding: Binding,
    /// The rule of the policy that asks.
    pub(crate) rule: String,
    /// The arguments as they may be shown.
    pub(crate) arguments: Map<String, Value>,
    /// How long it may wait.
    pub(crate) within: Duration,
}

/// A call that waits. Dropped, it waits no more, and nothing of it is left.
pub(crate) struct Waiting {
    approvals: Approvals,
    id: Id,
    /// Whether its file is to stay, or gone already.
    is_settled: bool,
}

/// How a wait has ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Decision {
    /// The call may be made, this once.
    Allowed,
    Denied,
    /// Nobody has decided in time.
    Over,
    /// It cannot be known what was decided, for this reason.
    Lost(String),
}

/// The calls that wait, and the files that cannot be read.
#[derive(Debug)]
pub(crate) struct Listed {
    pub(crate) approvals: Vec<Approval>,
    pub(crate) broken: Vec<Error>,
}

impl Approvals {
    pub(crate) fn new(directory: PathBuf, clock: SharedClock) -> Self {
        Self { directory, clock }
    }

    /// Has a call wait. The same call made again keeps waiting under its id, or gets what was decided meanwhile.
    ///
    /// # Errors
    ///
    /// Too many calls wait, or its file cannot be written.
    pub(crate) async fn ask(&self, request: Request) -> Result<Waiting, ApprovalError> {
        let Request { binding, rule, arguments, within } = request;
        let _lock = self.lock().await?;
        let now = self.clock.now();
        let until = now + TimeDelta::from_std(within).unwrap_or(TimeDelta::zero());
        let kept = self.sweep(now)?;
        let count = kept.len();
        let mut approval = match kept.into_iter().find(|kept| kept.is_about(&binding, now)) {
            Some(again) => again,
            None if count >= MOST_APPROVALS => return Err(ApprovalError::TooMany(count)),
            None => Approval {
                id: Id::new().ok_or(ApprovalError::NoRandom)?,
                binding,
                rule,
                arguments,
                since: now,
                until,
                state: State::Waiting,
                has_left: false,
            },
        };
        match approval.state {
            State::Waiting => (approval.since, approval.until, approval.has_left) = (now, until, false),
            State::Allowed => approval.has_left = false,
            // It holds for all calls like this until its time is over.
            State::Denied => {}
        }
        self.write(&approval)?;
        let Approval { id, state, .. } = approval;
        Ok(Waiting { approvals: self.clone(), id, is_settled: state == State::Denied })
    }

    /// Uses the approval of this call, if somebody has given it after the call was answered that it has to wait.
    ///
    /// # Errors
    ///
    /// Its file cannot be removed: it could be used twice.
    pub(crate) async fn claim(&self, call: &Binding) -> Result<Option<Id>, ApprovalError> {
        if !self.directory.exists() {
            return Ok(None);
        }
        let _lock = self.lock().await?;
        let now = self.clock.now();
        let mut kept = self.sweep(now)?.into_iter();
        let Some(approval) = kept.find(|kept| kept.has_left && kept.allows(call, now)) else {
            return Ok(None);
        };
        files::remove(&self.path(&approval.id))?;
        Ok(Some(approval.id))
    }

    /// The calls that wait or were decided, the oldest first.
    ///
    /// # Errors
    ///
    /// The directory cannot be read.
    pub(crate) fn list(&self) -> Result<Listed, Error> {
        let now = self.clock.now();
        let mut listed = Listed { approvals: Vec::new(), broken: Vec::new() };
        for id in self.ids()? {
            match self.read(&id) {
                Ok(approval) => listed.approvals.extend(approval.filter(|approval| !approval.is_over(now))),
                Err(error) => listed.broken.push(error),
            }
        }
        listed.approvals.sort_by(|one, other| (one.since, &one.id).cmp(&(other.since, &other.id)));
        Ok(listed)
    }

    /// Whether a call is waiting under this id, or has been.
    pub(crate) fn has(&self, id: &Id) -> bool {
        self.path(id).is_file()
    }

    /// Takes the decision about a call.
    ///
    /// # Errors
    ///
    /// There is none of that id, it was decided already, its time is over, or its file cannot be changed.
    pub(crate) fn decide(&self, id: &Id, allow: bool, stop: &Shutdown) -> Result<Approval, ApprovalError> {
        let _lock = Lock::acquire(&self.directory, LOCK_PATIENCE, &*self.clock, stop)?;
        let mut approval = self.read(id)?.ok_or_else(|| ApprovalError::Unknown(id.to_string()))?;
        approval.decide(allow, self.clock.now())?;
        self.write(&approval)?;
        Ok(approval)
    }

    /// Removes what is over, as killed gateways leave it, and returns the rest. The caller holds the lock. A file that
    /// cannot be read allows nothing.
    fn sweep(&self, now: DateTime<Utc>) -> Result<Vec<Approval>, ApprovalError> {
        let mut kept = Vec::new();
        for id in self.ids()? {
            files::clean(&self.path(&id))?;
            match self.read(&id) {
                Ok(Some(approval)) if approval.is_over(now) => files::remove(&self.path(&id))?,
                Ok(Some(approval)) => kept.push(approval),
                Ok(None) | Err(_) => {}
            }
        }
        Ok(kept)
    }

    /// The ids of all files, also of those that a killed process has not finished.
    fn ids(&self) -> Result<Vec<Id>, Error> {
        let names = names_in(&self.directory)?;
        let mut ids: Vec<Id> = names.iter().filter_map(|name| Id::parse(name.split('.').next()?)).collect();
        ids.sort();
        ids.dedup();
        Ok(ids)
    }

    async fn lock(&self) -> Result<Lock, ApprovalError> {
        let failed = |source| Error::Store { action: "make", path: self.directory.clone(), source };
        make_private(&self.directory).map_err(failed)?;
        Ok(Lock::acquire_async(&self.directory).await?)
    }

    fn path(&self, id: &Id) -> PathBuf {
        self.directory.join(format!("{id}.json"))
    }

    fn read(&self, id: &Id) -> Result<Option<Approval>, Error> {
        let path = self.path(id);
        let approval: Option<Approval> = read_json(&path, APPROVAL_VERSION, LONGEST_APPROVAL)?;
        match approval {
            Some(other) if other.id != *id => Err(not_ours(&path)),
            approval => Ok(approval),
        }
    }

    fn write(&self, approval: &Approval) -> Result<(), Error> {
        write_json(&self.path(&approval.id), APPROVAL_VERSION, approval, heir)
    }
}

fn not_ours(path: &Path) -> Error {
    Error::Unparseable { path: path.to_owned(), line: None, problem: "it is about another call".into() }
}

impl Waiting {
    /// The id that a person types to decide about it.
    pub(crate) fn id(&self) -> &Id {
        &self.id
    }

    /// Waits for the decision. An approval is used up by this.
    pub(crate) async fn decided(&mut self) -> Decision {
        loop {
            match self.look().await {
                Ok(None) => pause(POLL).await,
                Ok(Some(decision)) => return decision,
                Err(error) => return Decision::Lost(error.report()),
            }
        }
    }

    /// The decision, if there is one by now.
    async fn look(&mut self) -> Result<Option<Decision>, ApprovalError> {
        let approvals = self.approvals.clone();
        let Some(approval) = approvals.read(&self.id)? else {
            self.is_settled = true;
            return Ok(Some(Decision::Lost("another process has used it or removed it".into())));
        };
        if approval.is_over(approvals.clock.now()) {
            return Ok(Some(Decision::Over));
        }
        match approval.state {
            State::Waiting => Ok(None),
            State::Denied => Ok(Some(Decision::Denied)),
            State::Allowed => {
                let _lock = approvals.lock().await?;
                // Used once: only who has removed it has it.
                let is_there = approvals.read(&self.id)?.is_some_and(|there| there == approval);
                if !is_there {
                    return Ok(None);
                }
                files::remove(&approvals.path(&self.id))?;
                self.is_settled = true;
                Ok(Some(Decision::Allowed))
            }
        }
    }

    /// Leaves it for the same call to be made again, since this one is answered before anybody has decided.
    ///
    /// # Errors
    ///
    /// Its file cannot be written. The call made again has to wait anew then.
    pub(crate) async fn leave(mut self) -> Result<(), ApprovalError> {
        let approvals = self.approvals.clone();
        let _lock = approvals.lock().await?;
        if let Some(mut approval) = approvals.read(&self.id)? {
            approval.has_left = true;
            approvals.write(&approval)?;
        }
        self.is_settled = true;
        Ok(())
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        if !self.is_settled {
            // A file that cannot be removed now is removed once its time is over.
            let _ = files::remove(&self.approvals.path(&self.id));
        }
    }
}

#[cfg(test)]
mod tests;
