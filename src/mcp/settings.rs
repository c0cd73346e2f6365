//! The settings of any server: its policy, when to refresh, and warnings.

use crate::error::Error;
use crate::keeper::Look;
use crate::policy::file::PolicySource;
use crate::settings::{POLICY_FILE, Settings, exported_names};
use crate::tokens::{Tokens, ahead};
use crate::watch::Plan;

/// Where Zoom is.
const ADDRESSES: [&str; 2] = ["ZOOM_OAUTH_URL", "ZOOM_API_URL"];

/// The warning of a server that has nowhere to keep its counts.
pub(crate) const UNCOUNTED_TOGETHER: &str =
    "neither XDG_STATE_HOME nor HOME is set: calls are counted in this process alone";

/// The policy that a setting names.
///
/// # Errors
///
/// [`Error::Setting`] when it has an impossible value.
pub(crate) fn named_policy(settings: &Settings) -> Result<Option<PolicySource>, Error> {
    let Some(path) = settings.policy_file()? else { return Ok(None) };
    let origin = settings.origin(POLICY_FILE)?.map_or_else(String::new, |origin| format!(", {origin}"));
    Ok(Some(PolicySource::named(&path, format!("{POLICY_FILE}{origin}"))))
}

/// When to refresh by the settings of now; none as long as they cannot be read.
pub(crate) fn plan_of_now(tokens: &Tokens) -> Option<Plan> {
    ahead::plan(&tokens.keeper().look().ok()?.settings, None, None).ok()
}

/// The settings that are most likely not meant, and those that a `.env` that was found cannot set.
pub(crate) fn warnings(look: &Look) -> Vec<String> {
    let oddities = look.settings.oddities(&exported_names()).into_iter().map(|oddity| oddity.told());
    let ignored = look.settings.ignored(look.held.origin.as_ref()).into_iter();
    let ignored = ignored.filter(|ignored| ADDRESSES.contains(&ignored.name)).map(|ignored| ignored.told());
    oddities.chain(ignored).collect()
}
