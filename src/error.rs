//! What can go wrong, with the exit code that says so and the hint that mends it.
//!
//! A variant holds data: which file, which variable, which answer. Its sentence is made here, once, and never holds
//! a secret: values are described, not repeated.

mod code;
mod diagnostic;
mod hint;
mod left;
mod refusal;

use std::io;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use thiserror::Error;

pub use code::Code;
pub use diagnostic::Diagnostic;
pub use left::Left;
pub use refusal::Refusal;

/// Everything that makes a command end without doing what it was asked for.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum Error {
    /// A setting or a flag with a value that it cannot have.
    #[error("{name} ({place}) {problem}")]
    Setting {
        /// The variable or flag.
        name: String,
        /// Where its value was found.
        place: String,
        /// What is wrong, to be read after the name; without the value where that may be secret.
        problem: String,
    },

    /// A token was asked to last longer than Zoom's tokens do.
    #[error("a token for more than {asked} s was asked for, and Zoom's live for {life} s")]
    Unmeetable {
        /// The seconds asked for.
        asked: u64,
        /// The seconds that the token just issued has left.
        life: i64,
    },

    /// There is nothing to ask Zoom with.
    #[error("no credentials: {}", lacking(.missing, .env_file, *.there))]
    CredentialsMissing {
        /// The variables that are missing.
        missing: Vec<&'static str>,
        /// The file that they belong into.
        env_file: PathBuf,
        /// Whether it exists.
        there: bool,
    },

    /// A credential that cannot be right, seen before Zoom was asked.
    #[error("{name} ({place}) {problem}")]
    Credential {
        /// The variable.
        name: &'static str,
        /// Where it was set.
        place: String,
        /// What is wrong with it, to be read after the name, without its value.
        problem: &'static str,
        /// What to do about it, as a sentence without its full stop.
        hint: &'static str,
    },

    /// A configuration file that is there and makes no sense. Nothing was changed in it.
    #[error("{}{}: {problem}", .path.display(), .line.map(|line| format!(", line {line}")).unwrap_or_default())]
    Unparseable {
        /// The file.
        path: PathBuf,
        /// The line, counted from 1, where one is to blame.
        line: Option<usize>,
        /// What is wrong there, without the text that stands there.
        problem: String,
    },

    /// A configuration file that is there and cannot be read. Nothing was changed in it.
    #[error("cannot read {}", .path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },

    /// A `.env` that was found, and not named, and may be somebody else's.
    #[error("{} was found and not named, and {problem}", .path.display())]
    Untrusted {
        /// The file.
        path: PathBuf,
        /// Whose it may be, to be read after its path.
        problem: String,
    },

    /// There is no token that could be handed on.
    #[error("no token to hand on: {problem}")]
    NoToken {
        /// What is wrong with what there is, without repeating it.
        problem: String,
    },

    /// Zoom gave a verdict: asking again with the same credentials gives the same answer.
    #[error("Zoom refused: {} (HTTP {status}{})", .refusal.what(), tracking(.tracking_id.as_ref()))]
    Refused {
        /// What the answer means.
        refusal: Refusal,
        /// The HTTP status.
        status: u16,
        /// What Zoom's support asks for.
        tracking_id: Option<String>,
    },

    /// Zoom could not be reached, or what came back was no verdict. What was stored is untouched.
    #[error("no token for now: {what}{}", tracked(.tracking_id.as_ref()))]
    Passing {
        /// What happened, to be read after a colon.
        what: String,
        /// Zoom asked not to be asked again before this time.
        not_before: Option<DateTime<Utc>>,
        /// Whether Zoom, or what stands in its place, may have seen the question.
        reached: bool,
        /// Whether Zoom may have spent the refresh token for an answer that was lost.
        spent: bool,
        /// What Zoom's support asks for.
        tracking_id: Option<String>,
    },

    /// What another process was told while this one waited for it.
    #[error("{message} (told a moment ago, at {})", .at.format("%H:%M:%SZ"))]
    TakenOver {
        /// The class of that failure.
        code: Code,
        /// Its sentence.
        message: String,
        /// Its hint.
        hint: Option<String>,
        /// When.
        at: DateTime<Utc>,
    },

    /// Zoom issued something that must not be written into a file that shells run.
    #[error("Zoom's token was refused: {problem}")]
    UnsafeToken {
        /// What is wrong with it.
        problem: &'static str,
        /// Whether a refresh token came with it, which is good.
        beside_refresh_token: bool,
    },

    /// A file could not be written. The old one is whole.
    #[error("cannot {action} {}", .path.display())]
    Store {
        /// The step that failed, as a verb.
        action: &'static str,
        /// What it was done to.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },

    /// A new token is needed, and the `.env` is one that can be read only once. Nobody was asked.
    #[error("a new token is needed, and {} is a pipe, into which none can be put", .path.display())]
    Stream {
        /// The pipe as it was named.
        path: PathBuf,
    },

    /// A new token is needed for a `.env` that is only read, or cannot be written. Zoom was not asked.
    #[error("a new token is needed, and {} {}", .path.display(), unwritten(.source.is_some()))]
    Adopted {
        /// The `.env`.
        path: PathBuf,
        /// Why it cannot be written; none where it is to be read only.
        source: Option<Box<Error>>,
    },

    /// A new token exists and `.env` does not hold it.
    #[error("the new token is not in its place but in {}", .recovery.display())]
    Unsaved {
        /// Where it waits for the next run.
        recovery: PathBuf,
        /// Why it is not in its place.
        source: Box<Error>,
    },

    /// A new token exists and could be stored nowhere.
    #[error("the new token could be stored nowhere, not even for later ({recovery})")]
    Lost {
        /// Whether the refresh token was spent for it, and the next one is lost with it.
        spent: bool,
        /// Why it is not in the recovery file.
        recovery: Box<Error>,
        /// Why it is not in its place.
        source: Box<Error>,
    },

    /// Somebody else kept the lock for longer than anybody should.
    #[error("another zoomtok holds {} for more than {waited} s", .path.display())]
    Busy {
        /// The lock file.
        path: PathBuf,
        /// How long this process waited, in seconds.
        waited: u64,
    },

    /// A signal ended a wait. What was stored is untouched.
    #[error("interrupted{}", .left.when())]
    Interrupted {
        /// The number of the signal.
        signal: u8,
        /// What is not as it was before.
        left: Left,
    },

    /// Nobody reads stdout any more, and what goes on only for its readers ends.
    #[error("nobody reads the output any more")]
    Unread,

    /// The command of `exec` cannot be run.
    #[error("cannot run {command}")]
    Command {
        /// The program as it was given.
        command: String,
        /// What the system said.
        source: io::Error,
    },

    /// Anything else, told by what was attempted.
    #[error("cannot {action}")]
    Other {
        /// What was attempted, as a verb.
        action: String,
        /// What the system said.
        source: io::Error,
    },
}

impl Diagnostic for Error {
    fn code(&self) -> Code {
        match self {
            Self::Setting { .. } | Self::Unmeetable { .. } => Code::Usage,
            Self::CredentialsMissing { .. }
            | Self::Credential { .. }
            | Self::Unparseable { .. }
            | Self::Unreadable { .. }
            | Self::Untrusted { .. } => Code::Configuration,
            Self::Unread => Code::Done,
            Self::Refused { .. } => Code::Refused,
            Self::Passing { .. } | Self::UnsafeToken { .. } => Code::Passing,
            Self::TakenOver { code, .. } => *code,
            Self::Store { .. }
            | Self::Stream { .. }
            | Self::Adopted { .. }
            | Self::Unsaved { .. }
            | Self::Lost { .. } => Code::Store,
            Self::Busy { .. } => Code::Busy,
            Self::Interrupted { signal, .. } => Code::Signal(*signal),
            Self::Command { source, .. } if source.kind() == io::ErrorKind::NotFound => Code::NotFound,
            Self::Command { .. } => Code::NotRunnable,
            Self::NoToken { .. } | Self::Other { .. } => Code::Failed,
        }
    }

    fn hint(&self) -> Option<String> {
        self.next_step()
    }
}

impl Error {
    /// Whether a file cannot be written for want of a right, or because the filesystem is read-only: what trying again does
    /// not change.
    pub fn is_unwritable(&self) -> bool {
        let Self::Store { source, .. } = self else { return false };
        matches!(source.kind(), io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem)
    }
}

fn unwritten(cannot_be: bool) -> &'static str {
    if cannot_be { "cannot be written" } else { "is to be read only (--read-only, ZOOMTOK_READ_ONLY)" }
}

fn list(names: &[&str]) -> String {
    match names {
        [] => String::new(),
        [only] => (*only).to_owned(),
        [most @ .., last] => format!("{} and {last}", most.join(", ")),
    }
}

fn lacking(names: &[&str], env_file: &Path, there: bool) -> String {
    let (names, path) = (list(names), env_file.display());
    if there {
        format!("{names} not set in the environment or in {path}")
    } else {
        format!("there is no {path}, and {names} not set in the environment")
    }
}

/// A tracking id that goes on with what stands in brackets.
pub(crate) fn tracking(id: Option<&String>) -> String {
    id.map(|id| format!(", tracking id {id}")).unwrap_or_default()
}

/// A tracking id in brackets of its own.
pub(crate) fn tracked(id: Option<&String>) -> String {
    id.map(|id| format!(" (tracking id {id})")).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_the_documented_ones() {
        let table = [
            (Code::Done, 0),
            (Code::Failed, 1),
            (Code::Usage, 2),
            (Code::Configuration, 3),
            (Code::Refused, 4),
            (Code::Passing, 5),
            (Code::Store, 6),
            (Code::Busy, 7),
            (Code::Claude, 8),
            (Code::NotRunnable, 126),
            (Code::NotFound, 127),
            (Code::Signal(15), 143),
        ];
        for (code, number) in table {
            assert_eq!(code.number(), number, "{code:?}");
        }
    }

    #[test]
    fn only_what_zoom_said_is_taken_over() {
        let taken: Vec<i32> = (0..=255).filter(|number| Code::of_exchange(*number).is_some()).collect();
        assert_eq!(taken, [4, 5]);
    }

    #[test]
    fn a_missing_credential_names_variable_and_file() {
        let names = "ZOOM_CLIENT_ID and ZOOM_CLIENT_SECRET not set in the environment";
        for (there, message, hint) in [
            (true, format!("no credentials: {names} or in /home/me/.env"), "Put there"),
            (false, format!("no credentials: there is no /home/me/.env, and {names}"), "Make that file"),
        ] {
            let missing = vec!["ZOOM_CLIENT_ID", "ZOOM_CLIENT_SECRET"];
            let error = Error::CredentialsMissing { missing, env_file: "/home/me/.env".into(), there };
            assert_eq!(error.to_string(), message);
            assert!(error.hint().unwrap().starts_with(hint), "{error:?}");
            assert_eq!(error.code(), Code::Configuration);
        }
    }
}
