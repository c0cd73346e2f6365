//! A keeper of tokens that are kept in no file: nothing in it knows of one.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard};

use super::*;
use crate::clock::manual::ManualClock;
use crate::files::Stamp;
use crate::store::{
    ACCESS_TOKEN, Entry, Identity, Recovery, Reserved, Snapshot, StoredTokens, TOKEN_EXPIRES_AT, Turn,
};

/// Tokens in the memory of the test. Whoever has the turn may lose it in the middle.
#[derive(Default)]
struct Elsewhere {
    kept: Mutex<KeptElsewhere>,
    is_taken: AtomicBool,
    /// Whether the holder is taken for dead before it puts anything there.
    loses: AtomicBool,
}

#[derive(Default)]
struct KeptElsewhere {
    tokens: StoredTokens,
    memory: Memory,
    waiting: Option<Recovery>,
}

struct TurnElsewhere<'a>(&'a Elsewhere);

struct ReservedElsewhere<'a>(&'a Elsewhere);

impl Elsewhere {
    fn kept(&self) -> MutexGuard<'_, KeptElsewhere> {
        self.kept.lock().unwrap()
    }

    fn holds(&self, name: &str) -> Option<String> {
        self.read().unwrap().get(name).map(|entry| entry.value.to_string())
    }
}

fn unavailable(what: &str) -> Error {
    Error::Store {
        action: "write to",
        path: "elsewhere".into(),
        source: std::io::Error::other(what.to_owned()),
    }
}

impl Store for Elsewhere {
    fn read(&self) -> Result<Snapshot, Error> {
        let settings = EnvFile::read(Path::new("/there/is/no/.env"), NAMES)?;
        Ok(Snapshot::new(settings, self.kept().tokens.clone(), Identity::of_file(Path::new("elsewhere"))))
    }

    fn stamp(&self) -> Option<Stamp> {
        None
    }

    fn memory(&self, _: &Snapshot) -> Memory {
        self.kept().memory.clone()
    }

    fn forgets(&self, _: &Snapshot) -> Option<String> {
        None
    }

    fn is_waiting(&self, _: &Snapshot) -> bool {
        self.kept().waiting.is_some()
    }

    fn clean(&self, _: &Snapshot) {}

    fn refusal(&self, _: &Snapshot) -> Option<Error> {
        None
    }

    fn probe(&self, _: &Snapshot) -> Result<(), Error> {
        Ok(())
    }

    fn turn<'a>(&'a self, _: &Snapshot, _: &'a dyn Clock, _: &Shutdown) -> Result<Box<dyn Turn + 'a>, Error> {
        if self.is_taken.swap(true, Ordering::SeqCst) {
            return Err(Error::Busy { path: "elsewhere".into(), waited: 0 });
        }
        Ok(Box::new(TurnElsewhere(self)))
    }

    fn state_root(&self) -> Option<&Path> {
        None
    }
}

impl Turn for TurnElsewhere<'_> {
    fn read(&self) -> Result<Snapshot, Error> {
        self.0.read()
    }

    fn memory(&self) -> Memory {
        self.0.kept().memory.clone()
    }

    fn remember(&self, memory: &Memory) -> Result<(), Error> {
        self.0.kept().memory = memory.clone();
        Ok(())
    }

    fn recover(
        &self,
        now: &Snapshot,
        choose: &dyn Fn(&Recovery) -> NewTokens,
    ) -> Result<Option<Vec<String>>, Error> {
        let Some(waiting) = self.0.kept().waiting.clone() else { return Ok(None) };
        let warnings = self.reserve(now)?.put(&choose(&waiting))?;
        self.0.kept().waiting = None;
        Ok(Some(warnings))
    }

    fn reserve<'t>(&'t self, _: &'t Snapshot) -> Result<Box<dyn Reserved + 't>, Error> {
        Ok(Box::new(ReservedElsewhere(self.0)))
    }

    fn rescue(&self, recovery: &Recovery, _: &Snapshot) -> Result<PathBuf, Error> {
        self.0.kept().waiting = Some(recovery.clone());
        Ok("elsewhere".into())
    }
}

impl Drop for TurnElsewhere<'_> {
    fn drop(&mut self) {
        self.0.is_taken.store(false, Ordering::SeqCst);
    }
}

impl Reserved for ReservedElsewhere<'_> {
    fn put(self: Box<Self>, tokens: &NewTokens) -> Result<Vec<String>, Error> {
        if self.0.loses.swap(false, Ordering::SeqCst) {
            return Err(unavailable("somebody else has the turn by now"));
        }
        let mut kept = self.0.kept();
        for (name, value) in tokens.pairs() {
            let place = match name {
                ACCESS_TOKEN => &mut kept.tokens.access_token,
                TOKEN_EXPIRES_AT => &mut kept.tokens.expires_at,
                _ => &mut kept.tokens.refresh_token,
            };
            *place = Some(Entry { value: value.to_owned().into(), line: 0 });
        }
        Ok(Vec::new())
    }
}

/// A user's app whose refresh token is exported, and kept elsewhere from the first exchange on.
fn environment() -> Environment {
    Environment::from_pairs(
        [("ZOOM_CLIENT_ID", "client"), ("ZOOM_CLIENT_SECRET", "secret"), (REFRESH_TOKEN, "refresh-0")]
            .map(|(name, value)| (name, OsString::from(value))),
    )
}

/// Does this with a keeper of what is kept elsewhere, and gives how often Zoom was asked.
fn with_keeper(store: &Elsewhere, act: impl FnOnce(&Keeper<'_>, &Script<'_>)) -> usize {
    let (environment, clock, stop) = (environment(), ManualClock::at(NOON), Shutdown::never());
    let zoom = Script::new();
    let keeper = Keeper { zoom: &zoom, ..Keeper::new(&environment, store, &clock, &stop) };
    act(&keeper, &zoom);
    zoom.asked.get()
}

fn get(keeper: &Keeper<'_>) -> Result<Kept, Error> {
    keeper.ensure(&keeper.look()?, &Need { seconds: 60, unlike: Unlike::None })
}

#[test]
fn a_token_can_be_kept_where_there_is_no_file() {
    let store = Elsewhere::default();
    let asked = with_keeper(&store, |keeper, _| {
        let kept = get(keeper).unwrap();
        assert_eq!(kept.how, How::Fetched);
        assert_eq!(store.holds(ACCESS_TOKEN).unwrap(), kept.token.expose());
        assert_eq!(store.holds(TOKEN_EXPIRES_AT).unwrap(), "2026-03-04T13:00:00Z");
        assert_eq!(store.holds(REFRESH_TOKEN).unwrap(), "refresh-1");
        assert_eq!(get(keeper).unwrap().how, How::Kept);
    });
    assert_eq!(asked, 1);
    assert!(!store.is_taken.load(Ordering::SeqCst), "the turn was given back");
}

#[test]
fn nobody_asks_zoom_without_the_turn() {
    let store = Elsewhere::default();
    store.is_taken.store(true, Ordering::SeqCst);
    let asked = with_keeper(&store, |keeper, _| {
        assert!(matches!(get(keeper), Err(Error::Busy { .. })));
    });
    assert_eq!(asked, 0);
}

#[test]
fn a_token_issued_to_a_holder_who_has_lost_the_turn_is_recovered_by_the_next_one() {
    let store = Elsewhere::default();
    store.loses.store(true, Ordering::SeqCst);
    let asked = with_keeper(&store, |keeper, _| {
        assert!(matches!(get(keeper), Err(Error::Unsaved { .. })));
        assert_eq!(store.holds(ACCESS_TOKEN), None);
        assert_eq!(get(keeper).unwrap().how, How::Recovered);
        assert_eq!(store.holds(REFRESH_TOKEN).unwrap(), "refresh-1");
    });
    assert_eq!(asked, 1);
}

#[test]
fn a_failure_is_remembered_where_the_tokens_are_kept() {
    let store = Elsewhere::default();
    with_keeper(&store, |keeper, zoom| {
        zoom.fail.replace(Some(transient(None)));
        get(keeper).unwrap_err();
    });
    assert_eq!(store.kept().memory.failure.as_ref().map(|failure| failure.code), Some(5));
}
