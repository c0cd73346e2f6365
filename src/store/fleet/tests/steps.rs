//! The steps of a machine's process, by our protocol or by another one.

use super::world::{At, END, Fleet, G, M, Machine, OUT, Protocol, Reuse, World};
use crate::store::fleet::{Lineage, Offer, Put, Refused, Step, Taken};

impl Fleet {
    pub(super) fn goes(&self, world: &mut World, m: M) {
        let looks_or_puts =
            |world: &World| matches!(world.machines[usize::from(m)].at, At::Idle | At::Putting { .. });
        let is_news = looks_or_puts(world);
        self.steps(world, m);
        let machine = &mut world.machines[usize::from(m)];
        machine.is_late &= !is_news || machine.at != At::Idle;
    }

    fn steps(&self, world: &mut World, m: M) {
        let machine = world.machines[usize::from(m)].clone();
        match machine.at {
            At::Idle => Self::looks(world, m),
            At::Taking { seen, spends } => {
                let stored = seen.as_ref().map(|seen| seen.digest);
                let taken = self.takes(world, m, stored, spends);
                let machine = &mut world.machines[usize::from(m)];
                (machine.at, machine.has_lease) = match taken {
                    Taken::Granted { .. } => (At::Sending { seen, spends }, true),
                    _ => (At::Idle, false),
                };
            }
            At::Sending { seen, spends } => self.sends(world, m, seen.as_ref(), spends, false),
            At::Answered { offer: None, spends } => {
                let refused = world.changes_store(|store| store.refuse(&m, &spends));
                world.machines[usize::from(m)].dies();
                if refused == Refused::Final
                    || refused == Refused::Early && self.protocol == Protocol::BelievesTheFirstRefusal
                {
                    says_to_log_in(world);
                }
            }
            At::Answered { offer: Some(offer), .. } => {
                let machine = &mut world.machines[usize::from(m)];
                let is_safe = machine.leaves && self.protocol == Protocol::LeavesWithoutEscrow;
                if self.protocol != Protocol::WithoutEscrow && !is_safe {
                    machine.own.escrow = Some(offer.clone());
                }
                machine.at = if machine.leaves { At::Leaving { offer } } else { At::Putting { offer } };
            }
            At::Leaving { offer } => {
                let machine = &mut world.machines[usize::from(m)];
                machine.given = Some(Lineage::first(offer.lineage.digest, offer.lineage.issued));
                machine.at = At::Marking { offer };
            }
            At::Marking { offer } => self.marks(world, m, &offer),
            At::Ended { mark } => {
                let machine = &mut world.machines[usize::from(m)];
                machine.own.escrow = Some(mark.clone());
                machine.at = At::Putting { offer: mark };
                if self.protocol == Protocol::EndsWithoutMark {
                    machine.own.escrow = None;
                    machine.dies();
                    world.is_told = true;
                    world.changes_store(|store| store.release(&m, false));
                }
            }
            At::Putting { offer } => {
                self.puts(world, m, &offer);
                world.machines[usize::from(m)].dies();
            }
        }
    }

    fn looks(world: &mut World, m: M) {
        let machine = &mut world.machines[usize::from(m)];
        let stored = world.store.grant.as_ref();
        machine.own = machine.own.after_seeing(stored);
        match machine.own.next(stored, machine.given.as_ref()) {
            Step::Heal => {
                let offer = machine.own.escrow.clone().expect("what is healed with");
                machine.at = At::Putting { offer };
            }
            // The mark of a grant that is outside, or of one that was ended.
            Step::Ask(spends) if spends >= OUT => {}
            Step::Ask(spends) if !world.fresh => {
                machine.at = At::Taking { seen: stored.cloned(), spends };
            }
            Step::Ask(_) | Step::Wait | Step::Nothing => {}
        }
    }

    fn takes(&self, world: &mut World, m: M, seen: Option<G>, spends: G) -> Taken<M> {
        world.changes_store(|store| {
            match self.protocol {
                Protocol::WithoutLinger => store.linger = None,
                Protocol::WithoutLease => (store.lease, store.linger) = (None, None),
                _ => {}
            }
            store.take(&m, seen.as_ref(), Some(&spends))
        })
    }

    pub(super) fn sends(&self, world: &mut World, m: M, seen: Option<&Lineage<G>>, spends: G, logs_in: bool) {
        let others = world.machines.iter().enumerate().filter(|(other, _)| *other != usize::from(m));
        let asks_too = |machine: &Machine| {
            matches!(machine.at, At::Sending { .. } | At::Answered { .. }) && machine.has_lease
        };
        let is_alone = !others.into_iter().any(|(_, machine)| asks_too(machine));
        if world.machines[usize::from(m)].has_lease && !is_alone && !world.has_forgotten {
            world.is_wrong("two machines that have the lease ask Zoom at once");
        }
        // One that had the lease before knows no better.
        let is_unchanged =
            world.store.grant.as_ref().map(|grant| grant.digest) == seen.map(|seen| seen.digest);
        let has_lease = world.machines[usize::from(m)].has_lease;
        if is_unchanged && has_lease && !logs_in && !world.has_forgotten && world.is_outside(m) {
            world.is_wrong("a machine showed Zoom a refresh token while the grant was outside or ended");
        }
        let offer = (logs_in || world.good == Some(spends)).then(|| {
            world.issued += 1;
            world.good = Some(world.issued);
            if logs_in {
                (world.login, world.is_logged_out, world.is_told) = (world.issued, false, false);
            }
            let parent = seen.cloned().unwrap_or(Lineage::first(spends, Some(spends.into())));
            let lineage = parent.child(world.issued, Some(world.issued.into()));
            Offer { lineage, authorised: logs_in }
        });
        if offer.is_none() && self.reuse == Reuse::EndsTheGrant && !world.is_excused {
            world.good = None;
            world.is_wrong("a spent refresh token was shown, and that ended the good one");
        }
        let machine = &mut world.machines[usize::from(m)];
        machine.at = At::Answered { offer, spends };
    }

    fn puts(&self, world: &mut World, m: M, offer: &Offer<G>) {
        let was_good = world.store.grant.as_ref().is_some_and(|grant| Some(grant.digest) == world.good);
        let is_mark = offer.lineage.digest >= OUT;
        let put = world.changes_store(|store| match self.protocol {
            Protocol::EndsWhateverIsStored if is_mark => {
                store.grant = Some(offer.lineage.clone());
                store.release(&m, false);
                Put::Stored
            }
            Protocol::FencedByNumber if store.lease != Some(m) => Put::Stale,
            Protocol::LastOneWins => {
                store.grant = Some(offer.lineage.clone());
                store.release(&m, false);
                Put::Stored
            }
            _ => store.put(&m, offer),
        });
        let is_good = Some(offer.lineage.digest) == world.good;
        match put {
            Put::Stored | Put::Already => {
                if put == Put::Stored {
                    world.fresh = !is_mark;
                }
                world.is_told = is_mark;
                if was_good && !is_good {
                    world.is_wrong("the good refresh token in the store was overwritten");
                }
            }
            Put::Stale => {
                world.changes_store(|store| store.release(&m, false));
                if is_good {
                    world.is_wrong("the good refresh token was refused by the store");
                }
            }
        }
        let stored = world.store.grant.clone();
        let machine = &mut world.machines[usize::from(m)];
        machine.own = machine.own.after_seeing(stored.as_ref());
        // A pair that was brought belongs to the store again.
        machine.is_out &= put == Put::Stale;
        if is_mark && put == Put::Stale {
            machine.own.escrow = None;
        }
        if self.protocol == Protocol::EscrowUntilStored && put != Put::Stale {
            machine.own.escrow = None;
        }
    }
}

impl Fleet {
    /// Puts the mark into the place of the grant that is in the settings of a machine now.
    fn marks(&self, world: &mut World, m: M, offer: &Offer<G>) {
        let mark = offer.lineage.mark_of_absence(OUT + offer.lineage.digest);
        let put = match self.protocol {
            Protocol::LeavesWithoutMark => Put::Stored,
            _ => world.changes_store(|store| store.put(&m, &Offer { lineage: mark, authorised: false })),
        };
        let machine = &mut world.machines[usize::from(m)];
        if put != Put::Stale {
            machine.own.escrow = None;
            machine.is_out = true;
            (world.is_told, world.fresh) = (true, true);
        }
        machine.dies();
        world.changes_store(|store| store.release(&m, false));
    }
}

impl World {
    /// Whether the good refresh token is in the settings of another machine alone, or ended, and the store is said to know that.
    fn is_outside(&self, m: M) -> bool {
        let is_elsewhere = self.machines.iter().enumerate().any(|(other, machine)| {
            other != usize::from(m) && machine.is_out && self.good.is_some_and(|good| machine.holds(good))
        });
        self.is_told && (is_elsewhere || self.is_logged_out)
    }

    /// Zoom ends the login that a machine has seen, unless a later one has ended it.
    pub(super) fn ends_login(&mut self, m: M, seen: Option<&Lineage<G>>, spends: G) {
        // Nobody waits for the pair of one who spends nothing.
        self.changes_store(|store| {
            (store.linger, store.spending) = (None, None);
        });
        if self.login <= spends {
            (self.good, self.is_logged_out) = (None, true);
        }
        let ended = match seen {
            Some(seen) if seen.digest == spends => seen.clone(),
            Some(seen) => seen.child(spends, Some(spends.into())),
            None => Lineage::first(spends, Some(spends.into())),
        };
        let mark = Offer { lineage: ended.child(END + spends, Some(spends.into())), authorised: false };
        self.machines[usize::from(m)].at = At::Ended { mark };
    }

    /// A machine gets a new token without the store.
    pub(super) fn exchanges_outside(&mut self, m: M) {
        let machine = &mut self.machines[usize::from(m)];
        if machine.given.as_ref().is_some_and(|given| Some(given.digest) == self.good) {
            self.issued += 1;
            self.good = Some(self.issued);
            machine.given = Some(Lineage::first(self.issued, Some(self.issued.into())));
        }
    }
}

/// A process tells its user to log in.
fn says_to_log_in(world: &mut World) {
    let Some(good) = world.good else { return };
    let is_stored = world.store.grant.as_ref().is_some_and(|grant| grant.digest == good);
    // A login that is under way is known to nobody else before it is stored.
    let is_held = |machine: &Machine| {
        machine.brings(good) && machine.holds(good) && !machine.is_late && !machine.logs_in(good)
    };
    if is_stored || world.machines.iter().any(is_held) {
        world.is_wrong("a machine was told to log in while there was a good refresh token");
    }
}
