//! `zoomtok policy suggest`

use std::path::Path;

use serde_json::Value;

use super::print::print;
use crate::cli::commands::Context;
use crate::cli::failure::Result;
use crate::error::{Code, Error};
use crate::files::read_regular;
use crate::mcp::listing;
use crate::policy::class::Classed;
use crate::policy::suggest::{Asks, Suggested, suggest};

/// No list of tools comes near this many bytes.
const MOST_TOOLS: u64 = 16 * 1024 * 1024;

pub(super) fn run(context: &Context, file: Option<&Path>) -> Result<Code> {
    let suggested = match file {
        None => suggest(&listing(), Asks::No),
        Some(file) => suggest(&tools(file)?, Asks::Yes),
    };
    let Suggested { tools, policy } = suggested.map_err(wrong)?;
    let widest = tools.iter().map(|tool| tool.name.chars().count()).max().unwrap_or_default();
    for Classed { name, class, severity, evidence, gives_secrets } in &tools {
        let secrets = if *gives_secrets { "; gives secrets away" } else { "" };
        context.output.talk(&format!("{class:<11}  {severity:<6}  {name:<widest$}  {evidence}{secrets}"));
    }
    print(context, &policy)?;
    Ok(Code::Done)
}

/// The tools in a file: an answer to `tools/list`, its result, or the list by itself.
fn tools(file: &Path) -> Result<Vec<Value>> {
    let bytes = read_regular(file, MOST_TOOLS, "which no list of tools is")
        .map_err(|source| Error::Unreadable { path: file.to_owned(), source })?;
    let answer: Value = serde_json::from_slice(&bytes).map_err(|error| wrong(error.to_string()))?;
    let listed = [answer.pointer("/result/tools"), answer.pointer("/tools"), Some(&answer)];
    let tools = listed.into_iter().flatten().find_map(Value::as_array);
    Ok(tools.ok_or_else(|| wrong("has no list of tools in it".into()))?.clone())
}

fn wrong(problem: String) -> Error {
    Error::Setting { name: "--tools".into(), place: "on the command line".into(), problem }
}
