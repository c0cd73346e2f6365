//! Memory and waiting tokens, in a directory of their own.

use std::collections::BTreeMap;
use std::fs;

use chrono::DateTime;

use super::*;
use crate::files::Reservation;

/// Some lock, which is what it takes.
fn locked(root: &Path) -> Lock {
    Lock::try_acquire(&root.join(".env")).unwrap().unwrap()
}

fn memory() -> Memory {
    Memory {
        failure: Some(RememberedFailure {
            at: "2026-03-04T12:00:00Z".parse().unwrap(),
            code: 5,
            message: "could not get a token".into(),
            hint: None,
            not_before: None,
            credentials: None,
        }),
        attempt: Some("2026-03-04T11:59:59Z".parse().unwrap()),
        clock: Some(ClockDifference { ahead: -7200, measured_at: "2026-03-04T14:00:00Z".parse().unwrap() }),
        scopes: vec!["user:read:user:admin".into()],
        spent: Some("0123456789abcdef".into()),
        life: Some(Life {
            seconds: 3599,
            app: "fedcba9876543210".into(),
            measured_at: "2026-03-04T11:00:00Z".parse().unwrap(),
        }),
        granted_to: Some(GrantedTo { token: "0011223344556677".into(), client: "8899aabbccddeeff".into() }),
    }
}

#[test]
fn the_memory_is_read_again() {
    let root = tempfile::tempdir().unwrap();
    let lock = locked(root.path());
    let state = StateDirectory::of(Some(root.path()), &Identity::of_file(Path::new("/home/me/.env")));
    assert_eq!(state.memory(), Memory::default());
    state.for_turn(&lock).remember(&memory()).unwrap();
    assert_eq!(state.memory(), memory());
    let other = StateDirectory::of(Some(root.path()), &Identity::of_file(Path::new("/home/you/.env")));
    assert_eq!(other.memory(), Memory::default());
}

#[test]
fn a_memory_that_cannot_be_written_is_kept_by_this_process() {
    let root = tempfile::tempdir().unwrap();
    let lock = locked(root.path());
    let place = root.path().join("zoomtok");
    let state = || StateDirectory::of(Some(&place), &Identity::of_file(Path::new("/home/me/.env")));
    Reservation::new(&place, 0).unwrap().commit(b"a file where a directory should be").unwrap();
    assert_eq!(state().problem(), None);
    state().for_turn(&lock).remember(&memory()).unwrap_err();
    assert_eq!(state().memory(), memory());
    assert!(state().problem().unwrap().contains("state.json"));
    // As soon as it can be written it is.
    fs::remove_file(&place).unwrap();
    let later = Memory { failure: None, ..memory() };
    state().for_turn(&lock).remember(&later).unwrap();
    assert_eq!((state().memory(), state().problem()), (later, None));

    let nowhere = StateDirectory::of(None, &Identity::of_file(&place));
    nowhere.for_turn(&lock).remember(&memory()).unwrap();
    assert_eq!((nowhere.memory(), nowhere.problem()), (memory(), None));
}

#[test]
fn a_memory_from_before_there_were_scopes_is_read() {
    let root = tempfile::tempdir().unwrap();
    let lock = locked(root.path());
    let state = StateDirectory::of(Some(root.path()), &Identity::of_file(Path::new("/home/me/.env")));
    state.for_turn(&lock).remember(&memory()).unwrap();
    let path = state.memory_path().unwrap();
    let mut json: serde_json::Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    for later in ["scopes", "spent", "life", "granted_to"] {
        json.as_object_mut().unwrap().remove(later).unwrap();
    }
    Reservation::new(&path, 0).unwrap().commit(json.to_string().as_bytes()).unwrap();
    assert_eq!(
        state.memory(),
        Memory { scopes: Vec::new(), spent: None, life: None, granted_to: None, ..memory() }
    );
}

#[test]
fn a_recovery_is_kept_until_it_is_forgotten() {
    let root = tempfile::tempdir().unwrap();
    let lock = locked(root.path());
    let state = StateDirectory::of(Some(root.path()), &Identity::of_file(Path::new("/home/me/.env")));
    assert!(state.recovery().unwrap().is_none());
    let values = BTreeMap::from([("ZOOM_ACCESS_TOKEN".to_owned(), "token".to_owned().into())]);
    let recovery = Recovery { saved_at: DateTime::UNIX_EPOCH, replaces: None, values: values.clone() };
    state.for_turn(&lock).save_recovery(&recovery, None).unwrap();
    assert_eq!(state.recovery().unwrap().unwrap().values, values);
    state.for_turn(&lock).forget_recovery().unwrap();
    state.for_turn(&lock).forget_recovery().unwrap();
    assert!(state.recovery().unwrap().is_none());
}

#[test]
fn a_recovery_of_another_version_is_an_error_and_stays() {
    let root = tempfile::tempdir().unwrap();
    let lock = locked(root.path());
    let state = StateDirectory::of(Some(root.path()), &Identity::of_file(Path::new("/home/me/.env")));
    let recovery = Recovery { saved_at: DateTime::UNIX_EPOCH, replaces: None, values: BTreeMap::new() };
    let path = state.for_turn(&lock).save_recovery(&recovery, None).unwrap();
    let text = fs::read_to_string(&path).unwrap().replace("\"version\": 1", "\"version\": 2");
    Reservation::new(&path, 0).unwrap().commit(text.as_bytes()).unwrap();
    assert!(state.recovery().is_err());
    assert!(path.exists());
}

#[cfg(unix)]
#[test]
fn nobody_else_can_read_the_state() {
    use std::os::unix::fs::PermissionsExt as _;
    let root = tempfile::tempdir().unwrap();
    let lock = locked(root.path());
    let state = StateDirectory::of(
        Some(&root.path().join("zoomtok")),
        &Identity::of_file(Path::new("/home/me/.env")),
    );
    state.for_turn(&lock).remember(&memory()).unwrap();
    let file = state.memory_path().unwrap();
    for (path, mode) in [(file.as_path(), 0o600), (file.parent().unwrap(), 0o700)] {
        assert_eq!(fs::metadata(path).unwrap().permissions().mode() & 0o777, mode, "{}", path.display());
    }
}
