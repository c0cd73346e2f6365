//! A small document that is read whole and replaced whole: a file of this machine under its lock, or a sealed value in the store
//! that many machines share.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::stores::{Stores, shared};
use crate::clock::{Clock, Shutdown};
use crate::error::Error;
use crate::files::{LOCK_PATIENCE, Lock, Stamp, heir, make_private_parent, read_json, stamp, write_json};
use crate::redis::{self, Names, Next};
use crate::store::no_place;

/// A document, which need not exist. Clones share what is known of it.
pub(crate) struct Document<T>(Arc<Inner<T>>);

struct Inner<T> {
    form: Form,
    /// Its file; none where this machine has no place for one.
    file: Option<PathBuf>,
    stores: Stores,
    /// Its key in the shared store.
    key: String,
    /// The hash there that has its gateway's name, and the name.
    names: Option<(&'static str, String)>,
    found: OnceLock<redis::Document<T>>,
}

/// The form of a document.
#[derive(Debug, Clone, Copy)]
pub(super) struct Form {
    pub(super) version: u32,
    /// The largest file of it, in bytes.
    pub(super) longest: u64,
}

/// The state of a document, which changes when it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum State {
    File(Stamp),
    Shared(String),
}

impl<T> Clone for Document<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<T> fmt::Debug for Document<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Document")
            .field("file", &self.0.file)
            .field("key", &self.0.key)
            .finish_non_exhaustive()
    }
}

impl<T: Serialize + DeserializeOwned + Send + Sync + 'static> Document<T> {
    /// The document in this file, or at this key where there is a shared store.
    pub(super) fn new(
        form: Form,
        file: Option<PathBuf>,
        stores: Stores,
        key: String,
        names: Option<(&'static str, String)>,
    ) -> Self {
        Self(Arc::new(Inner { form, file, stores, key, names, found: OnceLock::new() }))
    }

    /// Its file, where it is one of this machine.
    pub(super) fn file(&self) -> Option<&Path> {
        self.0.file.as_deref()
    }

    /// Its place for messages: its file, or its key in the shared store.
    pub(super) fn place(&self) -> PathBuf {
        let is_shared = self.0.found.get().is_some();
        self.0.file.clone().filter(|_| !is_shared).unwrap_or_else(|| self.0.key.clone().into())
    }

    /// The document in the shared store, where there is one.
    ///
    /// # Errors
    ///
    /// The settings cannot be read or are wrong.
    pub(super) fn shared(&self) -> Result<Option<&redis::Document<T>>, Error> {
        let Some(pool) = self.0.stores.pool()? else { return Ok(None) };
        let Inner { form, key, names, .. } = &*self.0;
        let names = names.clone().map(|(key, name)| Names { key, name });
        let document = || redis::Document::new(pool.clone(), key.clone(), form.version, names);
        Ok(Some(self.0.found.get_or_init(document)))
    }

    /// Reads it, without blocking the thread for as long as the shared store may take.
    ///
    /// # Errors
    ///
    /// It cannot be read, or is not what zoomtok wrote.
    pub(super) async fn read(&self) -> Result<Option<Arc<T>>, Error> {
        match self.shared()? {
            Some(document) => Ok(document.read().await.map_err(shared)?.content),
            None => self.read_file(),
        }
    }

    /// Reads it, in this thread.
    ///
    /// # Errors
    ///
    /// As with [`Document::read`].
    pub(super) fn read_here(&self) -> Result<Option<Arc<T>>, Error> {
        match self.shared()? {
            Some(document) => Ok(document.read_here().map_err(shared)?.content),
            None => self.read_file(),
        }
    }

    /// Reads its file.
    ///
    /// # Errors
    ///
    /// As with [`Document::read`].
    pub(super) fn read_file(&self) -> Result<Option<Arc<T>>, Error> {
        let Some(file) = &self.0.file else { return Ok(None) };
        Ok(read_json(file, self.0.form.version, self.0.form.longest)?.map(Arc::new))
    }

    /// Its state; none where that cannot be known.
    pub(super) async fn state(&self) -> Option<State> {
        match self.shared().ok()? {
            Some(document) => Some(State::Shared(document.read().await.ok()?.revision)),
            None => stamp(self.0.file.as_deref()?).map(State::File),
        }
    }

    /// Changes it as the only one who does. `change` gives its new content, or none where it is right as it is; in the shared
    /// store it is done again where others were ahead.
    ///
    /// # Errors
    ///
    /// It cannot be read or written, or those of `change`. It is as it was then, unless the shared store did not answer.
    pub(super) async fn change<R, E>(
        &self,
        mut change: impl FnMut(Option<&T>) -> Result<(Option<T>, R), E> + Send + 'static,
    ) -> Result<R, E>
    where
        R: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        if let Some(document) = self.shared()? {
            let changed =
                document.change(move |before, _| change(before).map(|(next, done)| (lasting(next), done)));
            return changed.await.map_err(shared)?;
        }
        let file = self.file_to_write()?;
        let _lock = Lock::acquire_async(file).await?;
        self.change_file(file, change)
    }

    /// The same in this thread.
    ///
    /// # Errors
    ///
    /// As with [`Document::change`], and where the end is asked for while the file is locked.
    pub(super) fn change_here<R, E: From<Error>>(
        &self,
        clock: &dyn Clock,
        stop: &Shutdown,
        mut change: impl FnMut(Option<&T>) -> Result<(Option<T>, R), E>,
    ) -> Result<R, E> {
        if let Some(document) = self.shared()? {
            let changed =
                document.change_here(|before, _| change(before).map(|(next, done)| (lasting(next), done)));
            return changed.map_err(shared)?;
        }
        let file = self.file_to_write()?;
        let _lock = Lock::acquire(file, LOCK_PATIENCE, clock, stop)?;
        self.change_file(file, change)
    }

    fn file_to_write(&self) -> Result<&Path, Error> {
        let file = self.0.file.as_deref().ok_or_else(|| no_place("what gateways keep"))?;
        make_private_parent(file)?;
        Ok(file)
    }

    /// The caller holds the lock.
    fn change_file<R, E: From<Error>>(
        &self,
        file: &Path,
        mut change: impl FnMut(Option<&T>) -> Result<(Option<T>, R), E>,
    ) -> Result<R, E> {
        let before = self.read_file()?;
        let (next, done) = change(before.as_deref())?;
        if let Some(next) = next {
            write_json(file, self.0.form.version, &next, heir)?;
        }
        Ok(done)
    }
}

/// A content that does not end by itself.
fn lasting<T>(content: Option<T>) -> Option<Next<T>> {
    content.map(|content| Next { content, until: None })
}
