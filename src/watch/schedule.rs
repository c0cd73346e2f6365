//! When to refresh, when to show, when to look again: a pure function of what is seen and what happened before.
//!
//! Nothing here reads a clock, a file or the network. The loop in `run.rs` gives a [`Schedule`] what it sees and what
//! became of its attempts, and does what the [`Decision`] says.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use crate::zoom::LONGEST_WAIT;

/// Between two attempts of any process lies at least this much. An exchange is bounded to 20 s, so attempts
/// never overlap.
pub const COOLDOWN: Duration = Duration::from_secs(30);

/// So many failures in a row end the attempts.
pub(super) const MAX_FAILURES: u32 = 3;

/// The longest nap. A laptop that slept, or a clock that was set, is noticed within it.
pub(super) const LONGEST_NAP: Duration = Duration::from_secs(15);

/// A step of the wall clock, in seconds, that no nap and no exchange explains: the machine slept, or its clock was set.
const JUMP: i64 = 120;

/// For so long after a jump a transient failure does not count: the network wakes up later than the machine.
const WAKING: Duration = Duration::from_mins(1);

/// The shortest nap: what is due now has been done, and time must pass before anything else is.
const SHORTEST_NAP: Duration = Duration::from_millis(200);

/// The pauses before one probe each after the attempts ended, in seconds; the last one repeats.
const PROBES: [u64; 4] = [300, 600, 1200, 1800];

/// The longest time by which one of many machines is ahead of its threshold, in seconds.
const SPREAD: f64 = 60.0;

/// The pause before a probe that asks only the store that machines share, in seconds.
const STORE_PROBE: u64 = 60;

/// How the watch was set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Plan {
    /// A token with fewer seconds left than this is refreshed.
    pub threshold: u64,
    /// Seconds between two status lines; 0 shows none.
    pub interval: u64,
}

impl Plan {
    /// The same for one of many machines that share a token. Its threshold is up to a minute longer, by a `jitter` between 0
    /// and 1: the token ends everywhere at the same time, and the first machine fetches one for all of them.
    #[must_use]
    pub fn among_many(self, jitter: f64) -> Self {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to 60")]
        let ahead = (SPREAD * jitter.clamp(0.0, 1.0)) as u64;
        Self { threshold: self.threshold.saturating_add(ahead), ..self }
    }
}

/// The facts at a look.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct View {
    /// The wall clock, which may jump.
    pub now: DateTime<Utc>,
    /// A clock that never jumps, and may stand while the machine sleeps.
    pub elapsed: Duration,
    /// The time that the token has left; none when there is no token, or none that can be judged.
    pub left: Option<TimeDelta>,
    /// A name for the present token and credentials; another one when either changes.
    pub fingerprint: u64,
    /// The last attempt of any watch on this `.env`.
    pub last_attempt: Option<DateTime<Utc>>,
    /// Zoom asked not to be asked before this time.
    pub not_before: Option<DateTime<Utc>>,
    /// How long tokens live, in seconds, where one did not live as long as it was needed.
    pub life: Option<i64>,
}

/// The action to take now, and when to look again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// Show the status line.
    pub show: bool,
    /// Refresh now.
    pub refresh: bool,
    /// Look again after this long, once what is to be done is done.
    pub nap: Duration,
    /// The attempts had ended, and begin again because of what is seen.
    pub rearmed: bool,
}

/// The outcome of an attempt to refresh.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// There is a new token, with so many seconds left.
    Done {
        /// Seconds.
        left: i64,
    },
    /// There is none, for a reason that may pass.
    Transient,
    /// There is none, and Zoom was not asked: the store that machines share cannot be used now.
    NotAsked,
    /// There is none, and asking again changes nothing.
    Final,
}

/// The history so far.
#[derive(Debug, Clone)]
pub struct Schedule {
    plan: Plan,
    looked: Option<Moment>,
    shown: Option<Moment>,
    attempted: Option<Moment>,
    jumped: Option<Moment>,
    failures: u32,
    /// Whether all of these failures were transient.
    all_transient: bool,
    /// The facts at the last failure.
    seen: u64,
    /// Where the attempts have ended.
    stopped: Option<Stopped>,
    /// The life of a new token, where it is no longer than the threshold.
    short_life: Option<i64>,
}

/// A point in time on both clocks.
#[derive(Debug, Clone, Copy)]
struct Moment {
    now: DateTime<Utc>,
    elapsed: Duration,
}

/// The attempts have ended.
#[derive(Debug, Clone, Copy)]
struct Stopped {
    since: DateTime<Utc>,
    /// When to probe once; never after a failure that does not pass.
    probe: Option<Moment>,
    probes: usize,
}

impl Moment {
    /// This much later, on both clocks.
    fn after(self, pause: Duration) -> Self {
        let now = TimeDelta::from_std(pause).ok().and_then(|pause| self.now.checked_add_signed(pause));
        Self { now: now.unwrap_or(DateTime::<Utc>::MAX_UTC), elapsed: self.elapsed.saturating_add(pause) }
    }

    /// How long it is until then, by the clock that says it is sooner: one may have been set back, the other may have
    /// stood while the machine slept.
    fn until(self, then: Self) -> Duration {
        let wall = (then.now - self.now).to_std().unwrap_or_default();
        wall.min(then.elapsed.saturating_sub(self.elapsed))
    }
}

impl View {
    fn moment(&self) -> Moment {
        Moment { now: self.now, elapsed: self.elapsed }
    }
}

impl Schedule {
    /// A schedule that knows of nothing yet: the first look shows the state.
    pub fn new(plan: Plan) -> Self {
        Self {
            plan,
            looked: None,
            shown: None,
            attempted: None,
            jumped: None,
            failures: 0,
            all_transient: true,
            seen: 0,
            stopped: None,
            short_life: None,
        }
    }

    /// Decides from the facts of a look.
    pub fn decide(&mut self, view: &View) -> Decision {
        let moment = view.moment();
        // The history of an earlier watch.
        self.short_life = self.short_life.or(view.life.filter(|life| self.is_short(*life)));
        let step = self.looked.map_or(0, |looked| (view.now - looked.now).num_seconds());
        if !(-JUMP / 2..=JUMP).contains(&step) {
            self.jumped = Some(moment);
        }
        self.looked = Some(moment);
        // Somebody else got a token, or fixed the credentials.
        let rearmed = self.stopped.is_some() && view.fingerprint != self.seen;
        if self.failures > 0 && view.fingerprint != self.seen {
            self.begin_anew();
        }
        let show = self.until_shown(moment).is_some_and(|wait| wait.is_zero());
        if show {
            self.shown = Some(moment);
        }
        let refresh = self.until_refreshed(view).is_some_and(|wait| wait.is_zero());
        if refresh {
            self.attempted = Some(moment);
        }
        let waits = [self.until_shown(moment), if refresh { None } else { self.until_refreshed(view) }];
        let nap = waits.into_iter().flatten().min().unwrap_or(LONGEST_NAP).clamp(SHORTEST_NAP, LONGEST_NAP);
        Decision { show, refresh, nap, rearmed }
    }

    /// Takes note of what became of an attempt, from a look after it, and of a `jitter` between 0 and 1. Whether the
    /// attempts end with this.
    pub fn record(&mut self, outcome: Outcome, view: &View, jitter: f64) -> bool {
        let moment = view.moment();
        self.looked = Some(moment);
        self.seen = view.fingerprint;
        if let Outcome::Done { left } = outcome {
            self.begin_anew();
            self.shown = Some(moment);
            // With a threshold beyond a token's life every token would be due at once, for ever.
            self.short_life = Some(left).filter(|left| self.is_short(*left));
            return false;
        }
        let waking = self.jumped.is_some_and(|jumped| moment.elapsed.saturating_sub(jumped.elapsed) < WAKING);
        if outcome != Outcome::Final && waking {
            return false;
        }
        self.failures = self.failures.saturating_add(1);
        self.all_transient &= outcome != Outcome::Final;
        let newly = self.stopped.is_none() && self.failures >= MAX_FAILURES;
        if newly || self.stopped.is_some() {
            let (since, probes) =
                self.stopped.map_or((view.now, 0), |stopped| (stopped.since, stopped.probes + 1));
            let probe = self.all_transient.then(|| moment.after(probe_pause(outcome, probes, jitter)));
            self.stopped = Some(Stopped { since, probe, probes });
        }
        newly
    }

    /// Whether a token of this lifetime is due as soon as it is obtained.
    fn is_short(&self, life: i64) -> bool {
        i128::from(life) <= i128::from(self.plan.threshold)
    }

    fn begin_anew(&mut self) {
        self.failures = 0;
        self.all_transient = true;
        self.stopped = None;
    }

    /// Since when the attempts have ended, if they have.
    pub fn stopped_since(&self) -> Option<DateTime<Utc>> {
        self.stopped.map(|stopped| stopped.since)
    }

    /// How many attempts in a row have failed, of those that count.
    pub fn failures(&self) -> u32 {
        self.failures
    }

    /// When the next probe is, if the attempts have ended and there will be one.
    pub fn next_probe(&self) -> Option<DateTime<Utc>> {
        self.stopped.and_then(|stopped| stopped.probe).map(|probe| probe.now)
    }

    /// The life of Zoom's tokens in seconds, where the threshold is beyond it.
    pub fn short_life(&self) -> Option<i64> {
        self.short_life
    }

    /// How many seconds a token must have left not to be refreshed.
    fn threshold(&self) -> i64 {
        let threshold = i64::try_from(self.plan.threshold).unwrap_or(i64::MAX);
        // The seconds left are whole ones: a token with none left may just have ended.
        self.short_life.map_or(threshold, |life| threshold.min(life / 2)).max(1)
    }

    fn until_shown(&self, moment: Moment) -> Option<Duration> {
        let interval = Some(self.plan.interval).filter(|interval| *interval > 0).map(Duration::from_secs)?;
        Some(self.shown.map_or(Duration::ZERO, |shown| moment.until(shown.after(interval))))
    }

    /// How long it is until the next attempt; none when there will not be one.
    fn until_refreshed(&self, view: &View) -> Option<Duration> {
        let moment = view.moment();
        let threshold = TimeDelta::try_seconds(self.threshold()).unwrap_or(TimeDelta::MAX);
        let spare = view.left.and_then(|left| left.checked_sub(&threshold)?.to_std().ok());
        // Due is what has less left than the threshold, and not what has just as much.
        let due = spare.map_or(Duration::ZERO, |spare| spare + Duration::from_millis(1));
        // One's own attempts by the clock that never jumps: no clock that is set brings two of them closer together.
        let own = self
            .attempted
            .map_or(Duration::ZERO, |last| (last.elapsed + COOLDOWN).saturating_sub(moment.elapsed));
        let others = view.last_attempt.map_or(Duration::ZERO, |last| until_over(last, COOLDOWN, view.now));
        let asked = view
            .not_before
            .and_then(|time| (time - view.now).to_std().ok())
            .filter(|wait| *wait <= LONGEST_WAIT);
        let stopped = match self.stopped {
            Some(stopped) => moment.until(stopped.probe?),
            None => Duration::ZERO,
        };
        [due, own, others, asked.unwrap_or_default(), stopped].into_iter().max()
    }
}

/// How long it is until `length` after `start`. A start in the future was written before the clock was set back, and says
/// nothing.
fn until_over(start: DateTime<Utc>, length: Duration, now: DateTime<Utc>) -> Duration {
    (now - start).to_std().map_or(Duration::ZERO, |since| length.saturating_sub(since))
}

/// The pause before a probe, with up to a tenth of it added by a jitter between 0 and 1.
fn probe_pause(outcome: Outcome, probes: usize, jitter: f64) -> Duration {
    let seconds = match outcome {
        Outcome::NotAsked => STORE_PROBE,
        _ => PROBES[probes.min(PROBES.len() - 1)],
    };
    let pause = Duration::from_secs(seconds);
    pause + pause.mul_f64(jitter.clamp(0.0, 1.0) / 10.0)
}

#[cfg(test)]
mod tests;
