//! The arguments of `zoomtok login` and `zoomtok logout`.

use clap::Args;

use super::tables::LOGIN;

/// Log in to Zoom, and put the login into .env
///
/// On a terminal it asks for what is missing. It tries the login with Zoom, and writes .env only when Zoom has taken it:
/// the app's credentials and the tokens, in one step. Without a terminal nothing is asked, and what is missing is named.
/// docs/login.md says how to make an app.
#[derive(Debug, Args)]
#[command(after_help = LOGIN)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag")]
pub struct Login {
    /// How to log in
    #[command(flatten)]
    pub way: Way,
    /// Let the person paste the address where the browser ends, and listen on no port
    #[arg(long, conflicts_with_all = ["server_to_server", "device"])]
    pub paste: bool,
    /// The app's own https address to which Zoom sends the browser back; for an app with a secret
    #[arg(long, value_name = "URL", requires = "paste")]
    pub redirect_uri: Option<String>,
    /// Show the address and open no browser
    #[arg(long, conflicts_with_all = ["server_to_server", "device"])]
    pub no_browser: bool,
    /// The port on 127.0.0.1 to which the browser comes back [default: any free one]
    #[arg(long, conflicts_with_all = ["server_to_server", "device", "paste"])]
    pub port: Option<u16>,
    /// The app's client id; for --browser its Public Client ID [default: ZOOM_CLIENT_ID]
    #[arg(long, value_name = "ID")]
    pub client_id: Option<String>,
    /// Replace the credentials of another app in .env without asking
    #[arg(long)]
    pub replace: bool,
    /// Check whether a login is needed, and ask nobody: 0 if it is not, 1 if it is
    #[arg(long, conflicts_with_all = [
        "server_to_server", "browser", "device", "paste", "no_browser", "port", "client_id", "replace"
    ])]
    pub check: bool,
    /// Print a JSON object, with the token masked
    #[arg(long)]
    pub json: bool,
}

/// How to log in
#[derive(Debug, Clone, Args)]
#[group(multiple = false)]
pub struct Way {
    /// With the account id, the client id and the client secret of a Server-to-Server OAuth app
    #[arg(long)]
    pub server_to_server: bool,
    /// In a browser, with a General app
    #[arg(long)]
    pub browser: bool,
    /// With a code to be entered on another machine; the app needs "Use App on Device"
    #[arg(long)]
    pub device: bool,
}

/// End the login at Zoom, and remove its tokens from .env
///
/// All other lines of .env stay. If Zoom does not end the login, nothing is removed.
#[derive(Debug, Args)]
pub struct Logout {
    /// Remove the app's credentials too
    #[arg(long)]
    pub all: bool,
    /// Remove them even if Zoom does not end the login
    #[arg(long)]
    pub force: bool,
}
