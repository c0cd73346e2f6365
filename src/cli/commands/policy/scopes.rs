//! `zoomtok policy scopes`

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::cli::commands::Context;
use crate::cli::failure::Result;
use crate::error::{Code, Error};
use crate::keeper::Look;
use crate::mcp::gateway::upstream::address::hosted_name;
use crate::mcp::hosted::HostedServer;
use crate::mcp::manifest::manifest;
use crate::mcp::scopes::{Audience, ToolScope, of_app};
use crate::mcp::zoom::catalog::catalog;
use crate::mcp::zoom::default::policy_source;
use crate::mcp::zoom::scopes::needs;
use crate::policy::file as policy_file;
use crate::policy::{Against, Policy};
use crate::zoom::Grant;

/// The version of the JSON that `policy scopes` prints; it changes when a field is renamed or removed.
const JSON_VERSION: u32 = 1;

/// The product of Zoom's that zoomtok's own tools are about.
const OWN_PRODUCT: &str = "ZOOM_MEETING";

/// The arguments of `policy scopes`.
pub(super) struct Asked<'a> {
    pub(super) file: Option<&'a Path>,
    pub(super) url: Option<&'a str>,
    pub(super) manifest: bool,
    pub(super) admin: bool,
    pub(super) json: bool,
}

/// The scopes that the allowed tools need.
struct Found {
    /// zoomtok's own server, or the name of a hosted one.
    server: String,
    product: &'static str,
    /// The policy, where there is one.
    policy: Option<PathBuf>,
    audience: Audience,
    /// The scopes of the allowed tools.
    needs: Vec<ToolScope>,
    /// The scopes of the token; none where they are not known.
    granted: Option<Vec<String>>,
}

pub(super) fn run(context: &Context, asked: &Asked<'_>) -> Result<Code> {
    let look = match context.keeper().look() {
        Err(error @ Error::NoProfile { .. }) => return Err(error.into()),
        // Which scopes tools need does not depend on it.
        look => look.ok(),
    };
    let found = find(context, asked, look.as_ref())?;
    let (scopes, impossible) = of_app(&found.needs, found.audience);
    for need in impossible {
        let ToolScope { tool, scope, .. } = need;
        context
            .output
            .warn(&format!("{tool} needs {scope}, which only an app for the whole account can have"));
    }
    if asked.manifest {
        let app = serde_json::to_string_pretty(&manifest(&scopes, &[found.product]));
        let app =
            app.map_err(|error| Error::Other { action: "write the app".into(), source: error.into() })?;
        context.output.raw(format!("{app}\n").as_bytes())?;
        return Ok(Code::Done);
    }
    if asked.json {
        context.output.json(&found.json(&scopes))?;
        return Ok(Code::Done);
    }
    for scope in &scopes {
        context.output.data(scope)?;
    }
    context.output.talk(&found.told());
    Ok(Code::Done)
}

fn find(context: &Context, asked: &Asked<'_>, look: Option<&Look>) -> Result<Found> {
    let granted = look.map(|look| context.keeper().memory(look).scopes).filter(|scopes| !scopes.is_empty());
    let (server, product, all, policy) = match asked.url {
        Some(url) => {
            let server = hosted(url)?;
            let policy =
                asked.file.map(|file| policy_file::read(file, Against::Gateway(None))).transpose()?;
            (server.short(), server.product, server.needs(), policy)
        }
        None => ("zoomtok mcp".to_owned(), OWN_PRODUCT, needs(), own_policy(asked.file, look)?),
    };
    let is_of_account = || {
        let credentials = look.and_then(|look| look.settings.credentials().ok());
        credentials.is_some_and(|it| matches!(it.grant, Grant::AccountCredentials { .. }))
    };
    let is_for_user = asked.manifest || asked.url.is_some();
    let audience =
        if asked.admin || !is_for_user && is_of_account() { Audience::Account } else { Audience::User };
    let is_allowed =
        |need: &ToolScope| policy.as_ref().is_none_or(|policy: &Policy| policy.allows(need.tool));
    let named = asked.file.map(Path::to_owned);
    let in_force = || {
        let source = look.filter(|_| asked.url.is_none()).map(|look| policy_source(None, &look.settings));
        source?.ok()?.path().map(Path::to_owned)
    };
    Ok(Found {
        server,
        product,
        policy: named.or_else(in_force),
        audience,
        needs: all.into_iter().filter(is_allowed).collect(),
        granted,
    })
}

/// The policy for zoomtok's own tools: that of the file, else the one in force, else none.
fn own_policy(file: Option<&Path>, look: Option<&Look>) -> Result<Option<Policy>> {
    let catalog = catalog();
    let path = match (file, look) {
        (Some(file), _) => Some(file.to_owned()),
        (None, Some(look)) => policy_source(None, &look.settings)?.path().map(Path::to_owned),
        (None, None) => None,
    };
    Ok(path.map(|path| policy_file::read(&path, Against::Own(&catalog))).transpose()?)
}

/// The hosted server that an address or a short name stands for.
fn hosted(url: &str) -> Result<HostedServer, Error> {
    let name = hosted_name(url).map_err(wrong)?;
    name.as_deref().and_then(HostedServer::named).ok_or_else(|| {
        let names: Vec<String> =
            HostedServer::names().filter_map(HostedServer::named).map(HostedServer::short).collect();
        wrong(format!("names no server whose scopes are known: {}", names.join(", ")))
    })
}

/// The error for a server that cannot be named so.
fn wrong(problem: String) -> Error {
    Error::Setting { name: "--url".into(), place: "on the command line".into(), problem }
}

impl Found {
    fn lacking(&self) -> Option<Vec<&ToolScope>> {
        let granted = self.granted.as_ref()?;
        Some(self.needs.iter().filter(|need| need.is_lacking(granted)).collect())
    }

    /// The text for a person beside the list.
    fn told(&self) -> String {
        let whose = match self.audience {
            Audience::User => "an app that a user authorises",
            Audience::Account => "an app for the whole account, such as a Server-to-Server OAuth app",
        };
        let policy = self
            .policy
            .as_ref()
            .map_or("every tool".into(), |path| format!("the tools that {} allows", path.display()));
        let of = format!("📋 For {policy} of {}, of {whose}", self.server);
        match self.lacking().as_deref() {
            None => format!("{of}. Which of them the token has is not known before zoomtok has fetched one"),
            Some([]) => format!("{of}. The token has them all"),
            Some(lacking) => format!(
                "{of}. The token lacks {}: add them to the app on marketplace.zoom.us, then get another token",
                listed(lacking)
            ),
        }
    }

    fn json(&self, scopes: &[String]) -> Value {
        let row = |need: &ToolScope| json!({"tool": need.tool, "scope": need.scope_for(self.audience)});
        json!({
            "version": JSON_VERSION,
            "server": self.server,
            "policy": self.policy,
            "scopes": scopes,
            "tools": self.needs.iter().map(row).collect::<Vec<_>>(),
            "granted": self.granted,
            "lacking": self.lacking().map(|lacking| lacking.into_iter().map(row).collect::<Vec<_>>()),
        })
    }
}

/// Scopes with the tools that lack them.
fn listed(lacking: &[&ToolScope]) -> String {
    let each: Vec<String> = lacking.iter().map(|need| format!("{} ({})", need.scope, need.tool)).collect();
    each.join(", ")
}
