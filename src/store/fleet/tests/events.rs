//! Everything that can happen to the machines, the store and Zoom.

use super::explorer::Model;
use super::world::{Action, At, Fleet, G, M, MACHINES, Machine, Reuse, Runs, World};
use crate::store::fleet::{Lineage, Own, Shared};

impl Fleet {
    /// The end of a world in which nothing goes wrong any more: everything runs and looks until nothing changes.
    pub(super) fn at_last(&self, world: &World) -> World {
        let mut world = world.clone();
        world.machines.iter_mut().for_each(|machine| machine.runs = Runs::Yes);
        for _ in 0..100 {
            let before = world.clone();
            for m in 0..MACHINES {
                world = self.after(&world, Action::Goes(m));
                while world.machines[usize::from(m)].at != At::Idle {
                    world = self.after(&world, Action::Goes(m));
                }
            }
            if world == before {
                let actions = self.actions(&world);
                let ends = [Action::LeaseEnds, Action::LingerEnds, Action::PatienceEnds];
                match ends.into_iter().find(|end| actions.contains(end)) {
                    Some(end) => world = self.after(&world, end),
                    None => return world,
                }
            }
        }
        world
    }
}

impl Fleet {
    /// All that can happen to the store and the token.
    fn of_world(&self, world: &World, actions: &mut Vec<Action>) {
        let left = &world.left;
        let mut may = |action: Action, is_possible: bool| {
            if is_possible {
                actions.push(action);
            }
        };
        may(Action::TokenExpires, world.fresh && left.expiries > 0);
        // A process that runs ends its exchange within the lease.
        let is_at_work = |m: &M| {
            let machine = &world.machines[usize::from(*m)];
            machine.steps() && machine.has_lease
        };
        may(Action::LeaseEnds, world.store.lease.as_ref().is_some_and(|m| !is_at_work(m)));
        // Where a second use ends the grant, it has to be assumed that a machine is back by then.
        let is_late = |machine: &Machine| {
            self.reuse == Reuse::Refused
                || machine.runs == Runs::Paused
                || machine.at == At::Idle && !world.good.is_some_and(|good| machine.holds(good))
        };
        may(
            Action::LingerEnds,
            world.store.lease.is_none()
                && world.store.linger.as_ref().is_some_and(|m| is_late(&world.machines[usize::from(*m)])),
        );
        // A machine that runs and has a pair that the store lacks puts it there in time.
        let good_is_coming =
            world.good.is_some_and(|good| world.machines.iter().any(|machine| machine.brings(good)));
        may(Action::PatienceEnds, world.store.patience && !good_is_coming);
        may(Action::StoreForgetsItsLastChange, world.before.is_some() && left.rollbacks > 0);
        may(Action::StoreIsEmptied, world.store != Shared::default() && left.emptied > 0);
    }
}

impl Model for Fleet {
    type State = World;
    type Action = Action;

    /// The refresh token is in the settings of two machines, and the store is empty.
    fn start(&self) -> World {
        let machine = |given: Option<G>| Machine {
            own: Own::default(),
            given: given.map(|given| Lineage::first(given, Some(given.into()))),
            at: At::Idle,
            runs: Runs::Yes,
            has_lease: false,
            is_late: false,
            leaves: false,
            is_out: false,
        };
        World {
            good: Some(0),
            issued: 0,
            store: Shared::default(),
            fresh: false,
            before: None,
            machines: [machine(Some(0)), machine(Some(0)), machine(None)],
            left: self.bounds,
            is_excused: false,
            was_on_lost_disk: None,
            has_forgotten: false,
            login: 0,
            is_logged_out: false,
            is_told: false,
            wrong: None,
        }
    }

    fn actions(&self, world: &World) -> Vec<Action> {
        let mut actions = Vec::new();
        for m in 0..MACHINES {
            of_machine(world, m, &mut actions);
        }
        self.of_world(world, &mut actions);
        actions
    }

    fn after(&self, world: &World, action: Action) -> World {
        let mut world = world.clone();
        let left = &mut world.left;
        match action {
            Action::Goes(m) => self.goes(&mut world, m),
            Action::LogsIn(m) => {
                left.logins -= 1;
                if let At::Sending { seen, spends } = world.machines[usize::from(m)].at.clone() {
                    self.sends(&mut world, m, seen.as_ref(), spends, true);
                }
            }
            Action::Leaves(m) => {
                left.leaves -= 1;
                world.machines[usize::from(m)].leaves = true;
                self.goes(&mut world, m);
            }
            Action::LogsOut(m) => {
                left.logouts -= 1;
                if let At::Sending { seen, spends } = world.machines[usize::from(m)].at.clone() {
                    world.ends_login(m, seen.as_ref(), spends);
                }
            }
            Action::ExchangesOutside(m) => {
                left.expiries -= 1;
                world.exchanges_outside(m);
            }
            Action::ZoomsAnswerIsLost(m) => {
                left.lost_by_zoom -= 1;
                if let At::Sending { seen, spends } = world.machines[usize::from(m)].at.clone() {
                    world.excusing(
                        |_| true,
                        |world| {
                            self.sends(world, m, seen.as_ref(), spends, false);
                            world.machines[usize::from(m)].dies();
                        },
                    );
                    world.changes_store(|store| store.release(&m, true));
                }
            }
            Action::StoresAnswerIsLost(m) => {
                left.lost_by_store -= 1;
                let before = world.machines[usize::from(m)].clone();
                self.goes(&mut world, m);
                // It has been done, and is done again.
                world.machines[usize::from(m)] = before;
            }
            Action::StoreIsOutOfReach(m)
            | Action::Crashes(m)
            | Action::Starts(m)
            | Action::Pauses(m)
            | Action::Resumes(m)
            | Action::LosesItsDisk(m) => changes_machine(&mut world, m, action),
            Action::TokenExpires => {
                left.expiries -= 1;
                world.fresh = false;
            }
            Action::LeaseEnds => {
                if let Some(m) = world.store.lease.take() {
                    world.machines[usize::from(m)].has_lease = false;
                }
            }
            Action::LingerEnds => world.store.linger = None,
            Action::PatienceEnds => {
                world.store.patience = false;
                world.machines.iter_mut().for_each(|machine| machine.is_late |= !machine.steps());
            }
            Action::StoreForgetsItsLastChange => {
                left.rollbacks -= 1;
                world.loses_changes(|world| {
                    if let Some(before) = world.before.take() {
                        (world.store, world.fresh) = (before.store, before.fresh);
                        for (machine, was_late) in world.machines.iter_mut().zip(before.late) {
                            machine.is_late |= was_late;
                        }
                    }
                });
            }
            Action::StoreIsEmptied => {
                left.emptied -= 1;
                world.loses_changes(|world| {
                    (world.store, world.fresh, world.before) = (Shared::default(), false, None);
                });
            }
        }
        if !world.is_excused && world.wrong.is_none() && !world.is_kept() {
            world.is_wrong("the good refresh token is neither in the store nor in an escrow");
        }
        world
    }

    fn wrong(&self, world: &World) -> Option<&'static str> {
        if world.wrong.is_none() && self.heals && !world.is_excused {
            let last = self.at_last(world);
            let stored = last.store.grant.as_ref().map(|grant| grant.digest);
            let is_out = last.machines.iter().any(|machine| machine.is_out);
            if last.wrong.is_none() && (last.is_logged_out || last.fresh && is_out) {
                return None;
            }
            if last.is_excused || last.wrong.is_none() && last.fresh && stored == last.good {
                return None;
            }
            return last.wrong.or(Some("it does not heal when nothing goes wrong any more"));
        }
        world.wrong
    }
}

/// All that can happen to a machine.
fn of_machine(world: &World, m: M, actions: &mut Vec<Action>) {
    let (machine, left) = (&world.machines[usize::from(m)], &world.left);
    let mut may = |action: fn(M) -> Action, is_possible: bool| {
        if is_possible {
            actions.push(action(m));
        }
    };
    let (steps, is_busy) = (machine.steps(), machine.at != At::Idle);
    may(Action::Goes, steps);
    may(Action::LogsIn, steps && left.logins > 0 && matches!(machine.at, At::Sending { .. }));
    let is_sending = steps && matches!(machine.at, At::Sending { .. });
    may(Action::Leaves, is_sending && left.leaves > 0);
    may(Action::LogsOut, is_sending && machine.has_lease && left.logouts > 0);
    may(
        Action::ExchangesOutside,
        steps && !is_busy && machine.is_out && left.expiries > 0 && machine.own.escrow.is_none(),
    );
    may(
        Action::ZoomsAnswerIsLost,
        steps && left.lost_by_zoom > 0 && matches!(machine.at, At::Sending { .. }),
    );
    let asks_store = steps
        && left.lost_by_store > 0
        && matches!(machine.at, At::Taking { .. } | At::Putting { .. } | At::Marking { .. });
    may(Action::StoresAnswerIsLost, asks_store);
    may(Action::StoreIsOutOfReach, asks_store);
    may(Action::Crashes, machine.runs != Runs::No && left.crashes > 0);
    may(Action::Starts, machine.runs == Runs::No);
    may(Action::Pauses, steps && is_busy && left.pauses > 0);
    may(Action::Resumes, machine.runs == Runs::Paused);
    may(Action::LosesItsDisk, left.disks > 0);
}

/// Something happens to a machine, once less from now on.
fn changes_machine(world: &mut World, m: M, action: Action) {
    let at = usize::from(m);
    let left = &mut world.left;
    match action {
        Action::StoreIsOutOfReach(_) => {
            left.lost_by_store -= 1;
            world.excusing(|_| false, |world| world.machines[at].dies());
        }
        Action::Crashes(_) => {
            left.crashes -= 1;
            let in_memory = matches!(world.machines[at].at, At::Answered { offer: Some(_), .. });
            world.excusing(
                |_| in_memory,
                |world| {
                    let machine = &mut world.machines[at];
                    machine.dies();
                    machine.runs = Runs::No;
                },
            );
        }
        Action::Pauses(_) => {
            left.pauses -= 1;
            world.machines[at].runs = Runs::Paused;
        }
        Action::Starts(_) | Action::Resumes(_) => world.machines[at].runs = Runs::Yes,
        Action::LosesItsDisk(_) => {
            left.disks -= 1;
            let good = world.good.filter(|good| world.machines[at].holds(*good));
            world.was_on_lost_disk = good.or(world.was_on_lost_disk);
            world.excusing(
                |_| true,
                |world| {
                    let machine = &mut world.machines[at];
                    machine.dies();
                    (machine.own, machine.given, machine.is_out) = (Own::default(), None, false);
                },
            );
        }
        _ => {}
    }
}
