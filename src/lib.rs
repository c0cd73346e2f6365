//! Keeps a Zoom access token valid where it is needed.
//!
//! The library has one user, the `zoomtok` program, and promises no stable interface of its own. The stable
//! interface is the program's: commands, settings, exit codes, files.
//!
//! # The map
//!
//! | room | holds | uses |
//! |---|---|---|
//! | [`cli`] | what a person types and reads; one file per command | everything below |
//! | [`mcp`] | serving MCP: Zoom's tools, and the gateway before any other server | keeper, settings, store, token, watch, zoom |
//! | [`clients`] | programs that start MCP servers: their configurations (a pure edit), and Claude Desktop, which is restarted | settings, store, token |
//! | [`kubernetes`] | a Secret that holds the present token: what to write (pure), and the requests | files, store, token, zoom |
//! | [`service`] | a watch or a gateway that the system starts at each login (pure, but for one file) | files, settings |
//! | [`login`] | logging in: browser, pasted address, device, typed credentials; what comes back (pure) | settings, zoom |
//! | [`tokens`] | the token inside a server: on demand, and ahead of time | event, keeper, settings, token, watch, zoom |
//! | [`watch`] | when to do what (pure), and the loop that does it | event, keeper, settings, token, zoom; clients through a trait |
//! | [`event`] | what happened, as data (pure), and the command that hears it | programs, token |
//! | [`keeper`] | the heart: make sure of a token, with at most one exchange however many ask | programs, settings, store, token, zoom |
//! | [`policy`] | which calls are allowed, and how many (pure), the file it is in, the counts | files, spelling |
//! | [`programs`] | programs that are started and ended, with everything that they have started | controls, settings, token |
//! | [`settings`] | flag, environment, `.env`, default, and where each value came from | store, token, zoom |
//! | [`recordings`] | downloading the files of recordings | tokens, zoom, files |
//! | [`sandbox`] | a Zoom on loopback, for the demo and the tests | token |
//! | [`store`] | where one account's tokens live, and the right to change them: the `.env`, its text (pure), the state directory, the shared store | files, redis, token |
//! | [`redis`] | the store that many machines share: address, connection, sealed values (pure) | files |
//! | [`files`] | any file: lock, atomic replace, read, append, probe | |
//! | [`zoom`] | Zoom over HTTPS: grants, calls of the API, what each answer means (pure) | token |
//! | [`token`] | the token: secret value, claims, how long it lasts (pure) | |
//! | [`spelling`] | what a client sent, as it is judged and sent (pure) | |
//! | [`words`] | how times are put into words | |
//! | [`controls`] | texts without control characters: for people, programs and models | |
//! | [`clock`] | the only place that reads a clock or waits | |
//! | [`mutex`] | mutexes of values that stay whole when a thread panics | |
//! | [`error`] | what can go wrong, its exit code, its hint | |
//!
//! Nearly all of them use [`clock`] and [`error`] as well. `oracles` is for tests and fuzzing only: what must hold for any input.
//!
//! # The path of a token
//!
//! `zoomtok get` has [`keeper::Keeper::look`] read the [`store::Store`], which is the `.env`, and [`token::TokenState`] judge
//! the token. If that does not last, [`keeper::Keeper::ensure`] waits for the [`store::Turn`], the exclusive right to change
//! what is kept, looks again, reserves a place for the new token and asks [`zoom::Exchange`]. The new token goes through
//! [`store::Reserved::put`] into the text of the `.env` as it is then, and takes its place in one rename. Where that fails it
//! waits for the next run as a [`store::Recovery`].
//!
//! # The path of a call
//!
//! [`mcp::zoom::serve`] takes a call from the client and asks the [`policy::Policy`] in force, and the [`policy::counts::Counts`]
//! of its limits. An allowed call has its arguments read by its tool, gets a token as above, and goes out through
//! [`zoom::api`]; the answer loses its secrets on the way to the client.

pub mod cli;
pub mod clients;
pub mod clock;
pub mod controls;
pub mod error;
pub mod event;
pub mod files;
pub mod keeper;
pub mod kubernetes;
pub mod login;
pub mod mcp;
pub mod mutex;
#[cfg(any(test, fuzzing))]
pub mod oracles;
pub mod policy;
pub mod programs;
pub mod recordings;
pub mod redis;
pub mod sandbox;
pub mod service;
pub mod settings;
#[cfg(all(test, target_os = "linux"))]
#[path = "../tests/support/skip.rs"]
mod skip;
pub mod spelling;
pub mod store;
pub mod token;
pub mod tokens;
pub mod watch;
pub mod words;
pub mod zoom;
