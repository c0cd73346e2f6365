//! Everything that is set, at a glance, for those who look for what is wrong with it.

use super::lookup::Settings;
use super::origin::Origin;
use super::table::{ACCESS_TOKEN, Kind, OAUTH_URL, ON_EVENT, POLICY_FILE, REFRESH_TOKEN, Setting, TABLE};
use super::token::Held;
use crate::error::Error;

/// A variable that is set.
#[derive(Debug)]
pub struct Given {
    /// The variable.
    pub name: &'static str,
    /// Where the value was set that counts.
    pub origin: Origin,
    /// Where another value was set, which does not.
    pub overruled: Option<Origin>,
    /// The value, of those that are known to be no secret, or what is wrong with it.
    pub value: Result<Option<String>, Error>,
}

impl Settings {
    /// Every variable that is set, but for those of the token, of which [`Settings::token`] tells.
    pub fn survey(&self) -> Vec<Given> {
        let others = TABLE.iter().filter(|setting| setting.kind != Kind::Token);
        others.filter_map(|setting| self.given(setting)).collect()
    }

    /// Whether the environment has a token that does not count, because the one of `.env`, which is `held`, lives longer.
    pub fn outlives_exported(&self, held: &Held) -> bool {
        let exported = self.environment.get(ACCESS_TOKEN).ok().flatten();
        let filed = self.snapshot.get(ACCESS_TOKEN).map(|entry| &entry.value);
        held.origin != Some(Origin::Environment)
            && exported.is_some_and(|exported| filed.is_none_or(|filed| filed.as_str() != exported))
    }

    /// The variables of the environment that do not count, since a profile has credentials and tokens of its own.
    pub fn uncounted(&self) -> &[&'static str] {
        self.environment.uncounted()
    }

    fn given(&self, setting: &'static Setting) -> Option<Given> {
        let name = setting.name;
        let filed = self.in_file(name);
        if self.is_ignored(name, None).is_some() {
            // A server does not start without its policy.
            let error = self.policy_file().err().filter(|_| name == POLICY_FILE)?;
            let origin = self.written(name)?.origin;
            return Some(Given { name, origin, overruled: None, value: Err(error) });
        }
        let counts = if name == REFRESH_TOKEN { self.newest_refresh_token() } else { self.value(name) };
        let counts = match counts {
            Ok(counts) => counts?,
            Err(error) => {
                // Only a variable of the environment can be no text.
                let overruled = filed.map(|filed| filed.origin);
                return Some(Given { name, origin: Origin::Environment, overruled, value: Err(error) });
            }
        };
        let exported = self.environment.get(name).ok().flatten();
        let overruled = match (exported, filed) {
            (Some(exported), Some(filed)) if exported != filed.text => {
                let others = [Origin::Environment, filed.origin];
                others.into_iter().find(|origin| *origin != counts.origin)
            }
            _ => None,
        };
        Some(Given { name, origin: counts.origin, overruled, value: self.judged(setting) })
    }

    /// The part of a value that is shown. Numbers and addresses are no secrets once they have been read as such.
    fn judged(&self, setting: &'static Setting) -> Result<Option<String>, Error> {
        let name = setting.name;
        match setting.kind {
            Kind::Credential if name == REFRESH_TOKEN => self.refresh_token().map(|_| None),
            Kind::Credential => self.credential(name).map(|_| None),
            Kind::Seconds(_) => self.seconds(name).map(|seconds| Some(seconds.to_string())),
            Kind::Url(_) if name == OAUTH_URL => self.oauth_url().map(|url| Some(url.to_string())),
            Kind::Url(_) => self.api_url(None).map(|url| Some(url.to_string())),
            Kind::Path if name == POLICY_FILE => self.policy_file().map(|_| None),
            Kind::Path => self.path(name).map(|_| None),
            Kind::Switch => self.switch(name).map(|on| Some(if on { "on" } else { "off" }.into())),
            Kind::CredentialCommand => self.secret_command().map(|_| None),
            Kind::Command if name == ON_EVENT => self.on_event(None).map(|_| None),
            Kind::Command => self.claude_app_command().map(|_| None),
            Kind::SharedStore => Ok(self.shared_address()?.map(|address| address.to_string())),
            Kind::Secret | Kind::Token | Kind::Text(_) => Ok(None),
        }
    }
}
