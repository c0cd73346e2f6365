//! How servers stand in a configuration, whatever its format.

/// Where a configuration has its servers, and the names of their properties.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Shape {
    /// The path of the property that holds the servers by their names.
    pub(crate) root: &'static [&'static str],
    /// The property that holds the program.
    pub(crate) command: &'static str,
    /// The one that holds its arguments; none where they stand behind the program in one list.
    pub(crate) args: Option<&'static str>,
    /// The one that holds its variables.
    pub(crate) env: &'static str,
    /// Properties of every new server, such as a `type`.
    pub(crate) fixed: &'static [(&'static str, Fixed)],
}

/// The value of such a property.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fixed {
    Text(&'static str),
    Flag(bool),
    List(&'static [&'static str]),
}

impl Shape {
    /// The one that most clients share
    /// (<https://modelcontextprotocol.io/docs/develop/connect-local-servers>).
    pub(crate) const MCP_SERVERS: Self =
        Self { root: &["mcpServers"], command: "command", args: Some("args"), env: "env", fixed: &[] };
}
