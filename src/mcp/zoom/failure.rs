//! Why a tool did not do what it was asked for, in words that a model can act on.

use std::fmt::Display;

use serde_json::Value;

use crate::error::{Diagnostic as _, Error};
use crate::policy::gate::Denied;
use crate::tokens::tries::CallFailure;
use crate::zoom::api::ApiFailure;

/// A failure of a tool.
#[derive(Debug)]
pub(crate) struct ToolFailure {
    /// The failure and the next step; never a secret.
    pub(crate) message: String,
    /// The same for programs, where the tool has a form for it.
    pub(crate) value: Option<Value>,
    /// Whether Zoom has said that there is no such thing, or that the token may not see it: it may be elsewhere.
    pub(crate) is_absence: bool,
}

impl ToolFailure {
    /// In these words.
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), value: None, is_absence: false }
    }

    /// The arguments are not what the tool takes; nobody was asked.
    pub(crate) fn arguments(problem: impl Display) -> Self {
        Self::new(format!("wrong arguments: {problem}"))
    }

    /// Something that should not happen did.
    pub(crate) fn internal() -> Self {
        Self::new("zoomtok has failed at this call, which is a fault of its own; its log says where")
    }

    /// The client has cancelled the call.
    pub(crate) fn cancelled() -> Self {
        Self::new("cancelled")
    }
}

impl From<Error> for ToolFailure {
    fn from(error: Error) -> Self {
        Self::new(error.report())
    }
}

impl From<CallFailure> for ToolFailure {
    fn from(failure: CallFailure) -> Self {
        match failure {
            CallFailure::NoToken(error) => error.into(),
            CallFailure::Api(failure) => failure.into(),
        }
    }
}

impl From<Denied> for ToolFailure {
    fn from(denied: Denied) -> Self {
        Self::new(denied.message)
    }
}

impl From<ApiFailure> for ToolFailure {
    fn from(failure: ApiFailure) -> Self {
        let message = match failure.hint() {
            Some(hint) => format!("{failure}. {hint}."),
            None => failure.to_string(),
        };
        let is_absence = matches!(
            failure,
            ApiFailure::Scopes { .. }
                | ApiFailure::Refused { status: 404, .. }
                | ApiFailure::Refused { code: Some(3301), .. }
        );
        Self { is_absence, ..Self::new(message) }
    }
}
