//! The keeper against a script in place of Zoom, on a clock that is set by hand.

use std::cell::{Cell, RefCell};
use std::ffi::OsString;
use std::fs;
use std::path::Path;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::TimeDelta;
use reqwest::Url;
use tempfile::TempDir;

use super::*;
use crate::clock::manual::ManualClock;
use crate::error::{Code, Left, Refusal};
use crate::files::{Lock, temporary};
use crate::settings::NAMES;
use crate::store::{EnvFile, EnvStore, Identity, StateDirectory};
use crate::zoom::{Credentials, Grant, NotGranted};

#[cfg(unix)]
mod links;
mod recovery;
mod remember;

const NOON: &str = "2026-03-04T12:00:00Z";
const CREDENTIALS: &str = "ZOOM_CLIENT_ID=client\nZOOM_CLIENT_SECRET=secret\nZOOM_ACCOUNT_ID=account\n";
const USER: &str = "ZOOM_CLIENT_ID=client\nZOOM_CLIENT_SECRET=secret\nZOOM_REFRESH_TOKEN=refresh-0\n";

/// Issues tokens of an hour, or fails once as it is told.
struct Script<'a> {
    asked: Cell<usize>,
    fail: RefCell<Option<Error>>,
    /// What comes with a failure.
    beside: RefCell<Option<Token>>,
    refused_refresh: Cell<Option<&'static str>>,
    during: RefCell<Option<Box<dyn FnOnce() + 'a>>>,
    ahead: i64,
    scopes: RefCell<Vec<&'static str>>,
}

impl Exchange for Script<'_> {
    fn exchange(
        &self,
        _: &Url,
        credentials: &Credentials,
        clock: &dyn Clock,
        _: &Stop,
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
            refresh_token: (matches!(credentials.grant, Grant::RefreshToken(_))
                && self.refused_refresh.get().is_none())
            .then(|| Token::new(format!("refresh-{}", self.asked.get())).unwrap()),
            refused_refresh: self.refused_refresh.get(),
            expires_at: now + TimeDelta::seconds(3600),
            ahead: self.ahead,
            scopes: self.scopes.borrow().iter().map(ToString::to_string).collect(),
        })
    }
}

fn jwt(iat: DateTime<Utc>, life: i64, number: usize) -> String {
    let payload = format!(r#"{{"iat":{},"exp":{},"n":{number}}}"#, iat.timestamp(), iat.timestamp() + life);
    format!("eyJhbGciOiJIUzUxMiJ9.{}.c2lnbmF0dXJl", URL_SAFE_NO_PAD.encode(payload))
}

/// A refresh token that was issued at this hour.
fn refresh_token(hour: &str) -> String {
    jwt(format!("2026-03-04T{hour}:00:00Z").parse().unwrap(), 1_000_000, 0)
}

struct World<'a> {
    root: TempDir,
    environment: Environment,
    clock: ManualClock,
    stop: Stop,
    zoom: Script<'a>,
}

impl<'a> World<'a> {
    fn new(env: &str) -> Self {
        let world = Self {
            root: tempfile::tempdir().unwrap(),
            environment: Environment::default(),
            clock: ManualClock::at(NOON),
            stop: Stop::never(),
            zoom: Script {
                asked: Cell::new(0),
                fail: RefCell::default(),
                beside: RefCell::default(),
                refused_refresh: Cell::default(),
                during: RefCell::default(),
                ahead: 0,
                scopes: RefCell::default(),
            },
        };
        put(&world.env_file(), env);
        world
    }

    fn env_file(&self) -> PathBuf {
        self.root.path().join(".env")
    }

    fn text(&self) -> String {
        fs::read_to_string(self.env_file()).unwrap()
    }

    fn ensure(&self, seconds: u64, unlike: Unlike) -> Result<Kept, Error> {
        self.ensure_after(seconds, unlike, || ())
    }

    /// The same, with something done between the look and all else.
    fn ensure_after(&self, seconds: u64, unlike: Unlike, act: impl FnOnce()) -> Result<Kept, Error> {
        self.ensure_as(false, seconds, unlike, act)
    }

    /// As a watch does.
    fn ensure_watching(&self, seconds: u64, unlike: Unlike) -> Result<Kept, Error> {
        self.ensure_as(true, seconds, unlike, || ())
    }

    fn ensure_as(
        &self,
        watching: bool,
        seconds: u64,
        unlike: Unlike,
        act: impl FnOnce(),
    ) -> Result<Kept, Error> {
        let (env_file, state_root) = (self.env_file(), self.root.path().join("state"));
        let store = EnvStore::new(env_file, NAMES, Some(state_root));
        let keeper = Keeper {
            environment: &self.environment,
            store: &store,
            clock: &self.clock,
            stop: &self.stop,
            zoom: &self.zoom,
            watching,
        };
        let look = keeper.look()?;
        act();
        keeper.ensure(&look, &Need { seconds, unlike })
    }

    fn get(&self) -> Result<Kept, Error> {
        self.ensure(60, Unlike::None)
    }

    /// Does this while Zoom is being asked.
    fn during(&self, act: impl FnOnce() + 'a) {
        self.zoom.during.replace(Some(Box::new(act)));
    }

    fn fail(&self, error: Error) {
        self.zoom.fail.replace(Some(error));
    }

    fn state(&self) -> StateDirectory {
        // By way of a file that is not there: the other one may not be readable.
        let beside = EnvFile::read(&self.root.path().join("none"), NAMES).unwrap();
        let identity = Identity::of_file(&beside.real().with_file_name(".env"));
        StateDirectory::of(Some(&self.root.path().join("state")), &identity)
    }
}

fn put(path: &Path, text: &str) {
    let mut options = fs::File::options();
    std::io::Write::write_all(
        &mut options.create(true).truncate(true).write(true).open(path).unwrap(),
        text.as_bytes(),
    )
    .unwrap();
}

fn passing(not_before: Option<DateTime<Utc>>) -> Error {
    Error::Passing { what: "busy".into(), not_before, reached: true, spent: false, tracking_id: None }
}

#[test]
fn a_token_is_fetched_kept_and_fetched_again_when_it_is_due() {
    let world = World::new(CREDENTIALS);
    assert_eq!(world.get().unwrap().how, How::Fetched);
    assert_eq!(world.get().unwrap().how, How::Kept);
    world.clock.advance(Duration::from_secs(3539));
    assert_eq!(world.get().unwrap().how, How::Kept);
    world.clock.advance(Duration::from_secs(1));
    assert_eq!(world.get().unwrap().how, How::Fetched);
    assert_eq!(world.zoom.asked.get(), 2);
}

#[test]
fn a_forced_one_is_another_one() {
    let world = World::new(CREDENTIALS);
    let first = world.get().unwrap().token;
    let second = world.ensure(60, Unlike::Present).unwrap();
    assert_eq!(second.how, How::Fetched);
    assert_ne!(first, second.token);
}

#[test]
fn a_rejected_one_is_replaced_and_another_one_is_kept() {
    let world = World::new(CREDENTIALS);
    let rejected = world.get().unwrap().token;
    let kept = world.ensure(60, Unlike::Rejected(rejected.clone())).unwrap();
    assert_eq!(kept.how, How::Fetched);
    // Somebody else replaced it meanwhile.
    assert_eq!(world.ensure(60, Unlike::Rejected(rejected)).unwrap().token, kept.token);
    assert_eq!(world.zoom.asked.get(), 2);
}

#[test]
fn the_tokens_of_one_answer_are_written_together() {
    let world = World::new(USER);
    world.get().unwrap();
    assert!(world.text().contains("ZOOM_REFRESH_TOKEN=refresh-1\n"), "{}", world.text());
    assert!(world.text().contains("ZOOM_TOKEN_EXPIRES_AT=\"2026-03-04T13:00:00Z\"\n"), "{}", world.text());
}

#[test]
fn nothing_is_asked_for_that_cannot_be_asked_with() {
    let world = World::new("ZOOM_CLIENT_ID=client\n");
    assert!(matches!(world.get(), Err(Error::CredentialsMissing { .. })));
    let world = World::new(&format!("{CREDENTIALS}ZOOM_OAUTH_URL=http://example.com\n"));
    assert!(matches!(world.get(), Err(Error::Setting { .. })));
    assert_eq!(world.zoom.asked.get(), 0);
    assert!(!temporary(&world.env_file()).exists());
}

#[test]
fn a_failure_changes_nothing_and_is_remembered_for_those_who_wait() {
    let world = World::new(CREDENTIALS);
    world.fail(Error::Refused { refusal: Refusal::Client, status: 400, tracking_id: None });
    assert!(matches!(world.get(), Err(Error::Refused { .. })));
    assert_eq!(world.text(), CREDENTIALS);
    let failure = world.state().memory().failure.unwrap();
    assert_eq!((failure.code, failure.not_before), (4, None));
    // Who comes later asks again: the credentials may have been mended.
    world.clock.advance(Duration::from_secs(1));
    assert_eq!(world.get().unwrap().how, How::Fetched);
    assert_eq!(world.state().memory(), Memory::default());
}

#[test]
fn scopes_are_remembered_through_failures_and_answers_without_them() {
    let world = World::new(CREDENTIALS);
    let again = || world.ensure(60, Unlike::Present).map(|_| world.state().memory().scopes);
    world.get().unwrap();
    assert!(!world.state().memory_path().unwrap().exists(), "nothing was worth remembering");
    let scopes = ["user:read:user:admin", "meeting:read:meeting:admin"];
    world.zoom.scopes.replace(scopes.to_vec());
    assert_eq!(again().unwrap(), scopes);

    world.zoom.scopes.take();
    assert_eq!(again().unwrap(), scopes);
    world.fail(passing(None));
    again().unwrap_err();
    assert_eq!(world.state().memory().scopes, scopes);
    world.clock.advance(Duration::from_secs(1));
    assert_eq!(again().unwrap(), scopes);

    world.zoom.scopes.replace(vec![scopes[0]]);
    assert_eq!(again().unwrap(), [scopes[0]]);
}

#[test]
fn a_failure_that_came_while_waiting_is_taken_over() {
    let world = World::new(CREDENTIALS);
    let error = world.ensure_after(60, Unlike::None, || {
        world.clock.advance(Duration::from_secs(5));
        world.fail(passing(None));
        world.get().unwrap_err();
    });
    let error = error.unwrap_err();
    assert!(matches!(error, Error::TakenOver { code: Code::Passing, .. }), "{error}");
    assert_eq!(world.zoom.asked.get(), 1);
}

#[test]
fn a_refusal_of_other_credentials_is_not_taken_over() {
    let refused = || Error::Refused { refusal: Refusal::Client, status: 400, tracking_id: None };
    for (mended, is_taken_over) in
        [(CREDENTIALS.replace("=secret", "=mended"), false), (CREDENTIALS.into(), true)]
    {
        let world = World::new(CREDENTIALS);
        let kept = world.ensure_after(60, Unlike::None, || {
            world.clock.advance(Duration::from_secs(5));
            world.fail(refused());
            world.get().unwrap_err();
            put(&world.env_file(), &mended);
        });
        assert_eq!(
            matches!(kept, Err(Error::TakenOver { code: Code::Refused, .. })),
            is_taken_over,
            "{kept:?}"
        );
        assert_eq!(kept.is_ok(), !is_taken_over);
    }
}

#[test]
fn a_wait_that_zoom_asked_for_is_obeyed_by_all_and_not_for_ever() {
    let world = World::new(CREDENTIALS);
    world.fail(passing(Some(world.clock.now() + TimeDelta::seconds(100))));
    world.get().unwrap_err();
    world.clock.advance(Duration::from_secs(99));
    for unlike in [Unlike::None, Unlike::Present] {
        assert!(matches!(
            world.ensure(60, unlike),
            Err(Error::Passing { not_before: Some(_), reached: false, .. })
        ));
    }
    assert_eq!(world.zoom.asked.get(), 1);
    world.clock.advance(Duration::from_secs(1));
    world.get().unwrap();

    // A clock that was set back since must not turn a minute into a year.
    let world = World::new(CREDENTIALS);
    world.fail(passing(Some(world.clock.now() + TimeDelta::days(365))));
    world.get().unwrap_err();
    world.clock.advance(Duration::from_secs(1));
    world.get().unwrap();
}

#[test]
fn what_an_editor_saved_during_the_exchange_stays() {
    let world = World::new(CREDENTIALS);
    let path = world.env_file();
    let edited = format!("{CREDENTIALS}MINE=edited\n");
    let text = edited.clone();
    world.during(move || put(&path, &text));
    world.get().unwrap();
    assert!(world.text().starts_with(&edited), "{}", world.text());
    assert!(world.text().contains("ZOOM_ACCESS_TOKEN=\"eyJ"));
}

#[test]
fn a_refresh_token_that_was_put_there_during_the_exchange_stays() {
    for (before, put_there, stays) in [
        ("refresh-0".to_owned(), "authorised-anew".to_owned(), true),
        (refresh_token("08"), refresh_token("12"), true),
        // An old text that somebody saves again would bring back one that is spent.
        (refresh_token("08"), refresh_token("07"), false),
    ] {
        let world = World::new(&USER.replace("refresh-0", &before));
        let (path, edited) = (world.env_file(), USER.replace("refresh-0", &put_there));
        world.during(move || put(&path, &edited));
        let kept = world.get().unwrap();
        let expected = if stays { put_there.as_str() } else { "refresh-1" };
        assert!(world.text().contains(&format!("ZOOM_REFRESH_TOKEN={expected}\n")), "{}", world.text());
        assert!(world.text().contains(&format!("ZOOM_ACCESS_TOKEN=\"{}\"", kept.token.expose())));
        assert_eq!(
            kept.warnings.iter().filter(|warning| warning.contains("and stays")).count(),
            usize::from(stays)
        );
    }
}

#[test]
fn more_than_a_tokens_life_is_an_error_and_the_token_is_stored() {
    let world = World::new(CREDENTIALS);
    let error = world.ensure(7200, Unlike::None).unwrap_err();
    assert!(matches!(error, Error::Unmeetable { asked: 7200, life: 3600 }), "{error}");
    assert_eq!(world.zoom.asked.get(), 1);
    assert_eq!(world.get().unwrap().how, How::Kept);
}

#[test]
fn a_wrong_clock_is_named_and_lived_with() {
    for ahead in [-7200, -600, 600, 7200] {
        let mut world = World::new(CREDENTIALS);
        world.zoom.ahead = ahead;
        let kept = world.get().unwrap();
        assert!(kept.warnings[0].contains("clock"), "{:?}", kept.warnings);
        assert_eq!(kept.left, 3600);
        world.clock.advance(Duration::from_mins(50));
        let kept = world.get().unwrap();
        assert_eq!((kept.how, kept.left), (How::Kept, 600), "{ahead}");
        world.clock.advance(Duration::from_secs(541));
        assert_eq!(world.get().unwrap().how, How::Fetched, "{ahead}");
    }
}

#[test]
fn what_a_killed_process_left_goes_with_the_next_look() {
    let world = World::new(CREDENTIALS);
    world.get().unwrap();
    put(&temporary(&world.env_file()), "half");
    assert_eq!(world.get().unwrap().how, How::Kept);
    assert!(!temporary(&world.env_file()).exists());
}

#[test]
fn credentials_of_the_environment_make_a_new_file() {
    let mut world = World::new("");
    fs::remove_file(world.env_file()).unwrap();
    world.environment = Environment::from_pairs(
        [("ZOOM_CLIENT_ID", "client"), ("ZOOM_CLIENT_SECRET", "secret"), ("ZOOM_ACCOUNT_ID", "account")]
            .map(|(name, value)| (name, OsString::from(value))),
    );
    let kept = world.get().unwrap();
    assert!(kept.made);
    assert_eq!(world.text().lines().count(), 2);
    assert!(!world.ensure(60, Unlike::Present).unwrap().made);
}

#[test]
fn an_exported_refresh_token_does_not_win_over_its_successor() {
    let (old, new) = (refresh_token("08"), refresh_token("09"));
    for (exported, filed) in [(&old, &new), (&new, &old)] {
        let environment = Environment::from_pairs([("ZOOM_REFRESH_TOKEN", OsString::from(exported))]);
        let world =
            World::new(&format!("ZOOM_CLIENT_ID=a\nZOOM_CLIENT_SECRET=b\nZOOM_REFRESH_TOKEN={filed}\n"));
        let snapshot = Arc::new(EnvStore::new(world.env_file(), NAMES, None).read().unwrap());
        let credentials = Settings::new(&environment, &snapshot).credentials().unwrap();
        let Grant::RefreshToken(token) = credentials.grant else { panic!("no refresh token") };
        assert_eq!(token.expose(), new);
    }
}

#[test]
fn no_format_shows_a_token_that_is_kept() {
    let world =
        World::new("ZOOM_ACCESS_TOKEN=canary-canary-canary\nZOOM_TOKEN_EXPIRES_AT=2026-03-04T13:00:00Z\n");
    let kept = world.get().unwrap();
    let file = EnvFile::read(&world.env_file(), NAMES).unwrap();
    let need = Need { seconds: 0, unlike: Unlike::Rejected(kept.token.clone()) };
    let shown = format!("{kept:?} {need:?} {file:?} {:?}", file.get("ZOOM_ACCESS_TOKEN"));
    assert!(shown.contains("cana...nary") && !shown.contains("canary"), "{shown}");
}
