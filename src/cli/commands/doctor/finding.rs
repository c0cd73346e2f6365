//! A finding, and the verdict of all of them.

use serde::Serialize;

use crate::error::{Code, Diagnostic};

/// Something that was looked at, and what it is like.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Finding {
    /// The name of the check, for programs.
    check: &'static str,
    level: Level,
    /// The state of the matter, without any secret.
    message: String,
    /// The remedy, where there is something to be done.
    hint: Option<String>,
    /// The profile that it is about, if it is about one.
    profile: Option<String>,
}

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Level {
    Good,
    /// It works, and may not for long or not for everybody.
    Doubtful,
    /// It does not work, for a reason of this class.
    Bad(Code),
}

/// A finding as JSON has it.
#[derive(Serialize)]
pub(super) struct Row<'a> {
    check: &'a str,
    level: &'static str,
    message: &'a str,
    hint: Option<&'a str>,
    profile: Option<&'a str>,
}

impl Finding {
    /// All is well.
    pub(super) fn good(check: &'static str, message: impl Into<String>) -> Self {
        Self { check, level: Level::Good, message: message.into(), hint: None, profile: None }
    }

    /// Something to see to, and how.
    pub(super) fn doubtful(check: &'static str, message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self {
            check,
            level: Level::Doubtful,
            message: message.into(),
            hint: Some(hint.into()),
            profile: None,
        }
    }

    /// Something that is wrong, and what to do.
    pub(super) fn bad(
        check: &'static str,
        code: Code,
        message: impl Into<String>,
        hint: impl Into<String>,
    ) -> Self {
        Self {
            check,
            level: Level::Bad(code),
            message: message.into(),
            hint: Some(hint.into()),
            profile: None,
        }
    }

    /// An error that a command would end with.
    pub(super) fn error(check: &'static str, error: &dyn Diagnostic) -> Self {
        Self {
            check,
            level: Level::Bad(error.code()),
            message: error.with_causes(),
            hint: error.hint(),
            profile: None,
        }
    }

    /// The same with this hint, where it has none.
    pub(super) fn or_hint(self, hint: &str) -> Self {
        Self { hint: self.hint.or_else(|| Some(hint.into())), ..self }
    }

    /// The same about a profile.
    pub(super) fn of_profile(self, profile: Option<&str>) -> Self {
        Self { profile: profile.map(str::to_owned), ..self }
    }

    /// Whether it says what the other one says.
    pub(super) fn says(&self, other: &Self) -> bool {
        self.message == other.message
    }

    pub(super) fn is_good(&self) -> bool {
        self.level == Level::Good
    }

    /// The lines for a person.
    pub(super) fn lines(&self) -> Vec<String> {
        let mark = match self.level {
            Level::Good => "✅",
            Level::Doubtful => "⚠️ ",
            Level::Bad(_) => "❌",
        };
        let hint = self.hint.iter().map(|hint| format!("   👉 {hint}"));
        [format!("{mark} {}", self.message)].into_iter().chain(hint).collect()
    }

    /// The same where several accounts were looked at.
    pub(super) fn labelled(&self) -> Vec<String> {
        let mut lines = self.lines();
        if let (Some(profile), Some(first)) = (&self.profile, lines.first_mut()) {
            *first = format!("{profile}: {first}");
        }
        lines
    }

    pub(super) fn row(&self) -> Row<'_> {
        let level = match self.level {
            Level::Good => "ok",
            Level::Doubtful => "warning",
            Level::Bad(_) => "error",
        };
        Row {
            check: self.check,
            level,
            message: &self.message,
            hint: self.hint.as_deref(),
            profile: self.profile.as_deref(),
        }
    }
}

/// The exit status that they make: the class of the first that is bad.
pub(super) fn code(findings: &[Finding]) -> Code {
    let bad = findings.iter().find_map(|finding| match finding.level {
        Level::Bad(code) => Some(code),
        Level::Good | Level::Doubtful => None,
    });
    bad.unwrap_or(Code::Done)
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::error::Error;

    /// The text of these for a person.
    pub(in super::super) fn text(findings: &[Finding]) -> String {
        findings.iter().flat_map(Finding::lines).collect::<Vec<_>>().join("\n")
    }

    /// Fails unless these findings make this exit status and say all of this, and nothing that is secret.
    #[track_caller]
    pub(in super::super) fn hold(name: &str, findings: &[Finding], expected: Code, told: &[&str]) {
        let text = text(findings);
        assert_eq!(code(findings), expected, "{name}\n{text}");
        for part in told {
            assert!(text.contains(part), "{name}: {part:?} is not in\n{text}");
        }
        assert!(!text.contains("canary"), "{name}\n{text}");
    }

    #[test]
    fn the_first_that_is_bad_decides() {
        let good = Finding::good("a", "well");
        let doubtful = Finding::doubtful("b", "hm", "look");
        let bad = |code| Finding::bad("c", code, "no", "do");
        for (findings, expected) in [
            (vec![], Code::Done),
            (vec![good.clone(), doubtful.clone()], Code::Done),
            (vec![good, doubtful, bad(Code::Store), bad(Code::Configuration)], Code::Store),
        ] {
            assert_eq!(code(&findings), expected, "{findings:?}");
        }
    }

    #[test]
    fn what_is_not_well_says_what_to_do() {
        assert_eq!(Finding::good("a", "well").lines(), ["✅ well"]);
        assert_eq!(Finding::doubtful("a", "hm", "look").lines(), ["⚠️  hm", "   👉 look"]);
        assert_eq!(Finding::bad("a", Code::Failed, "no", "do").lines(), ["❌ no", "   👉 do"]);
        let refused = Error::Busy { path: "/x/.env.lock".into(), waited: 30 };
        let finding = Finding::error("lock", &refused);
        assert_eq!(code(std::slice::from_ref(&finding)), Code::Busy);
        assert!(finding.lines()[1].starts_with("   👉 Check what it is doing"), "{finding:?}");
    }
}
