//! Zoom's hosted servers, and where they are.

/// A hosted server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Server {
    Zoom,
    Meeting,
    Chat,
    Docs,
    Tasks,
    Whiteboard,
    RevenueAccelerator,
}

use Server::{Chat, Docs, Meeting, RevenueAccelerator, Tasks, Whiteboard, Zoom};

/// The first part of a path under `/mcp/`. Zoom's pages of different months say `docs` and `canvas`, and keep
/// `team_chat` as an older name.
const NAMES: [(&str, Server); 9] = [
    ("zoom", Zoom),
    ("meeting", Meeting),
    ("chat", Chat),
    ("team_chat", Chat),
    ("docs", Docs),
    ("canvas", Docs),
    ("tasks", Tasks),
    ("whiteboard", Whiteboard),
    ("revenue_accelerator", RevenueAccelerator),
];

impl Server {
    /// The server at a path such as `/mcp/chat/streamable`.
    pub(super) fn at(path: &str) -> Option<Self> {
        named(path.strip_prefix("/mcp/")?.strip_suffix("/streamable")?)
    }

    /// The server at a path of the transport before streamable HTTP, such as `/mcp/chat/sse`.
    pub(super) fn at_legacy(path: &str) -> Option<Self> {
        let path = path.strip_prefix("/mcp/")?;
        named(path.strip_suffix("/sse").or_else(|| path.strip_suffix("/messages"))?)
    }

    /// The server whose metadata is at a path such as `/.well-known/oauth-protected-resource/mcp_chat`, as Zoom's page
    /// names that of the chat.
    pub(super) fn described_at(path: &str) -> Option<Self> {
        named(path.strip_prefix("/.well-known/oauth-protected-resource/mcp_")?)
    }

    /// Its name in paths.
    pub(super) fn name(self) -> &'static str {
        NAMES.iter().find(|(_, server)| *server == self).map_or("", |(name, _)| name)
    }
}

fn named(name: &str) -> Option<Server> {
    NAMES.iter().find(|(known, _)| *known == name).map(|(_, server)| *server)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_leads_to_its_server() {
        assert_eq!(Server::at("/mcp/zoom/streamable"), Some(Zoom));
        assert_eq!(Server::at("/mcp/team_chat/streamable"), Some(Chat));
        assert_eq!(Server::at("/mcp/canvas/streamable"), Some(Docs));
        assert_eq!(Server::described_at("/.well-known/oauth-protected-resource/mcp_chat"), Some(Chat));
        assert_eq!(Server::at_legacy("/mcp/zoom/sse"), Some(Zoom));
        assert_eq!(Server::at_legacy("/mcp/chat/messages"), Some(Chat));
        assert_eq!(Server::at_legacy("/mcp/zoom/streamable"), None);
        for path in ["/mcp/zoom/sse", "/mcp/zoom", "/mcp//streamable", "/mcp/zoom/streamable/", "/v2/mcp"] {
            assert_eq!(Server::at(path), None, "{path}");
        }
        for (name, server) in NAMES {
            assert_eq!(named(server.name()), Some(server), "{name}");
        }
    }
}
