//! The identity of a `.env` for its counts. A file is known by the system's number as well as by its path: under the name
//! of a hard link, through a mount and in a renamed directory it is the same one, and its calls are counted together.
//!
//! There is a small entry for each file, made when a call is first counted for it, and one for each path whose counts are not
//! the ones that its own name gives. Each says under which key the calls are counted, and is written in place under the
//! kernel's lock on it. A copy is another file.

use std::ffi::OsStr;
use std::fs::{self, Metadata};
use std::io;
use std::path::{Path, PathBuf};

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::identity::{Identity, key_of};
use super::state::{StateDirectory, VERSION, Versioned};
use crate::error::Error;
use crate::files::{Directory, Tally, name_of};

/// The directory of the entries.
const FILES: &str = "files";

/// After that long an entry is forgotten whose file is gone. No limit of a policy looks back further than a day.
const FORGOTTEN_AFTER: TimeDelta = TimeDelta::seconds(48 * 3600);

/// The files and paths that are known in one state root.
#[derive(Debug, Clone)]
pub(crate) struct KnownFiles {
    root: PathBuf,
}

/// The record of a file or of a path.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Entry {
    /// The key of the state directory whose counts are used.
    counts: String,
    /// Where the file was last seen.
    path: String,
}

/// The result of a look for an entry.
enum Look {
    /// Another process has it.
    Busy,
    /// The key in it, where there is one.
    Done(Option<String>),
}

impl KnownFiles {
    /// The known files of a state root, which need not exist.
    pub(crate) fn new(root: &Path) -> Self {
        Self { root: root.to_owned() }
    }

    /// The files that the calls of a home of tokens are counted in, each of them. It is known from now on. None while another
    /// process looks it up or replaces it.
    ///
    /// # Errors
    ///
    /// Its entry cannot be read or written. Its calls may be counted elsewhere then.
    pub(crate) fn counts(&self, of: &Identity, now: DateTime<Utc>) -> Result<Option<Vec<PathBuf>>, Error> {
        let (real, own) = (of.path(), of.key());
        let Look::Done(of_path) = self.of_path(real)? else { return Ok(None) };
        let file = number_at(real)?;
        let mut opened = None;
        let mut of_file = None;
        if let Some(file) = &file {
            let Some(mut tally) = Tally::try_open(&self.entry(file))? else { return Ok(None) };
            of_file = read(&mut tally, &self.entry(file))?;
            opened = Some(tally);
        }
        let found = Found::new(of_file, of_path, &own);
        if let Some(mut tally) = opened {
            write(&mut tally, &found.of_file, real)?;
        }
        if found.of_path != own {
            let Some(mut tally) = Tally::try_open(&self.entry(&own))? else { return Ok(None) };
            read(&mut tally, &self.entry(&own))?;
            write(&mut tally, &found.of_path, real)?;
        }
        self.forget(now);
        if number_at(real)? != file {
            // It was replaced by somebody who could not know that it was one to be carried.
            return Ok(None);
        }
        Ok(Some(found.keys().map(|key| self.counts_of(key)).collect()))
    }

    /// Knows the file that has taken the place of `before` at `real`, if that or the path was known. Gives false while another
    /// process looks it up.
    ///
    /// # Errors
    ///
    /// As above.
    pub(crate) fn carry(&self, before: Option<&Metadata>, real: &Path) -> Result<bool, Error> {
        if !self.root.join(FILES).is_dir() {
            return Ok(true);
        }
        let (before, now) = (before.and_then(number), number_at(real)?);
        let Some(now) = now.filter(|now| Some(now) != before.as_ref()) else { return Ok(true) };
        let of_file = before.map_or(Ok(Look::Done(None)), |before| self.of(&before))?;
        let Look::Done(of_file) = of_file else { return Ok(false) };
        let Look::Done(of_path) = self.of_path(real)? else { return Ok(false) };
        let Some(counts) = of_file.or(of_path) else { return Ok(true) };
        let Some(mut tally) = Tally::try_open(&self.entry(&now))? else { return Ok(false) };
        if read(&mut tally, &self.entry(&now))?.is_none() {
            write(&mut tally, &counts, real)?;
        }
        Ok(true)
    }

    /// The key that a path is known under: by its entry, or because something was counted under its own.
    fn of_path(&self, real: &Path) -> Result<Look, Error> {
        let own = key_of(real);
        let was_counted = || Tally::exists(&self.counts_of(&own)).then(|| own.clone());
        Ok(match self.of(&own)? {
            Look::Busy => Look::Busy,
            Look::Done(known) => Look::Done(known.or_else(was_counted)),
        })
    }

    /// The key in an entry, if there is one.
    fn of(&self, name: &str) -> Result<Look, Error> {
        let path = self.entry(name);
        match path.symlink_metadata() {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Look::Done(None)),
            Err(source) => return Err(Error::Unreadable { path, source }),
            Ok(_) => {}
        }
        let Some(mut tally) = Tally::try_open(&path)? else { return Ok(Look::Busy) };
        read(&mut tally, &path).map(Look::Done)
    }

    fn entry(&self, name: &str) -> PathBuf {
        self.root.join(FILES).join(name)
    }

    fn counts_of(&self, key: &str) -> PathBuf {
        StateDirectory::counts_in(&self.root.join(key))
    }

    /// Removes entries of files that are gone and were not seen for long. Those that cannot be removed stay for later.
    fn forget(&self, now: DateTime<Utc>) {
        let files = self.root.join(FILES);
        let Ok(directory) = Directory::open(&files) else { return };
        for entry in fs::read_dir(&files).into_iter().flatten().flatten() {
            let name = entry.file_name();
            let is_old = || directory.metadata(&name).is_ok_and(|metadata| is_old(&metadata, now));
            if !is_old() {
                continue;
            }
            // A process that looks it up at this moment has the lock, and writes it.
            let path = files.join(&name);
            let Ok(Some(mut tally)) = Tally::try_open(&path) else { continue };
            if is_old() && tally.read().is_ok_and(|text| is_gone(&name, &text)) {
                let _ = directory.remove(&name);
            }
        }
    }
}

/// The findings about a `.env`: the key that the file is known under from now on, and the one of its path.
#[derive(Debug, PartialEq, Eq)]
struct Found {
    of_file: String,
    of_path: String,
}

impl Found {
    /// `own` is the key that the path gives by its name. A file or path that is new has the key of the other.
    fn new(of_file: Option<String>, of_path: Option<String>, own: &str) -> Self {
        let path = of_path.or_else(|| of_file.clone()).unwrap_or_else(|| own.to_owned());
        Self { of_file: of_file.unwrap_or_else(|| path.clone()), of_path: path }
    }

    /// The keys to count under. Both, where a known file lies at the path of another known one: under one of them alone, who
    /// lays a link over a file or puts a file in the place of a link would have a limit anew that is used up. Neither entry
    /// changes by that, so that two directories which change places do not count together for ever.
    fn keys(&self) -> impl Iterator<Item = &str> {
        let other = Some(self.of_path.as_str()).filter(|key| *key != self.of_file);
        // In the same order in every process.
        let (first, second) = match other {
            Some(other) if other < self.of_file.as_str() => (other, Some(self.of_file.as_str())),
            other => (self.of_file.as_str(), other),
        };
        std::iter::once(first).chain(second)
    }
}

/// The key in an entry; none where it was just made.
fn read(tally: &mut Tally, path: &Path) -> Result<Option<String>, Error> {
    let text = tally.read()?;
    if text.is_empty() {
        return Ok(None);
    }
    let problem =
        "this is not what zoomtok wrote there; remove it, and the limits of the policy may count from 0";
    let entry = parse(&text).ok_or_else(|| Error::Unparseable {
        path: path.to_owned(),
        line: None,
        problem: problem.into(),
    })?;
    Ok(Some(entry.counts))
}

fn parse(text: &[u8]) -> Option<Entry> {
    let Versioned { version, content } = serde_json::from_slice::<Versioned<Entry>>(text).ok()?;
    let is_key = content.counts.len() == 16 && content.counts.bytes().all(|byte| byte.is_ascii_hexdigit());
    (version == VERSION && is_key).then_some(content)
}

fn write(tally: &mut Tally, counts: &str, real: &Path) -> Result<(), Error> {
    let content = Entry { counts: counts.to_owned(), path: real.to_string_lossy().into_owned() };
    let text = serde_json::to_vec(&Versioned { version: VERSION, content })
        .map_err(|error| Error::Other { action: "write which .env is which".into(), source: error.into() })?;
    tally.write(text)?;
    tally.sync()
}

fn is_old(metadata: &Metadata, now: DateTime<Utc>) -> bool {
    let written = metadata.modified().map(DateTime::<Utc>::from);
    written.is_ok_and(|written| now.signed_duration_since(written) > FORGOTTEN_AFTER)
}

/// Whether the file of an entry is no longer where it was last seen. An entry that cannot be read is kept: its reader
/// reports it.
fn is_gone(name: &OsStr, text: &[u8]) -> bool {
    if text.is_empty() {
        return true;
    }
    let Some(Entry { path, .. }) = parse(text) else { return false };
    let path = Path::new(&path);
    match number_at(path) {
        Ok(Some(number)) => name != number.as_str() && name != key_of(path).as_str(),
        Ok(None) => true,
        Err(_) => false,
    }
}

/// The system's number for the file at this path; none where there is no such file, or no such number.
fn number_at(real: &Path) -> Result<Option<String>, Error> {
    match Directory::of(real).and_then(|directory| directory.metadata(name_of(real))) {
        Ok(metadata) => Ok(number(&metadata)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(Error::Unreadable { path: real.to_owned(), source }),
    }
}

/// Device and inode, and the time of its birth where there is one: an inode that is free is given to another file.
#[cfg(unix)]
#[expect(clippy::unnecessary_wraps, reason = "the same signature on every system")]
fn number(metadata: &Metadata) -> Option<String> {
    use std::os::unix::fs::MetadataExt as _;
    let born = metadata.created().ok().and_then(|born| DateTime::<Utc>::from(born).timestamp_nanos_opt());
    Some(format!("{:x}-{:x}-{:x}", metadata.dev(), metadata.ino(), born.unwrap_or_default()))
}

/// Elsewhere a file is known by its path alone.
#[cfg(not(unix))]
fn number(_: &Metadata) -> Option<String> {
    None
}

#[cfg(unix)]
#[cfg(test)]
mod tests;
