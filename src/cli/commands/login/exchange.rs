//! The exchange that a login ends with.

use reqwest::Url;

use super::super::Context;
use crate::keeper::{LoggedIn, Look};
use crate::login::LoginError;
use crate::settings::App;
use crate::zoom::{Credentials, Grant};

/// Exchanges the grant, and stores what Zoom gives for it.
pub(super) fn exchange(
    context: &Context,
    look: &Look,
    url: &Url,
    app: &App,
    grant: Grant,
) -> Result<LoggedIn, LoginError> {
    let credentials = Credentials {
        client_id: app.client_id.clone().unwrap_or_default(),
        client_secret: app.client_secret.clone(),
        grant,
    };
    let _spinner = context.output.spinner();
    Ok(context.keeper().log_in(look, url, &credentials)?)
}
