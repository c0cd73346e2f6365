//! Errors in Zoom's format.

use serde_json::json;

use crate::sandbox::message::Reply;

/// An error with a code, a message, and for validation the field.
pub(super) struct Refusal {
    status: u16,
    code: u32,
    message: String,
    field: Option<&'static str>,
}

impl Refusal {
    pub(super) fn reply(self) -> Reply {
        let mut body = json!({"code": self.code, "message": self.message});
        if let Some(field) = self.field {
            body["errors"] = json!([{"field": field, "message": "Invalid field."}]);
        }
        Reply::json(self.status, &body)
    }
}

pub(super) fn error(status: u16, code: u32, message: &str) -> Refusal {
    Refusal { status, code, message: message.to_owned(), field: None }
}

/// The validation error from Zoom's error documentation.
pub(super) fn invalid_field(field: &'static str) -> Refusal {
    Refusal { field: Some(field), ..error(400, 300, "Validation Failed.") }
}

pub(super) fn no_such_meeting(segment: &str) -> Refusal {
    error(404, 3001, &format!("Meeting does not exist: {segment}."))
}
