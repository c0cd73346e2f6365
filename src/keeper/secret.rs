//! The client secret itself, just before it is needed.

use std::io;

use secrecy::SecretString;

use crate::clock::Shutdown;
use crate::error::Error;
use crate::programs::printed_secret;
use crate::settings::{ClientSecret, SECRET_COMMAND};
use crate::zoom::Credentials;

/// The secret, for which its command is run where it has one.
///
/// # Errors
///
/// [`Error::NoSecret`], and [`Error::Interrupted`] for a signal meanwhile.
pub fn client_secret(secret: &ClientSecret, stop: &Shutdown) -> Result<SecretString, Error> {
    let command = match secret {
        ClientSecret::Set(secret) => return Ok(secret.clone()),
        ClientSecret::Printed(command) => command,
    };
    printed_secret(&command.words, stop)?.map_err(|why| Error::NoSecret {
        name: SECRET_COMMAND,
        place: command.place.clone(),
        problem: why.problem,
        source: why.complaint.map(io::Error::other),
    })
}

/// The same credentials with the secret itself.
pub(super) fn with_secret(
    credentials: &Credentials<ClientSecret>,
    stop: &Shutdown,
) -> Result<Credentials, Error> {
    let secret = credentials.client_secret.as_ref();
    Ok(Credentials {
        client_id: credentials.client_id.clone(),
        client_secret: secret.map(|secret| client_secret(secret, stop)).transpose()?,
        grant: credentials.grant.clone(),
    })
}
