//! Why a token cannot be handed to a server of a configuration.

/// The part that the configuration lacks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lack {
    /// There is no server of that name.
    OfThatName {
        /// The server that may be meant.
        near: Option<String>,
        /// The names of all servers.
        others: Vec<String>,
    },
    /// No client can start the server.
    WithoutCommand,
    /// The server runs elsewhere and is reached by a URL.
    Remote,
}

impl Lack {
    /// The fault of the server of this place, as a sentence without its full stop.
    pub(super) fn what(&self, place: &str) -> String {
        match self {
            Self::OfThatName { others, .. } if others.is_empty() => {
                format!("there is no {place} to give the token to, nor any other server")
            }
            Self::OfThatName { others, .. } => {
                format!("there is no {place} to give the token to; the servers are {}", others.join(", "))
            }
            Self::WithoutCommand => format!("{place} has no command, so no client can start it"),
            Self::Remote => {
                format!("{place} is reached by a URL, so it has no environment that could hold a token")
            }
        }
    }

    /// The remedy; `names_server` is the flag or variable that names another server.
    pub(super) fn fix(&self, place: &str, names_server: &str) -> String {
        match self {
            Self::OfThatName { near: Some(near), .. } => {
                format!("If you mean {near}, name it with {names_server}")
            }
            Self::OfThatName { others, .. } if others.is_empty() => {
                "Add the server that needs the token, or run zoomtok mcp --install, which adds one that reads .env by \
                 itself"
                    .into()
            }
            Self::OfThatName { .. } => {
                format!(
                    "Name the server that needs the token with {names_server}, or run zoomtok mcp --install, which adds \
                     one that reads .env by itself"
                )
            }
            Self::WithoutCommand => {
                format!(
                    "Remove {place}, give it a command, or run zoomtok mcp --install, which makes it a server that \
                     reads .env by itself: Claude may drop all servers because one has no command"
                )
            }
            Self::Remote => format!("Name another server with {names_server}"),
        }
    }
}
