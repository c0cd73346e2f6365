//! A handler of rmcp's on a wire.

use std::sync::atomic::{AtomicBool, Ordering};

use rmcp::transport::Transport;
use rmcp::{RoleServer, ServerHandler, ServiceExt as _};

/// Serves one client, from its first line to its last. `begun` is set once rmcp is in a session.
pub(crate) async fn session(
    handler: impl ServerHandler,
    transport: impl Transport<RoleServer> + 'static,
    begun: &AtomicBool,
) {
    // The end of its input, before or after it has begun, or an answer that nobody reads ends it early: none of that is a
    // failure of the server.
    let Ok(running) = handler.serve(transport).await else { return };
    // In the one thread of the runtime, before rmcp asks for what comes next.
    begun.store(true, Ordering::Relaxed);
    // How it ends says nothing more.
    let _ = running.waiting().await;
}
