//! Secrets that must never leave the program by accident, and the search for them in all that the tests see of the
//! program: its output (`support::ended`, `Running`, the sessions of `zoomtok mcp`), the arguments of it and of the apps
//! it starts (`Home::command`, `Apps`), and the files it leaves behind (`Home`).

use std::collections::BTreeMap;
use std::fs;
use std::io::Read as _;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::Command;
use std::sync::{Mutex, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::Value;
use zoomtok::sandbox::{CLIENT_ID, CLIENT_SECRET};

use crate::support::apps::Apps;
use crate::support::mcp_session::{token, wait_until};
use crate::support::processes::Running;
use crate::support::{ECHO_TOKEN, Home, exec_shell, sandbox};

/// The secrets that a run may print.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shows {
    /// Nothing but masks.
    Nothing,
    /// The access token, on stdout.
    AccessToken,
    /// Both tokens, on stdout: the answer of an MCP server to a client with credentials of its own.
    Tokens,
}

impl Shows {
    /// The secrets that a command line asks for: `get --print` and `get --export` exist to show the access token, and
    /// nothing else does. The command of an `exec` does as it likes; a test that has it show its token says so.
    pub(crate) fn by_contract(program: &Command) -> Self {
        let has = |wanted: &str| program.get_args().any(|argument| argument == wanted);
        if has("get") && (has("--print") || has("--export")) { Self::AccessToken } else { Self::Nothing }
    }

    fn includes(self, kind: Kind) -> bool {
        match self {
            Self::Nothing => false,
            Self::AccessToken => kind == Kind::AccessToken,
            Self::Tokens => kind != Kind::ClientSecret,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    AccessToken,
    RefreshToken,
    ClientSecret,
}

/// The secrets of every `.env` of a test so far, but those that are found by their form.
static KNOWN: Mutex<BTreeMap<String, Kind>> = Mutex::new(BTreeMap::new());

/// A mask shows nothing of what is shorter, and tests have secrets like `x`.
const SHORTEST: usize = 20;

/// The beginning of a JWT, and of its second part.
const BEGIN: &str = "eyJ";

/// Takes note of the secrets in a text of `.env`.
pub(crate) fn learn(text: &str) {
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    for line in text.lines() {
        let Some((name, value)) = line.split_once('=') else { continue };
        let kind = match name.trim_start_matches("export ").trim() {
            "ZOOM_ACCESS_TOKEN" => Kind::AccessToken,
            "ZOOM_REFRESH_TOKEN" => Kind::RefreshToken,
            "ZOOM_CLIENT_SECRET" | "ZOOMTOK_STORE_PASSWORD" => Kind::ClientSecret,
            _ => continue,
        };
        let value = value.trim().trim_matches(['"', '\'']);
        if value.len() >= SHORTEST && !value.starts_with(BEGIN) {
            known.insert(value.to_owned(), kind);
        }
    }
}

/// Fails if a text holds a secret, or more of a token than its mask.
#[track_caller]
pub(crate) fn assert_clean(text: impl AsRef<[u8]>, shows: Shows, whose: &str) {
    let text = String::from_utf8_lossy(text.as_ref());
    let encoded = [format!("{CLIENT_ID}:{CLIENT_SECRET}"), CLIENT_SECRET.to_owned()];
    for secret in encoded.map(|secret| STANDARD.encode(secret)) {
        assert!(!text.contains(&secret), "an encoded secret in {whose}");
    }
    assert!(!text.contains(CLIENT_SECRET), "the client secret in {whose}");
    for (secret, kind) in KNOWN.lock().unwrap_or_else(PoisonError::into_inner).iter() {
        assert!(shows.includes(*kind) || !text.contains(secret), "a secret in {whose}");
    }
    for (at, begin) in text.match_indices(BEGIN) {
        // The random state and challenge in the address of one login in a few thousand have these three characters somewhere.
        if text[..at].ends_with(|c: char| c.is_ascii_alphanumeric()) {
            continue;
        }
        let of_a_part = |c: char| c.is_ascii_alphanumeric() || "-_".contains(c);
        let mut parts = text[at + begin.len()..].split('.');
        let first = parts.next().map_or(0, |part| part.find(|c| !of_a_part(c)).unwrap_or(part.len()));
        let is_refresh_token = parts.next().is_some_and(is_of_refresh_token);
        let kind = if is_refresh_token { Kind::RefreshToken } else { Kind::AccessToken };
        // One character is what a mask shows behind these three.
        assert!(first <= 1 || shows.includes(kind), "a token in {whose}");
    }
}

/// Whether a part of a JWT has the claims of a refresh token of the sandbox, whose `type` is 1.
fn is_of_refresh_token(payload: &str) -> bool {
    let claims = URL_SAFE_NO_PAD.decode(payload).ok();
    claims
        .and_then(|claims| serde_json::from_slice::<Value>(&claims).ok())
        .is_some_and(|claims| claims["type"] == 1)
}

#[test]
fn a_secret_is_found_and_a_mask_is_none() {
    let canary = "canary-of-the-suite-itself";
    learn(&format!("export ZOOM_CLIENT_SECRET='{canary}'\n"));
    let sandbox = sandbox();
    let (access, refresh) = (sandbox.mint(100), sandbox.refresh_token());
    let basic = STANDARD.encode(format!("{CLIENT_ID}:{CLIENT_SECRET}"));
    let both = format!("{access} {refresh}");
    let mask = format!("{}...{}", &access[..4], &access[access.len() - 4..]);
    // In what is found where nothing may be shown, where the access token may, where both tokens may.
    for (text, expected) in [
        (canary, [true, true, true]),
        (CLIENT_SECRET, [true, true, true]),
        (&basic, [true, true, true]),
        (&refresh, [true, true, false]),
        (&both, [true, true, false]),
        (&access, [true, false, false]),
        (&format!("token={access}"), [true, false, false]),
        (&mask, [false, false, false]),
        ("state=hLeyJq0xW-zV7", [false, false, false]),
        ("ZOOM_CLIENT_SECRET", [false, false, false]),
    ] {
        let found = [Shows::Nothing, Shows::AccessToken, Shows::Tokens]
            .map(|shows| catch_unwind(|| assert_clean(text, shows, "a text")).is_err());
        assert_eq!(found, expected, "{text}");
    }
}

/// Whether a test that does this with a home that has a token fails.
fn fails(act: impl FnOnce(Home, &str)) -> bool {
    let sandbox = sandbox();
    let home = Home::with_token(&sandbox, 3000);
    let token = token(&home);
    catch_unwind(AssertUnwindSafe(|| act(home, &token))).is_err()
}

#[test]
fn all_output_is_searched() {
    let shows = || exec_shell(ECHO_TOKEN);
    let quiet = || exec_shell("exit 0");
    let wait = |running: &mut Running| {
        wait_until("its end", || !running.runs());
    };
    let read = |running: &mut Running| {
        let mut text = String::new();
        running.stdout().read_to_string(&mut text).unwrap();
    };
    for (arguments, expected) in [(shows(), true), (quiet(), false)] {
        assert_eq!(fails(|home, _| drop(home.run(arguments))), expected, "{arguments:?}");
        assert_eq!(fails(|home, _| wait(&mut home.start(arguments))), expected, "{arguments:?}");
        assert_eq!(fails(|home, _| read(&mut home.start(arguments))), expected, "{arguments:?}");
        let reads_and_ends = |home: Home, _: &str| {
            let mut running = home.start(arguments);
            read(&mut running);
            running.end();
        };
        assert_eq!(fails(reads_and_ends), expected, "{arguments:?}");
    }
    assert!(!fails(|home, _| drop(home.run_showing_token(shows()))));
    assert!(!fails(|home, _| drop(home.run(["get", "--print"]))));
    assert!(fails(|home, token| drop(home.command(["get", token]))));
}

#[test]
fn files_left_behind_are_searched() {
    let leaves =
        |name: &'static str| move |home: Home, token: &str| fs::write(home.work().join(name), token).unwrap();
    assert!(fails(leaves("left")));
    assert!(fails(leaves(".env.lock")));
    assert!(!fails(leaves(".env")));
    assert!(!fails(|home, token| {
        let path = home.work().join("other");
        home.is_for_secrets(&path);
        fs::write(path, token).unwrap();
    }));
    let notes = |name: &str, text: &str| {
        let apps = Apps::new();
        fs::write(apps.path().join(name), format!("0 {text}\n")).unwrap();
    };
    for name in ["record", "open.log"] {
        assert!(fails(|_, token| notes(name, token)));
        assert!(!fails(|_, _| notes(name, "--type=renderer")));
    }
}
