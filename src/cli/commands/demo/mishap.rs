//! A failure in the demo: anything that did not happen as it says.

use std::error::Error as StdError;
use std::fmt;

use crate::error::{Code, Diagnostic, Error};

#[derive(Debug)]
pub(super) struct Mishap(pub(super) anyhow::Error);

impl Mishap {
    /// The error of zoomtok's own that is behind it, if there is one.
    fn ours(&self) -> Option<&Error> {
        self.0.downcast_ref()
    }
}

impl fmt::Display for Mishap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl StdError for Mishap {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source()
    }
}

impl Diagnostic for Mishap {
    fn code(&self) -> Code {
        self.ours().map_or(Code::Failed, Error::code)
    }

    fn hint(&self) -> Option<String> {
        self.ours().and_then(Error::hint)
    }
}
