//! The scopes that the tools need.

use super::tools;
use crate::mcp::scopes::ToolScope;

/// The needs of the tools that ask Zoom.
pub(crate) fn needs() -> Vec<ToolScope> {
    let need = |tool: tools::Definition| {
        let scopes = tool.scopes?;
        let scope = scopes.granular.first()?;
        Some(ToolScope::of(tool.name, scope).or(scopes.granular.iter().copied().chain([scopes.classic])))
    };
    tools::all().into_iter().filter_map(need).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lacking_tools(granted: &[&str]) -> Vec<&'static str> {
        let granted: Vec<String> = granted.iter().map(|scope| (*scope).to_owned()).collect();
        needs().iter().filter(|need| need.is_lacking(&granted)).map(|need| need.tool).collect()
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
        let all = 21;
        for (granted, lacking) in [
            (&[][..], all),
            (&["meeting:read:meeting"], all - 1),
            (&["meeting:read:meeting:admin"], all - 1),
            (&["meeting:read"], all - 6),
            (&["meeting:write:admin"], all - 6),
            (&["cloud_recording:read:meeting_transcript:admin"], all - 1),
            (&["cloud_recording:read:list_recording_files"], all - 3),
            (&["user:read"], all - 1),
            (&["user:read:admin"], all - 2),
            (&["recording:read:admin"], all - 4),
            (
                &[
                    "meeting:read:admin",
                    "meeting:write:admin",
                    "user:read:admin",
                    "recording:read:admin",
                    "recording:write:admin",
                    "meeting_summary:read",
                ],
                0,
            ),
            (&["meeting:reads", "xmeeting:read", "meeting:read:meeting:master"], all),
        ] {
            assert_eq!(lacking_tools(granted).len(), lacking, "{granted:?}");
        }
        assert!(lacking_tools(&["user:read:list_users:admin"]).iter().all(|tool| *tool != "list_users"));
        assert!(lacking_tools(&["user:read"]).contains(&"list_users"));
    }
}
