//! A server as the configuration has it.

use serde_json::Value;

use super::{Document, Place};
use crate::store::Fault;

/// What the configuration says about the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::claude) enum Server {
    /// Nothing.
    Missing,
    /// There is one that Claude cannot start.
    WithoutCommand,
    /// There is one.
    Present,
    /// It is `zoomtok mcp`, which reads `.env`.
    ReadsEnv,
}

/// What Claude runs for a server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::claude) struct Entry {
    /// The program; none where Claude cannot start the server.
    pub(in crate::claude) command: Option<String>,
    /// Its arguments, as far as they are strings.
    pub(in crate::claude) args: Vec<String>,
    /// Whether it is `zoomtok mcp`, which reads `.env`.
    pub(in crate::claude) reads_env: bool,
}

/// The server of `place`, if there is one.
///
/// # Errors
///
/// The text is not JSON with comments.
pub(in crate::claude) fn entry(text: &str, place: Place<'_>) -> Result<Option<Entry>, Fault> {
    let document = Document::read(text)?;
    let Some(server) = document.value_at(&place.path()[..2]) else { return Ok(None) };
    let args = server.get("args").and_then(Value::as_array).into_iter().flatten();
    Ok(Some(Entry {
        command: server.get("command").and_then(Value::as_str).map(str::to_owned),
        args: args.filter_map(Value::as_str).map(str::to_owned).collect(),
        reads_env: document.server(place) == Server::ReadsEnv,
    }))
}

impl Document<'_> {
    /// What the configuration says about the server of `place`.
    pub(super) fn server(&self, place: Place<'_>) -> Server {
        let Some(server) = self.value_at(&place.path()[..2]) else { return Server::Missing };
        let Some(command) = server.get("command").and_then(Value::as_str) else {
            return Server::WithoutCommand;
        };
        let program = command.rsplit(['/', '\\']).next().unwrap_or_default().to_ascii_lowercase();
        let arguments = server.get("args").and_then(Value::as_array);
        let is_mcp = arguments.is_some_and(|arguments| arguments.iter().any(|argument| argument == "mcp"));
        if is_mcp && matches!(program.as_str(), "zoomtok" | "zoomtok.exe") {
            Server::ReadsEnv
        } else {
            Server::Present
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_is_read_as_far_as_it_goes() {
        let read = |server: &str| {
            let text = format!(r#"{{"mcpServers": {{"zoom": {server}}}}} // mine"#);
            entry(&text, Place { server: "zoom", key: Some("K") }).unwrap().unwrap()
        };
        let node = read(r#"{"command": "node", "args": ["a", 1, "b"],}"#);
        let of = |command: Option<&str>, args: &[&str], reads_env| Entry {
            command: command.map(str::to_owned),
            args: args.iter().map(|arg| (*arg).to_owned()).collect(),
            reads_env,
        };
        assert_eq!(node, of(Some("node"), &["a", "b"], false));
        assert_eq!(
            read(r#"{"command": "/b/zoomtok", "args": ["mcp"]}"#),
            of(Some("/b/zoomtok"), &["mcp"], true)
        );
        assert_eq!(read("{}"), of(None, &[], false));
        assert_eq!(read("[]"), of(None, &[], false));
        let other = entry(r#"{"mcpServers": {}}"#, Place { server: "zoom", key: None });
        assert_eq!(other.unwrap(), None);
    }
}
