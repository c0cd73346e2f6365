//! Everything that can go wrong, with its exit code and a hint how to fix it.
//!
//! A variant holds data: which file, which variable, which answer. Its message is formatted here and nowhere else, and
//! never contains a secret: values are described, not repeated.

mod code;
mod diagnostic;
mod hint;
mod left;
mod refusal;
mod shared;

use std::io;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use thiserror::Error;

pub use code::Code;
pub use diagnostic::Diagnostic;
pub use left::Left;
pub use refusal::Refusal;
pub use shared::SharedError;

/// Why a command failed.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum Error {
    /// A setting or a flag has an invalid value.
    #[error("{name} ({place}) {problem}")]
    Setting {
        /// The variable or flag.
        name: String,
        /// The source of its value.
        place: String,
        /// The problem, phrased to follow the name; without the value if that may be secret.
        problem: String,
    },

    /// The required lifetime is longer than that of Zoom's tokens.
    #[error("a token valid for more than {asked} s is required, but Zoom's tokens last {life} s")]
    Unmeetable {
        /// The required lifetime in seconds.
        asked: u64,
        /// The remaining lifetime, in seconds, of the token just issued.
        life: i64,
    },

    /// Credentials are missing.
    #[error("no credentials: {}", lacking(.missing, .env_file, *.there, *.counts_exported))]
    CredentialsMissing {
        /// The missing variables.
        missing: Vec<&'static str>,
        /// The file in which they belong.
        env_file: PathBuf,
        /// Whether that file exists.
        there: bool,
        /// Whether those count that are exported.
        counts_exported: bool,
    },

    /// A profile that was named does not exist.
    #[error("there is no profile {profile}: {} does not exist; {}", .path.display(), existing(.others))]
    NoProfile {
        /// Its name.
        profile: String,
        /// Where it would be.
        path: PathBuf,
        /// The names of those that exist.
        others: Vec<String>,
    },

    /// A credential cannot be right. Zoom was not asked.
    #[error("{name} ({place}) {problem}")]
    Credential {
        /// The variable.
        name: &'static str,
        /// The source of its value.
        place: String,
        /// The problem, phrased to follow the name, without the value.
        problem: &'static str,
        /// How to fix it, as a sentence without a full stop.
        hint: &'static str,
    },

    /// The command that is to print the client secret did not. Zoom was not asked.
    #[error("{name} ({place}) {problem}")]
    NoSecret {
        /// The variable.
        name: &'static str,
        /// Where the command is set.
        place: String,
        /// The problem, phrased to follow the name, without the command and without its output.
        problem: String,
        /// The last line of its standard error.
        source: Option<io::Error>,
    },

    /// An existing configuration file cannot be parsed. It is unchanged.
    #[error("{}{}: {problem}", .path.display(), .line.map(|line| format!(", line {line}")).unwrap_or_default())]
    Unparseable {
        /// The file.
        path: PathBuf,
        /// The line at fault, counted from 1, if there is one.
        line: Option<usize>,
        /// The problem, without the text of that line.
        problem: String,
    },

    /// An existing configuration file cannot be read. It is unchanged.
    #[error("cannot read {}", .path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The error from the system.
        source: io::Error,
    },

    /// A `.env` that was found, not named, may belong to someone else.
    #[error("{} was found and not named, and {problem}", .path.display())]
    Untrusted {
        /// The file.
        path: PathBuf,
        /// The possible owner, phrased to follow its path.
        problem: String,
    },

    /// There is no usable token to pass on.
    #[error("no token to pass on: {problem}")]
    NoToken {
        /// Why the existing token is unusable, without repeating it.
        problem: String,
    },

    /// Zoom gave a verdict: another request with the same credentials gets the same answer.
    #[error("Zoom refused: {} (HTTP {status}{})", .refusal.what(), tracking(.tracking_id.as_ref()))]
    Refused {
        /// The reason.
        refusal: Refusal,
        /// The HTTP status.
        status: u16,
        /// The id that Zoom's support asks for.
        tracking_id: Option<String>,
    },

    /// A transient failure: Zoom could not be reached, or its answer was no verdict. Stored tokens are unchanged.
    #[error("could not get a token: {what}{}", tracked(.tracking_id.as_ref()))]
    Transient {
        /// The reason, phrased to follow a colon.
        what: String,
        /// The time until which Zoom asked to wait.
        not_before: Option<DateTime<Utc>>,
        /// Whether Zoom, or a stand-in for it, may have received the request.
        reached: bool,
        /// Whether Zoom may have used up the refresh token for an answer that was lost.
        spent: bool,
        /// The id that Zoom's support asks for.
        tracking_id: Option<String>,
    },

    /// The failure of another process for which this one waited.
    #[error("{message} (reported by another zoomtok at {})", .at.format("%H:%M:%SZ"))]
    TakenOver {
        /// Its exit code.
        code: Code,
        /// Its message.
        message: String,
        /// Its hint.
        hint: Option<String>,
        /// When it happened.
        at: DateTime<Utc>,
    },

    /// Zoom issued a token that must not be written into a file that shells run.
    #[error("the token from Zoom is unusable: {problem}")]
    UnsafeToken {
        /// The problem with the token.
        problem: &'static str,
        /// Whether a usable refresh token came with it.
        beside_refresh_token: bool,
    },

    /// A file could not be written. The old one is intact.
    #[error("cannot {action} {}", .path.display())]
    Store {
        /// The step that failed, as a verb.
        action: &'static str,
        /// The file or directory.
        path: PathBuf,
        /// The error from the system.
        source: io::Error,
    },

    /// A new token is needed, but the `.env` can be read only once. Zoom was not asked.
    #[error("a new token is needed, but {} is a pipe, which cannot store one", .path.display())]
    Stream {
        /// The pipe, as it was named.
        path: PathBuf,
    },

    /// A new token is needed, but the `.env` is read-only or cannot be written. Zoom was not asked.
    #[error("a new token is needed, but {} {}", .path.display(), unwritten(.source.is_some()))]
    Adopted {
        /// The `.env`.
        path: PathBuf,
        /// Why it cannot be written; none if a setting makes it read-only.
        source: Option<Box<Error>>,
    },

    /// A new token exists, but not in the `.env`.
    #[error("the new token was saved only in {}", .recovery.display())]
    Unsaved {
        /// The file that keeps it for the next run.
        recovery: PathBuf,
        /// Why it is not in the `.env`.
        source: Box<Error>,
    },

    /// A new token could not be stored and is lost.
    #[error("the new token could not be stored, not even in the recovery file ({recovery})")]
    Lost {
        /// Whether the refresh token was spent for it, so that its replacement is lost too.
        spent: bool,
        /// Why it is not in the recovery file.
        recovery: Box<Error>,
        /// Why it is not in the `.env`.
        source: Box<Error>,
    },

    /// Another process held the lock for longer than any should.
    #[error("another zoomtok has held {} for more than {waited} s", .path.display())]
    Busy {
        /// The lock file.
        path: PathBuf,
        /// How long this process waited, in seconds.
        waited: u64,
    },

    /// The store that many machines share did not do what it was asked.
    #[error(transparent)]
    Shared(#[from] Box<SharedError>),

    /// A signal ended a wait. Stored tokens are unchanged.
    #[error("interrupted{}", .left.when())]
    Interrupted {
        /// The signal's number.
        signal: u8,
        /// The state that the interruption leaves behind.
        left: Left,
    },

    /// The reader of stdout is gone, and with it the reason to continue.
    #[error("the reader of the output is gone")]
    Unread,

    /// The system names no place where something belongs.
    #[error("there is no directory for {what}: neither {variable} nor HOME is set")]
    NoPlace {
        /// The files that belong there.
        what: String,
        /// The variable that names such places, as `XDG_STATE_HOME`.
        variable: &'static str,
    },

    /// The command of `exec` cannot be run.
    #[error("cannot run {command}")]
    Command {
        /// The program, as it was given.
        command: String,
        /// The error from the system.
        source: io::Error,
    },

    /// Any other failed action.
    #[error("cannot {action}")]
    Other {
        /// The action, as a verb.
        action: String,
        /// The error from the system.
        source: io::Error,
    },
}

impl Diagnostic for Error {
    fn code(&self) -> Code {
        match self {
            Self::Setting { .. } | Self::Unmeetable { .. } => Code::Usage,
            Self::CredentialsMissing { .. }
            | Self::Credential { .. }
            | Self::NoSecret { .. }
            | Self::Unparseable { .. }
            | Self::Unreadable { .. }
            | Self::Untrusted { .. }
            | Self::NoProfile { .. }
            | Self::NoPlace { .. } => Code::Configuration,
            Self::Unread => Code::Done,
            Self::Refused { .. } => Code::Refused,
            Self::Transient { .. } | Self::UnsafeToken { .. } => Code::Transient,
            Self::TakenOver { code, .. } => *code,
            Self::Shared(error) => error.code(),
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
    /// Whether a file cannot be written for lack of permission or because the filesystem is read-only, which another
    /// try does not change.
    pub fn is_unwritable(&self) -> bool {
        let Self::Store { source, .. } = self else { return false };
        matches!(source.kind(), io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem)
    }
}

fn unwritten(cannot_be: bool) -> &'static str {
    if cannot_be { "cannot be written" } else { "is read-only (--read-only, ZOOMTOK_READ_ONLY)" }
}

fn list<T: AsRef<str>>(names: &[T]) -> String {
    match names {
        [] => String::new(),
        [only] => only.as_ref().to_owned(),
        [most @ .., last] => {
            let most: Vec<&str> = most.iter().map(AsRef::as_ref).collect();
            format!("{} and {}", most.join(", "), last.as_ref())
        }
    }
}

fn lacking(names: &[&str], env_file: &Path, there: bool, counts_exported: bool) -> String {
    let are = if names.len() == 1 { "is" } else { "are" };
    let (names, path) = (list(names), env_file.display());
    match (there, counts_exported) {
        (_, false) => format!("{names} {are} not set in {path}"),
        (true, true) => format!("{names} {are} not set in the environment or in {path}"),
        (false, true) => format!("{path} does not exist, and {names} {are} not set in the environment"),
    }
}

fn existing(profiles: &[String]) -> String {
    match profiles {
        [] => "none exists yet".into(),
        [only] => format!("the only one is {only}"),
        several => format!("those that exist are {}", list(several)),
    }
}

/// A tracking id that continues a text in brackets.
pub(crate) fn tracking(id: Option<&String>) -> String {
    id.map(|id| format!(", tracking id {id}")).unwrap_or_default()
}

/// A tracking id in its own brackets.
pub(crate) fn tracked(id: Option<&String>) -> String {
    id.map(|id| format!(" (tracking id {id})")).unwrap_or_default()
}

#[cfg(test)]
mod tests;
