//! The accounts of this machine: the profiles, and the `.env` that is used without one.

use std::path::PathBuf;
use std::sync::Arc;

use super::Context;
use crate::error::Error;
use crate::files::resolve;
use crate::keeper::Keeper;
use crate::settings::{Chosen, Environment, NAMES, configuration_directory};
use crate::store::{AccountStore, EnvStore, ProfileName, default_state_root, profiles};

/// An account, and all that a keeper of it needs.
#[derive(Clone)]
pub(super) struct Account {
    /// The profile; none for the `.env` that is used without one.
    pub(super) profile: Option<ProfileName>,
    pub(super) chosen: Chosen,
    pub(super) environment: Environment,
    pub(super) store: AccountStore,
}

impl Account {
    /// The account of a profile, which need not exist.
    ///
    /// # Errors
    ///
    /// There is no place for profiles.
    pub(super) fn of_profile(name: &ProfileName) -> Result<Self, Error> {
        let chosen = Chosen::Profile(name.clone());
        let environment = Environment::of_process().with(chosen.clone());
        let env = EnvStore::new(name.file(&directory()?), NAMES, default_state_root());
        Ok(Self {
            profile: Some(name.clone()),
            store: AccountStore::new(env, Arc::new(environment.clone())),
            environment,
            chosen,
        })
    }

    /// The account that a command is about.
    pub(super) fn of_context(context: &Context) -> Self {
        Self {
            profile: context.environment.profile().cloned(),
            chosen: context.chosen.clone(),
            environment: context.environment.clone(),
            store: context.store.clone(),
        }
    }

    pub(super) fn keeper<'a>(&'a self, context: &'a Context) -> Keeper<'a> {
        Keeper::new(&self.environment, &self.store, &context.clock, &context.stop)
    }

    /// Its name where several are shown.
    pub(super) fn label(&self) -> &str {
        self.profile.as_ref().map_or(".env", ProfileName::as_str)
    }
}

/// The directory for configurations, which has the profiles.
///
/// # Errors
///
/// The system names none.
pub(super) fn directory() -> Result<PathBuf, Error> {
    configuration_directory().ok_or_else(Environment::no_place_for_profiles)
}

/// The profiles that exist, in order.
///
/// # Errors
///
/// There is no place for them, or it cannot be read.
pub(super) fn of_profiles() -> Result<Vec<Account>, Error> {
    profiles(&directory()?)?.iter().map(Account::of_profile).collect()
}

/// All of them; first the one without a profile, if its `.env` exists and is none of theirs.
///
/// # Errors
///
/// As above.
pub(super) fn all(context: &Context) -> Result<Vec<Account>, Error> {
    let own = Account::of_context(context);
    let profiles = of_profiles()?;
    let real = |account: &Account| resolve(account.store.path()).ok();
    let is_one = profiles.iter().any(|profile| real(profile) == real(&own));
    let exists = own.profile.is_none() && !is_one && own.store.path().symlink_metadata().is_ok();
    Ok(exists.then_some(own).into_iter().chain(profiles).collect())
}
