//! The grant leaves the shared store: it goes on in the `.env` of one machine, and a mark stands in its place.
//!
//! The exchange that this begins with spends the stored refresh token, so nobody else has one that counts. The new one is in the
//! escrow before it is anywhere else: whoever is stopped before the end puts it into the shared store with the next look, as
//! after any other exchange.

use super::lineage::Offer;
use super::machine::{FleetTurn, shared};
use super::remote::Pair;
use super::shared::Put;
use crate::error::{Diagnostic as _, Error, SharedError};
use crate::store::new_tokens::NewTokens;
use crate::store::turn::Reserved;

/// How the digest of a mark begins. The digest of a grant has no colon.
const MARK: &str = "taken-out:";

impl FleetTurn<'_> {
    /// Whether a mark is stored.
    pub(super) fn is_taken_out(&self) -> bool {
        self.stored.borrow().lineage.as_ref().is_some_and(|lineage| lineage.digest.starts_with(MARK))
    }

    /// Ends an exchange outside of the shared store.
    pub(super) fn leave(
        &self,
        tokens: &NewTokens,
        env: Box<dyn Reserved + '_>,
        offer: &Offer<String>,
        pair: &Pair,
    ) -> Result<Vec<String>, Error> {
        let kept = self.kept.borrow().holding(offer.clone(), pair, self.place.access.keys());
        let kept = kept.map_err(|source| shared(SharedError::Unsealed { source }))?;
        self.env.keep(&kept)?;
        *self.kept.borrow_mut() = kept;
        let mut warnings = env.put(tokens)?;
        let digest = format!("{MARK}{}", offer.lineage.digest);
        let mark = Offer { lineage: offer.lineage.mark_of_absence(digest), authorised: false };
        // The access token stays in the store, for as long as it lasts.
        match self.put_mark(&mark, &Pair { refresh_token: None, ..pair.clone() }) {
            Ok(Put::Stored | Put::Already) => {
                let kept = self.kept.borrow().holding_nothing();
                self.env.keep(&kept)?;
                *self.kept.borrow_mut() = kept;
                self.lease.set(None);
            }
            Ok(Put::Stale) => warnings.push("the shared store has a newer login, and keeps that".into()),
            Err(error) => warnings.push(format!(
                "{}; it still has the refresh token that is spent now, so run this again once it can be reached",
                error.with_causes()
            )),
        }
        Ok(warnings)
    }
}

#[cfg(test)]
mod tests {
    use crate::store::fleet::{Lineage, Offer, Own, Step};

    /// A grant that Zoom issued at this time.
    fn first(digest: &'static str, issued: i64) -> Lineage<&'static str> {
        Lineage::first(digest, Some(issued))
    }

    fn own(
        escrow: Option<&Lineage<&'static str>>,
        seen: Option<&Lineage<&'static str>>,
    ) -> Own<&'static str> {
        let offer = |lineage: &Lineage<_>| Offer { lineage: lineage.clone(), authorised: false };
        Own { escrow: escrow.map(offer), seen: seen.cloned() }
    }

    #[test]
    fn while_a_grant_is_outside_nothing_but_it_counts() {
        let (before, login) = (first("before", 10), first("login", 20));
        let stored = first("parent", 15);
        // Issued within the same second as the one before it.
        let outside = stored.child("outside", Some(15));
        let mark = outside.mark_of_absence("mark");
        assert!(Offer { lineage: mark.clone(), authorised: false }.replaces(Some(&stored)));
        let given = first("outside", 15);
        for (given, counts) in
            [(&given, true), (&login, true), (&before, false), (&first("parent", 15), false)]
        {
            let expected = if counts { Step::Ask(given.digest) } else { Step::Ask("mark") };
            for seen in [None, Some(&stored), Some(&mark)] {
                let machine = own(None, seen).after_seeing(Some(&mark));
                assert_eq!(machine.next(Some(&mark), Some(given)), expected, "{given:?} {seen:?}");
            }
        }
        // The next one takes the place of the mark, as that of any grant.
        let back = mark.child("outside", None).child("next", Some(40));
        assert!(Offer { lineage: back, authorised: false }.replaces(Some(&mark)));
    }

    #[test]
    fn who_is_stopped_before_the_mark_shares_the_grant_and_after_it_does_not() {
        let stored = first("parent", 15);
        let outside = stored.child("outside", Some(16));
        let mark = outside.mark_of_absence("mark");
        let stopped = own(Some(&outside), Some(&stored));
        assert_eq!(stopped.next(Some(&stored), Some(&first("outside", 16))), Step::Heal);
        assert_eq!(stopped.next(None, None), Step::Heal);
        let after = stopped.after_seeing(Some(&mark));
        assert_eq!(after.next(Some(&mark), None), Step::Ask("mark"));
        // A machine with the grant before it lets that go, and does not show it to Zoom where the store has lost the mark.
        let other = own(Some(&stored), Some(&stored)).after_seeing(Some(&mark));
        assert_eq!(other.escrow, None);
        assert_eq!(other.next(Some(&stored), None), Step::Wait);
    }
}
