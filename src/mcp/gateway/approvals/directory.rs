//! A directory of calls that wait for a person: a file each, under one lock.

use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};

use crate::clock::{Clock, Shutdown};
use crate::error::Error;
use crate::files::{self, LOCK_PATIENCE, Lock, heir, make_private, read_json, write_json};
use crate::mcp::gateway::approval::Approval;
use crate::mcp::gateway::id::Id;
use crate::mcp::gateway::place::names_in;

/// The version of the files.
pub(super) const APPROVAL_VERSION: u32 = 1;

/// The largest file: the arguments in it are shortened.
const LONGEST_APPROVAL: u64 = 1024 * 1024;

/// The calls that wait, and the files that cannot be read.
#[derive(Debug)]
pub(crate) struct Listed {
    pub(crate) approvals: Vec<Approval>,
    pub(crate) broken: Vec<Error>,
    /// The time by the clock of the place where they are.
    pub(crate) now: DateTime<Utc>,
}

/// The directory, which need not exist.
#[derive(Clone)]
pub(super) struct Directory(pub(super) PathBuf);

impl Directory {
    pub(super) fn exists(&self) -> bool {
        self.0.exists()
    }

    /// Makes it, and takes its lock.
    pub(super) async fn lock(&self) -> Result<Lock, Error> {
        self.make()?;
        Lock::acquire_async(&self.0).await
    }

    /// The same in this thread.
    pub(super) fn lock_here(&self, clock: &dyn Clock, stop: &Shutdown) -> Result<Lock, Error> {
        self.make()?;
        Lock::acquire(&self.0, LOCK_PATIENCE, clock, stop)
    }

    fn make(&self) -> Result<(), Error> {
        make_private(&self.0).map_err(|source| Error::Store { action: "make", path: self.0.clone(), source })
    }

    /// Changes the calls. The caller holds the lock. A file that cannot be read allows nothing, and stays.
    pub(super) fn change<R, E: From<Error>>(
        &self,
        change: impl FnOnce(&mut Vec<Approval>) -> Result<R, E>,
    ) -> Result<R, E> {
        let mut before = Vec::new();
        for id in self.ids()? {
            // A killed process may have left half a file.
            files::clean(&self.path(&id))?;
            before.extend(self.read(&id).ok().flatten());
        }
        let mut after = before.clone();
        let done = change(&mut after)?;
        for gone in before.iter().filter(|one| after.iter().all(|other| other.id != one.id)) {
            files::remove(&self.path(&gone.id))?;
        }
        for changed in after.iter().filter(|one| !before.contains(one)) {
            write_json(&self.path(&changed.id), APPROVAL_VERSION, changed, heir)?;
        }
        Ok(done)
    }

    /// All calls, and the files that cannot be read.
    pub(super) fn list(&self, clock: &dyn Clock) -> Result<Listed, Error> {
        let mut listed = Listed { approvals: Vec::new(), broken: Vec::new(), now: clock.now() };
        for id in self.ids()? {
            match self.read(&id) {
                Ok(approval) => listed.approvals.extend(approval),
                Err(error) => listed.broken.push(error),
            }
        }
        Ok(listed)
    }

    /// The call of this id.
    pub(super) fn read(&self, id: &Id) -> Result<Option<Approval>, Error> {
        let path = self.path(id);
        let approval: Option<Approval> = read_json(&path, APPROVAL_VERSION, LONGEST_APPROVAL)?;
        match approval {
            Some(other) if other.id != *id => Err(not_ours(&path)),
            approval => Ok(approval),
        }
    }

    /// Removes the call of this id.
    pub(super) fn remove(&self, id: &Id) -> Result<(), Error> {
        files::remove(&self.path(id))
    }

    pub(super) fn path(&self, id: &Id) -> PathBuf {
        self.0.join(format!("{id}.json"))
    }

    /// The ids of all files, also of those that a killed process has not finished.
    fn ids(&self) -> Result<Vec<Id>, Error> {
        let names = names_in(&self.0)?;
        let mut ids: Vec<Id> = names.iter().filter_map(|name| Id::parse(name.split('.').next()?)).collect();
        ids.sort();
        ids.dedup();
        Ok(ids)
    }
}

fn not_ours(path: &Path) -> Error {
    Error::Unparseable { path: path.to_owned(), line: None, problem: "it is about another call".into() }
}
