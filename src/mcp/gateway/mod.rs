//! Any MCP server, behind the policy and on a token that is kept fresh.

mod command_name;
mod distinct;
mod fold;
pub(crate) mod message;
pub(crate) mod name;
pub(crate) mod place;
pub(crate) mod seam;
