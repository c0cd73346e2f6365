//! Logging in and out: each kind to its end, each refusal in its words, and nothing lost meanwhile.

pub(crate) mod beside;
pub(crate) mod browser;
pub(crate) mod device;
pub(crate) mod listener;
pub(crate) mod logout;
pub(crate) mod refusals;
#[cfg(target_os = "linux")]
mod secret;
pub(crate) mod stored;
#[cfg(target_os = "linux")]
pub(crate) mod terminal;

use zoomtok::sandbox::{Consent, Sandbox};

use crate::support::{Home, sandbox};

/// A Zoom whose user allows everything, and a home without a `.env` that is pointed at it.
pub(crate) fn world() -> (Sandbox, Home) {
    let sandbox = sandbox();
    sandbox.consent(Consent::Allow);
    let home = pointed(&sandbox, Home::empty());
    (sandbox, home)
}

/// A home whose environment leads to a sandbox: a `.env` that was found does not say where a person logs in.
pub(crate) fn pointed(sandbox: &Sandbox, mut home: Home) -> Home {
    home.set("ZOOM_OAUTH_URL", &sandbox.oauth_url()).set("ZOOM_API_URL", &sandbox.api_url());
    home
}
