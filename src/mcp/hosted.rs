//! Zoom's hosted MCP servers: which scope each of their tools needs, by Zoom's skills repository
//! (<https://github.com/zoom/skills>). `tools/list` is the authority on which tools there are.

use super::scopes::ToolScope;

/// A scope, and the tools that need it.
type Row = (&'static str, &'static [&'static str]);

/// A hosted server.
#[derive(Debug, Clone, Copy)]
pub(crate) struct HostedServer {
    /// Its name in its address.
    name: &'static str,
    /// The product of Zoom's that an app for it works in
    /// (<https://developers.zoom.us/docs/build-flow/manifests/schema/features/>).
    pub(crate) product: &'static str,
    rows: &'static [Row],
}

impl HostedServer {
    /// The server of this name; none where its tools are not known.
    pub(crate) fn named(name: &str) -> Option<Self> {
        // Zoom's pages of different months have both names.
        let name = if name == "canvas" { "docs" } else { name };
        SERVERS.iter().find(|server| server.name == name).copied()
    }

    /// The names of all of them.
    pub(crate) fn names() -> impl Iterator<Item = &'static str> {
        SERVERS.iter().map(|server| server.name)
    }

    /// The name as it is given on the command line.
    pub(crate) fn short(self) -> String {
        if self.name == "zoom" { "zoom".into() } else { format!("zoom/{}", self.name) }
    }

    /// The needs of its tools, in the order of their names.
    pub(crate) fn needs(self) -> Vec<ToolScope> {
        let needs =
            self.rows.iter().flat_map(|(scope, tools)| tools.iter().map(|tool| ToolScope::of(tool, scope)));
        let mut needs: Vec<ToolScope> = needs.collect();
        needs.sort_by_key(|need| need.tool);
        needs
    }
}

const MEETINGS: &str = "ZOOM_MEETING";

#[rustfmt::skip]
const SERVERS: &[HostedServer] = &[
    HostedServer { name: "zoom", product: MEETINGS, rows: &[
        ("meeting:read:search", &["search_meetings"]),
        ("meeting:read:assets", &["get_meeting_assets"]),
        ("cloud_recording:read:list_user_recordings", &["recordings_list"]),
        ("cloud_recording:read:content", &["get_recording_resource"]),
        ("ai_companion:read:search", &["search_zoom"]),
        ("docs:write:import", &["create_new_file_with_markdown"]),
        ("docs:read:export", &["get_file_content"]),
        ("hub:write:content", &["hub_create_file_from_content"]),
        ("hub:read:content", &["hub_get_file_content"]),
    ] },
    HostedServer { name: "meeting", product: MEETINGS, rows: &[
        ("meeting:read:search", &["search_meetings"]),
        ("meeting:read:assets", &["get_meeting_assets"]),
        ("cloud_recording:read:list_user_recordings", &["recordings_list"]),
        ("cloud_recording:read:content", &["get_recording_resource"]),
    ] },
    HostedServer { name: "chat", product: "ZOOM_CHAT", rows: &[
        ("team_chat:write:user_message", &["zoom_chat_message_send"]),
        ("team_chat:update:user_message", &["zoom_chat_message_update"]),
        ("team_chat:write:contact_information", &["zoom_chat_contact_add"]),
        ("team_chat:write:user_channel", &["zoom_chat_channel_create"]),
        ("team_chat:update:user_channel", &["zoom_chat_channel_update"]),
        ("team_chat:write:members", &["zoom_chat_channel_members_add"]),
        ("team_chat:update:channel_member_role", &["zoom_chat_channel_member_role_update"]),
        ("team_chat:read:channel", &["zoom_chat_channel_get_by_id"]),
        ("team_chat:read:list_members", &["zoom_chat_channel_members_list"]),
        ("team_chat:read:list_user_channels", &["zoom_chat_channels_list", "zoom_chat_channels_search"]),
        ("team_chat:read:list_contacts", &["zoom_chat_contacts_get_by_id", "zoom_chat_contacts_search"]),
        ("team_chat:read:list_user_files", &["zoom_chat_files_search"]),
        ("team_chat:read:list_user_messages", &["zoom_chat_message_get_by_id", "zoom_chat_message_replies_list", "zoom_chat_messages_fetch", "zoom_chat_messages_filter", "zoom_chat_messages_search"]),
        ("team_chat:read:list_user_sessions", &["zoom_chat_sessions_recent_list"]),
    ] },
    HostedServer { name: "docs", product: MEETINGS, rows: &[
        ("docs:read:export", &["get_file_content"]),
        ("docs:write:import", &["create_file_with_content"]),
    ] },
    HostedServer { name: "tasks", product: MEETINGS, rows: &[
        ("tasks:read:list_tasks", &["get_my_tasks"]),
        ("tasks:read:task", &["get_task_detail", "get_task_step", "list_task_steps"]),
        ("tasks:write:task", &["create_task", "bulk_create_task_steps", "reorder_task_steps", "delete_task_steps"]),
        ("tasks:update:task", &["update_task", "update_task_step"]),
        ("tasks:delete:trash_task", &["trash_task"]),
        ("tasks:write:comment", &["add_comment"]),
        ("tasks:delete:comment", &["delete_task_comment"]),
        ("tasks:read:comments", &["get_a_task_comments"]),
        ("tasks:write:assignees", &["add_tasks_assignees"]),
        ("tasks:read:assignees", &["get_assignees_of_a_task"]),
        ("tasks:delete:assignees", &["remove_task_assignee"]),
        ("tasks:write:collaborators", &["add_tasks_collaborators"]),
        ("tasks:read:list_collaborators", &["get_task_collaborators"]),
        ("tasks:delete:collaborator", &["remove_task_collaborator"]),
    ] },
    HostedServer { name: "whiteboard", product: "ZOOM_WHITEBOARD", rows: &[
        ("whiteboard:read:list_whiteboards", &["list_whiteboards"]),
        ("whiteboard:read:whiteboard", &["get_a_whiteboard"]),
        ("whiteboard:write:whiteboard", &["create_a_whiteboard", "create_a_whiteboard_by_script", "create_a_whiteboard_for_brainstorming", "create_a_whiteboard_for_meeting_summary", "create_a_whiteboard_for_strategy_analysis"]),
        ("whiteboard:read:list_collaborators", &["get_a_whiteboard_collaborator"]),
        ("whiteboard:write:collaborator", &["add_a_whiteboard_collaborator"]),
        ("whiteboard:update:collaborator", &["update_a_whiteboard_collaborator"]),
        ("whiteboard:delete:collaborator", &["delete_a_whiteboard_collaborator"]),
    ] },
    HostedServer { name: "revenue_accelerator", product: MEETINGS, rows: &[
        ("zra:read:list_conversations", &["search_conversations"]),
        ("zra:read:conversations", &["get_conversation_transcript"]),
        ("zra:read:conversation_analysis", &["get_conversation_analysis"]),
        ("zra:read:list_conversation_comments", &["get_conversation_comments"]),
        ("zra:read:conversation_scorecards", &["get_scorecard_sessions"]),
        ("zra:read:list_deals", &["search_deals"]),
        ("zra:read:deal", &["get_deal_detail_v2", "get_deal_analysis", "get_deal_stages"]),
        ("zra:read:list_deal_activities", &["get_deal_activities_v2"]),
        ("zra:read:crm_customer_contact", &["get_customer_accounts", "get_customer_contacts"]),
        ("zra:read:indicator", &["search_indicators"]),
        ("zra:read:team", &["get_manager_team_and_member"]),
        ("zra:read:user", &["search_internal_users"]),
    ] },
];
