//! Reasons for which Zoom refuses to issue a token.

/// Why Zoom refused to issue a token, as far as its answer says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// `invalid_client`, 4702, 4704: the client id or the client secret.
    Client,
    /// The same to a client without a secret. Zoom answers the id of a confidential client like this
    /// (`ZOOM_CLIENT_SECRET` is missing), and an unknown one.
    PublicClient,
    /// `invalid_request` "Bad Request" to an `account_credentials` grant: the account id. Zoom says no more.
    Account,
    /// `unsupported_grant_type`, 4705: the grant is for another type of app.
    GrantType,
    /// `invalid_grant` to a `refresh_token` grant, 4711, 4737, 4740, 4741: the refresh token is spent or revoked.
    RefreshToken,
    /// As above, after an answer that never arrived and most likely held the next one.
    RefreshAnswerLost,
    /// `invalid_scope`: a scope that the app does not have.
    Scope,
    /// `unauthorized_client`, `access_denied`, 4738: the app may not get a token for this account.
    Unauthorized,
    /// 401 from the API to a token that was issued just before.
    NewToken,
    /// 4717: Zoom has disabled the app.
    AppDisabled,
    /// 4735: the user of this authorization no longer exists.
    UserGone,
    /// `invalid_grant` to an `authorization_code` grant, 4733, 4734: the code is used, expired or made up.
    Code,
    /// 4709: the redirect URL differs from that of the authorization.
    RedirectUri,
    /// `authorization_pending`, `slow_down`: the person has not decided about a device yet.
    Pending {
        /// Whether the device asks too often.
        slow_down: bool,
    },
    /// `expired_token`: nobody has entered the code of a device in time.
    DeviceCode,
    /// `access_denied`: the person has not allowed it.
    Denied,
    /// Any other verdict: its name, without anything that could be a credential.
    Other(String),
}

impl Refusal {
    pub(super) fn what(&self) -> String {
        match self {
            Self::Client => "it does not know this client id and client secret".into(),
            Self::PublicClient => "it does not know this client id as one without a client secret".into(),
            Self::Account => "this app cannot use this account id".into(),
            Self::GrantType => "the credentials are for another type of app".into(),
            Self::RefreshToken => "the refresh token is spent, revoked or from another app".into(),
            Self::RefreshAnswerLost => {
                "the refresh token is spent; an answer from Zoom that never arrived probably held the next one".into()
            }
            Self::Scope => "the app lacks a requested scope".into(),
            Self::Unauthorized => "the app is not allowed to get a token for this account".into(),
            Self::NewToken => "its API does not accept the token that was just issued".into(),
            Self::AppDisabled => "Zoom has disabled the app".into(),
            Self::UserGone => "the user who authorised the app no longer exists".into(),
            Self::Code => "the authorization code was used before, is older than 5 minutes, or is not Zoom's".into(),
            Self::RedirectUri => "the redirect URL is not the one of the authorization".into(),
            Self::Pending { .. } => "nobody has allowed it yet".into(),
            Self::DeviceCode => "the code of this device has expired".into(),
            Self::Denied => "the app was not allowed".into(),
            Self::Other(name) => name.clone(),
        }
    }

    pub(super) fn fix(&self) -> &'static str {
        match self {
            Self::Client => {
                "Copy ZOOM_CLIENT_ID and ZOOM_CLIENT_SECRET again from the app's page on marketplace.zoom.us, and \
                 check that the app is activated"
            }
            Self::PublicClient => {
                "Set ZOOM_CLIENT_SECRET too; or, for an app without one, copy its Public Client ID into ZOOM_CLIENT_ID from \
                 the app's page on marketplace.zoom.us"
            }
            Self::Account => "Copy ZOOM_ACCOUNT_ID again from the app's page on marketplace.zoom.us",
            Self::GrantType => {
                "ZOOM_ACCOUNT_ID belongs to a Server-to-Server OAuth app, ZOOM_REFRESH_TOKEN to a user-authorised one: \
                 set the one that fits the app"
            }
            Self::RefreshToken | Self::RefreshAnswerLost => {
                "Log in again with zoomtok login, or put a new refresh token into ZOOM_REFRESH_TOKEN"
            }
            Self::Scope => "Add the scope to the app on marketplace.zoom.us",
            Self::Unauthorized => "Ask the account's administrator to approve the app",
            Self::NewToken => {
                "Check that ZOOM_API_URL and ZOOM_OAUTH_URL belong to the same Zoom, and that the app is activated"
            }
            Self::AppDisabled => "Ask Zoom's support why",
            Self::UserGone => "Authorise the app again as an existing user",
            Self::Code | Self::DeviceCode => "Log in again, and do not use the code anywhere else",
            Self::RedirectUri => "Log in again, and paste the address that this login ends on",
            Self::Pending { .. } => "Log in again, and enter the code in time",
            Self::Denied => "Log in again, and choose Allow",
            Self::Other(_) => {
                "Check on marketplace.zoom.us that the app exists, has the right type, and is activated"
            }
        }
    }
}
