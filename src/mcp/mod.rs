//! Serving MCP: Zoom's tools behind the gate, and any other server behind the same gate, on a token that is kept fresh.
//!
//! | files | hold |
//! |---|---|
//! | `settings.rs` | what any server reads from the settings: its policy, when to refresh, what to warn of |
//! | `scopes.rs` | which scopes tools need, which a token lacks, which an app has to have (pure) |
//! | `hosted.rs` | the scopes of the tools of Zoom's hosted servers |
//! | `manifest.rs` | an app as Zoom's Marketplace takes it (pure) |
//! | `wire/` | how messages of the protocol come and go, over standard input and output; a handler of rmcp's on them |
//! | `zoom/serve.rs` | `zoomtok mcp`: the Zoom server from its start to its end |
//! | `zoom/server.rs` | what rmcp asks of a server, and the one place that every call goes through |
//! | `zoom/catalog.rs` | the tools as a policy is checked against them, and a call as it is judged |
//! | `zoom/ground.rs` | the settings that the server stands on, which may be wrong when it starts |
//! | `zoom/default.rs` | the policy without a policy file |
//! | `zoom/tools/` | the tools: their arguments, their schemas, what they ask of Zoom |
//! | `zoom/scopes.rs` | the scopes of the tools |
//! | `zoom/session.rs` | one call of a tool: the token, one renewal, short waits |
//! | `gateway/` | any other server behind the policy; its `mod.rs` has a table of its own |
//!
//! A call of one of Zoom's tools has its arguments read, passes the gate with their normal form, gets the token and asks
//! Zoom, in this order. A call through the gateway passes the gate as its client spells it, and the server gets the
//! arguments that were judged. The gate is in [`crate::policy`], the token in [`crate::tokens`], the spelling of arguments
//! in [`crate::spelling`].

#[cfg_attr(not(unix), allow(dead_code, reason = "some parts serve child processes on Unix alone"))]
pub mod gateway;
pub(crate) mod hosted;
pub(crate) mod manifest;
pub(crate) mod scopes;
mod settings;
mod wire;
pub mod zoom;
