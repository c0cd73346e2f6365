//! The decision by tables, and over long random histories.

use proptest::prelude::*;

use super::*;

const PLAN: Plan = Plan { threshold: 300, interval: 60 };

fn start() -> DateTime<Utc> {
    "2026-03-04T12:00:00Z".parse().unwrap()
}

/// A look so many seconds after the start, on both clocks, at a token with so much left.
fn view(second: u64, left: Option<i64>) -> View {
    View {
        now: start() + TimeDelta::seconds(second.cast_signed()),
        elapsed: Duration::from_secs(second),
        left: left.map(TimeDelta::seconds),
        fingerprint: 1,
        last_attempt: None,
        not_before: None,
        life: None,
    }
}

fn fail(schedule: &mut Schedule, second: u64, outcome: Outcome) -> bool {
    assert!(schedule.decide(&view(second, None)).refresh, "{second}");
    schedule.record(outcome, &view(second, None), 0.0)
}

#[test]
fn the_first_look_shows_and_refreshes_what_is_due() {
    for (left, refresh) in [
        (None, true),
        (Some(-5), true),
        (Some(0), true),
        (Some(299), true),
        (Some(300), false),
        (Some(3600), false),
    ] {
        let decision = Schedule::new(PLAN).decide(&view(0, left));
        assert!(decision.show);
        assert_eq!(decision.refresh, refresh, "{left:?}");
    }
}

#[test]
fn the_state_is_shown_at_every_interval_and_never_when_it_is_0() {
    for (interval, shown) in
        [(60, vec![0, 60, 120]), (30, vec![0, 30, 60, 90, 120]), (120, vec![0, 120]), (0, vec![])]
    {
        let mut schedule = Schedule::new(Plan { interval, ..PLAN });
        let seen: Vec<u64> =
            (0..=130).filter(|second| schedule.decide(&view(*second, Some(3000))).show).collect();
        assert_eq!(seen, shown, "{interval}");
    }
}

#[test]
fn a_refresh_begins_within_a_second_of_the_threshold() {
    for threshold in [300, 600] {
        let mut schedule = Schedule::new(Plan { threshold, interval: 0 });
        let left = threshold.cast_signed() + 4;
        let decision = schedule.decide(&view(0, Some(left)));
        assert_eq!((decision.refresh, decision.nap), (false, Duration::from_millis(4001)));
        assert!(!schedule.decide(&view(4, Some(left - 4))).refresh);
        assert!(schedule.decide(&view(5, Some(left - 5))).refresh);
    }
}

#[test]
fn an_attempt_waits_for_the_cooldown_of_the_last_one_of_any_process() {
    let mut schedule = Schedule::new(PLAN);
    let others = |second| View { last_attempt: Some(start() - TimeDelta::seconds(10)), ..view(second, None) };
    assert!(!schedule.decide(&others(0)).refresh);
    assert!(!schedule.decide(&others(19)).refresh);
    assert!(schedule.decide(&others(20)).refresh);
    // An attempt in the future was made before the clock was set back.
    let future = View { last_attempt: Some(start() + TimeDelta::hours(1)), ..view(0, None) };
    assert!(Schedule::new(PLAN).decide(&future).refresh);
}

#[test]
fn a_wait_that_zoom_asked_for_is_obeyed() {
    let asked = |second| View { not_before: Some(start() + TimeDelta::seconds(100)), ..view(second, None) };
    let mut schedule = Schedule::new(PLAN);
    assert!(!schedule.decide(&asked(0)).refresh);
    assert!(!schedule.decide(&asked(99)).refresh);
    assert!(schedule.decide(&asked(100)).refresh);
    let absurd = View { not_before: Some(start() + TimeDelta::days(1)), ..view(0, None) };
    assert!(Schedule::new(PLAN).decide(&absurd).refresh);
}

#[test]
fn three_failures_end_the_attempts() {
    let mut schedule = Schedule::new(PLAN);
    assert!(!fail(&mut schedule, 0, Outcome::Final));
    assert!(!fail(&mut schedule, 30, Outcome::Transient));
    assert!(fail(&mut schedule, 60, Outcome::Transient));
    assert_eq!(schedule.stopped_since(), Some(start() + TimeDelta::seconds(60)));
    // One of them was a verdict, so nothing is probed.
    assert_eq!(schedule.next_probe(), None);
    for second in 61..20_000 {
        assert!(!schedule.decide(&view(second, None)).refresh);
    }
}

/// When a schedule probes in these seconds, counted from the 60th, if each probe comes to this.
fn probes(schedule: &mut Schedule, seconds: std::ops::Range<u64>, outcome: Outcome) -> Vec<u64> {
    let mut probes = Vec::new();
    for second in seconds {
        if schedule.decide(&view(second, None)).refresh {
            probes.push(second - 60);
            assert!(!schedule.record(outcome, &view(second, None), 0.0));
        }
    }
    probes
}

#[test]
fn after_transient_failures_it_is_probed_in_growing_pauses() {
    let mut schedule = Schedule::new(PLAN);
    for second in [0, 30, 60] {
        fail(&mut schedule, second, Outcome::Transient);
    }
    let probes = probes(&mut schedule, 61..7000, Outcome::Transient);
    assert_eq!(probes, [300, 900, 2100, 3900, 5700]);
    assert!(fail_is_over(&mut schedule));
}

#[test]
fn a_shared_store_that_cannot_be_used_is_probed_every_minute() {
    let mut schedule = Schedule::new(PLAN);
    for second in [0, 30, 60] {
        fail(&mut schedule, second, Outcome::NotAsked);
    }
    let probes = probes(&mut schedule, 61..400, Outcome::NotAsked);
    assert_eq!(probes, [60, 120, 180, 240, 300]);
    // Zoom is spared: its own failures have their pauses, whatever came before them.
    schedule.record(Outcome::Transient, &view(400, None), 0.0);
    let probe = schedule.next_probe().unwrap() - start();
    assert!(probe > TimeDelta::seconds(400 + 600), "{probe}");
    assert!(fail_is_over(&mut schedule));
}

/// A probe that succeeds sets everything right.
fn fail_is_over(schedule: &mut Schedule) -> bool {
    let second = 8000;
    assert!(schedule.decide(&view(second, None)).refresh);
    schedule.record(Outcome::Done { left: 3600 }, &view(second, Some(3600)), 0.0);
    schedule.stopped_since().is_none()
}

#[test]
fn a_newer_token_or_other_credentials_begin_it_anew() {
    let mut schedule = Schedule::new(PLAN);
    for second in [0, 30, 60] {
        fail(&mut schedule, second, Outcome::Final);
    }
    let decision = schedule.decide(&View { fingerprint: 2, ..view(100, None) });
    assert!(decision.rearmed && decision.refresh);
    assert_eq!(schedule.stopped_since(), None);
}

#[test]
fn a_threshold_beyond_a_tokens_life_does_not_refresh_for_ever() {
    let mut schedule = Schedule::new(Plan { threshold: u64::MAX, interval: 0 });
    let mut refreshed = Vec::new();
    let mut until = 0;
    for second in 0_u64..7200 {
        let left = Some(until - second.cast_signed());
        if schedule.decide(&view(second, left)).refresh {
            refreshed.push(second);
            until = second.cast_signed() + 3600;
            schedule.record(Outcome::Done { left: 3600 }, &view(second, Some(3600)), 0.0);
            assert_eq!(schedule.short_life(), Some(3600));
        }
    }
    assert_eq!(refreshed, [0, 1801, 3602, 5403]);
}

#[test]
fn a_sleep_costs_one_refresh_and_its_first_failures_do_not_count() {
    let mut schedule = Schedule::new(PLAN);
    assert!(!schedule.decide(&view(0, Some(3600))).refresh);
    // Eight hours later by the wall, one nap later by the clock that stood.
    let woken = |second: u64| View { now: start() + TimeDelta::hours(8), ..view(second, None) };
    for second in [15, 45] {
        assert!(schedule.decide(&woken(second)).refresh);
        assert!(!schedule.record(Outcome::Transient, &woken(second), 0.0));
    }
    for second in [75, 105] {
        assert!(schedule.decide(&woken(second)).refresh);
        assert!(!schedule.record(Outcome::Transient, &woken(second), 0.0), "only two count so far");
    }
    assert!(schedule.decide(&woken(135)).refresh);
    assert!(schedule.record(Outcome::Transient, &woken(135), 0.0));
}

#[test]
fn a_clock_set_back_silences_nothing() {
    let mut schedule = Schedule::new(PLAN);
    schedule.decide(&view(0, Some(3600)));
    let back = |second: u64| View { now: start() - TimeDelta::hours(1), ..view(second, Some(3600)) };
    assert!(!schedule.decide(&back(15)).show);
    assert!(schedule.decide(&back(60)).show);
}

#[test]
fn nothing_due_wakes_it_at_most_300_times_an_hour() {
    let mut schedule = Schedule::new(PLAN);
    let (mut at, mut wakes) = (Duration::ZERO, 0);
    while at < Duration::from_hours(1) {
        let view = View {
            now: start() + TimeDelta::from_std(at).unwrap(),
            elapsed: at,
            ..view(0, Some(10_000 - at.as_secs().cast_signed()))
        };
        at += schedule.decide(&view).nap;
        wakes += 1;
    }
    assert!(wakes <= 300, "{wakes}");
}

/// Something that happens to a watch.
#[derive(Debug, Clone)]
enum Event {
    /// Time passes, in seconds.
    Pass(u64),
    /// From now on Zoom does this.
    Zoom(Weather),
    /// The machine sleeps: only the wall clock continues.
    Sleep(i64),
    /// Somebody sets the clock, by so many seconds.
    Set(i64),
    /// Somebody runs `zoomtok get -f`, where Zoom lets him.
    Get,
    /// Somebody changes the credentials.
    Fix,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Weather {
    Up,
    Down,
    Refusing,
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        6 => (1_u64..5000).prop_map(Event::Pass),
        4 => prop_oneof![Just(Weather::Up), Just(Weather::Down), Just(Weather::Refusing)].prop_map(Event::Zoom),
        1 => (1_i64..100_000).prop_map(Event::Sleep),
        1 => (-10_000_i64..10_000).prop_map(Event::Set),
        1 => Just(Event::Get),
        1 => Just(Event::Fix),
    ]
}

/// A watch in a world that does to it what it will.
struct World {
    schedule: Schedule,
    elapsed: Duration,
    /// The wall clock is this far ahead of the other one.
    ahead: TimeDelta,
    /// When the token ends, by the wall clock, which tokens here go by.
    ends: DateTime<Utc>,
    fingerprint: u64,
    weather: Weather,
    /// Since when a token could have been had and is over, by the clock that does not jump.
    lacking: Option<Duration>,
    attempts: Vec<Duration>,
}

impl World {
    fn now(&self) -> DateTime<Utc> {
        start() + TimeDelta::from_std(self.elapsed).unwrap() + self.ahead
    }

    fn view(&self) -> View {
        View {
            now: self.now(),
            elapsed: self.elapsed,
            left: Some(self.ends - self.now()),
            fingerprint: self.fingerprint,
            last_attempt: None,
            not_before: None,
            life: None,
        }
    }

    fn issue(&mut self) {
        self.ends = self.now() + TimeDelta::seconds(3600);
        self.fingerprint += 1;
    }

    fn pass(&mut self, time: Duration) -> Result<(), TestCaseError> {
        let end = self.elapsed + time;
        while self.elapsed < end {
            let decision = self.schedule.decide(&self.view());
            prop_assert!(decision.nap >= SHORTEST_NAP && decision.nap <= LONGEST_NAP, "{:?}", decision.nap);
            if decision.refresh {
                self.attempt()?;
            }
            let lacks = self.weather == Weather::Up && self.ends <= self.now();
            self.lacking = if lacks { self.lacking.or(Some(self.elapsed)) } else { None };
            if let Some(since) = self.lacking {
                // While attempts continue, a nap and a cooldown at most; when they have ended, the longest pause between
                // probes, if there are any.
                let lacking = self.elapsed.saturating_sub(since);
                let bound = match (self.schedule.stopped_since(), self.schedule.next_probe()) {
                    (None, _) => COOLDOWN + LONGEST_NAP,
                    (Some(_), Some(_)) => Duration::from_mins(33) + LONGEST_NAP,
                    (Some(_), None) => Duration::MAX,
                };
                prop_assert!(lacking <= bound, "without a token for {lacking:?}");
            }
            self.elapsed += decision.nap;
        }
        Ok(())
    }

    fn attempt(&mut self) -> Result<(), TestCaseError> {
        if let Some(last) = self.attempts.last() {
            prop_assert!(self.elapsed.saturating_sub(*last) >= COOLDOWN, "two attempts within the cooldown");
        }
        self.attempts.push(self.elapsed);
        let was_stopped = self.schedule.stopped_since().is_some();
        let outcome = match self.weather {
            Weather::Up => {
                self.issue();
                Outcome::Done { left: 3600 }
            }
            Weather::Down => Outcome::Transient,
            Weather::Refusing => Outcome::Final,
        };
        let ended = self.schedule.record(outcome, &self.view(), 0.5);
        let stopped = self.schedule.stopped_since().is_some();
        prop_assert!(stopped || self.schedule.failures < MAX_FAILURES, "three failures and no stop");
        if was_stopped {
            prop_assert!(outcome != Outcome::Final || self.schedule.next_probe().is_none());
            prop_assert!(!ended, "it is reported once");
        }
        Ok(())
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn no_history_makes_it_run_in_circles_or_give_up(
        threshold in prop_oneof![Just(0), Just(1), 60_u64..3000, Just(3600), Just(u64::MAX)],
        interval in prop_oneof![Just(0), Just(20), Just(60), Just(u64::MAX)],
        events in prop::collection::vec(event(), 1..40),
    ) {
        let mut world = World {
            schedule: Schedule::new(Plan { threshold, interval }),
            elapsed: Duration::ZERO,
            ahead: TimeDelta::zero(),
            ends: start() + TimeDelta::seconds(1000),
            fingerprint: 1,
            weather: Weather::Up,
            lacking: None,
            attempts: Vec::new(),
        };
        for event in events {
            match event {
                Event::Pass(seconds) => world.pass(Duration::from_secs(seconds))?,
                Event::Zoom(weather) => {
                    world.weather = weather;
                    world.lacking = None;
                }
                Event::Sleep(seconds) | Event::Set(seconds) => {
                    world.ahead += TimeDelta::seconds(seconds);
                    world.lacking = None;
                }
                Event::Get if world.weather == Weather::Up => world.issue(),
                Event::Get => {}
                Event::Fix => world.fingerprint += 1,
            }
        }
        // However it went: no more attempts than one a cooldown.
        let most = world.elapsed.as_secs() / COOLDOWN.as_secs() + 1;
        prop_assert!(world.attempts.len() as u64 <= most);
    }
}

#[test]
fn one_of_many_machines_is_up_to_a_minute_ahead_of_its_threshold() {
    let ahead = |threshold, jitter| Plan { threshold, interval: 0 }.among_many(jitter).threshold;
    for (jitter, seconds) in [(0.0, 300), (0.5, 330), (0.999, 359), (1.0, 360), (f64::NAN, 300), (-1.0, 300)]
    {
        assert_eq!(ahead(300, jitter), seconds, "{jitter}");
    }
    assert_eq!(ahead(u64::MAX, 1.0), u64::MAX);
}
