//! The part of a shared store that decides: who may ask Zoom now, and which grant is stored.
//!
//! Each function here is one step that nothing interrupts. On Redis each is a script, and a test compares both.

use super::lineage::{Lineage, Offer};

/// The values that the machines share, without the tokens. `M` names a machine, `D` is a digest.
///
/// Whether a value that ends by itself still exists is for the store to say.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Shared<D, M> {
    /// The stored grant.
    pub grant: Option<Lineage<D>>,
    /// The machine that may ask Zoom now. It ends by itself.
    pub lease: Option<M>,
    /// The machine for whose escrow the others wait. It ends by itself, one lease after that.
    pub linger: Option<M>,
    /// The machine that began to spend the grant, until it is known what became of that.
    pub spending: Option<M>,
    /// The refresh token that Zoom has refused.
    pub refused: Option<D>,
    /// Whether somebody may still come with a newer one. It ends by itself.
    pub patience: bool,
}

/// The answer to a machine that wants to ask Zoom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Taken<M> {
    /// It may. The machine that began to spend the same grant before it, if one did and has not said what became of that.
    Granted {
        /// The name of that machine.
        after: Option<M>,
    },
    /// Another machine may, or has an answer that is waited for.
    Held {
        /// The name of that machine.
        by: M,
    },
    /// Another grant is stored than the one it has seen.
    Changed,
    /// Zoom has refused this refresh token a moment ago, and another machine may come with a newer one.
    Refused,
}

/// The answer to a machine that offers a pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Put {
    /// It is stored now.
    Stored,
    /// It was stored before.
    Already,
    /// The stored one is not replaced by it.
    Stale,
}

/// The meaning of a refusal of Zoom.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// Nothing: another grant is stored by now.
    Overtaken,
    /// Perhaps nothing: another machine may come with a newer one.
    Early,
    /// Somebody has to log in.
    Final,
}

impl<D, M> Default for Shared<D, M> {
    fn default() -> Self {
        Self { grant: None, lease: None, linger: None, spending: None, refused: None, patience: false }
    }
}

impl<D: Clone + PartialEq, M: Clone + PartialEq> Shared<D, M> {
    /// Gives a machine the right to ask Zoom, if it is the only one. `seen` is the stored grant as the machine knows it, and
    /// `spends` the refresh token that it will show; none where nothing is spent.
    ///
    /// A machine that has the right gets it again: it may not have had the answer, or is a new process where the last one
    /// was killed.
    pub fn take(&mut self, machine: &M, seen: Option<&D>, spends: Option<&D>) -> Taken<M> {
        if self.grant.as_ref().map(|grant| &grant.digest) != seen {
            return Taken::Changed;
        }
        if let Some(by) = [&self.lease, &self.linger].into_iter().flatten().find(|by| *by != machine) {
            return Taken::Held { by: by.clone() };
        }
        if self.patience && spends.is_some() && self.refused.as_ref() == spends {
            return Taken::Refused;
        }
        self.lease = Some(machine.clone());
        if spends.is_none() {
            return Taken::Granted { after: None };
        }
        self.linger = Some(machine.clone());
        let after = self.spending.replace(machine.clone());
        Taken::Granted { after: after.filter(|by| by != machine) }
    }

    /// Stores a pair, by its lineage alone: a machine that has lost its lease may have the only good refresh token. The lease
    /// of another machine stays.
    pub fn put(&mut self, machine: &M, offer: &Offer<D>) -> Put {
        let stored = self.grant.as_ref();
        if stored.is_some_and(|stored| stored.digest == offer.lineage.digest) {
            self.end(machine);
            return Put::Already;
        }
        if !offer.replaces(stored) {
            return Put::Stale;
        }
        self.grant = Some(offer.lineage.over(stored));
        (self.spending, self.refused, self.patience) = (None, None, false);
        self.end(machine);
        Put::Stored
    }

    /// Ends the right of a machine. `spent` says whether the refresh token may be spent, and no answer has come.
    pub fn release(&mut self, machine: &M, spent: bool) {
        self.end(machine);
        if !spent && self.spending.as_ref() == Some(machine) {
            self.spending = None;
        }
    }

    /// Takes note that Zoom has refused a refresh token, and ends the right of the machine that showed it.
    pub fn refuse(&mut self, machine: &M, digest: &D) -> Refused {
        self.release(machine, false);
        if self.grant.as_ref().is_some_and(|grant| grant.digest != *digest) {
            return Refused::Overtaken;
        }
        if self.refused.as_ref() != Some(digest) {
            (self.refused, self.patience) = (Some(digest.clone()), true);
        }
        if self.patience { Refused::Early } else { Refused::Final }
    }

    fn end(&mut self, machine: &M) {
        for held in [&mut self.lease, &mut self.linger] {
            if held.as_ref() == Some(machine) {
                *held = None;
            }
        }
    }
}
