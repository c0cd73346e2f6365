//! How a change takes its place in a file that another program writes too.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::{ClientFile, Content};
use crate::clients::change::{Change, Edited};
use crate::clients::error::Error;
use crate::clock::{Clock, Shutdown, SystemClock};
use crate::error::Error as CoreError;
use crate::files::{LOCK_PATIENCE, Lock, Reservation, make_private};
use crate::store::no_place;

/// How often a text is edited anew because the file has changed meanwhile.
pub(in crate::clients) const TRIES: usize = 3;

/// The pause before that: whoever is writing the file is done then.
const BEFORE_NEXT_TRY: Duration = Duration::from_millis(50);

/// The pause before a change is looked for in a file that its client rewrites.
const BEFORE_READING_BACK: Duration = Duration::from_millis(300);

/// The surroundings of a write; others in tests.
pub(in crate::clients) struct Surroundings<'a> {
    /// Where the lock is, if anywhere.
    pub(in crate::clients) state_root: Option<&'a Path>,
    pub(in crate::clients) clock: &'a dyn Clock,
    pub(in crate::clients) stop: &'a Shutdown,
    /// Called when the new text is on the disk and not yet in its place.
    pub(in crate::clients) ready: &'a mut dyn FnMut(),
}

/// The result of a change.
pub(in crate::clients) struct Written {
    /// The file before it.
    pub(in crate::clients) content: Content,
    pub(in crate::clients) edited: Edited,
    /// The copy of it, where it was made now.
    pub(in crate::clients) backup: Option<PathBuf>,
}

impl ClientFile {
    pub(in crate::clients) fn write(&self, change: &Change<'_>, stop: &Shutdown) -> Result<Written, Error> {
        self.write_in(
            change,
            &mut Surroundings {
                state_root: self.state_root.as_deref(),
                clock: &SystemClock::start(),
                stop,
                ready: &mut || {},
            },
        )
    }

    /// Writes a change. A client that rewrites the file while it runs may do so with what it read before, so there the
    /// change is looked for a moment later, and made again.
    pub(in crate::clients) fn write_in(
        &self,
        change: &Change<'_>,
        surroundings: &mut Surroundings<'_>,
    ) -> Result<Written, Error> {
        let written = self.write_once(change, surroundings)?;
        if !self.target.client.is_state || written.edited.text.is_none() {
            return Ok(written);
        }
        for _ in 0..TRIES {
            surroundings.clock.sleep(BEFORE_READING_BACK, surroundings.stop)?;
            if self.read_and_edit(change).is_ok_and(|now| now.edited.text.is_none()) {
                return Ok(written);
            }
            self.write_once(change, surroundings)?;
        }
        Err(self.busy())
    }

    fn busy(&self) -> Error {
        let source = io::Error::new(io::ErrorKind::ResourceBusy, "another program keeps changing it");
        CoreError::Store { action: "update", path: self.path.clone(), source }.into()
    }

    fn write_once(&self, change: &Change<'_>, surroundings: &mut Surroundings<'_>) -> Result<Written, Error> {
        let (clock, stop) = (surroundings.clock, surroundings.stop);
        let mut written = self.read_and_edit(change);
        if is_transient(&written) {
            clock.sleep(BEFORE_NEXT_TRY, stop)?;
            written = self.read_and_edit(change);
        }
        let written = written?;
        let Some(text) = &written.edited.text else { return Ok(written) };
        let _lock = lock(self.target.client.lock, surroundings)?;
        let mut backup = None;
        let mut reservation = Reservation::new(&written.content.real, text.len())?.for_owner_of_directory();
        for attempt in 0..TRIES {
            if attempt > 0
                && let Err(stopped) = clock.sleep(BEFORE_NEXT_TRY, stop)
            {
                withdraw(backup);
                return Err(stopped.into());
            }
            // Also at first: another zoomtok may have written it while this one waited for the lock.
            let written = self.read_and_edit(change);
            if attempt + 1 < TRIES && is_transient(&written) {
                continue;
            }
            let Ok(Written { content, edited: Edited { text: Some(text), .. }, .. }) = &written else {
                withdraw(backup);
                return written;
            };
            backup = back_up(content, backup.as_ref())?;
            let ready = &mut *surroundings.ready;
            let is_unchanged = || {
                ready();
                self.read().is_ok_and(|now| now.text == content.text && now.real == content.real)
            };
            match reservation.commit_if(text.as_bytes(), is_unchanged)? {
                None => return written.map(|written| Written { backup, ..written }),
                Some(again) => reservation = again,
            }
        }
        withdraw(backup);
        Err(self.busy())
    }

    /// Previews [`ClientFile::write`], and checks whether it could be done. Nothing is written.
    pub(in crate::clients) fn preview_write(&self, change: &Change<'_>) -> Result<Written, Error> {
        let written = self.read_and_edit(change)?;
        if let Some(text) = &written.edited.text {
            self.could_write(&written.content.real, text.len())?;
        }
        Ok(written)
    }

    fn read_and_edit(&self, change: &Change<'_>) -> Result<Written, Error> {
        let content = self.read()?;
        let text = match (&content.text, change) {
            (Some(text), _) => text.as_str(),
            (None, Change::Server(_)) if !self.target.client.is_state => self.target.client.format.empty,
            // A token alone starts no server, so it is no reason to make the file.
            (None, _) => return Err(self.missing()),
        };
        let edited = self.target.apply(change, text).map_err(|refused| self.refused(refused))?;
        Ok(Written { content, edited, backup: None })
    }
}

/// The lock that all zoomtoks share which write a client's configuration. It is in the state directory, since a lock file
/// beside the configuration would litter somebody else's directory.
fn lock(name: &str, surroundings: &Surroundings<'_>) -> Result<Lock, Error> {
    let root = surroundings.state_root.ok_or_else(|| no_place("the lock"))?;
    make_private(root).map_err(|source| CoreError::Store {
        action: "make",
        path: root.to_owned(),
        source,
    })?;
    Ok(Lock::acquire(&root.join(name), LOCK_PATIENCE, surroundings.clock, surroundings.stop)?)
}

/// Whether somebody may be in the middle of writing the file: then it is whole a moment later.
fn is_transient(written: &Result<Written, Error>) -> bool {
    match written {
        Ok(written) => written.content.text.is_none(),
        Err(error) => matches!(error, Error::Unparseable { .. } | Error::Missing { .. }),
    }
}

/// Keeps a copy of the file as it was before zoomtok changed it for the first time. Gives its path when it was made in
/// this run; `made` says that an attempt before did.
fn back_up(content: &Content, made: Option<&PathBuf>) -> Result<Option<PathBuf>, Error> {
    let Some(text) = &content.text else { return Ok(made.cloned()) };
    let path = backup_path(&content.real);
    // A link too, wherever it leads: it is not zoomtok's to follow.
    if made.is_none() && path.symlink_metadata().is_ok() {
        return Ok(None);
    }
    Reservation::new(&path, text.len())?.for_owner_of_file(&content.real).commit(text.as_bytes())?;
    Ok(Some(path))
}

/// Where that copy is.
pub(in crate::clients) fn backup_path(real: &Path) -> PathBuf {
    let mut name = real.file_name().unwrap_or_default().to_owned();
    name.push(".zoomtok.bak");
    real.with_file_name(name)
}

/// Removes a copy that was made in this run, of what has not been changed after all.
fn withdraw(backup: Option<PathBuf>) {
    if let Some(path) = backup {
        // Where it cannot be removed it does no harm.
        let _ = fs::remove_file(path);
    }
}
