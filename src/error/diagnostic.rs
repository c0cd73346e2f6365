//! The interface that the printer needs from the errors of all modules.

use super::Code;

/// An error that can end a command. Every module with its own errors implements this for them. The message is `Display`,
/// the causes are `source`.
pub trait Diagnostic: std::error::Error {
    /// The exit code of the process.
    fn code(&self) -> Code;

    /// The next step, as a sentence without a full stop; none if the message already says it.
    fn hint(&self) -> Option<String>;

    /// The message with all its causes, in one line.
    fn with_causes(&self) -> String {
        let causes = std::iter::successors(self.source(), |cause| cause.source());
        causes.fold(self.to_string(), |line, cause| format!("{line}: {cause}"))
    }

    /// The message with its causes and the hint.
    fn report(&self) -> String {
        let hint = self.hint().map(|hint| format!(". {hint}.")).unwrap_or_default();
        self.with_causes() + &hint
    }

    /// The report as a sentence, with its full stop.
    fn sentence(&self) -> String {
        let report = self.report();
        if report.ends_with('.') { report } else { format!("{report}.") }
    }
}

#[cfg(test)]
mod tests {
    use std::error::Error;
    use std::{fmt, io};

    use super::*;

    /// An error of another module.
    #[derive(Debug)]
    struct Closed {
        cause: Option<io::Error>,
        hint: Option<&'static str>,
    }

    impl fmt::Display for Closed {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("the door is closed")
        }
    }

    impl Error for Closed {
        fn source(&self) -> Option<&(dyn Error + 'static)> {
            self.cause.as_ref().map(|cause| cause as _)
        }
    }

    impl Diagnostic for Closed {
        fn code(&self) -> Code {
            Code::Failed
        }

        fn hint(&self) -> Option<String> {
            self.hint.map(str::to_owned)
        }
    }

    #[test]
    fn the_line_has_the_sentence_then_its_causes_then_the_hint() {
        for (cause, hint, expected) in [
            (None, None, "the door is closed"),
            (None, Some("Open it"), "the door is closed. Open it."),
            (Some(io::Error::other("no key")), None, "the door is closed: no key"),
            (Some(io::Error::other("no key")), Some("Open it"), "the door is closed: no key. Open it."),
        ] {
            let closed: Box<dyn Diagnostic> = Box::new(Closed { cause, hint });
            assert_eq!(closed.report(), expected);
            assert_eq!(closed.sentence(), format!("{}.", expected.trim_end_matches('.')));
        }
    }
}
