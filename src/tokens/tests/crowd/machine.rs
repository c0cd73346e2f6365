//! One machine with a watch.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use super::world::World;
use crate::store::fleet::{ALONE_EVERY, ALONE_JITTER, LEASE_PATIENCE, Lineage, Offer, Put, Taken, pause};
use crate::watch::{Outcome, Plan, Schedule, View};

/// The plan of a watch without settings.
const PLAN: Plan = Plan { threshold: 300, interval: 0 };

/// The life of Zoom's tokens, in milliseconds.
const LIFE: u64 = 3_600_000;

/// How long a command to the store takes, with its connection, in milliseconds.
const COMMAND: u64 = 2;

/// So long before a token is due the looks begin again that were left out: all they do is to read the machine's own file. It
/// is more than a minute, so that the gap does not count as a sleep of the machine when an attempt fails.
const BEFORE_DUE: u64 = 75;

/// The next step of a machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Event {
    Look,
    /// It wants the lease, for so many tries, since this time.
    Take(u32, u64),
    /// Zoom answers.
    Answer,
    /// Zoom answers a machine that has asked for itself.
    AloneAnswer,
}

#[derive(Default)]
pub(super) struct Machine {
    schedule: Option<Schedule>,
    threshold: u64,
    /// When its own token ends, in milliseconds.
    ends: Option<u64>,
    /// The stored grant as it has seen it.
    seen: Option<u32>,
    /// When it has asked for itself.
    alone: Option<u64>,
}

impl Machine {
    pub(super) fn new(jitter: f64) -> Self {
        let plan = PLAN.among_many(jitter);
        Self { schedule: Some(Schedule::new(plan)), threshold: plan.threshold, ..Self::default() }
    }

    pub(super) fn has_token(&self, now: u64) -> bool {
        self.ends.is_some_and(|ends| ends > now)
    }

    /// Does the step, and says when the next one comes.
    pub(super) fn act(&mut self, at: usize, event: Event, now: u64, world: &mut World) -> (u64, Event) {
        match event {
            Event::Look => self.look(now, world),
            Event::Take(tries, since) => self.take(at, now, tries, since, world),
            Event::Answer => self.store(at, now, world),
            Event::AloneAnswer => {
                self.ends = Some(now + LIFE);
                self.done(now, world)
            }
        }
    }

    fn look(&mut self, now: u64, world: &mut World) -> (u64, Event) {
        let view = self.view(now);
        let left = view.left;
        let Some(schedule) = &mut self.schedule else { unreachable!("every machine has one") };
        let decision = schedule.decide(&view);
        if !decision.refresh {
            let spare = left.and_then(|left| left.to_std().ok()).unwrap_or_default();
            let quiet = spare.saturating_sub(Duration::from_secs(self.threshold + BEFORE_DUE));
            let nap = decision.nap.max(quiet);
            return (millis(nap), Event::Look);
        }
        if world.is_down(now) {
            return self.go_alone(now, world);
        }
        world.asks_store(now, 2);
        self.adopt_or_take(now, now, 0, world)
    }

    /// Takes over a stored token that is newer than its own, or wants the lease.
    fn adopt_or_take(&mut self, now: u64, since: u64, tries: u32, world: &mut World) -> (u64, Event) {
        self.seen = world.shared.grant.as_ref().map(|grant| grant.digest);
        if let Some(ends) = world.ends.filter(|ends| *ends > now && Some(*ends) > self.ends) {
            self.ends = Some(ends);
            return self.done(now, world);
        }
        (COMMAND, Event::Take(tries, since))
    }

    fn take(&mut self, at: usize, now: u64, tries: u32, since: u64, world: &mut World) -> (u64, Event) {
        if world.is_down(now) {
            return self.failed(now, world);
        }
        world.asks_store(now, 1);
        let spends = self.seen.filter(|_| world.scenario.is_of_user);
        match world.shared.take(&at, self.seen.as_ref(), spends.as_ref()) {
            Taken::Granted { .. } => {
                world.asks_zoom(now);
                (world.random.u64(300..1200), Event::Answer)
            }
            Taken::Changed => {
                world.asks_store(now, 1);
                self.adopt_or_take(now, since, tries, world)
            }
            Taken::Held { .. } if now - since < millis(LEASE_PATIENCE) => {
                (millis(pause(tries + 1, world.random.f64())), Event::Take(tries + 1, since))
            }
            Taken::Held { .. } | Taken::Refused => self.failed(now, world),
        }
    }

    fn store(&mut self, at: usize, now: u64, world: &mut World) -> (u64, Event) {
        self.ends = Some(now + LIFE);
        world.asks_store(now, 3);
        world.newest += 1;
        let child = match &world.shared.grant {
            Some(grant) => grant.child(world.newest, None),
            None => Lineage::first(world.newest, None),
        };
        let put = world.shared.put(&at, &Offer { lineage: child, authorised: !world.scenario.is_of_user });
        assert_eq!(put, Put::Stored);
        world.ends = self.ends;
        self.done(now, world)
    }

    /// Without the store.
    fn go_alone(&mut self, now: u64, world: &mut World) -> (u64, Event) {
        if world.scenario.is_of_user || self.alone.is_some_and(|last| now - last < millis(ALONE_EVERY)) {
            return self.failed(now, world);
        }
        self.alone = Some(now);
        let pause = world.random.u64(0..millis(ALONE_JITTER));
        world.asks_zoom(now + pause);
        (pause + world.random.u64(300..1200), Event::AloneAnswer)
    }

    fn done(&mut self, now: u64, world: &mut World) -> (u64, Event) {
        let left = self.ends.map_or(0, |ends| ends.saturating_sub(now) / 1000).cast_signed();
        self.record(Outcome::Done { left }, now, world)
    }

    fn failed(&mut self, now: u64, world: &mut World) -> (u64, Event) {
        self.record(Outcome::NotAsked, now, world)
    }

    fn record(&mut self, outcome: Outcome, now: u64, world: &mut World) -> (u64, Event) {
        let view = self.view(now);
        let Some(schedule) = &mut self.schedule else { unreachable!("every machine has one") };
        schedule.record(outcome, &view, world.random.f64());
        (200, Event::Look)
    }

    fn view(&self, now: u64) -> View {
        let left = self.ends.map(|ends| TimeDelta::milliseconds(ends.cast_signed() - now.cast_signed()));
        View {
            now: DateTime::<Utc>::UNIX_EPOCH + TimeDelta::milliseconds(now.cast_signed()),
            elapsed: Duration::from_millis(now),
            left,
            fingerprint: self.ends.unwrap_or(0),
            last_attempt: None,
            not_before: None,
            life: None,
        }
    }
}

fn millis(pause: Duration) -> u64 {
    u64::try_from(pause.as_millis()).unwrap().max(1)
}
