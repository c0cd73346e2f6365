//! Which kind of login it is, what it needs, and what it would displace (pure).

use crate::settings::App;

/// A way to log in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// With the three values of a Server-to-Server OAuth app.
    ServerToServer,
    /// A person allows it in a browser, which comes back to this machine.
    Browser,
    /// The same, and the person pastes the address on which the browser ends.
    Paste,
    /// A person enters a short code somewhere else.
    Device,
}

/// A value that a login needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Needed {
    AccountId,
    ClientId,
    ClientSecret,
}

impl Kind {
    /// The kind for an app that is known, where nobody has said which.
    pub(crate) fn of(app: &App) -> Option<Self> {
        match (&app.account_id, app.is_of_user, &app.client_id, &app.client_secret) {
            (Some(_), ..) => Some(Self::ServerToServer),
            (None, _, Some(_), None) => Some(Self::Browser),
            (None, true, Some(_), Some(_)) => Some(Self::Paste),
            _ => None,
        }
    }

    /// The values of an app that count for this kind, with a client id that somebody has named. Values of another kind of
    /// app, or of another client id, are not mixed with it.
    pub(crate) fn fitting(self, app: App, named: Option<&str>) -> App {
        let is_of_this_kind = match self {
            Self::ServerToServer => app.account_id.is_some() || !app.is_of_user,
            Self::Browser | Self::Paste | Self::Device => app.account_id.is_none(),
        };
        let is_of_this_client = named.is_none_or(|named| app.client_id.as_deref() == Some(named));
        let app = if is_of_this_kind && is_of_this_client { app } else { App::default() };
        App { client_id: named.map(str::to_owned).or(app.client_id), ..app }
    }

    /// The values that are missing.
    pub(crate) fn lacks(self, app: &App) -> Vec<Needed> {
        let s2s = self == Self::ServerToServer;
        let table = [
            (s2s && app.account_id.is_none(), Needed::AccountId),
            (app.client_id.is_none(), Needed::ClientId),
            (s2s && app.client_secret.is_none(), Needed::ClientSecret),
        ];
        table.into_iter().filter(|(lacks, _)| *lacks).map(|(_, needed)| needed).collect()
    }

    /// The contents of a `.env` with this app that a login to `new` would displace; read after "it holds".
    pub(crate) fn displaces(self, there: &App, new: &str) -> Option<&'static str> {
        let is_other = there.client_id.as_deref().is_some_and(|id| id != new);
        match self {
            _ if is_other => Some("the credentials of another app"),
            Self::ServerToServer if there.account_id.is_none() && there.is_of_user => {
                Some("the login of a user-authorised app")
            }
            Self::Browser | Self::Paste | Self::Device if there.account_id.is_some() => {
                Some("the credentials of a Server-to-Server OAuth app")
            }
            _ => None,
        }
    }
}

impl Needed {
    /// Its variable, for the message that it is missing; the client id has a flag too.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::AccountId => "ZOOM_ACCOUNT_ID",
            Self::ClientId => "ZOOM_CLIENT_ID (or --client-id)",
            Self::ClientSecret => "ZOOM_CLIENT_SECRET",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::ClientSecret;

    /// An app with an id, `s` for a secret, `a` for an account id, `r` for a refresh token.
    fn app(text: &str) -> App {
        let (id, has) = text.split_once(' ').unwrap_or((text, ""));
        App {
            client_id: Some(id.to_owned()).filter(|id| !id.is_empty()),
            client_secret: has.contains('s').then(|| ClientSecret::Set("secret".into())),
            account_id: has.contains('a').then(|| "account".to_owned()),
            is_of_user: has.contains('r'),
        }
    }

    fn shown(app: &App) -> String {
        let has = |is: bool, letter| if is { letter } else { "" };
        [
            app.client_id.as_deref().unwrap_or_default(),
            " ",
            has(app.client_secret.is_some(), "s"),
            has(app.account_id.is_some(), "a"),
            has(app.is_of_user, "r"),
        ]
        .concat()
        .trim_end()
        .to_owned()
    }

    #[test]
    fn an_app_says_which_kind_it_is() {
        for (text, expected) in [
            ("", None),
            ("id s", None),
            ("id sa", Some(Kind::ServerToServer)),
            (" a", Some(Kind::ServerToServer)),
            ("id", Some(Kind::Browser)),
            ("id r", Some(Kind::Browser)),
            ("id sr", Some(Kind::Paste)),
        ] {
            assert_eq!(Kind::of(&app(text)), expected, "{text}");
        }
    }

    #[test]
    fn values_of_another_app_do_not_count() {
        use Kind::{Browser, Device, Paste, ServerToServer};
        for (kind, there, named, expected) in [
            (ServerToServer, "id sa", None, "id sa"),
            (ServerToServer, "id s", None, "id s"),
            (ServerToServer, "id sr", None, ""),
            (ServerToServer, "id sa", Some("other"), "other"),
            (Browser, "id sa", None, ""),
            (Browser, "id r", None, "id r"),
            (Browser, "id sr", None, "id sr"),
            (Browser, "id sr", Some("id"), "id sr"),
            (Browser, "id sr", Some("public"), "public"),
            (Paste, "id sa", Some("id"), "id"),
            (Device, "id s", None, "id s"),
        ] {
            assert_eq!(shown(&kind.fitting(app(there), named)), expected, "{kind:?} {there} {named:?}");
        }
    }

    #[test]
    fn what_is_missing_is_named() {
        let names = |kind: Kind, text| {
            let names: Vec<&str> = kind.lacks(&app(text)).into_iter().map(Needed::name).collect();
            names.join(" ")
        };
        assert_eq!(
            names(Kind::ServerToServer, ""),
            "ZOOM_ACCOUNT_ID ZOOM_CLIENT_ID (or --client-id) ZOOM_CLIENT_SECRET"
        );
        assert_eq!(names(Kind::ServerToServer, "id a"), "ZOOM_CLIENT_SECRET");
        assert_eq!(names(Kind::ServerToServer, "id sa"), "");
        for kind in [Kind::Browser, Kind::Paste, Kind::Device] {
            assert_eq!(names(kind, ""), "ZOOM_CLIENT_ID (or --client-id)");
            assert_eq!(names(kind, "id"), "");
        }
    }

    #[test]
    fn another_app_is_not_displaced_unseen() {
        use Kind::{Browser, ServerToServer};
        for (kind, there, expected) in [
            (Browser, "", None),
            (Browser, "id", None),
            (Browser, "id r", None),
            (Browser, "other r", Some("the credentials of another app")),
            (Browser, "other", Some("the credentials of another app")),
            (Browser, "id sa", Some("the credentials of a Server-to-Server OAuth app")),
            (ServerToServer, "id sa", None),
            (ServerToServer, "id s", None),
            (ServerToServer, "id sr", Some("the login of a user-authorised app")),
        ] {
            assert_eq!(kind.displaces(&app(there), "id"), expected, "{kind:?} {there}");
        }
    }
}
