//! The part that a machine keeps on its own disk, and its next step.

use super::lineage::{Lineage, Offer};

/// The part that a machine keeps on its own disk.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Own<D> {
    /// The last pair that Zoom issued to it. It stays until a grant that replaces it has been seen in the store: a store can
    /// lose what it has accepted.
    pub escrow: Option<Offer<D>>,
    /// The newest grant that it has seen in the store.
    pub seen: Option<Lineage<D>>,
}

/// The next step of a machine that needs a new token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step<D> {
    /// It puts the pair of its escrow into the store.
    Heal,
    /// It takes the lease, and shows Zoom this refresh token.
    Ask(D),
    /// It waits: the store has lost a grant that this machine has seen, so the stored one is spent. Another machine has the
    /// newer one in its escrow.
    Wait,
    /// It can do nothing: there is no refresh token anywhere.
    Nothing,
}

impl<D> Default for Own<D> {
    fn default() -> Self {
        Self { escrow: None, seen: None }
    }
}

impl<D: Clone + PartialEq> Own<D> {
    /// The part that it keeps once it has seen what is stored. A stored pair of its own is no news: it is in the escrow, and nothing
    /// has to be written down after each exchange.
    #[must_use]
    pub fn after_seeing(&self, stored: Option<&Lineage<D>>) -> Self {
        let is_replaced =
            |offer: &&Offer<D>| stored.is_some_and(|stored| stored.descends_from(&offer.lineage.digest));
        let is_own = self
            .escrow
            .as_ref()
            .is_some_and(|offer| stored.is_some_and(|stored| stored.digest == offer.lineage.digest));
        let is_older = |seen: &Lineage<D>| stored.is_none_or(|stored| seen.descends_from(&stored.digest));
        Self {
            escrow: self.escrow.as_ref().filter(|offer| !is_replaced(offer)).cloned(),
            seen: self.seen.as_ref().filter(|seen| is_own || is_older(seen)).or(stored).cloned(),
        }
    }

    /// Its next step. `given` is the refresh token of its own settings, with the time it was issued.
    pub fn next(&self, stored: Option<&Lineage<D>>, given: Option<&Lineage<D>>) -> Step<D> {
        if self.escrow.as_ref().is_some_and(|escrow| {
            stored.is_none_or(|stored| stored.digest != escrow.lineage.digest) && escrow.replaces(stored)
        }) {
            return Step::Heal;
        }
        if let Some(given) = given.filter(|given| self.counts(given, stored)) {
            return Step::Ask(given.digest.clone());
        }
        match (stored, &self.seen) {
            (Some(stored), Some(seen)) if seen.descends_from(&stored.digest) => Step::Wait,
            (Some(stored), _) => Step::Ask(stored.digest.clone()),
            (None, Some(_)) => Step::Wait,
            (None, None) => Step::Nothing,
        }
    }

    /// Whether the refresh token of its own settings counts: it is no ancestor of a known grant, and newer than those. So an
    /// old copy on another machine is never shown to Zoom.
    fn counts(&self, given: &Lineage<D>, stored: Option<&Lineage<D>>) -> bool {
        [stored, self.seen.as_ref()].into_iter().flatten().all(|known| {
            let offer = Offer { lineage: given.clone(), authorised: true };
            offer.replaces(Some(known))
        })
    }
}
