//! The file with a policy.

use std::path::Path;

use zeroize::Zeroizing;

use super::policy::{Catalog, Policy, PolicyFault};
use crate::error::Error;
use crate::store::read_regular;

/// No policy comes near this many bytes.
const MOST: u64 = 1024 * 1024;

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
pub(super) fn bytes(path: &Path) -> Result<Zeroizing<Vec<u8>>, Error> {
    read_regular(path, MOST, "which no policy is")
        .map_err(|source| Error::Unreadable { path: path.to_owned(), source })
}

/// Reads the policy that the file at `path` held.
///
/// # Errors
///
/// [`Error::Policy`] with everything that is wrong with it.
pub(super) fn parse(path: &Path, bytes: &[u8], tools: &Catalog) -> Result<Policy, Error> {
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
