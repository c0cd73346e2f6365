//! A made-up Zoom, and a session that has a good token for it.

use std::sync::LazyLock;

use tempfile::TempDir;

use super::*;
use crate::clock::{Clock as _, Shutdown, SystemClock};
use crate::sandbox::{self, Sandbox, Seen};
use crate::settings::Environment;
use crate::tokens::Tokens;

/// Made once: that takes longer than a call.
static TOOLS: LazyLock<Vec<Definition>> = LazyLock::new(all);

/// The arguments of a call as they are judged, and what would run on them.
pub(super) fn read(tool: &str, arguments: Value) -> Result<Call, ToolFailure> {
    let Value::Object(arguments) = arguments else { panic!("arguments are an object") };
    let tool = TOOLS.iter().find(|one| one.name == tool).unwrap();
    tool.read(arguments, SystemClock::start().now())
}

pub(super) struct Zoom {
    pub(super) sandbox: Sandbox,
    pub(super) token: String,
    tokens: Arc<Tokens>,
    _root: TempDir,
}

impl Zoom {
    #[expect(clippy::disallowed_methods, reason = "a test puts a file where there is none")]
    pub(super) fn start() -> Self {
        let sandbox = Sandbox::start(sandbox::Options::default()).unwrap();
        let root = tempfile::tempdir().unwrap();
        let token = sandbox.mint(3600);
        let env_file = root.path().join(".env");
        let (oauth, api) = (sandbox.oauth_url(), sandbox.api_url());
        let env = format!("ZOOM_ACCESS_TOKEN={token}\nZOOM_OAUTH_URL={oauth}\nZOOM_API_URL={api}\n");
        fs::write(&env_file, env).unwrap();
        let tokens =
            Tokens::new(Environment::default(), env_file, None, SystemClock::start(), Shutdown::never());
        Self { sandbox, token, tokens: Arc::new(tokens), _root: root }
    }

    /// Calls a tool as the server does.
    pub(super) fn call(&self, tool: &str, arguments: Value) -> Result<Reply, ToolFailure> {
        self.run(read(tool, arguments)?)
    }

    /// Runs a call whose arguments have been read.
    pub(super) fn run(&self, call: Call) -> Result<Reply, ToolFailure> {
        let session = Arc::new(Session::new(Arc::clone(&self.tokens)));
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(call.run(session))
    }

    /// The answer of a call that has to succeed.
    pub(super) fn value(&self, tool: &str, arguments: Value) -> Value {
        let shown = arguments.to_string();
        self.call(tool, arguments)
            .unwrap_or_else(|failure| panic!("{tool} {shown}: {}", failure.message))
            .value
    }

    /// The requests that Zoom has seen of a call that has to succeed.
    pub(super) fn seen(&self, tool: &str, arguments: Value) -> Vec<Seen> {
        let before = self.sandbox.requests().len();
        self.value(tool, arguments);
        self.sandbox.requests().split_off(before)
    }
}
