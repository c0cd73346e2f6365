//! All that it takes to use a shared store: where it is, the password, and the keys of its values.

use std::fmt;
use std::path::Path;

use secrecy::SecretString;
use zeroize::Zeroizing;

use super::address::Address;
use super::keys::Keys;
use crate::files::{distrust, open_regular, read_opened};

/// The longest file of a password, of keys or of certificates, in bytes.
const LONGEST_SECRET_FILE: u64 = 1024 * 1024;

/// A shared store, and what it takes to use it.
#[derive(Clone)]
pub struct Access {
    /// Where it is.
    pub address: Address,
    pub(super) password: Option<SecretString>,
    /// The certificates in PEM that are trusted in place of the system's.
    pub(super) authorities: Option<Vec<u8>>,
    keys: Keys,
}

impl Access {
    /// The store at this address. `authorities` are certificates in PEM, in place of those of the system.
    pub fn new(
        address: Address,
        password: Option<SecretString>,
        authorities: Option<Vec<u8>>,
        keys: Keys,
    ) -> Self {
        Self { address, password, authorities, keys }
    }

    /// The keys that values are sealed with.
    pub fn keys(&self) -> &Keys {
        &self.keys
    }
}

impl fmt::Debug for Access {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Access")
            .field("address", &self.address.to_string())
            .field("keys", &self.keys)
            .finish_non_exhaustive()
    }
}

/// Reads a file that holds a secret or says whom to trust.
///
/// # Errors
///
/// The problem, to be read after its name: it cannot be read, or others may have put it there.
pub fn secret_file(path: &Path) -> Result<Zeroizing<Vec<u8>>, String> {
    let problem = |error: std::io::Error| format!("cannot be read: {error}");
    let (file, metadata) = open_regular(path).map_err(problem)?;
    if let Some(distrust) = distrust(path, &metadata) {
        return Err(distrust);
    }
    read_opened(file, &metadata, LONGEST_SECRET_FILE, "which is no secret").map_err(problem)
}

/// The password in the text of a file: its first line.
///
/// # Errors
///
/// The problem, to be read after the name of the file.
pub fn password(text: &[u8]) -> Result<SecretString, String> {
    let text = std::str::from_utf8(text).map_err(|_| "holds no text")?;
    let line = text.strip_suffix('\n').unwrap_or(text);
    let line = line.strip_suffix('\r').unwrap_or(line);
    if line.is_empty() {
        return Err("is empty".into());
    }
    if line.contains(['\n', '\r']) {
        return Err("has more than one line".into());
    }
    Ok(line.into())
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    #[test]
    fn a_password_is_the_one_line_of_its_file() {
        for (text, expected) in [
            ("secret\n", Ok("secret")),
            ("secret\r\n", Ok("secret")),
            (" se cret ", Ok(" se cret ")),
            ("", Err("is empty")),
            ("\n", Err("is empty")),
            ("a\nb\n", Err("has more than one line")),
        ] {
            let read = password(text.as_bytes());
            let read = read.as_ref().map(ExposeSecret::expose_secret).map_err(String::as_str);
            assert_eq!(read, expected, "{text:?}");
        }
        assert!(password(b"\xff").is_err());
    }

    #[test]
    fn what_is_shown_of_an_access_holds_no_secret() {
        use base64::Engine as _;
        let key = base64::engine::general_purpose::STANDARD.encode([7; 32]);
        let address = Address::parse("redis://me@localhost").unwrap();
        let access = Access::new(address, Some("secret".into()), None, Keys::read(key.as_bytes()).unwrap());
        let shown = format!("{access:?}");
        assert!(shown.contains("redis://me@localhost:6379/0") && !shown.contains("secret"), "{shown}");
        assert!(!shown.contains(&key), "{shown}");
    }
}
