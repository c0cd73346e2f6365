//! The protocol in all orders of steps and faults, and protocols that are wrong.
//!
//! Each exploration has three machines. Bounds that take minutes are explored with `ZOOMTOK_TESTS_EXPLORE=all`.

mod events;
mod explorer;
mod rules;
mod steps;
mod world;

use self::explorer::explore;
use self::world::{Action, Bounds, Fleet, NO_FAULTS, Protocol, Reuse};

const OURS: Fleet =
    Fleet { bounds: NO_FAULTS, protocol: Protocol::Ours, reuse: Reuse::Refused, heals: false };

/// Everything that can go wrong, and what a person does.
const FAULTS: [fn(&mut Bounds) -> &mut u8; 10] = [
    |bounds| &mut bounds.crashes,
    |bounds| &mut bounds.pauses,
    |bounds| &mut bounds.lost_by_zoom,
    |bounds| &mut bounds.lost_by_store,
    |bounds| &mut bounds.rollbacks,
    |bounds| &mut bounds.emptied,
    |bounds| &mut bounds.disks,
    |bounds| &mut bounds.logins,
    |bounds| &mut bounds.leaves,
    |bounds| &mut bounds.logouts,
];
const CRASH: usize = 0;
const PAUSE: usize = 1;
const ROLLBACK: usize = 4;
const EMPTIED: usize = 5;
const LOGIN: usize = 7;
const LEAVE: usize = 8;
const LOGOUT: usize = 9;

/// Nothing is wrong in any state. Gives how many there are.
#[track_caller]
fn holds(fleet: &Fleet) -> usize {
    let explored = explore(fleet);
    assert_eq!(explored.wrong, None, "{:?}", fleet.bounds);
    explored.states
}

/// Nothing is wrong in any history with these faults.
#[track_caller]
fn holds_with(faults: &[usize], expiries: u8) {
    let mut bounds = Bounds { expiries, ..NO_FAULTS };
    for fault in faults {
        *FAULTS[*fault](&mut bounds) += 1;
    }
    assert!(holds(&Fleet { bounds, ..OURS }) > 40, "{bounds:?}");
}

fn pairs() -> impl Iterator<Item = [usize; 2]> {
    (0..FAULTS.len()).flat_map(|first| (first..FAULTS.len()).map(move |second| [first, second]))
}

#[test]
fn with_any_two_faults_and_one_exchange() {
    pairs().for_each(|faults| holds_with(&faults, 0));
}

#[test]
fn with_any_fault_and_two_exchanges() {
    (0..FAULTS.len()).for_each(|fault| holds_with(&[fault], 1));
}

#[test]
fn with_two_faults_and_two_exchanges() {
    let all = std::env::var("ZOOMTOK_TESTS_EXPLORE").as_deref() == Ok("all");
    // Those in which one machine has an answer that others do not know of.
    let hardest = [
        [CRASH, PAUSE],
        [CRASH, ROLLBACK],
        [PAUSE, ROLLBACK],
        [CRASH, LOGIN],
        [PAUSE, LOGIN],
        [ROLLBACK, EMPTIED],
        [CRASH, LEAVE],
    ];
    pairs().filter(|pair| all || hardest.contains(pair)).for_each(|faults| holds_with(&faults, 1));
    if all {
        holds_with(&[CRASH, PAUSE, ROLLBACK], 1);
        holds_with(&[CRASH, PAUSE, EMPTIED], 1);
        holds_with(&[PAUSE, ROLLBACK, LOGIN], 1);
        holds_with(&[CRASH, PAUSE], 2);
        holds_with(&[CRASH, LEAVE], 2);
        holds_with(&[PAUSE, LOGIN, LOGOUT], 1);
    }
}

#[test]
fn everything_heals_when_nothing_goes_wrong_any_more() {
    for fault in FAULTS {
        let mut bounds = NO_FAULTS;
        *fault(&mut bounds) += 1;
        holds(&Fleet { bounds, heals: true, ..OURS });
    }
}

/// Zoom's documentation leaves open what a second use does to the newest refresh token. Should it end that one, nothing is
/// lost as long as a machine that was killed is back within a lease, and none stands still between its look at the clock and
/// its request.
#[test]
fn a_dead_owner_is_waited_for_so_that_no_spent_token_is_shown() {
    let bounds = Bounds { expiries: 1, crashes: 2, ..NO_FAULTS };
    holds(&Fleet { bounds, reuse: Reuse::EndsTheGrant, ..OURS });
}

/// The property that a protocol violates, and the way there.
#[track_caller]
fn finds(fleet: &Fleet) -> (&'static str, Vec<Action>) {
    explore(fleet).wrong.unwrap_or_else(|| panic!("nothing is wrong with {:?}", fleet.protocol))
}

#[test]
fn what_is_wrong_with_other_protocols_is_found() {
    use Protocol::*;
    let one_crash = Bounds { crashes: 1, ..NO_FAULTS };
    let one_pause = Bounds { pauses: 1, ..NO_FAULTS };
    let one_rollback = Bounds { rollbacks: 1, ..NO_FAULTS };
    let paused_at_a_login = Bounds { logins: 1, ..one_pause };
    let leaving = Bounds { leaves: 1, ..NO_FAULTS };
    let ending = Bounds { logouts: 1, ..NO_FAULTS };
    let outside = "a machine showed Zoom a refresh token while the grant was outside or ended";
    let lost = "the good refresh token is neither in the store nor in an escrow";
    let told = "a machine was told to log in while there was a good refresh token";
    for (protocol, bounds, reuse, wrong) in [
        // A holder that was paused comes back with the only good refresh token, and is turned away.
        (FencedByNumber, one_pause, Reuse::Refused, "the good refresh token was refused by the store"),
        (WithoutEscrow, one_crash, Reuse::Refused, lost),
        (EscrowUntilStored, one_rollback, Reuse::Refused, lost),
        (BelievesTheFirstRefusal, one_crash, Reuse::Refused, told),
        (
            WithoutLinger,
            one_crash,
            Reuse::EndsTheGrant,
            "a spent refresh token was shown, and that ended the good one",
        ),
        (
            LastOneWins,
            paused_at_a_login,
            Reuse::Refused,
            "the good refresh token in the store was overwritten",
        ),
        (WithoutLease, NO_FAULTS, Reuse::Refused, "two machines that have the lease ask Zoom at once"),
        (LeavesWithoutMark, leaving, Reuse::Refused, outside),
        (LeavesWithoutEscrow, Bounds { crashes: 1, ..leaving }, Reuse::Refused, lost),
        (EndsWithoutMark, ending, Reuse::Refused, outside),
        (
            EndsWhateverIsStored,
            Bounds { pauses: 1, logins: 1, ..ending },
            Reuse::Refused,
            "the good refresh token in the store was overwritten",
        ),
    ] {
        let (found, way) = finds(&Fleet { bounds, protocol, reuse, ..OURS });
        assert_eq!(found, wrong, "{protocol:?} {way:?}");
    }
}

/// The limits of ours, which docs/fleet.md states.
#[test]
fn no_lock_keeps_a_paused_holder_from_showing_a_spent_token() {
    let bounds = Bounds { pauses: 1, ..NO_FAULTS };
    let (wrong, way) = finds(&Fleet { bounds, reuse: Reuse::EndsTheGrant, ..OURS });
    assert_eq!(wrong, "a spent refresh token was shown, and that ended the good one");
    assert!(way.iter().any(|action| matches!(action, Action::Pauses(_))), "{way:?}");
}
