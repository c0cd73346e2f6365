//! The shared store of an account, as the settings have it.

use zeroize::Zeroizing;

use crate::error::Error;
use crate::redis::Access;
use crate::store::identity::digest;
use crate::store::new_tokens::NewApp;
use crate::store::snapshot::Snapshot;

/// The shared store of an account, as the settings have it.
pub struct SharedPlace {
    /// The store, and what it takes to use it.
    pub access: Access,
    /// The account there.
    pub account: SharedAccount,
    /// The refresh token of this machine's own settings.
    pub given: Option<Zeroizing<String>>,
}

/// An account in a shared store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SharedAccount {
    host: String,
    /// A name for host, app and account, which is the same on all machines.
    pub name: String,
    /// Whether it is about a user's grant, with refresh tokens.
    pub is_of_user: bool,
}

impl SharedAccount {
    /// The account of an app, with that of a Server-to-Server OAuth app.
    pub fn new(host: &str, client_id: &str, account_id: Option<&str>) -> Self {
        let name = digest([host, client_id, account_id.unwrap_or_default()].join("\n").as_bytes());
        Self { host: host.to_owned(), name, is_of_user: account_id.is_none() }
    }

    /// The account of another app at the same host.
    #[must_use]
    pub fn of_app(&self, app: &NewApp) -> Self {
        Self::new(&self.host, &app.client_id, app.account_id.as_deref())
    }
}

/// The settings that say whether there is a shared store.
pub trait Places: Send + Sync {
    /// Whether one is set. No file is read for it.
    fn is_shared(&self, of: &Snapshot) -> bool;

    /// The one that is set.
    ///
    /// # Errors
    ///
    /// A setting cannot be right.
    fn place(&self, of: &Snapshot) -> Result<Option<SharedPlace>, Error>;
}
