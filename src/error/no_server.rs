//! Why a token cannot be handed to a server of Claude's configuration.

/// What that configuration lacks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoServer {
    /// There is no server of that name.
    OfThatName {
        /// The one that may be meant.
        near: Option<String>,
        /// The names of all that there are.
        others: Vec<String>,
    },
    /// Claude cannot start the server.
    WithoutCommand,
    /// The server runs elsewhere.
    Remote,
}

impl NoServer {
    /// What is wrong with the server of this place, as a sentence without its full stop.
    pub(super) fn what(&self, place: &str) -> String {
        match self {
            Self::OfThatName { others, .. } if others.is_empty() => {
                format!("there is no {place} to hand the token to, nor any other server")
            }
            Self::OfThatName { others, .. } => {
                format!("there is no {place} to hand the token to; the servers are {}", others.join(", "))
            }
            Self::WithoutCommand => format!("{place} has no command, so no client can start it"),
            Self::Remote => {
                format!("{place} is reached by a URL: no environment of it could hold a token")
            }
        }
    }

    pub(super) fn fix(&self, place: &str) -> String {
        match self {
            Self::OfThatName { near: Some(near), .. } => {
                format!("If {near} is meant, name it with CLAUDE_MCP_SERVER_NAME")
            }
            Self::OfThatName { others, .. } if others.is_empty() => {
                "Add the server that needs the token; or run zoomtok mcp --install, which adds one that reads .env by \
                 itself"
                    .into()
            }
            Self::OfThatName { .. } => {
                "Name the server that needs the token with CLAUDE_MCP_SERVER_NAME; or run zoomtok mcp --install, which \
                 adds one that reads .env by itself"
                    .into()
            }
            Self::WithoutCommand => {
                format!(
                    "Remove {place}, give it a command, or run zoomtok mcp --install, which makes it a server that \
                     reads .env by itself: Claude can drop all servers for one without a command"
                )
            }
            Self::Remote => "Name another server with CLAUDE_MCP_SERVER_NAME".into(),
        }
    }
}
