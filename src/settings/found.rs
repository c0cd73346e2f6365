//! The settings that count from a `.env` that was found and not named: who you are, and not what runs or where is written.

use std::path::{Path, PathBuf};

use super::home::expanded;
use super::lookup::Settings;
use super::origin::Origin;
use super::table::{API_URL, MCP_URL, NAMES, OAUTH_URL, Trust, default, setting};

/// A setting of a `.env` that does not count there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ignored {
    /// The variable.
    pub name: &'static str,
    /// Where it stands.
    pub origin: Origin,
    /// The secret of the environment that does not go to the address that it is.
    pub lent: Option<&'static str>,
    /// The `.env`.
    env_file: PathBuf,
}

impl Ignored {
    /// Says that it does not count, and why.
    pub fn what(&self) -> String {
        let Self { name, origin, lent, .. } = self;
        let whom = lent.map(|secret| format!(" for the exported {secret}")).unwrap_or_default();
        format!("{name} ({origin}) does not count{whom}, since that .env was found and not named")
    }

    /// How it can be made to count.
    pub fn fix(&self) -> String {
        let export = if self.lent.is_some() { "export the address too" } else { "export the setting" };
        format!("To allow it, name the file with --env-file {}, or {export}", self.env_file.display())
    }

    /// Both, as a warning.
    pub fn told(&self) -> String {
        format!("{}. {}", self.what(), self.fix())
    }
}

impl Settings {
    /// The settings of the `.env` that do not count, though nothing else sets them, with a token that was found there.
    pub fn ignored(&self, token: Option<&Origin>) -> Vec<Ignored> {
        NAMES.iter().filter_map(|name| self.is_ignored(name, token)).collect()
    }

    pub(super) fn is_ignored(&self, name: &'static str, token: Option<&Origin>) -> Option<Ignored> {
        let is_exported = !matches!(self.environment.get(name), Ok(None));
        let written = self.written(name).filter(|_| self.environment.found && !is_exported)?;
        let lent = match name {
            OAUTH_URL => self.lent(None),
            API_URL | MCP_URL => self.lent(token),
            _ => None,
        };
        let counts = self.may_lead(lent) && self.may_say(name, written.text);
        // One that changes nothing is nothing to warn of.
        let is_default = written.text.trim().trim_end_matches('/') == default(name);
        let env_file = self.file().path().to_owned();
        (!counts && !is_default).then_some(Ignored { name, origin: written.origin, lent, env_file })
    }

    /// Whether the `.env` may set a variable to this text.
    pub(super) fn may_say(&self, name: &str, text: &str) -> bool {
        if !self.environment.found {
            return true;
        }
        match setting(name).map_or(Trust::Named, |setting| setting.trust) {
            Trust::Anywhere => true,
            Trust::Named => false,
            Trust::Harmless(is_harmless) => is_harmless(text),
            // A path that cannot be expanded is reported by the code that reads it.
            Trust::Within => expanded(text.as_ref()).map_or(true, |path| self.is_beside(&path)),
        }
    }

    /// Whether a path leads to a place below the directory of the `.env`, as it was found or as it really is.
    fn is_beside(&self, path: &Path) -> bool {
        let parents = [self.file().path(), self.file().real()].map(Path::parent);
        let Some(real) = real(path) else { return false };
        parents
            .into_iter()
            .flatten()
            .filter_map(real_of_directory)
            .any(|directory| real.starts_with(directory))
    }
}

fn real_of_directory(directory: &Path) -> Option<PathBuf> {
    let here = if directory.as_os_str().is_empty() { Path::new(".") } else { directory };
    here.canonicalize().ok()
}

/// The path without symbolic links, also of what is not there yet; none where that cannot be told.
fn real(path: &Path) -> Option<PathBuf> {
    let full = std::path::absolute(path).ok()?;
    for ancestor in full.ancestors() {
        if let Ok(real) = ancestor.canonicalize() {
            let rest = full.strip_prefix(ancestor).ok()?;
            let is_plain = rest.components().all(|part| matches!(part, std::path::Component::Normal(_)));
            return is_plain.then(|| real.join(rest));
        }
        // A link to nowhere leads there once something is made.
        if ancestor.symlink_metadata().is_ok() {
            return None;
        }
    }
    None
}

#[cfg(test)]
mod tests;
