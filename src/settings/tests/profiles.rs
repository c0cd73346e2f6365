//! Profiles: what names one, and what of the environment does not count with it.

use super::*;
use crate::store::ProfileName;

#[test]
fn a_profile_is_named_by_the_flag_or_by_the_variable_and_by_nothing_else_with_it() {
    let root = tempfile::tempdir().unwrap();
    let (root, work) = (root.path(), ProfileName::parse("work").unwrap());
    let path = |name: &str| root.join(format!("zoomtok/profiles/{name}.env"));
    let chosen = |pairs: &[(&'static str, &str)], named: NamedEnv<'_>| {
        let pairs = pairs.iter().map(|(name, value)| (*name, OsString::from(value)));
        Environment::from_pairs(pairs).env_file(named, root, Some(root))
    };
    let by_flag = NamedEnv { env_file: None, profile: Some(&work) };
    let by_path = NamedEnv { env_file: Some(Path::new("/x")), profile: None };
    let none = NamedEnv::default();
    let of = |name: &str| (path(name), Chosen::Profile(ProfileName::parse(name).unwrap()));
    for (pairs, named, expected) in [
        (&[][..], by_flag, of("work")),
        (&[("ZOOMTOK_PROFILE", "home")], none, of("home")),
        (&[("ZOOMTOK_PROFILE", "home")], by_flag, of("work")),
        (&[("ZOOM_ENV_FILE", "/y")], by_flag, of("work")),
        (&[("ZOOMTOK_PROFILE", "home")], by_path, ("/x".into(), Chosen::ByFlag)),
        (&[("ZOOMTOK_PROFILE", "home"), ("ZOOM_ENV_FILE", "/y")], by_path, ("/x".into(), Chosen::ByFlag)),
        (&[("ZOOMTOK_PROFILE", "home"), ("ZOOM_ENV_FILE", "")], none, of("home")),
        (&[("ZOOMTOK_PROFILE", ""), ("ZOOM_ENV_FILE", "/y")], none, ("/y".into(), Chosen::ByVariable)),
        (&[("ZOOMTOK_PROFILE", "")], none, (root.join(".env"), Chosen::ToBeMade)),
    ] {
        assert_eq!(chosen(pairs, named).unwrap(), expected, "{pairs:?} {named:?}");
    }
    let both = NamedEnv { env_file: Some(Path::new("/x")), profile: Some(&work) };
    for (pairs, named, told) in [
        (&[][..], both, "--profile (on the command line) names an account, and so does --env-file"),
        (
            &[("ZOOMTOK_PROFILE", "home"), ("ZOOM_ENV_FILE", "/y")],
            none,
            "ZOOMTOK_PROFILE (set in the environment) names an account, and so does ZOOM_ENV_FILE",
        ),
        (&[("ZOOMTOK_PROFILE", "../home")], none, "ZOOMTOK_PROFILE (set in the environment) must be 1 to 64"),
        (&[("ZOOMTOK_PROFILE", "..")], none, "ZOOMTOK_PROFILE (set in the environment) must not begin"),
    ] {
        let error = chosen(pairs, named).unwrap_err();
        assert!(error.to_string().starts_with(told), "{error}");
        assert_eq!(error.code(), Code::Usage, "{error}");
    }
    let nowhere = Environment::default().env_file(by_flag, root, None).unwrap_err();
    assert!(nowhere.with_causes().contains("XDG_CONFIG_HOME"), "{}", nowhere.with_causes());
}

#[test]
fn with_a_profile_no_credential_and_no_token_of_the_environment_counts() {
    let exported = [
        ("ZOOM_CLIENT_ID", "theirs"),
        ("ZOOM_CLIENT_SECRET", "theirs"),
        ("ZOOMTOK_SECRET_COMMAND", "theirs"),
        ("ZOOM_ACCOUNT_ID", "theirs"),
        ("ZOOM_REFRESH_TOKEN", "theirs"),
        ("ZOOM_ACCESS_TOKEN", "theirs"),
        ("ZOOM_TOKEN_EXPIRES_AT", "1970-01-01T00:30:00Z"),
        ("ZOOM_TOKEN_THRESHOLD", "90"),
    ];
    let exported = || exported.into_iter().map(|(name, value)| (name, OsString::from(value)));
    let profile = Chosen::Profile(ProfileName::parse("work").unwrap());
    for (environment, counts) in [
        (Environment::from_pairs(exported()).with(Chosen::ByFlag), true),
        (Environment::from_pairs(exported()).with(profile), false),
    ] {
        let world = World { environment, ..world(&[], "ZOOM_CLIENT_ID=mine\nCLAUDE_ZOOM_ENV_KEY=A_TOKEN\n") };
        let settings = world.settings();
        assert_eq!(settings.credentials().is_ok(), counts);
        let held = settings.token(DateTime::UNIX_EPOCH, || 0).unwrap();
        assert_eq!(held.state.token().is_some(), counts);
        assert_eq!(settings.threshold(None).unwrap(), 90);
        assert_eq!(settings.uncounted().len(), if counts { 0 } else { 7 });
        let server = if counts { "zoom" } else { "zoom-work" };
        assert_eq!(settings.claude_server_name().unwrap(), server);
        if !counts {
            let error = settings.credentials().unwrap_err().to_string();
            assert!(error.contains("ZOOM_CLIENT_SECRET") && !error.contains("in the environment"), "{error}");
        }
    }
}
