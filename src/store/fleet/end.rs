//! A login ends for all machines: a mark stands in the place of its grant, and nobody shows that to Zoom any more.
//!
//! The mark descends from the grant that was ended, so it takes the place of that and of nothing newer. It stays in the machine's
//! escrow as a pair would: a store that was out of reach, or has lost the mark, gets it with the next look of this machine.

use super::lineage::Offer;
use super::machine::{FleetTurn, ends, shared};
use super::own::Step;
use super::remote::Pair;
use super::shared::Put;
use crate::error::{Diagnostic as _, Error, SharedError};
use crate::store::identity::digest;
use crate::store::names::{ACCESS_TOKEN, TOKEN_EXPIRES_AT};
use crate::store::new_tokens::NewTokens;
use crate::store::snapshot::Snapshot;
use crate::store::turn::Reserved;
use crate::token::Claims;

/// How the digest of a mark begins. The digest of a grant has no colon.
const MARK: &str = "ended:";

impl FleetTurn<'_> {
    /// Whether the mark of a login that was ended is stored.
    pub(super) fn is_ended(&self) -> bool {
        self.stored.borrow().lineage.as_ref().is_some_and(|lineage| lineage.digest.starts_with(MARK))
    }

    /// Takes the lease for the end of a login. False: something else is stored by now.
    pub(super) fn claims_end(&self) -> Result<bool, Error> {
        if let Some(down) = self.down.borrow_mut().take() {
            return Err(shared(SharedError::NotEnded { source: Box::new(down) }));
        }
        if self.is_of_user() && self.step(&self.stored.borrow()) == Step::Wait {
            return Err(shared(SharedError::Forgotten));
        }
        if self.is_of_user() && self.refresh_token().is_none() && self.is_taken_out() {
            return Err(shared(SharedError::TakenOut));
        }
        let taken = self.take()?;
        if !taken {
            self.look()?;
        }
        Ok(taken)
    }

    /// Puts the mark into the place of the grant that was ended at Zoom, and takes its tokens out of the `.env`.
    ///
    /// # Errors
    ///
    /// [`SharedError::Overtaken`] where a newer one is stored, and nothing has changed then.
    pub(super) fn end(
        &self,
        tokens: &NewTokens,
        env: Box<dyn Reserved + '_>,
        before: &Snapshot,
    ) -> Result<Vec<String>, Error> {
        let Some(mark) = self.mark_of_end(before) else { return env.put(tokens) };
        let nothing = Pair::default();
        if self.is_of_user() {
            let held = self.kept.borrow().holding(mark.clone(), &nothing, self.place.access.keys());
            let held = held.map_err(|source| shared(SharedError::Unsealed { source }))?;
            self.env.keep(&held)?;
            *self.kept.borrow_mut() = held;
        }
        let mut warnings = Vec::new();
        match self.put_mark(&mark, &nothing) {
            Ok(Put::Stored | Put::Already) => self.lease.set(None),
            Ok(Put::Stale) => {
                let without = self.kept.borrow().holding_nothing();
                let _ = self.env.keep(&without);
                *self.kept.borrow_mut() = without;
                return Err(shared(SharedError::Overtaken));
            }
            Err(error) => warnings.push(format!(
                "{}; it still has the tokens that are ended, until the next zoomtok get on this machine",
                error.with_causes()
            )),
        }
        warnings.extend(env.put(tokens)?);
        Ok(warnings)
    }

    /// Puts a mark into the place of the stored grant.
    pub(super) fn put_mark(&self, mark: &Offer<String>, pair: &Pair) -> Result<Put, SharedError> {
        let machine = self.kept.borrow().machine.clone();
        let mut remote = self.remote.borrow_mut();
        remote.as_mut().map_or(Ok(Put::Stale), |remote| remote.put(&machine, mark, pair, ends(pair)))
    }

    /// The mark of the grant that counts here, unless there is none or its mark is stored already.
    fn mark_of_end(&self, before: &Snapshot) -> Option<Offer<String>> {
        let stored = self.stored.borrow();
        let ended = if self.is_of_user() {
            match self.step(&stored) {
                Step::Ask(digest) => match &stored.lineage {
                    Some(lineage) if lineage.digest == digest => lineage.clone(),
                    Some(lineage) => lineage.child(digest, self.given()?.issued),
                    None => self.given()?,
                },
                Step::Heal | Step::Wait | Step::Nothing => return None,
            }
        } else {
            stored.lineage.clone()?
        };
        if ended.digest.starts_with(MARK) {
            return None;
        }
        let issued = if self.is_of_user() {
            let token = before.tokens().access_token.as_ref();
            let token = token.and_then(|token| Claims::issued(&token.value));
            ended.issued.max(token.map(|issued| issued.timestamp()))
        } else {
            // The next token may end in the same second.
            ended.issued.map(|ends| ends - 1)
        };
        let mark = ended.child(format!("{MARK}{}", ended.digest), issued);
        Some(Offer { lineage: mark, authorised: false })
    }

    /// The variables of a token in the `.env` that has ended with the login.
    pub(super) fn ended_in(&self, snapshot: &Snapshot) -> Vec<&'static str> {
        let stored = self.stored.borrow();
        let mark = stored.lineage.as_ref().filter(|lineage| lineage.digest.starts_with(MARK));
        let Some((mark, token)) = mark.zip(snapshot.tokens().access_token.as_ref()) else {
            return Vec::new();
        };
        let is_ended = if self.is_of_user() {
            let issued = Claims::issued(&token.value).map(|issued| issued.timestamp());
            issued.zip(mark.issued).is_some_and(|(token, mark)| token <= mark)
        } else {
            // Tokens of a Server-to-Server OAuth app are independent of each other.
            mark.digest.strip_prefix(MARK) == Some(&*digest(token.value.as_bytes()))
        };
        if is_ended { vec![ACCESS_TOKEN, TOKEN_EXPIRES_AT] } else { Vec::new() }
    }
}

#[cfg(test)]
mod tests {
    use crate::store::fleet::{Lineage, Offer, Own, Put, Shared, Step};

    fn offer(lineage: &Lineage<&'static str>, authorised: bool) -> Offer<&'static str> {
        Offer { lineage: lineage.clone(), authorised }
    }

    #[test]
    fn a_mark_takes_the_place_of_what_was_ended_and_of_nothing_newer() {
        let ended = Lineage::first("parent", Some(10)).child("ended", Some(15));
        let mark = ended.child("mark", Some(15));
        let newer = ended.child("newer", Some(15));
        let login = Lineage::first("login", Some(16));
        for (stored, put) in [
            (None, Put::Stored),
            (Some(&ended), Put::Stored),
            // The store has lost a change.
            (Some(&Lineage::first("parent", Some(10))), Put::Stored),
            (Some(&mark), Put::Already),
            (Some(&newer), Put::Stale),
            (Some(&login), Put::Stale),
        ] {
            let mut store = Shared { grant: stored.cloned(), ..Shared::default() };
            assert_eq!(store.put(&"machine", &offer(&mark, false)), put, "{stored:?}");
        }
        for (later, is_authorised, put) in [
            // A login by way of the store, in the same second; and one on a machine that could not reach it.
            (&mark.child("login", Some(15)), true, Put::Stored),
            (&login, true, Put::Stored),
            (&ended.child("login", Some(16)), true, Put::Stored),
            // The pair of a machine that was late.
            (&newer, false, Put::Stale),
            (&ended, false, Put::Stale),
        ] {
            let mut store = Shared { grant: Some(mark.clone()), ..Shared::default() };
            assert_eq!(store.put(&"machine", &offer(later, is_authorised)), put, "{later:?}");
        }
    }

    #[test]
    fn a_machine_with_the_pair_of_a_login_that_was_ended_lets_it_go() {
        let ended = Lineage::first("parent", Some(10)).child("ended", Some(15));
        let mark = ended.child("mark", Some(15));
        let other = Own { escrow: Some(offer(&ended, false)), seen: Some(ended.clone()) };
        let other = other.after_seeing(Some(&mark));
        assert_eq!((&other.escrow, other.next(Some(&mark), None)), (&None, Step::Ask("mark")));
        // A store that has lost the mark gets it from the machine that made it, and the others wait for that.
        assert_eq!(other.next(Some(&ended), None), Step::Wait);
        let own = Own { escrow: Some(offer(&mark, false)), seen: Some(ended.clone()) };
        assert_eq!(own.next(Some(&ended), None), Step::Heal);
        assert_eq!(own.next(None, None), Step::Heal);
    }
}
