//! Three machines, a store that can lose what it has accepted, and Zoom; and whatever can go wrong with each.

use crate::store::fleet::{Lineage, Offer, Own, Shared};

/// A grant. Zoom numbers them as it issues them, which is the order in time.
pub(super) type G = u8;
/// The number of the mark of a grant that was taken out of the store.
pub(super) const OUT: G = 100;
/// The number of the mark of one that was ended.
pub(super) const END: G = 200;
/// A machine.
pub(super) type M = u8;

pub(super) const MACHINES: M = 3;

/// How often each thing may go wrong, and how long the history is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Bounds {
    /// How often the access token expires.
    pub(super) expiries: u8,
    /// How often a person logs in.
    pub(super) logins: u8,
    /// A process is killed, or the machine is off.
    pub(super) crashes: u8,
    /// A process stands still, perhaps beyond its lease.
    pub(super) pauses: u8,
    /// An answer of Zoom does not arrive.
    pub(super) lost_by_zoom: u8,
    /// An answer of the store does not arrive, or the store cannot be reached when the pair is put there.
    pub(super) lost_by_store: u8,
    /// The store forgets its last change, as after a failover.
    pub(super) rollbacks: u8,
    /// The store comes back empty.
    pub(super) emptied: u8,
    /// The disk of a machine is lost.
    pub(super) disks: u8,
    /// How often a machine takes the grant out of the store.
    pub(super) leaves: u8,
    /// How often somebody logs out.
    pub(super) logouts: u8,
}

pub(super) const NO_FAULTS: Bounds = Bounds {
    expiries: 1,
    logins: 0,
    crashes: 0,
    pauses: 0,
    lost_by_zoom: 0,
    lost_by_store: 0,
    rollbacks: 0,
    emptied: 0,
    disks: 0,
    leaves: 0,
    logouts: 0,
};

/// A protocol that differs from ours, to show that the model finds what is wrong with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Protocol {
    Ours,
    /// A pair is stored if its holder still has the lease.
    FencedByNumber,
    /// A pair goes to the store and nowhere else.
    WithoutEscrow,
    /// A machine forgets its pair as soon as the store has accepted it.
    EscrowUntilStored,
    /// A refusal of Zoom is believed at once.
    BelievesTheFirstRefusal,
    /// The lease of a dead machine is all that is waited for.
    WithoutLinger,
    /// The one who asks first stores last: a pair is always stored.
    LastOneWins,
    /// Without the store everybody asks.
    WithoutLease,
    /// The grant that a machine takes out of the store stays there.
    LeavesWithoutMark,
    /// The machine that leaves takes its pair for stored as soon as that is in its settings.
    LeavesWithoutEscrow,
    /// The grant that was ended stays in the store.
    EndsWithoutMark,
    /// The mark of an end takes whatever place there is.
    EndsWhateverIsStored,
}

/// What Zoom does about a refresh token that is shown a second time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reuse {
    Refused,
    /// It ends the newest one as well.
    EndsTheGrant,
}

pub(super) struct Fleet {
    pub(super) bounds: Bounds,
    pub(super) protocol: Protocol,
    pub(super) reuse: Reuse,
    /// Whether it has to be seen from each state that everything heals.
    pub(super) heals: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[expect(clippy::struct_excessive_bools, reason = "facts that are independent of each other")]
pub(super) struct World {
    /// The only refresh token that Zoom takes, unless it takes none.
    pub(super) good: Option<G>,
    pub(super) issued: G,
    pub(super) store: Shared<G, M>,
    /// Whether the stored access token is valid.
    pub(super) fresh: bool,
    /// The store before its last change.
    pub(super) before: Option<Box<Before>>,
    pub(super) machines: [Machine; MACHINES as usize],
    pub(super) left: Bounds,
    /// Whether the good refresh token is lost by something that nothing helps against.
    pub(super) is_excused: bool,
    /// The good refresh token that was on a lost disk.
    pub(super) was_on_lost_disk: Option<G>,
    /// Whether the store has lost a change that it had accepted.
    pub(super) has_forgotten: bool,
    /// The first grant of the last login.
    pub(super) login: G,
    /// Whether somebody has ended the last login.
    pub(super) is_logged_out: bool,
    /// Whether the one who took the grant out, or ended it, takes the store to know of that.
    pub(super) is_told: bool,
    pub(super) wrong: Option<&'static str>,
}

/// The part that comes back with a store that forgets its last change.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Before {
    pub(super) store: Shared<G, M>,
    pub(super) fresh: bool,
    /// The machines that others had waited for in vain.
    pub(super) late: [bool; MACHINES as usize],
}

/// Whether a machine does anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Runs {
    Yes,
    Paused,
    No,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[expect(clippy::struct_excessive_bools, reason = "facts that are independent of each other")]
pub(super) struct Machine {
    pub(super) own: Own<G>,
    /// The refresh token of its own settings.
    pub(super) given: Option<Lineage<G>>,
    pub(super) at: At,
    pub(super) runs: Runs,
    /// Whether its lease is good by its own clock.
    pub(super) has_lease: bool,
    /// Whether it was off for longer than others wait, and has done nothing since.
    pub(super) is_late: bool,
    /// Whether the exchange that it makes takes the grant out of the store.
    pub(super) leaves: bool,
    /// Whether it has the grant in its settings alone: nobody waits for that.
    pub(super) is_out: bool,
}

/// Where the process of a machine is.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum At {
    Idle,
    /// It has read the store, and wants the lease to show this one.
    Taking {
        seen: Option<Lineage<G>>,
        spends: G,
    },
    /// It has the lease, and has looked at its clock: the next thing is the request.
    Sending {
        seen: Option<Lineage<G>>,
        spends: G,
    },
    /// Zoom has answered: with a pair, or by refusing.
    Answered {
        offer: Option<Offer<G>>,
        spends: G,
    },
    /// The pair is in the escrow.
    Putting {
        offer: Offer<G>,
    },
    /// The pair that leaves the store is in the escrow.
    Leaving {
        offer: Offer<G>,
    },
    /// It is in the settings as well.
    Marking {
        offer: Offer<G>,
    },
    /// Zoom has ended a login, whose mark this is.
    Ended {
        mark: Offer<G>,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Action {
    Goes(M),
    LogsIn(M),
    Leaves(M),
    LogsOut(M),
    ExchangesOutside(M),
    ZoomsAnswerIsLost(M),
    StoresAnswerIsLost(M),
    StoreIsOutOfReach(M),
    Crashes(M),
    Starts(M),
    Pauses(M),
    Resumes(M),
    LosesItsDisk(M),
    TokenExpires,
    LeaseEnds,
    LingerEnds,
    PatienceEnds,
    StoreForgetsItsLastChange,
    StoreIsEmptied,
}

impl Machine {
    pub(super) fn steps(&self) -> bool {
        self.runs == Runs::Yes
    }

    /// Whether it shows Zoom this refresh token next.
    pub(super) fn shows(&self, grant: G) -> bool {
        matches!(self.at, At::Sending { spends, .. } if spends == grant)
    }

    /// Whether it has a refresh token somewhere: on its disk, in its settings, or in the memory of its process.
    pub(super) fn holds(&self, grant: G) -> bool {
        let is_that = |offer: &Offer<G>| offer.lineage.digest == grant;
        let in_memory = match &self.at {
            At::Answered { offer: Some(offer), .. }
            | At::Putting { offer }
            | At::Leaving { offer }
            | At::Marking { offer } => is_that(offer),
            _ => false,
        };
        in_memory
            || self.own.escrow.as_ref().is_some_and(is_that)
            || self.given.as_ref().is_some_and(|given| given.digest == grant)
    }

    /// Whether it brings this grant to the store with its next step.
    pub(super) fn brings(&self, grant: G) -> bool {
        self.steps() && !self.is_out && (self.holds(grant) || self.shows(grant))
    }

    /// Whether it has this grant from a login that it has not seen in the store.
    pub(super) fn logs_in(&self, grant: G) -> bool {
        let is_that = |offer: &Offer<G>| offer.authorised && offer.lineage.digest == grant;
        let in_memory = match &self.at {
            At::Answered { offer: Some(offer), .. } | At::Putting { offer } => is_that(offer),
            _ => false,
        };
        in_memory || self.own.escrow.as_ref().is_some_and(is_that)
    }

    pub(super) fn dies(&mut self) {
        (self.at, self.has_lease, self.leaves) = (At::Idle, false, false);
        if self.runs == Runs::Paused {
            self.runs = Runs::Yes;
        }
    }
}

impl World {
    pub(super) fn is_kept(&self) -> bool {
        let Some(good) = self.good else { return self.is_logged_out };
        let is_stored = self.store.grant.as_ref().is_some_and(|grant| grant.digest == good);
        is_stored || self.machines.iter().any(|machine| machine.holds(good))
    }

    /// Does something to the machines or the store that may destroy the last copy of a refresh token.
    pub(super) fn excusing(&mut self, is_excuse: impl Fn(&Self) -> bool, act: impl FnOnce(&mut Self)) {
        let was_kept = self.is_kept();
        act(self);
        self.is_excused |= was_kept && !self.is_kept() && is_excuse(self);
    }

    /// The store loses changes that it has accepted.
    pub(super) fn loses_changes(&mut self, act: impl FnOnce(&mut Self)) {
        self.has_forgotten = true;
        let is_twice = |world: &Self| world.good.is_some() && world.good == world.was_on_lost_disk;
        self.excusing(is_twice, act);
    }

    pub(super) fn changes_store<T>(&mut self, change: impl FnOnce(&mut Shared<G, M>) -> T) -> T {
        let late = self.machines.each_ref().map(|machine| machine.is_late);
        let before = Before { store: self.store.clone(), fresh: self.fresh, late };
        let result = change(&mut self.store);
        if before.store != self.store {
            self.before = Some(Box::new(before));
        }
        result
    }

    pub(super) fn is_wrong(&mut self, what: &'static str) {
        self.wrong.get_or_insert(what);
    }
}
