//! A `.env`, a script in place of Zoom, and a clock that is set by hand.

use std::cell::{Cell, RefCell};
use std::fs;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use reqwest::Url;
use tempfile::TempDir;

use super::super::*;
use super::NOON;
use crate::clock::manual::ManualClock;
use crate::settings::NAMES;
use crate::store::{EnvFile, EnvStore, Identity, StateDirectory};
use crate::token::Token;
use crate::zoom::{Credentials, NotGranted};

/// Issues tokens of an hour, or fails once on request.
pub(super) struct Script<'a> {
    pub(super) asked: Cell<usize>,
    pub(super) fail: RefCell<Option<Error>>,
    /// The token that comes with a failure.
    pub(super) beside: RefCell<Option<Token>>,
    pub(super) refused_refresh: Cell<Option<&'static str>>,
    pub(super) during: RefCell<Option<Box<dyn FnOnce() + 'a>>>,
    pub(super) ahead: i64,
    pub(super) scopes: RefCell<Vec<&'static str>>,
}

impl Script<'_> {
    pub(super) fn new() -> Self {
        Self {
            asked: Cell::new(0),
            fail: RefCell::default(),
            beside: RefCell::default(),
            refused_refresh: Cell::default(),
            during: RefCell::default(),
            ahead: 0,
            scopes: RefCell::default(),
        }
    }
}

impl Exchange for Script<'_> {
    fn exchange(
        &self,
        _: &Url,
        credentials: &Credentials,
        clock: &dyn Clock,
        _: &Shutdown,
    ) -> Result<Granted, NotGranted> {
        self.asked.set(self.asked.get() + 1);
        if let Some(act) = self.during.take() {
            act();
        }
        if let Some(error) = self.fail.take() {
            let refresh_token = self.beside.take();
            return Err(NotGranted { error, refresh_token });
        }
        let now = clock.now();
        let zooms = now + TimeDelta::seconds(self.ahead);
        Ok(Granted {
            token: Token::new(jwt(zooms, 3600, self.asked.get())).unwrap(),
            refresh_token: (credentials.grant.is_of_user() && self.refused_refresh.get().is_none())
                .then(|| Token::new(format!("refresh-{}", self.asked.get())).unwrap()),
            refused_refresh: self.refused_refresh.get(),
            expires_at: now + TimeDelta::seconds(3600),
            ahead: self.ahead,
            scopes: self.scopes.borrow().iter().map(ToString::to_string).collect(),
        })
    }
}

pub(super) fn jwt(iat: DateTime<Utc>, life: i64, number: usize) -> String {
    let payload = format!(r#"{{"iat":{},"exp":{},"n":{number}}}"#, iat.timestamp(), iat.timestamp() + life);
    format!("eyJhbGciOiJIUzUxMiJ9.{}.c2lnbmF0dXJl", URL_SAFE_NO_PAD.encode(payload))
}

/// A refresh token that was issued at this hour.
pub(super) fn refresh_token(hour: &str) -> String {
    jwt(format!("2026-03-04T{hour}:00:00Z").parse().unwrap(), 1_000_000, 0)
}

pub(super) struct World<'a> {
    pub(super) root: TempDir,
    pub(super) environment: Environment,
    pub(super) clock: ManualClock,
    pub(super) stop: Shutdown,
    pub(super) zoom: Script<'a>,
}

impl<'a> World<'a> {
    pub(super) fn new(env: &str) -> Self {
        let world = Self {
            root: tempfile::tempdir().unwrap(),
            environment: Environment::default(),
            clock: ManualClock::at(NOON),
            stop: Shutdown::never(),
            zoom: Script::new(),
        };
        put(&world.env_file(), env);
        world
    }

    pub(super) fn env_file(&self) -> PathBuf {
        self.root.path().join(".env")
    }

    pub(super) fn text(&self) -> String {
        fs::read_to_string(self.env_file()).unwrap()
    }

    pub(super) fn ensure(&self, seconds: u64, unlike: Unlike) -> Result<Kept, Error> {
        self.ensure_after(seconds, unlike, || ())
    }

    /// The same, with something done between the look and all else.
    pub(super) fn ensure_after(
        &self,
        seconds: u64,
        unlike: Unlike,
        act: impl FnOnce(),
    ) -> Result<Kept, Error> {
        self.ensure_as(false, seconds, unlike, act)
    }

    /// As a watch does.
    pub(super) fn ensure_watching(&self, seconds: u64, unlike: Unlike) -> Result<Kept, Error> {
        self.ensure_as(true, seconds, unlike, || ())
    }

    pub(super) fn ensure_as(
        &self,
        watching: bool,
        seconds: u64,
        unlike: Unlike,
        act: impl FnOnce(),
    ) -> Result<Kept, Error> {
        self.with_keeper(|keeper| {
            let keeper = Keeper { watching, ..keeper };
            let look = keeper.look()?;
            act();
            keeper.ensure(&look, &Need { seconds, unlike })
        })
    }

    /// Does this with the keeper of this world.
    pub(super) fn with_keeper<T>(&self, act: impl FnOnce(Keeper<'_>) -> T) -> T {
        let (env_file, state_root) = (self.env_file(), self.root.path().join("state"));
        let store = EnvStore::new(env_file, NAMES, Some(state_root));
        act(Keeper {
            environment: &self.environment,
            store: &store,
            clock: &self.clock,
            stop: &self.stop,
            zoom: &self.zoom,
            watching: false,
        })
    }

    pub(super) fn get(&self) -> Result<Kept, Error> {
        self.ensure(60, Unlike::None)
    }

    /// Does this while Zoom is being asked.
    pub(super) fn during(&self, act: impl FnOnce() + 'a) {
        self.zoom.during.replace(Some(Box::new(act)));
    }

    pub(super) fn fail(&self, error: Error) {
        self.zoom.fail.replace(Some(error));
    }

    pub(super) fn state(&self) -> StateDirectory {
        // By way of a file that is not there: the other one may not be readable.
        let beside = EnvFile::read(&self.root.path().join("none"), NAMES).unwrap();
        let identity = Identity::of_file(&beside.real().with_file_name(".env"));
        StateDirectory::of(Some(&self.root.path().join("state")), &identity)
    }
}

pub(super) fn put(path: &Path, text: &str) {
    let mut options = fs::File::options();
    std::io::Write::write_all(
        &mut options.create(true).truncate(true).write(true).open(path).unwrap(),
        text.as_bytes(),
    )
    .unwrap();
}
