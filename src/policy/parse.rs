//! A policy for a server: its text read, and held against the tools.

use super::check::{self, Against, Checked};
use super::document::{self, Document};
use super::fault::PolicyFault;
use super::judge::Policy;

impl Policy {
    /// Reads a policy for a server.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with it, by itself and for the tools of this server.
    pub fn parse(text: &str, against: Against<'_>) -> Result<Self, Vec<PolicyFault>> {
        let document = document::read(text);
        let Checked { hide, faults: unfit, warnings: doubts } = check::check(&document, against);
        let Document { policy, mut faults, mut warnings, faults_to_hide, .. } = document;
        // In the order of the document, as far as its sections go.
        faults.splice(faults_to_hide..faults_to_hide, hide);
        faults.extend(unfit);
        warnings.extend(doubts);
        if faults.is_empty() { Ok(Self { warnings, ..policy }) } else { Err(faults) }
    }
}
