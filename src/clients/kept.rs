//! Servers as they were before the gateway was put before them, kept until it is taken out. It may hold secrets.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::error::Error;
use crate::clock::{Clock, Shutdown};
use crate::files::{LOCK_PATIENCE, Lock, heir, make_private_parent, read_json, write_json};
use crate::store::no_place;

/// The version of the file.
const WRAPPED_VERSION: u32 = 1;

/// The largest file of them.
const LONGEST_WRAPPED: u64 = 16 * 1024 * 1024;

/// A piece of a configuration: as it was, and with the gateway in it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Original {
    pub(super) original: Zeroizing<String>,
    pub(super) wrapped: Zeroizing<String>,
}

/// The server that it is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Key {
    /// The client, by its name on the command line.
    pub(super) client: String,
    /// Its configuration, without symbolic links.
    pub(super) file: PathBuf,
    /// The name of the server.
    pub(super) server: String,
}

/// One of them.
#[derive(Serialize, Deserialize)]
struct Row {
    #[serde(flatten)]
    key: Key,
    #[serde(flatten)]
    original: Original,
}

#[derive(Default, Serialize, Deserialize)]
struct Content {
    wrapped: Vec<Row>,
}

/// The file of them.
pub(super) struct Kept(PathBuf);

impl Kept {
    /// Those of a state root.
    ///
    /// # Errors
    ///
    /// There is none.
    pub(super) fn new(state_root: Option<&Path>) -> Result<Self, Error> {
        let root = state_root.ok_or_else(|| no_place("what a server was before"))?;
        Ok(Self(root.join("wrapped.json")))
    }

    /// A server as it was, if that is known.
    ///
    /// # Errors
    ///
    /// The file cannot be read.
    pub(super) fn get(&self, key: &Key) -> Result<Option<Original>, Error> {
        Ok(self.read()?.wrapped.into_iter().find(|row| row.key == *key).map(|row| row.original))
    }

    /// Keeps what a server was, or forgets it.
    ///
    /// # Errors
    ///
    /// The file cannot be read or written.
    pub(super) fn set(
        &self,
        key: &Key,
        original: Option<Original>,
        clock: &dyn Clock,
        stop: &Shutdown,
    ) -> Result<(), Error> {
        make_private_parent(&self.0)?;
        let _lock = Lock::acquire(&self.0, LOCK_PATIENCE, clock, stop)?;
        let mut content = self.read()?;
        content.wrapped.retain(|row| row.key != *key);
        content.wrapped.extend(original.map(|original| Row { key: key.clone(), original }));
        Ok(write_json(&self.0, WRAPPED_VERSION, &content, heir)?)
    }

    fn read(&self) -> Result<Content, Error> {
        Ok(read_json(&self.0, WRAPPED_VERSION, LONGEST_WRAPPED)?.unwrap_or_default())
    }
}
