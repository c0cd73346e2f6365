//! Settings that work and are most likely not what was meant.

use super::lookup::Settings;
use super::names::{is_ours, meant};
use super::origin::Origin;
use super::table::POLICY_FILE;

/// Something odd, as a sentence, and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Oddity {
    /// The oddity.
    pub what: String,
    /// The remedy, as a sentence without its full stop.
    pub fix: String,
}

impl Oddity {
    /// Both, as a warning.
    pub fn told(&self) -> String {
        format!("{}. {}", self.what, self.fix)
    }
}

impl Settings {
    /// Names near one of ours, of those that are `exported` and those of the `.env`; and addresses of two Zooms.
    pub fn oddities(&self, exported: &[String]) -> Vec<Oddity> {
        let exported = exported.iter().map(|name| (name.as_str(), Origin::Environment.to_string()));
        let place = format!("in {}", self.file().path().display());
        let filed = self.file().other_names().filter(|name| is_ours(name)).map(|name| (name, place.clone()));
        let unknown = exported.chain(filed).filter_map(|(name, place)| {
            let meant = meant(name)?;
            let what = format!("{name} ({place}) is no setting of zoomtok's");
            Some(Oddity { what, fix: format!("If {meant} is meant, call it that") })
        });
        unknown.chain(self.two_zooms()).collect()
    }

    /// A policy that is set to nothing, so that everything is allowed.
    pub fn empty_policy(&self) -> Option<Oddity> {
        if !matches!(self.policy_file(), Ok(None)) {
            return None;
        }
        let place = if self.environment.sets_empty(POLICY_FILE) {
            Origin::Environment.to_string()
        } else if self.file().sets_empty(POLICY_FILE) {
            format!("in {}", self.file().path().display())
        } else {
            return None;
        };
        Some(Oddity {
            what: format!("{POLICY_FILE} ({place}) is empty: the server allows every tool"),
            fix: "Name a policy, or remove the variable".into(),
        })
    }

    /// Zoom for Government has hosts of its own for both, and a token of the one is nothing to the other.
    fn two_zooms(&self) -> Option<Oddity> {
        let hosts =
            [self.oauth_url(), self.api_url(None)].map(|url| url.ok().and_then(|url| zoom(url.host_str()?)));
        let [Some(oauth), Some(api)] = hosts else { return None };
        (oauth != api).then(|| Oddity {
            what: format!("ZOOM_OAUTH_URL is {oauth}'s and ZOOM_API_URL is {api}'s"),
            fix: "Set both: for Zoom for Government https://zoomgov.com and https://api.zoomgov.com/v2, else neither"
                .into(),
        })
    }
}

/// Whose host it is, of Zoom's own.
fn zoom(host: &str) -> Option<&'static str> {
    let is_of =
        |domain: &str| host == domain || host.strip_suffix(domain).is_some_and(|host| host.ends_with('.'));
    ["zoom.us", "zoomgov.com"].into_iter().find(|domain| is_of(domain))
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;

    use super::super::{Chosen, Environment, NAMES};
    use super::*;
    use crate::store::{EnvStore, Store as _};

    fn told(pairs: &[(&'static str, &str)], env: &str, exported: &[&str]) -> (Vec<String>, Option<String>) {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join(".env");
        let mut file = std::fs::File::options().create_new(true).write(true).open(&path).unwrap();
        std::io::Write::write_all(&mut file, env.as_bytes()).unwrap();
        let pairs = pairs.iter().map(|(name, value)| (*name, OsString::from(value)));
        let environment = Environment::from_pairs(pairs).with(Chosen::ByFlag);
        let snapshot = std::sync::Arc::new(EnvStore::new(path.clone(), NAMES, None).read().unwrap());
        let settings = Settings::new(&environment, &snapshot);
        let exported: Vec<String> = exported.iter().map(|name| (*name).to_owned()).collect();
        let place = path.display().to_string();
        let told = |oddity: &Oddity| oddity.told().replace(&place, ".env");
        let odd = settings.oddities(&exported).iter().map(told).collect();
        (odd, settings.empty_policy().as_ref().map(told))
    }

    #[test]
    fn a_name_that_is_none_of_ours_is_told_with_its_place() {
        let env = "ZOOM_POLICY=p\nZOOM_SDK_KEY=k\nCLAUDE_APP_NAMES=x\nOTHER=1\n";
        assert_eq!(
            told(&[], env, &["ZOOM_CLEINT_ID", "ZOOM_SDK_SECRET"]).0,
            [
                "ZOOM_CLEINT_ID (set in the environment) is no setting of zoomtok's. If ZOOM_CLIENT_ID is meant, call \
                 it that",
                "ZOOM_POLICY (in .env) is no setting of zoomtok's. If ZOOM_POLICY_FILE is meant, call it that",
            ]
        );
    }

    #[test]
    fn an_empty_policy_is_told_where_no_other_is_in_force() {
        let empty = |pairs, env| told(pairs, env, &[]).1;
        for (pairs, env, place) in [
            (&[][..], "ZOOM_POLICY_FILE=\n", Some("(in .env)")),
            (&[], "ZOOM_POLICY_FILE=p\nZOOM_POLICY_FILE=''\n", Some("(in .env)")),
            (&[("ZOOM_POLICY_FILE", "")], "", Some("(set in the environment)")),
            (&[("ZOOM_POLICY_FILE", "")], "ZOOM_POLICY_FILE=p\n", None),
            (&[("ZOOM_POLICY_FILE", "p")], "ZOOM_POLICY_FILE=\n", None),
            (&[], "ZOOM_POLICY_FILE=\nZOOM_POLICY_FILE=p\n", None),
            (&[], "", None),
        ] {
            let told = empty(pairs, env);
            assert_eq!(told.is_some(), place.is_some(), "{env:?} {told:?}");
            assert!(told.unwrap_or_default().contains(place.unwrap_or_default()), "{env:?}");
        }
    }

    #[test]
    fn addresses_of_two_zooms_are_told() {
        let odd = |oauth: &str, api: &str| {
            told(&[("ZOOM_OAUTH_URL", oauth), ("ZOOM_API_URL", api)], "", &[]).0.len()
        };
        for (oauth, api, expected) in [
            ("https://zoomgov.com", "", 1),
            ("", "https://api.zoomgov.com/v2", 1),
            ("https://zoomgov.com", "https://api.zoom.us/v2", 1),
            ("https://zoomgov.com", "https://api.zoomgov.com", 0),
            ("https://www.zoomgov.com/oauth/token", "https://api-us.zoomgov.com/v2", 0),
            ("https://zoomgov.com", "https://proxy.example", 0),
            ("https://notzoomgov.com", "", 0),
            ("https://eu01web.zoom.us", "https://api-eu.zoom.us/v2", 0),
            ("", "", 0),
        ] {
            assert_eq!(odd(oauth, api), expected, "{oauth:?} {api:?}");
        }
    }
}
