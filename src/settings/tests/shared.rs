//! The shared store: what is needed for one, and what is refused before anybody is asked.

use super::*;
use crate::redis::Access;

/// A directory with a key, a password, and files that are neither.
fn files() -> TempDir {
    let root = tempfile::tempdir().unwrap();
    let key = base64::engine::general_purpose::STANDARD.encode([7; 32]);
    for (name, text) in [("key", &*key), ("password", "of the file\n"), ("short", "c2hvcnQ="), ("empty", "")]
    {
        let mut file =
            std::fs::File::options().create_new(true).write(true).open(root.path().join(name)).unwrap();
        std::io::Write::write_all(&mut file, text.as_bytes()).unwrap();
    }
    root
}

/// The store of these variables, whose values that begin with `@` are the names of [`files`].
fn store(pairs: &[(&'static str, &str)], env: &str) -> Result<Option<Access>, Error> {
    let root = files();
    let at = |value: &str| match value.strip_prefix('@') {
        Some(name) => root.path().join(name).display().to_string(),
        None => value.to_owned(),
    };
    let pairs: Vec<_> = pairs.iter().map(|(name, value)| (*name, at(value))).collect();
    let pairs: Vec<_> = pairs.iter().map(|(name, value)| (*name, value.as_str())).collect();
    world(&pairs, env).settings().shared_store()
}

const STORE: (&str, &str) = ("ZOOMTOK_STORE", "redis://me@localhost");
const KEY: (&str, &str) = ("ZOOMTOK_STORE_KEY_FILE", "@key");

#[test]
fn without_an_address_nothing_else_is_looked_at() {
    assert!(store(&[], "").unwrap().is_none());
    assert!(
        store(&[("ZOOMTOK_STORE_KEY_FILE", "@none"), ("ZOOMTOK_STORE_PASSWORD", "x")], "").unwrap().is_none()
    );
}

#[test]
fn an_address_and_a_key_make_a_store() {
    for more in
        [None, Some(("ZOOMTOK_STORE_PASSWORD", "secret")), Some(("ZOOMTOK_STORE_PASSWORD_FILE", "@password"))]
    {
        let pairs: Vec<_> = [STORE, KEY].into_iter().chain(more).collect();
        let access = store(&pairs, "").unwrap().unwrap();
        assert_eq!(access.address.to_string(), "redis://me@localhost:6379/0");
    }
}

#[test]
fn what_cannot_be_right_is_told_with_its_place_and_without_its_value() {
    let more = |name, value| [STORE, KEY, (name, value)].to_vec();
    for (pairs, parts) in [
        (
            vec![STORE],
            vec![
                "ZOOMTOK_STORE (set in the environment) is set, and ZOOMTOK_STORE_KEY_FILE is not",
                "openssl rand",
            ],
        ),
        (
            vec![("ZOOMTOK_STORE", "http://x:secret@localhost"), KEY],
            vec!["ZOOMTOK_STORE (", "has an unknown scheme"],
        ),
        (
            vec![("ZOOMTOK_STORE", "redis://x:secret@localhost"), KEY],
            vec!["holds a password", "ZOOMTOK_STORE_PASSWORD"],
        ),
        (
            vec![STORE, ("ZOOMTOK_STORE_KEY_FILE", "@none")],
            vec!["ZOOMTOK_STORE_KEY_FILE (", "cannot be read"],
        ),
        (
            vec![STORE, ("ZOOMTOK_STORE_KEY_FILE", "@short")],
            vec!["short, which has in line 1 5 bytes; a key is 32 bytes in base64"],
        ),
        (vec![STORE, ("ZOOMTOK_STORE_KEY_FILE", "@empty")], vec!["empty, which holds no key"]),
        (
            more("ZOOMTOK_STORE_PASSWORD_FILE", "@empty"),
            vec!["ZOOMTOK_STORE_PASSWORD_FILE (", "empty, which is empty"],
        ),
        (
            vec![
                STORE,
                KEY,
                ("ZOOMTOK_STORE_PASSWORD", "secret"),
                ("ZOOMTOK_STORE_PASSWORD_FILE", "@password"),
            ],
            vec!["ZOOMTOK_STORE_PASSWORD (", "leave one of them out"],
        ),
        (more("ZOOMTOK_STORE_CA_FILE", "@none"), vec!["ZOOMTOK_STORE_CA_FILE (", "cannot be read"]),
    ] {
        let error = store(&pairs, "").unwrap_err();
        let report = error.report();
        assert_eq!(error.code(), Code::Usage, "{report}");
        assert!(parts.iter().all(|part| report.contains(part)), "{report}");
        assert!(!report.contains("secret") && !report.contains("of the file"), "{report}");
    }
}

#[test]
fn a_store_of_a_found_env_is_refused_and_not_left_out() {
    let env = "ZOOMTOK_STORE=redis://localhost\n";
    let world = world(&[], env);
    let settings = |chosen| Settings::new(&world.environment.clone().with(chosen), &world.snapshot);
    let error = settings(Chosen::Found).shared_store().unwrap_err().to_string();
    assert!(error.contains("line 1) names a shared store, and its .env was found and not named"), "{error}");
    let error = settings(Chosen::ByFlag).shared_store().unwrap_err().to_string();
    assert!(error.contains("ZOOMTOK_STORE_KEY_FILE is not"), "{error}");
}

#[cfg(unix)]
#[test]
fn a_key_that_others_can_write_is_refused() {
    use std::os::unix::fs::PermissionsExt as _;
    let root = files();
    let key = root.path().join("key");
    std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o606)).unwrap();
    let pairs = [STORE, ("ZOOMTOK_STORE_KEY_FILE", key.to_str().unwrap())];
    let error = world(&pairs, "").settings().shared_store().unwrap_err().to_string();
    assert!(error.contains("/key, which can be written by everybody (mode 606)"), "{error}");
}
