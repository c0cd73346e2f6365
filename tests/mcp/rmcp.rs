//! `zoomtok mcp` and the client of rmcp, in both ways to begin a session: with `initialize`, and with `server/discover`
//! (protocol version 2026-07-28).

use std::collections::BTreeMap;
use std::pin::Pin;
use std::process::Output;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::Duration;
use std::{fs, io};

use rmcp::model::{
    CallToolRequestParams, CallToolResult, ErrorCode, ProtocolVersion, ServerNotification,
    SubscriptionFilter, Tool,
};
use rmcp::service::{
    ClientLifecycleMode, ClientServiceExt as _, NotificationContext, RunningService, ServiceError,
};
use rmcp::{ClientHandler, RoleClient};
use serde_json::{Value, json};
use tokio::io::{AsyncRead, ReadBuf};
use tokio::process::{Child, ChildStdout};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use crate::support::canaries::{Shows, assert_clean};
use crate::support::mcp_session::all_tools;
use crate::support::{Home, ended, sandbox};

/// How long anything may take that is done in seconds; a busy machine is slow.
const SOON: Duration = Duration::from_secs(20);

/// A client that passes on that the list of tools has changed.
struct Listener(UnboundedSender<()>);

impl ClientHandler for Listener {
    async fn on_tool_list_changed(&self, _: NotificationContext<RoleClient>) {
        let _ = self.0.send(());
    }
}

/// The output of the server, which is kept to be searched for secrets.
struct Heard {
    stdout: ChildStdout,
    kept: Kept,
}

type Kept = Arc<Mutex<Vec<u8>>>;

impl AsyncRead for Heard {
    fn poll_read(
        self: Pin<&mut Self>,
        task: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let (before, this) = (into.filled().len(), self.get_mut());
        let polled = Pin::new(&mut this.stdout).poll_read(task, into);
        this.kept.lock().unwrap().extend_from_slice(&into.filled()[before..]);
        polled
    }
}

/// A session with the program.
struct Session {
    client: RunningService<RoleClient, Listener>,
    changes: UnboundedReceiver<()>,
    process: Child,
    heard: Kept,
}

impl Session {
    async fn begin(home: &Home, arguments: &[&str], lifecycle: ClientLifecycleMode) -> Self {
        let mut command = home.command([&["mcp"], arguments].concat());
        command.stdin(std::process::Stdio::piped());
        let mut process = tokio::process::Command::from(command).kill_on_drop(true).spawn().unwrap();
        let heard = Kept::default();
        let stdout = Heard { stdout: process.stdout.take().unwrap(), kept: Arc::clone(&heard) };
        let (sender, changes) = unbounded_channel();
        let pipes = (stdout, process.stdin.take().unwrap());
        let client = Listener(sender).serve_with_lifecycle(pipes, lifecycle).await.unwrap();
        Self { client, changes, process, heard }
    }

    async fn call(&self, tool: &'static str, arguments: Value) -> Result<CallToolResult, ServiceError> {
        let mut call = CallToolRequestParams::new(tool);
        call.arguments = arguments.as_object().cloned();
        self.client.call_tool(call).await
    }

    async fn end(self) {
        self.client.cancel().await.unwrap();
        let output = tokio::time::timeout(SOON, self.process.wait_with_output()).await.unwrap().unwrap();
        ended_well(output, &self.heard);
    }
}

/// Fails unless the server has ended well and has shown no secret.
#[track_caller]
fn ended_well(output: Output, heard: &Kept) {
    assert_clean(&*heard.lock().unwrap(), Shows::Nothing, "what the server said");
    ended(output).expect(0);
}

/// Does the same in both lifecycles.
fn in_both(test: impl AsyncFn(ClientLifecycleMode)) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let preferred_versions = vec![ProtocolVersion::V_2026_07_28];
    for lifecycle in [ClientLifecycleMode::Initialize, ClientLifecycleMode::Discover { preferred_versions }] {
        runtime.block_on(test(lifecycle));
    }
}

#[test]
fn it_introduces_itself() {
    let sandbox = sandbox();
    in_both(async |lifecycle| {
        let home = Home::with_token(&sandbox, 3600);
        let session = Session::begin(&home, &[], lifecycle).await;
        let server = session.client.peer_info().unwrap();
        let who = server.server_info.as_ref().unwrap();
        assert_eq!((who.name.as_str(), who.version.as_str()), ("zoomtok", env!("CARGO_PKG_VERSION")));
        assert!(server.instructions.as_ref().unwrap().contains("[POLICY DENIED]"));
        assert!(server.capabilities.tools.as_ref().unwrap().list_changed.unwrap());
        session.end().await;
    });
}

#[test]
fn every_tool_is_listed_with_its_schema_and_its_hints() {
    let sandbox = sandbox();
    in_both(async |lifecycle| {
        let home = Home::with_token(&sandbox, 3600);
        let session = Session::begin(&home, &[], lifecycle).await;
        let tools = session.client.list_all_tools().await.unwrap();
        let tools: BTreeMap<_, _> = tools.iter().map(|tool| (tool.name.as_ref(), tool)).collect();
        assert_eq!(tools.len(), all_tools());
        for (name, tool) in &tools {
            assert!(hints(tool).iter().all(Option::is_some), "{name}");
            assert_eq!(tool.input_schema["type"], "object", "{name}");
            assert!(tool.description.as_ref().is_some_and(|text| !text.is_empty()), "{name}");
        }
        // It reads only, destroys, is idempotent, reaches beyond this machine.
        assert_eq!(hints(tools["list_meetings"]), [true, false, true, true].map(Some));
        assert_eq!(hints(tools["create_meeting"]), [false, false, false, true].map(Some));
        assert_eq!(hints(tools["delete_meeting"])[..2], [false, true].map(Some));
        assert!(tools["zoom_token_status"].output_schema.is_some());
        session.end().await;
    });
}

/// The four hints of a tool.
fn hints(tool: &Tool) -> [Option<bool>; 4] {
    let hints = tool.annotations.as_ref().unwrap();
    [hints.read_only_hint, hints.destructive_hint, hints.idempotent_hint, hints.open_world_hint]
}

#[test]
fn a_call_succeeds_or_fails_as_a_result_and_only_what_is_no_call_is_an_error() {
    let sandbox = sandbox();
    in_both(async |lifecycle| {
        let home = Home::with_token(&sandbox, 3600);
        let session = Session::begin(&home, &[], lifecycle).await;

        let user = session.call("get_user", json!({"user_id": "me"})).await.unwrap();
        assert_ne!(user.is_error, Some(true));
        assert_eq!(user.structured_content.unwrap()["email"], "ada@example.com");

        let nobody = session.call("get_user", json!({"user_id": "nobody"})).await.unwrap();
        assert_eq!(nobody.is_error, Some(true));
        let wrong = session.call("get_user", json!({"user_id": 7})).await.unwrap();
        assert_eq!(wrong.is_error, Some(true));
        let text = wrong.content[0].as_text().unwrap().text.clone();
        assert!(text.starts_with("wrong arguments: user_id"), "{text}");

        match session.call("get_users", json!({})).await {
            Err(ServiceError::McpError(error)) => {
                assert_eq!(error.code, ErrorCode::INVALID_PARAMS);
                assert!(error.message.contains("get_users"), "{error}");
            }
            other => panic!("{other:?}"),
        }
        session.end().await;
    });
}

#[test]
fn a_client_is_notified_that_other_tools_are_hidden() {
    let sandbox = sandbox();
    in_both(async |lifecycle| {
        let modern = matches!(lifecycle, ClientLifecycleMode::Discover { .. });
        let home = Home::with_token(&sandbox, 3600);
        let policy = home.work().join("policy.json");
        fs::write(&policy, r#"{"version": "1", "default": "allow"}"#).unwrap();
        let mut session = Session::begin(&home, &["--policy", "policy.json"], lifecycle).await;
        assert_eq!(session.client.list_all_tools().await.unwrap().len(), all_tools());

        let hidden = r#"{"version": "1", "default": "allow", "hide": ["delete_meeting", "update_meeting"]}"#;
        if modern {
            let wanted = SubscriptionFilter::builder().tools_list_changed().build();
            let mut subscription = session.client.listen(wanted.clone()).await.unwrap();
            assert_eq!(*subscription.acknowledged(), wanted);
            fs::write(&policy, hidden).unwrap();
            let notification = tokio::time::timeout(SOON, subscription.next()).await.unwrap().unwrap();
            assert!(
                matches!(notification, Some(ServerNotification::ToolListChangedNotification(_))),
                "{notification:?}"
            );
        } else {
            fs::write(&policy, hidden).unwrap();
            tokio::time::timeout(SOON, session.changes.recv()).await.unwrap().unwrap();
        }
        assert_eq!(session.client.list_all_tools().await.unwrap().len(), all_tools() - 2);
        let refused = session.call("delete_meeting", json!({"meeting_id": "1"})).await.unwrap();
        assert_eq!(refused.is_error, Some(true));
        assert!(refused.content[0].as_text().unwrap().text.starts_with("[POLICY DENIED]"));
        session.end().await;
    });
}

#[test]
fn a_subscription_does_not_keep_the_server_from_ending() {
    let sandbox = sandbox();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let home = Home::with_token(&sandbox, 3600);
        let preferred_versions = vec![ProtocolVersion::V_2026_07_28];
        let session = Session::begin(&home, &[], ClientLifecycleMode::Discover { preferred_versions }).await;
        let wanted = SubscriptionFilter::builder().tools_list_changed().build();
        let subscription = session.client.listen(wanted).await.unwrap();
        let began = std::time::Instant::now();
        // Nothing is taken back first: the pipes are closed, as by a client that crashes.
        let Session { client, process, heard, .. } = session;
        let closing = client.cancel();
        let output = tokio::join!(closing, process.wait_with_output()).1.unwrap();
        ended_well(output, &heard);
        // rmcp alone would wait for 5 s, and the server for 1.5 s, which wine on a busy machine does now and then.
        let most = Duration::from_secs(if cfg!(windows) { 4 } else { 1 });
        assert!(began.elapsed() < most, "{:?}", began.elapsed());
        drop(subscription);
    });
}
