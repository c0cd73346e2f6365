//! A small document in the store: read whole, and replaced whole by one who has read what it replaces. It is sealed.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use chrono::{DateTime, Utc};
use ring::rand::{SecureRandom as _, SystemRandom};
use serde::Serialize;
use serde::de::DeserializeOwned;
use zeroize::Zeroizing;

use super::keys::hexadecimal;
use super::{Access, Connection, Pool, Reply, Script, SealFault};
use crate::clock::{Clock as _, SystemClock};
use crate::error::SharedError;
use crate::mutex::locked;

/// How long a change is tried again that others are ahead of, each time by another change.
const CHANGE_PATIENCE: Duration = Duration::from_secs(3);

/// The random bytes of a revision: no two changes have the same.
const REVISION_BYTES: usize = 12;

/// The hash with the names of those that have a document here.
pub(crate) struct Names {
    /// The hash.
    pub(crate) key: &'static str,
    /// The name in it.
    pub(crate) name: String,
}

static READ: Script = Script::new(include_str!("document/read.lua"));
static WRITE: Script = Script::new(include_str!("document/write.lua"));

/// A document at one key. Clones have its last content in common.
pub(crate) struct Document<T>(Arc<Shared<T>>);

struct Shared<T> {
    pool: Pool,
    key: String,
    /// The version of its form.
    version: u32,
    /// Where its owner is named before it is written.
    names: Option<Names>,
    /// The last content that was read or written, with its revision.
    seen: Mutex<Option<(String, Arc<T>)>>,
}

/// A document as it was at one time.
pub(crate) struct Read<T> {
    /// Its content; none where there is no document.
    pub(crate) content: Option<Arc<T>>,
    /// A name for this content, empty where there is no document.
    pub(crate) revision: String,
    /// The time of the store.
    pub(crate) now: DateTime<Utc>,
}

/// The new content of a document.
pub(crate) struct Next<T> {
    /// The content.
    pub(crate) content: T,
    /// When it ends, by the store's clock; never without.
    pub(crate) until: Option<DateTime<Utc>>,
}

impl<T> Clone for Document<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<T: Serialize + DeserializeOwned + Send + Sync + 'static> Document<T> {
    /// The document at this key.
    pub(crate) fn new(pool: Pool, key: String, version: u32, names: Option<Names>) -> Self {
        Self(Arc::new(Shared { pool, key, version, names, seen: Mutex::default() }))
    }

    /// Reads it, in a thread of its own.
    ///
    /// # Errors
    ///
    /// [`SharedError`], also for one of a newer version and for one that nobody with this key has sealed.
    pub(crate) async fn read(&self) -> Result<Read<T>, SharedError> {
        let shared = Arc::clone(&self.0);
        self.0.pool.with(move |connection| shared.read(connection)).await
    }

    /// Reads it, in this thread.
    ///
    /// # Errors
    ///
    /// As with [`Document::read`].
    pub(crate) fn read_here(&self) -> Result<Read<T>, SharedError> {
        self.0.pool.with_here(|connection| self.0.read(connection))
    }

    /// Changes it, in a thread of its own: `change` gets it as it is, with the store's time, and gives what it is to be; none where
    /// it is right as it is. Where others change it meanwhile, that is repeated.
    ///
    /// # Errors
    ///
    /// As with [`Document::read`], and inside those of `change`, which change nothing. After [`SharedError::Unanswered`] it may
    /// be changed.
    pub(crate) async fn change<R: Send + 'static, E: Send + 'static>(
        &self,
        change: impl FnMut(Option<&T>, DateTime<Utc>) -> Result<(Option<Next<T>>, R), E> + Send + 'static,
    ) -> Result<Result<R, E>, SharedError> {
        let shared = Arc::clone(&self.0);
        self.0.pool.with(move |connection| shared.change(connection, change)).await
    }

    /// The same in this thread.
    ///
    /// # Errors
    ///
    /// As with [`Document::change`].
    pub(crate) fn change_here<R, E>(
        &self,
        change: impl FnMut(Option<&T>, DateTime<Utc>) -> Result<(Option<Next<T>>, R), E>,
    ) -> Result<Result<R, E>, SharedError> {
        self.0.pool.with_here(|connection| self.0.change(connection, change))
    }

    /// The last content that was read or written by this process.
    pub(crate) fn seen(&self) -> Option<Arc<T>> {
        locked(&self.0.seen).as_ref().map(|(_, content)| Arc::clone(content))
    }
}

impl<T: Serialize + DeserializeOwned> Shared<T> {
    fn access(&self) -> &Access {
        self.pool.access()
    }

    fn read(&self, connection: &mut Connection) -> Result<Read<T>, SharedError> {
        let had = locked(&self.seen).clone();
        let revision = had.as_ref().map(|(revision, _)| revision.clone()).unwrap_or_default();
        let reply = connection.run(&READ, &[self.key.as_bytes()], &[revision.as_bytes()]);
        let reply = reply.map_err(|error| self.meant(error))?;
        let parts = reply.list().unwrap_or_default();
        let part = |at: usize| parts.get(at).and_then(Reply::text).unwrap_or_default();
        let time = |at: usize| parts.get(at).and_then(Reply::number);
        let now = time(1).zip(time(2)).and_then(|(seconds, micros)| {
            DateTime::from_timestamp(seconds, u32::try_from(micros).ok()? * 1000)
        });
        let now = now.ok_or_else(|| self.foreign())?;
        if part(0) == "none" {
            return Ok(Read { content: None, revision: String::new(), now });
        }
        match part(3).parse::<u64>() {
            Ok(version) if version > u64::from(self.version) => {
                let (address, key) = (self.access().address.to_string(), self.key.clone());
                return Err(SharedError::Newer { address, key, version });
            }
            Ok(version) if version == u64::from(self.version) => {}
            Ok(_) | Err(_) => return Err(self.foreign()),
        }
        let (revision, content) = match (part(0), had) {
            ("same", Some(had)) => had,
            ("other", _) => {
                let sealed = parts.get(5).and_then(Reply::bytes).unwrap_or_default();
                (part(4).to_owned(), Arc::new(self.opened(part(4), sealed)?))
            }
            _ => return Err(self.foreign()),
        };
        *locked(&self.seen) = Some((revision.clone(), Arc::clone(&content)));
        Ok(Read { content: Some(content), revision, now })
    }

    fn change<R, E>(
        &self,
        connection: &mut Connection,
        mut change: impl FnMut(Option<&T>, DateTime<Utc>) -> Result<(Option<Next<T>>, R), E>,
    ) -> Result<Result<R, E>, SharedError> {
        let clock = SystemClock::start();
        loop {
            let read = self.read(connection)?;
            let (next, done) = match change(read.content.as_deref(), read.now) {
                Ok((Some(next), done)) => (next, done),
                Ok((None, done)) => return Ok(Ok(done)),
                Err(error) => return Ok(Err(error)),
            };
            if self.write(connection, &read.revision, next)? {
                return Ok(Ok(done));
            }
            if clock.elapsed() > CHANGE_PATIENCE {
                let address = self.access().address.to_string();
                let source = std::io::Error::other("others keep changing what was to be changed");
                return Err(SharedError::Unanswered { address, command: "EVALSHA".into(), source });
            }
        }
    }

    /// Writes it, if it still has the revision that was read. Says whether it had.
    fn write(
        &self,
        connection: &mut Connection,
        before: &str,
        Next { content, until }: Next<T>,
    ) -> Result<bool, SharedError> {
        if let Some(Names { key, name }) = &self.names {
            connection.ask(&[b"HSET", key.as_bytes(), name.as_bytes(), b"1"])?;
        }
        let mut revision = [0; REVISION_BYTES];
        let unsealed = |source| SharedError::Unsealed { source };
        let random = SystemRandom::new().fill(&mut revision);
        random.map_err(|_| unsealed(std::io::Error::other("the system has no random numbers")))?;
        let revision = hexadecimal(&revision);
        let text = serde_json::to_vec(&content).map_err(|error| unsealed(error.into()))?;
        let text = Zeroizing::new(text);
        let sealed = self.access().keys().seal(&self.place(&revision), &text).map_err(unsealed)?;
        let until = until.map(|until| until.timestamp_millis().to_string()).unwrap_or_default();
        let version = self.version.to_string();
        let arguments: [&[u8]; 5] =
            [version.as_bytes(), before.as_bytes(), revision.as_bytes(), &sealed, until.as_bytes()];
        let reply = connection.run(&WRITE, &[self.key.as_bytes()], &arguments);
        match reply.map_err(|error| self.meant(error))?.text() {
            Some("written") => {
                *locked(&self.seen) = Some((revision, Arc::new(content)));
                Ok(true)
            }
            Some("changed") => Ok(false),
            _ => Err(self.foreign()),
        }
    }

    fn opened(&self, revision: &str, sealed: &[u8]) -> Result<T, SharedError> {
        let text = self.access().keys().open(&self.place(revision), sealed);
        let text = text.map_err(|fault| fault.at(&self.access().address.to_string(), &self.key))?;
        serde_json::from_slice(&text).map_err(|_| self.foreign())
    }

    /// The place that it is sealed for: moved to another key, or under another revision, it does not open.
    fn place<'a>(&'a self, revision: &'a str) -> [&'a [u8]; 2] {
        [self.key.as_bytes(), revision.as_bytes()]
    }

    /// An error of a script, where something else than a document is there.
    fn meant(&self, error: SharedError) -> SharedError {
        match error {
            SharedError::Refused { code, .. } if code == "WRONGTYPE" => self.foreign(),
            other => other,
        }
    }

    fn foreign(&self) -> SharedError {
        SealFault::Foreign.at(&self.access().address.to_string(), &self.key)
    }
}

#[cfg(test)]
mod tests;
