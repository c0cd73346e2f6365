//! The shared store of an account, for the room that keeps tokens.

use std::sync::Arc;

use super::environment::Environment;
use super::lookup::Settings;
use super::table::{ACCOUNT_ID, CLIENT_ID, STORE};
use crate::error::Error;
use crate::redis::Access;
use crate::store::{Places, SharedAccount, SharedPlace, Snapshot};

impl Places for Environment {
    fn is_shared(&self, of: &Snapshot) -> bool {
        let settings = Settings::new(self, &Arc::new(of.clone()));
        settings.value(STORE).ok().flatten().is_some() || settings.written(STORE).is_some()
    }

    fn place(&self, of: &Snapshot) -> Result<Option<SharedPlace>, Error> {
        let settings = Settings::new(self, &Arc::new(of.clone()));
        let Some(access) = settings.shared_store()? else { return Ok(None) };
        let (client_id, account_id) = (settings.credential(CLIENT_ID)?, settings.credential(ACCOUNT_ID)?);
        let url = settings.oauth_url()?;
        let account = SharedAccount::new(url.as_str(), client_id.unwrap_or_default(), account_id);
        let given = settings.refresh_token()?.map(|token| token.expose().to_owned().into());
        Ok(Some(SharedPlace { access, account, given }))
    }
}

impl Environment {
    /// The shared store that these settings name with those of a `.env`.
    ///
    /// # Errors
    ///
    /// As with [`Settings::shared_store`].
    pub(crate) fn shared_store(&self, of: &Snapshot) -> Result<Option<Access>, Error> {
        Settings::new(self, &Arc::new(of.clone())).shared_store()
    }
}
