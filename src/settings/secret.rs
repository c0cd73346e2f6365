//! The client secret, or the command that prints it.

use std::fmt;

use secrecy::SecretString;

use super::checked::checked;
use super::lookup::Settings;
use super::origin::{Origin, Value};
use super::table::{CLIENT_SECRET, SECRET_COMMAND};
use super::typed::CommandLine;
use crate::error::Error;

/// How a client secret is known.
#[derive(Debug, Clone)]
pub enum ClientSecret {
    /// Itself.
    Set(SecretString),
    /// By a command that prints it, which is run just before an exchange.
    Printed(SecretCommand),
}

/// A command that prints a client secret.
#[derive(Clone)]
pub struct SecretCommand {
    /// Its words.
    pub words: Vec<String>,
    /// The same as it is set.
    pub text: String,
    /// Where it is set.
    pub place: String,
}

// Its words may hold a secret.
impl fmt::Debug for SecretCommand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SecretCommand").field("place", &self.place).finish_non_exhaustive()
    }
}

impl ClientSecret {
    /// The command, where it is known by one.
    pub fn command(&self) -> Option<&SecretCommand> {
        match self {
            Self::Set(_) => None,
            Self::Printed(command) => Some(command),
        }
    }
}

impl Settings {
    /// The client secret that counts. If both a secret and a command are set, the one that is set nearer wins, the environment
    /// before the `.env`; in the same place, the secret wins.
    pub(super) fn client_secret(&self) -> Result<Option<ClientSecret>, Error> {
        let secret = self.value(CLIENT_SECRET)?;
        let command = self.value(SECRET_COMMAND)?;
        match (secret, command) {
            (Some(secret), command) if !is_nearer(command.as_ref(), &secret) => {
                let Value { text, .. } = checked(CLIENT_SECRET, secret)?;
                Ok(Some(ClientSecret::Set(text.into())))
            }
            _ => Ok(self.secret_command()?.map(ClientSecret::Printed)),
        }
    }

    /// The client secret that the environment sets, in the same way.
    pub(super) fn exported_secret(&self) -> Result<Option<ClientSecret>, Error> {
        if let Some(text) = self.environment.get(CLIENT_SECRET)? {
            return Ok(Some(ClientSecret::Set(text.into())));
        }
        match self.environment.get(SECRET_COMMAND)? {
            Some(_) => Ok(self.secret_command()?.map(ClientSecret::Printed)),
            None => Ok(None),
        }
    }

    /// The command that is set, whether or not a secret wins over it.
    ///
    /// # Errors
    ///
    /// [`Error::Setting`] when the variable is not UTF-8, or a quote in it is not closed.
    pub fn secret_command(&self) -> Result<Option<SecretCommand>, Error> {
        let Some(Value { text, origin }) = self.value(SECRET_COMMAND)? else { return Ok(None) };
        let CommandLine(words) =
            CommandLine::read(text).map_err(|problem| self.impossible(SECRET_COMMAND, problem))?;
        Ok(Some(SecretCommand { words, text: text.to_owned(), place: origin.to_string() }))
    }
}

fn is_nearer(command: Option<&Value<'_>>, secret: &Value<'_>) -> bool {
    command.is_some_and(|command| command.origin == Origin::Environment)
        && secret.origin != Origin::Environment
}
