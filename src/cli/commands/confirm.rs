//! A question to a person at the terminal.

use super::Context;
use crate::cli::failure::Result;
use crate::error::Error;
use crate::login::{LoginError, Terminal};

/// Asks, and gives whether the answer is yes. The end of the input is a no.
///
/// # Errors
///
/// Nobody can be asked, with the flag that answers instead; the answer cannot be read; or a signal comes meanwhile. A question
/// is shown on standard error, so it takes a terminal there as well.
pub(super) fn is_confirmed(context: &Context, question: &str) -> Result<bool> {
    let Some(mut terminal) = Terminal::open()? else {
        let problem = "is needed where nobody can be asked".into();
        return Err(
            Error::Setting { name: "--yes".into(), place: "on the command line".into(), problem }.into()
        );
    };
    context.output.ask(&format!("{question} [y/N] "));
    match terminal.answer_shown(&context.stop) {
        Ok(answer) => Ok(["y", "yes"].contains(&answer.trim().to_ascii_lowercase().as_str())),
        Err(LoginError::EndOfInput) => {
            context.output.talk("");
            Ok(false)
        }
        Err(error) => Err(error.into()),
    }
}
