//! What the tests have in common: a home to run the program in, processes, sessions with the MCP server, and the search for
//! secrets in all that is seen of them.

pub(crate) mod canaries;
mod home;
pub(crate) mod mcp_session;
#[cfg(unix)]
pub(crate) mod needs;
pub(crate) mod processes;
pub(crate) mod rows;
#[cfg(unix)]
mod skip;
pub(crate) mod sources;

pub(crate) use home::{ECHO_TOKEN, Ended, Home, credentials, ended, ended_showing, exec_shell, names};
