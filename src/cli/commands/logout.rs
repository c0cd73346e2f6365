//! `zoomtok logout`

use super::{Context, Run};
use crate::cli::args::Logout;
use crate::cli::failure::Result;
use crate::error::{Code, Diagnostic as _, Error};
use crate::keeper::{Look, client_secret};
use crate::login::LoginError;
use crate::store::{ACCESS_TOKEN, REFRESH_TOKEN, Store as _};
use crate::token::{Claims, Token};
use crate::zoom::Http;

impl Run for Logout {
    fn run(&self, context: &Context) -> Result<Code> {
        let keeper = context.keeper();
        let look = keeper.look()?;
        let path = look.env_file().path().display();
        let is_shared = context.store.is_shared(&look.snapshot);
        let Some(warnings) = keeper.log_out(&look, self.all, |look| end(context, self, look))? else {
            let more = if is_shared { ", nor in the shared store" } else { "" };
            context.output.text(&format!("✅ There is no login in {path}{more}"))?;
            return Ok(Code::Done);
        };
        context.warn(&warnings);
        let app = look.settings.written_app();
        let what = if self.all { "neither a token nor an app's credentials" } else { "no token" };
        context.output.text(&format!("✅ Logged out; {path} holds {what} any more"))?;
        if is_shared && app.account_id.is_none() {
            context.output.talk("   The other machines of the shared store are logged out too, with the next token that they need");
        }
        if !self.all && app.account_id.is_some() {
            context.output.talk("   The credentials of a Server-to-Server OAuth app get a new token at any time; --all removes them too");
        }
        Ok(Code::Done)
    }
}

/// Ends at Zoom what the `.env` holds.
fn end(context: &Context, logout: &Logout, look: &Look) -> Result<(), LoginError> {
    match revoke(context, look) {
        Ok(()) => Ok(()),
        // Whoever asks for an end meanwhile does not want more to happen.
        Err(error @ Error::Interrupted { .. }) => Err(error.into()),
        Err(error) if logout.force => {
            context.output.warn(&format!("the login was not ended at Zoom: {}", error.with_causes()));
            Ok(())
        }
        Err(error) => {
            Err(LoginError::NotRevoked { path: look.env_file().path().to_owned(), source: Box::new(error) })
        }
    }
}

/// Has Zoom end the access token, with which the refresh token ends, or else the refresh token. One that has expired is no
/// longer there to be ended.
pub(super) fn revoke(context: &Context, look: &Look) -> Result<(), Error> {
    let token = |name| {
        let entry = look.snapshot.get(name)?;
        let ends = Claims::read(&entry.value).ok().and_then(|claims| claims.expires_at);
        let has_ended = ends.is_some_and(|ends| ends <= look.now);
        Token::new(entry.value.to_string()).ok().filter(|_| !has_ended)
    };
    let tokens: Vec<Token> = [ACCESS_TOKEN, REFRESH_TOKEN].into_iter().filter_map(token).collect();
    let [first, rest @ ..] = tokens.as_slice() else { return Ok(()) };
    let app = look.settings.app()?;
    let Some(client_id) = app.client_id.as_deref() else {
        // A missing credential, in the words of every other command.
        return look.settings.credentials().map(drop);
    };
    let url = look.settings.oauth_url()?;
    let secret = app.client_secret.as_ref().map(|secret| client_secret(secret, &context.stop)).transpose()?;
    let client = (client_id, secret.as_ref());
    Http.revoke(&url, client, first, &context.clock, &context.stop)?;
    for token in rest {
        // It has ended with the first one, and Zoom may refuse to end it again.
        let _ = Http.revoke(&url, client, token, &context.clock, &context.stop);
    }
    Ok(())
}
