//! The keys that values are sealed with: those of a file that all machines have.

use std::fmt::{self, Write as _};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::digest::{Context, SHA256};
use zeroize::Zeroizing;

/// The size of a key in bytes.
const KEY_BYTES: usize = 32;

/// The size of the name of a key in bytes.
pub(super) const ID_BYTES: usize = 4;

/// The command that makes a key.
pub const MAKE_A_KEY: &str = "(umask 077; openssl rand -base64 32 > zoomtok.key)";

/// The keys of a machine. The first one seals; each one opens what it has sealed.
#[derive(Clone)]
pub struct Keys {
    first: Key,
    others: Vec<Key>,
}

/// A key, and its name.
#[derive(Clone)]
pub(super) struct Key {
    pub(super) id: [u8; ID_BYTES],
    pub(super) bytes: Zeroizing<[u8; KEY_BYTES]>,
}

impl Keys {
    /// Reads the text of a file of keys: one a line, each 32 bytes in base64.
    ///
    /// # Errors
    ///
    /// The problem, to be read after the name of the file; it repeats nothing of it.
    pub fn read(text: &[u8]) -> Result<Self, String> {
        let text = std::str::from_utf8(text).map_err(|_| wrong("holds no text"))?;
        let mut keys = Vec::new();
        for (index, line) in text.lines().enumerate() {
            let line = line.trim();
            if !line.is_empty() {
                keys.push(
                    Key::read(line)
                        .map_err(|problem| wrong(&format!("has in line {} {problem}", index + 1)))?,
                );
            }
        }
        let mut keys = keys.into_iter();
        let first = keys.next().ok_or_else(|| wrong("holds no key"))?;
        Ok(Self { first, others: keys.collect() })
    }

    /// The key that seals.
    pub(super) fn first(&self) -> &Key {
        &self.first
    }

    /// The key of this name.
    pub(super) fn named(&self, id: [u8; ID_BYTES]) -> Option<&Key> {
        std::iter::once(&self.first).chain(&self.others).find(|key| key.id == id)
    }
}

impl Key {
    fn read(line: &str) -> Result<Self, String> {
        // One more byte than a key, so that a longer one is seen.
        let mut bytes = Zeroizing::new([0; KEY_BYTES + 3]);
        let length = STANDARD.decode_slice(line, bytes.as_mut_slice()).map_err(|error| match error {
            base64::DecodeSliceError::OutputSliceTooSmall => format!("more than {KEY_BYTES} bytes"),
            base64::DecodeSliceError::DecodeError(_) => "something else than base64".into(),
        })?;
        if length != KEY_BYTES {
            return Err(format!("{length} bytes"));
        }
        let mut key = Zeroizing::new([0; KEY_BYTES]);
        key.copy_from_slice(&bytes[..KEY_BYTES]);
        Ok(Self::new(key))
    }

    fn new(bytes: Zeroizing<[u8; KEY_BYTES]>) -> Self {
        // It is the beginning of a digest that is used for nothing else, and says nothing of the key.
        let mut context = Context::new(&SHA256);
        context.update(b"zoomtok: the name of a key\n");
        context.update(&*bytes);
        let digest = context.finish();
        let mut id = [0; ID_BYTES];
        id.copy_from_slice(&digest.as_ref()[..ID_BYTES]);
        Self { id, bytes }
    }
}

/// The names of the keys.
impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let all = std::iter::once(&self.first).chain(&self.others);
        f.debug_list().entries(all.map(|key| hexadecimal(&key.id))).finish()
    }
}

fn wrong(problem: &str) -> String {
    format!("{problem}; a key is {KEY_BYTES} bytes in base64, as of {MAKE_A_KEY}")
}

/// The name of a key as it is shown.
pub(super) fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(byte: u8) -> String {
        STANDARD.encode([byte; KEY_BYTES])
    }

    #[test]
    fn a_file_of_keys_has_one_a_line() {
        let keys = Keys::read(format!("{}\n\n  {}\r\n", key(1), key(2)).as_bytes()).unwrap();
        assert_eq!(*keys.first().bytes, [1; KEY_BYTES]);
        let second = Keys::read(key(2).as_bytes()).unwrap().first().id;
        assert_eq!(*keys.named(second).unwrap().bytes, [2; KEY_BYTES]);
        assert!(keys.named([0; ID_BYTES]).is_none());
        let shown = format!("{keys:?}");
        assert!(shown.len() < 40 && !shown.contains(&key(1)[..6]), "{shown}");
    }

    #[test]
    fn what_is_no_key_is_refused_without_being_repeated() {
        for (text, problem) in [
            (String::new(), "holds no key"),
            ("\n \n".into(), "holds no key"),
            (STANDARD.encode([1; 31]), "has in line 1 31 bytes"),
            (STANDARD.encode([1; 33]), "has in line 1 33 bytes"),
            (STANDARD.encode([1; 64]), "has in line 1 more than 32 bytes"),
            (format!("{}\nsecret!\n", key(1)), "has in line 2 something else than base64"),
        ] {
            let said = Keys::read(text.as_bytes()).unwrap_err();
            assert!(said.starts_with(problem) && said.contains("openssl rand -base64 32"), "{text}: {said}");
            assert!(!said.contains("secret"), "{said}");
        }
        assert!(Keys::read(b"\xff").unwrap_err().starts_with("holds no text"));
    }
}
