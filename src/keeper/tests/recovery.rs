//! Tokens that cannot be put in their place are put there later.

use super::*;
use crate::error::Diagnostic as _;

/// Has somebody save half of an edit while Zoom is being asked.
fn spoil_during(world: &World<'_>) {
    let path = world.env_file();
    world.during(move || put(&path, "A=\"never closed\n"));
}

#[test]
fn a_token_that_cannot_be_put_in_its_place_waits_for_the_next_run() {
    let world = World::new(USER);
    spoil_during(&world);
    let error = world.get().unwrap_err();
    assert!(matches!(error, Error::Unsaved { .. }), "{error}");
    assert_eq!(error.code(), Code::Store);
    assert_eq!(world.text(), "A=\"never closed\n");
    assert!(world.state().recovery_path().unwrap().exists());

    // Still broken: nothing is asked for, nothing is lost.
    assert!(world.get().is_err());
    put(&world.env_file(), USER);
    let kept = world.get().unwrap();
    assert_eq!(kept.how, How::Recovered);
    assert_eq!(world.zoom.asked.get(), 1);
    assert!(world.text().contains("ZOOM_REFRESH_TOKEN=refresh-1\n"), "{}", world.text());
    assert!(!world.state().recovery_path().unwrap().exists());
    assert_eq!(world.get().unwrap().how, How::Kept);
}

#[test]
fn a_recovery_does_not_undo_what_was_changed_since() {
    let world = World::new(USER);
    spoil_during(&world);
    world.get().unwrap_err();
    put(&world.env_file(), &USER.replace("refresh-0", "authorised-again"));
    world.get().unwrap();
    assert!(world.text().contains("ZOOM_REFRESH_TOKEN=authorised-again\n"), "{}", world.text());
}

#[test]
fn a_forced_one_uses_the_recovered_refresh_token() {
    let world = World::new(USER);
    spoil_during(&world);
    world.get().unwrap_err();
    put(&world.env_file(), USER);
    assert_eq!(world.ensure(60, Unlike::Present).unwrap().how, How::Fetched);
    assert!(world.text().contains("ZOOM_REFRESH_TOKEN=refresh-2\n"), "{}", world.text());
}

#[test]
fn the_successor_of_an_exported_refresh_token_takes_the_place_of_an_older_one() {
    let env = USER.replace("refresh-0", &refresh_token("08"));
    let mut world = World::new(&env);
    world.environment = Environment::from_pairs([("ZOOM_REFRESH_TOKEN", refresh_token("09").into())]);
    spoil_during(&world);
    world.get().unwrap_err();
    put(&world.env_file(), &env);
    assert_eq!(world.get().unwrap().how, How::Recovered);
    assert!(world.text().contains("ZOOM_REFRESH_TOKEN=refresh-1\n"), "{}", world.text());
}

#[test]
fn a_panic_on_the_way_to_its_place_is_a_failure_like_any_other() {
    assert_eq!(unless_panicking(|| Ok(1)).unwrap(), 1);
    let error = unless_panicking::<()>(|| panic!("this is part of a test")).unwrap_err();
    assert!(error.to_string().contains("put the new token in its place"), "{error}");
}
