//! The arguments of `zoomtok recordings`.

use std::path::PathBuf;

use chrono::NaiveDate;
use clap::{Args, Subcommand, ValueHint};

use super::global::path;
use super::tables::RECORDINGS;

/// Download cloud recordings, resumed after a break
#[derive(Debug, Args)]
pub struct Recordings {
    /// The command to run
    #[command(subcommand)]
    pub command: RecordingsCommand,
}

/// The command to run
#[derive(Debug, Subcommand)]
pub enum RecordingsCommand {
    /// Download all files of the recordings of a period
    ///
    /// Files that are there are skipped, and one that broke off goes on where it ended, so the same command again fetches
    /// what is missing. Each file is checked against the size that Zoom lists, and has its name only when it is whole.
    /// The token is renewed on the way. Exits with 0 if every file is there, and with 1 if some are missing, which stderr
    /// lists.
    #[command(after_help = RECORDINGS)]
    Download {
        /// The first day, in UTC [default: 29 days before the last one]
        #[arg(long, value_name = "DATE", value_parser = date)]
        from: Option<NaiveDate>,
        /// The last day, in UTC [default: 29 days after the first one, or today]
        #[arg(long, value_name = "DATE", value_parser = date)]
        to: Option<NaiveDate>,
        /// Whose recordings: a user id, or an e-mail address [default: me, the owner of the token]
        #[arg(long, value_name = "USER", value_parser = user)]
        user: Option<String>,
        /// Print a JSON object at the end
        #[arg(long)]
        json: bool,
        /// The directory to put them into, made if need be
        #[arg(value_name = "DIR", value_parser = path(), value_hint = ValueHint::DirPath)]
        directory: PathBuf,
    },
}

/// A day as Zoom takes it.
fn date(text: &str) -> Result<NaiveDate, &'static str> {
    let is_plain = text.len() == "2026-03-01".len() && text.starts_with(|c: char| c.is_ascii_digit());
    let date = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok().filter(|_| is_plain);
    date.ok_or("must be a date like 2026-03-01")
}

/// A user, who is a part of a path.
fn user(text: &str) -> Result<String, &'static str> {
    if ["", ".", ".."].contains(&text) {
        Err("must be a user id or an e-mail address")
    } else {
        Ok(text.to_owned())
    }
}
