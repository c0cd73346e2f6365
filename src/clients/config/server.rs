//! What a server of the configuration is to zoomtok.

use super::own::{OwnCommand, Reader, Served, own_command};
use crate::clients::edit::json::{Entry, name};
use crate::error::NoServer;

/// The server that is looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Server {
    /// There is none that a token could be handed to.
    None(NoServer),
    /// One that Claude starts.
    Other,
    /// `zoomtok mcp`, which reads `.env`.
    Own(OwnCommand, Served),
}

impl Server {
    /// The server of this name among `entries`.
    pub(super) fn of(entries: &[(String, Entry)], server: &str, reader: Reader) -> Self {
        let Some((_, entry)) = entries.iter().find(|(name, _)| name == server) else {
            return Self::None(NoServer::OfThatName {
                near: near(entries, server),
                others: entries.iter().map(|(other, _)| name(&[other])).collect(),
            });
        };
        let Some(command) = &entry.command else {
            return Self::None(if entry.is_remote { NoServer::Remote } else { NoServer::WithoutCommand });
        };
        let own = own_command(command, &entry.args);
        match own.and_then(|own| reader(&own.args).map(|by| (own, by))) {
            Some((own, by)) => Self::Own(own, by),
            None => Self::Other,
        }
    }
}

/// Those that no client can start or reach, by their places. An earlier zoomtok made such an entry where there was none.
pub(super) fn halves(entries: &[(String, Entry)]) -> Vec<String> {
    let half = entries.iter().filter(|(_, entry)| entry.command.is_none() && !entry.is_remote);
    half.map(|(server, _)| name(&["mcpServers", server])).collect()
}

/// The name that may be meant: the same but for capitals and signs, else one that has the other in it.
fn near(entries: &[(String, Entry)], server: &str) -> Option<String> {
    let plain = |name: &str| -> String {
        name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
    };
    let wanted = plain(server);
    let names = || entries.iter().map(|(name, _)| name).filter(|_| !wanted.is_empty());
    let same = names().find(|name| plain(name) == wanted);
    same.or_else(|| names().find(|name| plain(name).contains(&wanted))).cloned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clients::edit::json::entries;

    /// Takes `mcp` alone, and what follows `--env-file` there.
    fn reader(args: &[String]) -> Option<Served> {
        let (first, rest) = args.split_first()?;
        let env_file = rest.first().filter(|arg| *arg == "--env-file").and(rest.get(1));
        (first == "mcp").then(|| Served { env_file: env_file.map(Into::into), policy: None })
    }

    fn server(text: &str) -> Server {
        Server::of(&entries(&format!(r#"{{"mcpServers": {{{text}}}}}"#)).unwrap(), "zoom", reader)
    }

    #[test]
    fn the_server_is_known() {
        let own = |args: &[&str], env_file: Option<&str>| {
            let args = args.iter().map(|arg| (*arg).to_owned()).collect();
            let served = Served { env_file: env_file.map(Into::into), policy: None };
            Server::Own(OwnCommand { wrapper: Vec::new(), args }, served)
        };
        let none = |near: Option<&str>, others: &[&str]| {
            let others = others.iter().map(|name| (*name).to_owned()).collect();
            Server::None(NoServer::OfThatName { near: near.map(str::to_owned), others })
        };
        for (text, known) in [
            ("", none(None, &[])),
            (r#""files": {}, "last": {}"#, none(None, &["files", "last"])),
            (r#""Zoom": {}, "my zoom": {}"#, none(Some("Zoom"), &["Zoom", r#""my zoom""#])),
            (r#""zo-om": {}"#, none(Some("zo-om"), &["zo-om"])),
            (r#""a": {}, "zoom-mcp": {}"#, none(Some("zoom-mcp"), &["a", "zoom-mcp"])),
            (r#""zoom": {}"#, Server::None(NoServer::WithoutCommand)),
            (r#""zoom": {"env": {"ZOOM_ACCESS_TOKEN": "x"}}"#, Server::None(NoServer::WithoutCommand)),
            (r#""zoom": {"type": "http", "url": "https://x"}"#, Server::None(NoServer::Remote)),
            (r#""zoom": {"command": "node", "args": ["mcp"]}"#, Server::Other),
            (r#""zoom": {"command": "zoomtok", "args": ["exec", "--", "npx", "mcp"]}"#, Server::Other),
            (r#""zoom": {"command": "zoomtok"}"#, Server::Other),
            (r#""zoom": {"command": "/usr/bin/zoomtok", "args": ["mcp"]}"#, own(&["mcp"], None)),
            (
                r#""zoom": {"command": "cmd", "args": ["/c", "zoomtok", "mcp", "--env-file", "x"]}"#,
                own(&["mcp", "--env-file", "x"], Some("x")),
            ),
        ] {
            assert_eq!(server(text), known, "{text}");
        }
    }

    #[test]
    fn what_no_client_can_use_is_found_under_any_name() {
        let text =
            r#"{"mcpServers": {"a": {"command": "a"}, "b c": {"env": {}}, "d": {"url": "x"}, "zoom": {}}}"#;
        assert_eq!(halves(&entries(text).unwrap()), [r#"mcpServers."b c""#, "mcpServers.zoom"]);
    }
}
