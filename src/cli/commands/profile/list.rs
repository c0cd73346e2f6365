//! `zoomtok profile list`

use std::path::PathBuf;

use serde_json::{Value, json};

use crate::cli::commands::Context;
use crate::cli::commands::accounts::{self, Account};
use crate::cli::failure::Result;
use crate::clock::rfc3339;
use crate::error::{Code, Diagnostic as _, Error};
use crate::keeper::Look;
use crate::settings::ClientSecret;
use crate::token::{TokenState, mask};
use crate::words;
use crate::zoom::{Credentials, Grant};

/// The version of the JSON that `profile list` prints; it changes when a field is renamed or removed.
const JSON_VERSION: u32 = 1;

/// The facts about a profile that nobody has to be asked for.
struct Row {
    name: String,
    env_file: PathBuf,
    found: Result<Found, Error>,
}

/// The contents of its `.env`.
struct Found {
    kind: Kind,
    state: TokenState,
    /// The account, masked, as the token has it, else the settings.
    account: Option<String>,
    /// The other `.env`s of the same user and app.
    same_user: Vec<PathBuf>,
}

/// The kind of app whose credentials are there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    ServerToServer,
    User,
    PublicClient,
    Incomplete,
}

impl Kind {
    fn of(credentials: &Result<Credentials<ClientSecret>, Error>) -> Self {
        match credentials {
            Ok(Credentials { grant: Grant::AccountCredentials { .. }, .. }) => Self::ServerToServer,
            Ok(Credentials { client_secret: None, .. }) => Self::PublicClient,
            Ok(_) => Self::User,
            Err(_) => Self::Incomplete,
        }
    }

    /// As programs read it.
    fn word(self) -> &'static str {
        match self {
            Self::ServerToServer => "server-to-server",
            Self::User => "user",
            Self::PublicClient => "public-client",
            Self::Incomplete => "incomplete",
        }
    }

    /// As people read it.
    fn told(self) -> &'static str {
        match self {
            Self::ServerToServer => "Server-to-Server OAuth app",
            Self::User => "app that a user has authorised",
            Self::PublicClient => "public client that a user has authorised",
            Self::Incomplete => "credentials missing or wrong",
        }
    }
}

pub(super) fn run(context: &Context, as_json: bool) -> Result<Code> {
    let rows: Vec<Row> = accounts::of_profiles()?.iter().map(|account| row(context, account)).collect();
    if as_json {
        let rows: Vec<Value> = rows.iter().map(Row::json).collect();
        context.output.json(&json!({"version": JSON_VERSION, "profiles": rows}))?;
        return Ok(Code::Done);
    }
    if rows.is_empty() {
        context.output.text("There are no profiles; docs/profiles.md says how to make one")?;
    }
    for line in rows.iter().flat_map(Row::lines) {
        context.output.data(&line)?;
    }
    Ok(Code::Done)
}

fn row(context: &Context, account: &Account) -> Row {
    let keeper = account.keeper(context);
    let found = keeper.look().map(|look| found(&look, keeper.of_same_user(&look)));
    Row { name: account.label().to_owned(), env_file: account.store.path().to_owned(), found }
}

fn found(look: &Look, same_user: Vec<PathBuf>) -> Found {
    let of_token = match &look.held.state {
        TokenState::Dated { claims, .. } => claims.account_id.clone(),
        TokenState::Missing | TokenState::Malformed { .. } => None,
    };
    Found {
        kind: Kind::of(&look.settings.credentials()),
        state: look.held.state.clone(),
        account: of_token.or_else(|| look.settings.account_id()).map(|account| mask(&account)),
        same_user,
    }
}

impl Row {
    /// The lines for a person.
    fn lines(&self) -> Vec<String> {
        let (name, path) = (&self.name, self.env_file.display());
        match &self.found {
            Err(error) => vec![format!("{name}: ❌ {}", error.with_causes())],
            Ok(Found { kind, state, account, same_user }) => {
                let state = match state {
                    TokenState::Missing => "no token".to_owned(),
                    TokenState::Malformed { .. } => "a token that cannot be used".into(),
                    TokenState::Dated { left, .. } if *left <= 0 => "token expired".into(),
                    TokenState::Dated { left, .. } => format!("token valid for {}", words::left(*left)),
                };
                let account = account.iter().map(|account| format!(", account {account}"));
                let account: String = account.collect();
                let line = format!("{name}: {}, {state}{account}, {path}", kind.told());
                let same = same_user.iter().map(|other| format!("   ⚠️  {}", same_user_told(other)));
                [line].into_iter().chain(same).collect()
            }
        }
    }

    /// The object for a program.
    fn json(&self) -> Value {
        let mut json = json!({
            "name": self.name,
            "env_file": self.env_file,
            "kind": null,
            "state": null,
            "expires_at": null,
            "seconds_left": null,
            "account": null,
            "same_user": [],
            "problem": null,
        });
        match &self.found {
            Err(error) => json["problem"] = error.with_causes().into(),
            Ok(found) => {
                json["kind"] = found.kind.word().into();
                json["state"] = match &found.state {
                    TokenState::Missing => "missing",
                    TokenState::Malformed { .. } => "malformed",
                    TokenState::Dated { left, .. } if *left <= 0 => "expired",
                    TokenState::Dated { .. } => "valid",
                }
                .into();
                if let TokenState::Dated { expires_at, left, .. } = &found.state {
                    json["expires_at"] = rfc3339(*expires_at).into();
                    json["seconds_left"] = (*left).into();
                }
                json["account"] = found.account.clone().into();
                json["same_user"] = json!(found.same_user);
            }
        }
        json
    }
}

/// Says that another `.env` has the grant of the same user and app.
fn same_user_told(other: &std::path::Path) -> String {
    format!("the same user of the same app as {}: each logs the other out", other.display())
}
