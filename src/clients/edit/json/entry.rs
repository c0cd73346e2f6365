//! The servers as the configuration has them.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{Document, SERVERS};
use crate::store::Fault;

/// What Claude runs for a server.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::clients) struct Entry {
    /// The program; none where Claude cannot start the server.
    pub(in crate::clients) command: Option<String>,
    /// Its arguments, as far as they are strings.
    pub(in crate::clients) args: Vec<String>,
    /// Its variables, likewise.
    pub(in crate::clients) env: BTreeMap<String, String>,
    /// Whether it runs elsewhere, and is reached by a URL.
    pub(in crate::clients) is_remote: bool,
}

/// All servers by their names, in the order of the names.
///
/// # Errors
///
/// The text is not JSON with comments.
pub(in crate::clients) fn entries(text: &str) -> Result<Vec<(String, Entry)>, Fault> {
    let document = Document::read(text)?;
    let servers = document.value_at(&[SERVERS]).and_then(Value::as_object);
    Ok(servers.into_iter().flatten().map(|(name, server)| (name.clone(), read(server))).collect())
}

fn read(server: &Value) -> Entry {
    let args = server.get("args").and_then(Value::as_array).into_iter().flatten();
    let env = server.get("env").and_then(Value::as_object).into_iter().flatten();
    let command = server.get("command").and_then(Value::as_str).map(str::to_owned);
    Entry {
        is_remote: command.is_none() && server.get("url").or_else(|| server.get("serverUrl")).is_some(),
        command,
        args: args.filter_map(Value::as_str).map(str::to_owned).collect(),
        env: env.filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned()))).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_is_read_as_far_as_it_goes() {
        let read = |server: &str| {
            let text = format!(r#"{{"mcpServers": {{"zoom": {server}}}}} // mine"#);
            let [(name, entry)] = &entries(&text).unwrap()[..] else { panic!("{text}") };
            assert_eq!(name, "zoom");
            entry.clone()
        };
        let of = |command: Option<&str>, args: &[&str]| Entry {
            command: command.map(str::to_owned),
            args: args.iter().map(|arg| (*arg).to_owned()).collect(),
            ..Entry::default()
        };
        assert_eq!(read(r#"{"command": "node", "args": ["a", 1, "b"],}"#), of(Some("node"), &["a", "b"]));
        let with_env = read(r#"{"command": "node", "env": {"A": "b", "C": 1}}"#);
        assert_eq!(with_env.env, BTreeMap::from([("A".to_owned(), "b".to_owned())]));
        for nothing in ["{}", "[]", "null", r#"{"args": 1, "env": []}"#] {
            assert_eq!(read(nothing), Entry::default(), "{nothing}");
        }
        assert!(read(r#"{"type": "http", "url": "https://mcp.zoom.us"}"#).is_remote);
        assert!(!read(r#"{"command": "npx", "url": "https://mcp.zoom.us"}"#).is_remote);
    }

    #[test]
    fn no_servers_are_none() {
        for text in ["{}", "[]", r#"{"mcpServers": []}"#, r#"{"mcpServers": {}}"#] {
            assert_eq!(entries(text).unwrap(), [], "{text}");
        }
    }
}
