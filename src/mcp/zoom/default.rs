//! The policy of the Zoom server: which one is named, and what holds where none is.

use std::path::Path;

use crate::error::Error;
use crate::mcp::settings::named_policy;
use crate::policy::file::PolicySource;
use crate::policy::{BuiltIn, Window};
use crate::settings::Settings;

/// An agent that has lost its way fires `zoom_refresh_token` dozens of times a minute. 10 is what `PolicyLayer` recommends
/// for this tool.
pub(crate) const BUILT_IN: &[BuiltIn] = &[BuiltIn {
    tool: "zoom_refresh_token",
    counter: "zoom_refresh_token_rate",
    max: 10,
    window: Window::Minute,
}];

/// The policy that a flag names, or else a setting, or else the built-in one.
///
/// # Errors
///
/// [`Error::Setting`] when the setting has an impossible value.
pub(crate) fn policy_source(flag: Option<&Path>, settings: &Settings) -> Result<PolicySource, Error> {
    if let Some(path) = flag {
        return Ok(PolicySource::named(path, "--policy"));
    }
    Ok(named_policy(settings)?.unwrap_or(PolicySource::BuiltIn(BUILT_IN)))
}
