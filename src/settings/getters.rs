//! Each setting as what it is for.

use std::path::PathBuf;

use super::lookup::Settings;
use super::origin::Value;
use super::table::{
    AUTO_REFRESH_THRESHOLD, CHECK_LOGFILE, CHECK_VERBOSE, CLAUDE_APP_COMMAND, CLAUDE_APP_NAME,
    CLAUDE_CONFIG_FILE, CLAUDE_MCP_SERVER_NAME, CLAUDE_ZOOM_ENV_KEY, DISPLAY_INTERVAL, ON_EVENT, POLICY_FILE,
    READ_ONLY, TOKEN_THRESHOLD,
};
use super::typed::{CommandLine, in_shell};
use crate::error::Error;

impl Settings {
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

    /// The server of Claude's configuration that gets the token. Each profile has one of its own.
    ///
    /// # Errors
    ///
    /// [`Error::Setting`] when the variable is not UTF-8.
    pub fn claude_server_name(&self) -> Result<String, Error> {
        let name = self.text(CLAUDE_MCP_SERVER_NAME)?;
        match self.environment.profile() {
            Some(profile) if self.value(CLAUDE_MCP_SERVER_NAME)?.is_none() => Ok(format!("{name}-{profile}")),
            _ => Ok(name),
        }
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
        let line = CommandLine::read(value.text);
        line.map(|line| Some(line.0)).map_err(|problem| self.impossible(CLAUDE_APP_COMMAND, problem))
    }

    /// The command that hears each event, where there is one.
    ///
    /// # Errors
    ///
    /// [`Error::Setting`] when the variable is not UTF-8, or a quote in it is not closed.
    pub fn on_event(&self, flag: Option<&CommandLine>) -> Result<Option<CommandLine>, Error> {
        if let Some(flag) = flag {
            return Ok(Some(flag.clone()));
        }
        let Some(value) = self.value(ON_EVENT)? else { return Ok(None) };
        CommandLine::read(value.text).map(Some).map_err(|problem| self.impossible(ON_EVENT, problem))
    }
}
