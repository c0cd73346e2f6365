//! A question to whoever types.

use std::io::{IsTerminal as _, stdin};

use super::Context;
use crate::error::Error;

/// Asks, and gives whether the answer is yes.
///
/// # Errors
///
/// Nobody can be asked, with the flag that answers instead; or the answer cannot be read.
pub(super) fn is_confirmed(context: &Context, question: &str) -> Result<bool, Error> {
    if !stdin().is_terminal() {
        return Err(Error::Setting {
            name: "--yes".into(),
            place: "on the command line".into(),
            problem: "is needed where nobody can be asked".into(),
        });
    }
    context.output.ask(&format!("{question} [y/N] "));
    let mut answer = String::new();
    let read = stdin().read_line(&mut answer);
    read.map_err(|source| Error::Other { action: "read the answer".into(), source })?;
    Ok(["y", "yes"].contains(&answer.trim().to_ascii_lowercase().as_str()))
}
