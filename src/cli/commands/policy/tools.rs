//! The tools that a policy is for.

use std::path::Path;

use serde_json::{Value, json};

use crate::cli::args::PolicyServer;
use crate::cli::commands::Context;
use crate::cli::commands::gateway::tools_of;
use crate::cli::failure::Result;
use crate::error::Error;
use crate::files::read_regular;
use crate::mcp::zoom::catalog::catalog;
use crate::mcp::zoom::listing;
use crate::policy::suggest::Asks;
use crate::policy::{Against, Catalog};

/// No list of tools comes near this many bytes.
const MOST_TOOLS: u64 = 16 * 1024 * 1024;

/// The tools of a server.
pub(super) struct Tools {
    /// As its answer to `tools/list` has them.
    pub(super) listed: Vec<Value>,
    /// Their names and the schemas of their arguments.
    pub(super) catalog: Catalog,
    pub(super) is_own: bool,
}

impl Tools {
    /// Those in a file, those that a server lists, or zoomtok's own.
    ///
    /// # Errors
    ///
    /// The file cannot be read, or has no tools in it; the server does not list its tools.
    pub(super) fn of(context: &Context, server: &PolicyServer) -> Result<Self> {
        let listed = match (&server.tools, &server.url, &server.server[..]) {
            (Some(file), ..) => read(file)?,
            (None, None, []) => return Ok(Self { listed: listing(), catalog: catalog(), is_own: true }),
            (None, url, command) => tools_of(context, url.clone(), command.to_vec())?,
        };
        let schema = |tool: &Value| tool.get("inputSchema").cloned().unwrap_or_else(|| json!({}));
        let name = |tool: &Value| tool.get("name").and_then(Value::as_str).map(str::to_owned);
        let catalog = listed.iter().filter_map(|tool| Some((name(tool)?, schema(tool)))).collect();
        Ok(Self { listed, catalog, is_own: false })
    }

    /// The tools that a policy is read against.
    pub(super) fn against(&self) -> Against<'_> {
        if self.is_own { Against::Own(&self.catalog) } else { Against::Listed(&self.catalog) }
    }

    /// Whether a person can be asked about a call.
    pub(super) fn asks(&self) -> Asks {
        if self.is_own { Asks::No } else { Asks::Yes }
    }

    /// Their names.
    pub(super) fn names(&self) -> String {
        self.catalog.keys().map(String::as_str).collect::<Vec<_>>().join(", ")
    }
}

/// The tools in a file: an answer to `tools/list`, its result, or the list by itself.
fn read(file: &Path) -> Result<Vec<Value>> {
    let bytes = read_regular(file, MOST_TOOLS, "which no list of tools is")
        .map_err(|source| Error::Unreadable { path: file.to_owned(), source })?;
    let answer: Value = serde_json::from_slice(&bytes).map_err(|error| wrong(error.to_string()))?;
    let listed = [answer.pointer("/result/tools"), answer.pointer("/tools"), Some(&answer)];
    let tools = listed.into_iter().flatten().find_map(Value::as_array);
    Ok(tools.ok_or_else(|| wrong("has no list of tools in it".into()))?.clone())
}

/// The error for the file of tools.
pub(super) fn wrong(problem: String) -> Error {
    Error::Setting { name: "--tools".into(), place: "on the command line".into(), problem }
}
