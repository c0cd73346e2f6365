//! The store that many machines share, as gateways and the commands about them find it.

use std::fmt;
use std::sync::{Arc, OnceLock};

use super::name::Name;
use crate::error::{Error, SharedError};
use crate::redis::{Access, Pool};

/// The hash with the names of the gateways that have kept anything there.
pub(super) const NAMES: &str = "zoomtok:{gateways}:names";

/// The key of the grants there: they are those of all gateways.
pub(super) const GRANTS: &str = "zoomtok:{gateways}:grants";

/// The shared store, if one is set. It is looked up when it is first needed, and again as long as that fails. Clones share it.
#[derive(Clone)]
pub(crate) struct Stores(Arc<Looked>);

/// Looks up the shared store in the settings; none where none is set.
type Find = Box<dyn Fn() -> Result<Option<Access>, Error> + Send + Sync>;

struct Looked {
    find: Find,
    found: OnceLock<Option<Pool>>,
}

impl Stores {
    /// The one that `find` gives.
    pub(crate) fn new(find: impl Fn() -> Result<Option<Access>, Error> + Send + Sync + 'static) -> Self {
        Self(Arc::new(Looked { find: Box::new(find), found: OnceLock::new() }))
    }

    /// None: everything is in files.
    #[cfg(test)]
    pub(crate) fn none() -> Self {
        Self::new(|| Ok(None))
    }

    /// The shared store; none where everything is in files.
    ///
    /// # Errors
    ///
    /// The settings cannot be read or are wrong. Nobody knows then where to look, so nothing is to be allowed.
    pub(crate) fn pool(&self) -> Result<Option<&Pool>, Error> {
        if let Some(found) = self.0.found.get() {
            return Ok(found.as_ref());
        }
        let found = (self.0.find)()?.map(Pool::new);
        Ok(self.0.found.get_or_init(|| found).as_ref())
    }

    /// The names of the gateways that have kept anything in the shared store, in order; none where there is none.
    ///
    /// # Errors
    ///
    /// As with [`Stores::pool`], or it cannot be asked.
    pub(crate) fn names(&self) -> Result<Vec<Name>, Error> {
        let Some(pool) = self.pool()? else { return Ok(Vec::new()) };
        let reply = pool.with_here(|connection| connection.ask(&[b"HGETALL", NAMES.as_bytes()]));
        let reply = reply.map_err(shared)?;
        let names = reply.list().unwrap_or_default().iter().step_by(2);
        let mut names: Vec<Name> = names.filter_map(|name| Name::parse(name.text()?).ok()).collect();
        names.sort();
        Ok(names)
    }
}

impl fmt::Debug for Stores {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stores").finish_non_exhaustive()
    }
}

/// The key of what a gateway keeps there.
pub(super) fn key(name: &Name, what: &str) -> String {
    format!("zoomtok:{{gateway:{name}}}:{what}")
}

/// An error of the shared store.
pub(super) fn shared(error: SharedError) -> Error {
    Box::new(error).into()
}
