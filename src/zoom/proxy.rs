//! The proxy that the environment names. An unusable one is an error: without it the request, with its credentials, would
//! take a route that the user did not choose.

use std::ffi::OsString;

use hyper::Uri;
use hyper_util::client::proxy::matcher::Matcher;
use reqwest::{NoProxy, Url};

use crate::error::Error;

/// The variables that name a proxy, in order of precedence. The last two are for every address.
const NAMES: [&str; 4] = ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"];

/// The variables that list the exceptions.
const EXCEPTIONS: [&str; 2] = ["NO_PROXY", "no_proxy"];

/// A proxy that the environment names.
#[derive(Debug)]
pub(super) struct Proxy {
    /// The variable that names it.
    pub(super) variable: &'static str,
    url: Url,
    exceptions: String,
}

impl Proxy {
    /// The proxy that the environment of this process names.
    ///
    /// # Errors
    ///
    /// [`Error::Setting`] if it cannot be used.
    pub(super) fn of_process() -> Result<Option<Self>, Error> {
        Self::of(|name| std::env::var_os(name))
    }

    /// The proxy that these variables name. An empty variable counts as unset.
    fn of(variables: impl Fn(&str) -> Option<OsString>) -> Result<Option<Self>, Error> {
        let text = |name: &'static str| match variables(name).filter(|value| !value.is_empty()) {
            Some(value) => value.into_string().map(Some).map_err(|_| impossible(name, "is not UTF-8")),
            None => Ok(None),
        };
        let first = |names: &[&'static str]| {
            let found = names.iter().find_map(|name| Some((*name, text(name).transpose()?)));
            found.map(|(name, text)| text.map(|text| (name, text))).transpose()
        };
        let Some((variable, value)) = first(&NAMES)? else { return Ok(None) };
        let url = parse(&value).map_err(|problem| impossible(variable, problem))?;
        let exceptions = match first(&EXCEPTIONS)? {
            Some((name, value)) if quoted(&value) => return Err(impossible(name, QUOTED)),
            found => found.map(|(_, value)| value).unwrap_or_default(),
        };
        let proxy = Self { variable, url, exceptions };
        // The client would silently ignore an address that it cannot use.
        match Matcher::builder()
            .all(proxy.url.as_str())
            .build()
            .intercept(&Uri::from_static("https://zoom.us"))
        {
            Some(_) => Ok(Some(proxy)),
            None => Err(impossible(variable, "is not the address of a proxy")),
        }
    }

    /// The proxy in the form that the client takes.
    pub(super) fn for_client(&self) -> reqwest::Result<reqwest::Proxy> {
        Ok(reqwest::Proxy::all(self.url.clone())?.no_proxy(NoProxy::from_string(&self.exceptions)))
    }

    /// Whether requests to this address go through it.
    pub(super) fn is_for(&self, url: &Url) -> bool {
        let matcher = Matcher::builder().all(self.url.as_str()).no(self.exceptions.as_str()).build();
        url.as_str().parse().is_ok_and(|uri| matcher.intercept(&uri).is_some())
    }

    /// Its address without user and password, and the variable that names it.
    pub(super) fn description(&self) -> String {
        let (scheme, host) = (self.url.scheme(), self.url.host_str().unwrap_or_default());
        let port = self.url.port().map(|port| format!(":{port}")).unwrap_or_default();
        format!("{scheme}://{host}{port} ({})", self.variable)
    }
}

const QUOTED: &str = "begins or ends with a quote that is part of its value";

fn quoted(text: &str) -> bool {
    ['"', '\''].iter().any(|quote| text.starts_with(*quote) || text.ends_with(*quote))
}

/// The address of a proxy, with or without `http://` before it.
fn parse(text: &str) -> Result<Url, &'static str> {
    if text.trim() != text {
        return Err("begins or ends with white space");
    }
    if quoted(text) {
        return Err(QUOTED);
    }
    if text.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return Err("holds white space");
    }
    let scheme = text.split_once("://").map(|(scheme, _)| scheme.to_ascii_lowercase());
    let url = match scheme.as_deref() {
        Some("http" | "https") => Url::parse(text),
        Some(scheme) if scheme.starts_with("socks") => {
            return Err("names a SOCKS proxy, and zoomtok goes through HTTP proxies only: http://HOST:PORT");
        }
        Some(_) => return Err("must begin with http:// or https://"),
        None => Url::parse(&format!("http://{text}")),
    };
    let url = url.ok().filter(|url| url.host_str().is_some_and(|host| !host.is_empty()));
    // The text behind the host may be half of a password.
    let whole =
        url.filter(|url| url.query().is_none() && url.fragment().is_none() && !url.path().contains('@'));
    whole.ok_or(
        "is not the address of a proxy: http://HOST:PORT (in a password / is %2F, ? is %3F and # is %23)",
    )
}

fn impossible(name: &str, problem: &str) -> Error {
    Error::Setting { name: name.into(), place: "set in the environment".into(), problem: problem.into() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Code;
    use crate::error::Diagnostic as _;

    fn of(pairs: &[(&str, &str)]) -> Result<Option<Proxy>, Error> {
        Proxy::of(|name| pairs.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).into()))
    }

    /// The credentials sent to the proxy.
    fn authorization(proxy: &Proxy) -> Option<String> {
        let matcher = Matcher::builder().all(proxy.url.as_str()).build();
        let intercept = matcher.intercept(&Uri::from_static("https://zoom.us"))?;
        Some(intercept.basic_auth()?.to_str().unwrap().to_owned())
    }

    #[test]
    fn the_first_that_is_not_empty_counts() {
        for (pairs, expected) in [
            (&[][..], None),
            (&[("HTTPS_PROXY", "")], None),
            (&[("HTTP_PROXY", "http://a")], None),
            (&[("HTTPS_PROXY", "http://a:3128")], Some("http://a:3128 (HTTPS_PROXY)")),
            (&[("https_proxy", "a:3128")], Some("http://a:3128 (https_proxy)")),
            (&[("HTTPS_PROXY", ""), ("https_proxy", "http://b")], Some("http://b (https_proxy)")),
            (&[("HTTPS_PROXY", "http://a"), ("ALL_PROXY", "http://b")], Some("http://a (HTTPS_PROXY)")),
            (&[("ALL_PROXY", "https://b/")], Some("https://b (ALL_PROXY)")),
            (&[("all_proxy", "HTTP://me:canary@c:1")], Some("http://c:1 (all_proxy)")),
        ] {
            let proxy = of(pairs).unwrap();
            assert_eq!(proxy.as_ref().map(Proxy::description).as_deref(), expected, "{pairs:?}");
            assert!(proxy.is_none_or(|proxy| proxy.for_client().is_ok()));
        }
    }

    #[test]
    fn one_that_cannot_be_used_is_an_error_and_not_nothing() {
        for (value, problem) in [
            ("'http://canary:3128'", "quote"),
            ("\"http://canary:3128\"", "quote"),
            (" http://canary:3128", "white space"),
            ("http://canary:3128\r", "white space"),
            ("http://can ary:3128", "white space"),
            ("socks://canary:1080", "SOCKS"),
            ("socks5h://canary:1080", "SOCKS"),
            ("SOCKS4://canary", "SOCKS"),
            ("ftp://canary", "must begin with http://"),
            ("http://", "not the address"),
            ("http://canary:port", "not the address"),
            ("http://me:can#ary@proxy:3128", "not the address"),
            ("http://me:12#canary@proxy:3128", "not the address"),
            ("http://me:12?canary@proxy:3128", "not the address"),
            ("http://me:12/canary@proxy:3128", "not the address"),
        ] {
            let error = of(&[("HTTPS_PROXY", value)]).expect_err(value);
            let message = error.to_string();
            assert!(message.starts_with("HTTPS_PROXY (set in the environment) "), "{message}");
            assert!(message.contains(problem), "{value:?}: {message}");
            assert!(!message.contains("can"), "{message}");
            assert_eq!(error.code(), Code::Usage);
        }
        let error = of(&[("HTTPS_PROXY", "http://a"), ("no_proxy", "'zoom.us'")]).unwrap_err();
        assert!(error.to_string().starts_with("no_proxy (set in the environment) begins"), "{error}");
    }

    #[test]
    fn a_password_may_hold_what_addresses_do_not() {
        for (password, encoded) in [
            ("pa^ss", "bWU6cGFec3M="),
            ("pa%5Ess", "bWU6cGFec3M="),
            ("p@ss", "bWU6cEBzcw=="),
            ("p|s", "bWU6cHxz"),
        ] {
            let proxy = of(&[("HTTPS_PROXY", &format!("http://me:{password}@proxy:3128"))]).unwrap().unwrap();
            assert_eq!(authorization(&proxy), Some(format!("Basic {encoded}")), "{password}");
            assert_eq!(proxy.description(), "http://proxy:3128 (HTTPS_PROXY)");
        }
    }

    #[test]
    fn an_exception_goes_without_one() {
        let proxy =
            of(&[("HTTPS_PROXY", "http://a"), ("NO_PROXY", "10.0.0.0/8, .example.com,zoom.us")]).unwrap();
        let proxy = proxy.unwrap();
        let is_for = |url: &str| proxy.is_for(&Url::parse(url).unwrap());
        assert!(is_for("https://zoomgov.com") && is_for("https://notzoom.us/x"));
        for url in
            ["https://zoom.us/oauth", "https://api.zoom.us/v2", "https://x.example.com", "https://10.1.1.1"]
        {
            assert!(!is_for(url), "{url}");
        }
    }
}
