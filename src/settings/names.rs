//! Names that look like one of zoomtok's settings and are none.

use super::environment::EXPORTED_ONLY;
use super::table::NAMES;

/// The beginnings of our names. The names of Zoom's own programs begin with the first as well.
const OURS: [&str; 2] = ["ZOOM_", "ZOOMTOK_"];

/// The beginning of names about Claude. Claude's own programs have more of them.
const CLAUDE: &str = "CLAUDE_";

/// The setting that is most likely meant by a name that begins like one and is none.
pub fn meant(name: &str) -> Option<&'static str> {
    // Claude Code keeps its own files there.
    if name == "CLAUDE_CONFIG_DIR" || known().any(|known| known == name) {
        return None;
    }
    let name = name.to_ascii_uppercase();
    if let Some(known) = known().find(|known| *known == name) {
        return Some(known);
    }
    let family: &[&str] = if name.starts_with(CLAUDE) { &[CLAUDE] } else { &OURS };
    let rest = |name: &'static str| family.iter().find_map(|prefix| name.strip_prefix(prefix));
    let typed = family.iter().find_map(|prefix| name.strip_prefix(prefix))?;
    // With a policy under another name everything would be allowed.
    if family == OURS && typed.contains("POLICY") {
        return Some("ZOOM_POLICY_FILE");
    }
    let candidates: Vec<(&str, &str)> = known().filter_map(|known| Some((known, rest(known)?))).collect();
    let distance = |rest: &str| strsim::damerau_levenshtein(typed, rest);
    let near = candidates.iter().filter(|(_, rest)| distance(rest) <= rest.len() / 3);
    let nearest = near.min_by_key(|(_, rest)| distance(rest)).map(|(known, _)| *known);
    // `ZOOM_ENV` and `ZOOM_API` are not short for anything of ours.
    let begun = || {
        let goes_on = |rest: &str| rest.strip_prefix(typed).is_some_and(|end| end.starts_with('_'));
        let mut begun = candidates.iter().filter(|(_, rest)| typed.len() > "ENV".len() && goes_on(rest));
        begun.next().filter(|_| begun.next().is_none()).map(|(known, _)| *known)
    };
    nearest.or_else(begun)
}

fn known() -> impl Iterator<Item = &'static str> {
    NAMES.iter().copied().chain(EXPORTED_ONLY)
}

/// The variables of this process that begin like ours.
pub fn exported() -> Vec<String> {
    let names = std::env::vars_os().filter_map(|(name, _)| name.into_string().ok());
    names.filter(|name| is_ours(name)).collect()
}

/// Whether a name begins like one of ours.
pub(super) fn is_ours(name: &str) -> bool {
    OURS.iter().any(|prefix| {
        name.get(..prefix.len()).is_some_and(|beginning| beginning.eq_ignore_ascii_case(prefix))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_like_one_of_ours_is_taken_for_it_and_others_are_not() {
        for (name, expected) in [
            ("ZOOM_CLEINT_ID", Some("ZOOM_CLIENT_ID")),
            ("zoom_client_id", Some("ZOOM_CLIENT_ID")),
            ("ZOOM_ACCOUNTID", Some("ZOOM_ACCOUNT_ID")),
            ("ZOOM_ACCOUNT", Some("ZOOM_ACCOUNT_ID")),
            ("ZOOM_AUTH_URL", Some("ZOOM_OAUTH_URL")),
            ("ZOOM_ENVFILE", Some("ZOOM_ENV_FILE")),
            ("ZOOMTOK_CLIENT_ID", Some("ZOOM_CLIENT_ID")),
            ("ZOOM_POLICY", Some("ZOOM_POLICY_FILE")),
            ("ZOOM_POLICY_PATH", Some("ZOOM_POLICY_FILE")),
            ("ZOOM_POLICYFILE", Some("ZOOM_POLICY_FILE")),
            ("ZOOMTOK_POLICY_FILE", Some("ZOOM_POLICY_FILE")),
            ("ZOOM_MCP_POLICY", Some("ZOOM_POLICY_FILE")),
            ("CLAUDE_MCP_SERVER", Some("CLAUDE_MCP_SERVER_NAME")),
            ("CLAUDE_APP_NAMES", Some("CLAUDE_APP_NAME")),
            ("ZOOM_POLICY_FILE", None),
            ("ZOOM_ENV_FILE", None),
            ("ZOOMTOK_PROFILE", None),
            ("ZOOM_PROFILE", Some("ZOOMTOK_PROFILE")),
            ("ZOOM_ENV", None),
            ("ZOOM_API", None),
            ("ZOOM_API_KEY", None),
            ("ZOOM_API_SECRET", None),
            ("ZOOM_SDK_KEY", None),
            ("ZOOM_SDK_SECRET", None),
            ("ZOOM_WEBHOOK_SECRET", None),
            ("ZOOM_WEBHOOK_SECRET_TOKEN", None),
            ("ZOOM_TOKEN", None),
            ("ZOOM_CLIENT", Some("ZOOM_CLIENT_ID")),
            ("ZOOM_MEETING_ID", None),
            ("ZOOM_USER_ID", None),
            ("ZOOM_REDIRECT_URI", None),
            ("CLAUDE_CODE_POLICY", None),
            ("CLAUDE_CONFIG_DIR", None),
            ("CLIENT_ID", None),
            ("POLICY_FILE", None),
            ("PATH", None),
            ("", None),
        ] {
            assert_eq!(meant(name), expected, "{name}");
        }
        assert!(is_ours("zoom_x") && is_ours("ZOOMTOK_X") && !is_ours("CLAUDE_X") && !is_ours("ZÖÖM_"));
    }
}
