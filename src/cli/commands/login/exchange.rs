//! The exchange that a login ends with.

use reqwest::Url;
use secrecy::SecretString;

use super::super::Context;
use crate::keeper::{LoggedIn, LoginWith, Look};
use crate::login::LoginError;
use crate::settings::App;
use crate::zoom::{Credentials, Grant};

/// Exchanges the grant, and stores what Zoom gives for it.
pub(super) fn exchange(
    context: &Context,
    look: &Look,
    url: &Url,
    (app, secret): (&App, Option<&SecretString>),
    grant: Grant,
) -> Result<LoggedIn, LoginError> {
    let credentials = Credentials {
        client_id: app.client_id.clone().unwrap_or_default(),
        client_secret: secret.cloned(),
        grant,
    };
    let keeps_secret = app.client_secret.as_ref().is_some_and(|secret| secret.command().is_none());
    let _spinner = context.output.spinner();
    Ok(context.keeper().log_in(look, url, &LoginWith { credentials, keeps_secret })?)
}
