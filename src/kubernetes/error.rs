//! Why a Secret was not brought up to date.

use std::io;
use std::path::PathBuf;

use super::name::Place;
use super::verb::Verb;
use crate::error::{Code, Diagnostic};

/// The failures of keeping a Secret.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// Nothing says where the API server is.
    #[error("KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT name no API server of Kubernetes")]
    NoServer,

    /// A file of the service account cannot be used.
    #[error("the service account of this pod cannot be used: {} {problem}", .path.display())]
    Account { path: PathBuf, problem: String },

    /// HTTPS cannot be set up on this machine.
    #[error("HTTPS to the API server of Kubernetes cannot be set up")]
    NotSetUp { source: io::Error },

    /// No connection was made, or no answer came.
    #[error("the API server of Kubernetes at {server} {what}")]
    Silent { server: String, what: String },

    /// Its certificate is of nobody whom `ca.crt` names.
    #[error("the API server of Kubernetes at {server} cannot be trusted: {what}")]
    Untrusted { server: String, what: String },

    /// It does not take the token of the service account.
    #[error("the API server of Kubernetes does not take the token of this pod's service account (HTTP 401)")]
    Unauthorized,

    /// The service account may not do this.
    #[error("the service account of this pod may not {} the Secret {place} (HTTP 403{})", .verb.name(), because(.reason.as_deref()))]
    Forbidden { verb: Verb, place: Place, reason: Option<String> },

    /// There is no such namespace.
    #[error("there is no namespace {} for the Secret {place}", .place.namespace)]
    NoNamespace { place: Place },

    /// The Secret says of itself that it cannot be changed.
    #[error("the Secret {place} is immutable")]
    Immutable { place: Place },

    /// The API server takes no such Secret.
    #[error("the API server of Kubernetes refuses to {} the Secret {place} (HTTP {status}{})", .verb.name(), because(.reason.as_deref()))]
    Refused { verb: Verb, place: Place, status: u16, reason: Option<String> },

    /// The key `.env` of the Secret holds something else than a `.env`.
    #[error("the key .env of the Secret {place} cannot be changed: {problem}")]
    Env { place: Place, problem: String },

    /// It is broken, or has too much to do.
    #[error("the API server of Kubernetes answers to {} the Secret {place} with HTTP {status}", .verb.name())]
    Broken { verb: Verb, place: Place, status: u16 },

    /// Something else than an API server answers.
    #[error("the API server of Kubernetes gives no Secret for {place}")]
    Strange { place: Place },

    /// Others have changed it each time.
    #[error("the Secret {place} was changed by others each time it was read")]
    Contended { place: Place },

    /// A signal ended it.
    #[error("interrupted")]
    Interrupted { signal: u8 },
}

fn because(reason: Option<&str>) -> String {
    reason.map(|reason| format!(", {reason}")).unwrap_or_default()
}

impl Diagnostic for Error {
    fn code(&self) -> Code {
        match self {
            Self::NoServer
            | Self::Account { .. }
            | Self::Untrusted { .. }
            | Self::Unauthorized
            | Self::Forbidden { .. }
            | Self::NoNamespace { .. }
            | Self::Immutable { .. }
            | Self::Refused { .. }
            | Self::Env { .. }
            | Self::Strange { .. } => Code::Configuration,
            Self::NotSetUp { .. } | Self::Silent { .. } | Self::Broken { .. } | Self::Contended { .. } => {
                Code::Transient
            }
            Self::Interrupted { signal } => Code::Signal(*signal),
        }
    }

    fn hint(&self) -> Option<String> {
        let hint = match self {
            Self::NoServer => {
                "Kubernetes sets both in each pod; run this there, or leave --kubernetes-secret out"
            }
            Self::Account { .. } => {
                "Let the pod have its service account (automountServiceAccountToken), or name the directory with its token, ca.crt \
                 and namespace with --service-account"
            }
            Self::Untrusted { .. } => "Check that ca.crt of the service account is of this cluster",
            Self::Unauthorized => {
                "Check that the service account exists, and that its token is of this cluster"
            }
            Self::Forbidden { verb: Verb::Create, place, .. } => {
                return Some(format!(
                    "Make the Secret {}, which may be empty, or let the service account create Secrets in the namespace {}",
                    place.name, place.namespace
                ));
            }
            Self::Forbidden { place, .. } => {
                return Some(format!(
                    "Its Role in the namespace {} needs the verbs get and patch for the resource secrets with the \
                     resourceName {}",
                    place.namespace, place.name
                ));
            }
            Self::NoNamespace { .. } => {
                "Make it, or name another one with --kubernetes-secret NAMESPACE/NAME"
            }
            Self::Immutable { .. } => "Delete it and make it again without immutable",
            Self::Env { .. } => "Correct or remove that key",
            Self::Refused { .. }
            | Self::Strange { .. }
            | Self::NotSetUp { .. }
            | Self::Interrupted { .. } => {
                return None;
            }
            Self::Silent { .. } | Self::Broken { .. } | Self::Contended { .. } => "Try again later",
        };
        Some(hint.into())
    }
}
