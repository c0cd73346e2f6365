//! How servers stand in a configuration, whatever its format.

/// Where a configuration has its servers, and the names of their properties.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Shape {
    /// The path of the property that holds the servers by their names.
    pub(crate) root: &'static [&'static str],
    /// The property that holds the program.
    pub(crate) command: &'static str,
    /// The one that holds its arguments.
    pub(crate) args: &'static str,
    /// The one that holds its variables.
    pub(crate) env: &'static str,
    /// Properties of every new server, such as a `type`.
    pub(crate) fixed: &'static [(&'static str, &'static str)],
}

impl Shape {
    /// The one that most clients share
    /// (<https://modelcontextprotocol.io/docs/develop/connect-local-servers>).
    pub(crate) const MCP_SERVERS: Self =
        Self { root: &["mcpServers"], command: "command", args: "args", env: "env", fixed: &[] };
}
