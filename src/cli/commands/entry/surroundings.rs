//! The environment that a shell gives to zoomtok and a client does not: clients hand on little but `HOME` and `PATH`, so
//! that the server which they start would take another way to Zoom and keep its state elsewhere.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, absolute};

/// The variables that the server needs as well, where they are set.
const NEEDED: [&str; 17] = [
    "HTTPS_PROXY",
    "https_proxy",
    "ALL_PROXY",
    "all_proxy",
    "NO_PROXY",
    "no_proxy",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "XDG_STATE_HOME",
    PLACE_OF_PROFILES,
    "ZOOM_OAUTH_URL",
    "ZOOM_API_URL",
    "ZOOMTOK_STORE",
    STORE_PASSWORD,
    "ZOOMTOK_STORE_PASSWORD_FILE",
    "ZOOMTOK_STORE_KEY_FILE",
    "ZOOMTOK_STORE_CA_FILE",
];

/// The password of a shared store.
const STORE_PASSWORD: &str = "ZOOMTOK_STORE_PASSWORD";

/// Where the directory of the profiles is.
const PLACE_OF_PROFILES: &str = "XDG_CONFIG_HOME";

/// The variable that says where Zoom's hosted servers are.
const MCP_URL: &str = "ZOOM_MCP_URL";

/// The part of the environment that the server is to have.
#[derive(Debug, Default, PartialEq, Eq)]
pub(in crate::cli::commands) struct Surroundings {
    pub(in crate::cli::commands) variables: BTreeMap<String, String>,
    /// Warnings about variables that cannot be handed on, as sentences.
    pub(in crate::cli::commands) warnings: Vec<String>,
}

impl Surroundings {
    /// Those of this process, for a server that is given a profile by its name or not.
    pub(in crate::cli::commands) fn of_process(has_profile: bool) -> Self {
        let is_needed = |name: &&str| has_profile || *name != PLACE_OF_PROFILES;
        Self::read(|name| std::env::var_os(name), names(cfg!(windows)).filter(is_needed))
    }

    /// Adds the address of Zoom's hosted servers, which only a gateway needs.
    pub(in crate::cli::commands) fn add_mcp_url(&mut self) {
        let url = std::env::var(MCP_URL).ok().filter(|url| !url.is_empty());
        self.variables.extend(url.map(|url| (MCP_URL.to_owned(), url)));
    }

    fn read(get: impl Fn(&str) -> Option<OsString>, names: impl IntoIterator<Item = &'static str>) -> Self {
        let mut surroundings = Self::default();
        for name in names {
            let Some(value) = get(name).filter(|value| !value.is_empty()) else { continue };
            let Some(value) = value.to_str() else {
                surroundings.warnings.push(format!("{name} is not UTF-8, so the server does not get it"));
                continue;
            };
            if name.to_ascii_uppercase().ends_with("_PROXY") && has_password(value) {
                surroundings.warnings.push(format!(
                    "{name} has a password, which was not written into a file that other programs read: the server has \
                     no proxy unless you add {name} to its env by hand"
                ));
                continue;
            }
            if name == STORE_PASSWORD {
                surroundings.warnings.push(format!(
                    "{name} was not written into a file that other programs read: put the password into a file, and name that \
                     in ZOOMTOK_STORE_PASSWORD_FILE"
                ));
                continue;
            }
            let value = match name {
                // A client starts its servers in another directory.
                "SSL_CERT_FILE"
                | "SSL_CERT_DIR"
                | "ZOOMTOK_STORE_PASSWORD_FILE"
                | "ZOOMTOK_STORE_KEY_FILE"
                | "ZOOMTOK_STORE_CA_FILE" => {
                    absolute(value).ok().and_then(|path| path.to_str().map(str::to_owned))
                }
                // As zoomtok itself does.
                "XDG_STATE_HOME" | PLACE_OF_PROFILES => {
                    Path::new(value).is_absolute().then(|| value.to_owned())
                }
                _ => Some(value.to_owned()),
            };
            surroundings.variables.extend(value.map(|value| (name.to_owned(), value)));
        }
        surroundings
    }
}

/// The names of [`NEEDED`], each once. Where a variable has its name `in_any_case`, as on Windows, the spellings of one
/// name are one variable, and a client would get it twice.
fn names(in_any_case: bool) -> impl Iterator<Item = &'static str> {
    let is_again = move |at: usize| {
        in_any_case && NEEDED[..at].iter().any(|earlier| earlier.eq_ignore_ascii_case(NEEDED[at]))
    };
    NEEDED.into_iter().enumerate().filter(move |(at, _)| !is_again(*at)).map(|(_, name)| name)
}

/// Whether the address of a proxy names a user.
fn has_password(proxy: &str) -> bool {
    // All of it is looked at: a password that was not encoded may have a slash in it.
    proxy.contains('@')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(given: &[(&str, &str)]) -> Surroundings {
        let get = |name: &str| given.iter().find(|(given, _)| *given == name);
        Surroundings::read(|name| get(name).map(|(_, value)| OsString::from(value)), names(false))
    }

    #[test]
    fn the_page_about_the_server_names_each_variable_that_is_written() {
        let page = include_str!("../../../../docs/mcp.md");
        let missing: Vec<_> = names(true).filter(|name| !page.contains(&format!("`{name}`"))).collect();
        assert!(missing.is_empty(), "docs/mcp.md does not name {missing:?}");
    }

    #[test]
    fn a_name_in_two_spellings_is_one_variable_on_windows() {
        let get = |name: &str| {
            name.eq_ignore_ascii_case("https_proxy").then(|| OsString::from("http://proxy.example:3128"))
        };
        for (in_any_case, expected) in
            [(true, &["HTTPS_PROXY"][..]), (false, &["HTTPS_PROXY", "https_proxy"])]
        {
            let variables = Surroundings::read(get, names(in_any_case)).variables;
            assert_eq!(variables.into_keys().collect::<Vec<_>>(), expected);
        }
    }

    #[test]
    fn what_the_server_needs_is_handed_on_and_nothing_else() {
        let state = if cfg!(windows) { r"C:\state" } else { "/state" };
        let certificates = if cfg!(windows) { r"C:\ca.pem" } else { "/ca.pem" };
        let key = if cfg!(windows) { r"C:\zoomtok.key" } else { "/zoomtok.key" };
        let given = [
            ("HTTPS_PROXY", "http://proxy.example:3128"),
            ("no_proxy", "localhost"),
            ("SSL_CERT_FILE", certificates),
            ("XDG_STATE_HOME", state),
            ("ZOOM_OAUTH_URL", "https://zoomgov.com"),
            ("ZOOM_API_URL", "https://api.zoomgov.com/v2"),
            ("ZOOMTOK_STORE", "rediss://store.example"),
            ("ZOOMTOK_STORE_KEY_FILE", key),
        ];
        let with_others =
            [&given[..], &[("PATH", "/bin"), ("ZOOM_CLIENT_SECRET", "canary"), ("ALL_PROXY", "")]].concat();
        let surroundings = read(&with_others);
        let expected = given.map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(surroundings.variables, BTreeMap::from(expected));
        assert_eq!(surroundings.warnings, [""; 0]);
    }

    #[test]
    fn a_password_is_named_and_stays_where_it_is() {
        for value in ["http://me:canary@proxy:3128", "me:canary@proxy", "http://me:can/ary@proxy/"] {
            let Surroundings { variables, warnings } = read(&[("https_proxy", value)]);
            assert!(variables.is_empty() && warnings.len() == 1, "{variables:?} {warnings:?}");
            assert!(warnings[0].starts_with("https_proxy has a password"), "{warnings:?}");
            assert!(!warnings[0].contains("canary"), "{warnings:?}");
        }
        let Surroundings { variables, warnings } = read(&[(STORE_PASSWORD, "canary")]);
        assert!(variables.is_empty() && warnings.len() == 1, "{variables:?} {warnings:?}");
        assert!(warnings[0].starts_with("ZOOMTOK_STORE_PASSWORD was not written"), "{warnings:?}");
        assert!(!warnings[0].contains("canary"), "{warnings:?}");
    }

    #[test]
    fn a_path_leads_to_the_same_file_from_anywhere() {
        let value = read(&[("SSL_CERT_FILE", "ca.pem")]).variables["SSL_CERT_FILE"].clone();
        assert!(Path::new(&value).is_absolute() && value.ends_with("ca.pem"), "{value}");
        // zoomtok takes such a one for none.
        assert_eq!(read(&[("XDG_STATE_HOME", "state")]), Surroundings::default());
    }
}
