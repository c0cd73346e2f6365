//! The variables that hold the tokens, and those of the app that they are issued to.

/// The variable of the app's client id.
pub(crate) const CLIENT_ID: &str = "ZOOM_CLIENT_ID";

/// The variable of its client secret.
pub(crate) const CLIENT_SECRET: &str = "ZOOM_CLIENT_SECRET";

/// The variable of the command that prints that secret.
pub(crate) const SECRET_COMMAND: &str = "ZOOMTOK_SECRET_COMMAND";

/// The variable of the account of a Server-to-Server OAuth app.
pub(crate) const ACCOUNT_ID: &str = "ZOOM_ACCOUNT_ID";

/// The variable of the access token.
pub(crate) const ACCESS_TOKEN: &str = "ZOOM_ACCESS_TOKEN";

/// The variable of the time at which that expires.
pub(crate) const TOKEN_EXPIRES_AT: &str = "ZOOM_TOKEN_EXPIRES_AT";

/// The variable of the refresh token.
pub(crate) const REFRESH_TOKEN: &str = "ZOOM_REFRESH_TOKEN";
