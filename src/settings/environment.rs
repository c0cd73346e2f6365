//! The environment of the process, as far as it concerns zoomtok.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::home;
use super::origin::Origin;
use super::table::{ACCESS_TOKEN, NAMES, READ_ONLY, TOKEN_EXPIRES_AT};
use crate::error::Error;
use crate::store::{EnvFile, Place, find_env_file};

/// The settings that are the token.
pub(super) const OF_TOKEN: [&str; 2] = [ACCESS_TOKEN, TOKEN_EXPIRES_AT];

/// Where the `.env` is; read from the environment only.
pub const ENV_FILE: &str = "ZOOM_ENV_FILE";

/// Why a `.env` is the one to use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Chosen {
    /// `--env-file` names it.
    ByFlag,
    /// `ZOOM_ENV_FILE` names it.
    ByVariable,
    /// It is the first one found, here or in a directory above.
    Found,
    /// It is the one in zoomtok's configuration directory.
    Configured,
    /// There is none, and this is where one would be made.
    ToBeMade,
}

impl Chosen {
    /// Whether somebody has named it. What was merely found may come with a directory of somebody else's, and so may what
    /// appears where there was none.
    fn is_named(self) -> bool {
        matches!(self, Self::ByFlag | Self::ByVariable | Self::Configured)
    }
}

/// The environment of the process, as far as it concerns zoomtok, and what to think of the `.env` that was chosen in it. It
/// is not wiped: the kernel keeps the original where no program can take it back. A clone shares the variables.
#[derive(Clone, Default)]
pub struct Environment {
    variables: Arc<Variables>,
    /// Whether the `.env` was found and not named.
    pub(super) found: bool,
}

#[derive(Clone, Default)]
struct Variables {
    set: BTreeMap<&'static str, OsString>,
    /// Those that are set to nothing.
    empty: Vec<&'static str>,
}

impl Environment {
    /// The variables of this process.
    pub fn of_process() -> Self {
        Self::from_pairs(
            NAMES.iter().chain([&ENV_FILE]).filter_map(|name| Some((*name, std::env::var_os(name)?))),
        )
    }

    /// These variables. An empty one is as good as none.
    pub fn from_pairs(pairs: impl IntoIterator<Item = (&'static str, OsString)>) -> Self {
        let mut empty = Vec::new();
        let is_set = |(name, value): &(&'static str, OsString)| {
            empty.extend(value.is_empty().then_some(*name));
            !value.is_empty()
        };
        let set = pairs.into_iter().filter(is_set).collect();
        Self { variables: Arc::new(Variables { set, empty }), found: false }
    }

    /// The same with a `.env` that was chosen for this reason.
    #[must_use]
    pub fn with(self, chosen: Chosen) -> Self {
        Self { found: !chosen.is_named(), ..self }
    }

    /// The same with a `.env` that is only read.
    #[must_use]
    pub fn reading_only(mut self) -> Self {
        Arc::make_mut(&mut self.variables).set.insert(READ_ONLY, "1".into());
        self
    }

    /// Refuses a `.env` that was found and may be somebody else's.
    ///
    /// # Errors
    ///
    /// [`Error::Untrusted`].
    pub fn admit(&self, file: &EnvFile) -> Result<(), Error> {
        match file.distrust().filter(|_| self.found) {
            Some(problem) => Err(Error::Untrusted { path: file.path().to_owned(), problem }),
            None => Ok(()),
        }
    }

    /// The same without a token of its own, for what looks after the one in `.env`.
    #[must_use]
    pub fn without_token(mut self) -> Self {
        Arc::make_mut(&mut self.variables).set.retain(|name, _| !OF_TOKEN.contains(name));
        self
    }

    /// The `.env` to use: the one named by the flag or by `ZOOM_ENV_FILE`, else the first one found in `directory`,
    /// its parents and the configuration directory, else the place in `directory` where one would be made.
    ///
    /// # Errors
    ///
    /// [`Error::Setting`] for a `ZOOM_ENV_FILE` that begins with the name of a user.
    pub fn env_file(
        &self,
        flag: Option<&Path>,
        directory: &Path,
        configuration: Option<&Path>,
    ) -> Result<(PathBuf, Chosen), Error> {
        if let Some(path) = flag {
            return Ok((path.to_owned(), Chosen::ByFlag));
        }
        if let Some(path) = self.variables.set.get(ENV_FILE) {
            let place = || Origin::Environment.to_string();
            let path = home::expanded(path.as_ref()).map_err(|problem| Error::Setting {
                name: ENV_FILE.into(),
                place: place(),
                problem: problem.into(),
            })?;
            return Ok((path, Chosen::ByVariable));
        }
        Ok(match find_env_file(directory, configuration) {
            Some((path, Place::Above)) => (path, Chosen::Found),
            Some((path, Place::Configuration)) => (path, Chosen::Configured),
            None => (directory.join(".env"), Chosen::ToBeMade),
        })
    }

    pub(super) fn sets_empty(&self, name: &str) -> bool {
        self.variables.empty.contains(&name)
    }

    pub(super) fn get(&self, name: &'static str) -> Result<Option<&str>, Error> {
        self.variables
            .set
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
