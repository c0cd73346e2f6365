use std::{fs, io};

use super::super::finding::tests::hold;
use super::*;
use crate::error::Code;
use crate::store::Identity;

/// A `.env` of which there is nothing to say.
fn well() -> Seen {
    Seen {
        path: "/x/.env".into(),
        chosen: Chosen::Found,
        read_only: false,
        link: None,
        exists: Ok(true),
        mode: Some(0o600),
        mounted: false,
        replaceable: Ok(()),
        lock: Locked::Free,
        leftover: None,
        state: TokenState {
            directory: Some("/s/1".into()),
            writable: Ok(()),
            open: Vec::new(),
            recovery: None,
        },
    }
}

fn denied() -> Error {
    let source = io::Error::from(io::ErrorKind::PermissionDenied);
    Error::Store { action: "make a temporary file to replace", path: "/x/.env".into(), source }
}

fn unparseable() -> Error {
    Error::Unparseable { path: "/x/.env".into(), line: Some(3), problem: "a quote is not closed".into() }
}

#[test]
fn what_is_well_is_three_lines() {
    let findings = judge(&well());
    let lines: Vec<String> = findings.iter().flat_map(Finding::lines).collect();
    assert_eq!(
        lines,
        [
            "✅ the settings are in /x/.env, the first one found",
            "✅ a new token can be stored, and nobody holds the lock",
            "✅ what lasts between runs is kept in /s/1",
        ]
    );
    assert!(findings.iter().all(Finding::is_good));
}

#[test]
fn each_thing_that_is_not_well_is_told_with_what_to_do() {
    let with_state = |change: fn(&mut TokenState)| {
        let mut seen = well();
        change(&mut seen.state);
        seen
    };
    for (name, seen, expected, told) in [
        ("flag", Seen { chosen: Chosen::ByFlag, ..well() }, Code::Done, &["named by --env-file"][..]),
        ("variable", Seen { chosen: Chosen::ByVariable, ..well() }, Code::Done, &["named by ZOOM_ENV_FILE"]),
        (
            "none",
            Seen { chosen: Chosen::ToBeMade, exists: Ok(false), mode: None, ..well() },
            Code::Done,
            &["there is no .env", "👉 Put the credentials of your app into /x/.env"],
        ),
        (
            "named and none",
            Seen { chosen: Chosen::ByFlag, exists: Ok(false), mode: None, ..well() },
            Code::Done,
            &["/x/.env is not there, though it is named by --env-file"],
        ),
        (
            "broken",
            Seen { exists: Err(unparseable()), ..well() },
            Code::Configuration,
            &["line 3", "👉 Fix it"],
        ),
        (
            "read by the group",
            Seen { mode: Some(0o640), ..well() },
            Code::Done,
            &["mode 640", "👉 chmod 600 /x/.env"],
        ),
        (
            "written by all",
            Seen { mode: Some(0o602), ..well() },
            Code::Done,
            &["mode 602", "👉 chmod 600 /x/.env"],
        ),
        (
            "link",
            Seen { link: Some("/y/.env".into()), ..well() },
            Code::Done,
            &["✅ /x/.env is a symbolic link", "/y/.env"],
        ),
        (
            "not writable",
            Seen { replaceable: Err(denied()), ..well() },
            Code::Store,
            &["👉 Check the permissions"],
        ),
        (
            "held",
            Seen { lock: Locked::Held("/x/.env.lock".into()), ..well() },
            Code::Done,
            &["/x/.env.lock; for how long already is not known", "if it is still held: Check what"],
        ),
        ("unusable", Seen { lock: Locked::Unusable(denied()), ..well() }, Code::Store, &["👉 Check"]),
        (
            "leftover",
            Seen { leftover: Some("/x/.env.zoomtok-tmp".into()), ..well() },
            Code::Done,
            &["has left /x/.env.zoomtok-tmp", "👉 The next zoomtok get"],
        ),
        ("no state", with_state(|state| state.directory = None), Code::Done, &["👉 Set HOME"]),
        (
            "state not writable",
            with_state(|state| state.writable = Err(denied())),
            Code::Store,
            &["nothing can be kept in /s/1: cannot make", "👉 Check"],
        ),
        (
            "open state",
            with_state(|state| state.open = vec![("/s/1".into(), 0o700), ("/s/1/state.json".into(), 0o600)]),
            Code::Done,
            &["👉 chmod 700 /s/1\n", "👉 chmod 600 /s/1/state.json"],
        ),
        (
            "recovery",
            with_state(|state| state.recovery = Some(("/s/1/recovery.json".into(), None))),
            Code::Done,
            &["waits in /s/1/recovery.json", "👉 Run zoomtok get"],
        ),
        (
            "broken recovery",
            with_state(|state| state.recovery = Some(("/s/1/recovery.json".into(), Some(unparseable())))),
            Code::Configuration,
            &["❌"],
        ),
    ] {
        hold(name, &judge(&seen), expected, told);
    }
}

#[test]
fn a_directory_that_cannot_be_written_is_told_once() {
    let seen = Seen { replaceable: Err(denied()), lock: Locked::Unusable(denied()), ..well() };
    assert_eq!(judge(&seen).iter().filter(|finding| !finding.is_good()).count(), 1);
}

#[test]
fn a_look_changes_nothing() {
    let root = tempfile::tempdir().unwrap();
    let path = root.path().join(".env");
    let state = StateDirectory::of(Some(&root.path().join("state")), &Identity::of_file(&path));
    let seen = look(&path, &Chosen::ToBeMade, false, Some(path.clone()), Ok(false), &state);
    assert!(seen.replaceable.is_ok() && seen.state.writable.is_ok());
    assert!(matches!(seen.lock, Locked::Free));
    assert_eq!(fs::read_dir(root.path()).unwrap().count(), 0);
}

#[test]
fn what_a_living_process_writes_is_no_leftover() {
    let root = tempfile::tempdir().unwrap();
    let path = root.path().join(".env");
    let looked = || {
        look(
            &path,
            &Chosen::Found,
            false,
            Some(path.clone()),
            Ok(false),
            &StateDirectory::of(None, &Identity::of_file(&path)),
        )
    };
    fs::File::options().create_new(true).write(true).open(temporary(&path)).unwrap();
    assert_eq!(looked().leftover, Some(temporary(&path)));
    let _lock = Lock::try_acquire(&path).unwrap().unwrap();
    let seen = looked();
    assert!(matches!(seen.lock, Locked::Held(_)) && seen.leftover.is_none());
}
