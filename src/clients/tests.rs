//! A configuration of Claude Desktop, read, changed, and written by others meanwhile.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Write as _;
use std::time::Duration;

use super::change::{Change, Target};
use super::file::MAX_LEN;
use super::file::write::{Surroundings, TRIES, Written};
use super::*;
use crate::clock::manual::ManualClock;
use crate::clock::{Clock, Shutdown, ShutdownRequested};
use crate::error::{Code, Diagnostic as _};
use crate::token::Token;

mod golden;
mod install;
mod made_up;
mod wrap;

const OLD: &str = "{\n  // mine\n  \"mcpServers\": {\n    \"zoom\": {\"command\": \"x\", \"env\": {\"TOKEN\": \"old\"}}\n  }\n}\n";

fn token() -> Token {
    Token::new("new.token").unwrap()
}

fn entry(_: Option<&Existing>) -> Entry {
    Entry { command: "/bin/zoomtok".into(), args: vec!["mcp".into()], env: BTreeMap::new() }
}

/// Takes any arguments that begin with `mcp`.
fn reader(args: &[String]) -> Option<Served> {
    (args.first()? == "mcp").then(Served::default)
}

/// The text of a file that was made for [`entry`].
const MADE: &str = "{\n  \"mcpServers\": {\n    \"zoom\": {\n      \"command\": \"/bin/zoomtok\",\n      \"args\": [\n        \
                    \"mcp\"\n      ]\n    }\n  }\n}";

struct Place {
    root: tempfile::TempDir,
    file: ClientFile,
}

impl Place {
    fn new(text: &str) -> Self {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().canonicalize().unwrap().join("claude.json");
        let state_root = Some(root.path().join("state"));
        let target = Target {
            client: &CLAUDE_DESKTOP,
            server: "zoom".into(),
            key: "TOKEN".into(),
            system: System::current(),
            reader,
        };
        let place = Self { root, file: ClientFile { path, target, state_root } };
        place.put(text);
        place
    }

    fn put(&self, text: &str) {
        let mut options = File::options();
        let mut file = options.create(true).truncate(true).write(true).open(&self.file.path).unwrap();
        file.write_all(text.as_bytes()).unwrap();
    }

    fn text(&self) -> String {
        fs::read_to_string(&self.file.path).unwrap()
    }

    fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(self.file.path.parent().unwrap()).unwrap();
        let mut names: Vec<_> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    /// Updates, and calls `ready` right before each replace.
    fn update(&self, ready: impl FnMut()) -> Result<Update, Error> {
        self.update_at(&ManualClock::at("2026-03-04T12:00:00Z"), ready)
    }

    fn update_at(&self, clock: &dyn Clock, mut ready: impl FnMut()) -> Result<Update, Error> {
        let state = self.root.path().join("state");
        let mut surroundings =
            Surroundings { state_root: Some(&state), clock, stop: &Shutdown::never(), ready: &mut ready };
        let token = token();
        let written = self.file.write_in(&Change::Token(&token), &mut surroundings)?;
        Ok(self.file.report(written))
    }

    /// Installs [`entry`], and calls `ready` right before each replace.
    fn install_at(&self, clock: &dyn Clock, mut ready: impl FnMut()) -> Result<Written, Error> {
        let state = self.root.path().join("state");
        let mut surroundings =
            Surroundings { state_root: Some(&state), clock, stop: &Shutdown::never(), ready: &mut ready };
        self.file.write_in(&Change::Server(&entry), &mut surroundings)
    }
}

#[test]
fn the_token_takes_its_place_and_the_version_before_is_kept() {
    let place = Place::new(OLD);
    assert!(!place.file.holds(&token()).unwrap());
    let preview = place.file.preview(&token()).unwrap();
    assert!(preview.changed && preview.backup.is_none());
    assert_eq!(place.text(), OLD);

    let update = place.update(|| {}).unwrap();
    assert!(update.changed && !update.reads_env && update.unread, "{update:?}");
    assert_eq!(place.text(), OLD.replace("\"old\"", "\"new.token\""));
    assert_eq!(fs::read_to_string(update.backup.unwrap()).unwrap(), OLD);
    assert!(place.file.holds(&token()).unwrap());
    assert_eq!(place.names(), ["claude.json", "claude.json.zoomtok.bak", "state"]);

    // The backup is of the version before the first change.
    place.put(&OLD.replace("mine", "yours"));
    assert!(place.update(|| {}).unwrap().backup.is_none());
    assert_eq!(fs::read_to_string(place.root.path().join("claude.json.zoomtok.bak")).unwrap(), OLD);
}

#[test]
fn nothing_is_written_when_nothing_changes() {
    let place = Place::new(&OLD.replace("\"old\"", "\"new.token\""));
    let update = place.update(|| panic!("a replace")).unwrap();
    assert!(!update.changed);
    assert_eq!(place.names(), ["claude.json"]);
    let place = Place::new(r#"{"mcpServers":{"zoom":{"command":"zoomtok","args":["mcp"]}}}"#);
    let update = place.update(|| panic!("a replace")).unwrap();
    assert!(update.reads_env && !update.changed);
    assert_eq!(place.names(), ["claude.json"]);
}

#[test]
fn where_no_server_takes_a_token_nothing_is_written() {
    for (text, part) in [
        ("{}", "there is no mcpServers.zoom to give the token to, nor any other"),
        (r#"{"mcpServers":{"Zoom":{"command":"x"},"a b":{}}}"#, r#"the servers are Zoom, "a b""#),
        (r#"{"mcpServers":{"zoom":{}}}"#, "mcpServers.zoom has no command"),
        (r#"{"mcpServers":{"zoom":{"env":{"TOKEN":"old"}}}}"#, "mcpServers.zoom has no command"),
        (
            r#"{"mcpServers":{"zoom":{"type":"http","url":"https://x"}}}"#,
            "mcpServers.zoom is reached by a URL",
        ),
    ] {
        let place = Place::new(text);
        for error in
            [place.update(|| panic!("a replace")).unwrap_err(), place.file.preview(&token()).unwrap_err()]
        {
            assert_eq!(error.code(), Code::Configuration);
            assert!(error.to_string().contains(part), "{error}");
        }
        assert_eq!((place.text().as_str(), place.names()), (text, vec!["claude.json".to_owned()]));
    }
}

#[test]
fn what_claude_does_not_read_is_said_each_time() {
    let place = Place::new(OLD);
    for _ in 0..2 {
        let update = place.update(|| {}).unwrap();
        assert!(update.unread && update.warnings.len() == 1, "{update:?}");
        assert!(update.warnings[0].contains("has a comment (line 2)"), "{update:?}");
    }
    let warnings = place.file.install(&entry, &Shutdown::never()).unwrap().warnings;
    assert!(warnings.len() == 1 && warnings[0].contains("has a comment (line 2)"), "{warnings:?}");
    let refused = |text: &str| {
        let place = Place::new(text);
        place.file.check_readable().map_err(|error| (error.code(), error.to_string()))
    };
    for (text, part) in [
        (OLD, "has a comment (line 2)"),
        ("\u{feff}{}", "begins with a byte-order mark"),
        ("{", "line 1: not JSON"),
    ] {
        let (code, message) = refused(text).unwrap_err();
        assert!(code == Code::Claude && message.contains(part), "{message}");
    }
    refused("{}").unwrap();
    fs::remove_file(&place.file.path).unwrap();
    place.file.check_readable().unwrap();
}

#[cfg(unix)]
#[test]
fn a_preview_fails_as_the_update_would() {
    use std::os::unix::fs::PermissionsExt as _;
    let place = Place::new(OLD);
    // Where the lock is to be made there is a file, which stops root too.
    let file = ClientFile { state_root: Some(place.file.path.join("state")), ..place.file.clone() };
    for error in [
        file.update(&token(), &Shutdown::never()).unwrap_err(),
        file.preview(&token()).unwrap_err(),
        file.preview_install(&entry).unwrap_err(),
        file.contents().unwrap().writable.unwrap_err(),
    ] {
        assert_eq!(error.code(), Code::Store, "{error}");
    }
    let parent = place.file.path.parent().unwrap();
    fs::set_permissions(parent, fs::Permissions::from_mode(0o500)).unwrap();
    let file = ClientFile { state_root: Some(std::env::temp_dir().join("none")), ..place.file.clone() };
    // Root writes there nevertheless.
    if File::options().create_new(true).write(true).open(parent.join("x")).is_err() {
        assert_eq!(file.preview(&token()).unwrap_err().code(), Code::Store);
        assert_eq!(file.contents().unwrap().writable.unwrap_err().code(), Code::Store);
    }
    fs::set_permissions(parent, fs::Permissions::from_mode(0o700)).unwrap();
    assert_eq!(place.text(), OLD);
}

#[test]
fn what_another_program_wrote_meanwhile_is_kept() {
    let place = Place::new(OLD);
    let theirs = OLD.replace("mine", "theirs");
    let mut calls = 0;
    let update = place.update(|| {
        calls += 1;
        if calls == 1 {
            place.put(&theirs);
        }
    });
    assert_eq!(place.text(), theirs.replace("\"old\"", "\"new.token\""));
    assert_eq!(fs::read_to_string(update.unwrap().backup.unwrap()).unwrap(), theirs);
    assert_eq!(calls, 2);
}

/// A clock on which a pause is long enough for another program to write a text.
struct Meanwhile<'a>(&'a Place, &'a str);

impl Clock for Meanwhile<'_> {
    fn now(&self) -> chrono::DateTime<chrono::Utc> {
        chrono::DateTime::UNIX_EPOCH
    }

    fn elapsed(&self) -> Duration {
        Duration::ZERO
    }

    fn sleep(&self, _: Duration, _: &Shutdown) -> Result<(), ShutdownRequested> {
        self.0.put(self.1);
        Ok(())
    }
}

#[test]
fn what_another_program_is_writing_is_waited_for() {
    let theirs = OLD.replace("mine", "theirs");
    // Half of it is there at first, or at the moment of the replace.
    for (first, at_replace) in [("{\n  // th", None), (OLD, Some("{\n  // th"))] {
        let place = Place::new(first);
        let mut at_replace = at_replace.into_iter();
        place
            .update_at(&Meanwhile(&place, &theirs), || at_replace.by_ref().for_each(|text| place.put(text)))
            .unwrap();
        assert_eq!(place.text(), theirs.replace("\"old\"", "\"new.token\""));
    }
}

#[test]
fn what_stays_half_is_left_alone() {
    let place = Place::new(OLD);
    let error = place.update(|| place.put("{\n  // th")).unwrap_err();
    assert_eq!(error.code(), Code::Configuration);
    assert_eq!(place.text(), "{\n  // th");
    assert_eq!(place.names(), ["claude.json", "state"]);
}

#[test]
fn a_file_that_does_not_stop_changing_is_given_up() {
    let place = Place::new(OLD);
    let mut calls = 0;
    let error = place
        .update(|| {
            calls += 1;
            place.put(&OLD.replace("mine", &calls.to_string()));
        })
        .unwrap_err();
    assert_eq!((error.code(), calls), (Code::Store, TRIES));
    assert_eq!(place.text(), OLD.replace("mine", &TRIES.to_string()));
    assert_eq!(place.names(), ["claude.json", "state"]);
}

#[test]
fn without_a_file_it_says_where_it_looked() {
    let place = Place::new(OLD);
    fs::remove_file(&place.file.path).unwrap();
    for error in [place.update(|| {}).unwrap_err(), place.file.preview(&token()).unwrap_err()] {
        assert_eq!(error.code(), Code::Configuration);
        assert!(error.to_string().contains("claude.json"), "{error}");
    }
    place.file.holds(&token()).unwrap_err();
}

#[test]
fn what_is_no_text_of_a_sensible_size_is_not_read() {
    let place = Place::new(OLD);
    let path = &place.file.path;
    File::options().write(true).open(path).unwrap().set_len(MAX_LEN + 1).unwrap();
    assert!(matches!(place.update(|| {}), Err(Error::Unreadable { .. })));
    File::options().write(true).truncate(true).open(path).unwrap().write_all(b"{\"a\": \"\xff\"}").unwrap();
    assert!(matches!(place.update(|| {}), Err(Error::Unparseable { .. })));
    fs::remove_file(path).unwrap();
    fs::create_dir(path).unwrap();
    assert!(matches!(place.update(|| {}), Err(Error::Unreadable { .. })));
}
