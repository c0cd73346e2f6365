//! The time, the shared store, and the counts of requests.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::ops::Range;

use super::machine::{Event, Machine};
use crate::store::fleet::{Lineage, Shared};

/// The machines, the time and the mishap of a simulation.
pub(super) struct Scenario {
    pub(super) machines: usize,
    /// How long.
    pub(super) seconds: usize,
    /// When the store cannot be reached, in seconds.
    pub(super) outage: Range<u64>,
    /// Whether it is a user's grant, or a Server-to-Server app.
    pub(super) is_of_user: bool,
    /// Whether the machines have thresholds of their own.
    pub(super) is_spread: bool,
}

/// All of it.
pub(super) struct World {
    pub(super) scenario: Scenario,
    pub(super) shared: Shared<u32, usize>,
    /// When the stored access token ends, in milliseconds.
    pub(super) ends: Option<u64>,
    /// The number of the newest grant.
    pub(super) newest: u32,
    /// Requests to Zoom, for each second.
    pub(super) zoom: Vec<u32>,
    /// Commands to the store, for each second.
    pub(super) store: Vec<u32>,
    pub(super) random: fastrand::Rng,
    machines: Vec<Machine>,
    events: BinaryHeap<Reverse<(u64, usize, Event)>>,
}

impl World {
    fn new(scenario: Scenario) -> Self {
        let mut random = fastrand::Rng::with_seed(20_260);
        let mut events = BinaryHeap::new();
        let mut machines = Vec::new();
        for machine in 0..scenario.machines {
            // All of them are switched on in the same five seconds, and none has a token.
            events.push(Reverse((random.u64(0..5_000), machine, Event::Look)));
            machines.push(Machine::new(if scenario.is_spread { random.f64() } else { 0.0 }));
        }
        let mut shared = Shared::default();
        if scenario.is_of_user {
            shared.grant = Some(Lineage::first(0, None));
        }
        let (zoom, store) = (vec![0; scenario.seconds], vec![0; scenario.seconds]);
        Self { scenario, shared, ends: None, newest: 0, zoom, store, random, machines, events }
    }

    /// The world after all of its seconds.
    pub(super) fn run(scenario: Scenario) -> Self {
        let mut world = Self::new(scenario);
        world.pass();
        world
    }

    fn pass(&mut self) {
        let end = self.scenario.seconds as u64 * 1000;
        while let Some(Reverse((now, at, event))) = self.events.pop() {
            if now >= end {
                break;
            }
            let mut machine = std::mem::take(&mut self.machines[at]);
            let (pause, next) = machine.act(at, event, now, self);
            self.machines[at] = machine;
            self.events.push(Reverse((now + pause, at, next)));
        }
    }

    pub(super) fn is_down(&self, now: u64) -> bool {
        self.scenario.outage.contains(&(now / 1000))
    }

    /// Takes note of so many commands to the store.
    pub(super) fn asks_store(&mut self, now: u64, commands: u32) {
        self.store[usize::try_from(now / 1000).unwrap()] += commands;
    }

    pub(super) fn asks_zoom(&mut self, now: u64) {
        self.zoom[usize::try_from(now / 1000).unwrap()] += 1;
    }

    /// How many machines have no valid token when it ends.
    pub(super) fn without_token_at_the_end(&self) -> usize {
        let end = self.scenario.seconds as u64 * 1000;
        self.machines.iter().filter(|machine| !machine.has_token(end)).count()
    }
}
