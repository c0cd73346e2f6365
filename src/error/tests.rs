use super::*;

#[test]
fn codes_are_the_documented_ones() {
    let table = [
        (Code::Done, 0),
        (Code::Failed, 1),
        (Code::Usage, 2),
        (Code::Configuration, 3),
        (Code::Refused, 4),
        (Code::Transient, 5),
        (Code::Store, 6),
        (Code::Busy, 7),
        (Code::Claude, 8),
        (Code::NotRunnable, 126),
        (Code::NotFound, 127),
        (Code::Signal(15), 143),
    ];
    for (code, number) in table {
        assert_eq!(code.number(), number, "{code:?}");
    }
}

#[test]
fn only_failures_of_an_exchange_are_taken_over() {
    let taken: Vec<i32> = (0..=255).filter(|number| Code::of_exchange(*number).is_some()).collect();
    assert_eq!(taken, [3, 4, 5]);
}

#[test]
fn a_missing_credential_names_variable_and_file() {
    let names = "ZOOM_CLIENT_ID and ZOOM_CLIENT_SECRET are not set in the environment";
    for (there, message, hint) in [
        (true, format!("no credentials: {names} or in /home/me/.env"), "Copy them there"),
        (
            false,
            format!("no credentials: /home/me/.env does not exist, and {names}"),
            "Log in with zoomtok login; or create that file",
        ),
    ] {
        let missing = vec!["ZOOM_CLIENT_ID", "ZOOM_CLIENT_SECRET"];
        let error = Error::CredentialsMissing {
            missing,
            env_file: "/home/me/.env".into(),
            there,
            counts_exported: true,
        };
        assert_eq!(error.to_string(), message);
        assert!(error.hint().unwrap().starts_with(hint), "{error:?}");
        assert_eq!(error.code(), Code::Configuration);
    }
}

#[test]
fn a_place_that_the_system_does_not_name_can_be_set() {
    let error = Error::NoPlace { what: "profiles".into(), variable: "XDG_CONFIG_HOME" };
    assert_eq!(
        error.to_string(),
        "there is no directory for profiles: neither XDG_CONFIG_HOME nor HOME is set"
    );
    assert_eq!(error.hint().unwrap(), "Set HOME, or XDG_CONFIG_HOME to a directory");
    assert_eq!(error.code(), Code::Configuration);
}
