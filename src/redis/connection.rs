//! A connection to the shared store.

use std::io::{self, Write as _};
use std::time::Duration;

use ::redis::{Cmd, ErrorKind, Parser, ServerError, Value};
use secrecy::ExposeSecret as _;

use super::access::Access;
use super::reply::Reply;
use super::script::Script;
use super::stream::{Obstacle, Stream};
use super::{CONNECT_PATIENCE, REPLY_PATIENCE};
use crate::error::SharedError;

/// A connection to the shared store. After an error that is no answer of the store it is of no more use.
pub struct Connection {
    address: String,
    user: Option<String>,
    has_password: bool,
    stream: Stream,
    parser: Parser,
    is_broken: bool,
}

impl Connection {
    /// Connects, and logs in where there is a password.
    ///
    /// # Errors
    ///
    /// [`SharedError`].
    pub fn open(access: &Access) -> Result<Self, SharedError> {
        let address = access.address.to_string();
        let stream = Stream::connect(access, CONNECT_PATIENCE).map_err(|obstacle| match obstacle {
            Obstacle::Network(source) => SharedError::Unreachable { address: address.clone(), source },
            Obstacle::Tls(source) => SharedError::Untrusted { address: address.clone(), source },
        })?;
        let user = access.address.user.clone();
        let has_password = access.password.is_some();
        let mut connection =
            Self { address, user, has_password, stream, parser: Parser::new(), is_broken: false };
        if let Some(password) = &access.password {
            let password = password.expose_secret();
            // Not by the library: it takes whatever is refused then for a wrong password.
            match &access.address.user {
                Some(user) => connection.ask(&[b"AUTH", user.as_bytes(), password.as_bytes()])?,
                None => connection.ask(&[b"AUTH", password.as_bytes()])?,
            };
        }
        if access.address.database != 0 {
            connection.ask(&[b"SELECT", access.address.database.to_string().as_bytes()])?;
        }
        Ok(connection)
    }

    /// Has the store carry out a command.
    ///
    /// # Errors
    ///
    /// [`SharedError`].
    pub fn ask(&mut self, command: &[&[u8]]) -> Result<Reply, SharedError> {
        self.ask_within(command, REPLY_PATIENCE)
    }

    /// The same for a command that waits by itself.
    ///
    /// # Errors
    ///
    /// [`SharedError`].
    pub fn ask_within(&mut self, command: &[&[u8]], patience: Duration) -> Result<Reply, SharedError> {
        let name = String::from_utf8_lossy(command.first().copied().unwrap_or_default()).into_owned();
        self.try_ask(command, patience)?.map_err(|error| self.refusal(&name, &error))
    }

    /// Has the store run a script, as one step: all of it or nothing.
    ///
    /// # Errors
    ///
    /// [`SharedError`].
    pub fn run(
        &mut self,
        script: &Script,
        keys: &[&[u8]],
        arguments: &[&[u8]],
    ) -> Result<Reply, SharedError> {
        let count = keys.len().to_string();
        let mut command: Vec<&[u8]> = vec![b"EVALSHA", script.name().as_bytes(), count.as_bytes()];
        command.extend(keys);
        command.extend(arguments);
        match self.try_ask(&command, REPLY_PATIENCE)? {
            // It has not run it so far, or has been started since.
            Err(error) if error.code() == "NOSCRIPT" => {
                command[..2].copy_from_slice(&[b"EVAL", script.text.as_bytes()]);
                self.ask(&command)
            }
            answer => answer.map_err(|error| self.refusal("EVALSHA", &error)),
        }
    }

    /// Whether it can be used again.
    pub fn is_usable(&self) -> bool {
        !self.is_broken
    }

    /// Whether the store has not ended it meanwhile, as far as that can be seen without asking.
    pub fn is_open(&self) -> bool {
        self.stream.is_open()
    }

    /// Its address, for messages.
    pub fn address(&self) -> &str {
        &self.address
    }

    fn try_ask(
        &mut self,
        command: &[&[u8]],
        patience: Duration,
    ) -> Result<Result<Reply, ServerError>, SharedError> {
        let mut packed = Cmd::with_capacity(command.len(), command.iter().map(|part| part.len()).sum());
        for part in command {
            packed.arg(*part);
        }
        let packed = zeroize::Zeroizing::new(packed.get_packed_command());
        let name = || String::from_utf8_lossy(command.first().copied().unwrap_or_default()).into_owned();
        let address = self.address.clone();
        // The next answer would be that to another command.
        if self.is_broken {
            let source = io::ErrorKind::NotConnected.into();
            return Err(SharedError::Unanswered { address, command: name(), source });
        }
        self.stream.allow(patience);
        self.is_broken = true;
        let sent = self.stream.write_all(&packed).and_then(|()| self.stream.flush());
        sent.map_err(|source| SharedError::Unanswered { address: address.clone(), command: name(), source })?;
        let value = self.parser.parse_value(&mut self.stream).map_err(|error| match error.kind() {
            ErrorKind::Io => {
                SharedError::Unanswered { address: address.clone(), command: name(), source: cause(&error) }
            }
            _ => SharedError::Strange { address: address.clone() },
        })?;
        let reply = reply(value).ok_or(SharedError::Strange { address })?;
        self.is_broken = false;
        Ok(reply)
    }

    /// The meaning of an error that the store has answered. Its words are not repeated: they may hold what was sent.
    fn refusal(&self, command: &str, error: &ServerError) -> SharedError {
        let (address, command) = (self.address.clone(), command.to_owned());
        let code = error.code().to_owned();
        match &*code {
            "NOAUTH" => SharedError::Password { address, user: self.user.clone(), given: self.has_password },
            "WRONGPASS" => SharedError::Password { address, user: self.user.clone(), given: true },
            // So a server without a user's password answers one.
            "ERR" if command == "AUTH" => {
                SharedError::Password { address, user: self.user.clone(), given: true }
            }
            "NOPERM" => SharedError::Rights { address, command },
            // To a long command from somebody who has not logged in; the connection ends with it.
            "ERR"
                if error
                    .details()
                    .is_some_and(|words| words.starts_with("Protocol error: unauthenticated")) =>
            {
                SharedError::Password { address, user: self.user.clone(), given: self.has_password }
            }
            "ERR" if error.details().is_some_and(is_about_rights) => SharedError::Rights { address, command },
            "OOM" | "MISCONF" => SharedError::Full { address, code },
            "READONLY" => SharedError::ReadOnly { address },
            "LOADING" | "MASTERDOWN" | "BUSY" | "TRYAGAIN" | "NOREPLICAS" => {
                SharedError::Loading { address, code }
            }
            _ => SharedError::Refused { address, command, code: shown(code) },
        }
    }
}

/// Whether these words are about what a script may not do: those of Redis 7.0, and of later ones.
fn is_about_rights(words: &str) -> bool {
    ["The user executing the script can't", "ACL failure in script"]
        .iter()
        .any(|begin| words.starts_with(begin))
}

/// A code of an error as it is shown: what is none is not.
fn shown(code: String) -> String {
    let is_code = code.len() <= 20 && code.bytes().all(|byte| byte.is_ascii_uppercase());
    if is_code { code } else { "ERR".into() }
}

/// The error of the system behind one of the library.
fn cause(error: &::redis::RedisError) -> io::Error {
    let mut causes =
        std::iter::successors(Some(error as &(dyn std::error::Error + 'static)), |error| error.source());
    let found = causes.find_map(|error| error.downcast_ref::<io::Error>());
    found.map_or_else(
        || {
            if error.is_timeout() {
                io::ErrorKind::TimedOut.into()
            } else {
                io::ErrorKind::UnexpectedEof.into()
            }
        },
        |found| io::Error::new(found.kind(), found.to_string()),
    )
}

/// The answer as ours; none for what is not asked for.
fn reply(value: Value) -> Option<Result<Reply, ServerError>> {
    Some(Ok(match value {
        Value::Nil => Reply::Nothing,
        Value::Int(number) => Reply::Number(number),
        Value::BulkString(text) => Reply::Text(text),
        Value::SimpleString(text) => Reply::Text(text.into_bytes()),
        Value::Okay => Reply::Text(b"OK".to_vec()),
        Value::ServerError(error) => return Some(Err(error)),
        Value::Array(values) => {
            let parts = values.into_iter().map(|value| reply(value)?.ok());
            Reply::List(parts.collect::<Option<_>>()?)
        }
        _ => return None,
    }))
}
