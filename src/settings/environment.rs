//! The environment of the process, as far as it concerns zoomtok.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use super::Origin;
use crate::error::Error;
use crate::store::find_env_file;

/// Every variable that zoomtok reads from a `.env`.
pub const NAMES: &[&str] = &[
    "ZOOM_CLIENT_ID",
    "ZOOM_CLIENT_SECRET",
    "ZOOM_ACCOUNT_ID",
    "ZOOM_REFRESH_TOKEN",
    "ZOOM_ACCESS_TOKEN",
    "ZOOM_TOKEN_EXPIRES_AT",
    "ZOOM_TOKEN_THRESHOLD",
    "ZOOM_CHECK_VERBOSE",
    "ZOOM_CHECK_LOGFILE",
    "ZOOM_OAUTH_URL",
    "ZOOM_API_URL",
    "ZOOM_AUTO_REFRESH_THRESHOLD",
    "ZOOM_TOKEN_DISPLAY_INTERVAL",
    "CLAUDE_CONFIG_FILE",
    "CLAUDE_MCP_SERVER_NAME",
    "CLAUDE_ZOOM_ENV_KEY",
    "CLAUDE_APP_NAME",
    "CLAUDE_APP_COMMAND",
    "ZOOM_POLICY_FILE",
];

/// Those of them that are the token.
pub(super) const OF_TOKEN: [&str; 2] = ["ZOOM_ACCESS_TOKEN", "ZOOM_TOKEN_EXPIRES_AT"];

/// Where the `.env` is; read from the environment only.
pub const ENV_FILE: &str = "ZOOM_ENV_FILE";

/// Why a `.env` is the one to use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Chosen {
    /// `--env-file` names it.
    ByFlag,
    /// `ZOOM_ENV_FILE` names it.
    ByVariable,
    /// It is the first one found.
    Found,
    /// There is none, and this is where one would be made.
    ToBeMade,
}

/// The environment of the process, as far as it concerns zoomtok. It is not wiped: the kernel keeps the original where no
/// program can take it back.
#[derive(Clone, Default)]
pub struct Environment(BTreeMap<&'static str, OsString>);

impl Environment {
    /// The variables of this process.
    pub fn of_process() -> Self {
        Self::from_pairs(
            NAMES.iter().chain([&ENV_FILE]).filter_map(|name| Some((*name, std::env::var_os(name)?))),
        )
    }

    /// These variables. An empty one is as good as none.
    pub fn from_pairs(pairs: impl IntoIterator<Item = (&'static str, OsString)>) -> Self {
        Self(pairs.into_iter().filter(|(_, value)| !value.is_empty()).collect())
    }

    /// The same without a token of its own, for what looks after the one in `.env`.
    #[must_use]
    pub fn without_token(mut self) -> Self {
        self.0.retain(|name, _| !OF_TOKEN.contains(name));
        self
    }

    /// The `.env` to use: the one named by the flag or by `ZOOM_ENV_FILE`, else the first one found in `directory`,
    /// its parents and the configuration directory, else the place in `directory` where one would be made.
    pub fn env_file(
        &self,
        flag: Option<&Path>,
        directory: &Path,
        configuration: Option<&Path>,
    ) -> (PathBuf, Chosen) {
        flag.map(|path| (path.to_owned(), Chosen::ByFlag))
            .or_else(|| self.0.get(ENV_FILE).map(|path| (path.into(), Chosen::ByVariable)))
            .or_else(|| find_env_file(directory, configuration).map(|path| (path, Chosen::Found)))
            .unwrap_or_else(|| (directory.join(".env"), Chosen::ToBeMade))
    }

    pub(super) fn get(&self, name: &'static str) -> Result<Option<&str>, Error> {
        self.0
            .get(name)
            .map(|value| {
                value.to_str().ok_or_else(|| Error::Setting {
                    name: name.into(),
                    place: Origin::Environment.to_string(),
                    problem: "is not UTF-8".into(),
                })
            })
            .transpose()
    }
}
