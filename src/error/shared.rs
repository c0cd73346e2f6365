//! Why the store that many machines share did not do what it was asked.

use std::io;

use thiserror::Error;

use super::{Code, Diagnostic};

/// The failures of the shared store, the Redis that `ZOOMTOK_STORE` names. An address never holds a password.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum SharedError {
    /// This program has no client for it.
    #[error("ZOOMTOK_STORE is set, and this zoomtok was built without the shared store")]
    NotBuilt,

    /// No connection to it could be made. Nothing was sent.
    #[error("the shared store at {address} cannot be reached")]
    Unreachable {
        /// Its address.
        address: String,
        /// The error from the system.
        source: io::Error,
    },

    /// TLS could not be agreed upon with it: its certificate is not trusted, or it speaks none. Nothing was sent.
    #[error("the shared store at {address} cannot be trusted")]
    Untrusted {
        /// Its address.
        address: String,
        /// The problem with TLS.
        source: io::Error,
    },

    /// It did not answer in time, or broke off. It may have done what it was asked.
    #[error("the shared store at {address} did not answer {command}")]
    Unanswered {
        /// Its address.
        address: String,
        /// The command.
        command: String,
        /// The error from the system.
        source: io::Error,
    },

    /// It wants a password and got none, or another one. Nothing was done.
    #[error("the shared store at {address} {}", password(*.given, .user.as_deref()))]
    Password {
        /// Its address.
        address: String,
        /// The user of the address.
        user: Option<String>,
        /// Whether one was given.
        given: bool,
    },

    /// Its user may not do this. Nothing was done.
    #[error("the shared store at {address} does not let this user run {command} on zoomtok's keys")]
    Rights {
        /// Its address.
        address: String,
        /// The command.
        command: String,
    },

    /// It takes no writes: its memory is full, or its disk. Nothing was done.
    #[error("the shared store at {address} is full and takes no writes ({code})")]
    Full {
        /// Its address.
        address: String,
        /// Its code for that.
        code: String,
    },

    /// It is a replica, which takes no writes. Nothing was done.
    #[error("the shared store at {address} is a read-only replica")]
    ReadOnly {
        /// Its address.
        address: String,
    },

    /// It is starting, or without its primary. Nothing was done.
    #[error("the shared store at {address} is not ready yet ({code})")]
    Loading {
        /// Its address.
        address: String,
        /// Its code for that.
        code: String,
    },

    /// It refused for another reason. Nothing was done.
    #[error("the shared store at {address} refused {command} ({code})")]
    Refused {
        /// Its address.
        address: String,
        /// The command.
        command: String,
        /// Its code for that; its words may repeat what was sent.
        code: String,
    },

    /// Something else than a Redis answers there.
    #[error("what answers at {address} does not speak Redis's protocol")]
    Strange {
        /// Its address.
        address: String,
    },

    /// It cannot be reached, and without it nobody spends the refresh token: another machine may be spending it.
    #[error("a new token was not asked for, since the refresh token is shared")]
    NotSpent {
        /// Why it cannot be reached.
        source: Box<Self>,
    },

    /// It cannot be reached, and this machine has fetched a token for itself a moment ago.
    #[error("a new token was not asked for again: this machine has fetched one for itself within 10 minutes")]
    AloneTooOften {
        /// Why it cannot be reached.
        source: Box<Self>,
    },

    /// Zoom has refused the refresh token that is stored, and another machine may come with a newer one.
    #[error(
        "Zoom refuses the refresh token in the shared store, and no other machine has brought a newer one so far"
    )]
    Early,

    /// It has lost a grant that this machine has seen, and another machine has that in its escrow.
    #[error(
        "the shared store has lost its newest refresh token, and the machine that got it has not brought it back so far"
    )]
    Forgotten,

    /// The grant was taken out of it, and goes on in the `.env` of one machine.
    #[error(
        "the login was taken out of the shared store, and is in the .env of the machine that has left it"
    )]
    TakenOut,

    /// The login was ended, on whichever machine.
    #[error("the login that the machines of the shared store had was ended with zoomtok logout")]
    Ended,

    /// It cannot be reached, and a login is not ended behind the back of the other machines.
    #[error("not logged out, and nothing was removed: the other machines cannot be told")]
    NotEnded {
        /// Why it cannot be reached.
        source: Box<Self>,
    },

    /// A login was ended, and it has a newer grant than that.
    #[error(
        "another machine has put newer tokens into the shared store while the login was ended; they are still there"
    )]
    Overtaken,

    /// It has the grant of another user of the same app than the one whose tokens this machine has.
    #[error("the shared store at {address} has the tokens of another user of this app than those in .env")]
    OtherUser {
        /// Its address.
        address: String,
    },

    /// A value could not be sealed.
    #[error("a value for the shared store could not be sealed")]
    Unsealed {
        /// The error from the system.
        source: io::Error,
    },

    /// A newer zoomtok has written this. It is unchanged.
    #[error("{key} in the shared store at {address} was written by a newer zoomtok, in format {version}")]
    Newer {
        /// Its address.
        address: String,
        /// The key in the store.
        key: String,
        /// The format.
        version: u64,
    },

    /// A value is sealed with a key that this machine does not have. It is unchanged.
    #[error(
        "{key} in the shared store at {address} is sealed with the key {id}, which this machine does not have"
    )]
    WrongKey {
        /// Its address.
        address: String,
        /// The key in the store.
        key: String,
        /// The name of the key that it is sealed with.
        id: String,
    },

    /// A value was not written by a zoomtok with this key, or not to this place. It is unchanged.
    #[error(
        "{key} in the shared store at {address} was not sealed by a zoomtok with this machine's key, or was changed since"
    )]
    Foreign {
        /// Its address.
        address: String,
        /// The key in the store.
        key: String,
    },
}

impl SharedError {
    /// Whether what it was asked for may have been done all the same.
    pub fn may_be_done(&self) -> bool {
        matches!(self, Self::Unanswered { .. })
    }

    /// Whether it may be gone by itself at the next try: the store is down, busy or in the middle of a failover.
    pub fn is_transient(&self) -> bool {
        self.code() == Code::Transient
    }
}

impl Diagnostic for SharedError {
    fn code(&self) -> Code {
        match self {
            Self::NotBuilt => Code::Usage,
            Self::Unreachable { .. }
            | Self::Unanswered { .. }
            | Self::Loading { .. }
            | Self::Refused { .. }
            | Self::NotSpent { .. }
            | Self::AloneTooOften { .. }
            | Self::Early
            | Self::Forgotten
            | Self::NotEnded { .. }
            | Self::Overtaken
            | Self::Unsealed { .. } => Code::Transient,
            Self::Untrusted { .. }
            | Self::Password { .. }
            | Self::Rights { .. }
            | Self::Strange { .. }
            | Self::OtherUser { .. }
            | Self::TakenOut
            | Self::Ended
            | Self::Newer { .. }
            | Self::WrongKey { .. }
            | Self::Foreign { .. } => Code::Configuration,
            Self::Full { .. } | Self::ReadOnly { .. } => Code::Store,
        }
    }

    fn hint(&self) -> Option<String> {
        Some(
            match self {
                Self::NotBuilt => "Unset it, or build zoomtok with its feature fleet",
                Self::Unreachable { .. } => "Check that it runs, and the address in ZOOMTOK_STORE",
                Self::Untrusted { .. } => {
                    "Check that its port speaks TLS; if its certificate is of an authority of your own, name that \
                     authority's with ZOOMTOK_STORE_CA_FILE"
                }
                Self::Unanswered { .. } => "Try again later; where it never answers, check whether it wants rediss:// for TLS",
                Self::Loading { .. } | Self::Unsealed { .. } => "Try again later",
                Self::NotSpent { .. } | Self::AloneTooOften { .. } => {
                    "The present token holds until it ends; check that the shared store runs"
                }
                Self::Early | Self::Forgotten => {
                    "Run zoomtok get on the other machines; if none of them gets a token within 5 minutes, log in again with zoomtok \
                     login"
                }
                Self::TakenOut => {
                    "Unset ZOOMTOK_STORE and log in here with zoomtok login; or share it again: set ZOOMTOK_STORE on that machine and \
                     run zoomtok get -f there"
                }
                Self::Ended => "Log in on any one of them: zoomtok login",
                Self::NotEnded { .. } => {
                    "Try again once it can be reached; zoomtok logout without ZOOMTOK_STORE ends the login at Zoom and tells no other machine"
                }
                Self::Overtaken => "Run zoomtok logout once more, which ends these too",
                Self::Password { given: true, .. } => {
                    "Check the user in ZOOMTOK_STORE, and ZOOMTOK_STORE_PASSWORD or ZOOMTOK_STORE_PASSWORD_FILE"
                }
                Self::Password { .. } => "Set ZOOMTOK_STORE_PASSWORD or ZOOMTOK_STORE_PASSWORD_FILE",
                Self::Rights { .. } => "Give its user the rights of the line for ACL SETUSER in docs/fleet.md",
                Self::Full { .. } => {
                    "Give it more memory or disk; with another maxmemory-policy than noeviction it would lose tokens instead"
                }
                Self::ReadOnly { .. } => "Name the primary in ZOOMTOK_STORE; after a failover, try again later",
                Self::Refused { code, .. } if matches!(&**code, "MOVED" | "ASK" | "CLUSTERDOWN") => {
                    "It is part of a cluster, which zoomtok does not use: name a server that stands alone, or its primary"
                }
                Self::Refused { .. } => "Its log says more; zoomtok needs Redis 6 or newer, or Valkey",
                Self::Strange { .. } => "Check host and port in ZOOMTOK_STORE, and whether it wants rediss:// for TLS",
                Self::OtherUser { .. } => {
                    "Name another database for each user, as in redis://host:6379/1; if it is to be that user here as well, remove \
                     this one's tokens from .env"
                }
                Self::Newer { .. } => "Update zoomtok on this machine",
                Self::WrongKey { .. } => "Copy the file that ZOOMTOK_STORE_KEY_FILE names from the other machines",
                Self::Foreign { .. } => {
                    "Find out who else writes to this Redis; once you have, delete the key there, and log in again"
                }
            }
            .into(),
        )
    }
}

fn password(given: bool, user: Option<&str>) -> String {
    match (given, user) {
        (false, _) => "asks for a password".into(),
        (true, None) => "does not accept the password".into(),
        (true, Some(user)) => format!("does not accept the password of its user {user}"),
    }
}
