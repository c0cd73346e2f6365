//! The settings of one run, and how the value of one is found: flag, then environment, then `.env`, then default.

use std::path::PathBuf;
use std::sync::Arc;

use super::environment::Environment;
use super::home::expanded;
use super::origin::{Origin, Value};
use super::table::{Kind, default, setting};
use super::typed::whole_seconds;
use crate::error::Error;
use crate::store::{EnvFile, Snapshot};

/// The settings of one run: an environment and a `.env`. A clone shares both.
#[derive(Clone)]
pub struct Settings {
    pub(super) environment: Environment,
    pub(super) snapshot: Arc<Snapshot>,
    /// Whether they are looked at for credentials that somebody else has sent.
    pub(super) for_caller: bool,
}

impl Settings {
    /// The settings that an environment and what a store gives make.
    pub fn new(environment: &Environment, snapshot: &Arc<Snapshot>) -> Self {
        Self { environment: environment.clone(), snapshot: Arc::clone(snapshot), for_caller: false }
    }

    pub(super) fn file(&self) -> &EnvFile {
        self.snapshot.file()
    }

    /// Where a setting is set, if it is.
    ///
    /// # Errors
    ///
    /// [`Error::Setting`] when the variable is not UTF-8.
    pub fn origin(&self, name: &'static str) -> Result<Option<Origin>, Error> {
        Ok(self.value(name)?.map(|value| value.origin))
    }

    /// The error for an impossible value, for code that finds it out only where it is used. `problem` is read after the
    /// name.
    pub fn impossible(&self, name: &'static str, problem: &str) -> Error {
        let place = match self.value(name) {
            Ok(Some(value)) => value.origin.to_string(),
            Ok(None) => "by default".into(),
            Err(error) => return error,
        };
        Error::Setting { name: name.into(), place, problem: problem.into() }
    }

    pub(super) fn text(&self, name: &'static str) -> Result<String, Error> {
        Ok(self.value(name)?.map_or_else(|| default(name), |value| value.text).into())
    }

    pub(super) fn path(&self, name: &'static str) -> Result<Option<PathBuf>, Error> {
        let Some(value) = self.value(name)? else { return Ok(None) };
        expanded(value.text.as_ref()).map(Some).map_err(|problem| self.impossible(name, problem))
    }

    pub(super) fn switch(&self, name: &'static str) -> Result<bool, Error> {
        let text = self.value(name)?.map_or("0", |value| value.text.trim());
        match text.to_ascii_lowercase().as_str() {
            "1" | "true" | "yes" | "on" => Ok(true),
            "0" | "false" | "no" | "off" => Ok(false),
            _ => Err(self.impossible(name, "is neither 1 nor 0 (nor yes, no, on, off, true or false)")),
        }
    }

    pub(super) fn seconds(&self, name: &'static str) -> Result<u64, Error> {
        let Some(value) = self.value(name)? else {
            return Ok(match setting(name).map(|setting| setting.kind) {
                Some(Kind::Seconds(seconds)) => seconds,
                _ => 0,
            });
        };
        whole_seconds(value.text.trim()).map_err(|problem| self.impossible(name, problem))
    }

    pub(super) fn value(&self, name: &'static str) -> Result<Option<Value<'_>>, Error> {
        Ok(match self.environment.get(name)? {
            Some(text) => Some(Value { text, origin: Origin::Environment }),
            None => self.in_file(name),
        })
    }

    /// The value in the `.env`, where it counts from there.
    pub(super) fn in_file(&self, name: &'static str) -> Option<Value<'_>> {
        self.written(name).filter(|value| self.may_say(name, value.text))
    }

    /// The value in the `.env`, whether it counts or not.
    pub(super) fn written(&self, name: &'static str) -> Option<Value<'_>> {
        let entry = self.snapshot.get(name)?;
        Some(Value { text: &entry.value, origin: self.place_in_file(entry.line) })
    }

    pub(super) fn place_in_file(&self, line: usize) -> Origin {
        Origin::File { path: self.file().path().to_owned(), line }
    }
}
