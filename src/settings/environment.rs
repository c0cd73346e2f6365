//! The environment of the process, as far as it concerns zoomtok.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::home;
use super::origin::Origin;
use super::table::{ACCESS_TOKEN, NAMES, READ_ONLY, TOKEN_EXPIRES_AT, of_account};
use crate::error::Error;
use crate::store::{EnvFile, Place, ProfileName, find_env_file, profiles_in};

/// The settings that are the token.
pub(super) const OF_TOKEN: [&str; 2] = [ACCESS_TOKEN, TOKEN_EXPIRES_AT];

/// Where the `.env` is; read from the environment only.
const ENV_FILE: &str = "ZOOM_ENV_FILE";

/// Which profile is used; read from the environment only.
const PROFILE: &str = "ZOOMTOK_PROFILE";

/// The variables that are read from the environment only.
pub const EXPORTED_ONLY: [&str; 2] = [ENV_FILE, PROFILE];

/// The `.env` that a command line names.
#[derive(Debug, Clone, Copy, Default)]
pub struct NamedEnv<'a> {
    /// The value of `--env-file`.
    pub env_file: Option<&'a Path>,
    /// The value of `--profile`.
    pub profile: Option<&'a ProfileName>,
}

/// Why a `.env` is the one to use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Chosen {
    /// `--env-file` names it.
    ByFlag,
    /// `ZOOM_ENV_FILE` names it.
    ByVariable,
    /// It is that of a profile, which `--profile` or `ZOOMTOK_PROFILE` names.
    Profile(ProfileName),
    /// It is the first one found, here or in a directory above.
    Found,
    /// It is the one in zoomtok's configuration directory.
    Configured,
    /// There is none, and this is where one would be made.
    ToBeMade,
}

impl Chosen {
    /// Whether somebody has named it. A file that was merely found may come with somebody else's directory, and so may
    /// one that appears where there was none.
    fn is_named(&self) -> bool {
        matches!(self, Self::ByFlag | Self::ByVariable | Self::Profile(_) | Self::Configured)
    }

    /// The profile that it is the file of.
    pub fn profile(&self) -> Option<&ProfileName> {
        match self {
            Self::Profile(name) => Some(name),
            _ => None,
        }
    }
}

/// The environment of the process, as far as it concerns zoomtok, and what to think of the `.env` that was chosen in it.
/// It is not wiped: the kernel keeps the original where no program can take it back. A clone shares the variables.
#[derive(Clone, Default)]
pub struct Environment {
    variables: Arc<Variables>,
    /// Whether the `.env` was found and not named.
    pub(super) found: bool,
    /// The profile that it is the file of.
    profile: Option<ProfileName>,
    /// Whether that profile need not exist yet.
    makes_profile: bool,
}

#[derive(Clone, Default)]
struct Variables {
    set: BTreeMap<&'static str, OsString>,
    /// Those that are set to nothing.
    empty: Vec<&'static str>,
    /// Those that are set and do not count with a profile.
    uncounted: Vec<&'static str>,
}

impl Environment {
    /// The variables of this process.
    pub fn of_process() -> Self {
        Self::from_pairs(
            NAMES.iter().chain(&EXPORTED_ONLY).filter_map(|name| Some((*name, std::env::var_os(name)?))),
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
        let variables = Variables { set, empty, uncounted: Vec::new() };
        Self { variables: Arc::new(variables), found: false, profile: None, makes_profile: false }
    }

    /// The same with a `.env` that was chosen for this reason. A profile is an account of its own: credentials and tokens
    /// of the environment are those of another one and do not count.
    #[must_use]
    pub fn with(mut self, chosen: Chosen) -> Self {
        self.found = !chosen.is_named();
        if let Chosen::Profile(name) = chosen {
            let Variables { set, uncounted, .. } = Arc::make_mut(&mut self.variables);
            uncounted.extend(of_account().filter(|name| set.remove(name).is_some()));
            self.profile = Some(name);
        }
        self
    }

    /// The profile whose file the `.env` is.
    pub fn profile(&self) -> Option<&ProfileName> {
        self.profile.as_ref()
    }

    /// The same for a command that makes the profile where there is none.
    #[must_use]
    pub fn making_profile(self) -> Self {
        Self { makes_profile: true, ..self }
    }

    /// The error where the system names no place for profiles.
    pub(crate) fn no_place_for_profiles() -> Error {
        Error::NoPlace { what: "profiles".into(), variable: "XDG_CONFIG_HOME" }
    }

    pub(super) fn uncounted(&self) -> &[&'static str] {
        &self.variables.uncounted
    }

    /// The same with a `.env` that is only read.
    #[must_use]
    pub fn reading_only(mut self) -> Self {
        Arc::make_mut(&mut self.variables).set.insert(READ_ONLY, "1".into());
        self
    }

    /// Refuses a `.env` that was found and may be somebody else's, and a profile that does not exist.
    ///
    /// # Errors
    ///
    /// [`Error::Untrusted`], [`Error::NoProfile`].
    pub fn admit(&self, file: &EnvFile) -> Result<(), Error> {
        if let Some(profile) = self.profile.as_ref().filter(|_| !file.exists() && !self.makes_profile) {
            let path = file.path().to_owned();
            let others = path.parent().and_then(|directory| profiles_in(directory).ok()).unwrap_or_default();
            let others = others.iter().map(ProfileName::to_string).collect();
            return Err(Error::NoProfile { profile: profile.to_string(), path, others });
        }
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

    /// The `.env` to use: the one named by a flag or by a variable, else the first one found in `directory`, its parents
    /// and the configuration directory, else the place in `directory` where one would be made.
    ///
    /// # Errors
    ///
    /// [`Error::Setting`] for a file and a profile that are both named, for a `ZOOM_ENV_FILE` that begins with the name
    /// of a user, and for a `ZOOMTOK_PROFILE` that is no name; [`Error::Other`] where there is no place for profiles.
    pub fn env_file(
        &self,
        named: NamedEnv<'_>,
        directory: &Path,
        configuration: Option<&Path>,
    ) -> Result<(PathBuf, Chosen), Error> {
        let impossible = |name: &str, place: String, problem: &str| Error::Setting {
            name: name.into(),
            place,
            problem: problem.into(),
        };
        let in_environment = || Origin::Environment.to_string();
        let exclude = |other: &str| format!("names an account, and so does {other}: leave one of them out");
        match (named.env_file, named.profile) {
            (Some(path), None) => return Ok((path.to_owned(), Chosen::ByFlag)),
            (None, Some(name)) => return of_profile(name.clone(), configuration),
            (Some(_), Some(_)) => {
                let place = "on the command line".into();
                return Err(impossible("--profile", place, &exclude("--env-file")));
            }
            (None, None) => {}
        }
        match (self.variables.set.get(ENV_FILE), self.variables.set.get(PROFILE)) {
            (Some(_), Some(_)) => return Err(impossible(PROFILE, in_environment(), &exclude(ENV_FILE))),
            (Some(path), None) => {
                let path = home::expanded(path.as_ref());
                let path = path.map_err(|problem| impossible(ENV_FILE, in_environment(), problem))?;
                return Ok((path, Chosen::ByVariable));
            }
            (None, Some(name)) => {
                let name = ProfileName::parse(&name.to_string_lossy());
                let name = name.map_err(|problem| impossible(PROFILE, in_environment(), problem))?;
                return of_profile(name, configuration);
            }
            (None, None) => {}
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

/// The file of a profile.
fn of_profile(name: ProfileName, configuration: Option<&Path>) -> Result<(PathBuf, Chosen), Error> {
    let path = name.file(configuration.ok_or_else(Environment::no_place_for_profiles)?);
    Ok((path, Chosen::Profile(name)))
}
