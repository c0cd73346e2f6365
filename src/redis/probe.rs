//! A look at the shared store: whether zoomtok may do there what it does, and whether it keeps what it is given.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::{Access, Connection};
use crate::error::SharedError;

/// The commands that zoomtok's user needs there, on keys that begin with `zoomtok:`.
pub const COMMANDS: &[&str] = &[
    "del",
    "eval",
    "evalsha",
    "exists",
    "get",
    "hdel",
    "hget",
    "hgetall",
    "hmget",
    "hset",
    "pexpireat",
    "ping",
    "select",
    "set",
    "time",
];

/// The keys that are tried.
const KEY: &[u8] = b"zoomtok:{doctor}:probe";
const HASH: &[u8] = b"zoomtok:{doctor}:hash";

/// The results of a look at a store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Probe {
    /// The commands that its user may not run.
    pub denied: Vec<&'static str>,
    /// The facts that it gives about itself, by name; none where its user may not ask.
    pub info: Option<BTreeMap<String, String>>,
    /// Its clock.
    pub time: Option<DateTime<Utc>>,
}

impl Probe {
    /// Tries each command on keys of its own, and removes them.
    ///
    /// # Errors
    ///
    /// [`SharedError`], but for commands that are not allowed.
    pub fn of(access: &Access) -> Result<Self, SharedError> {
        let mut connection = Connection::open(access)?;
        let (mut denied, mut time) = (Vec::new(), None);
        for name in COMMANDS {
            match connection.ask(&command(name)) {
                Ok(reply) if *name == "time" => {
                    let seconds = reply.list().and_then(|parts| parts.first()?.number());
                    time = seconds.and_then(|seconds| DateTime::from_timestamp(seconds, 0));
                }
                Ok(_) => {}
                Err(SharedError::Rights { .. }) => denied.push(*name),
                // It may be run, and there is no such script.
                Err(SharedError::Refused { code, .. }) if code == "NOSCRIPT" => {}
                Err(error) => return Err(error),
            }
        }
        // They end by themselves if it may not remove them.
        let _ = connection.ask(&[b"DEL", KEY, HASH]);
        let info = match connection.ask(&[b"INFO"]) {
            Ok(reply) => reply.text().map(rows),
            Err(SharedError::Rights { .. }) => None,
            Err(error) => return Err(error),
        };
        Ok(Self { denied, info, time })
    }
}

/// A command as it is tried.
fn command(name: &str) -> Vec<&[u8]> {
    let arguments: &[&[u8]] = match name {
        "eval" => &[b"return 1", b"0"],
        "evalsha" => &[b"0000000000000000000000000000000000000000", b"0"],
        "hdel" | "hget" | "hmget" => &[HASH, b"a"],
        "hgetall" => &[HASH],
        "hset" => &[HASH, b"a", b"1"],
        "pexpireat" => &[HASH, b"1"],
        "ping" | "time" => &[],
        "select" => &[b"0"],
        "set" => &[KEY, b"1", b"PX", b"10000"],
        _ => &[KEY],
    };
    let mut command: Vec<&[u8]> = vec![name.as_bytes()];
    command.extend(arguments);
    command
}

/// The rows of what `INFO` answers.
fn rows(text: &str) -> BTreeMap<String, String> {
    let rows = text.lines().filter_map(|line| line.split_once(':'));
    rows.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}
