//! The memory that one exchange leaves for the next.

use super::*;
use crate::error::Diagnostic as _;

fn lost() -> Error {
    Error::Transient { what: "cut".into(), not_before: None, reached: true, spent: true, tracking_id: None }
}

fn refused(refusal: Refusal) -> Error {
    Error::Refused { refusal, status: 400, tracking_id: None }
}

fn refusal(result: Result<Kept, Error>) -> Option<Refusal> {
    match result {
        Err(Error::Refused { refusal, .. }) => Some(refusal),
        _ => None,
    }
}

#[test]
fn a_refresh_token_refused_after_a_lost_answer_of_an_earlier_run_is_reported_as_such() {
    for (first, expected) in [
        (lost(), Refusal::RefreshAnswerLost),
        (Error::Interrupted { signal: 2, left: Left::RefreshToken }, Refusal::RefreshAnswerLost),
        (refused(Refusal::RefreshAnswerLost), Refusal::RefreshAnswerLost),
        (transient(None), Refusal::RefreshToken),
        (Error::Interrupted { signal: 2, left: Left::Nothing }, Refusal::RefreshToken),
        (refused(Refusal::RefreshToken), Refusal::RefreshToken),
    ] {
        let world = World::new(USER);
        let first_debug = format!("{first:?}");
        world.fail(first);
        world.get().unwrap_err();
        for _ in 0..2 {
            world.clock.advance(Duration::from_mins(1));
            world.fail(refused(Refusal::RefreshToken));
            assert_eq!(refusal(world.get()), Some(expected.clone()), "{first_debug}");
        }
        // With another refresh token all begins anew.
        put(&world.env_file(), &USER.replace("refresh-0", "authorised-again"));
        world.clock.advance(Duration::from_mins(1));
        world.fail(refused(Refusal::RefreshToken));
        assert_eq!(refusal(world.get()), Some(Refusal::RefreshToken), "{first_debug}");
    }
}

#[test]
fn the_request_is_written_down_before_it_is_sent_and_forgotten_with_the_answer() {
    let world = World::new(USER);
    let state = world.state();
    world.during(move || assert!(state.memory().spent.is_some()));
    world.get().unwrap();
    assert_eq!(world.state().memory().spent, None);
    // A grant that can be repeated is not worth a file.
    let world = World::new(CREDENTIALS);
    let state = world.state();
    world.during(move || assert!(!state.memory_path().unwrap().exists()));
    world.get().unwrap();
    assert!(!world.state().memory_path().unwrap().exists());
}

#[test]
fn a_good_refresh_token_beside_a_token_that_is_refused_is_kept() {
    let world = World::new(USER);
    world.zoom.beside.replace(Some(Token::new("the-next-one").unwrap()));
    world.fail(Error::UnsafeToken { problem: "it is odd", beside_refresh_token: true });
    let error = world.get().unwrap_err();
    assert!(matches!(error, Error::UnsafeToken { .. }), "{error}");
    assert!(error.hint().unwrap().contains("is kept"), "{error:?}");
    assert!(world.text().contains("ZOOM_REFRESH_TOKEN=the-next-one\n"), "{}", world.text());
    assert!(!world.text().contains("ZOOM_ACCESS_TOKEN"), "{}", world.text());
    assert_eq!(world.state().memory().spent, None);
    world.clock.advance(Duration::from_mins(1));
    world.get().unwrap();
}

#[test]
fn a_good_token_beside_a_refresh_token_that_is_refused_is_kept_and_said() {
    let world = World::new(USER);
    world.zoom.refused_refresh.set(Some("it is odd"));
    let kept = world.get().unwrap();
    assert!(kept.warnings.iter().any(|warning| warning.contains("zoomtok login")), "{:?}", kept.warnings);
    assert!(world.text().contains("ZOOM_REFRESH_TOKEN=refresh-0\n"), "{}", world.text());
    assert!(world.text().contains("ZOOM_ACCESS_TOKEN=\"eyJ"), "{}", world.text());
}

#[test]
fn a_need_that_no_token_meets_is_asked_for_once_a_day() {
    let world = World::new(CREDENTIALS);
    let ask = |world: &World<'_>| world.ensure(7200, Unlike::None).unwrap_err();
    for asked in [1, 1, 1] {
        let error = ask(&world);
        assert!(matches!(error, Error::Unmeetable { asked: 7200, life: 3600 }), "{error}");
        assert_eq!(error.code(), Code::Usage);
        assert_eq!(world.zoom.asked.get(), asked);
    }
    // A smaller need is met, and does not change the memory of the larger one.
    world.clock.advance(Duration::from_hours(1));
    world.get().unwrap();
    ask(&world);
    assert_eq!(world.zoom.asked.get(), 2);
    world.clock.advance(Duration::from_hours(24));
    ask(&world);
    assert_eq!(world.zoom.asked.get(), 3);
    // Another app may have other tokens.
    put(&world.env_file(), &CREDENTIALS.replace("=client", "=another"));
    ask(&world);
    assert_eq!(world.zoom.asked.get(), 4);
}

#[test]
fn where_nothing_can_be_written_down_all_else_is_done() {
    let world = World::new(USER);
    put(&world.root.path().join("state"), "a file where a directory should be");
    world.fail(transient(Some("2026-03-04T12:01:00Z".parse().unwrap())));
    world.ensure_watching(0, Unlike::Present).unwrap_err();
    // This process remembers it.
    world.ensure_watching(0, Unlike::Present).unwrap_err();
    assert_eq!(world.zoom.asked.get(), 1);
    world.clock.advance(Duration::from_secs(61));
    world.ensure_watching(0, Unlike::Present).unwrap();
    assert_eq!(world.zoom.asked.get(), 2);
}
