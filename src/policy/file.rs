//! The file with a policy, and the flag or variable that names it.

use std::fmt;
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use crate::files::read_regular;
use crate::policy::{Against, BuiltIn, Policy, PolicyError, PolicyFault};

/// No policy comes near this many bytes.
const MOST: u64 = 1024 * 1024;

/// The policy that a server serves under, and where it was named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum PolicySource {
    /// None is named: the server's own limits hold.
    BuiltIn(&'static [BuiltIn]),
    /// This file.
    File {
        /// The file.
        path: PathBuf,
        /// The flag that names it, or the variable with its place.
        named_by: String,
    },
}

impl PolicySource {
    /// The file at this path, which may be relative, and what names it.
    pub(crate) fn named(path: &Path, named_by: impl Into<String>) -> Self {
        Self::File { path: from_root(path), named_by: named_by.into() }
    }

    /// The file, where it is one.
    pub(crate) fn path(&self) -> Option<&Path> {
        match self {
            Self::BuiltIn(_) => None,
            Self::File { path, .. } => Some(path),
        }
    }

    /// The flag or variable that names it; `built-in` for none.
    pub(crate) fn named_by(&self) -> &str {
        match self {
            Self::BuiltIn(_) => "built-in",
            Self::File { named_by, .. } => named_by,
        }
    }
}

/// The absolute path: the meaning of a relative one depends on where a client starts the server.
fn from_root(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}

impl fmt::Display for PolicySource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BuiltIn(limits) => {
                f.write_str("none is named; every tool may be called")?;
                limits.iter().try_for_each(|BuiltIn { tool, max, window, .. }| {
                    write!(f, ", {tool} {max} times {window}")
                })
            }
            Self::File { path, named_by } => write!(f, "{} ({named_by})", path.display()),
        }
    }
}

/// Reads the policy at `path` for a server.
///
/// # Errors
///
/// [`PolicyError::Unreadable`], and [`PolicyError::Invalid`] with all its faults.
pub(crate) fn read(path: &Path, against: Against<'_>) -> Result<Policy, PolicyError> {
    parse(path, &bytes(path)?, against)
}

/// The bytes of the file at `path`, whether a policy or not.
///
/// # Errors
///
/// [`PolicyError::Unreadable`].
pub(crate) fn bytes(path: &Path) -> Result<Zeroizing<Vec<u8>>, PolicyError> {
    read_regular(path, MOST, "which no policy is")
        .map_err(|source| PolicyError::Unreadable { path: path.to_owned(), source })
}

/// Reads the policy that the file at `path` held.
///
/// # Errors
///
/// [`PolicyError::Invalid`] with all its faults.
pub(crate) fn parse(path: &Path, bytes: &[u8], against: Against<'_>) -> Result<Policy, PolicyError> {
    let faulty = |faults: Vec<PolicyFault>| PolicyError::Invalid {
        path: path.to_owned(),
        faults: faults.iter().map(PolicyFault::to_string).collect(),
    };
    let text = text(bytes).map_err(|fault| faulty(vec![fault]))?;
    Policy::parse(text, against).map_err(faulty)
}

/// The text of a policy.
///
/// # Errors
///
/// It is not UTF-8.
pub(crate) fn text(bytes: &[u8]) -> Result<&str, PolicyFault> {
    str::from_utf8(bytes).map_err(|error| {
        let line = bytes[..error.valid_up_to()].split(|byte| *byte == b'\n').count();
        PolicyFault { place: format!("line {line}"), problem: "the text is not UTF-8".into() }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_that_is_no_text_is_a_fault_of_its_line() {
        assert_eq!(text(b"{}\n").unwrap(), "{}\n");
        for (bytes, line) in [(&b"\xff"[..], 1), (b"{\n\"a\xff\"}", 2), (b"\xc3\xa9\n\n\xc3", 3)] {
            let fault = text(bytes).unwrap_err().to_string();
            assert_eq!(fault, format!("line {line}: the text is not UTF-8"));
        }
    }
}
