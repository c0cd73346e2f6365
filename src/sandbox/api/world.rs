//! The users and meetings of this Zoom.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use serde_json::Value;

use crate::sandbox::data;
use crate::sandbox::shelf::Shelf;

pub(in crate::sandbox) struct World {
    pub(super) origin: String,
    pub(super) users: Vec<Value>,
    pub(super) meetings: data::Meetings,
    pub(super) past: Vec<data::Past>,
    /// The UUIDs of meetings whose recordings are in the trash.
    pub(super) trash: BTreeSet<&'static str>,
    /// The registrants of meetings, by their numbers.
    pub(super) registrants: BTreeMap<u64, Vec<Value>>,
    pub(super) next_meeting: u64,
    pub(super) shelf: Shelf,
    /// When the last one of the shelf was recorded.
    pub(super) since: DateTime<Utc>,
}

impl World {
    /// A small account, with meetings around this time.
    pub(in crate::sandbox) fn new(origin: &str, now: DateTime<Utc>) -> Self {
        Self {
            origin: origin.to_owned(),
            users: data::users(now),
            meetings: data::meetings(now),
            past: data::past(now),
            trash: BTreeSet::new(),
            registrants: data::registrants(now),
            next_meeting: 84_000_000_001,
            shelf: Shelf::default(),
            since: now,
        }
    }

    pub(in crate::sandbox) fn record(&mut self, recordings: Shelf) {
        self.shelf = recordings;
    }
}
