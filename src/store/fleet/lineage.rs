//! Where a grant comes from, which decides whether it replaces another one.

use std::iter;

use serde::{Deserialize, Serialize};

/// The most ancestors that a grant keeps. A store that was restored from a backup of more exchanges ago needs a login.
pub const MOST_ANCESTORS: usize = 64;

/// A grant, as far as others may know it.
///
/// Zoom issues a grant in exchange for the one before it, which is spent by that. So every ancestor of an existing grant is
/// worthless, and replacing one loses nothing.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Lineage<D> {
    /// The digest of its refresh token.
    pub digest: D,
    /// Digests of the grants that it replaced, the last one first.
    pub ancestors: Vec<D>,
    /// When Zoom issued it, by Zoom's clock, if the token says so: two of them can be compared on any machine.
    pub issued: Option<i64>,
}

/// A pair of tokens that is offered to a store.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Offer<D> {
    /// The grant.
    pub lineage: Lineage<D>,
    /// Whether a person has authorised it: it is no child of what was there, even where it has the same parent.
    pub authorised: bool,
}

impl<D: Clone + PartialEq> Lineage<D> {
    /// A grant without ancestors.
    pub fn first(digest: D, issued: Option<i64>) -> Self {
        Self { digest, ancestors: Vec::new(), issued }
    }

    /// The grant that replaces this one.
    #[must_use]
    pub fn child(&self, digest: D, issued: Option<i64>) -> Self {
        let mut ancestors = vec![self.digest.clone()];
        ancestors.extend(self.ancestors.iter().cloned());
        ancestors.truncate(MOST_ANCESTORS);
        Self { digest, ancestors, issued }
    }

    /// The mark that stands in the place of the grant before this one while this one is outside of the store. It descends from
    /// that grant, so nothing older takes its place; and it is older than this one, which may come back.
    #[must_use]
    pub fn mark_of_absence(&self, digest: D) -> Self {
        Self { digest, ancestors: self.ancestors.clone(), issued: self.issued.map(|issued| issued - 1) }
    }

    /// The same once it has taken the place of the stored grant: that and its ancestors are its ancestors too.
    #[must_use]
    pub(super) fn over(&self, stored: Option<&Self>) -> Self {
        let mut over = self.clone();
        for digest in
            stored.into_iter().flat_map(|stored| iter::once(&stored.digest).chain(&stored.ancestors))
        {
            if !over.ancestors.contains(digest) {
                over.ancestors.push(digest.clone());
            }
        }
        over.ancestors.truncate(MOST_ANCESTORS);
        over
    }

    /// Whether it has replaced that grant, at once or by way of others.
    pub fn descends_from(&self, digest: &D) -> bool {
        self.ancestors.contains(digest)
    }

    /// Whether both replace the same grant.
    fn is_sibling(&self, other: &Self) -> bool {
        self.ancestors.first().is_some_and(|parent| other.ancestors.first() == Some(parent))
    }

    /// Whether Zoom issued it after the other one. Unknown is no.
    fn is_newer(&self, other: &Self) -> bool {
        self.issued.zip(other.issued).is_some_and(|(this, that)| this > that)
    }
}

impl<D: Clone + PartialEq> Offer<D> {
    /// Whether it takes the place of what is stored.
    ///
    /// A grant that descends from the stored one does: that one is spent. Where neither descends from the other, the newer one
    /// by Zoom's clock is kept, since a login ends the grant before it. A second child of one parent does not.
    pub fn replaces(&self, stored: Option<&Lineage<D>>) -> bool {
        let Some(stored) = stored else { return true };
        let new = &self.lineage;
        if new.digest == stored.digest || stored.descends_from(&new.digest) {
            return false;
        }
        new.descends_from(&stored.digest)
            || new.is_newer(stored) && (self.authorised || !new.is_sibling(stored))
    }
}
