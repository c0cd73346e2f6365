//! The tools of the hosted servers, by Zoom's skills repository: names, scopes and most arguments. Where it lists no
//! arguments of a tool, they are made up. So are the annotations.

use serde_json::{Map, Value, json};

use super::servers::Server::{self, Chat, Docs, Meeting, RevenueAccelerator, Tasks, Whiteboard, Zoom};

/// The effect of a tool on the account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Effect {
    Reads,
    Adds,
    Removes,
}

use Effect::{Adds, Reads, Removes};

/// A tool.
#[derive(Debug)]
pub(super) struct Tool {
    servers: &'static [Server],
    pub(super) name: &'static str,
    /// The scope that it requires.
    pub(super) scope: &'static str,
    pub(super) effect: Effect,
    about: &'static str,
    /// Its arguments, each as `NAME` with `!` if it is required, and `:int`, `:bool` or `:list` if it is no text.
    arguments: &'static str,
}

const fn tool(
    servers: &'static [Server],
    name: &'static str,
    scope: &'static str,
    effect: Effect,
    about: &'static str,
    arguments: &'static str,
) -> Tool {
    Tool { servers, name, scope, effect, about, arguments }
}

const TASK: &str = "taskId!";
const PAGE: &str = "page_size:int next_page_token";

#[rustfmt::skip]
const TOOLS: &[Tool] = &[
    tool(&[Zoom, Meeting], "search_meetings", "meeting:read:search", Reads, "Search meetings by content", "q from to include_zoom_my_notes:bool page_size:int next_page_token"),
    tool(&[Zoom, Meeting], "get_meeting_assets", "meeting:read:assets", Reads, "Get the summary, recording and files of a meeting", "meetingId!"),
    tool(&[Zoom, Meeting], "recordings_list", "cloud_recording:read:list_user_recordings", Reads, "List the user's cloud recordings", "from to meeting_id:int trash:bool trash_type mc page_size:int next_page_token"),
    tool(&[Zoom, Meeting], "get_recording_resource", "cloud_recording:read:content", Reads, "Get the transcript of a recording", "meetingId! types clip_num:int play_time:int raw_passcode encode_passcode"),
    tool(&[Zoom], "search_zoom", "ai_companion:read:search", Reads, "Search messages and documents", "search_entities!:list query page_size:int"),
    tool(&[Zoom], "create_new_file_with_markdown", "docs:write:import", Adds, "Create a document from Markdown", "content! file_name parent_id"),
    tool(&[Zoom, Docs], "get_file_content", "docs:read:export", Reads, "Read a document as Markdown", "fileId!"),
    tool(&[Zoom], "hub_create_file_from_content", "hub:write:content", Adds, "Create a file in the hub", "content! file_name file_type"),
    tool(&[Zoom], "hub_get_file_content", "hub:read:content", Reads, "Read a file of the hub", "file_id! format"),
    tool(&[Docs], "create_file_with_content", "docs:write:import", Adds, "Create a document", "content! file_name parent_id"),
    tool(&[Chat], "zoom_chat_message_send", "team_chat:write:user_message", Adds, "Send a message to a person or a channel", "chat_session_id! message_content! message_format parent_message_id"),
    tool(&[Chat], "zoom_chat_message_update", "team_chat:update:user_message", Adds, "Edit a message that the user has sent", "chat_session_id! messageId! message_content! message_format"),
    tool(&[Chat], "zoom_chat_contact_add", "team_chat:write:contact_information", Adds, "Invite a contact", "invitee_email! message"),
    tool(&[Chat], "zoom_chat_channel_create", "team_chat:write:user_channel", Adds, "Create a channel", "channel_name! channel_description channel_type post_message_permission mention_all_permission new_members_can_see_previous_messages_and_files:bool"),
    tool(&[Chat], "zoom_chat_channel_update", "team_chat:update:user_channel", Adds, "Change the settings of a channel", "channelId! channel_name channel_type post_message_permission mention_all_permission"),
    tool(&[Chat], "zoom_chat_channel_members_add", "team_chat:write:members", Adds, "Add people to a channel", "channelId! user_email_list:list"),
    tool(&[Chat], "zoom_chat_channel_member_role_update", "team_chat:update:channel_member_role", Adds, "Change the role of a member", "channelId! memberId! role!"),
    tool(&[Chat], "zoom_chat_channel_get_by_id", "team_chat:read:channel", Reads, "Get a channel", "channelId!"),
    tool(&[Chat], "zoom_chat_channel_members_list", "team_chat:read:list_members", Reads, "List the members of a channel", "channelId! page_size:int next_page_token"),
    tool(&[Chat], "zoom_chat_channels_list", "team_chat:read:list_user_channels", Reads, "List the user's channels", PAGE),
    tool(&[Chat], "zoom_chat_channels_search", "team_chat:read:list_user_channels", Reads, "Search channels", "keyword page_size:int"),
    tool(&[Chat], "zoom_chat_contacts_get_by_id", "team_chat:read:list_contacts", Reads, "Get contacts", "contactIds!:list"),
    tool(&[Chat], "zoom_chat_contacts_search", "team_chat:read:list_contacts", Reads, "Search contacts", "keyword! page_size:int"),
    tool(&[Chat], "zoom_chat_files_search", "team_chat:read:list_user_files", Reads, "Search files", "keyword page_size:int"),
    tool(&[Chat], "zoom_chat_message_get_by_id", "team_chat:read:list_user_messages", Reads, "Get a message", "chat_session_id! messageId!"),
    tool(&[Chat], "zoom_chat_message_replies_list", "team_chat:read:list_user_messages", Reads, "List the replies to a message", "chat_session_id! messageId!"),
    tool(&[Chat], "zoom_chat_messages_fetch", "team_chat:read:list_user_messages", Reads, "List the messages of a chat", "chat_session_id! from to page_size:int"),
    tool(&[Chat], "zoom_chat_messages_filter", "team_chat:read:list_user_messages", Reads, "List unread messages, mentions and the like", "filter!"),
    tool(&[Chat], "zoom_chat_messages_search", "team_chat:read:list_user_messages", Reads, "Search messages", "keyword! chat_session_id"),
    tool(&[Chat], "zoom_chat_sessions_recent_list", "team_chat:read:list_user_sessions", Reads, "List recent chats", PAGE),
    tool(&[Tasks], "get_my_tasks", "tasks:read:list_tasks", Reads, "List the user's tasks", PAGE),
    tool(&[Tasks], "get_task_detail", "tasks:read:task", Reads, "Get a task", TASK),
    tool(&[Tasks], "create_task", "tasks:write:task", Adds, "Create a task", "title! description due_date"),
    tool(&[Tasks], "update_task", "tasks:update:task", Adds, "Change a task", "taskId! title description due_date status"),
    tool(&[Tasks], "trash_task", "tasks:delete:trash_task", Removes, "Put a task into the trash", TASK),
    tool(&[Tasks], "add_comment", "tasks:write:comment", Adds, "Comment on a task", "taskId! comment!"),
    tool(&[Tasks], "delete_task_comment", "tasks:delete:comment", Removes, "Delete a comment", "taskId! commentId!"),
    tool(&[Tasks], "get_a_task_comments", "tasks:read:comments", Reads, "List the comments on a task", TASK),
    tool(&[Tasks], "add_tasks_assignees", "tasks:write:assignees", Adds, "Assign people to a task", "taskId! assignees!:list"),
    tool(&[Tasks], "get_assignees_of_a_task", "tasks:read:assignees", Reads, "List who is assigned to a task", TASK),
    tool(&[Tasks], "remove_task_assignee", "tasks:delete:assignees", Removes, "Take a person off a task", "taskId! assigneeId!"),
    tool(&[Tasks], "add_tasks_collaborators", "tasks:write:collaborators", Adds, "Add collaborators to a task", "taskId! collaborators!:list"),
    tool(&[Tasks], "get_task_collaborators", "tasks:read:list_collaborators", Reads, "List the collaborators on a task", TASK),
    tool(&[Tasks], "remove_task_collaborator", "tasks:delete:collaborator", Removes, "Remove a collaborator", "taskId! collaboratorId!"),
    tool(&[Tasks], "bulk_create_task_steps", "tasks:write:task", Adds, "Create steps of a task", "taskId! steps!:list"),
    tool(&[Tasks], "get_task_step", "tasks:read:task", Reads, "Get a step of a task", "taskId! stepId!"),
    tool(&[Tasks], "list_task_steps", "tasks:read:task", Reads, "List the steps of a task", TASK),
    tool(&[Tasks], "update_task_step", "tasks:update:task", Adds, "Change a step of a task", "taskId! stepId! title status"),
    tool(&[Tasks], "reorder_task_steps", "tasks:write:task", Adds, "Put the steps of a task in another order", "taskId! stepIds!:list"),
    tool(&[Tasks], "delete_task_steps", "tasks:write:task", Removes, "Delete steps of a task", "taskId! stepIds!:list"),
    tool(&[Whiteboard], "list_whiteboards", "whiteboard:read:list_whiteboards", Reads, "List whiteboards", PAGE),
    tool(&[Whiteboard], "get_a_whiteboard", "whiteboard:read:whiteboard", Reads, "Get a whiteboard", "whiteboard_id!"),
    tool(&[Whiteboard], "create_a_whiteboard", "whiteboard:write:whiteboard", Adds, "Create a whiteboard", "name!"),
    tool(&[Whiteboard], "create_a_whiteboard_by_script", "whiteboard:write:whiteboard", Adds, "Create a whiteboard from a script", "name! script!"),
    tool(&[Whiteboard], "create_a_whiteboard_for_brainstorming", "whiteboard:write:whiteboard", Adds, "Create a whiteboard of ideas", "name! ideas!:list"),
    tool(&[Whiteboard], "create_a_whiteboard_for_meeting_summary", "whiteboard:write:whiteboard", Adds, "Create a whiteboard of a summary", "name! summary!"),
    tool(&[Whiteboard], "create_a_whiteboard_for_strategy_analysis", "whiteboard:write:whiteboard", Adds, "Create a whiteboard of an analysis", "name! analysis!"),
    tool(&[Whiteboard], "get_a_whiteboard_collaborator", "whiteboard:read:list_collaborators", Reads, "List the collaborators on a whiteboard", "whiteboard_id!"),
    tool(&[Whiteboard], "add_a_whiteboard_collaborator", "whiteboard:write:collaborator", Adds, "Add collaborators to a whiteboard", "whiteboard_id! collaborators!:list"),
    tool(&[Whiteboard], "update_a_whiteboard_collaborator", "whiteboard:update:collaborator", Adds, "Change the access of a collaborator", "whiteboard_id! collaborator_id! role!"),
    tool(&[Whiteboard], "delete_a_whiteboard_collaborator", "whiteboard:delete:collaborator", Removes, "Remove a collaborator from a whiteboard", "whiteboard_id! collaborator_id!"),
    tool(&[RevenueAccelerator], "search_conversations", "zra:read:list_conversations", Reads, "Search conversations", "keyword from to page_size:int"),
    tool(&[RevenueAccelerator], "get_conversation_transcript", "zra:read:conversations", Reads, "Get the transcript of a conversation", "conversation_id!"),
    tool(&[RevenueAccelerator], "get_conversation_analysis", "zra:read:conversation_analysis", Reads, "Get the analysis of a conversation", "conversation_id!"),
    tool(&[RevenueAccelerator], "get_conversation_comments", "zra:read:list_conversation_comments", Reads, "List the comments on a conversation", "conversation_id!"),
    tool(&[RevenueAccelerator], "get_scorecard_sessions", "zra:read:conversation_scorecards", Reads, "Get the scorecards of a conversation", "conversation_id!"),
    tool(&[RevenueAccelerator], "search_deals", "zra:read:list_deals", Reads, "Search deals", "keyword page_size:int"),
    tool(&[RevenueAccelerator], "get_deal_detail_v2", "zra:read:deal", Reads, "Get a deal", "deal_id!"),
    tool(&[RevenueAccelerator], "get_deal_analysis", "zra:read:deal", Reads, "Get the analysis of a deal", "deal_id!"),
    tool(&[RevenueAccelerator], "get_deal_stages", "zra:read:deal", Reads, "List the stages of deals", ""),
    tool(&[RevenueAccelerator], "get_deal_activities_v2", "zra:read:list_deal_activities", Reads, "List the activities of a deal", "deal_id!"),
    tool(&[RevenueAccelerator], "get_customer_accounts", "zra:read:crm_customer_contact", Reads, "List customers", "keyword"),
    tool(&[RevenueAccelerator], "get_customer_contacts", "zra:read:crm_customer_contact", Reads, "List the contacts of customers", "keyword"),
    tool(&[RevenueAccelerator], "search_indicators", "zra:read:indicator", Reads, "Search indicators", "keyword"),
    tool(&[RevenueAccelerator], "get_manager_team_and_member", "zra:read:team", Reads, "List the manager's team", ""),
    tool(&[RevenueAccelerator], "search_internal_users", "zra:read:user", Reads, "Search users of the account", "keyword"),
];

/// The tools of a server, in the order of its list.
pub(super) fn of(server: Server) -> impl Iterator<Item = &'static Tool> {
    TOOLS.iter().filter(move |tool| tool.servers.contains(&server))
}

/// The scopes of a server's tools, each once.
pub(super) fn scopes(server: Server) -> Vec<&'static str> {
    let mut scopes: Vec<&str> = of(server).map(|tool| tool.scope).collect();
    scopes.sort_unstable();
    scopes.dedup();
    scopes
}

impl Tool {
    /// The names of its required arguments.
    pub(super) fn required(&self) -> impl Iterator<Item = &'static str> {
        arguments(self.arguments).filter(|(_, _, is_required)| *is_required).map(|(name, _, _)| name)
    }

    /// How it stands in `tools/list`.
    pub(super) fn listed(&self) -> Value {
        let properties: Map<String, Value> = arguments(self.arguments)
            .map(|(name, kind, _)| {
                let schema = match kind {
                    "int" => json!({"type": "integer"}),
                    "bool" => json!({"type": "boolean"}),
                    "list" => json!({"type": "array", "items": {}}),
                    _ => json!({"type": "string"}),
                };
                (name.to_owned(), schema)
            })
            .collect();
        json!({
            "name": self.name,
            "title": self.about,
            "description": format!("{}.", self.about),
            "inputSchema": {
                "type": "object",
                "properties": properties,
                "required": self.required().collect::<Vec<_>>(),
            },
            "annotations": {
                "readOnlyHint": self.effect == Reads,
                "destructiveHint": self.effect == Removes,
                "openWorldHint": true,
            },
        })
    }
}

/// Each argument with its type and whether it is required.
fn arguments(text: &'static str) -> impl Iterator<Item = (&'static str, &'static str, bool)> {
    text.split_whitespace().map(|argument| {
        let (name, kind) = argument.split_once(':').unwrap_or((argument, ""));
        (name.trim_end_matches('!'), kind, name.ends_with('!'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_server_has_the_tools_that_are_known_of_it() {
        let count = |server| of(server).count();
        let counts = [Zoom, Meeting, Chat, Docs, Tasks, Whiteboard, RevenueAccelerator].map(count);
        assert_eq!(counts, [9, 4, 20, 2, 20, 11, 15]);
        let mut names: Vec<&str> = TOOLS.iter().map(|tool| tool.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), TOOLS.len());
    }

    /// The program cannot use what belongs to the sandbox, so that both say it.
    #[test]
    fn the_scopes_are_those_that_the_program_tells() {
        use crate::mcp::hosted::HostedServer;
        let servers = [Zoom, Meeting, Chat, Docs, Tasks, Whiteboard, RevenueAccelerator];
        assert_eq!(HostedServer::names().collect::<Vec<_>>(), servers.map(Server::name));
        for server in servers {
            let needs = HostedServer::named(server.name()).unwrap().needs();
            let told: Vec<_> = needs.iter().map(|need| (need.tool, need.scope)).collect();
            let mut known: Vec<_> = of(server).map(|tool| (tool.name, tool.scope)).collect();
            known.sort_unstable();
            assert_eq!(told, known, "{server:?}");
        }
    }

    #[test]
    fn a_listed_tool_has_a_schema_and_hints() {
        let send = of(Chat).find(|tool| tool.name == "zoom_chat_message_send").unwrap().listed();
        assert_eq!(send["inputSchema"]["required"], json!(["chat_session_id", "message_content"]));
        assert_eq!(send["inputSchema"]["properties"]["message_format"], json!({"type": "string"}));
        assert_eq!(send["annotations"]["readOnlyHint"], false);
        let trash = of(Tasks).find(|tool| tool.name == "trash_task").unwrap().listed();
        assert_eq!(trash["annotations"]["destructiveHint"], true);
        assert_eq!(scopes(Docs), ["docs:read:export", "docs:write:import"]);
    }
}
