//! What zoomtok remembers of one `.env` outside of it: the last failure, the difference of the clocks, the scopes
//! of its token, and tokens that could not be put in their place.
//!
//! All of it is written under the lock of that `.env`. Losing it costs a request, but for the recovery file.

mod texts;

use std::collections::BTreeMap;
use std::fs::Metadata;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, Utc};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

pub use self::texts::Texts;
use crate::error::Error;
use crate::files::{
    Access, Directory, Reservation, heir, heir_of_secrets, make_private, name_of, read_opened,
};

/// The version of both files. A file of another version is left alone.
pub(super) const VERSION: u32 = 1;

/// No file of ours comes near this many bytes.
const MOST: u64 = 4 * 1024 * 1024;

/// The bytes that a file is given from the start, more than two tokens of Zoom's and what goes with them.
const ROOM: usize = 8 * 1024;

/// What is remembered between runs and may be forgotten.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Memory {
    /// The last exchange, if it failed.
    pub failure: Option<Failure>,
    /// When a watch last began an exchange, whatever became of it.
    #[serde(default)]
    pub attempt: Option<DateTime<Utc>>,
    /// How far the clocks were apart at the last exchange, if that was worth a warning.
    pub clock: Option<ClockDifference>,
    /// What the last token may be used for, by the names of Zoom's scopes, if Zoom ever said it.
    #[serde(default)]
    pub scopes: Vec<String>,
    /// A digest of what Zoom was last asked with where that may have spent a refresh token and no answer has come. It is
    /// written before Zoom is asked.
    #[serde(default)]
    pub spent: Option<String>,
    /// How long the last token lived, where that was less than it was needed for.
    #[serde(default)]
    pub life: Option<Life>,
}

/// The life of a token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Life {
    /// In seconds.
    pub seconds: i64,
    /// A digest of the app and the account that it was issued for.
    pub app: String,
    /// When it was issued, by this machine's clock.
    pub measured_at: DateTime<Utc>,
}

/// A failure that processes which waited for it take over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// When it was known.
    pub at: DateTime<Utc>,
    /// Its exit code: 4 or 5.
    pub code: i32,
    /// Its sentence.
    pub message: String,
    /// Its hint.
    pub hint: Option<String>,
    /// Zoom asked not to be asked again before this time.
    pub not_before: Option<DateTime<Utc>>,
    /// A digest of what Zoom was asked with.
    #[serde(default)]
    pub credentials: Option<String>,
}

/// A difference between Zoom's clock and this machine's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClockDifference {
    /// Seconds that Zoom's clock was ahead; negative when it was behind.
    pub ahead: i64,
    /// When it was measured, by this machine's clock.
    pub measured_at: DateTime<Utc>,
}

/// New values of a `.env` that could not be written there.
#[derive(Clone, Serialize, Deserialize)]
pub struct Recovery {
    /// When they were obtained.
    pub saved_at: DateTime<Utc>,
    /// A digest of the refresh token that theirs takes the place of, where there was one: it replaces no other.
    pub replaces: Option<String>,
    /// Variable and value.
    pub values: BTreeMap<String, Zeroizing<String>>,
}

/// What this process remembers in place of a file that it cannot write, by the key of a [`StateDirectory`].
static UNWRITTEN: Mutex<BTreeMap<String, Unwritten>> = Mutex::new(BTreeMap::new());

struct Unwritten {
    memory: Memory,
    /// Why it is not in the file; none where there is no place for one.
    problem: Option<String>,
}

fn unwritten() -> MutexGuard<'static, BTreeMap<String, Unwritten>> {
    // Each of them is put there in one step.
    UNWRITTEN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The directory that holds this for one `.env`.
#[derive(Debug, Clone)]
pub struct StateDirectory {
    /// A name for it in this process.
    key: String,
    /// None where the system names no place for such files.
    path: Option<PathBuf>,
}

/// Where zoomtok keeps state on this system: `$XDG_STATE_HOME/zoomtok`, else `~/.local/state/zoomtok`, on macOS and
/// Windows the local application data.
pub fn default_root() -> Option<PathBuf> {
    root_where(std::env::var_os("XDG_STATE_HOME").map(PathBuf::from))
}

/// The same for a process in which `$XDG_STATE_HOME` is this.
pub(crate) fn root_where(named: Option<PathBuf>) -> Option<PathBuf> {
    // `dirs` reads the variable on Linux only; who sets it elsewhere means it too.
    let named = named.filter(|path| path.is_absolute());
    let in_home = || {
        let has_place = !cfg!(any(windows, target_os = "macos"));
        dirs::home_dir().filter(|_| has_place).map(|home| home.join(".local").join("state"))
    };
    named.or_else(in_home).or_else(dirs::data_local_dir).map(|root| root.join("zoomtok"))
}

/// A short name for a text that cannot be turned back into it.
pub fn digest(text: &[u8]) -> String {
    let digest = ring::digest::digest(&ring::digest::SHA256, text);
    let head = digest.as_ref().iter().take(8).fold(0_u64, |head, byte| head << 8 | u64::from(*byte));
    format!("{head:016x}")
}

/// The name of the directory for the `.env` whose path without symbolic links is this.
pub(super) fn key_of(env_file: &Path) -> String {
    digest(env_file.as_os_str().as_encoded_bytes())
}

impl StateDirectory {
    /// The directory for the `.env` whose path without symbolic links is `env_file`.
    pub fn of(root: Option<&Path>, env_file: &Path) -> Self {
        let name = key_of(env_file);
        let key = format!("{}:{name}", root.unwrap_or(Path::new("")).display());
        Self { key, path: root.map(|root| root.join(name)) }
    }

    /// Where the memory is kept.
    pub fn memory_path(&self) -> Option<PathBuf> {
        self.path.as_ref().map(|path| path.join("state.json"))
    }

    /// Where tokens wait that could not be put in their place.
    pub fn recovery_path(&self) -> Option<PathBuf> {
        self.path.as_ref().map(|path| path.join("recovery.json"))
    }

    /// Where the texts of a `.env` are while it is written where it is.
    pub fn rewrite_path(&self) -> Option<PathBuf> {
        self.path.as_ref().map(|path| path.join("rewrite.json"))
    }

    /// Whether anything waits for its place in the `.env`.
    pub fn is_waiting(&self) -> bool {
        [self.recovery_path(), self.rewrite_path()].into_iter().flatten().any(|path| path.exists())
    }

    /// Where the calls are counted that a policy limits.
    pub fn counts_path(&self) -> Option<PathBuf> {
        self.path.as_deref().map(Self::counts_in)
    }

    /// The same, by the path of the directory.
    pub(super) fn counts_in(directory: &Path) -> PathBuf {
        directory.join("policy-counts.json")
    }

    /// What is remembered. What cannot be read is as good as forgotten.
    pub fn memory(&self) -> Memory {
        if let Some(kept) = unwritten().get(&self.key) {
            return kept.memory.clone();
        }
        self.memory_path().and_then(|path| read(&path).ok().flatten()).unwrap_or_default()
    }

    /// Remembers `memory` from now on. This process does so in any case.
    ///
    /// # Errors
    ///
    /// [`Error::Store`] when other processes do not; they have the old memory then.
    pub fn remember(&self, memory: &Memory) -> Result<(), Error> {
        let written = self.memory_path().map(|path| self.write(&path, memory, heir));
        let problem = match &written {
            Some(Ok(())) => {
                unwritten().remove(&self.key);
                return Ok(());
            }
            Some(Err(error)) => Some(error.with_causes()),
            None => None,
        };
        unwritten().insert(self.key.clone(), Unwritten { memory: memory.clone(), problem });
        written.unwrap_or(Ok(()))
    }

    /// Why what is remembered is not in its file, if there is a place for that.
    pub fn problem(&self) -> Option<String> {
        unwritten().get(&self.key)?.problem.clone()
    }

    /// The values that wait for their place, if any do.
    ///
    /// # Errors
    ///
    /// They are there and cannot be read.
    pub fn recovery(&self) -> Result<Option<Recovery>, Error> {
        self.recovery_path().map_or(Ok(None), |path| read(&path))
    }

    /// Saves values that could not be put in their place. `of` is what the system said of the `.env`.
    ///
    /// # Errors
    ///
    /// [`Error::Store`] when they cannot be saved here either.
    pub fn save_recovery(&self, recovery: &Recovery, of: Option<&Metadata>) -> Result<PathBuf, Error> {
        let path = self.recovery_path().ok_or_else(|| no_place("the recovery file"))?;
        self.write(&path, recovery, |directory| heir_of_secrets(directory, of))?;
        Ok(path)
    }

    /// The texts of a rewrite that was not finished, if there are any.
    ///
    /// # Errors
    ///
    /// They exist and cannot be read.
    pub fn rewrite(&self) -> Result<Option<Texts>, Error> {
        self.rewrite_path().map_or(Ok(None), |path| read(&path))
    }

    /// Saves the texts of a `.env` that is about to be written where it is. `of` is what the system said of it.
    pub(super) fn save_rewrite(&self, texts: &Texts, of: Option<&Metadata>) -> Result<(), Error> {
        let path = self.rewrite_path().ok_or_else(|| no_place("the texts"))?;
        self.write(&path, texts, |directory| heir_of_secrets(directory, of))
    }

    /// Forgets the texts, now that the new one is in its place.
    ///
    /// # Errors
    ///
    /// [`Error::Store`] when the file cannot be removed.
    pub fn forget_rewrite(&self) -> Result<(), Error> {
        remove(self.rewrite_path())
    }

    /// Forgets the recovered values, now that they are in their place.
    ///
    /// # Errors
    ///
    /// [`Error::Store`] when the file cannot be removed.
    pub fn forget_recovery(&self) -> Result<(), Error> {
        remove(self.recovery_path())
    }

    fn write<T: Serialize>(
        &self,
        path: &Path,
        content: &T,
        owner: impl FnOnce(&Directory) -> Option<Metadata>,
    ) -> Result<(), Error> {
        let failed = |source| Error::Store { action: "write", path: path.to_owned(), source };
        if let Some(directory) = &self.path {
            make_private(directory).map_err(failed)?;
        }
        // It may hold tokens, and a text that has to move leaves a copy behind.
        let mut text = Zeroizing::new(Vec::with_capacity(ROOM));
        serde_json::to_writer_pretty(&mut *text, &Versioned { version: VERSION, content })
            .map_err(|error| failed(error.into()))?;
        text.push(b'\n');
        let directory = Directory::of(path).map_err(failed)?;
        let owner = owner(&directory);
        Reservation::in_directory(&directory, path, text.len())?.for_owner(owner).commit(&text)
    }
}

/// That there is nowhere to put something, since the system names no place for state.
pub(crate) fn no_place(what: &str) -> Error {
    Error::Other {
        action: format!("find a directory for {what}"),
        source: io::Error::new(io::ErrorKind::NotFound, "neither XDG_STATE_HOME nor HOME is set"),
    }
}

#[derive(Serialize, Deserialize)]
pub(super) struct Versioned<T> {
    pub(super) version: u32,
    #[serde(flatten)]
    pub(super) content: T,
}

fn remove(path: Option<PathBuf>) -> Result<(), Error> {
    let Some(path) = path else { return Ok(()) };
    match Directory::of(&path).and_then(|directory| directory.remove(name_of(&path))) {
        Err(source) if source.kind() != io::ErrorKind::NotFound => {
            Err(Error::Store { action: "remove", path, source })
        }
        _ => Ok(()),
    }
}

/// A file of ours; none when it does not exist.
fn read<T: DeserializeOwned>(path: &Path) -> Result<Option<T>, Error> {
    let opened = Directory::of(path).and_then(|directory| directory.file(name_of(path), Access::Read));
    let text = match opened
        .and_then(|(file, metadata)| read_opened(file, &metadata, MOST, "which none of these is"))
    {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(source) => return Err(Error::Unreadable { path: path.to_owned(), source }),
    };
    let unparseable =
        |problem: &str| Error::Unparseable { path: path.to_owned(), line: None, problem: problem.into() };
    // The error of serde_json is not shown: it may repeat a value.
    let file: Versioned<T> =
        serde_json::from_slice(&text).map_err(|_| unparseable("this is not what zoomtok wrote there"))?;
    if file.version != VERSION {
        return Err(unparseable("another version of zoomtok wrote this"));
    }
    Ok(Some(file.content))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn memory() -> Memory {
        Memory {
            failure: Some(Failure {
                at: "2026-03-04T12:00:00Z".parse().unwrap(),
                code: 5,
                message: "no token for now".into(),
                hint: None,
                not_before: None,
                credentials: None,
            }),
            attempt: Some("2026-03-04T11:59:59Z".parse().unwrap()),
            clock: Some(ClockDifference {
                ahead: -7200,
                measured_at: "2026-03-04T14:00:00Z".parse().unwrap(),
            }),
            scopes: vec!["user:read:user:admin".into()],
            spent: Some("0123456789abcdef".into()),
            life: Some(Life {
                seconds: 3599,
                app: "fedcba9876543210".into(),
                measured_at: "2026-03-04T11:00:00Z".parse().unwrap(),
            }),
        }
    }

    #[test]
    fn what_was_remembered_is_read_again() {
        let root = tempfile::tempdir().unwrap();
        let state = StateDirectory::of(Some(root.path()), Path::new("/home/me/.env"));
        assert_eq!(state.memory(), Memory::default());
        state.remember(&memory()).unwrap();
        assert_eq!(state.memory(), memory());
        let other = StateDirectory::of(Some(root.path()), Path::new("/home/you/.env"));
        assert_eq!(other.memory(), Memory::default());
    }

    #[test]
    fn what_cannot_be_written_is_remembered_by_this_process() {
        let root = tempfile::tempdir().unwrap();
        let place = root.path().join("zoomtok");
        let state = || StateDirectory::of(Some(&place), Path::new("/home/me/.env"));
        Reservation::new(&place, 0).unwrap().commit(b"a file where a directory should be").unwrap();
        assert_eq!(state().problem(), None);
        state().remember(&memory()).unwrap_err();
        assert_eq!(state().memory(), memory());
        assert!(state().problem().unwrap().contains("state.json"));
        // As soon as it can be written it is.
        fs::remove_file(&place).unwrap();
        let later = Memory { failure: None, ..memory() };
        state().remember(&later).unwrap();
        assert_eq!((state().memory(), state().problem()), (later, None));

        let nowhere = StateDirectory::of(None, &place);
        nowhere.remember(&memory()).unwrap();
        assert_eq!((nowhere.memory(), nowhere.problem()), (memory(), None));
    }

    #[test]
    fn a_memory_from_before_there_were_scopes_is_read() {
        let root = tempfile::tempdir().unwrap();
        let state = StateDirectory::of(Some(root.path()), Path::new("/home/me/.env"));
        state.remember(&memory()).unwrap();
        let path = state.memory_path().unwrap();
        let mut json: serde_json::Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
        for later in ["scopes", "spent", "life"] {
            json.as_object_mut().unwrap().remove(later).unwrap();
        }
        Reservation::new(&path, 0).unwrap().commit(json.to_string().as_bytes()).unwrap();
        assert_eq!(state.memory(), Memory { scopes: Vec::new(), spent: None, life: None, ..memory() });
    }

    #[test]
    fn a_recovery_is_kept_until_it_is_forgotten() {
        let root = tempfile::tempdir().unwrap();
        let state = StateDirectory::of(Some(root.path()), Path::new("/home/me/.env"));
        assert!(state.recovery().unwrap().is_none());
        let values = BTreeMap::from([("ZOOM_ACCESS_TOKEN".to_owned(), "token".to_owned().into())]);
        let recovery = Recovery { saved_at: DateTime::UNIX_EPOCH, replaces: None, values: values.clone() };
        state.save_recovery(&recovery, None).unwrap();
        assert_eq!(state.recovery().unwrap().unwrap().values, values);
        state.forget_recovery().unwrap();
        state.forget_recovery().unwrap();
        assert!(state.recovery().unwrap().is_none());
    }

    #[test]
    fn a_recovery_of_another_version_is_an_error_and_stays() {
        let root = tempfile::tempdir().unwrap();
        let state = StateDirectory::of(Some(root.path()), Path::new("/home/me/.env"));
        let recovery = Recovery { saved_at: DateTime::UNIX_EPOCH, replaces: None, values: BTreeMap::new() };
        let path = state.save_recovery(&recovery, None).unwrap();
        let text = fs::read_to_string(&path).unwrap().replace("\"version\": 1", "\"version\": 2");
        Reservation::new(&path, 0).unwrap().commit(text.as_bytes()).unwrap();
        assert!(state.recovery().is_err());
        assert!(path.exists());
    }

    #[cfg(unix)]
    #[test]
    fn nobody_else_can_read_the_state() {
        use std::os::unix::fs::PermissionsExt as _;
        let root = tempfile::tempdir().unwrap();
        let state = StateDirectory::of(Some(&root.path().join("zoomtok")), Path::new("/home/me/.env"));
        state.remember(&memory()).unwrap();
        let file = state.memory_path().unwrap();
        for (path, mode) in [(file.as_path(), 0o600), (file.parent().unwrap(), 0o700)] {
            assert_eq!(fs::metadata(path).unwrap().permissions().mode() & 0o777, mode, "{}", path.display());
        }
    }
}
