//! A login in a browser.

use reqwest::Url;

use super::super::Context;
use crate::cli::args::Login;
use crate::login::{Authorization, Kind, Listener, LoginError, NoBrowser, Terminal, forward, open, openers};
use crate::settings::App;
use crate::zoom::Grant;

/// The address to which a browser comes back that nobody listens for.
const NOWHERE: &str = "http://127.0.0.1/callback";

/// The address to which the browser is sent back; none for the port that is still to be taken.
pub(super) fn redirect(
    kind: Kind,
    login: &Login,
    app: &App,
    can_paste: bool,
) -> Result<Option<String>, LoginError> {
    let has_secret = app.client_secret.is_some();
    let redirect_uri = match (kind, &login.redirect_uri) {
        (Kind::Browser, _) | (Kind::Paste, None) if has_secret => return Err(LoginError::Confidential),
        (Kind::Paste, None) => NOWHERE,
        (Kind::Paste, Some(text)) if Url::parse(text).is_ok_and(|url| url.scheme() == "https") => text,
        (Kind::Paste, Some(_)) => {
            return Err(LoginError::Value { name: "--redirect-uri", problem: "is no https address" });
        }
        _ => return Ok(None),
    };
    if can_paste { Ok(Some(redirect_uri.to_owned())) } else { Err(LoginError::NoPaste) }
}

/// Shows the page of the Zoom at `url`, and waits until the person has allowed the app there.
pub(super) fn allowed(
    context: &Context,
    login: &Login,
    terminal: Option<&mut Terminal>,
    redirect_uri: Option<String>,
    url: &Url,
    client_id: &str,
) -> Result<Grant, LoginError> {
    let (listener, redirect_uri) = if let Some(redirect_uri) = redirect_uri {
        (None, redirect_uri)
    } else {
        let listener = Listener::bind(login.port.unwrap_or(0))?;
        let redirect_uri = listener.redirect_uri();
        (Some(listener), redirect_uri)
    };
    let authorization = Authorization::new(redirect_uri)?;
    let page = authorization.page(url, client_id);
    let output = context.output;
    output.must("👉 Open this address, and allow the app there:");
    output.must(page.as_str());
    let port = listener.as_ref().map(Listener::port);
    if let Some(hint) = (!login.no_browser).then(|| opened(context, &page, port)).flatten() {
        output.talk(&hint);
    }
    if terminal.is_some() {
        output.talk("   If the browser ends on a page that does not load, or on an error, paste its address or its text here");
    }
    let say = |text: &str| output.talk(&format!("   {text}"));
    let code = crate::login::until_allowed(&authorization, listener, terminal, &context.stop, &say)?;
    Ok(authorization.redeemed_by(code))
}

/// Opens a browser, or gives what to do in place of that.
fn opened(context: &Context, page: &Url, port: Option<u16>) -> Option<String> {
    match openers(page) {
        Ok(commands) => open(&commands).err().map(|error| {
            context.output.warn(&format!("no browser could be opened: {error}"));
            "   Open it in any browser on this machine".to_owned()
        }),
        Err(NoBrowser::Ssh) => {
            let variable = |name| std::env::var(name).ok();
            let user = variable("USER").or_else(|| variable("LOGNAME"));
            let forward =
                port.and_then(|port| forward(&variable("SSH_CONNECTION")?, user.as_deref(), port))?;
            Some(format!("   To open it on the machine you sit at, first run there: {forward}"))
        }
        Err(NoBrowser::Container) => Some("   This is a container, so open it on another machine".to_owned()),
        Err(NoBrowser::NoDisplay) => {
            Some("   There is no display here, so open it on another machine".to_owned())
        }
    }
}
