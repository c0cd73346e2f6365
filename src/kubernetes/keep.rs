//! Reading, deciding and writing, and again where somebody else was faster.

use zeroize::Zeroizing;

use super::error::Error;
use super::name::Place;
use super::secret::{Held, Next, Secret, next};

/// How often it is read and written anew where others change it in between.
const SECRET_TRIES: u32 = 4;

/// The outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kept {
    /// The token was there.
    Already,
    /// Another token is there, which ends later.
    Newer,
    /// The token is there now.
    Written,
}

/// The requests about one Secret. Those that write say whether they have: no is that somebody else was faster.
pub(super) trait Api {
    fn get(&self) -> Result<Option<Secret>, Error>;
    fn create(&self, body: Zeroizing<Vec<u8>>) -> Result<bool, Error>;
    fn patch(&self, body: Zeroizing<Vec<u8>>) -> Result<bool, Error>;
}

/// Makes sure that the Secret holds this token, unless it has one that ends later.
pub(super) fn keep(api: &dyn Api, place: &Place, held: Held<'_>) -> Result<Kept, Error> {
    for _ in 0..SECRET_TRIES {
        let found = api.get()?;
        let next = next(found.as_ref(), held, place);
        let is_written = match next.map_err(|problem| Error::Env { place: place.clone(), problem })? {
            Next::Nothing => return Ok(Kept::Already),
            Next::Leave => return Ok(Kept::Newer),
            Next::Immutable => return Err(Error::Immutable { place: place.clone() }),
            Next::Create(body) => api.create(body)?,
            Next::Change(body) => api.patch(body)?,
        };
        if is_written {
            return Ok(Kept::Written);
        }
    }
    Err(Error::Contended { place: place.clone() })
}

#[cfg(test)]
mod tests {
    use std::cell::{Cell, RefCell};

    use chrono::DateTime;
    use serde_json::{Value, json};

    use super::*;
    use crate::kubernetes::SecretName;
    use crate::token::Token;

    /// A server with one Secret, which others change so often before a write arrives.
    #[derive(Default)]
    struct Made {
        secret: RefCell<Option<Value>>,
        meddling: Cell<u32>,
        reads: Cell<u32>,
    }

    impl Made {
        fn is_overtaken(&self) -> bool {
            let left = self.meddling.get();
            self.meddling.set(left.saturating_sub(1));
            if left > 0 {
                let other = json!({ "metadata": { "resourceVersion": left.to_string() }, "data": { "other": "eA==" } });
                *self.secret.borrow_mut() = Some(other);
            }
            left > 0
        }

        fn write(&self, body: &[u8]) -> bool {
            let is_written = !self.is_overtaken();
            if is_written {
                let mut secret: Value = serde_json::from_slice(body).unwrap();
                secret["metadata"]["resourceVersion"] = "new".into();
                *self.secret.borrow_mut() = Some(secret);
            }
            is_written
        }
    }

    impl Api for Made {
        fn get(&self) -> Result<Option<Secret>, Error> {
            self.reads.set(self.reads.get() + 1);
            Ok(self.secret.borrow().clone().map(|secret| serde_json::from_value(secret).unwrap()))
        }

        fn create(&self, body: Zeroizing<Vec<u8>>) -> Result<bool, Error> {
            assert!(self.secret.borrow().is_none());
            Ok(self.write(&body))
        }

        fn patch(&self, body: Zeroizing<Vec<u8>>) -> Result<bool, Error> {
            let sent: Value = serde_json::from_slice(&body).unwrap();
            let read = self.secret.borrow().as_ref().unwrap()["metadata"]["resourceVersion"].clone();
            assert_eq!(sent["metadata"]["resourceVersion"], read);
            Ok(self.write(&body))
        }
    }

    #[test]
    fn it_is_read_again_where_others_were_faster_and_not_for_ever() {
        for (meddling, kept, reads) in [
            (0, Some(Kept::Written), 1),
            (1, Some(Kept::Written), 2),
            (SECRET_TRIES - 1, Some(Kept::Written), SECRET_TRIES),
            (SECRET_TRIES, None, SECRET_TRIES),
        ] {
            let made = Made { meddling: meddling.into(), ..Made::default() };
            let place = SecretName::parse("zoom").unwrap().place("team");
            let (token, now) = (Token::new("opaque").unwrap(), DateTime::UNIX_EPOCH);
            let held = Held { token: &token, expires_at: now, now };
            assert_eq!(keep(&made, &place, held).ok(), kept, "{meddling}");
            assert_eq!(made.reads.get(), reads, "{meddling}");
            if kept.is_some() {
                assert_eq!(keep(&made, &place, held).ok(), Some(Kept::Already));
            }
        }
    }
}
