//! A server of a configuration, as zoomtok sees it.

use super::command_line::{OwnCommand, Reader, Served, own_command};
use super::edit::{Listed, name};
use super::lack::Lack;
use super::shape::Shape;

/// The server that is looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Server {
    /// There is none that a token could be handed to.
    Lacking(Lack),
    /// One that the client starts.
    Other,
    /// One of zoomtok's own, which reads `.env`.
    Own(OwnCommand, Served),
}

impl Server {
    /// The server of this name.
    pub(super) fn find(servers: &[(String, Listed)], server: &str, reader: Reader) -> Self {
        let Some((_, entry)) = servers.iter().find(|(name, _)| name == server) else {
            return Self::Lacking(Lack::OfThatName {
                near: near(servers, server),
                others: servers.iter().map(|(other, _)| name(&[other])).collect(),
            });
        };
        let Some(command) = &entry.command else {
            return Self::Lacking(if entry.is_remote { Lack::Remote } else { Lack::WithoutCommand });
        };
        entry.own(command, reader).map_or(Self::Other, |(own, served)| Self::Own(own, served))
    }
}

impl Listed {
    /// How it starts zoomtok, and what that serves by; none where it starts something else.
    fn own(&self, command: &str, reader: Reader) -> Option<(OwnCommand, Served)> {
        let own = own_command(command, &self.args)?;
        let served = reader(&own.args)?;
        Some((own, served))
    }

    /// Its settings, where it is zoomtok.
    pub(super) fn served(&self, reader: Reader) -> Option<Served> {
        Some(self.own(self.command.as_deref()?, reader)?.1)
    }
}

/// Those that no client can start or reach, by their places. An earlier zoomtok made such an entry where there was none.
pub(super) fn halves(servers: &[(String, Listed)], shape: &Shape) -> Vec<String> {
    let half = servers.iter().filter(|(_, entry)| entry.command.is_none() && !entry.is_remote);
    half.map(|(server, _)| name(&[shape.root, &[server.as_str()]].concat())).collect()
}

/// The name that may be meant: the same but for capitals and signs, else one that has the other in it.
fn near(servers: &[(String, Listed)], server: &str) -> Option<String> {
    let plain = |name: &str| -> String {
        name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
    };
    let wanted = plain(server);
    let names = || servers.iter().map(|(name, _)| name).filter(|_| !wanted.is_empty());
    let same = names().find(|name| plain(name) == wanted);
    same.or_else(|| names().find(|name| plain(name).contains(&wanted))).cloned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clients::edit::STRICT_JSON;

    fn entries(text: &str) -> Vec<(String, Listed)> {
        STRICT_JSON.servers(text, &Shape::MCP_SERVERS).unwrap()
    }

    /// Takes `mcp` alone, and what follows `--env-file` there.
    fn reader(args: &[String]) -> Option<Served> {
        let (first, rest) = args.split_first()?;
        let env_file = rest.first().filter(|arg| *arg == "--env-file").and(rest.get(1));
        (first == "mcp").then(|| Served { env_file: env_file.map(Into::into), ..Served::default() })
    }

    fn server(text: &str) -> Server {
        Server::find(&entries(&format!(r#"{{"mcpServers": {{{text}}}}}"#)), "zoom", reader)
    }

    #[test]
    fn the_server_is_known() {
        let own = |args: &[&str], env_file: Option<&str>| {
            let args = args.iter().map(|arg| (*arg).to_owned()).collect();
            let served = Served { env_file: env_file.map(Into::into), ..Served::default() };
            Server::Own(OwnCommand { wrapper: Vec::new(), args }, served)
        };
        let none = |near: Option<&str>, others: &[&str]| {
            let others = others.iter().map(|name| (*name).to_owned()).collect();
            Server::Lacking(Lack::OfThatName { near: near.map(str::to_owned), others })
        };
        for (text, known) in [
            ("", none(None, &[])),
            (r#""files": {}, "last": {}"#, none(None, &["files", "last"])),
            (r#""Zoom": {}, "my zoom": {}"#, none(Some("Zoom"), &["Zoom", r#""my zoom""#])),
            (r#""zo-om": {}"#, none(Some("zo-om"), &["zo-om"])),
            (r#""a": {}, "zoom-mcp": {}"#, none(Some("zoom-mcp"), &["a", "zoom-mcp"])),
            (r#""zoom": {}"#, Server::Lacking(Lack::WithoutCommand)),
            (r#""zoom": {"env": {"ZOOM_ACCESS_TOKEN": "x"}}"#, Server::Lacking(Lack::WithoutCommand)),
            (r#""zoom": {"type": "http", "url": "https://x"}"#, Server::Lacking(Lack::Remote)),
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
        assert_eq!(halves(&entries(text), &Shape::MCP_SERVERS), [r#"mcpServers."b c""#, "mcpServers.zoom"]);
    }
}
