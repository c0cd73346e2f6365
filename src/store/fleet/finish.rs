//! The end of an exchange: the new pair goes into the escrow, into the shared store, and its access token into the `.env`.

use super::lineage::{Lineage, Offer};
use super::machine::{FleetTurn, ends, shared, spent_in};
use super::remote::Pair;
use super::shared::Put;
use crate::error::{Diagnostic as _, Error, SharedError};
use crate::store::identity::digest;
use crate::store::names::REFRESH_TOKEN;
use crate::store::new_tokens::NewTokens;
use crate::store::snapshot::Snapshot;
use crate::store::turn::Reserved;
use crate::token::Claims;

impl FleetTurn<'_> {
    /// The pair of these tokens, and its lineage over what is stored.
    pub(super) fn offer(&self, tokens: &NewTokens) -> (Offer<String>, Pair) {
        let pair = Pair {
            refresh_token: tokens.refresh_token.clone().filter(|_| self.is_of_user()),
            access_token: tokens.access_token.clone(),
            expires_at: tokens.expires_at.clone(),
        };
        let issued = |token: &str| Claims::issued(token).map(|issued| issued.timestamp());
        let (named, issued) = match (&pair.refresh_token, &pair.access_token) {
            (Some(token), _) => (token.as_str(), issued(token)),
            (None, token) => (token.as_ref().map_or("", |token| token.as_str()), ends(&pair)),
        };
        let spent = self.spends.borrow().clone().map(|spent| Lineage::first(spent, None));
        let stored = self.stored.borrow().lineage.clone();
        // A refresh token of its own that counts replaces the stored one, too.
        let parent = match (spent, stored) {
            (Some(spent), Some(stored)) if spent.digest != stored.digest => {
                Some(stored.child(spent.digest, None))
            }
            (spent, stored) => stored.filter(|_| self.is_of_user()).or(spent),
        };
        let lineage = parent.map_or_else(
            || Lineage::first(digest(named.as_bytes()), issued),
            |parent| parent.child(digest(named.as_bytes()), issued),
        );
        (Offer { lineage, authorised: tokens.is_of_person() }, pair)
    }

    /// Puts a pair into the shared store. A login stays one whatever was stored meanwhile.
    fn put(
        &self,
        tokens: &NewTokens,
        offer: &Offer<String>,
        pair: &Pair,
    ) -> Result<Option<String>, SharedError> {
        let mut remote = self.remote.borrow_mut();
        let Some(remote) = remote.as_mut().filter(|_| self.down.borrow().is_none()) else {
            let of_user = "the new tokens wait on this machine, for its next exchange";
            let where_it_is =
                if self.is_of_user() { of_user } else { "the new token is on this machine alone" };
            return Ok(Some(format!("the shared store cannot be reached; {where_it_is}")));
        };
        let machine = self.kept.borrow().machine.clone();
        let mut put = remote.put(&machine, offer, pair, ends(pair))?;
        if put == Put::Stale && tokens.is_of_person() {
            *self.stored.borrow_mut() = remote.read()?;
            put = remote.put(&machine, &self.offer(tokens).0, pair, ends(pair))?;
        }
        if put == Put::Stale {
            remote.release(&machine, false)?;
            return Ok(self.is_of_user().then(|| {
                "the shared store has a grant that this one does not replace, and keeps that".into()
            }));
        }
        let escrow = self.kept.borrow().own().escrow;
        // A pair that is in the escrow needs no other note.
        if escrow.is_none_or(|escrow| escrow.lineage.digest != offer.lineage.digest) {
            let stored = remote.read()?;
            self.sees(&stored);
        }
        Ok(None)
    }

    /// Ends an exchange: the pair goes into the escrow, into the shared store, and the access token into the `.env`.
    pub(super) fn finish(
        &self,
        tokens: &NewTokens,
        env: Box<dyn Reserved + '_>,
        before: &Snapshot,
    ) -> Result<Vec<String>, Error> {
        if tokens.access_token.is_none() && tokens.refresh_token.is_none() {
            return self.end(tokens, env, before);
        }
        if let Some(app) = &tokens.app {
            let account = self.account.borrow().of_app(app);
            self.go_to(account)?;
        }
        let (offer, pair) = self.offer(tokens);
        if self.leaves && pair.refresh_token.is_some() {
            return self.leave(tokens, env, &offer, &pair);
        }
        let mut escrowed = Ok(());
        if self.is_of_user() && pair.refresh_token.is_some() {
            let kept = self.kept.borrow().holding(offer.clone(), &pair, self.place.access.keys());
            let kept = kept.map_err(|source| shared(SharedError::Unsealed { source }));
            escrowed = kept.and_then(|kept| {
                self.env.keep(&kept)?;
                *self.kept.borrow_mut() = kept;
                Ok(())
            });
        }
        let put = self.put(tokens, &offer, &pair);
        let is_in_escrow = self.is_of_user() && pair.refresh_token.is_some() && escrowed.is_ok();
        let is_safe = is_in_escrow || matches!(put, Ok(None));
        self.lease.set(None);
        let mut warnings = Vec::new();
        match (put, escrowed) {
            (Ok(warning), Ok(())) => warnings.extend(warning),
            (Ok(warning), Err(error)) => {
                warnings.extend(warning);
                warnings.push(format!("{error}; the new refresh token is in the shared store alone"));
            }
            (Err(error), Ok(())) if self.is_of_user() => {
                warnings.push(format!("{error}; the new tokens wait on this machine, for its next exchange"));
            }
            (Err(error), Ok(())) => warnings.push(format!("{error}; the new token is in .env alone")),
            (Err(error), Err(_)) => return Err(shared(error)),
        }
        let mut copy = NewTokens { refresh_token: None, ..tokens.clone() };
        if tokens.is_of_person() {
            copy.gone.push(REFRESH_TOKEN);
        } else if pair.refresh_token.is_some() {
            let known = self.kept.borrow().own().escrow.map(|escrow| escrow.lineage);
            copy.gone.extend(spent_in(before, known.as_ref().or(Some(&offer.lineage))));
        }
        match env.put(&copy) {
            Ok(more) => warnings.extend(more),
            // The tokens are safe, and the next run copies the access token again.
            Err(error) if is_safe && !tokens.is_of_person() => warnings.push(error.with_causes()),
            Err(error) => return Err(error),
        }
        Ok(warnings)
    }
}
