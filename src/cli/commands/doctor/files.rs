//! The `.env` as a file, what lies beside it, and the directory for state.

use std::path::{Path, PathBuf};

use super::finding::Finding;
use crate::error::{Diagnostic as _, Error};
use crate::files::{Lock, is_mounted, is_open, is_replaceable, lock_path, mode, temporary};
use crate::settings::Chosen;
use crate::store::{ROOM_FOR_TOKENS, StateDirectory, is_storable};

/// The state of the files.
pub(super) struct Seen {
    /// The path as it was named or found, and why it is that.
    pub(super) path: PathBuf,
    pub(super) chosen: Chosen,
    /// Whether it is to be read only.
    pub(super) read_only: bool,
    /// Where it leads, if it is a symbolic link.
    pub(super) link: Option<PathBuf>,
    /// Whether it is there, or why it cannot be read.
    pub(super) exists: Result<bool, Error>,
    /// Its mode, on systems that have one.
    pub(super) mode: Option<u32>,
    /// Whether it could be replaced.
    pub(super) replaceable: Result<(), Error>,
    /// Whether it is mounted by itself, and written where it is.
    pub(super) mounted: bool,
    pub(super) lock: Locked,
    /// A file that a killed process left beside it.
    pub(super) leftover: Option<PathBuf>,
    pub(super) state: TokenState,
}

/// The state of the lock.
pub(super) enum Locked {
    Free,
    Held(PathBuf),
    Unusable(Error),
}

/// The state of the directory for state.
pub(super) struct TokenState {
    /// None where the system names no place for it.
    pub(super) directory: Option<PathBuf>,
    pub(super) writable: Result<(), Error>,
    /// Its files that others can read, and itself, with the mode that each should have.
    pub(super) open: Vec<(PathBuf, u32)>,
    /// Where tokens wait that could not be put into `.env`, and why they cannot be read if so.
    pub(super) recovery: Option<(PathBuf, Option<Error>)>,
}

/// Looks at the files. `real` is the path of the `.env` without symbolic links.
pub(super) fn look(
    path: &Path,
    chosen: &Chosen,
    read_only: bool,
    real: Option<PathBuf>,
    exists: Result<bool, Error>,
    state: &StateDirectory,
) -> Seen {
    let target = real.clone().unwrap_or_else(|| path.to_owned());
    let locked = locked(&target);
    let being_written = matches!(locked, Locked::Held(_));
    Seen {
        path: path.to_owned(),
        chosen: chosen.clone(),
        read_only,
        mode: mode(&target).filter(|_| target.is_file()),
        replaceable: if read_only { Ok(()) } else { is_storable(&target, ROOM_FOR_TOKENS, state) },
        mounted: !read_only && is_mounted(&target),
        leftover: Some(temporary(&target)).filter(|path| !being_written && path.exists()),
        lock: locked,
        state: look_at_state(state),
        link: real.filter(|_| path.is_symlink()),
        exists,
    }
}

/// The lock, which is not made for this where there is none: then nobody has it.
fn locked(target: &Path) -> Locked {
    let path = lock_path(target);
    if !path.exists() && !is_mounted(target) {
        return Locked::Free;
    }
    match Lock::try_acquire(target) {
        Ok(Some(_)) => Locked::Free,
        Ok(None) => Locked::Held(path),
        Err(error) => Locked::Unusable(error),
    }
}

fn look_at_state(state: &StateDirectory) -> TokenState {
    let memory = state.memory_path();
    let directory = memory.as_deref().and_then(Path::parent).map(Path::to_owned);
    // A missing directory is made in the nearest place that exists, which is no directory in the worst case.
    let exists = |path: &&Path| path.symlink_metadata().is_ok();
    let there = directory.as_deref().and_then(|path| path.ancestors().find(exists));
    let recovery = state.recovery_path().filter(|path| path.exists());
    let files = [memory.clone(), state.recovery_path(), state.counts_path()];
    let open = directory
        .iter()
        .map(|path| (path.clone(), 0o700))
        .chain(files.into_iter().flatten().map(|path| (path, 0o600)))
        .filter(|(path, _)| mode(path).is_some_and(is_open))
        .collect();
    TokenState {
        writable: there.map_or(Ok(()), |there| is_replaceable(&there.join("state.json"), ROOM_FOR_TOKENS)),
        open,
        recovery: recovery.map(|path| (path, state.recovery().err())),
        directory,
    }
}

/// The finding about a `.env` that was read once, and beside which nothing can lie.
pub(super) fn of_stream(path: &Path) -> Finding {
    let error = Error::Stream { path: path.to_owned() };
    let message = format!("the settings are in {}, a pipe: a new token cannot be put there", path.display());
    Finding::doubtful("env_file", message, error.hint().unwrap_or_default())
}

/// The findings about the files.
pub(super) fn judge(seen: &Seen) -> Vec<Finding> {
    let mut findings = vec![found(seen)];
    let path = seen.path.display();
    if let Some(mode) = seen.mode.filter(|mode| is_open(*mode)) {
        findings.push(Finding::doubtful(
            "env_file",
            format!("others than its owner can read or write {path} (mode {mode:03o})"),
            format!("chmod 600 {path}"),
        ));
    }
    if let Some(link) = &seen.link {
        let message = format!("{path} is a symbolic link, which stays; what changes is {}", link.display());
        findings.push(Finding::good("env_file", message));
    }
    if seen.mounted {
        findings.push(Finding::doubtful(
            "env_file",
            format!("{path} is mounted by itself: a new token is written into it, which readers may find half done"),
            "Mount the directory that it is in instead",
        ));
    }
    match (&seen.replaceable, &seen.lock) {
        _ if seen.read_only => {
            let message = "its token is used while it lasts: --read-only or ZOOMTOK_READ_ONLY has nothing written there";
            findings.push(Finding::good("env_file", message));
        }
        (Err(error), _) => findings.push(Finding::error("env_file", error)),
        (Ok(()), Locked::Unusable(error)) => findings.push(Finding::error("lock", error)),
        (Ok(()), Locked::Held(lock)) => findings.push(Finding::doubtful(
            "lock",
            format!("another zoomtok holds {}; for how long already is not known", lock.display()),
            still_held(lock),
        )),
        (Ok(()), Locked::Free) => {
            findings.push(Finding::good("lock", "a new token can be stored, and nobody holds the lock"));
        }
    }
    if let Some(leftover) = &seen.leftover {
        findings.push(Finding::doubtful(
            "env_file",
            format!("a process that was killed has left {}", leftover.display()),
            "The next zoomtok get removes it",
        ));
    }
    findings.extend(of_state(&seen.state));
    findings
}

fn found(seen: &Seen) -> Finding {
    let path = seen.path.display();
    let why = match &seen.chosen {
        Chosen::ByFlag => "named by --env-file".into(),
        Chosen::ByVariable => "named by ZOOM_ENV_FILE".into(),
        Chosen::Profile(name) => format!("that of the profile {name}"),
        Chosen::Configured => "the one in zoomtok's configuration directory".into(),
        Chosen::Found | Chosen::ToBeMade => "the first one found".to_owned(),
    };
    match &seen.exists {
        Ok(true) => Finding::good("env_file", format!("the settings are in {path}, {why}")),
        Ok(false) if seen.chosen == Chosen::ToBeMade => Finding::doubtful(
            "env_file",
            "there is no .env, neither here nor in a directory above nor in zoomtok's configuration directory",
            format!(
                "Put the credentials of your app into {path}, or name the file that has them with --env-file"
            ),
        ),
        Ok(false) => Finding::doubtful(
            "env_file",
            format!("{path} is not there, though it is {why}"),
            "Make it, or name another one",
        ),
        Err(error) => {
            Finding::error("env_file", error).or_hint("Name another one with --env-file or --profile")
        }
    }
}

fn still_held(lock: &Path) -> String {
    let busy = Error::Busy { path: lock.to_owned(), waited: 0 };
    let hint = busy.hint().unwrap_or_default();
    format!("Nobody holds it for more than 30 s. Look again then; if it is still held: {hint}")
}

fn of_state(state: &TokenState) -> Vec<Finding> {
    let Some(directory) = &state.directory else {
        return vec![Finding::doubtful(
            "state",
            "there is no directory to remember anything in",
            "Set HOME or XDG_STATE_HOME",
        )];
    };
    let mut findings = vec![match &state.writable {
        Ok(()) => {
            Finding::good("state", format!("what lasts between runs is kept in {}", directory.display()))
        }
        Err(error) => Finding::bad(
            "state",
            error.code(),
            format!("nothing can be kept in {}: {}", directory.display(), error.with_causes()),
            error.hint().unwrap_or_default(),
        ),
    }];
    findings.extend(state.open.iter().map(|(path, mode)| {
        let path = path.display();
        Finding::doubtful(
            "state",
            format!("others can read or write {path}"),
            format!("chmod {mode:o} {path}"),
        )
    }));
    findings.extend(state.recovery.iter().map(|(path, error)| {
        match error {
            None => Finding::doubtful(
                "state",
                format!("a token that could not be put into .env waits in {}", path.display()),
                "Run zoomtok get: it puts the token in its place",
            ),
            // It holds a refresh token, perhaps the only one that is good.
            Some(error) => Finding::error("state", error)
                .or_hint("It may hold the only good refresh token: look at it before you remove it"),
        }
    }));
    findings
}

#[cfg(test)]
mod tests;
