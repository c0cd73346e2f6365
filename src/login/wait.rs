//! Waiting for the person in the browser: its callback, or the address that they paste, whichever comes first.

use std::time::Duration;

use secrecy::SecretString;

use super::authorize::{Authorization, State};
use super::error::LoginError;
use super::listener::Listener;
use super::pasted::{Pasted, pasted};
use super::refusal::explain;
use super::reply::Reply;
use super::terminal::Terminal;
use crate::clock::{Shutdown, ShutdownRequested, runtime};
use crate::error::Error;

/// How long a person has to log in to Zoom and to allow the app. A code that Zoom issues holds as long.
pub(crate) const LOGIN_PATIENCE: Duration = Duration::from_mins(5);

/// Waits for the code. `say` reports what was pasted and is not it.
///
/// # Errors
///
/// [`LoginError::Denied`], [`LoginError::Answered`], [`LoginError::Unanswered`], [`LoginError::EndOfInput`] where nothing
/// but the terminal can bring it, and [`Error::Interrupted`].
pub(crate) fn until_allowed(
    authorization: &Authorization,
    listener: Option<Listener>,
    terminal: Option<&mut Terminal>,
    stop: &Shutdown,
    say: &dyn Fn(&str),
) -> Result<SecretString, LoginError> {
    stop.listen()?;
    let runtime =
        runtime().map_err(|source| Error::Other { action: "wait for the browser".into(), source })?;
    let state = authorization.state();
    let has_listener = listener.is_some();
    let reply = runtime.block_on(async {
        let called_back = async {
            match listener {
                Some(listener) => listener.reply(state.clone()).await,
                None => std::future::pending().await,
            }
        };
        let was_pasted = async {
            match terminal {
                Some(terminal) => typed(terminal, &state, has_listener, say).await,
                None => std::future::pending().await,
            }
        };
        let either = async {
            tokio::select! {
                biased;
                signal = stop.requested() => Err(ShutdownRequested { signal }.into()),
                reply = called_back => Ok(reply),
                reply = was_pasted => reply,
            }
        };
        tokio::time::timeout(LOGIN_PATIENCE, either).await
    });
    match reply {
        Err(_) => Err(LoginError::Unanswered { minutes: LOGIN_PATIENCE.as_secs() / 60 }),
        Ok(Err(error)) => Err(error),
        Ok(Ok(Reply::Code(code))) => Ok(code),
        Ok(Ok(Reply::Denied)) => Err(LoginError::Denied),
        Ok(Ok(Reply::Error(name))) => Err(LoginError::Answered(name)),
        // Neither the listener nor the terminal ends with these.
        Ok(Ok(Reply::OtherState | Reply::Nothing)) => Err(LoginError::EndOfInput),
    }
}

/// Reads lines until one ends the login.
async fn typed(
    terminal: &mut Terminal,
    state: &State,
    has_listener: bool,
    say: &dyn Fn(&str),
) -> Result<Reply, LoginError> {
    loop {
        let line = match terminal.line().await {
            // The browser may still come.
            Err(LoginError::EndOfInput) if has_listener => return std::future::pending().await,
            line => line?,
        };
        match pasted(&line, state) {
            Pasted::Reply(reply @ (Reply::Code(_) | Reply::Denied | Reply::Error(_))) => return Ok(reply),
            Pasted::Empty => {}
            _ if let Some(refusal) = explain(&line) => say(&format!("That means: {}", refusal.told)),
            Pasted::Reply(Reply::OtherState) => {
                say(
                    "That address belongs to another login; open the one that is shown above and paste where it ends",
                );
            }
            Pasted::Reply(Reply::Nothing) => say("There is no code in that address; paste all of it"),
            Pasted::Question => {
                say(
                    "That is the address to open; allow the app there, then paste the address where the browser ends",
                );
            }
            Pasted::Neither => {
                say("That is neither an address nor a code; paste the address where the browser ends");
            }
        }
    }
}
