//! The variables that hold the tokens.

/// The variable of the access token.
pub(crate) const ACCESS_TOKEN: &str = "ZOOM_ACCESS_TOKEN";

/// The variable of the time at which that expires.
pub(crate) const TOKEN_EXPIRES_AT: &str = "ZOOM_TOKEN_EXPIRES_AT";

/// The variable of the refresh token.
pub(crate) const REFRESH_TOKEN: &str = "ZOOM_REFRESH_TOKEN";
