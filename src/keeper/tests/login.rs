//! A login and a logout, through the same turn as everything else.

use reqwest::Url;

use super::*;
use crate::zoom::Credentials;

/// The credentials of a login in a browser with a public client.
fn brought() -> Credentials {
    Credentials {
        client_id: "public".into(),
        client_secret: None,
        grant: Grant::AuthorizationCode {
            code: "code".to_owned().into(),
            redirect_uri: "http://127.0.0.1:7/callback".into(),
            verifier: "verifier".to_owned().into(),
        },
    }
}

fn typed() -> Credentials {
    Credentials {
        client_id: "typed".into(),
        client_secret: Some("typed-secret".to_owned().into()),
        grant: Grant::AccountCredentials { account_id: "typed-account".into() },
    }
}

fn log_in(world: &World<'_>, credentials: &Credentials) -> Result<LoggedIn, Error> {
    world.with_keeper(|keeper| {
        let look = keeper.look()?;
        keeper.prepare_login(&look)?;
        let url = Url::parse("https://zoom.us").unwrap();
        let login = LoginWith { credentials: credentials.clone(), keeps_secret: true };
        keeper.log_in(&look, &url, &login)
    })
}

fn value(world: &World<'_>, name: &str) -> Option<String> {
    let file = EnvFile::read(&world.env_file(), NAMES).unwrap();
    file.get(name).map(|entry| entry.value.to_string())
}

#[test]
fn a_login_takes_the_place_of_whatever_app_was_there() {
    for (env, credentials, gone, there) in [
        (CREDENTIALS, brought(), &["ZOOM_CLIENT_SECRET", "ZOOM_ACCOUNT_ID"][..], "public"),
        (USER, brought(), &["ZOOM_CLIENT_SECRET", "ZOOM_ACCOUNT_ID"], "public"),
        (USER, typed(), &["ZOOM_REFRESH_TOKEN"], "typed"),
        ("", typed(), &["ZOOM_REFRESH_TOKEN"], "typed"),
    ] {
        let world = World::new(&format!("# mine\n{env}"));
        let logged_in = log_in(&world, &credentials).unwrap();
        assert!(logged_in.is_lasting && logged_in.warnings.is_empty());
        assert!(world.text().starts_with("# mine\n"));
        assert_eq!(value(&world, "ZOOM_CLIENT_ID").unwrap(), there);
        assert_eq!(value(&world, "ZOOM_ACCESS_TOKEN").unwrap(), logged_in.token.expose());
        for name in gone {
            assert_eq!(value(&world, name), None, "{name}");
        }
        assert_eq!(world.get().unwrap().how, How::Kept);
    }
}

#[test]
fn nothing_is_written_before_zoom_has_taken_it() {
    for error in [Error::Refused { refusal: Refusal::Code, status: 400, tracking_id: None }, transient(None)]
    {
        let world = World::new(USER);
        world.fail(error);
        log_in(&world, &brought()).unwrap_err();
        assert_eq!(world.text(), USER);
        assert_eq!(world.state().memory(), Memory::default());
    }
}

#[test]
fn a_refresh_token_that_is_useful_alone_is_kept_with_its_app() {
    let world = World::new("");
    world.fail(Error::UnsafeToken { problem: "p", beside_refresh_token: true });
    world.zoom.beside.replace(Some(Token::new("beside").unwrap()));
    log_in(&world, &brought()).unwrap_err();
    assert_eq!(value(&world, "ZOOM_CLIENT_ID").unwrap(), "public");
    assert_eq!(value(&world, "ZOOM_REFRESH_TOKEN").unwrap(), "beside");
    assert_eq!(value(&world, "ZOOM_ACCESS_TOKEN"), None);
}

#[test]
fn a_login_without_a_refresh_token_warns() {
    let world = World::new("");
    world.zoom.refused_refresh.set(Some("it holds a quote"));
    let logged_in = log_in(&world, &brought()).unwrap();
    assert!(!logged_in.is_lasting);
    assert!(logged_in.warnings[0].contains("it was refused: it holds a quote"), "{:?}", logged_in.warnings);
}

#[test]
fn the_login_counts_and_not_what_was_saved_by_hand_meanwhile() {
    let world = World::new(USER);
    let path = world.env_file();
    world.during(move || put(&path, &USER.replace("refresh-0", "by-hand")));
    log_in(&world, &brought()).unwrap();
    assert_eq!(value(&world, "ZOOM_REFRESH_TOKEN").unwrap(), "refresh-1");
}

#[test]
fn a_login_that_could_not_be_written_is_put_in_place_as_a_whole_unless_there_is_a_newer_one() {
    for (later, expected) in [
        (USER.to_owned(), Some("refresh-1")),
        ("# emptied\n".to_owned(), Some("refresh-1")),
        (USER.replace("refresh-0", "newer"), None),
    ] {
        let world = World::new(USER);
        let path = world.env_file();
        world.during(move || put(&path, "ZOOM_CLIENT_ID=\"no end\n"));
        assert!(matches!(log_in(&world, &brought()), Err(Error::Unsaved { .. })));
        put(&world.env_file(), &later);
        let kept = world.get().unwrap();
        if let Some(refresh) = expected {
            assert_eq!(kept.how, How::Recovered);
            assert_eq!(value(&world, "ZOOM_REFRESH_TOKEN").unwrap(), refresh);
            assert_eq!(value(&world, "ZOOM_CLIENT_ID").unwrap(), "public");
            assert_eq!(value(&world, "ZOOM_CLIENT_SECRET"), None);
        } else {
            assert_eq!(value(&world, "ZOOM_CLIENT_ID").unwrap(), "client");
            assert_eq!(value(&world, "ZOOM_CLIENT_SECRET").unwrap(), "secret");
        }
        assert!(world.state().recovery().unwrap().is_none());
    }
}

#[test]
fn what_was_known_of_the_login_before_is_forgotten() {
    let world = World::new(USER);
    world.fail(Error::Refused { refusal: Refusal::RefreshToken, status: 400, tracking_id: None });
    world.get().unwrap_err();
    let needed = || world.with_keeper(|keeper| keeper.login_needed(&keeper.look().unwrap()).unwrap());
    assert!(needed().unwrap().contains("the refresh token is spent"));
    log_in(&world, &brought()).unwrap();
    assert_eq!(needed(), None);
    let memory = world.state().memory();
    assert!(memory.failure.is_none() && memory.spent.is_none());
    assert!(memory.granted_to.is_some());
}

#[test]
fn a_client_id_that_was_changed_is_reported_and_its_refresh_token_kept() {
    let world = World::new(USER);
    // Also after it has rotated.
    log_in(&world, &brought()).unwrap();
    world.ensure(60, Unlike::Present).unwrap();
    let asked = world.zoom.asked.get();
    let text = world.text();
    put(&world.env_file(), &text.replace("public", "other"));
    let error = world.ensure(60, Unlike::Present).unwrap_err();
    assert!(matches!(error, Error::Credential { name: "ZOOM_REFRESH_TOKEN", .. }), "{error:?}");
    assert_eq!(world.zoom.asked.get(), asked);
    put(&world.env_file(), &text);
    world.ensure(60, Unlike::Present).unwrap();
}

#[test]
fn a_logout_removes_what_was_ended_and_nothing_that_was_not() {
    for (with_app, left) in [
        (false, "# mine\nZOOM_CLIENT_ID=client\nZOOM_CLIENT_SECRET=secret\nOTHER=1\n"),
        (true, "# mine\nOTHER=1\n"),
    ] {
        let world = World::new(&format!("# mine\n{USER}OTHER=1\n"));
        world.get().unwrap();
        let text = world.text();
        let log_out = |revoke: fn(&Look) -> Result<(), Error>| {
            world.with_keeper(|keeper| keeper.log_out(&keeper.look().unwrap(), with_app, revoke))
        };
        log_out(|_| Err(transient(None))).unwrap_err();
        assert_eq!(world.text(), text);
        let warnings = log_out(|look| {
            assert_eq!(look.snapshot.get("ZOOM_REFRESH_TOKEN").unwrap().value.as_str(), "refresh-1");
            Ok(())
        });
        assert_eq!(warnings.unwrap(), Some(Vec::new()));
        assert_eq!(world.text(), left);
        assert_eq!(log_out(|_| panic!("there is nothing to end")).unwrap(), None);
        assert_eq!(world.state().memory(), Memory::default());
    }
}

#[test]
fn nothing_that_may_only_be_read_is_logged_in_or_out() {
    let mut world = World::new(USER);
    world.environment = Environment::default().reading_only();
    assert!(matches!(log_in(&world, &brought()), Err(Error::Adopted { .. })));
    let out = world.with_keeper(|keeper| keeper.log_out(&keeper.look().unwrap(), true, |_| Ok(())));
    assert!(matches!(out, Err(Error::Adopted { .. })));
    assert_eq!((world.text().as_str(), world.zoom.asked.get()), (USER, 0));
}
