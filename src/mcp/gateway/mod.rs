//! Any MCP server, behind the policy and on a token that is kept fresh.

mod distinct;
mod fold;
pub(crate) mod message;
pub(crate) mod seam;
