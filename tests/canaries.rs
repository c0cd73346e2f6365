//! What must never leave the program by accident, and the look for it in all that the tests see of the program: what it
//! prints (`support::ended`, the sessions of `zoomtok mcp`) and the files it leaves behind (`Home`).

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::Value;
use zoomtok::sandbox::{CLIENT_ID, CLIENT_SECRET};

/// What a run may print of its secrets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shows {
    /// Nothing but masks.
    Nothing,
    /// The access token, on stdout.
    AccessToken,
}

impl Shows {
    /// What a command line asks for: `get --print` and `get --export` are there to show the access token, and nothing
    /// else is. The command of an `exec` does as it likes; a test that has it show its token says so.
    pub(crate) fn by_contract(arguments: &[String]) -> Self {
        let has = |wanted: &str| arguments.iter().any(|argument| argument == wanted);
        if has("get") && (has("--print") || has("--export")) { Self::AccessToken } else { Self::Nothing }
    }
}

/// The secrets of every `.env` of a test so far, and whether each is an access token.
static KNOWN: Mutex<BTreeMap<String, bool>> = Mutex::new(BTreeMap::new());

/// A mask shows nothing of what is shorter, and tests have secrets like `x`.
const SHORTEST: usize = 20;

/// Takes note of the secrets in a text of `.env`.
pub(crate) fn learn(text: &str) {
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    for line in text.lines() {
        let Some((name, value)) = line.split_once('=') else { continue };
        let name = name.trim_start_matches("export ").trim();
        let value = value.trim().trim_matches(['"', '\'']);
        let is_secret = ["ZOOM_ACCESS_TOKEN", "ZOOM_REFRESH_TOKEN", "ZOOM_CLIENT_SECRET"].contains(&name);
        if is_secret && value.len() >= SHORTEST {
            known.insert(value.to_owned(), name == "ZOOM_ACCESS_TOKEN");
        }
    }
}

/// Fails if a text holds a secret, or more of a token than its mask.
#[track_caller]
pub(crate) fn assert_clean(text: &str, shows: Shows, whose: &str) {
    let encoded = [format!("{CLIENT_ID}:{CLIENT_SECRET}"), CLIENT_SECRET.to_owned()];
    for secret in encoded.map(|secret| STANDARD.encode(secret)) {
        assert!(!text.contains(&secret), "an encoded secret in {whose}");
    }
    let may_show = |is_access_token| is_access_token && shows == Shows::AccessToken;
    for (secret, is_access_token) in KNOWN.lock().unwrap_or_else(PoisonError::into_inner).iter() {
        assert!(may_show(*is_access_token) || !text.contains(secret), "a secret in {whose}");
    }
    // What a JWT begins with; its second part begins so too.
    for (at, begin) in text.match_indices("eyJ") {
        let of_a_part = |c: char| c.is_ascii_alphanumeric() || "-_".contains(c);
        let mut parts = text[at + begin.len()..].split('.');
        let first = parts.next().map_or(0, |part| part.find(|c| !of_a_part(c)).unwrap_or(part.len()));
        // One character is what a mask shows behind these three.
        let is_access_token = !parts.next().is_some_and(is_of_refresh_token);
        assert!(first <= 1 || may_show(is_access_token), "a token in {whose}");
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
    let sandbox = crate::mcp_session::sandbox();
    let (access, refresh) = (sandbox.mint(100), sandbox.refresh_token());
    let basic = STANDARD.encode(format!("{CLIENT_ID}:{CLIENT_SECRET}"));
    let both = format!("{access} {refresh}");
    let mask = format!("{}...{}", &access[..4], &access[access.len() - 4..]);
    for (text, is_secret, is_more_than_an_access_token) in [
        (canary, true, true),
        (&basic, true, true),
        (&refresh, true, true),
        (&both, true, true),
        (&access, true, false),
        (&mask, false, false),
        ("ZOOM_CLIENT_SECRET", false, false),
    ] {
        let is_found = |shows| std::panic::catch_unwind(|| assert_clean(text, shows, "a text")).is_err();
        assert_eq!(is_found(Shows::Nothing), is_secret, "{text}");
        assert_eq!(is_found(Shows::AccessToken), is_more_than_an_access_token, "{text}");
    }
}
