//! Values that nobody reads, or makes up, who has the store and not the key. Pure but for the random nonce.
//!
//! A sealed value is a byte for the format, the name of the key (4 bytes), a random nonce (12 bytes), and the text encrypted with
//! ChaCha20-Poly1305, with its tag (16 bytes). It is bound to what it is for: moved to another place, it does not open.

use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::rand::{SecureRandom as _, SystemRandom};
use zeroize::Zeroizing;

use super::keys::{ID_BYTES, Key, Keys, hexadecimal};
use crate::error::SharedError;

/// The format of sealed values.
const FORMAT: u8 = 1;

/// The bytes in front of what is encrypted.
const HEAD: usize = 1 + ID_BYTES + NONCE_LEN;

/// Why a value cannot be opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SealFault {
    /// It has the format of a later version.
    Newer(u8),
    /// It is sealed with a key of this name, which is not among the keys.
    WrongKey(String),
    /// It is none that one of the keys has sealed for this place.
    Foreign,
}

impl SealFault {
    /// The same of the value at `key` of the store at `address`.
    pub fn at(self, address: &str, key: &str) -> SharedError {
        let (address, key) = (address.to_owned(), key.to_owned());
        match self {
            Self::Newer(version) => SharedError::Newer { address, key, version: version.into() },
            Self::WrongKey(id) => SharedError::WrongKey { address, key, id },
            Self::Foreign => SharedError::Foreign { address, key },
        }
    }
}

impl Keys {
    /// Seals a text for one place: `place` is what it is for, and all that it must not be separated from.
    ///
    /// # Errors
    ///
    /// The system has no random numbers.
    pub fn seal(&self, place: &[&[u8]], text: &[u8]) -> std::io::Result<Vec<u8>> {
        let key = self.first();
        let mut nonce = [0; NONCE_LEN];
        let random = SystemRandom::new().fill(&mut nonce);
        random.map_err(|_| std::io::Error::other("the system has no random numbers"))?;
        let mut sealed = Vec::with_capacity(HEAD + text.len() + CHACHA20_POLY1305.tag_len());
        sealed.push(FORMAT);
        sealed.extend_from_slice(&key.id);
        sealed.extend_from_slice(&nonce);
        let aad = Aad::from(bound(&sealed[..=ID_BYTES], place));
        sealed.extend_from_slice(text);
        let nonce = Nonce::assume_unique_for_key(nonce);
        let tag = cipher(key).seal_in_place_separate_tag(nonce, aad, &mut sealed[HEAD..]);
        let tag = tag.map_err(|_| std::io::Error::other("the text is too long to be sealed"))?;
        sealed.extend_from_slice(tag.as_ref());
        Ok(sealed)
    }

    /// Opens what [`Keys::seal`] has sealed for the same place.
    ///
    /// # Errors
    ///
    /// [`SealFault`].
    pub fn open(&self, place: &[&[u8]], sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, SealFault> {
        match sealed.first() {
            Some(&FORMAT) => {}
            Some(&later) if later > FORMAT => return Err(SealFault::Newer(later)),
            _ => return Err(SealFault::Foreign),
        }
        let (head, text) = sealed.split_at_checked(HEAD).ok_or(SealFault::Foreign)?;
        let id = head[1..=ID_BYTES].try_into().map_err(|_| SealFault::Foreign)?;
        let key = self.named(id).ok_or_else(|| SealFault::WrongKey(hexadecimal(&id)))?;
        let nonce =
            Nonce::try_assume_unique_for_key(&head[1 + ID_BYTES..]).map_err(|_| SealFault::Foreign)?;
        let aad = Aad::from(bound(&head[..=ID_BYTES], place));
        let mut text = Zeroizing::new(text.to_vec());
        let length = cipher(key).open_in_place(nonce, aad, &mut text).map_err(|_| SealFault::Foreign)?.len();
        text.truncate(length);
        Ok(text)
    }
}

fn cipher(key: &Key) -> LessSafeKey {
    // It fails only for another length.
    let key = UnboundKey::new(&CHACHA20_POLY1305, &*key.bytes);
    #[expect(clippy::expect_used, reason = "32 bytes are the length of the key of this cipher, by the type")]
    LessSafeKey::new(key.expect("a key of 32 bytes"))
}

/// The bytes that the tag covers besides the text: format and key, and each part of the place with its length in front.
fn bound(head: &[u8], place: &[&[u8]]) -> Vec<u8> {
    let mut bound = head.to_vec();
    for part in place {
        bound.extend_from_slice(&(part.len() as u64).to_be_bytes());
        bound.extend_from_slice(part);
    }
    bound
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    fn keys(bytes: &[u8]) -> Keys {
        let lines: Vec<String> = bytes.iter().map(|byte| STANDARD.encode([*byte; 32])).collect();
        Keys::read(lines.join("\n").as_bytes()).unwrap()
    }

    fn parts(place: &[Vec<u8>]) -> Vec<&[u8]> {
        place.iter().map(Vec::as_slice).collect()
    }

    proptest! {
        #[test]
        fn what_is_sealed_opens_at_its_place_and_nowhere_else(
            text: Vec<u8>,
            place in vec(vec(any::<u8>(), 0..3), 0..3),
            other in vec(vec(any::<u8>(), 0..3), 0..3),
        ) {
            let keys = keys(&[1]);
            let sealed = keys.seal(&parts(&place), &text).unwrap();
            let opened = keys.open(&parts(&place), &sealed);
            prop_assert_eq!(opened.as_deref(), Ok(&text));
            if place != other {
                prop_assert_eq!(keys.open(&parts(&other), &sealed), Err(SealFault::Foreign));
            }
        }

        #[test]
        fn no_changed_byte_goes_unseen(text: Vec<u8>, at: proptest::sample::Index, bit in 0_u32..8, cut: bool) {
            let keys = keys(&[1]);
            let mut sealed = keys.seal(&[b"place"], &text).unwrap();
            let at = at.index(sealed.len());
            if cut { sealed.truncate(at) } else { sealed[at] ^= 1 << bit }
            prop_assert!(keys.open(&[b"place"], &sealed).is_err());
        }

        #[test]
        fn nothing_that_is_read_ends_in_a_panic(sealed: Vec<u8>) {
            prop_assert!(keys(&[1]).open(&[], &sealed).is_err());
        }
    }

    #[test]
    fn a_key_that_is_no_longer_the_first_still_opens_and_a_missing_one_is_named() {
        let sealed = keys(&[1]).seal(&[b"a"], b"text").unwrap();
        assert_eq!(keys(&[2, 1]).open(&[b"a"], &sealed).unwrap().as_slice(), b"text");
        let SealFault::WrongKey(id) = keys(&[2]).open(&[b"a"], &sealed).unwrap_err() else { panic!() };
        assert_eq!(format!("{:?}", keys(&[1])), format!("[{id:?}]"));
    }

    #[test]
    fn no_two_seals_are_the_same_and_none_shows_the_text() {
        let keys = keys(&[1]);
        let seal = || keys.seal(&[b"a"], b"a text that is easy to find").unwrap();
        let (one, other) = (seal(), seal());
        assert_ne!(one, other);
        assert!(
            !one.windows(4)
                .any(|window| b"a text that is easy to find".windows(4).any(|part| part == window))
        );
    }

    #[test]
    fn a_later_format_is_told_from_what_is_none() {
        let mut sealed = keys(&[1]).seal(&[], b"text").unwrap();
        sealed[0] = 2;
        assert_eq!(keys(&[1]).open(&[], &sealed), Err(SealFault::Newer(2)));
        assert_eq!(keys(&[1]).open(&[], b""), Err(SealFault::Foreign));
        assert_eq!(keys(&[1]).open(&[], b"\0"), Err(SealFault::Foreign));
        assert_eq!(keys(&[1]).open(&[], b"\x01abc"), Err(SealFault::Foreign));
    }
}
