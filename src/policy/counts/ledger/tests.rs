//! Clocks that are set, both ways and by any amount.

use std::collections::HashMap;

use proptest::prelude::*;

use super::*;

const MAX: u64 = 3;

fn at(seconds: i64) -> DateTime<Utc> {
    let noon: DateTime<Utc> = "2026-03-04T12:00:00Z".parse().unwrap();
    noon + TimeDelta::seconds(seconds)
}

fn call(ledger: &mut Ledger, window: Window, now: DateTime<Utc>) -> Result<(), Refused> {
    let charge = Charge { rule: "r".into(), counter: "c".into(), window, max: MAX, amount: 1 };
    let done = ledger.take("", &[charge], now).map(drop);
    // As it is between two calls.
    *ledger = Ledger::read(&ledger.text().unwrap(), now);
    done
}

fn fill(ledger: &mut Ledger, window: Window, now: DateTime<Utc>) {
    while call(ledger, window, now).is_ok() {}
}

#[test]
fn setting_the_clock_forward_and_back_gives_no_window_anew() {
    for window in Window::ALL {
        for away in [11, 100, 4000, 100_000, 400 * 24 * 3600] {
            let mut ledger = Ledger::default();
            fill(&mut ledger, window, at(5));
            let _ = call(&mut ledger, window, at(5 + away));
            let refused = call(&mut ledger, window, at(6)).unwrap_err();
            let end = window.end(window.start(at(6)));
            assert_eq!(refused.next, Some(end), "{window:?} {away}");
            // No longer than that: the clock may have been wrong, and is right now.
            let passes = call(&mut ledger, window, end).is_ok();
            assert!(passes || window.start(at(5 + away)) == end, "{window:?} {away}");
        }
    }
}

#[test]
fn a_clock_that_is_put_right_by_less_than_a_window_stops_only_the_windows_that_had_ended() {
    let mut ledger = Ledger::default();
    let day = |ledger: &mut Ledger, seconds| call(ledger, Window::Day, at(seconds));
    day(&mut ledger, 75).unwrap();
    // By half a minute: the day is the same, and the minute before had ended.
    day(&mut ledger, 45).unwrap();
    assert!(call(&mut ledger, Window::Minute, at(45)).unwrap_err().unknown);
    call(&mut ledger, Window::Minute, at(61)).unwrap();
    day(&mut ledger, 61).unwrap();
    assert!(!day(&mut ledger, 62).unwrap_err().unknown, "the limit was reached");
}

#[test]
fn counts_of_an_earlier_version_that_were_lost_count_as_lost() {
    let text = br#"{"damaged_at":"2026-03-04T12:00:10Z","counts":[]}"#;
    let mut ledger = Ledger::read(text, at(20));
    assert!(call(&mut ledger, Window::Minute, at(20)).unwrap_err().unknown);
    call(&mut ledger, Window::Minute, at(60)).unwrap();
    assert!(call(&mut ledger, Window::Day, at(60)).unwrap_err().unknown);
}

/// Where the clock jumps to next, in seconds.
fn jump() -> impl Strategy<Value = i64> {
    prop_oneof![4 => 0..30_i64, 2 => -200..200_i64, 1 => -200_000..200_000_i64]
}

proptest! {
    /// However often the clock is set forward and then back: a full window stays full.
    #[test]
    fn a_full_window_stays_full_behind_any_way_forward(
        window in prop::sample::select(Window::ALL.to_vec()),
        hops in prop::collection::vec(0..100_000_i64, 1..20),
    ) {
        let (mut ledger, mut now) = (Ledger::default(), 7);
        fill(&mut ledger, window, at(now));
        for hop in hops {
            now += hop;
            let passes = call(&mut ledger, window, at(now)).is_ok();
            prop_assert!(!passes || window.start(at(now)) != window.start(at(7)));
        }
        prop_assert!(call(&mut ledger, window, at(8)).is_err());
    }

    /// Between two steps back no window gets more than its limit, and the one that a step back leads into nothing.
    #[test]
    fn wherever_the_clock_jumps_no_window_gets_more_than_its_limit(
        window in prop::sample::select(Window::ALL.to_vec()),
        jumps in prop::collection::vec(jump(), 1..80),
    ) {
        let (mut ledger, mut now) = (Ledger::default(), 0);
        let mut passed: HashMap<DateTime<Utc>, u64> = HashMap::new();
        let (mut newest, mut shut) = (at(i64::from(i32::MIN)), None);
        for jump in jumps {
            now += jump;
            let start = window.start(at(now));
            let has_ended = |start: DateTime<Utc>| window.end(start) + GRACE <= newest;
            if at(now) + GRACE < newest {
                // A step back. Those are forgotten, with the one that the step before led to; this one is shut, if it is
                // one of them.
                passed.retain(|known, _| !has_ended(*known) && Some(*known) != shut);
                if has_ended(start) {
                    passed.insert(start, MAX);
                    shut = Some(start);
                }
                newest = at(now);
            }
            newest = newest.max(at(now));
            if call(&mut ledger, window, at(now)).is_ok() {
                let count = passed.entry(start).or_default();
                *count += 1;
                prop_assert!(*count <= MAX, "{start}");
            }
        }
        // And it is never shut for longer than the window of now, or the next where that begins in a moment.
        if let Err(Refused { unknown: true, next, .. }) = call(&mut ledger, window, at(now)) {
            prop_assert!(next <= Some(window.end(window.start(at(now) + GRACE))));
        }
    }
}
