//! Why a login or a logout failed.

use std::io;
use std::path::PathBuf;

use thiserror::Error as ThisError;

use crate::error::{Code, Diagnostic, Error};

/// Why a login or a logout failed. Nothing was stored then.
#[derive(Debug, ThisError)]
pub(crate) enum LoginError {
    /// Settings that it needs are missing, and nobody can be asked.
    #[error("{} not set, and there is no terminal to ask on", are(.0))]
    Missing(Vec<&'static str>),

    /// Nobody has said which kind of login it is to be.
    #[error("it is not known how to log in, and there is no terminal to ask on")]
    NoKind,

    /// The `.env` holds something else, and nobody can be asked.
    #[error("{} holds {what}", .path.display())]
    Displaces {
        /// The `.env`.
        path: PathBuf,
        /// The contents in question.
        what: &'static str,
    },

    /// The person does not want it replaced.
    #[error("nothing was changed: {} keeps {what}", .path.display())]
    Kept {
        /// The `.env`.
        path: PathBuf,
        /// The contents in question.
        what: &'static str,
    },

    /// A variable of the environment would win over what the login stores.
    #[error("{0} is set in the environment, which would win over what a login stores")]
    Exported(&'static str),

    /// A client with a secret has no way back to this machine.
    #[error(
        "the client id is that of a client with a secret, and Zoom sends the browser of such a client back to https addresses only"
    )]
    Confidential,

    /// Nobody can paste anything.
    #[error("there is no terminal to paste the address into")]
    NoPaste,

    /// A value that was entered or passed cannot be right.
    #[error("{name} {problem}")]
    Value {
        /// The name of the value.
        name: &'static str,
        /// The problem, phrased to follow the name.
        problem: &'static str,
    },

    /// The listener cannot be there.
    #[error("cannot listen on 127.0.0.1{}", at_port(*.port))]
    Port {
        /// The port that was asked for; 0 for any.
        port: u16,
        /// The error from the system.
        source: io::Error,
    },

    /// The person has not allowed it.
    #[error("the app was not allowed in the browser")]
    Denied,

    /// Zoom sent the browser back with another error.
    #[error("Zoom sent the browser back with the error {0}")]
    Answered(String),

    /// Nobody has come back.
    #[error("nobody has allowed the app within {minutes} minutes")]
    Unanswered {
        /// How long it was waited.
        minutes: u64,
    },

    /// The terminal has no more to say.
    #[error("the input ended before all was answered")]
    EndOfInput,

    /// The login could not be ended at Zoom.
    #[error("not logged out, and nothing was removed from {}", .path.display())]
    NotRevoked {
        /// The `.env`.
        path: PathBuf,
        /// Why.
        source: Box<Error>,
    },

    /// An error about tokens.
    #[error(transparent)]
    Token(#[from] Error),
}

fn are(names: &[&str]) -> String {
    match names {
        [only] => format!("{only} is"),
        [most @ .., last] => format!("{} and {last} are", most.join(", ")),
        [] => "something is".into(),
    }
}

fn at_port(port: u16) -> String {
    if port == 0 { String::new() } else { format!(":{port}") }
}

impl From<crate::clock::ShutdownRequested> for LoginError {
    fn from(requested: crate::clock::ShutdownRequested) -> Self {
        Self::Token(requested.into())
    }
}

impl Diagnostic for LoginError {
    fn code(&self) -> Code {
        match self {
            Self::Missing(_)
            | Self::NoKind
            | Self::Displaces { .. }
            | Self::Exported(_)
            | Self::Confidential
            | Self::NoPaste
            | Self::EndOfInput => Code::Configuration,
            Self::Value { .. } => Code::Usage,
            Self::Kept { .. } | Self::Port { .. } => Code::Failed,
            Self::Denied | Self::Answered(_) => Code::Refused,
            Self::Unanswered { .. } => Code::Transient,
            Self::NotRevoked { source, .. } => source.code(),
            Self::Token(error) => error.code(),
        }
    }

    fn hint(&self) -> Option<String> {
        Some(match self {
            Self::Missing(names) => {
                let them = if names.len() == 1 { "it" } else { "them" };
                format!("Set {them} in the environment or in .env, or run zoomtok login in a terminal")
            }
            Self::NoKind => "Say it with --browser, --device or --server-to-server, and name the app with --client-id".into(),
            Self::Displaces { .. } => {
                "To replace that, add --replace; to keep it, log in to another file with --env-file".into()
            }
            Self::Exported(name) => format!("Unset it first: unset {name}"),
            Self::Confidential => {
                "Give the app's Public Client ID with --client-id, which needs no secret; or log in with --paste \
                 --redirect-uri and the app's own https address"
                    .into()
            }
            Self::NoPaste => "Leave out --paste, so that the browser comes back by itself, or use --device".into(),
            Self::Port { port: 0, .. } => "Log in with --paste, which needs no port".into(),
            Self::Port { .. } => "Leave out --port, which takes any free one, or log in with --paste".into(),
            Self::Denied => "Log in again and choose Allow, as a user who may use the app".into(),
            Self::Answered(_) => "Check the app's page on marketplace.zoom.us, then log in again".into(),
            Self::Unanswered { .. } => {
                "Log in again; if Zoom shows an error, paste it into the terminal, which explains it".into()
            }
            Self::NotRevoked { source, .. } => {
                let hint = source.hint().map(|hint| format!("{hint}. ")).unwrap_or_default();
                format!("{hint}To remove it without ending it at Zoom, add --force")
            }
            Self::Token(error) => return error.hint(),
            Self::Kept { .. } | Self::Value { .. } | Self::EndOfInput => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_failure_says_what_to_do_and_has_its_code() {
        let taken = || io::Error::from(io::ErrorKind::AddrInUse);
        let path = || PathBuf::from(".env");
        let transient = || Error::Transient {
            what: "cut".into(),
            not_before: None,
            reached: false,
            spent: false,
            tracking_id: None,
        };
        for (error, code, words) in [
            (LoginError::Missing(vec!["ZOOM_CLIENT_ID"]), 3, "ZOOM_CLIENT_ID is not set, and"),
            (LoginError::Missing(vec!["A", "B", "C"]), 3, "A, B and C are not set, and"),
            (LoginError::NoKind, 3, "--browser"),
            (
                LoginError::Displaces { path: path(), what: "x" },
                3,
                ".env holds x. To replace that, add --replace",
            ),
            (LoginError::Kept { path: path(), what: "x" }, 1, "nothing was changed: .env keeps x."),
            (LoginError::Exported("ZOOM_ACCOUNT_ID"), 3, "unset ZOOM_ACCOUNT_ID"),
            (LoginError::Confidential, 3, "Public Client ID"),
            (LoginError::NoPaste, 3, "Leave out --paste"),
            (
                LoginError::Value { name: "--redirect-uri", problem: "is no URL" },
                2,
                "--redirect-uri is no URL",
            ),
            (LoginError::Port { port: 7, source: taken() }, 1, "cannot listen on 127.0.0.1:7: "),
            (LoginError::Port { port: 0, source: taken() }, 1, "--paste"),
            (LoginError::Denied, 4, "choose Allow"),
            (LoginError::Answered("server_error".into()), 4, "the error server_error"),
            (LoginError::Unanswered { minutes: 5 }, 5, "within 5 minutes"),
            (LoginError::EndOfInput, 3, "the input ended"),
            (LoginError::NotRevoked { path: path(), source: Box::new(transient()) }, 5, "add --force"),
            (LoginError::Token(transient()), 5, "could not get a token: cut"),
        ] {
            assert_eq!(error.code().number(), code, "{error}");
            assert!(error.sentence().contains(words), "{}", error.sentence());
        }
    }
}
