//! Drives the real program, against a Zoom on loopback.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test that cannot go on has failed; it makes files and waits as it likes"
)]

mod answers;
#[cfg(target_os = "linux")]
mod bystanders;
mod canaries;
mod check;
mod claude_app;
mod claude_config;
#[cfg(unix)]
mod claude_platforms;
mod concurrency;
mod controls;
mod demo;
mod docs;
mod docs_failures;
mod docs_files;
mod docs_numbers;
mod doctor;
mod durability;
#[cfg(unix)]
mod env_page;
#[cfg(unix)]
mod env_played;
#[cfg(unix)]
mod env_readers;
mod everywhere;
#[cfg(unix)]
mod exec;
#[cfg(target_os = "linux")]
mod faults;
mod found_env;
mod generated;
mod get;
mod input;
mod jsonrpc_lines;
#[cfg(unix)]
mod known_files;
#[cfg(unix)]
mod limits;
#[cfg(unix)]
mod log;
mod lost_answers;
mod mcp;
mod mcp_counted;
mod mcp_errors;
#[cfg(unix)]
mod mcp_foreign;
mod mcp_gate;
mod mcp_install;
mod mcp_lines;
mod mcp_policy;
mod mcp_refresh;
mod mcp_reinstall;
mod mcp_rmcp;
mod mcp_secrets;
mod mcp_session;
mod mcp_starts;
mod mcp_token;
mod mcp_transcript;
#[cfg(target_os = "linux")]
mod mounted;
mod network;
#[cfg(unix)]
mod opening;
mod opens;
#[cfg(unix)]
mod other_users;
mod output;
#[cfg(target_os = "linux")]
mod picture;
mod policy;
mod processes;
mod read_only;
mod readme;
#[cfg(unix)]
mod readme_lines;
mod rows;
#[cfg(target_os = "linux")]
mod short_writes;
#[cfg(unix)]
mod signals;
mod sources;
#[cfg(unix)]
mod streams;
#[cfg(unix)]
mod supply;
mod support;
#[cfg(target_os = "linux")]
mod syscalls;
#[cfg(target_os = "linux")]
mod terminal;
#[cfg(unix)]
mod unstorable;
mod update_claude;
mod watch;
#[cfg(unix)]
mod zoommcp;
