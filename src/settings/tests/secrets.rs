//! Which counts of a client secret and a command that prints it.

use super::*;

#[test]
fn of_a_secret_and_a_command_the_nearer_one_counts_and_in_one_place_the_secret() {
    let app = "ZOOM_CLIENT_ID=id\nZOOM_ACCOUNT_ID=account\n";
    let (secret, command) =
        ("ZOOM_CLIENT_SECRET=filed\n", "ZOOMTOK_SECRET_COMMAND='pass show \"my zoom\"'\n");
    let exported = [("ZOOM_CLIENT_SECRET", "exported"), ("ZOOMTOK_SECRET_COMMAND", "op read")];
    for (pairs, env, expected) in [
        (&[][..], secret.to_owned(), "filed"),
        (&[], command.to_owned(), "$(pass|show|my zoom)"),
        (&[], format!("{command}{secret}"), "filed"),
        (&exported[..1], command.to_owned(), "exported"),
        (&exported[1..], secret.to_owned(), "$(op|read)"),
        (&exported[1..], command.to_owned(), "$(op|read)"),
        (&exported[..], format!("{command}{secret}"), "exported"),
    ] {
        let world = world(pairs, &format!("{app}{env}"));
        let settings = world.settings();
        let credentials = settings.credentials().unwrap();
        assert_eq!(secret_of(&credentials), expected, "{pairs:?} {env}");
        assert!(!format!("{credentials:?}").contains("pass"), "{credentials:?}");
        let of_app = settings.app().unwrap().client_secret;
        assert_eq!(of_app.is_some_and(|it| it.command().is_some()), expected.starts_with('$'));
    }
    let error = world(&[("ZOOMTOK_SECRET_COMMAND", "sh 'x")], app).settings().credentials().unwrap_err();
    assert_eq!(error.code(), Code::Usage);
    assert!(!error.report().contains("sh"), "{}", error.report());
}
