//! Tokens on their way into a store.

use chrono::{DateTime, Utc};
use zeroize::Zeroizing;

use super::names::{
    ACCESS_TOKEN, ACCOUNT_ID, CLIENT_ID, CLIENT_SECRET, REFRESH_TOKEN, SECRET_COMMAND, TOKEN_EXPIRES_AT,
};
use crate::clock::rfc3339;
use crate::token::Token;

/// All variables that a login or a logout changes, in the order in which a new `.env` has them.
pub(super) const OF_LOGIN: [&str; 6] =
    [CLIENT_ID, CLIENT_SECRET, ACCOUNT_ID, ACCESS_TOKEN, TOKEN_EXPIRES_AT, REFRESH_TOKEN];

/// Tokens to be put into a store. A field that is none leaves the stored value unchanged.
#[derive(Clone, Default)]
pub struct NewTokens {
    /// An access token.
    pub access_token: Option<Zeroizing<String>>,
    /// When it expires.
    pub expires_at: Option<Zeroizing<String>>,
    /// A refresh token.
    pub refresh_token: Option<Zeroizing<String>>,
    /// The app that they were issued to, if it is to be put there as well.
    pub app: Option<NewApp>,
    /// The variables that are to be removed.
    pub gone: Vec<&'static str>,
}

/// The app of a login.
#[derive(Clone)]
pub struct NewApp {
    /// Its client id.
    pub client_id: String,
    /// Its client secret; a public client has none, and neither has one whose secret a command prints.
    pub client_secret: Option<Zeroizing<String>>,
    /// The account of a Server-to-Server OAuth app.
    pub account_id: Option<String>,
}

impl NewTokens {
    /// The tokens that Zoom has issued: an access token with its end, a refresh token, or both.
    pub fn issued(token: Option<(&Token, DateTime<Utc>)>, refresh_token: Option<&Token>) -> Self {
        let own = |token: &Token| Zeroizing::new(token.expose().to_owned());
        Self {
            access_token: token.map(|(token, _)| own(token)),
            expires_at: token.map(|(_, expires_at)| rfc3339(expires_at).into()),
            refresh_token: refresh_token.map(own),
            app: None,
            gone: Vec::new(),
        }
    }

    /// The same for a login: with the app that they were issued to. Whatever an app or an account before it had goes.
    #[must_use]
    pub fn of_login(self, app: NewApp) -> Self {
        let mut tokens = Self { app: Some(app), ..self };
        let is_put = |name: &&str| tokens.pairs().any(|(put, _)| put == *name);
        tokens.gone = OF_LOGIN.into_iter().filter(|name| !is_put(name)).collect();
        tokens
    }

    /// The same for a public client. The command that prints the secret of the app before it goes too.
    #[must_use]
    pub fn without_secret_command(mut self) -> Self {
        self.gone.push(SECRET_COMMAND);
        self
    }

    /// A logout: the tokens go, and `with_app` the app too.
    pub fn logout(with_app: bool) -> Self {
        let tokens = |of_app: usize| Self { gone: OF_LOGIN[of_app..].to_vec(), ..Self::default() };
        if with_app { tokens(0).without_secret_command() } else { tokens(3) }
    }

    /// Whether it belongs to a login or a logout, by which a person has decided about what is there.
    pub fn is_of_person(&self) -> bool {
        self.app.is_some() || !self.gone.is_empty()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.pairs().next().is_none() && self.gone.is_empty()
    }

    /// Each with its variable.
    pub fn pairs(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let app = self.app.as_ref();
        let values = [
            (CLIENT_ID, app.map(|app| app.client_id.as_str())),
            (CLIENT_SECRET, app.and_then(|app| app.client_secret.as_ref()).map(|secret| secret.as_str())),
            (ACCOUNT_ID, app.and_then(|app| app.account_id.as_deref())),
            (ACCESS_TOKEN, self.access_token.as_ref().map(|text| text.as_str())),
            (TOKEN_EXPIRES_AT, self.expires_at.as_ref().map(|text| text.as_str())),
            (REFRESH_TOKEN, self.refresh_token.as_ref().map(|text| text.as_str())),
        ];
        values.into_iter().filter_map(|(name, value)| Some((name, value?)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_login_leaves_nothing_of_another_app() {
        let token = |text: &str| Token::new(text.to_owned()).unwrap();
        let now = DateTime::UNIX_EPOCH;
        let (access, refresh) = (token("access"), token("refresh"));
        let app = |secret: Option<&str>, account: Option<&str>| NewApp {
            client_id: "id".into(),
            client_secret: secret.map(|secret| secret.to_owned().into()),
            account_id: account.map(str::to_owned),
        };
        for (refresh, app, put, gone) in [
            (
                Some(&refresh),
                app(None, None),
                "id access 1970-01-01T00:00:00Z refresh",
                "ZOOM_CLIENT_SECRET ZOOM_ACCOUNT_ID",
            ),
            (
                None,
                app(Some("secret"), Some("account")),
                "id secret account access 1970-01-01T00:00:00Z",
                "ZOOM_REFRESH_TOKEN",
            ),
        ] {
            let tokens = NewTokens::issued(Some((&access, now)), refresh).of_login(app);
            let values: Vec<&str> = tokens.pairs().map(|(_, value)| value).collect();
            assert_eq!((values.join(" ").as_str(), tokens.gone.join(" ").as_str()), (put, gone));
            assert!(tokens.is_of_person() && !tokens.is_empty());
        }
    }

    #[test]
    fn a_logout_puts_nothing() {
        for (with_app, gone) in [(false, 3), (true, 7)] {
            let tokens = NewTokens::logout(with_app);
            assert_eq!((tokens.pairs().count(), tokens.gone.len()), (0, gone));
            assert!(tokens.is_of_person() && !tokens.is_empty());
        }
        assert!(NewTokens::default().is_empty() && !NewTokens::default().is_of_person());
    }
}
