//! The rules one by one.

use crate::store::fleet::{Lineage, Offer, Own, Put, Refused, Shared, Step, Taken};

type Store = Shared<&'static str, &'static str>;

fn first(digest: &'static str) -> Lineage<&'static str> {
    Lineage::first(digest, None)
}

fn offer(lineage: Lineage<&'static str>) -> Offer<&'static str> {
    Offer { lineage, authorised: false }
}

fn storing(lineage: &Lineage<&'static str>) -> Store {
    Store { grant: Some(lineage.clone()), ..Store::default() }
}

#[test]
fn one_machine_gets_the_lease_and_gets_it_again() {
    let mut store = storing(&first("a"));
    assert_eq!(store.take(&"one", Some(&"a"), Some(&"a")), Taken::Granted { after: None });
    assert_eq!(store.take(&"one", Some(&"a"), Some(&"a")), Taken::Granted { after: None });
    assert_eq!(store.take(&"two", Some(&"a"), Some(&"a")), Taken::Held { by: "one" });
    store.lease = None;
    assert_eq!(
        store.take(&"two", Some(&"a"), Some(&"a")),
        Taken::Held { by: "one" },
        "its escrow is waited for"
    );
    store.linger = None;
    assert_eq!(store.take(&"two", Some(&"a"), Some(&"a")), Taken::Granted { after: Some("one") });
    store.release(&"two", false);
    assert_eq!(store.take(&"one", Some(&"a"), Some(&"a")), Taken::Granted { after: None });
    assert_eq!(store.take(&"two", None, Some(&"a")), Taken::Changed);
}

#[test]
fn without_a_refresh_token_nobody_is_waited_for_beyond_the_lease() {
    let mut store = Store::default();
    assert_eq!(store.take(&"one", None, None), Taken::Granted { after: None });
    assert_eq!(store.take(&"two", None, None), Taken::Held { by: "one" });
    store.lease = None;
    assert_eq!(store.take(&"two", None, None), Taken::Granted { after: None });
}

#[test]
fn a_late_holder_with_the_only_good_refresh_token_is_accepted_and_the_lease_of_its_successor_stays() {
    let a = first("a");
    let mut store = storing(&a);
    store.take(&"one", Some(&"a"), Some(&"a"));
    (store.lease, store.linger) = (None, None);
    store.take(&"two", Some(&"a"), Some(&"a"));
    assert_eq!(store.put(&"one", &offer(a.child("b", None))), Put::Stored);
    assert_eq!(store.lease, Some("two"));
    assert_eq!(store.refuse(&"two", &"a"), Refused::Overtaken, "its verdict is one on a");
    assert_eq!((store.lease, store.grant.as_ref().map(|grant| grant.digest)), (None, Some("b")));
}

#[test]
fn a_pair_is_accepted_by_its_lineage() {
    let a = first("a");
    let b = a.child("b", Some(20));
    let (c, other) = (b.child("c", Some(30)), first("x"));
    let login = Offer { lineage: a.child("login", Some(40)), authorised: true };
    for (stored, new, put) in [
        (None, offer(b.clone()), Put::Stored),
        (Some(&a), offer(b.clone()), Put::Stored),
        (Some(&b), offer(b.clone()), Put::Already),
        // The store has lost a change or two.
        (Some(&a), offer(c.clone()), Put::Stored),
        (Some(&c), offer(b.clone()), Put::Stale),
        // A second child of one parent, whatever it says of its time.
        (Some(&b), offer(a.child("twin", Some(90))), Put::Stale),
        (Some(&b), login.clone(), Put::Stored),
        (Some(&login.lineage), offer(b.clone()), Put::Stale),
        // Without an ancestor in common Zoom's clock decides, or nobody.
        (Some(&b), offer(other.clone()), Put::Stale),
        (Some(&b), offer(Lineage::first("x", Some(10))), Put::Stale),
        (Some(&b), offer(Lineage::first("x", Some(21))), Put::Stored),
    ] {
        let mut store = Store { grant: stored.cloned(), ..Store::default() };
        assert_eq!(store.put(&"one", &new), put, "{stored:?} {new:?}");
        let kept = store.grant.unwrap();
        assert_eq!(kept.digest == new.lineage.digest, put != Put::Stale);
        if put == Put::Stored {
            assert!(stored.is_none_or(|stored| kept.descends_from(&stored.digest)), "{kept:?}");
        }
    }
}

#[test]
fn a_refusal_is_final_when_it_was_waited_for_somebody_with_a_newer_one() {
    let mut store = storing(&first("a"));
    store.take(&"one", Some(&"a"), Some(&"a"));
    assert_eq!(store.refuse(&"one", &"a"), Refused::Early);
    assert_eq!(store.take(&"two", Some(&"a"), Some(&"a")), Taken::Refused);
    // A refresh token of its own is another matter.
    assert_eq!(store.take(&"two", Some(&"a"), Some(&"own")), Taken::Granted { after: None });
    store.release(&"two", false);
    store.patience = false;
    assert_eq!(store.take(&"one", Some(&"a"), Some(&"a")), Taken::Granted { after: None });
    assert_eq!(store.refuse(&"one", &"a"), Refused::Final);
    assert_eq!(store.put(&"two", &offer(first("a").child("b", None))), Put::Stored);
    assert_eq!((store.refused, store.patience), (None, false));
}

#[test]
fn an_answer_that_was_lost_leaves_a_note() {
    let mut store = storing(&first("a"));
    store.take(&"one", Some(&"a"), Some(&"a"));
    store.release(&"one", true);
    assert_eq!((store.lease, store.linger, store.spending), (None, None, Some("one")));
    assert_eq!(store.take(&"two", Some(&"a"), Some(&"a")), Taken::Granted { after: Some("one") });
}

#[test]
fn a_machine_keeps_its_pair_until_another_one_has_replaced_it() {
    let a = first("a");
    let b = a.child("b", None);
    let own = Own { escrow: Some(offer(b.clone())), seen: Some(a.clone()) };
    assert_eq!(own.next(Some(&a), None), Step::Heal);
    assert_eq!(own.next(None, None), Step::Heal);
    assert_eq!(own.next(Some(&b), None), Step::Ask("b"));
    let own = own.after_seeing(Some(&b));
    assert_eq!((own.escrow.is_some(), own.seen.clone()), (true, Some(a.clone())), "nothing is written down");
    let own = own.after_seeing(Some(&a));
    assert_eq!(own.next(Some(&a), None), Step::Heal, "the store has lost it");
    assert_eq!(own.next(None, None), Step::Heal);
    let own = own.after_seeing(Some(&b.child("c", None)));
    assert_eq!((own.escrow, own.seen.map(|seen| seen.digest)), (None, Some("c")));
}

#[test]
fn a_grant_that_is_known_to_be_spent_is_not_shown() {
    let a = first("a");
    let own = Own { escrow: None, seen: Some(a.child("b", None)) };
    assert_eq!(own.next(Some(&a), None), Step::Wait);
    assert_eq!(own.next(None, None), Step::Wait);
    assert_eq!(Own::default().next(Some(&a), None), Step::Ask("a"));
    assert_eq!(Own::<&str>::default().next(None, None), Step::Nothing);
}

#[test]
fn an_old_copy_of_a_refresh_token_does_not_count() {
    let stored = Lineage::first("a", Some(10)).child("b", Some(20));
    let given = |digest, issued| Lineage::first(digest, issued);
    let own = Own::default();
    for (given, asks) in [
        (given("a", Some(10)), "b"),
        (given("b", Some(20)), "b"),
        (given("older", Some(15)), "b"),
        (given("unknown", None), "b"),
        (given("new", Some(21)), "new"),
    ] {
        assert_eq!(own.next(Some(&stored), Some(&given)), Step::Ask(asks));
        assert_eq!(own.next(None, Some(&given)), Step::Ask(given.digest), "the store is empty");
        let has_seen = Own { seen: Some(stored.clone()), ..Own::default() };
        let step = if asks == "new" { Step::Ask("new") } else { Step::Wait };
        assert_eq!(has_seen.next(None, Some(&given)), step, "the store has lost everything");
    }
}
