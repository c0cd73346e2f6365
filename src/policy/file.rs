//! The file with a policy, and who has named it.

use std::fmt;
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use crate::error::Error;
use crate::files::read_regular;
use crate::policy::{Catalog, Policy, PolicyFault};
use crate::settings::{POLICY_FILE, Settings};

/// No policy comes near this many bytes.
const MOST: u64 = 1024 * 1024;

/// Which policy a server serves under, and who says so.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) enum PolicySource {
    /// Nobody has named one.
    #[default]
    BuiltIn,
    /// This file.
    File {
        /// The file.
        path: PathBuf,
        /// What names it: a flag, or a variable with its place.
        named_by: String,
    },
}

impl PolicySource {
    /// The one that a flag names, or else a setting, or else the built-in one.
    ///
    /// # Errors
    ///
    /// [`Error::Setting`] when the setting cannot be.
    pub(crate) fn of(flag: Option<&Path>, settings: &Settings) -> Result<Self, Error> {
        if let Some(path) = flag {
            return Ok(Self::File { path: from_root(path), named_by: "--policy".into() });
        }
        let Some(path) = settings.policy_file()? else { return Ok(Self::BuiltIn) };
        let origin = settings.origin(POLICY_FILE)?.map_or_else(String::new, |origin| format!(", {origin}"));
        Ok(Self::File { path: from_root(&path), named_by: format!("{POLICY_FILE}{origin}") })
    }

    /// The file, where it is one.
    pub(crate) fn path(&self) -> Option<&Path> {
        match self {
            Self::BuiltIn => None,
            Self::File { path, .. } => Some(path),
        }
    }

    /// What names it.
    pub(crate) fn named_by(&self) -> &str {
        match self {
            Self::BuiltIn => "built-in",
            Self::File { named_by, .. } => named_by,
        }
    }
}

/// The whole path: what a relative one means depends on where a client starts the server.
fn from_root(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}

impl fmt::Display for PolicySource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BuiltIn => {
                f.write_str("none is named; every tool may be called, zoom_refresh_token 10 times a minute")
            }
            Self::File { path, named_by } => write!(f, "{} ({named_by})", path.display()),
        }
    }
}

/// Reads the policy at `path` for a server with these tools.
///
/// # Errors
///
/// [`Error::Unreadable`], and [`Error::Policy`] with everything that is wrong with it.
pub(crate) fn read(path: &Path, tools: &Catalog) -> Result<Policy, Error> {
    parse(path, &bytes(path)?, tools)
}

/// What the file at `path` holds, whatever that is.
///
/// # Errors
///
/// [`Error::Unreadable`].
pub(crate) fn bytes(path: &Path) -> Result<Zeroizing<Vec<u8>>, Error> {
    read_regular(path, MOST, "which no policy is")
        .map_err(|source| Error::Unreadable { path: path.to_owned(), source })
}

/// Reads the policy that the file at `path` held.
///
/// # Errors
///
/// [`Error::Policy`] with everything that is wrong with it.
pub(crate) fn parse(path: &Path, bytes: &[u8], tools: &Catalog) -> Result<Policy, Error> {
    let faulty = |faults: Vec<PolicyFault>| Error::Policy {
        path: path.to_owned(),
        faults: faults.iter().map(PolicyFault::to_string).collect(),
    };
    let text = str::from_utf8(bytes).map_err(|error| {
        let line = bytes[..error.valid_up_to()].split(|byte| *byte == b'\n').count();
        faulty(vec![PolicyFault { place: format!("line {line}"), problem: "the text is not UTF-8".into() }])
    })?;
    Policy::parse(text, tools).map_err(faulty)
}
