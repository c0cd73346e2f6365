//! The server: what rmcp asks of one, and the one place that every call goes through.
//!
//! rmcp's types stay in this file and in `../wire/`, so that a new version of it concerns nobody else.

use std::io;
use std::sync::Arc;

use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CallToolResult, ContentBlock, CustomRequest, CustomResult,
    ErrorCode, ErrorData, Implementation, ListToolsResult, MetaObject, PaginatedRequestParams,
    ServerCapabilities, ServerConfig, SubscriptionFilter, Tool, ToolAnnotations,
};
use rmcp::service::{NotificationContext, RequestContext, SubscriptionContext};
use rmcp::{RoleServer, ServerHandler};
use serde_json::{Map, Value};
use tokio::sync::watch;

use crate::controls::{plain, plain_value};
use crate::mcp::zoom::failure::ToolFailure;
use crate::mcp::zoom::session::Session;
use crate::mcp::zoom::tools::{self, Definition, Reply};
use crate::policy::gate::Gate;
use crate::tokens::Tokens;

/// The instructions that a model gets before it chooses a tool.
const INSTRUCTIONS: &str = "\
Zoom's meetings, users, cloud recordings and transcripts. The access token is kept valid by the server: no tool needs \
credentials, and after a 401 nothing has to be done. Times are UTC, dates YYYY-MM-DD. Lists come in pages: when \
next_page_token is not empty, call again with it and otherwise the same arguments. An answer that begins with [POLICY \
DENIED] is a decision of the user: tell them, and do not try to get around it. When Zoom cannot be reached or tokens \
fail, zoom_token_status says why.";

/// The server of one client.
#[derive(Clone)]
pub(crate) struct Server(Arc<Parts>);

pub(crate) struct Parts {
    pub(crate) tools: Vec<Definition>,
    pub(crate) gate: Arc<Gate>,
    pub(crate) tokens: Arc<Tokens>,
    /// Says that the client has gone.
    pub(crate) gone: watch::Receiver<()>,
}

impl Server {
    pub(crate) fn new(parts: Parts) -> Self {
        Self(Arc::new(parts))
    }

    fn tool(&self, name: &str) -> Result<&Definition, ErrorData> {
        let tool = self.0.tools.iter().find(|tool| tool.name == name);
        tool.ok_or_else(|| ErrorData::invalid_params(format!("unknown tool: {}", plain(name)), None))
    }

    /// The answer to a call.
    async fn answer(
        &self,
        tool: &Definition,
        arguments: Map<String, Value>,
        context: &RequestContext<RoleServer>,
    ) -> CallToolResult {
        let mut answer = result(self.run(tool, arguments, context).await);
        // A long answer is sent once.
        answer.structured_content = answer.structured_content.filter(|_| tool.long.is_none());
        answer
    }

    /// Reads the arguments, passes the gate, runs the tool, and settles what the gate has counted.
    async fn run(
        &self,
        tool: &Definition,
        arguments: Map<String, Value>,
        context: &RequestContext<RoleServer>,
    ) -> Result<Reply, ToolFailure> {
        let parts = &self.0;
        parts.gate.admits(tool.name)?;
        let call = tool.read(arguments, parts.tokens.clock.now())?;
        let pass = parts.gate.pass("", tool.name, call.arguments()).await?;
        let session = Session::new(Arc::clone(&parts.tokens)).under(Arc::clone(&pass.source));
        let session = Arc::new(session);
        let running = Arc::clone(&session);
        // In a task of its own: a panic there ends it and not the answer.
        let mut task = tokio::spawn(async move { call.run(running).await });
        let result = tokio::select! {
            result = &mut task => result.unwrap_or_else(|_| Err(ToolFailure::internal())),
            () = context.ct.cancelled() => {
                task.abort();
                Err(ToolFailure::cancelled())
            }
        };
        if session.reach().close() {
            parts.gate.give_back(pass).await;
        }
        result
    }
}

impl ServerHandler for Server {
    fn get_info(&self) -> ServerConfig {
        let capabilities = ServerCapabilities::builder().enable_tools().enable_tool_list_changed().build();
        ServerConfig::new(capabilities)
            .with_server_info(
                Implementation::new(env!("CARGO_PKG_NAME"), env!("CARGO_PKG_VERSION")).with_title("Zoom"),
            )
            .with_instructions(INSTRUCTIONS)
    }

    async fn list_tools(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        self.0.gate.look_again();
        let tools = self.0.tools.iter().filter(|tool| !self.0.gate.hides(tool.name)).map(listed).collect();
        Ok(ListToolsResult::with_all_items(tools))
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let tool = self.tool(&request.name)?;
        let arguments = request.arguments.unwrap_or_default();
        Ok(self.answer(tool, arguments, &context).await.into())
    }

    /// Calls of tools come here as well when rmcp cannot read their parameters: what is wrong with them is said.
    async fn on_custom_request(
        &self,
        request: CustomRequest,
        context: RequestContext<RoleServer>,
    ) -> Result<CustomResult, ErrorData> {
        if request.method != "tools/call" {
            return Err(ErrorData::new(ErrorCode::METHOD_NOT_FOUND, request.method, None));
        }
        let (name, arguments) = called(request.params.as_ref())?;
        let answer = self.answer(self.tool(name)?, arguments, &context).await;
        serde_json::to_value(answer)
            .map(CustomResult::new)
            .map_err(|_| ErrorData::internal_error("the answer is no JSON", None))
    }

    /// Sessions with an `initialize` are notified of changes as they come.
    async fn on_initialized(&self, context: NotificationContext<RoleServer>) {
        let mut changes = self.0.gate.changes();
        tokio::spawn(async move {
            while changes.changed().await.is_ok() && context.peer.notify_tool_list_changed().await.is_ok() {}
        });
    }

    /// Sessions without one subscribe to changes (protocol version 2026-07-28, `subscriptions/listen`).
    fn accepted_subscription_filter(&self, _: &SubscriptionFilter) -> Option<SubscriptionFilter> {
        let mut filter = SubscriptionFilter::new();
        filter.tools_list_changed = Some(true);
        Some(filter)
    }

    async fn listen(&self, context: SubscriptionContext) -> Result<(), ErrorData> {
        let (mut changes, mut gone) = (self.0.gate.changes(), self.0.gone.clone());
        loop {
            tokio::select! {
                () = context.cancelled() => return Ok(()),
                _ = gone.changed() => return Ok(()),
                change = changes.changed() => {
                    if change.is_err() || context.sink().notify_tool_list_changed().await.is_err() {
                        return Ok(());
                    }
                }
            }
        }
    }
}

/// The tool and the arguments of a call whose parameters are not as they should be. Arguments that come as a JSON text
/// mean one thing only; nothing else is guessed.
fn called(params: Option<&Value>) -> Result<(&str, Map<String, Value>), ErrorData> {
    let wrong = |problem: &'static str| ErrorData::invalid_params(problem, None);
    let params = params.and_then(Value::as_object);
    let params = params.ok_or_else(|| wrong("params must be an object, with the name of a tool"))?;
    let name = params.get("name").and_then(Value::as_str);
    let name = name.ok_or_else(|| wrong("name must be the name of a tool"))?;
    match params.get("arguments") {
        Some(Value::String(text)) => match serde_json::from_str(text) {
            Ok(Value::Object(arguments)) => Ok((name, arguments)),
            _ => Err(wrong("arguments must be an object")),
        },
        None | Some(Value::Null | Value::Object(_)) => Err(wrong("_meta and the like must be objects")),
        Some(_) => Err(wrong("arguments must be an object")),
    }
}

/// A tool as a client sees it.
/// The tools as clients are shown them.
pub(crate) fn listing() -> Vec<Value> {
    tools::all().iter().filter_map(|tool| serde_json::to_value(listed(tool)).ok()).collect()
}

fn listed(tool: &Definition) -> Tool {
    let hints = ToolAnnotations::from_raw(
        Some(tool.title.to_owned()),
        Some(tool.hints.read_only),
        Some(tool.hints.destructive),
        Some(tool.hints.idempotent),
        Some(tool.hints.open_world),
    );
    let listed = Tool::new(tool.name, tool.description, Arc::clone(&tool.input))
        .with_title(tool.title)
        .with_annotations(hints);
    match (tool.long, &tool.output) {
        // Whoever has a schema of its output has to send that.
        (Some(most), _) => listed.with_meta(MetaObject(longest(most))),
        (None, Some(schema)) => listed.with_raw_output_schema(Arc::clone(schema)),
        (None, None) => listed,
    }
}

/// How long the answers of a tool may be: Claude Code keeps longer ones than this, or than its own limit, from its model.
fn longest(most: usize) -> Map<String, Value> {
    Map::from_iter([("anthropic/maxResultSizeChars".to_owned(), Value::from(most))])
}

/// The message in place of an answer that is too long.
const TOO_LONG: &str = "Zoom has answered more than 4 MiB, which is not handed on: no model could read it. Ask for less at \
     once, as with a smaller page_size.";

/// The bytes of an answer at most.
const MOST: usize = 4 * 1024 * 1024;

/// A value as JSON, if that is short enough to be handed on.
fn short(value: &Value) -> Option<String> {
    let mut json = Bounded(Vec::new());
    serde_json::to_writer(&mut json, value).ok()?;
    String::from_utf8(json.0).ok()
}

/// Bytes, which are not more than [`MOST`].
struct Bounded(Vec<u8>);

impl io::Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0.len() + bytes.len() > MOST {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The result for a client. A failure is a result too: the model reads it, where an error of the protocol is hidden from
/// it. Nothing in it hides from the people who watch over a model: no control characters, from any source.
fn result(done: Result<Reply, ToolFailure>) -> CallToolResult {
    match done {
        Ok(mut reply) => {
            plain_value(&mut reply.value);
            let text = reply.text.map(|text| plain(&text).into_owned()).or_else(|| short(&reply.value));
            let Some(text) = text else {
                return CallToolResult::error(vec![ContentBlock::text(TOO_LONG)]);
            };
            let mut result = CallToolResult::success(vec![ContentBlock::text(text)]);
            result.structured_content = Some(reply.value);
            result
        }
        Err(mut failure) => {
            failure.value.iter_mut().for_each(plain_value);
            let mut result = CallToolResult::error(vec![ContentBlock::text(plain(&failure.message))]);
            result.structured_content = failure.value;
            result
        }
    }
}

#[cfg(test)]
mod tests;
