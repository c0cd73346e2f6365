//! Whether an answer can be the value that was asked for (pure).

use super::error::LoginError;

/// No value of an app comes near this many bytes.
const LONGEST_APP_VALUE: usize = 512;

/// Refuses a value that no app has, or that must not stand in a `.env`.
///
/// # Errors
///
/// [`LoginError::Value`], without the value.
pub(crate) fn checked(name: &'static str, value: &str) -> Result<(), LoginError> {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._~+/=-:".contains(&byte);
    let problem = if value.is_empty() {
        "is empty"
    } else if value.len() > LONGEST_APP_VALUE {
        "is too long"
    } else if !value.bytes().all(is_plain) {
        "holds a character that no value of an app has; copy it again from the app's page"
    } else {
        return Ok(());
    };
    Err(LoginError::Value { name, problem })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_no_app_has_is_refused_without_being_repeated() {
        for value in ["abc", "AbC_1-2.3", "sandbox_client_id_0000", &"a".repeat(512)] {
            assert!(checked("the id", value).is_ok(), "{value}");
        }
        for value in [
            "",
            "canary canary",
            "canary\u{1b}[31m",
            "canary\"",
            "$(canary)",
            "caf\u{e9}canary",
            &"canary".repeat(100),
        ] {
            let error = checked("the id", value).unwrap_err().to_string();
            assert!(error.starts_with("the id ") && !error.contains("canary"), "{error}");
        }
    }
}
