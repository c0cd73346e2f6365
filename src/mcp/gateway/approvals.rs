//! The calls of a gateway that wait for a person. A call waits in the process that has it; the decision is taken in another one.

use std::path::PathBuf;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Map, Value};

pub(crate) use self::directory::Listed;
use self::shelf::Shelf;
use super::approval::{Approval, Binding, State};
use super::approval_error::ApprovalError;
use super::id::Id;
use super::name::Name;
use super::stores::Stores;
use crate::clock::{SharedClock, Shutdown, pause};
use crate::error::{Diagnostic as _, Error};

mod directory;
mod shelf;

/// How many calls of one gateway may wait for a decision: nobody looks through more.
const MOST_APPROVALS: usize = 64;

/// The calls of one gateway that wait for a person.
#[derive(Clone)]
pub(crate) struct Approvals(Shelf);

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
    shelf: Shelf,
    id: Id,
    /// Whether it is to stay, or gone already.
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

impl Approvals {
    /// Those in this directory, or of the gateway of this name where there is a shared store.
    pub(crate) fn new(directory: Option<PathBuf>, stores: Stores, name: Name, clock: SharedClock) -> Self {
        Self(Shelf::new(directory, stores, name, clock))
    }

    /// Has a call wait. The same call made again keeps waiting under its id, or gets what was decided meanwhile.
    ///
    /// # Errors
    ///
    /// Too many calls wait, or it cannot be kept.
    pub(crate) async fn ask(&self, request: Request) -> Result<Waiting, ApprovalError> {
        let asked = self.0.change(move |kept, now| {
            sweep(kept, now);
            let Request { binding, rule, arguments, within } = &request;
            let until = now + TimeDelta::from_std(*within).unwrap_or(TimeDelta::zero());
            let count = kept.len();
            if let Some(again) = kept.iter_mut().find(|kept| kept.is_about(binding, now)) {
                match again.state {
                    State::Waiting => (again.since, again.until, again.has_left) = (now, until, false),
                    State::Allowed => again.has_left = false,
                    // It holds for all calls like this until its time is over.
                    State::Denied => {}
                }
                return Ok((again.id.clone(), again.state));
            }
            if count >= MOST_APPROVALS {
                return Err(ApprovalError::TooMany(count));
            }
            let id = Id::new().ok_or(ApprovalError::NoRandom)?;
            kept.push(Approval {
                id: id.clone(),
                binding: binding.clone(),
                rule: rule.clone(),
                arguments: arguments.clone(),
                since: now,
                until,
                state: State::Waiting,
                has_left: false,
            });
            Ok((id, State::Waiting))
        });
        let (id, state) = asked.await?;
        Ok(Waiting { shelf: self.0.clone(), id, is_settled: state == State::Denied })
    }

    /// Uses the approval of this call, if somebody has given it after the call was answered that it has to wait.
    ///
    /// # Errors
    ///
    /// It cannot be removed: it could be used twice.
    pub(crate) async fn claim(&self, call: &Binding) -> Result<Option<Id>, ApprovalError> {
        if self.0.is_empty()? {
            return Ok(None);
        }
        let call = call.clone();
        let claimed = self.0.change(move |kept, now| {
            sweep(kept, now);
            let found = kept.iter().position(|kept| kept.has_left && kept.allows(&call, now));
            Ok(found.map(|at| kept.remove(at).id))
        });
        claimed.await
    }

    /// The calls that wait or were decided, the oldest first.
    ///
    /// # Errors
    ///
    /// They cannot be read.
    pub(crate) fn list_here(&self) -> Result<Listed, Error> {
        self.0.list_here().map(in_order)
    }

    /// The same without blocking the thread for as long as the shared store may take.
    ///
    /// # Errors
    ///
    /// As above.
    pub(crate) async fn list(&self) -> Result<Listed, Error> {
        self.0.list().await.map(in_order)
    }

    /// Whether a call is waiting under this id, or has been.
    ///
    /// # Errors
    ///
    /// It cannot be read.
    pub(crate) fn has(&self, id: &Id) -> Result<bool, Error> {
        Ok(self.0.get_here(id)?.0.is_some())
    }

    /// Takes the decision about a call.
    ///
    /// # Errors
    ///
    /// There is none of that id, it was decided already, its time is over, or it cannot be changed.
    pub(crate) fn decide(&self, id: &Id, allow: bool, stop: &Shutdown) -> Result<Approval, ApprovalError> {
        self.0.change_here(stop, |kept, now| {
            let approval = kept.iter_mut().find(|kept| kept.id == *id);
            let approval = approval.ok_or_else(|| ApprovalError::Unknown(id.to_string()))?;
            approval.decide(allow, now)?;
            Ok(approval.clone())
        })
    }
}

/// Removes what is over, as killed gateways leave it.
fn sweep(kept: &mut Vec<Approval>, now: DateTime<Utc>) {
    kept.retain(|approval| !approval.is_over(now));
}

fn in_order(mut listed: Listed) -> Listed {
    sweep(&mut listed.approvals, listed.now);
    listed.approvals.sort_by(|one, other| (one.since, &one.id).cmp(&(other.since, &other.id)));
    listed
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
                Ok(None) => pause(self.shelf.poll()).await,
                Ok(Some(decision)) => return decision,
                Err(error) => return Decision::Lost(error.report()),
            }
        }
    }

    /// The decision, if there is one by now.
    async fn look(&mut self) -> Result<Option<Decision>, ApprovalError> {
        let (approval, now) = self.shelf.get(&self.id).await?;
        let Some(approval) = approval else {
            self.is_settled = true;
            return Ok(Some(Decision::Lost("another process has used it or removed it".into())));
        };
        if approval.is_over(now) {
            return Ok(Some(Decision::Over));
        }
        match approval.state {
            State::Waiting => Ok(None),
            State::Denied => Ok(Some(Decision::Denied)),
            State::Allowed => {
                // Used once: only who has removed it has it.
                let taken = self.shelf.change(move |kept, _| {
                    let before = kept.len();
                    kept.retain(|there| *there != approval);
                    Ok(kept.len() < before)
                });
                if !taken.await? {
                    return Ok(None);
                }
                self.is_settled = true;
                Ok(Some(Decision::Allowed))
            }
        }
    }

    /// Leaves it for the same call to be made again, since this one is answered before anybody has decided.
    ///
    /// # Errors
    ///
    /// It cannot be written. The call made again has to wait anew then.
    pub(crate) async fn leave(mut self) -> Result<(), ApprovalError> {
        let id = self.id.clone();
        let left = self.shelf.change(move |kept, _| {
            kept.iter_mut().filter(|kept| kept.id == id).for_each(|kept| kept.has_left = true);
            Ok(())
        });
        left.await?;
        self.is_settled = true;
        Ok(())
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        if !self.is_settled {
            self.shelf.forget(&self.id);
        }
    }
}

#[cfg(test)]
mod tests;
