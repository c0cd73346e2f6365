//! The table of settings: what each one is, what it is where nobody sets it, and from which `.env` it counts.
//!
//! A new setting is a row here, a getter in `settings.rs`, and a line in the help.

/// A setting.
#[derive(Debug, Clone, Copy)]
pub(super) struct Setting {
    /// Its variable.
    pub(super) name: &'static str,
    /// What it is.
    pub(super) kind: Kind,
    /// From which `.env` it counts. The environment always counts.
    pub(super) trust: Trust,
}

/// What a setting is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// What an app shows to get a token; never shown.
    Credential,
    /// The token, or when it ends.
    Token,
    /// A number of seconds.
    Seconds(u64),
    /// An address.
    Url(&'static str),
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
pub(super) enum Trust {
    /// From any.
    Anywhere,
    /// From one that was found only as a path below its own directory.
    Within,
    /// From one that was found only with a value that passes this.
    Harmless(fn(&str) -> bool),
    /// From one that was named.
    Named,
}

/// Every setting that a `.env` can hold.
const TABLE: &[Setting] = &[
    row("ZOOM_CLIENT_ID", Kind::Credential, Trust::Anywhere),
    row("ZOOM_CLIENT_SECRET", Kind::Credential, Trust::Anywhere),
    row("ZOOM_ACCOUNT_ID", Kind::Credential, Trust::Anywhere),
    row("ZOOM_REFRESH_TOKEN", Kind::Credential, Trust::Anywhere),
    row("ZOOM_ACCESS_TOKEN", Kind::Token, Trust::Anywhere),
    row("ZOOM_TOKEN_EXPIRES_AT", Kind::Token, Trust::Anywhere),
    row("ZOOM_TOKEN_THRESHOLD", Kind::Seconds(60), Trust::Anywhere),
    row("ZOOM_CHECK_VERBOSE", Kind::Text(""), Trust::Anywhere),
    row("ZOOM_CHECK_LOGFILE", Kind::Path, Trust::Within),
    // Of one that was found they count for the credentials of the same file alone: `address.rs`.
    row("ZOOM_OAUTH_URL", Kind::Url("https://zoom.us"), Trust::Anywhere),
    row("ZOOM_API_URL", Kind::Url("https://api.zoom.us/v2"), Trust::Anywhere),
    row("ZOOM_AUTO_REFRESH_THRESHOLD", Kind::Seconds(300), Trust::Anywhere),
    row("ZOOM_TOKEN_DISPLAY_INTERVAL", Kind::Seconds(60), Trust::Anywhere),
    row("CLAUDE_CONFIG_FILE", Kind::Path, Trust::Within),
    row("CLAUDE_MCP_SERVER_NAME", Kind::Text("zoom"), Trust::Anywhere),
    // With LD_PRELOAD or the like in this place the token would be what the server is run by.
    row("CLAUDE_ZOOM_ENV_KEY", Kind::Text("ZOOM_ACCESS_TOKEN"), Trust::Harmless(names_a_token)),
    row("CLAUDE_APP_NAME", Kind::Text("Claude"), Trust::Named),
    row("CLAUDE_APP_COMMAND", Kind::Command, Trust::Named),
    row("ZOOM_POLICY_FILE", Kind::Path, Trust::Within),
    row("ZOOMTOK_READ_ONLY", Kind::Switch, Trust::Anywhere),
];

/// Every variable that zoomtok reads from a `.env`.
pub const NAMES: &[&str] = &{
    let mut names = [""; TABLE.len()];
    let mut index = 0;
    while index < TABLE.len() {
        names[index] = TABLE[index].name;
        index += 1;
    }
    names
};

const fn row(name: &'static str, kind: Kind, trust: Trust) -> Setting {
    Setting { name, kind, trust }
}

/// The row of a setting.
pub(super) fn setting(name: &str) -> Option<&'static Setting> {
    TABLE.iter().find(|setting| setting.name == name)
}

/// What a setting is where nobody sets it, as a text; empty where that is nothing.
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

    #[test]
    fn every_name_stands_once_and_in_the_help() {
        let help = crate::cli::args::AFTER;
        for (index, setting) in TABLE.iter().enumerate() {
            assert!(TABLE[..index].iter().all(|other| other.name != setting.name), "{}", setting.name);
            let written_by_zoomtok = setting.kind == Kind::Token;
            assert!(written_by_zoomtok || help.contains(setting.name), "{} is not in the help", setting.name);
            if let Kind::Seconds(seconds) = setting.kind {
                let told = help.split_once(setting.name).unwrap().1.split("\n  Z").next().unwrap();
                assert!(told.contains(&seconds.to_string()), "{}", setting.name);
            }
        }
        assert_eq!(NAMES.len(), TABLE.len());
    }
}
