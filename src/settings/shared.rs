//! The store that many machines share, as the settings have it.

use std::path::PathBuf;

use secrecy::SecretString;

use super::lookup::Settings;
use super::table::{
    ACCOUNT_ID, CLIENT_ID, STORE, STORE_CA_FILE, STORE_KEY_FILE, STORE_PASSWORD, STORE_PASSWORD_FILE,
};
use crate::error::{Error, SharedError};
use crate::redis::{Access, Address, Keys, MAKE_A_KEY, password, secret_file};
use crate::store::digest;

impl Settings {
    /// The shared store with all that it takes to use it, where one is set. Nobody is asked; its files are read.
    ///
    /// # Errors
    ///
    /// [`Error::Setting`] for an address, a password, a key or a certificate that cannot be right or is missing, and for
    /// a store that a `.env` names which was found and not named: who leaves it out would use up the grant of the others.
    pub fn shared_store(&self) -> Result<Option<Access>, Error> {
        let Some(address) = self.shared_address()? else { return Ok(None) };
        if cfg!(not(feature = "fleet")) {
            return Err(Box::new(SharedError::NotBuilt).into());
        }
        let keys = self.in_secret_file(STORE_KEY_FILE, Keys::read)?.ok_or_else(|| {
            let problem = format!("is set, and ZOOMTOK_STORE_KEY_FILE is not: make a key with {MAKE_A_KEY}, and copy it to every machine");
            self.impossible(STORE, &problem)
        })?;
        let password = self.shared_password()?;
        let authorities = self.in_secret_file(STORE_CA_FILE, |text| Ok(text.to_vec()))?;
        Ok(Some(Access::new(address, password, authorities, keys)))
    }

    /// Whether a shared store is set.
    ///
    /// # Errors
    ///
    /// [`Error::Setting`] for an address that cannot be right, or that does not count from where it is set.
    pub fn is_shared(&self) -> Result<bool, Error> {
        Ok(self.shared_address()?.is_some())
    }

    /// The files with the key and the password of the shared store, with the settings that name them, where a store is set.
    pub(crate) fn shared_secret_files(&self) -> Vec<(&'static str, PathBuf)> {
        if !self.is_shared().unwrap_or(false) {
            return Vec::new();
        }
        let named = |name| Some((name, self.path(name).ok()??));
        [STORE_KEY_FILE, STORE_PASSWORD_FILE].into_iter().filter_map(named).collect()
    }

    /// A name for the account of these settings, the same on every machine: a digest of Zoom's host, the client id and
    /// the account id, as far as they are set. A refresh token changes, so users of one app have one name.
    ///
    /// # Errors
    ///
    /// [`Error::Setting`] and [`Error::Credential`] for a setting that cannot be right.
    pub fn account_name(&self) -> Result<String, Error> {
        let url = self.oauth_url()?;
        let [client, account] = [CLIENT_ID, ACCOUNT_ID].map(|name| self.credential(name));
        let parts =
            [url.host_str().unwrap_or_default(), client?.unwrap_or_default(), account?.unwrap_or_default()];
        Ok(digest(parts.join("\n").as_bytes()))
    }

    /// The address of the shared store.
    pub(super) fn shared_address(&self) -> Result<Option<Address>, Error> {
        let Some(value) = self.value(STORE)? else {
            let Some(written) = self.written(STORE).filter(|written| !written.text.is_empty()) else {
                return Ok(None);
            };
            return Err(Error::Setting {
                name: STORE.into(),
                place: written.origin.to_string(),
                problem: format!(
                    "names a shared store, and its .env was found and not named: name the .env with --env-file {}, or export \
                     the setting",
                    self.file().path().display()
                ),
            });
        };
        Address::parse(value.text).map(Some).map_err(|problem| self.impossible(STORE, problem))
    }

    fn shared_password(&self) -> Result<Option<SecretString>, Error> {
        let given = self.value(STORE_PASSWORD)?.map(|value| SecretString::from(value.text));
        match (given, self.in_secret_file(STORE_PASSWORD_FILE, password)?) {
            (Some(_), Some(_)) => Err(self.impossible(
                STORE_PASSWORD,
                "is set beside ZOOMTOK_STORE_PASSWORD_FILE: leave one of them out",
            )),
            (given, filed) => Ok(given.or(filed)),
        }
    }

    /// The contents of a file that a setting names.
    fn in_secret_file<T>(
        &self,
        name: &'static str,
        read: impl FnOnce(&[u8]) -> Result<T, String>,
    ) -> Result<Option<T>, Error> {
        let Some(path) = self.path(name)? else { return Ok(None) };
        let content = secret_file(&path).and_then(|text| read(&text));
        content
            .map(Some)
            .map_err(|problem| self.impossible(name, &format!("names {}, which {problem}", path.display())))
    }
}
