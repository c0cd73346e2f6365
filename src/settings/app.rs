//! The app that is set, as far as it is, for a login.

use super::lookup::Settings;
use super::secret::ClientSecret;
use super::table::{ACCOUNT_ID, CLIENT_ID, CLIENT_SECRET, REFRESH_TOKEN, SECRET_COMMAND};
use crate::error::Error;

/// An app, as far as it is known.
#[derive(Debug, Clone, Default)]
pub(crate) struct App {
    /// `ZOOM_CLIENT_ID`.
    pub(crate) client_id: Option<String>,
    /// `ZOOM_CLIENT_SECRET`, or the command that prints it.
    pub(crate) client_secret: Option<ClientSecret>,
    /// `ZOOM_ACCOUNT_ID`.
    pub(crate) account_id: Option<String>,
    /// Whether there is a refresh token.
    pub(crate) is_of_user: bool,
}

impl App {
    fn new<'a>(
        value: impl Fn(&'static str) -> Result<Option<&'a str>, Error>,
        client_secret: Option<ClientSecret>,
    ) -> Result<Self, Error> {
        Ok(Self {
            client_id: value(CLIENT_ID)?.map(str::to_owned),
            client_secret,
            account_id: value(ACCOUNT_ID)?.map(str::to_owned),
            is_of_user: value(REFRESH_TOKEN)?.is_some(),
        })
    }
}

impl Settings {
    /// The app of the environment and the `.env`.
    ///
    /// # Errors
    ///
    /// [`Error::Credential`] for a value that cannot be right.
    pub(crate) fn app(&self) -> Result<App, Error> {
        App::new(|name| self.credential(name), self.client_secret()?)
    }

    /// The app of the environment alone.
    ///
    /// # Errors
    ///
    /// [`Error::Setting`] for a value that is not UTF-8.
    pub(crate) fn exported_app(&self) -> Result<App, Error> {
        App::new(|name| self.environment.get(name), self.exported_secret()?)
    }

    /// The app of the `.env` alone, as it stands there.
    pub(crate) fn written_app(&self) -> App {
        let value = |name| self.written(name).map(|value| value.text);
        let client_secret = value(CLIENT_SECRET).map(|text| ClientSecret::Set(text.into()));
        App::new(|name| Ok(value(name)), client_secret).unwrap_or_default()
    }

    /// The first variable of the environment that would win over what a login stores. `new` gives the value that it stores.
    ///
    /// # Errors
    ///
    /// [`Error::Setting`] for a value that is not UTF-8.
    pub(crate) fn exported_otherwise<'a>(
        &self,
        new: impl Fn(&'static str) -> Option<&'a str>,
    ) -> Result<Option<&'static str>, Error> {
        // An exported secret wins over an exported command.
        let has_secret = self.environment.get(CLIENT_SECRET)?.is_some();
        let command = (!has_secret).then_some(SECRET_COMMAND);
        for name in [CLIENT_ID, CLIENT_SECRET, ACCOUNT_ID, REFRESH_TOKEN].into_iter().chain(command) {
            if self.environment.get(name)?.is_some_and(|exported| Some(exported) != new(name)) {
                return Ok(Some(name));
            }
        }
        Ok(None)
    }
}
