//! The shared store of an account, as the settings have it.

use zeroize::Zeroizing;

use crate::error::Error;
use crate::redis::Access;
use crate::store::snapshot::Snapshot;

/// The shared store of an account, as the settings have it.
pub struct SharedPlace {
    /// The store, and what it takes to use it.
    pub access: Access,
    /// A name for host, app and account, which is the same on all machines.
    pub account: String,
    /// Whether it is about a user's grant, with refresh tokens.
    pub is_of_user: bool,
    /// The refresh token of this machine's own settings.
    pub given: Option<Zeroizing<String>>,
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
