//! The systems that clients run on, as data: the rules of each one are tested on all of them.

/// A system, as far as clients differ by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum System {
    MacOs,
    Windows,
    /// Linux, and whatever is like it.
    Linux,
}

impl System {
    /// All of them.
    pub(crate) const ALL: &'static [Self] = &[Self::MacOs, Self::Windows, Self::Linux];

    /// The one that this program runs on.
    pub(crate) fn current() -> Self {
        if cfg!(target_os = "macos") {
            Self::MacOs
        } else if cfg!(windows) {
            Self::Windows
        } else {
            Self::Linux
        }
    }

    /// Whether two names are the same environment variable. Windows ignores case.
    fn is_same_variable(self, one: &str, other: &str) -> bool {
        match self {
            Self::Windows => one.eq_ignore_ascii_case(other),
            Self::MacOs | Self::Linux => one == other,
        }
    }

    /// How a variable is spelled among these names: exactly like this if it is there, else as the first that is the same
    /// variable.
    pub(crate) fn spelling<'n>(
        self,
        variable: &str,
        names: impl Iterator<Item = &'n str>,
    ) -> Option<&'n str> {
        let mut same = None;
        for name in names {
            if name == variable {
                return Some(name);
            }
            same = same.or_else(|| self.is_same_variable(name, variable).then_some(name));
        }
        same
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_windows_ignores_the_case_of_a_variable() {
        for (system, names, expected) in [
            (System::Windows, &["A", "https_proxy"][..], Some("https_proxy")),
            (System::Windows, &["Https_Proxy", "HTTPS_PROXY"], Some("HTTPS_PROXY")),
            (System::Windows, &["HTTPS_PROXY2"], None),
            (System::MacOs, &["https_proxy"], None),
            (System::Linux, &["https_proxy"], None),
            (System::Linux, &["https_proxy", "HTTPS_PROXY"], Some("HTTPS_PROXY")),
        ] {
            assert_eq!(
                system.spelling("HTTPS_PROXY", names.iter().copied()),
                expected,
                "{system:?} {names:?}"
            );
        }
    }
}
