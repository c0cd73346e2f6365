//! Where Zoom is, and for whose secrets an address counts.
//!
//! A `.env` that was found may name any address. It gets what the same file holds: no credentials of the environment, and
//! none that a client has sent.

use reqwest::Url;

use super::lookup::Settings;
use super::origin::{Origin, Value};
use super::secret::ClientSecret;
use super::table::{
    ACCESS_TOKEN, ACCOUNT_ID, API_URL, CLIENT_ID, CLIENT_SECRET, MCP_URL, OAUTH_URL, REFRESH_TOKEN,
    SECRET_COMMAND, default,
};
use crate::error::Error;
use crate::zoom::is_loopback;

impl Settings {
    /// The same for credentials or a token that somebody else has sent.
    #[must_use]
    pub fn for_caller(&self) -> Self {
        Self { for_caller: true, ..self.clone() }
    }

    /// Where tokens come from for the credentials that count; `https://zoom.us` unless it is set.
    ///
    /// # Errors
    ///
    /// [`Error::Setting`] for what is no https URL, plain http to this machine excepted.
    pub fn oauth_url(&self) -> Result<Url, Error> {
        self.url(OAUTH_URL, self.lent(None), without_endpoint)
    }

    /// Where Zoom's API is for a token that was found there; `https://api.zoom.us/v2` unless it is set. One that is about to
    /// be fetched was found nowhere.
    ///
    /// # Errors
    ///
    /// [`Error::Setting`] as with [`Settings::oauth_url`].
    pub fn api_url(&self, token: Option<&Origin>) -> Result<Url, Error> {
        self.url(API_URL, self.lent(token), with_version)
    }

    /// Where Zoom's hosted MCP servers are, for a token as with [`Settings::api_url`]; `https://mcp.zoom.us` unless it is
    /// set.
    ///
    /// # Errors
    ///
    /// [`Error::Setting`] as with [`Settings::oauth_url`].
    pub fn mcp_url(&self, token: Option<&Origin>) -> Result<Url, Error> {
        self.url(MCP_URL, self.lent(token), |url| url)
    }

    /// The secret that the environment lends to a `.env` that was found: for it the addresses of that file do not count.
    pub(super) fn lent(&self, token: Option<&Origin>) -> Option<&'static str> {
        if token == Some(&Origin::Environment) { Some(ACCESS_TOKEN) } else { self.exported_credential() }
    }

    /// The one of the credentials that count which the environment alone holds.
    fn exported_credential(&self) -> Option<&'static str> {
        let is_exported = |name: &'static str, value: Result<Option<Value<'_>>, Error>| {
            let value = value.ok().flatten().filter(|value| value.origin == Origin::Environment)?;
            let is_written = self.written(name).is_some_and(|written| written.text == value.text);
            (!is_written).then_some(name)
        };
        let account = self.value(ACCOUNT_ID);
        let grant = match account {
            Ok(None) => is_exported(REFRESH_TOKEN, self.newest_refresh_token()),
            account => is_exported(ACCOUNT_ID, account),
        };
        // The same command may stand in the file, whose author does not know the secret that it prints here.
        let prints = matches!(self.client_secret(), Ok(Some(ClientSecret::Printed(_))));
        let of_app =
            [CLIENT_ID, CLIENT_SECRET].into_iter().find_map(|name| is_exported(name, self.value(name)));
        of_app.or(prints.then_some(SECRET_COMMAND)).or(grant)
    }

    /// Whether an address that stands in the `.env` counts, where the environment lends this secret.
    pub(super) fn may_lead(&self, lent: Option<&'static str>) -> bool {
        !self.environment.found || (lent.is_none() && !self.for_caller)
    }

    fn url(
        &self,
        name: &'static str,
        lent: Option<&'static str>,
        completed: impl FnOnce(Url) -> Url,
    ) -> Result<Url, Error> {
        let counts = |value: &Value<'_>| value.origin == Origin::Environment || self.may_lead(lent);
        let value = self.value(name)?.filter(counts);
        let text = value.map_or_else(|| default(name), |value| value.text.trim());
        let url = Url::parse(text).map_err(|_| "is not a URL").and_then(|url| acceptable(&url).map(|()| url));
        url.map(|url| completed(without_slash(url))).map_err(|problem| self.impossible(name, problem))
    }
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

fn without_slash(mut url: Url) -> Url {
    let path = url.path().trim_end_matches('/').to_owned();
    url.set_path(&path);
    url
}

/// Zoom's pages show the whole address of the endpoint, which is what is copied.
fn without_endpoint(mut url: Url) -> Url {
    let path = url.path();
    let base = ["/oauth/token", "/oauth"].iter().find_map(|end| path.strip_suffix(end)).map(str::to_owned);
    if let Some(base) = base {
        url.set_path(&base);
    }
    url
}

/// Zoom's own hosts answer nothing at their root.
fn with_version(mut url: Url) -> Url {
    if matches!(url.host_str(), Some("api.zoom.us" | "api.zoomgov.com")) && url.path() == "/" {
        url.set_path("/v2");
    }
    url
}
