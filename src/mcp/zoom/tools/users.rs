//! The tools for users.

use crate::mcp::zoom::tools::scopes::Scopes;
use garde::Validate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::arguments::{NextPageToken, PageSize, UserId};
use super::{Hints, Reply, Tool, masks};
use crate::mcp::zoom::failure::ToolFailure;
use crate::mcp::zoom::session::Session;
use crate::zoom::api::Request;

#[derive(Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Status {
    #[default]
    Active,
    Inactive,
    Pending,
}

#[derive(Deserialize, JsonSchema, Validate)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub(super) struct ListUsers {
    /// Which users: `active`, `inactive` (deactivated), or `pending` (invited and not yet here).
    #[serde(default)]
    status: Status,
    /// How many users an answer holds at most.
    #[serde(default)]
    page_size: PageSize,
    /// The `next_page_token` of the answer before, for the users after those. It is good for 15 minutes, with all
    /// other arguments as they were.
    next_page_token: Option<NextPageToken>,
}

impl ListUsers {
    fn request(&self) -> Request {
        Request::get(&["users"])
            .with("status", json!(self.status).as_str())
            .with("page_size", Some(self.page_size.get()))
            .with("next_page_token", self.next_page_token.as_ref())
    }
}

impl Tool for ListUsers {
    const NAME: &'static str = "list_users";
    // Nobody but an administrator may list users.
    const SCOPES: Option<Scopes> =
        Some(Scopes { granular: &["user:read:list_users:admin"], classic: "user:read:admin" });
    const TITLE: &'static str = "List users";
    const DESCRIPTION: &'static str = "List the users of the Zoom account with id, name, e-mail address, type of licence and status, to find out whose \
         meetings or recordings to ask for. It needs an administrator's scope (user:read:list_users:admin). A \
         next_page_token in the answer that is not empty means that there are more.";
    const HINTS: Hints = Hints::READS;

    async fn call(self, session: &Session) -> Result<Reply, ToolFailure> {
        Ok(masks::reply(session.call(&self.request(), None).await?, false))
    }
}

#[derive(Deserialize, JsonSchema, Validate)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub(super) struct GetUser {
    /// The user: an id, an e-mail address, or `me` for the owner of the token.
    user_id: UserId,
    /// Also show what Zoom may send of passwords and host keys.
    #[serde(default)]
    include_secrets: bool,
}

impl GetUser {
    fn request(&self) -> Request {
        Request::get(&["users", self.user_id.as_ref()])
    }
}

impl Tool for GetUser {
    const NAME: &'static str = "get_user";
    const SCOPES: Option<Scopes> = Some(Scopes { granular: &["user:read:user"], classic: "user:read" });
    const TITLE: &'static str = "Get a user";
    const DESCRIPTION: &'static str = "Get one Zoom user of the account by id or e-mail address: name, type of licence, status, role, \
         time zone, personal meeting id. Use list_users to find out the id.";
    const HINTS: Hints = Hints::READS;

    async fn call(self, session: &Session) -> Result<Reply, ToolFailure> {
        Ok(masks::reply(session.call(&self.request(), None).await?, self.include_secrets))
    }
}
