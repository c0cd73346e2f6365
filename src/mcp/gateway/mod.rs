//! Any MCP server, behind the policy and on a token that is kept fresh.

pub(crate) mod approval;
pub(crate) mod approval_error;
pub(crate) mod approvals;
mod audit;
mod audit_log;
mod child;
mod command_name;
pub(crate) mod difference;
mod digest;
mod distinct;
mod expired;
mod flight;
mod fold;
pub(crate) mod grant;
pub(crate) mod grant_error;
pub(crate) mod grant_file;
pub(crate) mod grants;
mod ground;
mod house;
pub(crate) mod id;
mod link;
mod listed;
pub(crate) mod listen;
mod mask;
pub(crate) mod message;
pub(crate) mod metrics;
pub(crate) mod name;
pub(crate) mod pin_error;
pub(crate) mod pin_file;
pub(crate) mod pins;
pub(crate) mod place;
pub(crate) mod question;
mod relay;
mod restart;
pub(crate) mod restarts;
pub(crate) mod seam;
mod serve;
mod set;
mod setup;
pub(crate) mod shown;
mod sse;
pub(crate) mod upstream;

#[cfg(unix)]
pub use child::hold;
pub use restart::OnNewToken;
pub use serve::{Options, serve};
