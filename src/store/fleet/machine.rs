//! A machine that has the lock of its `.env`, and looks at the shared store.

use std::cell::{Cell, RefCell};
use std::time::Duration;

use chrono::{DateTime, Utc};
use zeroize::Zeroizing;

use super::kept::Kept;
use super::lineage::Lineage;
use super::own::Step;
use super::place::{SharedAccount, SharedPlace};
use super::remote::{Pair, Remote, Stored};
use crate::clock::{Clock, Shutdown};
use crate::error::{Error, SharedError};
use crate::store::env::EnvTurn;
use crate::store::env::text::Entry;
use crate::store::identity::digest;
use crate::store::names::REFRESH_TOKEN;
use crate::store::new_tokens::NewTokens;
use crate::store::snapshot::Snapshot;
use crate::store::turn::Turn as _;
use crate::token::{Claims, Found, TokenState};

/// The turn of a machine in a fleet.
pub(super) struct FleetTurn<'a> {
    pub(super) env: EnvTurn<'a>,
    pub(super) place: SharedPlace,
    pub(super) clock: &'a dyn Clock,
    pub(super) stop: Shutdown,
    /// The account in the shared store. A login may be one to another.
    pub(super) account: RefCell<SharedAccount>,
    pub(super) remote: RefCell<Option<Remote>>,
    /// Why the shared store cannot be reached, if that may be over at the next try.
    pub(super) down: RefCell<Option<SharedError>>,
    pub(super) stored: RefCell<Stored>,
    /// How far this machine's clock is ahead of the store's, in milliseconds.
    pub(super) ahead: Cell<i64>,
    pub(super) kept: RefCell<Kept>,
    /// When the lease ends, by both clocks: one of them stands still while the machine sleeps.
    pub(super) lease: Cell<Option<(Duration, DateTime<Utc>)>>,
    /// The digest of the refresh token that is shown to Zoom.
    pub(super) spends: RefCell<Option<String>>,
    /// Whether that may be spent without an answer.
    pub(super) is_spent: Cell<bool>,
    /// Whether the grant leaves the shared store with the next exchange.
    pub(super) leaves: bool,
}

impl<'a> FleetTurn<'a> {
    /// The turn of the holder of the lock of a `.env`.
    ///
    /// # Errors
    ///
    /// The file with the machine's escrow cannot be read. It is not overwritten: it may be the only good refresh token.
    pub(super) fn new(
        env: EnvTurn<'a>,
        place: SharedPlace,
        clock: &'a dyn Clock,
        stop: Shutdown,
    ) -> Result<Self, Error> {
        let kept = env.kept()?.unwrap_or_else(Kept::new).of(&place.account.name);
        Ok(Self {
            account: RefCell::new(place.account.clone()),
            env,
            place,
            clock,
            stop,
            remote: RefCell::default(),
            down: RefCell::default(),
            stored: RefCell::default(),
            ahead: Cell::default(),
            kept: RefCell::new(kept),
            lease: Cell::default(),
            spends: RefCell::default(),
            is_spent: Cell::default(),
            leaves: false,
        })
    }

    /// Looks at the shared store: puts the pair of the escrow there if it lacks that, and its access token into the `.env`.
    ///
    /// # Errors
    ///
    /// Something is wrong with the store that does not pass by itself.
    pub(super) fn look(&self) -> Result<(), Error> {
        match self.try_look() {
            Err(error) if error.is_transient() => *self.down.borrow_mut() = Some(error),
            Err(error) => return Err(shared(error)),
            Ok(()) => {
                *self.down.borrow_mut() = None;
                self.mirror();
            }
        }
        Ok(())
    }

    /// Whether it is about a user's grant, with refresh tokens.
    pub(super) fn is_of_user(&self) -> bool {
        self.account.borrow().is_of_user
    }

    /// Leaves the account for that of the app of a login, where it is another one.
    pub(super) fn go_to(&self, account: SharedAccount) -> Result<(), Error> {
        if *self.account.borrow() == account {
            return Ok(());
        }
        if let Some(mut remote) = self.remote.borrow_mut().take() {
            // It ends by itself, too.
            let _ = remote.release(&self.kept.borrow().machine, false);
        }
        let kept = self.kept.borrow().clone().of(&account.name);
        *self.kept.borrow_mut() = kept;
        *self.account.borrow_mut() = account;
        *self.stored.borrow_mut() = Stored::default();
        self.look()
    }

    pub(super) fn try_look(&self) -> Result<(), SharedError> {
        let mut remote = self.remote.borrow_mut();
        if remote.is_none() {
            *remote = Some(Remote::open(&self.place.access, &self.account.borrow().name)?);
        }
        let Some(remote) = remote.as_mut() else { return Ok(()) };
        let mut stored = remote.read()?;
        self.sees(&stored);
        if self.is_of_user() && self.step(&stored) == Step::Heal {
            let pair = self.kept.borrow().pair(self.place.access.keys());
            if let Some((offer, pair)) = pair {
                remote.put(&self.kept.borrow().machine, &offer, &pair, ends(&pair))?;
                stored = remote.read()?;
                self.sees(&stored);
            }
        }
        self.ahead.set(self.clock.now().timestamp_millis() - stored.now);
        self.is_of_same_user(&stored.pair)?;
        *self.stored.borrow_mut() = stored;
        Ok(())
    }

    /// Refuses tokens of another user of the same app than the one whose tokens this machine has.
    fn is_of_same_user(&self, pair: &Pair) -> Result<(), SharedError> {
        let user = |token: &str| Claims::read(token).ok().and_then(|claims| claims.user_id);
        let there =
            [&pair.access_token, &pair.refresh_token].into_iter().flatten().find_map(|token| user(token));
        let snapshot = self.env.read().ok();
        let own = snapshot.as_ref().and_then(|snapshot| snapshot.tokens().access_token.as_ref());
        let here = self.place.given.as_ref().and_then(|token| user(token)).or_else(|| user(&own?.value));
        match (here, there) {
            (Some(here), Some(there)) if here != there && self.is_of_user() => {
                Err(SharedError::OtherUser { address: self.place.access.address.to_string() })
            }
            _ => Ok(()),
        }
    }

    pub(super) fn sees(&self, stored: &Stored) {
        let after = self.kept.borrow().after_seeing(stored.lineage.as_ref());
        if !after.is_same(&self.kept.borrow()) {
            // One that cannot be written costs a request that Zoom refuses, and the escrow is as it was.
            let _ = self.env.keep(&after);
            *self.kept.borrow_mut() = after;
        }
    }

    pub(super) fn step(&self, stored: &Stored) -> Step<String> {
        self.kept.borrow().own().next(stored.lineage.as_ref(), self.given().as_ref())
    }

    /// The refresh token of this machine's own settings.
    pub(super) fn given(&self) -> Option<Lineage<String>> {
        let token = self.place.given.as_ref()?;
        let issued = Claims::issued(token).map(|issued| issued.timestamp());
        Some(Lineage::first(digest(token.as_bytes()), issued))
    }

    /// Puts the shared access token into the `.env`, if that has another one that ends earlier, and takes a spent refresh token
    /// and the tokens of a login that was ended out of it. A `.env` that cannot be written stays as it is.
    pub(super) fn mirror(&self) {
        let Ok(snapshot) = self.env.read() else { return };
        let stored = self.stored.borrow();
        let mut tokens = NewTokens::default();
        if self.is_better(&stored.pair, &snapshot) {
            tokens.access_token.clone_from(&stored.pair.access_token);
            tokens.expires_at.clone_from(&stored.pair.expires_at);
        }
        tokens.gone = spent_in(&snapshot, stored.lineage.as_ref());
        tokens.gone.extend(self.ended_in(&snapshot));
        if !tokens.is_empty() {
            let _ = self.env.reserve(&snapshot).and_then(|reserved| reserved.put(&tokens));
        }
    }

    /// Whether the shared access token is another one than that of the `.env`, and does not end before it.
    pub(super) fn is_better(&self, pair: &Pair, snapshot: &Snapshot) -> bool {
        let left = |token: Option<&str>, expires_at: Option<&str>| {
            let recorded = expires_at.and_then(|time| time.parse().ok());
            TokenState::of(token.map(|text| Found { text, recorded }).as_ref(), self.clock.now(), || 0).left()
        };
        let text = |value: &Option<Zeroizing<String>>| value.as_ref().map(|value| value.to_string());
        let (token, expires_at) = (text(&pair.access_token), text(&pair.expires_at));
        let there = snapshot.tokens();
        let value = |entry: &Option<Entry>| entry.as_ref().map(|entry| entry.value.to_string());
        let (this, that) = (value(&there.access_token), value(&there.expires_at));
        token != this
            && left(token.as_deref(), expires_at.as_deref()) >= left(this.as_deref(), that.as_deref())
    }

    /// The refresh token that counts, where the store has something to say about that.
    pub(super) fn refresh_token(&self) -> Option<Zeroizing<String>> {
        let stored = self.stored.borrow();
        match self.step(&stored) {
            Step::Ask(digest) if stored.lineage.as_ref().is_some_and(|lineage| lineage.digest == digest) => {
                stored.pair.refresh_token.clone()
            }
            Step::Ask(_) => self.place.given.clone(),
            Step::Heal | Step::Wait | Step::Nothing => None,
        }
    }
}

/// The error of the shared store, as any other.
pub(super) fn shared(error: SharedError) -> Error {
    Error::Shared(Box::new(error))
}

/// The variable of a refresh token that is spent or stored elsewhere, where a `.env` has one.
pub(super) fn spent_in(snapshot: &Snapshot, stored: Option<&Lineage<String>>) -> Vec<&'static str> {
    let Some((entry, stored)) = snapshot.file().get(REFRESH_TOKEN).zip(stored) else {
        return Vec::new();
    };
    let own = digest(entry.value.as_bytes());
    let is_spent = own == stored.digest || stored.descends_from(&own);
    is_spent.then_some(REFRESH_TOKEN).into_iter().collect()
}

/// When an access token ends, in milliseconds since 1970.
pub(super) fn ends(pair: &Pair) -> Option<i64> {
    let time: DateTime<Utc> = pair.expires_at.as_ref()?.parse().ok()?;
    Some(time.timestamp_millis())
}
