//! The MCP server: Zoom's tools behind one gate, on a token that is kept fresh.
//!
//! | files | hold |
//! |---|---|
//! | `gateway/` | any other server behind the policy: what it keeps on disk |
//! | `gateway/listen/` | the front for clients over streamable HTTP: what is refused, sessions, streams |
//! | `gateway/upstream/` | such a server over streamable HTTP: its session, its token |
//! | `wire/` | how messages of the protocol come and go, over standard input and output |
//! | `zoom/server.rs` | what rmcp asks of a server, and the one place that every call goes through |
//! | `zoom/ground.rs` | the settings that the server stands on, which may be wrong when it starts |
//! | `zoom/default.rs` | the policy without a policy file |
//! | `zoom/tools/` | the tools: their arguments, their schemas, what they ask of Zoom |
//! | `zoom/session.rs` | one call of a tool: the token, one renewal, short waits |
//!
//! A call has its arguments read, passes the gate with what they became, gets the token and asks Zoom, in this order. The gate
//! is in [`crate::policy`], the token in [`crate::tokens`], the spelling of arguments in [`crate::spelling`].

#[allow(dead_code, reason = "its command comes with the parts that are still missing")]
pub mod gateway;
#[cfg(any(test, fuzzing))]
pub(crate) mod oracle;
mod wire;
pub(crate) mod zoom;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use chrono::{DateTime, Utc};
use rmcp::transport::{Transport, stdio_pipes};
use rmcp::{RoleServer, ServiceExt as _};
use serde_json::{Map, Value};
use tokio::sync::watch;

use crate::clock::{Shutdown, SystemClock, pause, runtime};
use crate::error::{Code, Error};
use crate::event::Event;
use crate::mcp::wire::stdio::Patient;
use crate::mcp::zoom::ground::Reader;
use crate::mcp::zoom::server::{Parts, Server};
use crate::mcp::zoom::tools::{self, Definition};
use crate::policy::Catalog;
use crate::policy::gate::{Gate, Voice};
use crate::settings::Environment;
use crate::tokens::Tokens;
use crate::tokens::ahead::{Ahead, LOOK};

/// How long calls in flight go on when the client has closed its end: who pipes requests into the server gets their
/// answers, and the SDKs, which send SIGTERM two seconds after they have closed it, need not.
const GRACE: Duration = Duration::from_millis(1500);

/// How long the answers to calls that were waited for at the end may take to be written.
const LAST_ANSWERS: Duration = Duration::from_millis(100);

/// What a server is set up with.
pub struct Options {
    /// The environment of the process.
    pub environment: Environment,
    /// The `.env`, which need not exist.
    pub env_file: PathBuf,
    /// Where state is kept, if anywhere.
    pub state_root: Option<PathBuf>,
    /// The time.
    pub clock: SystemClock,
    /// What ends the server.
    pub stop: Shutdown,
    /// The policy that the command line names; without one the setting counts, and without that calls of
    /// `zoom_refresh_token` are limited and everything else is allowed.
    pub policy: Option<PathBuf>,
    /// What is wrong with the command itself and cannot be put right while it runs: every call says it.
    pub fault: Option<Error>,
    /// What hears of the refreshing.
    pub report: Box<dyn Fn(&Event) + Send>,
    /// What hears of everything that is to be fixed or known, a sentence each.
    pub warn: Box<dyn Fn(&str) + Send + Sync>,
    /// What hears of what is in order.
    pub talk: Box<dyn Fn(&str) + Send + Sync>,
}

/// Serves one client over standard input and output, until it closes them or a signal comes.
///
/// Whatever is wrong with the `.env`, a setting or the policy does not keep it from serving: calls say it, until it is
/// fixed.
///
/// # Errors
///
/// The system has no room for a thread.
pub fn serve(options: Options) -> Result<Code, Error> {
    let Options { environment, env_file, state_root, clock, stop, policy, fault, report, warn, talk } =
        options;
    let failed = |action: &str, source| Error::Other { action: action.into(), source };
    stop.listen()?;
    let tools = tools::all();
    let tokens = Arc::new(Tokens::new(environment, env_file, state_root, clock, stop.clone()));
    let reader = Arc::new(Reader::new(Arc::clone(&tokens), policy, fault.as_ref()));
    let ground = {
        let reader = Arc::clone(&reader);
        Box::new(move || reader.read())
    };
    let gate = Gate::new(ground, schemas(&tools), clock, Voice { warn, talk });
    let ahead = Ahead::start(Arc::clone(&tokens), move || reader.plan(), report)
        .map_err(|error| failed("start the thread that refreshes", error))?;
    let runtime = runtime().map_err(|error| failed("set up the server", error))?;
    runtime.block_on(async {
        let begun = Arc::new(AtomicBool::new(false));
        let (leave, gone) = watch::channel(());
        let (read, write) = stdio_pipes();
        let transport = Patient::new(read, write, Arc::clone(&begun), leave);
        let gate = Arc::new(gate);
        let parts = Parts { tools, gate: Arc::clone(&gate), tokens: Arc::clone(&tokens), gone: gone.clone() };
        tokio::select! {
            () = session(Server::new(parts), transport, &begun) => {}
            () = end(&stop, gone, &tokens) => {}
            () = async { gate.watch(LOOK).await; std::future::pending().await } => {}
        }
        tokens.settle().await;
    });
    // A read of standard input that nobody can stop may still be waiting in a thread.
    runtime.shutdown_background();
    drop(ahead);
    Ok(Code::Done)
}

/// One client, from its first line to its last.
async fn session(server: Server, transport: impl Transport<RoleServer> + 'static, begun: &AtomicBool) {
    // What ends it early is the end of its input, before or after it has begun, or that nobody reads the answers: none
    // of that is a failure of the server's.
    let Ok(running) = server.serve(transport).await else { return };
    // In the one thread of the runtime, before rmcp asks for what comes next.
    begun.store(true, Ordering::Relaxed);
    // How it ends says nothing more.
    let _ = running.waiting().await;
}

/// Waits for the end, and then until nothing is at stake any more: what an exchange under way brings is stored, or is the
/// answer to a call.
async fn end(stop: &Shutdown, mut gone: watch::Receiver<()>, tokens: &Tokens) {
    tokio::select! {
        _ = stop.asked() => {}
        () = async { let _ = gone.changed().await; pause(GRACE).await } => {}
    }
    if tokens.settle().await {
        pause(LAST_ANSWERS).await;
    }
}

/// The arguments of a call as a policy judges them, in words where they are not what the tool takes; none where there is
/// no such tool.
pub(crate) fn judged(
    tool: &str,
    arguments: Map<String, Value>,
    now: DateTime<Utc>,
) -> Option<Result<Map<String, Value>, String>> {
    let tool = tools::all().into_iter().find(|one| one.name == tool)?;
    let call = tool.read(arguments, now).map_err(|failure| failure.message);
    Some(call.map(|call| call.arguments().clone()))
}

/// The tools as clients are shown them.
pub(crate) fn listing() -> Vec<Value> {
    zoom::server::listing()
}

/// The tools and the schemas of their arguments, for a policy to be checked against.
pub fn catalog() -> Catalog {
    schemas(&tools::all())
}

fn schemas(tools: &[Definition]) -> Catalog {
    tools.iter().map(|tool| (tool.name.to_owned(), (*tool.schema).clone())).collect()
}
