//! `zoomtok mcp`: the Zoom server, for one client over standard input and output.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use rmcp::transport::stdio_pipes;
use tokio::sync::watch;

use crate::clock::{Shutdown, SystemClock, pause, runtime};
use crate::error::{Code, Error};
use crate::event::Event;
use crate::mcp::wire::session::session;
use crate::mcp::wire::stdio::Patient;
use crate::mcp::zoom::catalog::schemas;
use crate::mcp::zoom::ground::Reader;
use crate::mcp::zoom::server::{Parts, Server};
use crate::mcp::zoom::tools;
use crate::policy::gate::{Gate, Voice};
use crate::settings::Environment;
use crate::tokens::Tokens;
use crate::tokens::ahead::{Ahead, LOOK};

/// How long calls in flight continue when the client has closed its end: requests from a pipe get their answers, and the
/// SDKs, which send SIGTERM two seconds after they have closed it, need not.
const GRACE: Duration = Duration::from_millis(1500);

/// How long the answers to calls that were waited for at the end may take to be written.
const LAST_ANSWERS: Duration = Duration::from_millis(100);

/// The setup of a server.
pub struct Options {
    /// The environment of the process.
    pub environment: Environment,
    /// The `.env`, which need not exist.
    pub env_file: PathBuf,
    /// Where state is kept, if anywhere.
    pub state_root: Option<PathBuf>,
    /// The time.
    pub clock: SystemClock,
    /// The signal that ends the server.
    pub stop: Shutdown,
    /// The policy that the command line names; without one the setting counts, and without that calls of
    /// `zoom_refresh_token` are limited and everything else is allowed.
    pub policy: Option<PathBuf>,
    /// A fault of the command itself that cannot be fixed while it runs: every call reports it.
    pub fault: Option<Error>,
    /// Gets the events of refreshing.
    pub report: Box<dyn Fn(&Event) + Send>,
    /// Gets the warnings, a sentence each.
    pub warn: Box<dyn Fn(&str) + Send + Sync>,
    /// Gets the messages that need no action.
    pub talk: Box<dyn Fn(&str) + Send + Sync>,
}

/// Serves one client over standard input and output, until it closes them or a signal comes.
///
/// A problem with the `.env`, a setting or the policy does not keep it from serving: calls report it, until it is fixed.
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

/// Waits for the end, and then until nothing is at stake any more: what an exchange under way brings is stored, or is the
/// answer to a call.
pub(super) async fn end(stop: &Shutdown, mut gone: watch::Receiver<()>, tokens: &Tokens) {
    tokio::select! {
        _ = stop.requested() => {}
        () = async { let _ = gone.changed().await; pause(GRACE).await } => {}
    }
    if tokens.settle().await {
        pause(LAST_ANSWERS).await;
    }
}
