//! The table of settings: what each one is, what it is where nobody sets it, from which `.env` it counts, and its help.
//!
//! A new setting is a row here, whatever asks for it by the constant that the row makes, and a row in `docs/reference.md`,
//! which a test compares with this one. Its name, the help, the manual page and what `doctor` says of it follow.

use std::process::Command;

use crate::store;

/// A setting.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Setting {
    /// Its variable.
    pub(crate) name: &'static str,
    /// The kind of its value, and its default.
    pub(super) kind: Kind,
    /// From which `.env` it counts. The environment always counts.
    pub(super) trust: Trust,
    /// Its text in the help, with its default behind a semicolon; empty where zoomtok writes it itself.
    pub(crate) help: &'static str,
}

/// The kind of a setting's value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A value by which an app gets a token; never shown.
    Credential,
    /// A command line that prints what an app shows to get a token.
    CredentialCommand,
    /// A secret that is not of an account; never shown.
    Secret,
    /// The token, or when it ends.
    Token,
    /// A number of seconds.
    Seconds(u64),
    /// An address.
    Url(&'static str),
    /// The address of the store that many machines share.
    SharedStore,
    /// A file.
    Path,
    /// A name.
    Text(&'static str),
    /// A command line.
    Command,
    /// Something that is on or off, and off where it is not set.
    Switch,
}

/// From which `.env` a setting counts. One that was found, and not named, may come with somebody else's directory: it
/// says who you are, and not what runs or where is written.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Trust {
    /// From any.
    Anywhere,
    /// From one that was found only as a path below its own directory.
    Within,
    /// From one that was found only with a value that passes this.
    Harmless(fn(&str) -> bool),
    /// From one that was named.
    Named,
}

/// Makes of each row the constant of its name, by which the code asks for the setting, and its place in the table. A
/// setting without a row does not compile, and the compiler warns of one that nothing asks for.
macro_rules! settings {
    ($($constant:ident = $name:expr, $kind:expr, $trust:expr, $help:literal;)*) => {
        $(pub(crate) const $constant: &str = $name;)*

        /// Every setting that a `.env` can hold, in the order of the help.
        pub(crate) const TABLE: &[Setting] =
            &[$(Setting { name: $name, kind: $kind, trust: $trust, help: $help }),*];

        /// Every variable that zoomtok reads from a `.env`.
        pub const NAMES: &[&str] = &[$($name),*];
    };
}

settings! {
    CLIENT_ID = store::CLIENT_ID, Kind::Credential, Trust::Anywhere,
        "the app's, from marketplace.zoom.us";
    CLIENT_SECRET = store::CLIENT_SECRET, Kind::Credential, Trust::Anywhere,
        "the app's; a public client has none";
    SECRET_COMMAND = store::SECRET_COMMAND, Kind::CredentialCommand, Trust::Named,
        "the command that prints the secret, in place of it; none";
    ACCOUNT_ID = store::ACCOUNT_ID, Kind::Credential, Trust::Anywhere,
        "of a Server-to-Server OAuth app";
    REFRESH_TOKEN = store::REFRESH_TOKEN, Kind::Credential, Trust::Anywhere,
        "of a user-authorised app, where there is no account id";
    ACCESS_TOKEN = store::ACCESS_TOKEN, Kind::Token, Trust::Anywhere, "";
    TOKEN_EXPIRES_AT = store::TOKEN_EXPIRES_AT, Kind::Token, Trust::Anywhere, "";
    TOKEN_THRESHOLD = "ZOOM_TOKEN_THRESHOLD", Kind::Seconds(60), Trust::Anywhere,
        "seconds that a token must have left; 60";
    CHECK_VERBOSE = "ZOOM_CHECK_VERBOSE", Kind::Text(""), Trust::Anywhere,
        "as check -v, when not empty";
    CHECK_LOGFILE = "ZOOM_CHECK_LOGFILE", Kind::Path, Trust::Within,
        "the log of check -v; logs/zoom_token.log beside .env";
    // From a `.env` that was found they count for the credentials of the same file alone: `address.rs`.
    OAUTH_URL = "ZOOM_OAUTH_URL", Kind::Url("https://zoom.us"), Trust::Anywhere,
        "where tokens are issued; https://zoom.us";
    API_URL = "ZOOM_API_URL", Kind::Url("https://api.zoom.us/v2"), Trust::Anywhere,
        "where the API is; https://api.zoom.us/v2";
    MCP_URL = "ZOOM_MCP_URL", Kind::Url("https://mcp.zoom.us"), Trust::Anywhere,
        "where Zoom's own MCP servers are; https://mcp.zoom.us";
    AUTO_REFRESH_THRESHOLD = "ZOOM_AUTO_REFRESH_THRESHOLD", Kind::Seconds(300), Trust::Anywhere,
        "seconds below which watch and mcp refresh; 300";
    DISPLAY_INTERVAL = "ZOOM_TOKEN_DISPLAY_INTERVAL", Kind::Seconds(60), Trust::Anywhere,
        "seconds between the status lines of watch and mcp; 60, and 0 shows none";
    CLAUDE_CONFIG_FILE = "CLAUDE_CONFIG_FILE", Kind::Path, Trust::Within,
        "Claude Desktop's configuration; else where it is on this system";
    CLAUDE_MCP_SERVER_NAME = "CLAUDE_MCP_SERVER_NAME", Kind::Text("zoom"), Trust::Anywhere,
        "the server in it that gets the token, or that mcp --install puts there; zoom";
    // With LD_PRELOAD or the like in this place the token would be what the server is run by.
    CLAUDE_ZOOM_ENV_KEY = "CLAUDE_ZOOM_ENV_KEY", Kind::Text("ZOOM_ACCESS_TOKEN"), Trust::Harmless(names_a_token),
        "the variable of that server; ZOOM_ACCESS_TOKEN";
    CLAUDE_APP_NAME = "CLAUDE_APP_NAME", Kind::Text("Claude"), Trust::Named,
        "the name or the path of the Claude app; Claude";
    CLAUDE_APP_COMMAND = "CLAUDE_APP_COMMAND", Kind::Command, Trust::Named,
        "the command that starts it; how it ran before, or as the system does";
    POLICY_FILE = "ZOOM_POLICY_FILE", Kind::Path, Trust::Within,
        "the policy that mcp serves under; else only refreshes have a limit";
    ON_EVENT = "ZOOMTOK_ON_EVENT", Kind::Command, Trust::Named,
        "the command that watch, mcp and gateway run for each event; none";
    READ_ONLY = "ZOOMTOK_READ_ONLY", Kind::Switch, Trust::Anywhere,
        "as --read-only, when 1; 0";
    // Whoever names the store is handed the tokens that are put there.
    STORE = "ZOOMTOK_STORE", Kind::SharedStore, Trust::Named,
        "the Redis that many machines share: redis://user@host:6379/0, or rediss:// with TLS; none";
    STORE_PASSWORD = "ZOOMTOK_STORE_PASSWORD", Kind::Secret, Trust::Named,
        "its password";
    STORE_PASSWORD_FILE = "ZOOMTOK_STORE_PASSWORD_FILE", Kind::Path, Trust::Named,
        "the file with its password, in place of that";
    STORE_KEY_FILE = "ZOOMTOK_STORE_KEY_FILE", Kind::Path, Trust::Named,
        "the file with the key that seals what is put there, the same on all machines";
    STORE_CA_FILE = "ZOOMTOK_STORE_CA_FILE", Kind::Path, Trust::Named,
        "the certificates that it is trusted by, in PEM; else the system's";
}

/// Those that concern Claude Desktop.
pub(crate) fn of_claude() -> Vec<&'static str> {
    NAMES.iter().copied().filter(|name| name.starts_with("CLAUDE_")).collect()
}

/// Keeps from a program what is zoomtok's alone: an app's credentials, a token, the password of the shared store. One that is to
/// have the token is given it.
pub(crate) fn hide_secrets(command: &mut Command) {
    for name in secret_names() {
        command.env_remove(name);
    }
}

/// Those with which an app, a token or the shared store is given away.
fn secret_names() -> impl Iterator<Item = &'static str> {
    let is_secret = |setting: &&Setting| setting.kind == Kind::Secret;
    of_account().chain(TABLE.iter().filter(is_secret).map(|setting| setting.name))
}

/// Those that are of one account.
pub(super) fn of_account() -> impl Iterator<Item = &'static str> {
    let is_of_account =
        |setting: &&Setting| matches!(setting.kind, Kind::Credential | Kind::CredentialCommand | Kind::Token);
    TABLE.iter().filter(is_of_account).map(|setting| setting.name)
}

/// The row of a setting.
pub(super) fn setting(name: &str) -> Option<&'static Setting> {
    TABLE.iter().find(|setting| setting.name == name)
}

/// The default of a setting, as a text; empty where there is none.
pub(super) fn default(name: &str) -> &'static str {
    match setting(name).map(|setting| setting.kind) {
        Some(Kind::Url(text) | Kind::Text(text)) => text,
        _ => "",
    }
}

fn names_a_token(key: &str) -> bool {
    key.ends_with("TOKEN")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The default as a person writes it; none where it is a sentence, or nothing.
    fn written(setting: &Setting) -> Option<String> {
        match setting.kind {
            Kind::Seconds(seconds) => Some(seconds.to_string()),
            Kind::Url(text) | Kind::Text(text) => Some(text.to_owned()).filter(|text| !text.is_empty()),
            Kind::Switch => Some("0".into()),
            Kind::SharedStore => Some("none".into()),
            Kind::Credential
            | Kind::CredentialCommand
            | Kind::Secret
            | Kind::Token
            | Kind::Path
            | Kind::Command => None,
        }
    }

    #[test]
    fn every_setting_has_a_name_of_its_own_and_a_help_that_ends_with_its_default() {
        for (index, setting) in TABLE.iter().enumerate() {
            let name = setting.name;
            assert!(TABLE[..index].iter().all(|other| other.name != name), "{name}");
            assert_eq!(
                setting.help.is_empty(),
                setting.kind == Kind::Token,
                "{name}: zoomtok writes it itself"
            );
            let told = written(setting).is_none_or(|default| setting.help.contains(&format!("; {default}")));
            assert!(told, "the help of {name} does not name its default");
        }
    }

    #[test]
    fn the_pages_have_a_row_for_every_setting_with_its_default() {
        let page = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/reference.md");
        let page = std::fs::read_to_string(page).unwrap();
        for setting in TABLE {
            let name = format!("`{}`", setting.name);
            let row =
                page.lines().find(|line| line.split('|').nth(1).is_some_and(|cell| cell.contains(&name)));
            let row = row.unwrap_or_else(|| panic!("docs/reference.md has no row for {name}"));
            // Two settings in one row have their defaults in the same order.
            let place =
                row.split('|').nth(1).unwrap().split(", ").position(|cell| cell.trim() == name).unwrap();
            let defaults: Vec<&str> = row.split('|').nth(2).unwrap().split(", ").collect();
            if let Some(default) = written(setting) {
                let said = defaults.get(place).map(|cell| cell.trim().trim_matches('`'));
                assert_eq!(said, Some(default.as_str()), "{name} in docs/reference.md");
            }
        }
    }
}
