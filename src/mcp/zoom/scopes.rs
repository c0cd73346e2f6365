//! The scopes that the tools need.

use super::tools;

/// The tools that cannot work with a token of these scopes, and the scope that each lacks.
pub(crate) fn lacking(granted: &[String]) -> Vec<(&'static str, &'static str)> {
    let is_granted = |scope: &str| {
        granted.iter().any(|granted| granted == scope || granted.strip_suffix(":admin") == Some(scope))
    };
    let needs = tools::all().into_iter().filter_map(|tool| Some((tool.name, tool.scopes?)));
    needs
        .filter(|(_, scopes)| !scopes.granular.iter().chain([&scopes.classic]).any(|scope| is_granted(scope)))
        .filter_map(|(tool, scopes)| Some((tool, *scopes.granular.first()?)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lacking_tools(granted: &[&str]) -> Vec<&'static str> {
        let granted: Vec<String> = granted.iter().map(|scope| (*scope).to_owned()).collect();
        lacking(&granted).into_iter().map(|(tool, _)| tool).collect()
    }

    #[test]
    fn all_tools_but_those_of_the_token_need_a_scope() {
        let all: Vec<_> = tools::all();
        let without = all.iter().filter(|tool| tool.scopes.is_none()).map(|tool| tool.name);
        assert_eq!(without.collect::<Vec<_>>(), ["zoom_refresh_token", "zoom_token_status"]);
        assert!(all.iter().filter_map(|tool| tool.scopes).all(|scopes| !scopes.granular.is_empty()));
    }

    #[test]
    fn granular_and_classic_scopes_do_with_and_without_admin() {
        let all = 12;
        for (granted, lacking) in [
            (&[][..], all),
            (&["meeting:read:meeting"], all - 1),
            (&["meeting:read:meeting:admin"], all - 1),
            (&["meeting:read"], all - 3),
            (&["meeting:write:admin"], all - 3),
            (&["cloud_recording:read:meeting_transcript:admin"], all - 1),
            (&["cloud_recording:read:list_recording_files"], all - 3),
            (&["user:read"], all - 1),
            (&["user:read:admin"], all - 2),
            (&["recording:read:admin"], all - 4),
            (&["meeting:read:admin", "meeting:write:admin", "user:read:admin", "recording:read:admin"], 0),
            (&["meeting:reads", "xmeeting:read", "meeting:read:meeting:master"], all),
        ] {
            assert_eq!(lacking_tools(granted).len(), lacking, "{granted:?}");
        }
        assert!(lacking_tools(&["user:read:list_users:admin"]).iter().all(|tool| *tool != "list_users"));
        assert!(lacking_tools(&["user:read"]).contains(&"list_users"));
    }
}
