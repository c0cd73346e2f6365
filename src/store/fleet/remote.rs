//! The shared part on a Redis: each step is a script, and what it says of tokens is sealed.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::lineage::{Lineage, MOST_ANCESTORS, Offer};
use super::shared::{Put, Refused, Taken};
use crate::error::SharedError;
use crate::redis::{Access, Connection, Reply, Script, SealFault};

/// How long a machine may ask Zoom. An exchange takes 20 s at most.
pub const LEASE: Duration = Duration::from_secs(30);

/// How long others wait for the escrow of a machine, from its lease on: as long as the lease once more.
pub const LINGER: Duration = Duration::from_mins(1);
const _: () = assert!(LINGER.as_secs() == 2 * LEASE.as_secs());

/// How long others wait for a newer refresh token than one that Zoom has refused.
pub const REFUSAL_PATIENCE: Duration = Duration::from_mins(5);

/// The format of what is stored.
const RECORD_VERSION: u64 = 1;

/// The script of a step, which does nothing to a record of a newer version.
macro_rules! step {
    ($file:literal) => {
        Script::new(concat!(
            include_str!("scripts/version.lua"),
            include_str!(concat!("scripts/", $file, ".lua"))
        ))
    };
}

static READ: Script = step!("read");
static TAKE: Script = step!("take");
static PUT: Script = step!("put");
static RELEASE: Script = step!("release");
static REFUSE: Script = step!("refuse");
static REMEMBER: Script = step!("remember");

/// The shared part of one account on a Redis. A connection that breaks is made once more.
pub struct Remote {
    access: Access,
    connection: Connection,
    keys: Names,
}

/// The keys of one account, all of them in one slot of a cluster.
struct Names {
    grant: String,
    lease: String,
    linger: String,
    patience: String,
    access: String,
    memory: String,
}

/// A pair of tokens as it is stored.
#[derive(Clone, Default, Serialize, Deserialize)]
pub struct Pair {
    /// The refresh token; none of a Server-to-Server OAuth app.
    pub refresh_token: Option<Zeroizing<String>>,
    /// The access token.
    pub access_token: Option<Zeroizing<String>>,
    /// When that expires, in the words of `.env`.
    pub expires_at: Option<Zeroizing<String>>,
}

/// All that is shared, as it was at one time.
#[derive(Default)]
pub struct Stored {
    /// The grant; of a Server-to-Server OAuth app the access token.
    pub lineage: Option<Lineage<String>>,
    /// The tokens.
    pub pair: Pair,
    /// The memory, as it was written there.
    pub memory: Option<Zeroizing<Vec<u8>>>,
    /// The time of the store, in milliseconds since 1970.
    pub now: i64,
}

impl Names {
    fn new(account: &str) -> Self {
        let name = |what: &str| format!("zoomtok:{{{account}}}:{what}");
        Self {
            grant: name("grant"),
            lease: name("lease"),
            linger: name("linger"),
            patience: name("patience"),
            access: name("access"),
            memory: name("memory"),
        }
    }
}

impl Remote {
    /// Connects to the store of an account.
    ///
    /// # Errors
    ///
    /// [`SharedError`].
    pub fn open(access: &Access, account: &str) -> Result<Self, SharedError> {
        let connection = Connection::open(access)?;
        Ok(Self { access: access.clone(), connection, keys: Names::new(account) })
    }

    /// Reads all of it.
    ///
    /// # Errors
    ///
    /// [`SharedError`], also for a record of a newer version and for one that nobody with this key has sealed.
    pub fn read(&mut self) -> Result<Stored, SharedError> {
        let Names { grant, access, memory, .. } = &self.keys;
        let keys = [grant.clone(), access.clone(), memory.clone()];
        let reply = self.run(&READ, &keys, &[])?;
        let Some([Reply::List(fields), access, memory, seconds, micros]) = reply.list() else {
            return Err(self.strange());
        };
        let field = |at: usize| fields.get(at).and_then(Reply::text).unwrap_or_default();
        let time = seconds.number().zip(micros.number());
        let now = time.map_or(0, |(seconds, micros)| seconds * 1000 + micros / 1000);
        let memory =
            memory.bytes().map(|sealed| self.open_sealed(&self.keys.memory, &[], sealed)).transpose()?;
        let digest = field(0).to_owned();
        if digest.is_empty() {
            return Ok(Stored { memory, now, ..Stored::default() });
        }
        let ancestors = field(1).split_whitespace().map(str::to_owned).collect();
        let lineage = Lineage { digest, ancestors, issued: field(2).parse().ok() };
        let mut pair = Pair::default();
        if let Some(sealed) = fields.get(4).and_then(Reply::bytes).filter(|sealed| !sealed.is_empty()) {
            let text = self.open_sealed(&self.keys.grant, &[&lineage.digest, field(3)], sealed)?;
            pair.refresh_token = String::from_utf8(text.to_vec()).ok().map(Into::into);
        }
        if let Some(sealed) = access.bytes() {
            let text = self.open_sealed(&self.keys.access, &[&lineage.digest], sealed)?;
            let access: Pair = serde_json::from_slice(&text).map_err(|_| self.foreign(&self.keys.access))?;
            pair = Pair { refresh_token: pair.refresh_token, ..access };
        }
        Ok(Stored { lineage: Some(lineage), pair, memory, now })
    }

    /// [`Shared::take`](super::Shared::take).
    ///
    /// # Errors
    ///
    /// [`SharedError`].
    pub fn take(
        &mut self,
        machine: &str,
        seen: Option<&str>,
        spends: Option<&str>,
    ) -> Result<Taken<String>, SharedError> {
        let Names { grant, lease, linger, patience, .. } = &self.keys;
        let keys = [grant, lease, linger, patience].map(Clone::clone);
        let (lease, linger) = (milliseconds(LEASE), milliseconds(LINGER));
        let arguments = [machine, seen.unwrap_or_default(), spends.unwrap_or_default(), &lease, &linger];
        let reply = self.run(&TAKE, &keys, &arguments.map(str::as_bytes))?;
        let words: Vec<&str> = reply.list().into_iter().flatten().filter_map(Reply::text).collect();
        match words[..] {
            ["granted", after] => {
                Ok(Taken::Granted { after: Some(after.to_owned()).filter(|after| !after.is_empty()) })
            }
            ["held", by] => Ok(Taken::Held { by: by.to_owned() }),
            ["changed"] => Ok(Taken::Changed),
            ["refused"] => Ok(Taken::Refused),
            _ => Err(self.strange()),
        }
    }

    /// [`Shared::put`](super::Shared::put). `ends` is when the access token does, in milliseconds since 1970.
    ///
    /// # Errors
    ///
    /// [`SharedError`].
    pub fn put(
        &mut self,
        machine: &str,
        offer: &Offer<String>,
        pair: &Pair,
        ends: Option<i64>,
    ) -> Result<Put, SharedError> {
        let Lineage { digest, ancestors, issued } = &offer.lineage;
        let parent = ancestors.first().map_or("", String::as_str);
        let sealed = match &pair.refresh_token {
            Some(token) => self.seal(&self.keys.grant, &[digest, parent], token.as_bytes())?,
            None => Vec::new(),
        };
        let access = match (&pair.access_token, ends) {
            (Some(_), Some(_)) => {
                let access = Pair { refresh_token: None, ..pair.clone() };
                let text = Zeroizing::new(serde_json::to_vec(&access).map_err(|_| self.strange())?);
                self.seal(&self.keys.access, &[digest], &text)?
            }
            _ => Vec::new(),
        };
        let Names { grant, lease, linger, patience, access: of_access, .. } = &self.keys;
        let keys = [grant, lease, linger, patience, of_access].map(Clone::clone);
        let number = |number: Option<i64>| number.map(|number| number.to_string()).unwrap_or_default();
        let (ancestors, issued, ends) = (ancestors.join(" "), number(*issued), number(ends));
        let authorised = if offer.authorised { "1" } else { "" };
        let most = MOST_ANCESTORS.to_string();
        let arguments: [&[u8]; 9] = [
            machine.as_bytes(),
            digest.as_bytes(),
            ancestors.as_bytes(),
            issued.as_bytes(),
            authorised.as_bytes(),
            &sealed,
            &access,
            ends.as_bytes(),
            most.as_bytes(),
        ];
        match self.run(&PUT, &keys, &arguments)?.text() {
            Some("stored") => Ok(Put::Stored),
            Some("already") => Ok(Put::Already),
            Some("stale") => Ok(Put::Stale),
            _ => Err(self.strange()),
        }
    }

    /// [`Shared::release`](super::Shared::release).
    ///
    /// # Errors
    ///
    /// [`SharedError`].
    pub fn release(&mut self, machine: &str, spent: bool) -> Result<(), SharedError> {
        let Names { grant, lease, linger, .. } = &self.keys;
        let keys = [grant, lease, linger].map(Clone::clone);
        let spent = if spent { "1" } else { "" };
        self.run(&RELEASE, &keys, &[machine.as_bytes(), spent.as_bytes()]).map(drop)
    }

    /// [`Shared::refuse`](super::Shared::refuse).
    ///
    /// # Errors
    ///
    /// [`SharedError`].
    pub fn refuse(&mut self, machine: &str, digest: &str) -> Result<Refused, SharedError> {
        let Names { grant, lease, linger, patience, .. } = &self.keys;
        let keys = [grant, lease, linger, patience].map(Clone::clone);
        let patience = milliseconds(REFUSAL_PATIENCE);
        match self.run(&REFUSE, &keys, &[machine, digest, &patience].map(str::as_bytes))?.text() {
            Some("overtaken") => Ok(Refused::Overtaken),
            Some("early") => Ok(Refused::Early),
            Some("final") => Ok(Refused::Final),
            _ => Err(self.strange()),
        }
    }

    /// Replaces the memory that all machines share.
    ///
    /// # Errors
    ///
    /// [`SharedError`].
    pub fn remember(&mut self, memory: &[u8]) -> Result<(), SharedError> {
        let sealed = self.seal(&self.keys.memory, &[], memory)?;
        let Names { grant, memory, .. } = &self.keys;
        let keys = [grant, memory].map(Clone::clone);
        self.run(&REMEMBER, &keys, &[&sealed]).map(drop)
    }

    /// Every step does the same when it is done twice, so one whose answer was lost is done again. The first key is that of the
    /// grant.
    fn run(&mut self, script: &Script, keys: &[String], arguments: &[&[u8]]) -> Result<Reply, SharedError> {
        let names: Vec<&[u8]> = keys.iter().map(String::as_bytes).collect();
        let known = RECORD_VERSION.to_string();
        let arguments = [arguments, &[known.as_bytes()]].concat();
        let answer = match self.connection.run(script, &names, &arguments) {
            Err(SharedError::Unanswered { .. }) => {
                self.connection = Connection::open(&self.access)?;
                self.connection.run(script, &names, &arguments)
            }
            answer => answer,
        };
        let reply = answer.map_err(|error| match error {
            // Redis does not say which of them is of another type.
            SharedError::Refused { code, .. } if code == "WRONGTYPE" => self.foreign(&keys.join(" or ")),
            error => error,
        })?;
        match reply.list() {
            Some([word, version]) if word.text() == Some("newer") => {
                let version = version.number().map_or(0, i64::cast_unsigned);
                Err(SharedError::Newer { address: self.address(), key: self.keys.grant.clone(), version })
            }
            _ => Ok(reply),
        }
    }

    fn seal(&self, key: &str, more: &[&str], text: &[u8]) -> Result<Vec<u8>, SharedError> {
        let sealed = self.access.keys().seal(&place(key, more), text);
        sealed.map_err(|source| SharedError::Unsealed { source })
    }

    fn open_sealed(
        &self,
        key: &str,
        more: &[&str],
        sealed: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, SharedError> {
        let opened = self.access.keys().open(&place(key, more), sealed);
        opened.map_err(|fault| fault.at(self.connection.address(), key))
    }

    fn address(&self) -> String {
        self.connection.address().to_owned()
    }

    fn foreign(&self, key: &str) -> SharedError {
        SealFault::Foreign.at(self.connection.address(), key)
    }

    fn strange(&self) -> SharedError {
        SharedError::Strange { address: self.address() }
    }
}

/// The place that a value is sealed for: its key, and what it must not be separated from.
fn place<'a>(key: &'a str, more: &[&'a str]) -> Vec<&'a [u8]> {
    std::iter::once(key).chain(more.iter().copied()).map(str::as_bytes).collect()
}

fn milliseconds(duration: Duration) -> String {
    duration.as_millis().to_string()
}
