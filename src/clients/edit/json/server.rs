//! The servers as a configuration lists them.

use serde_json::Value;

use super::document::Document;
use crate::clients::edit::place::{Listed, Place, Servers};
use crate::clients::shape::Shape;
use crate::store::Fault;

/// All servers by their names, in the order of the names.
///
/// # Errors
///
/// The text is not JSON with comments.
pub(in crate::clients) fn servers(text: &str, shape: &Shape) -> Result<Servers, Fault> {
    let document = Document::read(text)?;
    let servers = document.value_at(shape.root).and_then(Value::as_object);
    Ok(servers.into_iter().flatten().map(|(name, server)| (name.clone(), read(server, shape))).collect())
}

/// The server of `place`, whatever it is, if it is there.
///
/// # Errors
///
/// The text is not JSON with comments.
pub(in crate::clients) fn server(text: &str, place: Place<'_>) -> Result<Option<Value>, Fault> {
    let document = Document::read(text)?;
    Ok(document.value_at(&place.server_path()).cloned())
}

fn read(server: &Value, shape: &Shape) -> Listed {
    let args = server.get(shape.args).and_then(Value::as_array).into_iter().flatten();
    let env = server.get(shape.env).and_then(Value::as_object).into_iter().flatten();
    let command = server.get(shape.command).and_then(Value::as_str).map(str::to_owned);
    Listed {
        is_remote: command.is_none() && server.get("url").or_else(|| server.get("serverUrl")).is_some(),
        command,
        args: args.filter_map(Value::as_str).map(str::to_owned).collect(),
        env: env.filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned()))).collect(),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn entries(text: &str) -> Servers {
        servers(text, &Shape::MCP_SERVERS).unwrap()
    }

    #[test]
    fn a_server_is_read_as_far_as_it_goes() {
        let read = |server: &str| {
            let text = format!(r#"{{"mcpServers": {{"zoom": {server}}}}} // mine"#);
            let [(name, entry)] = &entries(&text)[..] else { panic!("{text}") };
            assert_eq!(name, "zoom");
            entry.clone()
        };
        let of = |command: Option<&str>, args: &[&str]| Listed {
            command: command.map(str::to_owned),
            args: args.iter().map(|arg| (*arg).to_owned()).collect(),
            ..Listed::default()
        };
        assert_eq!(read(r#"{"command": "node", "args": ["a", 1, "b"],}"#), of(Some("node"), &["a", "b"]));
        let with_env = read(r#"{"command": "node", "env": {"A": "b", "C": 1}}"#);
        assert_eq!(with_env.env, BTreeMap::from([("A".to_owned(), "b".to_owned())]));
        for nothing in ["{}", "[]", "null", r#"{"args": 1, "env": []}"#] {
            assert_eq!(read(nothing), Listed::default(), "{nothing}");
        }
        assert!(read(r#"{"type": "http", "url": "https://mcp.zoom.us"}"#).is_remote);
        assert!(!read(r#"{"command": "npx", "url": "https://mcp.zoom.us"}"#).is_remote);
    }

    #[test]
    fn no_servers_are_none() {
        for text in ["{}", "[]", r#"{"mcpServers": []}"#, r#"{"mcpServers": {}}"#] {
            assert_eq!(entries(text), [], "{text}");
        }
    }
}
