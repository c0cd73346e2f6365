//! A policy for a server: its text read, and held against the tools.

use super::check::{self, Catalog, Checked};
use super::document::{self, Document};
use super::fault::PolicyFault;
use super::judge::Policy;

impl Policy {
    /// Reads a policy for a server with these tools.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with it, by itself and for these tools.
    pub fn parse(text: &str, tools: &Catalog) -> Result<Self, Vec<PolicyFault>> {
        let document = document::read(text);
        let Checked { hide, faults: unfit, warnings } = check::check(&document, tools);
        let Document { policy, mut faults, faults_to_hide, .. } = document;
        // In the order of the document, as far as its sections go.
        faults.splice(faults_to_hide..faults_to_hide, hide);
        faults.extend(unfit);
        if faults.is_empty() { Ok(Self { warnings, ..policy }) } else { Err(faults) }
    }
}
