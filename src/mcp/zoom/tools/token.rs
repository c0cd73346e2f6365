//! The tools for the token itself.

use crate::mcp::zoom::tools::scopes::Scopes;
use chrono::{DateTime, Utc};
use garde::Validate;
use schemars::{JsonSchema, Schema};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::arguments::{ClientId, ClientSecret, GivenToken};
use super::{Hints, Reply, Tool, schema};
use crate::clock::rfc3339;
use crate::error::Diagnostic as _;
use crate::mcp::zoom::failure::ToolFailure;
use crate::mcp::zoom::session::Session;
use crate::token::TokenState;
use crate::tokens::Given;
use crate::zoom::Grant;

#[derive(Debug, Deserialize, JsonSchema, Validate)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[expect(clippy::struct_field_names, reason = "these are the names that clients know")]
pub(super) struct RefreshToken {
    /// Not needed; taken for clients that were made for another server.
    #[expect(dead_code, reason = "a refresh does not need the token that it replaces")]
    zoom_access_token: Option<GivenToken>,
    /// The refresh token of a user-authorised app. It is spent: the answer holds the next one.
    zoom_refresh_token: Option<GivenToken>,
    /// The client id of that app.
    zoom_client_id: Option<ClientId>,
    /// The client secret of that app.
    zoom_client_secret: Option<ClientSecret>,
}

/// The answer of `zoom_refresh_token`; the fields are those of the server that this tool comes from.
#[derive(Default, Serialize, JsonSchema)]
struct Refreshed {
    /// `success` or `error`.
    status: &'static str,
    /// When the new token ends, RFC 3339.
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<String>,
    /// The seconds that the new token has left.
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_in: Option<i64>,
    /// The new access token; only where the credentials came with the call.
    #[serde(skip_serializing_if = "Option::is_none")]
    access_token: Option<String>,
    /// The next refresh token; only where the credentials came with the call.
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_token: Option<String>,
    /// Why there is no new token.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

impl Refreshed {
    fn until(expires_at: DateTime<Utc>, now: DateTime<Utc>) -> Self {
        Self {
            status: "success",
            expires_at: Some(rfc3339(expires_at)),
            expires_in: Some((expires_at - now).num_seconds()),
            ..Self::default()
        }
    }

    fn value(&self) -> Value {
        json!(self)
    }
}

impl RefreshToken {
    /// The credentials of the call; none where the configured ones are to be used.
    fn given(self) -> Result<Option<Given>, ToolFailure> {
        match (self.zoom_refresh_token, self.zoom_client_id, self.zoom_client_secret) {
            (None, None, None) => Ok(None),
            (Some(refresh), Some(client_id), Some(client_secret)) => Ok(Some(Given {
                client_id: client_id.to_string(),
                client_secret: Some(client_secret.into()),
                refresh: refresh.into(),
            })),
            _ => Err(ToolFailure::arguments(
                "give zoom_refresh_token, zoom_client_id and zoom_client_secret together, or none of them to use what \
                 is configured",
            )),
        }
    }

    async fn refresh(self, session: &Session) -> Result<Reply, ToolFailure> {
        match self.given()? {
            None => {
                let kept = session.renew().await?;
                let value = Refreshed::until(kept.expires_at, session.now()).value();
                let text =
                    format!("The token was refreshed; it is valid until {}.", rfc3339(kept.expires_at));
                Ok(Reply { value, text: Some(text) })
            }
            Some(given) => {
                let pair = session.exchange(given).await?;
                let refreshed = Refreshed {
                    access_token: Some(pair.access.expose().to_owned()),
                    refresh_token: Some(pair.refresh.expose().to_owned()),
                    ..Refreshed::until(pair.expires_at, session.now())
                };
                Ok(refreshed.value().into())
            }
        }
    }
}

impl Tool for RefreshToken {
    const NAME: &'static str = "zoom_refresh_token";
    const SCOPES: Option<Scopes> = None;
    const TITLE: &'static str = "Refresh the access token";
    const DESCRIPTION: &'static str = "Refresh the Zoom access token now. The server does so by itself in time: call this only when a \
         tool says that the token is not taken. Without arguments the configured credentials serve, and the answer says until when \
         the new token is valid, not what it is. With zoom_refresh_token, zoom_client_id and zoom_client_secret the answer holds \
         the new access token and the next refresh token.";
    const HINTS: Hints = Hints { read_only: false, destructive: false, idempotent: false, open_world: true };

    fn output() -> Option<Schema> {
        Some(schema::<Refreshed>())
    }

    /// A failure has the form that it has in the server that this tool comes from.
    async fn call(self, session: &Session) -> Result<Reply, ToolFailure> {
        self.refresh(session).await.map_err(|failure| {
            let refreshed =
                Refreshed { status: "error", error: Some(failure.message), ..Refreshed::default() };
            let value = refreshed.value();
            ToolFailure { value: Some(value.clone()), ..ToolFailure::new(value.to_string()) }
        })
    }
}

#[derive(Debug, Deserialize, JsonSchema, Validate)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub(super) struct TokenStatus {
    /// Also ask Zoom whether it still takes the token, which it may have revoked. Nothing is renewed.
    #[serde(default)]
    live: bool,
}

/// The answer of `zoom_token_status`.
#[derive(Serialize, JsonSchema)]
struct Status {
    /// `valid`, `expired`, `missing` or `malformed`.
    state: &'static str,
    /// The problem with the token or with the file that it is kept in, if any.
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<String>,
    /// When it ends, RFC 3339.
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<String>,
    /// The seconds that it has left.
    #[serde(skip_serializing_if = "Option::is_none")]
    seconds_left: Option<i64>,
    /// Whether Zoom takes it, where Zoom was asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    live: Option<bool>,
    /// Where it was found.
    #[serde(skip_serializing_if = "Option::is_none")]
    found: Option<String>,
    /// The account that it was issued for.
    #[serde(skip_serializing_if = "Option::is_none")]
    account_id: Option<String>,
    /// The scopes that Zoom named when it last issued a token; empty where they are not known.
    scopes: Vec<String>,
    /// The grant that a new token is requested with: `account_credentials` or `refresh_token`; else what is missing for it.
    credentials: String,
    /// How the refreshing ahead of time is doing.
    auto_refresh: AutoRefresh,
    /// The policy that decides which tools may be called.
    policy: InForce,
}

#[derive(Serialize, JsonSchema)]
struct InForce {
    /// Where it was named: `--policy`, or the setting and its place; `built-in` where nothing names one.
    source: String,
    /// The file, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<String>,
}

#[derive(Serialize, JsonSchema)]
struct AutoRefresh {
    /// Whether it is running. It stops after three failures in a row, and begins again by itself.
    enabled: bool,
    /// The last attempt, if it failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_failure: Option<String>,
    /// Since when it has stopped, RFC 3339.
    #[serde(skip_serializing_if = "Option::is_none")]
    stopped_since: Option<String>,
    /// When it tries once more, RFC 3339.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_attempt: Option<String>,
}

impl Status {
    fn of(session: &Session) -> Result<Self, ToolFailure> {
        let tokens = session.tokens();
        let keeper = tokens.keeper();
        let look = keeper.look()?;
        let grant = look.settings.credentials().map(|credentials| credentials.grant);
        let credentials = match grant {
            Ok(Grant::AccountCredentials { .. }) => "account_credentials".into(),
            Ok(_) => "refresh_token".into(),
            Err(error) => error.report(),
        };
        let refreshing = tokens.refreshing().clone();
        let auto_refresh = AutoRefresh {
            enabled: refreshing.stopped_since.is_none(),
            last_failure: refreshing.failure,
            stopped_since: refreshing.stopped_since.map(rfc3339),
            next_attempt: refreshing.probe_at.map(rfc3339),
        };
        let policy = InForce {
            source: session.policy().named_by().into(),
            file: session.policy().path().map(|path| path.display().to_string()),
        };
        let mut status = Self {
            state: "missing",
            problem: None,
            expires_at: None,
            seconds_left: None,
            live: None,
            found: look.held.origin.as_ref().map(ToString::to_string),
            account_id: None,
            scopes: keeper.memory(&look).scopes,
            credentials,
            auto_refresh,
            policy,
        };
        match look.held.state {
            TokenState::Missing => {}
            TokenState::Malformed { problem } => {
                status.state = "malformed";
                status.problem = Some(problem.into());
            }
            TokenState::Dated { claims, expires_at, left, .. } => {
                status.state = if left > 0 { "valid" } else { "expired" };
                status.expires_at = Some(rfc3339(expires_at));
                status.seconds_left = Some(left);
                status.account_id = claims.account_id;
            }
        }
        Ok(status)
    }
}

impl Tool for TokenStatus {
    const NAME: &'static str = "zoom_token_status";
    const SCOPES: Option<Scopes> = None;
    const TITLE: &'static str = "State of the access token";
    const DESCRIPTION: &'static str = "Tell the state of the Zoom access token that this server keeps: whether it is valid and until \
         when, the account, the scopes, what new tokens are asked for with, whether refreshing works, and the policy in force. It asks nobody unless \
         live is true, changes nothing, and shows no secret. Use it to find out why other tools fail.";
    const HINTS: Hints = Hints::READS;

    fn output() -> Option<Schema> {
        Some(schema::<Status>())
    }

    async fn call(self, session: &Session) -> Result<Reply, ToolFailure> {
        let mut status = Status::of(session)?;
        if self.live {
            status.live = session.is_token_live().await?;
        }
        Ok(json!(status).into())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::clock::{Shutdown, SystemClock};
    use crate::settings::Environment;
    use crate::tokens::{Refreshing, Tokens};

    #[test]
    fn the_status_says_since_when_nothing_is_refreshed_and_why() {
        let directory = tempfile::tempdir().unwrap();
        let tokens = Arc::new(Tokens::new(
            Environment::default(),
            directory.path().join(".env"),
            None,
            SystemClock::start(),
            Shutdown::never(),
        ));
        let session = Session::new(Arc::clone(&tokens));
        let auto_refresh = || json!(Status::of(&session).unwrap())["auto_refresh"].clone();
        assert_eq!(auto_refresh(), json!({"enabled": true}));
        let time = |text: &str| Some(text.parse().unwrap());
        *tokens.refreshing() = Refreshing {
            failure: Some("Zoom refused. Do this.".into()),
            stopped_since: time("2026-03-04T12:00:00Z"),
            probe_at: time("2026-03-04T12:05:00Z"),
        };
        let stopped = json!({
            "enabled": false,
            "last_failure": "Zoom refused. Do this.",
            "stopped_since": "2026-03-04T12:00:00Z",
            "next_attempt": "2026-03-04T12:05:00Z",
        });
        assert_eq!(auto_refresh(), stopped);
    }
}
