//! The file of a machine: its name, the lineage that it has seen, and its escrow, which is sealed.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::lineage::{Lineage, Offer};
use super::own::Own;
use super::remote::Pair;
use crate::redis::Keys;

/// The part of the state of a `.env` that belongs to a shared store.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Kept {
    /// The name of this machine in the shared store.
    pub(super) machine: String,
    /// The account of what follows.
    #[serde(default)]
    account: String,
    /// The newest grant that it has seen there.
    #[serde(default)]
    seen: Option<Lineage<String>>,
    /// The last pair that Zoom issued to it.
    #[serde(default)]
    escrow: Option<Escrow>,
    /// When it last fetched a token while the shared store could not be reached.
    #[serde(default)]
    pub(super) alone: Option<DateTime<Utc>>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Escrow {
    offer: Offer<String>,
    /// The pair, in hexadecimal digits: nothing in them looks like a token.
    sealed: String,
}

impl Kept {
    /// The file of a machine that has none.
    pub(super) fn new() -> Self {
        let machine = format!("{:016x}", fastrand::u64(..));
        Self { machine, account: String::new(), seen: None, escrow: None, alone: None }
    }

    /// The same for this account. Nothing of another one counts there.
    #[must_use]
    pub(super) fn of(self, account: &str) -> Self {
        if self.account == account {
            return self;
        }
        Self { account: account.to_owned(), machine: self.machine, ..Self::new() }
    }

    /// The part that the protocol is about.
    pub(super) fn own(&self) -> Own<String> {
        let escrow = self.escrow.as_ref().map(|escrow| escrow.offer.clone());
        Own { escrow, seen: self.seen.clone() }
    }

    /// The same once it has seen what is stored.
    #[must_use]
    pub(super) fn after_seeing(&self, stored: Option<&Lineage<String>>) -> Self {
        let own = self.own().after_seeing(stored);
        let escrow = self.escrow.clone().filter(|_| own.escrow.is_some());
        Self { seen: own.seen, escrow, ..self.clone() }
    }

    /// The same with this pair in the escrow.
    ///
    /// # Errors
    ///
    /// It cannot be sealed.
    pub(super) fn holding(&self, offer: Offer<String>, pair: &Pair, keys: &Keys) -> std::io::Result<Self> {
        let text = Zeroizing::new(serde_json::to_vec(pair)?);
        let sealed = hexadecimal(&keys.seal(&place(&offer), &text)?);
        Ok(Self { escrow: Some(Escrow { offer, sealed }), ..self.clone() })
    }

    /// The same without a pair in the escrow.
    #[must_use]
    pub(super) fn holding_nothing(&self) -> Self {
        Self { escrow: None, ..self.clone() }
    }

    /// The pair in the escrow, if there is one that opens with these keys.
    pub(super) fn pair(&self, keys: &Keys) -> Option<(Offer<String>, Pair)> {
        let escrow = self.escrow.as_ref()?;
        let sealed = bytes_of(&escrow.sealed)?;
        let text = keys.open(&place(&escrow.offer), &sealed).ok()?;
        Some((escrow.offer.clone(), serde_json::from_slice(&text).ok()?))
    }

    /// Whether both say the same.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        let sealed = |kept: &Self| kept.escrow.as_ref().map(|escrow| escrow.sealed.clone());
        self.own() == other.own() && sealed(self) == sealed(other) && self.alone == other.alone
    }
}

fn place(offer: &Offer<String>) -> [&[u8]; 3] {
    let parent = offer.lineage.ancestors.first().map_or("", String::as_str);
    [b"escrow", offer.lineage.digest.as_bytes(), parent.as_bytes()]
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .filter_map(|digit| char::from_digit(digit.into(), 16))
        .collect()
}

fn bytes_of(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u32>> = text.chars().map(|digit| digit.to_digit(16)).collect();
    digits?.chunks(2).map(|pair| u8::try_from(pair.first()? << 4 | pair.get(1)?).ok()).collect()
}
