//! The end of a login: who is logged in, and which scopes the tools lack.

use reqwest::Url;
use serde_json::{Value, json};

use super::super::Context;
use crate::cli::args::Login;
use crate::clock::{rfc3339, runtime};
use crate::error::Code;
use crate::files::{is_open, mode};
use crate::keeper::{LoggedIn, Look};
use crate::login::{Kind, LoginError};
use crate::mcp::scopes::ToolScope;
use crate::mcp::zoom::scopes::needs;
use crate::words;
use crate::zoom::api::{Api, Request};
use crate::zoom::budget::Budget;

/// The version of the JSON that `login` prints; it changes when a field is renamed or removed.
pub(super) const JSON_VERSION: u32 = 1;

/// The most that is read of Zoom's answer about the user, in bytes.
const USER_BODY: usize = 1024 * 1024;

/// Reports a login that is stored. From here on nothing makes it fail.
pub(super) fn report(
    context: &Context,
    login: &Login,
    look: &Look,
    kind: Kind,
    api: &Url,
    client_id: &str,
    logged_in: &LoggedIn,
) -> Result<Code, LoginError> {
    let mut warnings = logged_in.warnings.clone();
    let user = user(context, api, logged_in).unwrap_or_else(|problem| {
        warnings.push(format!("the login is stored, but Zoom did not say whose it is: {problem}"));
        Value::Null
    });
    // Zoom does not always say which there are.
    let is_lacking = |need: &ToolScope| !logged_in.scopes.is_empty() && need.is_lacking(&logged_in.scopes);
    let lacking: Vec<ToolScope> = needs().into_iter().filter(is_lacking).collect();
    if !lacking.is_empty() {
        let tools: Vec<String> =
            lacking.iter().map(|need| format!("{} ({})", need.tool, need.scope)).collect();
        warnings.push(format!(
            "the app lacks scopes of tools of zoomtok mcp: {}. If you need these, add the scopes on its page and log in again",
            tools.join(", ")
        ));
    }
    let keeper = context.keeper();
    let others = keeper.look().map(|look| keeper.of_same_user(&look)).unwrap_or_default();
    warnings.extend(others.iter().map(|other| {
        format!("{} was logged in with this app as the same user, and is logged out now", other.display())
    }));
    let path = look.env_file().path();
    if let Some(mode) = mode(path).filter(|mode| is_open(*mode)) {
        let path = path.display();
        warnings.push(format!(
            "others than its owner can read or write {path} (mode {mode:03o}): chmod 600 {path}"
        ));
    }
    context.warn(&warnings);
    if login.json {
        let user = user.is_object().then(|| {
            json!({"id": user["id"], "email": user["email"], "name": name(&user), "account_id": user["account_id"]})
        });
        context.output.json(&json!({
            "version": JSON_VERSION,
            "kind": kind_name(kind),
            "client_id": client_id,
            "user": user,
            "token": logged_in.token.to_string(),
            "expires_at": rfc3339(logged_in.expires_at),
            "scopes": logged_in.scopes,
            "lacking": lacking.iter().map(|need| json!({"tool": need.tool, "scope": need.scope})).collect::<Vec<_>>(),
            "env_file": path,
            "warnings": warnings,
        }))?;
        return Ok(Code::Done);
    }
    let whose = match (kind, name(&user)) {
        (Kind::ServerToServer, Some(name)) => format!(" with an app of {name}"),
        (_, Some(name)) => format!(" as {name}"),
        (_, None) => String::new(),
    };
    let made = if logged_in.made { "was made for it" } else { "keeps it" };
    context.output.text(&format!("✅ Logged in{whose}; {} {made}", path.display()))?;
    let until = words::local(logged_in.expires_at);
    let renewed = if logged_in.is_lasting { ", and zoomtok renews it" } else { "" };
    context.output.text(&format!("🔑 {} expires at {until}{renewed}", logged_in.token))?;
    if kind != Kind::ServerToServer {
        context.output.text(
            "   Another machine or directory that was logged in with this app as the same user is logged out now",
        )?;
    }
    Ok(Code::Done)
}

fn kind_name(kind: Kind) -> &'static str {
    match kind {
        Kind::ServerToServer => "server-to-server",
        Kind::Browser => "browser",
        Kind::Paste => "paste",
        Kind::Device => "device",
    }
}

/// The user of the new token, as Zoom's API has them.
fn user(context: &Context, api: &Url, logged_in: &LoggedIn) -> Result<Value, String> {
    let api = Api::new(api).map_err(|error| error.to_string())?;
    let runtime = runtime().map_err(|error| error.to_string())?;
    let _spinner = context.output.spinner();
    runtime.block_on(async {
        let (budget, request) = (Budget::new(USER_BODY), Request::get(&["users", "me"]));
        tokio::select! {
            biased;
            _ = context.stop.requested() => Err("interrupted".to_owned()),
            user = api.call(&request, &logged_in.token, &budget) => {
                user.map_err(|failure| failure.to_string())
            }
        }
    })
}

/// How a person is called: the name and the address.
fn name(user: &Value) -> Option<String> {
    let text = |field: &str| user[field].as_str().map(str::trim).filter(|text| !text.is_empty());
    let parts: Vec<&str> = ["first_name", "last_name"].into_iter().filter_map(text).collect();
    let name =
        text("display_name").map(str::to_owned).or(Some(parts.join(" ")).filter(|name| !name.is_empty()));
    match (name, text("email")) {
        (Some(name), Some(email)) => Some(format!("{name} ({email})")),
        (name, email) => name.or(email.map(str::to_owned)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_is_called_by_whatever_zoom_says() {
        for (user, expected) in [
            (
                json!({"display_name": "Ada Example", "email": "ada@example.com"}),
                Some("Ada Example (ada@example.com)"),
            ),
            (json!({"first_name": "Ada", "last_name": "Example"}), Some("Ada Example")),
            (json!({"first_name": "Ada", "email": "ada@example.com"}), Some("Ada (ada@example.com)")),
            (json!({"display_name": " ", "email": "ada@example.com"}), Some("ada@example.com")),
            (json!({"id": "u"}), None),
            (Value::Null, None),
        ] {
            assert_eq!(name(&user).as_deref(), expected, "{user}");
        }
    }
}
