//! The next step after an error.

use std::io;
use std::path::Path;

use super::{Diagnostic as _, Error, Refusal};

/// The command that lists running zoomtoks.
const LIST_PROCESSES: &str = if cfg!(windows) {
    r#"tasklist /fi "imagename eq zoomtok.exe""#
} else if cfg!(target_os = "linux") {
    "ps -C zoomtok"
} else {
    "pgrep -l zoomtok"
};

impl Error {
    /// The hint of [`super::Diagnostic`].
    pub(super) fn next_step(&self) -> Option<String> {
        match self {
            Self::CredentialsMissing { there: true, .. } => {
                Some("Copy them there from the app's page on marketplace.zoom.us, or log in with zoomtok login".into())
            }
            Self::CredentialsMissing { .. } => Some(
                "Log in with zoomtok login; or create that file with the values from the app's page on \
                 marketplace.zoom.us, or name another one with --env-file"
                    .into(),
            ),
            Self::NoProfile { profile, .. } => {
                Some(format!("Check the name, or make the profile: zoomtok login --profile {profile}"))
            }
            Self::Credential { hint, .. } => Some((*hint).into()),
            Self::NoSecret { .. } => Some(
                "Run that command by hand. Here it has no terminal to ask on, so unlock what it reads first".into(),
            ),
            Self::Unparseable { .. } => {
                Some("Fix it by hand; zoomtok does not change a file that it cannot parse".into())
            }
            Self::Untrusted { path, .. } => {
                Some(format!("If you trust it, name it: --env-file {}", path.display()))
            }
            Self::NoToken { .. } => Some("Get one with zoomtok get -f".into()),
            Self::Unreadable { source, .. } if source.kind() == io::ErrorKind::PermissionDenied => {
                Some("Check its owner and its permissions".into())
            }
            Self::Refused { refusal, .. } => Some(refusal.fix().into()),
            Self::Transient { not_before: Some(time), .. } => {
                Some(format!("Zoom asks to wait until {}", time.format("%Y-%m-%d %H:%M:%SZ")))
            }
            Self::Transient { spent: true, .. } => Some(
                "Zoom may have used up the refresh token for an answer that was lost; try again later, and if Zoom then \
                 refuses it, log in again with zoomtok login"
                    .into(),
            ),
            Self::Transient { .. } => Some("Nothing was changed; try again later".into()),
            Self::TakenOver { hint, .. } => hint.clone(),
            Self::Shared(error) => error.hint(),
            Self::UnsafeToken { beside_refresh_token: true, .. } => {
                Some("The refresh token that came with it is kept. Check that ZOOM_OAUTH_URL is Zoom's".into())
            }
            Self::UnsafeToken { .. } => Some("Check that ZOOM_OAUTH_URL is Zoom's".into()),
            // Not an error from the system: another process was in the way.
            Self::Store { source, .. }
                if source.kind() == io::ErrorKind::ResourceBusy && source.raw_os_error().is_none() =>
            {
                Some("Try again in a moment".into())
            }
            Self::Adopted { source: Some(source), .. } => {
                source.next_step().map(|hint| format!("{hint}, or have the program that writes it put a new token there"))
            }
            Self::Adopted { .. } => Some("The program that writes it has to put a new token there".into()),
            // zoomtok's own message, which already says what to do.
            Self::Store { source, .. }
                if matches!(source.kind(), io::ErrorKind::Unsupported | io::ErrorKind::FileTooLarge)
                    && source.raw_os_error().is_none() =>
            {
                None
            }
            Self::Store { source, .. }
                if source.kind() == io::ErrorKind::InvalidInput && source.raw_os_error().is_none() =>
            {
                Some("Move it away".into())
            }
            Self::Store { path, .. } => {
                Some(format!("Check the permissions and the free space of {}", parent(path)))
            }
            Self::Stream { .. } => Some(
                "Export the settings in the pipe as variables, and name a file for the token with --env-file".into(),
            ),
            Self::Unsaved { .. } => {
                Some("Fix that and run zoomtok get, which puts the token in its place".into())
            }
            Self::Lost { spent: false, .. } => Some("Fix that and run zoomtok get -f".into()),
            Self::Lost { .. } => Some(format!("Fix that. {}", Refusal::RefreshToken.fix())),
            Self::Busy { .. } => Some(format!("Check what it is doing: {LIST_PROCESSES}")),
            Self::Interrupted { left, .. } => left.fix().map(Into::into),
            Self::NoPlace { variable, .. } => Some(format!("Set HOME, or {variable} to a directory")),
            Self::Unmeetable { .. } => Some("Require less with -t or ZOOM_TOKEN_THRESHOLD".into()),
            Self::Setting { .. }
            | Self::Unreadable { .. }
            | Self::Unread
            | Self::Command { .. }
            | Self::Other { .. } => None,
        }
    }
}

fn parent(path: &Path) -> String {
    path.parent().unwrap_or(path).display().to_string()
}
