//! The common parts of the tests: a home to run the program in, processes, sessions with the MCP server, and the search
//! for secrets in all that is seen of them.

#[cfg(target_os = "linux")]
pub(crate) mod api_server;
pub(crate) mod apps;
pub(crate) mod browser;
pub(crate) mod canaries;
#[cfg(target_os = "linux")]
pub(crate) mod certificates;
mod env;
pub(crate) mod gateways;
mod home;
pub(crate) mod http_server;
pub(crate) mod mcp_client;
pub(crate) mod mcp_session;
#[cfg(unix)]
pub(crate) mod needs;
pub(crate) mod pages;
pub(crate) mod policies;
pub(crate) mod processes;
#[cfg(all(target_os = "linux", feature = "fleet"))]
pub(crate) mod proxy;
#[cfg(all(target_os = "linux", feature = "fleet"))]
pub(crate) mod redis;
pub(crate) mod rows;
#[cfg(unix)]
mod skip;
pub(crate) mod sources;
#[cfg(target_os = "linux")]
pub(crate) mod yaml;

pub(crate) use env::{assert_exchanges, replace_token, sandbox, without};
#[cfg(unix)]
pub(crate) use env::{make_pipe, mode, set_mode};
pub(crate) use home::{ECHO_TOKEN, Ended, Home, credentials, ended, ended_showing, exec_shell, names};
