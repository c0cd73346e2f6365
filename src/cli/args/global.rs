//! The options of every command.

use std::path::PathBuf;

use clap::builder::{PathBufValueParser, TypedValueParser};
use clap::{Args, ValueEnum};

use crate::settings::expanded;
use crate::store::ProfileName;

/// The options of every command
#[derive(Debug, Default, Args)]
pub struct Global {
    /// The .env to use instead of the first one found
    #[arg(global = true, long, value_name = "PATH", value_parser = path(), display_order = 100)]
    pub env_file: Option<PathBuf>,
    /// The account to use: its .env is profiles/NAME.env in the configuration directory
    #[arg(global = true, long, value_name = "NAME", value_parser = ProfileName::parse, conflicts_with = "env_file", display_order = 100)]
    pub profile: Option<ProfileName>,
    /// When to use colour [default: auto]
    #[arg(global = true, long, value_name = "WHEN", display_order = 101)]
    pub color: Option<Color>,
    /// Print only errors and requested output
    #[arg(global = true, short, long, display_order = 102)]
    pub quiet: bool,
    /// Use the token in .env as it is: fetch none, and write neither .env nor its lock
    #[arg(global = true, long, display_order = 103)]
    pub read_only: bool,
}

/// A path as a client passes it on, which has no shell to expand a `~`.
pub(super) fn path() -> impl TypedValueParser<Value = PathBuf> {
    PathBufValueParser::new().try_map(|path| expanded(&path))
}

/// When to use colour
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// On a terminal, unless NO_COLOR is set
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}
