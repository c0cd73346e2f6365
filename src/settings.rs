//! Settings: flag, then environment, then `.env`, then default, each value knowing where it came from.
//!
//! A setting is looked up when a command needs it, so that a wrong one stops only the commands that it concerns.

mod address;
mod credentials;
mod environment;
mod found;
mod home;
mod names;
mod oddities;
mod survey;
mod table;
mod token;

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use crate::error::Error;
use crate::store::{EnvFile, Snapshot};

use table::{
    AUTO_REFRESH_THRESHOLD, CHECK_LOGFILE, CHECK_VERBOSE, CLAUDE_APP_COMMAND, CLAUDE_APP_NAME,
    CLAUDE_CONFIG_FILE, CLAUDE_MCP_SERVER_NAME, CLAUDE_ZOOM_ENV_KEY, DISPLAY_INTERVAL, Kind, READ_ONLY,
    TOKEN_THRESHOLD, default, setting,
};

pub use environment::{Chosen, ENV_FILE, Environment};
pub use found::Ignored;
pub use home::expanded;
pub use names::{exported as exported_names, meant};
pub use oddities::Oddity;
pub use survey::Given;
pub use table::NAMES;
pub(crate) use table::{CLAUDE_SETTINGS, POLICY_FILE, TABLE};
pub use token::Held;

/// Where a value was set, for messages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// The environment of the process.
    Environment,
    /// A line of a `.env`, counted from 1.
    File {
        /// The file as it was named or found.
        path: PathBuf,
        /// The line.
        line: usize,
    },
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Environment => f.write_str("set in the environment"),
            Self::File { path, line } => write!(f, "{}, line {line}", path.display()),
        }
    }
}

/// A text that somebody set, and where. It is looked at where it is: a secret is not copied to be judged.
struct Value<'a> {
    text: &'a str,
    origin: Origin,
}

/// The settings of one run: an environment and a `.env`. A clone shares both.
#[derive(Clone)]
pub struct Settings {
    environment: Environment,
    snapshot: Arc<Snapshot>,
    /// Whether they are looked at for credentials that somebody else has sent.
    for_caller: bool,
}

impl Settings {
    /// The settings that an environment and what a store gives make.
    pub fn new(environment: &Environment, snapshot: &Arc<Snapshot>) -> Self {
        Self { environment: environment.clone(), snapshot: Arc::clone(snapshot), for_caller: false }
    }

    fn file(&self) -> &EnvFile {
        self.snapshot.file()
    }

    /// The seconds that a token must have left to count as valid, for `get` and `check`.
    ///
    /// # Errors
    ///
    /// [`Error::Setting`] when `ZOOM_TOKEN_THRESHOLD` is not a whole number.
    pub fn threshold(&self, flag: Option<u64>) -> Result<u64, Error> {
        flag.map_or_else(|| self.seconds(TOKEN_THRESHOLD), Ok)
    }

    /// Whether `check` also writes its log.
    ///
    /// # Errors
    ///
    /// [`Error::Setting`] when the variable is not UTF-8.
    pub fn check_verbose(&self) -> Result<bool, Error> {
        Ok(self.value(CHECK_VERBOSE)?.is_some())
    }

    /// The log of `check`: beside the `.env` unless it is set.
    ///
    /// # Errors
    ///
    /// [`Error::Setting`] when the variable is not UTF-8.
    pub fn check_logfile(&self) -> Result<PathBuf, Error> {
        let beside = || self.file().real().with_file_name("logs").join("zoom_token.log");
        Ok(self.path(CHECK_LOGFILE)?.unwrap_or_else(beside))
    }

    /// The seconds below which `watch` refreshes.
    ///
    /// # Errors
    ///
    /// [`Error::Setting`] when `ZOOM_AUTO_REFRESH_THRESHOLD` is not a whole number.
    pub fn auto_refresh_threshold(&self, flag: Option<u64>) -> Result<u64, Error> {
        flag.map_or_else(|| self.seconds(AUTO_REFRESH_THRESHOLD), Ok)
    }

    /// The seconds between two status lines of `watch`; 0 shows none.
    ///
    /// # Errors
    ///
    /// [`Error::Setting`] when `ZOOM_TOKEN_DISPLAY_INTERVAL` is not a whole number.
    pub fn display_interval(&self, flag: Option<u64>) -> Result<u64, Error> {
        flag.map_or_else(|| self.seconds(DISPLAY_INTERVAL), Ok)
    }

    /// The policy that `mcp` serves under, where there is one.
    ///
    /// # Errors
    ///
    /// [`Error::Setting`] when the variable is not UTF-8, or stands in a `.env` that may not say it: without the policy that
    /// somebody has set nothing may be allowed.
    pub fn policy_file(&self) -> Result<Option<PathBuf>, Error> {
        let path = self.path(POLICY_FILE)?;
        match self.written(POLICY_FILE) {
            Some(Value { origin, .. }) if path.is_none() => Err(Error::Setting {
                name: POLICY_FILE.into(),
                place: origin.to_string(),
                problem: format!(
                    "names a policy outside of the directory of its .env, which was found and not named: name the .env \
                     with --env-file {}, or the policy with --policy",
                    self.file().path().display()
                ),
            }),
            _ => Ok(path),
        }
    }

    /// Whether the `.env` is only read: nothing is fetched then, and neither it nor its lock is written.
    ///
    /// # Errors
    ///
    /// [`Error::Setting`] for what says neither.
    pub fn read_only(&self) -> Result<bool, Error> {
        self.switch(READ_ONLY)
    }
    /// Claude Desktop's configuration file, where it is named.
    ///
    /// # Errors
    ///
    /// [`Error::Setting`] when the variable is not UTF-8.
    pub fn claude_config_file(&self) -> Result<Option<PathBuf>, Error> {
        self.path(CLAUDE_CONFIG_FILE)
    }

    /// The server of Claude's configuration that gets the token.
    ///
    /// # Errors
    ///
    /// [`Error::Setting`] when the variable is not UTF-8.
    pub fn claude_server_name(&self) -> Result<String, Error> {
        self.text(CLAUDE_MCP_SERVER_NAME)
    }

    /// The variable of that server that gets the token.
    ///
    /// # Errors
    ///
    /// [`Error::Setting`] when the variable is not UTF-8.
    pub fn claude_env_key(&self) -> Result<String, Error> {
        self.text(CLAUDE_ZOOM_ENV_KEY)
    }

    /// The name of the Claude app, or the path of it.
    ///
    /// # Errors
    ///
    /// [`Error::Setting`] when the variable is not UTF-8, or begins with the name of a user.
    pub fn claude_app_name(&self) -> Result<String, Error> {
        let expanded = in_shell(self.text(CLAUDE_APP_NAME)?, true);
        expanded.map_err(|problem| self.impossible(CLAUDE_APP_NAME, problem))
    }

    /// The command that starts the Claude app, where it is named, split into words as a shell does.
    ///
    /// # Errors
    ///
    /// [`Error::Setting`] when the variable is not UTF-8, or a quote in it is not closed.
    pub fn claude_app_command(&self) -> Result<Option<Vec<String>>, Error> {
        let Some(value) = self.value(CLAUDE_APP_COMMAND)? else { return Ok(None) };
        // The backslashes of Windows are those of its paths, and not for the splitter: a NUL, which no setting has,
        // stands for them meanwhile.
        let hidden = if cfg!(windows) { r"\" } else { "\0" };
        let Ok(words) = shell_words::split(&value.text.replace(hidden, "\0")) else {
            return Err(self.impossible(CLAUDE_APP_COMMAND, "has a quote that is not closed"));
        };
        let words = words.iter().map(|word| word.replace('\0', hidden)).enumerate();
        let words: Result<Vec<String>, &str> = words.map(|(at, word)| in_shell(word, at == 0)).collect();
        match words {
            Ok(words) if words.is_empty() => Err(self.impossible(CLAUDE_APP_COMMAND, "has no word in it")),
            Ok(words) => Ok(Some(words)),
            Err(problem) => Err(self.impossible(CLAUDE_APP_COMMAND, problem)),
        }
    }

    /// Where a setting is set, if it is.
    ///
    /// # Errors
    ///
    /// [`Error::Setting`] when the variable is not UTF-8.
    pub fn origin(&self, name: &'static str) -> Result<Option<Origin>, Error> {
        Ok(self.value(name)?.map(|value| value.origin))
    }

    /// That a value cannot be, for whoever finds it out only where it is used. `problem` is read after the name.
    pub fn impossible(&self, name: &'static str, problem: &str) -> Error {
        let place = match self.value(name) {
            Ok(Some(value)) => value.origin.to_string(),
            Ok(None) => "by default".into(),
            Err(error) => return error,
        };
        Error::Setting { name: name.into(), place, problem: problem.into() }
    }

    fn text(&self, name: &'static str) -> Result<String, Error> {
        Ok(self.value(name)?.map_or_else(|| default(name), |value| value.text).into())
    }

    fn path(&self, name: &'static str) -> Result<Option<PathBuf>, Error> {
        let Some(value) = self.value(name)? else { return Ok(None) };
        expanded(value.text.as_ref()).map(Some).map_err(|problem| self.impossible(name, problem))
    }

    fn switch(&self, name: &'static str) -> Result<bool, Error> {
        let text = self.value(name)?.map_or("0", |value| value.text.trim());
        match text.to_ascii_lowercase().as_str() {
            "1" | "true" | "yes" | "on" => Ok(true),
            "0" | "false" | "no" | "off" => Ok(false),
            _ => Err(self.impossible(name, "is neither 1 nor 0 (nor yes, no, on, off, true or false)")),
        }
    }

    fn seconds(&self, name: &'static str) -> Result<u64, Error> {
        let Some(value) = self.value(name)? else {
            return Ok(match setting(name).map(|setting| setting.kind) {
                Some(Kind::Seconds(seconds)) => seconds,
                _ => 0,
            });
        };
        whole_seconds(value.text.trim()).map_err(|problem| self.impossible(name, problem))
    }

    fn value(&self, name: &'static str) -> Result<Option<Value<'_>>, Error> {
        Ok(match self.environment.get(name)? {
            Some(text) => Some(Value { text, origin: Origin::Environment }),
            None => self.in_file(name),
        })
    }

    /// What the `.env` says, where it may say that.
    fn in_file(&self, name: &'static str) -> Option<Value<'_>> {
        self.written(name).filter(|value| self.may_say(name, value.text))
    }

    /// What stands in the `.env`.
    fn written(&self, name: &'static str) -> Option<Value<'_>> {
        let entry = self.snapshot.get(name)?;
        Some(Value { text: &entry.value, origin: self.place_in_file(entry.line) })
    }

    fn place_in_file(&self, line: usize) -> Origin {
        Origin::File { path: self.file().path().to_owned(), line }
    }
}

/// A word as a shell would have it, which has its `~` expanded where it is a path of the user's. A program is one.
fn in_shell(word: String, is_program: bool) -> Result<String, &'static str> {
    if !(word.starts_with("~/") || (is_program && word.starts_with('~'))) {
        return Ok(word);
    }
    let path = expanded(word.as_ref())?;
    path.into_os_string().into_string().map_err(|_| "begins with ~, and the home directory is not UTF-8")
}

/// The name or the path of a program, with its `~` expanded.
///
/// # Errors
///
/// What is wrong with it, to be read after its name.
pub fn program(text: &str) -> Result<String, &'static str> {
    in_shell(text.to_owned(), true)
}

/// A number of seconds as a flag or a variable may have it: digits and nothing else.
///
/// # Errors
///
/// What is wrong with it, to be read after its name.
pub fn whole_seconds(text: &str) -> Result<u64, &'static str> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| digits).ok_or("is not a whole number of seconds")
}

#[cfg(test)]
mod tests;
