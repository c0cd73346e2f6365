//! A client that does not exist, with another file, another root and other names, that notices changes by itself: it takes
//! a row and nothing else.

use std::path::Path;
use std::sync::Arc;

use super::*;
use crate::clients::client::Client;
use crate::clients::edit::{Format, STRICT_JSON};
use crate::clients::hand_over::{HandOver, Progress, Restart};
use crate::clients::locations::tests::homes;
use crate::clients::locations::{Base, Homes, Location, candidates};
use crate::clients::shape::{Fixed, Shape};
use crate::settings::{Environment, Settings};
use crate::store::{EnvStore, Store as _};

static MADE_UP: Client = Client {
    id: "made-up",
    name: "Made-up",
    title: "Made-up",
    locations: &[
        Location::on(&[System::Windows], Base::Config, "Made-up/User/mcp.json"),
        Location::on(&[System::MacOs, System::Linux], Base::Home, ".made-up/mcp.json"),
    ],
    // It reads comments too.
    format: Format { not_understood: |_| Ok(None), ..STRICT_JSON },
    shape: Shape {
        root: &["tools", "servers"],
        command: "cmd",
        args: Some("arguments"),
        env: "environment",
        fixed: &[("type", Fixed::Text("stdio"))],
    },
    lock: "made-up",
    if_missing: "Start it once",
    is_state: false,
    picks_up: "Wait",
    link: None,
    verified: "2026-11",
    source: "",
    settings: None,
    app: None,
};

fn file_in(root: &Path, text: &str) -> ClientFile {
    let path = root.canonicalize().unwrap().join("mcp.json");
    let mut options = File::options();
    options.create(true).truncate(true).write(true).open(&path).unwrap().write_all(text.as_bytes()).unwrap();
    let settings = settings();
    let named = Named { path: Some(&path), ..Named::default() };
    let file = ClientFile::new(&MADE_UP, &settings, named, reader).unwrap();
    file.in_state_root(Some(&root.join("state")))
}

fn settings() -> Settings {
    let store = EnvStore::new("/none/.env".into(), &[], None);
    Settings::new(&Environment::default(), &Arc::new(store.read().unwrap()))
}

#[test]
fn a_made_up_client_has_its_own_place_on_each_system() {
    let root = Path::new("/home/me");
    let homes = homes(root);
    let on = |system| -> Vec<_> {
        candidates(MADE_UP.locations, system, &homes).into_iter().map(|candidate| candidate.path).collect()
    };
    assert_eq!(on(System::Linux), [root.join(".made-up/mcp.json")]);
    assert_eq!(on(System::Windows), [root.join("config/Made-up/User/mcp.json")]);
    assert!(candidates(MADE_UP.locations, System::Linux, &Homes::default()).is_empty());
}

#[test]
fn a_made_up_client_gets_a_server_in_its_own_words() {
    let root = tempfile::tempdir().unwrap();
    let file = file_in(root.path(), "{\n  // mine\n  \"tools\": {}\n}\n");
    let installed = file.install(&entry, &Shutdown::never()).unwrap();
    assert!(installed.changed && installed.warnings.is_empty(), "{installed:?}");
    assert_eq!(installed.place, "tools.servers.zoom");
    let text = "{\n  // mine\n  \"tools\": {\n    \"servers\": {\n      \"zoom\": {\n        \"type\": \"stdio\",\n        \
                \"cmd\": \"/bin/zoomtok\",\n        \"arguments\": [\n          \"mcp\"\n        ]\n      }\n    }\n  \
                }\n}\n";
    assert_eq!(fs::read_to_string(&file.path).unwrap(), text);
    // It is known again as zoomtok's own, and nothing is left to do.
    let contents = file.contents().unwrap();
    let configured = contents.server.unwrap();
    assert!(configured.own.is_some() && contents.beyond_json.is_none() && contents.halves.is_empty());
    assert_eq!(configured.command, "/bin/zoomtok");
    assert!(!file.install(&entry, &Shutdown::never()).unwrap().changed);
    let state = root.path().join("state");
    assert!(state.join("made-up.lock").exists() && !state.join("claude.lock").exists());
}

#[test]
fn a_made_up_client_is_handed_a_token_and_not_restarted() {
    let text = |token: &str| {
        format!(
            r#"{{"tools": {{"servers": {{"zoom": {{"cmd": "x", "environment": {{"ZOOM_ACCESS_TOKEN": "{token}"}}}}}}}}}}"#
        )
    };
    for restart in [Restart::IfRunning, Restart::Always] {
        let root = tempfile::tempdir().unwrap();
        let file = file_in(root.path(), &text("old"));
        let (settings, state) = (settings(), root.path().join("state"));
        let hand_over = HandOver {
            client: &MADE_UP,
            settings: &settings,
            named: Named { path: Some(&file.path), ..Named::default() },
            app: None,
            reader,
            state_root: Some(&state),
            clock: &ManualClock::at("2026-03-04T12:00:00Z"),
            stop: &Shutdown::never(),
        };
        hand_over.check_restart().unwrap();
        let mut restarted = false;
        let mut report = |progress: Progress<'_>| {
            restarted |= matches!(progress, Progress::Restarting | Progress::Restarted(_));
            Ok(())
        };
        hand_over.hand_over(&token(), restart, &mut report).unwrap();
        assert!(!restarted, "{restart:?}");
        assert_eq!(fs::read_to_string(&file.path).unwrap(), text("new.token"));
        assert!(file.holds(&token()).unwrap());
    }
}

#[test]
fn what_a_made_up_client_lacks_is_said_in_its_own_words() {
    let root = tempfile::tempdir().unwrap();
    let file = file_in(root.path(), r#"{"tools": {"servers": {"files": {"cmd": "x"}, "half": {}}}}"#);
    let error = file.update(&token(), &Shutdown::never()).unwrap_err().report();
    for part in ["there is no tools.servers.zoom to give the token to", "files, half", "with --name"] {
        assert!(error.contains(part) && !error.contains("Claude"), "{error}");
    }
    assert_eq!(file.contents().unwrap().halves, ["tools.servers.half"]);
    fs::remove_file(&file.path).unwrap();
    let error = file.update(&token(), &Shutdown::never()).unwrap_err().report();
    assert!(
        error.starts_with("Made-up's configuration does not exist") && error.ends_with("Start it once."),
        "{error}"
    );
}

#[test]
fn a_variable_is_changed_under_the_spelling_that_the_system_takes_for_the_same() {
    let text =
        r#"{"mcpServers": {"zoom": {"command": "zoomtok", "args": ["mcp"], "env": {"https_proxy": "old"}}}}"#;
    let env = || BTreeMap::from([("HTTPS_PROXY".to_owned(), "new".to_owned())]);
    let make = |_: Option<&Existing>| Entry { env: env(), ..entry(None) };
    for (system, expected) in [
        (System::Windows, r#""env": {"https_proxy": "new"}"#),
        (System::MacOs, r#""env": {"https_proxy": "old", "HTTPS_PROXY": "new"}"#),
        (System::Linux, r#""env": {"https_proxy": "old", "HTTPS_PROXY": "new"}"#),
    ] {
        let mut place = Place::new(text);
        place.file.target.system = system;
        place.file.install(&make, &Shutdown::never()).unwrap();
        assert!(place.text().contains(expected), "{system:?}: {}", place.text());
        assert!(!place.file.install(&make, &Shutdown::never()).unwrap().changed, "{system:?}");
    }
    // The same for a token.
    let text = r#"{"mcpServers": {"zoom": {"command": "x", "env": {"token": "old"}}}}"#;
    for (system, expected) in [
        (System::Windows, r#""env": {"token": "new.token"}"#),
        (System::Linux, r#""env": {"token": "old", "TOKEN": "new.token"}"#),
    ] {
        let mut place = Place::new(text);
        place.file.target.system = system;
        place.file.update(&token(), &Shutdown::never()).unwrap();
        assert!(place.text().contains(expected), "{system:?}: {}", place.text());
        assert!(place.file.holds(&token()).unwrap(), "{system:?}");
    }
}
