//! The gateway before a server of a configuration file.

use super::ClientFile;
use crate::clients::change::Change;
use crate::clients::change::Make;
use crate::clients::error::Error;
use crate::clients::file::write::Written;
use crate::clients::kept::{Kept, Key};
use crate::clock::{Shutdown, SystemClock};
use crate::files::resolve;

/// The result of taking the gateway out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unwrapped {
    /// The server is as it was, to the last byte.
    Exactly,
    /// Somebody has changed it since: its command and its arguments are as they were, and the rest is as it is.
    AsFarAsPossible,
    /// There was no gateway before it.
    NotWrapped,
}

impl ClientFile {
    /// Puts the gateway that `make` gives before the server. Says whether that changed anything: it may be there already.
    /// The server as it was is kept first, so that it is never lost.
    ///
    /// # Errors
    ///
    /// As [`ClientFile::update`]; there is no such server, or it cannot be changed in such a way that it can be changed
    /// back.
    pub(crate) fn wrap(&self, make: Make<'_>, stop: &Shutdown) -> Result<bool, Error> {
        let change = Change::Wrapped(make);
        let previewed = self.preview_write(&change)?;
        if previewed.edited.text.is_none() {
            return Ok(false);
        }
        self.keep(&previewed, stop)?;
        let written = match self.write(&change, stop) {
            Ok(written) => written,
            Err(error) => {
                // Nothing was put before it, so there is nothing to be taken back.
                Kept::new(self.state_root.as_deref())?.set(
                    &self.key()?,
                    None,
                    &SystemClock::start(),
                    stop,
                )?;
                return Err(error);
            }
        };
        // Where another program has changed the file in between, it is another text that was changed.
        if written.content.text != previewed.content.text {
            self.keep(&written, stop)?;
        }
        Ok(written.edited.text.is_some())
    }

    /// Whether a wrap would change anything. Nothing is written.
    ///
    /// # Errors
    ///
    /// As [`ClientFile::wrap`].
    pub(crate) fn preview_wrap(&self, make: Make<'_>) -> Result<bool, Error> {
        Ok(self.preview_write(&Change::Wrapped(make))?.edited.text.is_some())
    }

    /// Takes the gateway out again.
    ///
    /// # Errors
    ///
    /// As [`ClientFile::wrap`].
    pub(crate) fn unwrap_server(&self, stop: &Shutdown) -> Result<Unwrapped, Error> {
        let (kept, key) = (Kept::new(self.state_root.as_deref())?, self.key()?);
        let original = kept.get(&key)?;
        let change = Change::Unwrapped(original.as_ref());
        // It is exact where the text that was changed is the one that the gateway was put into.
        let written = self.write(&change, stop)?;
        let Some(text) = &written.content.text else { return Ok(Unwrapped::NotWrapped) };
        if written.edited.text.is_none() {
            return Ok(Unwrapped::NotWrapped);
        }
        let exactly = self.target.unwrapped(text, original.as_ref()).is_ok_and(|(_, exactly)| exactly);
        kept.set(&key, None, &SystemClock::start(), stop)?;
        Ok(if exactly { Unwrapped::Exactly } else { Unwrapped::AsFarAsPossible })
    }

    /// The names of all servers.
    ///
    /// # Errors
    ///
    /// The file is missing, cannot be read or makes no sense.
    pub(crate) fn server_names(&self) -> Result<Vec<String>, Error> {
        let client = self.target.client;
        let servers = client.format.servers(&self.text()?, &client.shape);
        let servers = servers.map_err(|fault| self.unparseable(fault))?;
        Ok(servers.into_iter().map(|(name, _)| name).collect())
    }

    fn keep(&self, written: &Written, stop: &Shutdown) -> Result<(), Error> {
        let (Some(old), Some(new)) = (&written.content.text, &written.edited.text) else { return Ok(()) };
        let piece = self.target.changed_piece(old, new).map_err(|refused| self.refused(refused))?;
        let kept = Kept::new(self.state_root.as_deref())?;
        kept.set(&self.key()?, piece, &SystemClock::start(), stop)
    }

    fn key(&self) -> Result<Key, Error> {
        let unreadable = |source| Error::Unreadable { path: self.path.clone(), source };
        Ok(Key {
            client: self.target.client.id.to_owned(),
            file: resolve(&self.path).map_err(unreadable)?,
            server: self.target.server.clone(),
        })
    }
}
