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

#[cfg(test)]
mod tests {
    use std::io;

    use anyhow::{Context as _, anyhow};

    use super::*;

    #[test]
    fn what_is_behind_a_failure_of_the_demo_gives_its_code_and_its_hint() {
        let busy =
            || Error::Setting { name: "PORT".into(), place: "here".into(), problem: "is taken".into() };
        let of_ours = Mishap(Err::<(), _>(busy()).context("the sandbox does not start").unwrap_err());
        assert_eq!(of_ours.to_string(), "the sandbox does not start");
        assert_eq!(of_ours.source().unwrap().to_string(), busy().to_string());
        assert_eq!((of_ours.code(), of_ours.hint()), (busy().code(), busy().hint()));
        let other = Mishap(anyhow!(io::Error::from(io::ErrorKind::NotFound)));
        assert_eq!((other.code(), other.hint()), (Code::Failed, None));
        assert!(other.report().contains("not found"), "{}", other.report());
    }
}
