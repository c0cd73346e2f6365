//! Ten thousand machines that share a token: how much of it reaches Zoom and the shared store, second by second.
//!
//! A simulation on the schedule of the watch and on the shared part of the store, both the real ones. Nothing sleeps: an event
//! has a time, and the next one is taken. Latencies are made up, in `machine.rs`.

mod machine;
mod plot;
mod world;

use self::world::{Scenario, World};

/// The machines.
const MACHINES: usize = 10_000;

/// The seconds that are simulated: a cold start, two tokens at rest, an outage of the store, and the time after it.
const SECONDS: usize = 4 * 3600;

/// When the store cannot be reached, in seconds: while a token ends.
const OUTAGE: std::ops::Range<u64> = 9_600..12_000;

/// The most commands to the store in a second when all machines are switched on at once.
const MOST_AT_A_COLD_START: u32 = 6_500;

/// The most commands to the store in a second at rest, which is while a token ends.
const MOST_AT_REST: u32 = 1_200;

/// The most commands to the store in a second, once it is there again.
const MOST_AFTERWARDS: u32 = 700;

/// The most requests to Zoom in a second by machines that cannot reach the store.
const MOST_ALONE: u32 = 250;

fn run(is_of_user: bool) -> World {
    let scenario =
        Scenario { machines: MACHINES, seconds: SECONDS, outage: OUTAGE, is_of_user, is_spread: true };
    World::run(scenario)
}

fn outage_end() -> usize {
    usize::try_from(OUTAGE.end).unwrap()
}

/// The largest figure of these seconds.
fn peak(counts: &[u32], seconds: std::ops::Range<usize>) -> u32 {
    counts[seconds].iter().copied().max().unwrap_or(0)
}

fn sum(counts: &[u32], seconds: std::ops::Range<usize>) -> u32 {
    counts[seconds].iter().sum()
}

#[test]
fn ten_thousand_machines_ask_zoom_once_an_hour_and_the_store_a_few_hundred_times_a_second() {
    let at_rest = 600..9_000;
    let outage = usize::try_from(OUTAGE.start).unwrap()..outage_end();
    let afterwards = outage.end..SECONDS;

    // A user's grant: the one exchange of each hour, and none while nobody can tell who may spend it.
    let user = run(true);
    assert_eq!(sum(&user.zoom, 0..600), 1, "a cold start");
    assert_eq!(sum(&user.zoom, at_rest.clone()), 2, "the tokens that end in that time");
    assert_eq!(sum(&user.zoom, outage.clone()), 0, "without the store nobody spends the grant");
    assert!(
        (1..=2).contains(&sum(&user.zoom, afterwards.clone())),
        "{}",
        sum(&user.zoom, afterwards.clone())
    );
    assert!(peak(&user.store, 0..600) <= MOST_AT_A_COLD_START, "{}", peak(&user.store, 0..600));
    assert!(peak(&user.store, at_rest.clone()) <= MOST_AT_REST, "{}", peak(&user.store, at_rest.clone()));
    assert!(peak(&user.store, afterwards.clone()) <= MOST_AFTERWARDS, "{}", peak(&user.store, afterwards));
    assert_eq!(user.without_token_at_the_end(), 0);

    // A Server-to-Server app: while the store is away, each machine fetches a token for itself, and not all of them at once.
    let server = run(false);
    assert_eq!(sum(&server.zoom, 0..600), 1);
    assert_eq!(sum(&server.zoom, at_rest.clone()), 2);
    let alone = sum(&server.zoom, outage.clone());
    assert!(alone as usize <= MACHINES, "{alone}: no machine fetches two");
    assert!(peak(&server.zoom, outage.clone()) <= MOST_ALONE, "{}", peak(&server.zoom, outage));
    assert!(peak(&server.store, at_rest.clone()) <= MOST_AT_REST, "{}", peak(&server.store, at_rest));
    assert_eq!(server.without_token_at_the_end(), 0);

    plot::keep(&user, &server);

    // A minute after the store is there again, every machine has the token.
    let seconds = outage_end() + 70;
    let scenario =
        Scenario { machines: MACHINES, seconds, outage: OUTAGE, is_of_user: true, is_spread: true };
    assert_eq!(World::run(scenario).without_token_at_the_end(), 0);

    // With one threshold for all of them, they come in the same second.
    let seconds = 2 * 3600;
    let scenario =
        Scenario { machines: MACHINES, seconds, outage: OUTAGE, is_of_user: true, is_spread: false };
    let together = World::run(scenario);
    assert_eq!(sum(&together.zoom, 0..seconds), 3);
    assert!(
        peak(&together.store, 600..seconds) > 20 * MOST_AT_REST,
        "{}",
        peak(&together.store, 600..seconds)
    );
}
