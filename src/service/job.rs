//! The command of a service, and its name. Pure.

use std::collections::BTreeMap;
use std::fmt;

/// The first line of every file that zoomtok writes for a manager, in the comments of its format. A file without it is
/// somebody else's.
pub(super) const MARK: &str = "Written by zoomtok service install";

/// The kind of a service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Kind {
    /// `zoomtok watch`, of a profile if it has a name.
    Watch(Option<String>),
    /// `zoomtok gateway` over HTTP, by its name.
    Gateway(String),
}

/// A service: what is run, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Job {
    pub(crate) kind: Kind,
    /// The absolute path of zoomtok.
    pub(crate) program: String,
    pub(crate) arguments: Vec<String>,
    /// The variables that it gets beside those that the manager gives to every service.
    pub(crate) environment: BTreeMap<String, String>,
}

impl Kind {
    /// One line about it, for people.
    pub(super) fn description(&self) -> String {
        match self {
            Self::Watch(None) => "Keep a Zoom access token valid".into(),
            Self::Watch(Some(profile)) => format!("Keep the Zoom access token of {profile} valid"),
            Self::Gateway(name) => format!("The gateway {name} of zoomtok"),
        }
    }
}

impl fmt::Display for Kind {
    /// The name of the service. Names of profiles and gateways are words, so it is one too.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Watch(None) => f.write_str("zoomtok-watch"),
            Self::Watch(Some(profile)) => write!(f, "zoomtok-watch-{profile}"),
            Self::Gateway(name) => write!(f, "zoomtok-gateway-{name}"),
        }
    }
}

impl Job {
    /// The program and its arguments.
    pub(super) fn command(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self.program.as_str()).chain(self.arguments.iter().map(String::as_str))
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A watch with arguments that every format has to quote.
    pub(in crate::service) fn watch() -> Job {
        Job {
            kind: Kind::Watch(None),
            program: "/opt/my tools/zoomtok".into(),
            arguments: ["watch", "--env-file", "/home/me/a \"b\" 100% $HOME & <c>\\/.env"]
                .map(Into::into)
                .into(),
            environment: BTreeMap::from([("XDG_STATE_HOME".into(), "/home/me/50% & more".into())]),
        }
    }

    #[test]
    fn services_have_names_of_their_own() {
        let names = [Kind::Watch(None), Kind::Watch(Some("work".into())), Kind::Gateway("work".into())];
        assert_eq!(
            names.map(|kind| kind.to_string()),
            ["zoomtok-watch", "zoomtok-watch-work", "zoomtok-gateway-work"]
        );
    }
}
