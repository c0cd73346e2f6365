//! Which scopes the tools need.

/// A tool that asks Zoom, the granular scopes, one of which its call needs, and the scope of older apps. Each is as good
/// with `:admin` at its end, which extends it to the whole account.
/// Zoom's API reference names both for each call.
const NEEDS: &[(&str, &[&str], &str)] = &[
    ("list_meetings", &["meeting:read:list_meetings"], "meeting:read"),
    ("get_meeting", &["meeting:read:meeting"], "meeting:read"),
    ("create_meeting", &["meeting:write:meeting"], "meeting:write"),
    ("update_meeting", &["meeting:update:meeting"], "meeting:write"),
    ("delete_meeting", &["meeting:delete:meeting"], "meeting:write"),
    ("get_meeting_participants", &["meeting:read:list_past_participants"], "meeting:read"),
    // Nobody but an administrator may list users.
    ("list_users", &["user:read:list_users:admin"], "user:read:admin"),
    ("get_user", &["user:read:user"], "user:read"),
    ("zoom_list_recordings", &["cloud_recording:read:list_user_recordings"], "recording:read"),
    ("zoom_get_recording_details", &["cloud_recording:read:list_recording_files"], "recording:read"),
    ("get_meeting_recordings", &["cloud_recording:read:list_recording_files"], "recording:read"),
    // The first for transcripts of cloud recordings, the second for those without one. Either is of use alone.
    (
        "zoom_get_meeting_transcript",
        &["cloud_recording:read:list_recording_files", "cloud_recording:read:meeting_transcript"],
        "recording:read",
    ),
];

/// The tools that cannot work with a token of these scopes, and the scope that each lacks.
pub(crate) fn lacking(granted: &[String]) -> Vec<(&'static str, &'static str)> {
    let is_granted = |scope: &str| {
        granted.iter().any(|granted| granted == scope || granted.strip_suffix(":admin") == Some(scope))
    };
    NEEDS
        .iter()
        .filter(|(_, granular, classic)| !granular.iter().chain([classic]).any(|scope| is_granted(scope)))
        .filter_map(|(tool, granular, _)| Some((*tool, *granular.first()?)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mcp::catalog;

    fn tools(granted: &[&str]) -> Vec<&'static str> {
        let granted: Vec<String> = granted.iter().map(|scope| (*scope).to_owned()).collect();
        lacking(&granted).into_iter().map(|(tool, _)| tool).collect()
    }

    #[test]
    fn every_tool_that_asks_zoom_has_its_scope() {
        let mut named: Vec<&str> = NEEDS.iter().map(|(tool, ..)| *tool).collect();
        named.extend(["zoom_refresh_token", "zoom_token_status"]);
        named.sort_unstable();
        assert_eq!(named, catalog().keys().map(String::as_str).collect::<Vec<_>>());
    }

    #[test]
    fn granular_and_classic_scopes_do_with_and_without_admin() {
        let all = NEEDS.len();
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
            assert_eq!(tools(granted).len(), lacking, "{granted:?}");
        }
        assert!(tools(&["user:read:list_users:admin"]).iter().all(|tool| *tool != "list_users"));
        assert!(tools(&["user:read"]).contains(&"list_users"));
    }
}
