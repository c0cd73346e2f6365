//! What mends what went wrong.

use std::io;
use std::path::Path;

use super::{Error, Refusal};

/// What lists the zoomtoks that run.
const PROCESSES: &str = if cfg!(windows) {
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
                Some("Put there what the app's page on marketplace.zoom.us shows".into())
            }
            Self::CredentialsMissing { .. } => Some(
                "Make that file with what the app's page on marketplace.zoom.us shows, or name another one with \
                 --env-file"
                    .into(),
            ),
            Self::Credential { hint, .. } => Some((*hint).into()),
            Self::Unparseable { .. } => {
                Some("Mend it by hand; zoomtok does not touch what it cannot read".into())
            }
            Self::Untrusted { path, .. } => {
                Some(format!("If it may be used, name it: --env-file {}", path.display()))
            }
            Self::NoToken { .. } => Some("Fetch one with zoomtok get -f".into()),
            Self::Unreadable { source, .. } if source.kind() == io::ErrorKind::PermissionDenied => {
                Some("See to its owner and its permissions".into())
            }
            Self::Refused { refusal, .. } => Some(refusal.fix().into()),
            Self::Passing { not_before: Some(time), .. } => {
                Some(format!("Zoom asks to wait until {}", time.format("%Y-%m-%d %H:%M:%SZ")))
            }
            Self::Passing { spent: true, .. } => Some(
                "Zoom may have used up the refresh token for an answer that was lost; try again later, and where it is \
                 then refused, authorise the app in the browser again"
                    .into(),
            ),
            Self::Passing { .. } => Some("Nothing was changed; try again later".into()),
            Self::TakenOver { hint, .. } => hint.clone(),
            Self::UnsafeToken { beside_refresh_token: true, .. } => {
                Some("The refresh token that came with it is kept. See that ZOOM_OAUTH_URL is Zoom's".into())
            }
            Self::UnsafeToken { .. } => Some("See that ZOOM_OAUTH_URL is Zoom's".into()),
            // Nothing the system said: another process was in the way.
            Self::Store { source, .. }
                if source.kind() == io::ErrorKind::ResourceBusy && source.raw_os_error().is_none() =>
            {
                Some("Try again in a moment".into())
            }
            Self::Adopted { source: Some(source), .. } => {
                source.next_step().map(|hint| format!("{hint}, or have whoever writes it put a new token there"))
            }
            Self::Adopted { .. } => Some("Whoever writes it has to put a new token there".into()),
            // Said by zoomtok, with what to do about it.
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
                Some(format!("See to the permissions and the free space of {}", parent(path)))
            }
            Self::Stream { .. } => Some(
                "Export what the pipe says, and name a file with --env-file in which the token is kept".into(),
            ),
            Self::Unsaved { .. } => {
                Some("Mend that and run zoomtok get: it puts the token in its place".into())
            }
            Self::Lost { spent: false, .. } => Some("Mend that and run zoomtok get -f".into()),
            Self::Lost { .. } => Some(format!("Mend that. {}", Refusal::RefreshToken.fix())),
            Self::Busy { .. } => Some(format!("See what it is doing: {PROCESSES}")),
            Self::Interrupted { left, .. } => left.fix().map(Into::into),
            Self::Unmeetable { .. } => Some("Ask for less with -t or ZOOM_TOKEN_THRESHOLD".into()),
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
