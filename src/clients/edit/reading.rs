//! The values of a configuration, whatever its format.

use serde_json::Value;

use super::place::{Listed, Part, Place, Servers};
use crate::clients::shape::Shape;

/// The value at a path, if there is one.
pub(super) fn value_at<'v>(root: &'v Value, path: &[&str]) -> Option<&'v Value> {
    path.iter().try_fold(root, |value, name| value.get(name))
}

/// The names on the way to a place, a variable as the text spells it.
pub(super) fn path_in<'n>(root: &'n Value, place: Place<'n>) -> Vec<&'n str> {
    let mut path = place.path();
    if let (Part::Variable(variable), Some((last, holder))) = (place.part, path.split_last_mut()) {
        let there = value_at(root, holder).and_then(Value::as_object);
        let names = there.iter().flat_map(|object| object.keys()).map(String::as_str);
        *last = place.system.spelling(variable, names).unwrap_or(variable);
    }
    path
}

/// All servers by their names, in the order of the names.
pub(super) fn servers(root: &Value, shape: &Shape) -> Servers {
    let servers = value_at(root, shape.root).and_then(Value::as_object);
    servers.into_iter().flatten().map(|(name, server)| (name.clone(), listed(server, shape))).collect()
}

/// The program of a server.
pub(super) fn command<'v>(server: &'v Value, shape: &Shape) -> Option<&'v str> {
    let command = server.get(shape.command)?;
    if shape.args.is_some() { command.as_str() } else { command.as_array()?.first()?.as_str() }
}

fn listed(server: &Value, shape: &Shape) -> Listed {
    let (args, own) = match shape.args {
        Some(args) => (server.get(args), 0),
        None => (server.get(shape.command), 1),
    };
    let args = args.and_then(Value::as_array).into_iter().flatten().skip(own);
    let env = server.get(shape.env).and_then(Value::as_object).into_iter().flatten();
    let command = command(server, shape).map(str::to_owned);
    Listed {
        is_remote: command.is_none() && address(server).is_some(),
        command,
        args: args.filter_map(Value::as_str).map(str::to_owned).collect(),
        env: env.filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned()))).collect(),
    }
}

/// The address of a server that runs elsewhere.
pub(in crate::clients) fn address(server: &Value) -> Option<&Value> {
    ADDRESSES.iter().find_map(|name| server.get(name))
}

/// The properties that hold it, in one client or another.
pub(in crate::clients) const ADDRESSES: [&str; 3] = ["url", "serverUrl", "httpUrl"];

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::clients::edit::STRICT_JSON;

    fn entries(text: &str) -> Servers {
        STRICT_JSON.servers(text, &Shape::MCP_SERVERS).unwrap()
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
