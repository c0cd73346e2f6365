//! A server put into a configuration.

use super::*;

#[test]
fn of_a_server_of_zoomtoks_own_only_what_differs_is_changed() {
    let text = "{\n  \"mcpServers\": {\n    \"zoom\": {\n      // mine\n      \"disabled\": false,\n      \"command\":                 \"/old/zoomtok\",\n      \"args\": [\"mcp\", \"--policy\", \"p\"],\n      \"env\": {\"A\": \"b\",                 \"HTTPS_PROXY\": \"old\"}\n    }\n  }\n}\n";
    let place = Place::new(text);
    let make = |existing: Option<&Existing>| {
        let existing = existing.unwrap();
        assert_eq!(existing.env[..2], ["A", "HTTPS_PROXY"]);
        let env =
            BTreeMap::from([("HTTPS_PROXY", "new"), ("Z", "z")].map(|(a, b)| (a.to_owned(), b.to_owned())));
        Entry { command: "/new/zoomtok".into(), args: existing.args.clone(), env }
    };
    let installed = place.file.install(&make, &Shutdown::never()).unwrap();
    assert!(installed.changed && installed.before.is_none() && installed.existing.is_some(), "{installed:?}");
    let expected = text
        .replace("/old/zoomtok", "/new/zoomtok")
        .replace("\"HTTPS_PROXY\": \"old\"", "\"HTTPS_PROXY\": \"new\", \"Z\": \"z\"");
    assert_eq!(place.text(), expected);
    assert!(!place.file.install(&make, &Shutdown::never()).unwrap().changed);
}

#[test]
fn a_server_takes_the_place_of_another_and_the_version_before_is_kept() {
    let place = Place::new(OLD);
    let preview = place.file.preview_install(&entry).unwrap();
    assert!(preview.changed && preview.backed_up && !preview.made, "{preview:?}");
    assert_eq!((place.text().as_str(), place.names()), (OLD, vec!["claude.json".to_owned()]));

    let installed = place.file.install(&entry, &Shutdown::never()).unwrap();
    assert_eq!((installed.place.as_str(), installed.before.as_deref()), ("mcpServers.zoom", Some("x")));
    assert_eq!((&installed.backup, installed.backed_up), (&preview.backup, true));
    let new = OLD.replace(
        r#"{"command": "x", "env": {"TOKEN": "old"}}"#,
        r#"{"command": "/bin/zoomtok", "args": ["mcp"]}"#,
    );
    assert_eq!(place.text(), new);
    assert_eq!(fs::read_to_string(installed.backup.unwrap()).unwrap(), OLD);
    // It reads `.env`, so nobody puts a token there.
    assert!(place.file.preview(&token()).unwrap().reads_env);
    let again = place.file.install(&entry, &Shutdown::never()).unwrap();
    assert!(!again.changed && !again.backed_up && again.backup.is_none(), "{again:?}");

    // A copy that is older than that is told as such.
    place.put(OLD);
    let preview = place.file.preview_install(&entry).unwrap();
    let installed = place.file.install(&entry, &Shutdown::never()).unwrap();
    assert!(!preview.backed_up && !installed.backed_up);
    assert!(preview.backup.is_some() && preview.backup == installed.backup);
}

#[test]
fn a_file_is_made_for_a_server_where_there_is_a_directory_for_it() {
    let place = Place::new(OLD);
    fs::remove_file(&place.file.path).unwrap();
    let preview = place.file.preview_install(&entry).unwrap();
    assert!(preview.changed && preview.made && preview.backup.is_none(), "{preview:?}");
    assert!(!place.file.path.exists());
    let installed = place.file.install(&entry, &Shutdown::never()).unwrap();
    assert!(installed.changed && installed.made && installed.before.is_none(), "{installed:?}");
    assert_eq!((place.text().as_str(), installed.backup), (MADE, None));
    assert_eq!(place.names(), ["claude.json", "state"]);

    fs::remove_file(&place.file.path).unwrap();
    let file = ClientFile { path: place.root.path().join("none/claude.json"), ..place.file.clone() };
    for error in
        [file.install(&entry, &Shutdown::never()).unwrap_err(), file.preview_install(&entry).unwrap_err()]
    {
        assert!(matches!(error, Error::Missing { .. }), "{error}");
    }
    assert!(!file.path.parent().unwrap().exists());
}

#[test]
fn a_file_that_another_program_makes_meanwhile_is_kept() {
    let theirs = OLD.replace("zoom", "theirs");
    let kept = |place: &Place| {
        let text = place.text();
        assert!(
            text.contains("// mine") && text.contains("theirs") && text.contains("/bin/zoomtok"),
            "{text}"
        );
        assert_eq!(place.names(), ["claude.json", "claude.json.zoomtok.bak", "state"]);
    };
    // It is made during a pause.
    let place = Place::new("");
    fs::remove_file(&place.file.path).unwrap();
    place.install_at(&Meanwhile(&place, &theirs), || {}).unwrap();
    kept(&place);
    // It goes, and is made again.
    let place = Place::new(OLD);
    let mut calls = 0;
    let written = place.install_at(&Meanwhile(&place, &theirs), || {
        calls += 1;
        if calls == 1 {
            fs::remove_file(&place.file.path).unwrap();
        }
    });
    assert_eq!(fs::read_to_string(written.unwrap().backup.unwrap()).unwrap(), theirs);
    kept(&place);
    // It goes, and is made again at the moment of the replace, after the last pause: it is left alone.
    let place = Place::new(OLD);
    let mut calls = 0;
    let error = place.install_at(&ManualClock::at("2026-03-04T12:00:00Z"), || {
        calls += 1;
        match calls {
            1 => fs::remove_file(&place.file.path).unwrap(),
            _ => place.put(&theirs),
        }
    });
    assert_eq!((error.err().unwrap().code(), calls), (Code::Store, 2));
    assert_eq!((place.text(), place.names()), (theirs, vec!["claude.json".into(), "state".into()]));
}
