//! The keeper against a script in place of Zoom, on a clock that is set by hand.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use chrono::TimeDelta;

use self::world::*;
use super::*;
use crate::error::{Code, Left, Refusal};
use crate::files::{Lock, temporary};
use crate::settings::NAMES;
use crate::store::{EnvFile, EnvStore, Memory};
use crate::token::Token;
use crate::zoom::Grant;

mod elsewhere;
#[cfg(unix)]
mod links;
mod login;
mod recovery;
mod remember;
mod world;

const NOON: &str = "2026-03-04T12:00:00Z";
const CREDENTIALS: &str = "ZOOM_CLIENT_ID=client\nZOOM_CLIENT_SECRET=secret\nZOOM_ACCOUNT_ID=account\n";
const USER: &str = "ZOOM_CLIENT_ID=client\nZOOM_CLIENT_SECRET=secret\nZOOM_REFRESH_TOKEN=refresh-0\n";

fn transient(not_before: Option<DateTime<Utc>>) -> Error {
    Error::Transient { what: "busy".into(), not_before, reached: true, spent: false, tracking_id: None }
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
fn zoom_is_not_asked_without_credentials_or_at_a_forbidden_address() {
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
    // A later run asks again: the credentials may have been corrected.
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
    world.fail(transient(None));
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
        world.fail(transient(None));
        world.get().unwrap_err();
    });
    let error = error.unwrap_err();
    assert!(matches!(error, Error::TakenOver { code: Code::Transient, .. }), "{error}");
    assert_eq!(world.zoom.asked.get(), 1);
}

#[test]
fn a_refusal_of_other_credentials_is_not_taken_over() {
    let refused = || Error::Refused { refusal: Refusal::Client, status: 400, tracking_id: None };
    for (corrected, is_taken_over) in
        [(CREDENTIALS.replace("=secret", "=corrected"), false), (CREDENTIALS.into(), true)]
    {
        let world = World::new(CREDENTIALS);
        let kept = world.ensure_after(60, Unlike::None, || {
            world.clock.advance(Duration::from_secs(5));
            world.fail(refused());
            world.get().unwrap_err();
            put(&world.env_file(), &corrected);
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
    world.fail(transient(Some(world.clock.now() + TimeDelta::seconds(100))));
    world.get().unwrap_err();
    world.clock.advance(Duration::from_secs(99));
    for unlike in [Unlike::None, Unlike::Present] {
        assert!(matches!(
            world.ensure(60, unlike),
            Err(Error::Transient { not_before: Some(_), reached: false, .. })
        ));
    }
    assert_eq!(world.zoom.asked.get(), 1);
    world.clock.advance(Duration::from_secs(1));
    world.get().unwrap();

    // A clock that was set back since must not turn a minute into a year.
    let world = World::new(CREDENTIALS);
    world.fail(transient(Some(world.clock.now() + TimeDelta::days(365))));
    world.get().unwrap_err();
    world.clock.advance(Duration::from_secs(1));
    world.get().unwrap();
}

#[test]
fn an_edit_saved_during_the_exchange_is_kept() {
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
fn the_next_look_removes_the_remains_of_a_killed_process() {
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
