//! Settings: flag, then environment, then `.env`, then default, each value knowing where it came from.
//!
//! A setting is looked up when a command needs it, so that a wrong one stops only the commands that it concerns.

mod credentials;
mod environment;
mod survey;
mod token;

use std::fmt;
use std::path::PathBuf;

use reqwest::Url;

use crate::error::Error;
use crate::store::EnvFile;
use crate::zoom::is_loopback;

pub(crate) use credentials::REFRESH_TOKEN;
pub use environment::{Chosen, ENV_FILE, Environment, NAMES};
pub use survey::Given;
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

/// The settings of one run: an environment and a `.env`.
pub struct Settings<'a> {
    environment: &'a Environment,
    file: &'a EnvFile,
}

impl<'a> Settings<'a> {
    /// The settings that an environment and a `.env` make.
    pub fn new(environment: &'a Environment, file: &'a EnvFile) -> Self {
        Self { environment, file }
    }

    /// The seconds that a token must have left to count as valid, for `get` and `check`.
    ///
    /// # Errors
    ///
    /// [`Error::Setting`] when `ZOOM_TOKEN_THRESHOLD` is not a whole number.
    pub fn threshold(&self, flag: Option<u64>) -> Result<u64, Error> {
        flag.map_or_else(|| self.seconds("ZOOM_TOKEN_THRESHOLD", 60), Ok)
    }

    /// Whether `check` also writes its log.
    ///
    /// # Errors
    ///
    /// [`Error::Setting`] when the variable is not UTF-8.
    pub fn check_verbose(&self) -> Result<bool, Error> {
        Ok(self.value("ZOOM_CHECK_VERBOSE")?.is_some())
    }

    /// The log of `check`: beside the `.env` unless it is set.
    ///
    /// # Errors
    ///
    /// [`Error::Setting`] when the variable is not UTF-8.
    pub fn check_logfile(&self) -> Result<PathBuf, Error> {
        let beside = || self.file.real().with_file_name("logs").join("zoom_token.log");
        Ok(self.path("ZOOM_CHECK_LOGFILE")?.unwrap_or_else(beside))
    }

    /// The seconds below which `watch` refreshes.
    ///
    /// # Errors
    ///
    /// [`Error::Setting`] when `ZOOM_AUTO_REFRESH_THRESHOLD` is not a whole number.
    pub fn auto_refresh_threshold(&self, flag: Option<u64>) -> Result<u64, Error> {
        flag.map_or_else(|| self.seconds("ZOOM_AUTO_REFRESH_THRESHOLD", 300), Ok)
    }

    /// The seconds between two status lines of `watch`; 0 shows none.
    ///
    /// # Errors
    ///
    /// [`Error::Setting`] when `ZOOM_TOKEN_DISPLAY_INTERVAL` is not a whole number.
    pub fn display_interval(&self, flag: Option<u64>) -> Result<u64, Error> {
        flag.map_or_else(|| self.seconds("ZOOM_TOKEN_DISPLAY_INTERVAL", 60), Ok)
    }

    /// The policy that `mcp` serves under, where there is one.
    ///
    /// # Errors
    ///
    /// [`Error::Setting`] when the variable is not UTF-8.
    pub fn policy_file(&self) -> Result<Option<PathBuf>, Error> {
        self.path("ZOOM_POLICY_FILE")
    }

    /// Claude Desktop's configuration file, where it is named.
    ///
    /// # Errors
    ///
    /// [`Error::Setting`] when the variable is not UTF-8.
    pub fn claude_config_file(&self) -> Result<Option<PathBuf>, Error> {
        self.path("CLAUDE_CONFIG_FILE")
    }

    /// The server of Claude's configuration that gets the token.
    ///
    /// # Errors
    ///
    /// [`Error::Setting`] when the variable is not UTF-8.
    pub fn claude_server_name(&self) -> Result<String, Error> {
        self.text("CLAUDE_MCP_SERVER_NAME", "zoom")
    }

    /// The variable of that server that gets the token.
    ///
    /// # Errors
    ///
    /// [`Error::Setting`] when the variable is not UTF-8.
    pub fn claude_env_key(&self) -> Result<String, Error> {
        self.text("CLAUDE_ZOOM_ENV_KEY", "ZOOM_ACCESS_TOKEN")
    }

    /// The name of the Claude app.
    ///
    /// # Errors
    ///
    /// [`Error::Setting`] when the variable is not UTF-8.
    pub fn claude_app_name(&self) -> Result<String, Error> {
        self.text("CLAUDE_APP_NAME", "Claude")
    }

    /// The command that starts the Claude app, where it is named, split into words as a shell does.
    ///
    /// # Errors
    ///
    /// [`Error::Setting`] when the variable is not UTF-8, or a quote in it is not closed.
    pub fn claude_app_command(&self) -> Result<Option<Vec<String>>, Error> {
        const NAME: &str = "CLAUDE_APP_COMMAND";
        let Some(value) = self.value(NAME)? else { return Ok(None) };
        // The backslashes of Windows are those of its paths, and not for the splitter: a NUL, which no setting has,
        // stands for them meanwhile.
        let hidden = if cfg!(windows) { r"\" } else { "\0" };
        match shell_words::split(&value.text.replace(hidden, "\0")) {
            Ok(words) if words.is_empty() => Err(self.impossible(NAME, "has no word in it")),
            Ok(words) => Ok(Some(words.iter().map(|word| word.replace('\0', hidden)).collect())),
            Err(_) => Err(self.impossible(NAME, "has a quote that is not closed")),
        }
    }

    /// Where tokens come from; `https://zoom.us` unless it is set.
    ///
    /// # Errors
    ///
    /// [`Error::Setting`] for what is no https URL, plain http to this machine excepted.
    pub fn oauth_url(&self) -> Result<Url, Error> {
        self.url("ZOOM_OAUTH_URL", "https://zoom.us")
    }

    /// Where Zoom's API is; `https://api.zoom.us/v2` unless it is set.
    ///
    /// # Errors
    ///
    /// [`Error::Setting`] as with [`Settings::oauth_url`].
    pub fn api_url(&self) -> Result<Url, Error> {
        self.url("ZOOM_API_URL", "https://api.zoom.us/v2")
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

    fn text(&self, name: &'static str, default: &str) -> Result<String, Error> {
        Ok(self.value(name)?.map_or(default, |value| value.text).into())
    }

    fn path(&self, name: &'static str) -> Result<Option<PathBuf>, Error> {
        Ok(self.value(name)?.map(|value| value.text.into()))
    }

    fn seconds(&self, name: &'static str, default: u64) -> Result<u64, Error> {
        let Some(value) = self.value(name)? else { return Ok(default) };
        whole_seconds(value.text.trim()).map_err(|problem| self.impossible(name, problem))
    }

    fn url(&self, name: &'static str, default: &'static str) -> Result<Url, Error> {
        let value = self.value(name)?;
        let text = value.map_or(default, |value| value.text.trim().trim_end_matches('/'));
        let url = Url::parse(text).map_err(|_| "is not a URL").and_then(|url| acceptable(&url).map(|()| url));
        url.map_err(|problem| self.impossible(name, problem))
    }

    fn value(&self, name: &'static str) -> Result<Option<Value<'a>>, Error> {
        Ok(match self.environment.get(name)? {
            Some(text) => Some(Value { text, origin: Origin::Environment }),
            None => self.in_file(name),
        })
    }

    fn in_file(&self, name: &'static str) -> Option<Value<'a>> {
        let entry = self.file.get(name)?;
        Some(Value { text: &entry.value, origin: self.place_in_file(entry.line) })
    }

    fn place_in_file(&self, line: usize) -> Origin {
        Origin::File { path: self.file.path().to_owned(), line }
    }
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

fn acceptable(url: &Url) -> Result<(), &'static str> {
    match url.scheme() {
        "https" => {}
        "http" if is_loopback(url) => {}
        "http" => return Err("must begin with https:// (plain http is for this machine only)"),
        _ => return Err("must begin with https://"),
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("must not hold a user name or a password");
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err("must end with its path");
    }
    Ok(())
}

#[cfg(test)]
mod tests;
