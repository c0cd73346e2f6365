//! `zoomtok gateway`: one client over standard input and output, or many over HTTP.

use std::ffi::OsString;
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rmcp::transport::stdio_pipes;
use serde_json::Value;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::approvals::Approvals;
use super::audit_log::AuditLog;
use super::grant_file::GrantFile;
use super::grants::Grants;
use super::house::Sessions;
use super::link::Target;
use super::listen::Front;
use super::listen::address::{self, Hosts};
use super::metrics::Metrics;
use super::mirror::ParamHeaders;
use super::name::Name;
use super::pin_file::PinFile;
use super::place::Place;
use super::relay::{Parts, Relay};
use super::restart::OnNewToken;
use super::seam::Outgoing;
use super::setup::{Hear, Setup};
use super::stores::Stores;
use super::survey::survey;
use super::upstream::address::Address;
use super::upstream::headers;
use crate::clock::{Shutdown, SystemClock, pause, runtime};
use crate::error::{Code, Diagnostic as _, Error, Left};
use crate::event::Event;
use crate::mcp::wire::raw::{RawLine, RawLines};
use crate::programs::Program;
use crate::settings::Environment;
use crate::tokens::Tokens;
use crate::tokens::ahead::{Ahead, LOOK};

/// The longest message of a client, in bytes.
const LONGEST_HEARD: usize = 16 * 1024 * 1024;

/// How many messages may wait for a client to read them.
const UNREAD: usize = 64;

/// How long the calls under way may continue when the client has closed its end.
const LAST_CALLS: Duration = Duration::from_secs(30);

/// The setup of a gateway.
pub struct Options {
    /// The environment of the process.
    pub environment: Environment,
    /// The `.env`, which need not exist.
    pub env_file: PathBuf,
    /// Where state is kept, if anywhere.
    pub state_root: Option<PathBuf>,
    /// The time.
    pub clock: SystemClock,
    /// The request to stop.
    pub stop: Shutdown,
    /// The server: a command with its arguments; none where it has a `url`.
    pub command: Vec<OsString>,
    /// The address of a server that is reached over HTTP, or a short name of one of Zoom's.
    pub url: Option<String>,
    /// Headers for it, each `NAME=VARIABLE`.
    pub headers: Vec<String>,
    /// Another host than Zoom's that may get the token.
    pub send_token_to: Option<String>,
    /// Where many clients are served over HTTP; none for one over standard input and output.
    pub listen: Option<String>,
    /// Whether a proxy judges who may connect.
    pub behind_proxy: bool,
    /// The directory in which the file with the grants is, if anywhere.
    pub(crate) configuration: Option<PathBuf>,
    /// The name of the gateway; by its command where it is not named.
    pub name: Option<String>,
    /// The variable in which the server gets the token; none where it gets none.
    pub token_env: Option<String>,
    /// When a server with another token takes the place of the one with the old.
    pub on_new_token: OnNewToken,
    /// The policy that the command line names; without one the setting counts, and without that everything is allowed.
    pub policy: Option<PathBuf>,
    /// Whether tools are held back that change.
    pub pins: bool,
    /// The file in which each call is written down.
    pub audit: Option<PathBuf>,
    /// Whether the values of arguments are written down too.
    pub audit_arguments: bool,
    /// The error of the command itself that cannot be fixed while it runs: every call reports it.
    pub fault: Option<Error>,
    /// Receives the events.
    pub report: Hear<Event>,
    /// Receives warnings, a sentence each.
    pub warn: Hear<str>,
    /// Receives good news.
    pub talk: Hear<str>,
    /// Receives the server's standard error, line by line.
    pub errors: Hear<str>,
}

/// The setup of a gateway with everything else that serving takes.
struct Prepared {
    setup: Setup,
    /// The policy that the command line names.
    policy: Option<(PathBuf, String)>,
    listen: Option<(SocketAddr, Hosts)>,
    grants: Option<GrantFile>,
    stop: Shutdown,
}

impl Prepared {
    fn new(options: Options) -> Result<Self, Error> {
        let Options { environment, env_file, state_root, clock, stop, command, .. } = options;
        let name = name(options.name.as_deref(), &command, options.url.as_deref())?;
        let listen = options.listen.as_deref().map(|at| address::read(at, options.behind_proxy));
        let listen = listen.transpose().map_err(|problem| wrong("--listen", problem))?;
        let tokens = Arc::new(Tokens::new(environment, env_file, state_root, clock, stop.clone()));
        let hands_token = options.token_env.is_some();
        let target = match &options.url {
            None => Target::Program(Program {
                command,
                token_env: options.token_env,
                variables: Vec::new(),
                has_terminal: true,
            }),
            Some(url) => {
                let (to, headers) = (options.send_token_to.as_deref(), &options.headers);
                http_target(url, to, headers, hands_token, &tokens)?
            }
        };
        let stores = {
            let tokens = Arc::clone(&tokens);
            Stores::new(move || tokens.keeper().look()?.settings.shared_store())
        };
        let grants = || GrantFile::new(options.configuration.as_deref(), stores.clone());
        let grants = listen.is_some().then(grants).transpose()?;
        let place = tokens.state_root().map(|root| Place::new(root, &name));
        let pins = PinFile::new(place.as_ref().map(Place::pins), stores.clone(), &name);
        let approvals = place.as_ref().map(Place::approvals);
        let approvals = Approvals::new(approvals, stores.clone(), name.clone(), Arc::new(clock));
        let metrics = listen.is_some().then(|| Arc::new(Metrics::new(name.as_str())));
        let setup = Setup {
            name,
            target,
            clock,
            tokens,
            hands_token,
            new_token: Arc::default(),
            on_new_token: options.on_new_token,
            pins: options.pins.then_some(pins),
            approvals,
            stores,
            metrics,
            audit: options.audit.map(|path| Arc::new(AuditLog::new(path, options.audit_arguments))),
            fault: options.fault.map(|error| format!("{} Then start the gateway again.", error.sentence())),
            errors: options.errors,
            report: options.report,
            warn: options.warn,
            talk: options.talk,
        };
        let policy = options.policy.map(|path| (path, "--policy".to_owned()));
        Ok(Self { setup, policy, listen, grants, stop })
    }
}

/// Serves one client over standard input and output, or many over HTTP, until they close them or a signal comes.
///
/// # Errors
///
/// A flag has an impossible value, the address cannot be listened to, or the system has no room for a thread.
pub fn serve(options: Options) -> Result<Code, Error> {
    options.stop.listen()?;
    let Prepared { setup, policy, listen, grants, stop } = Prepared::new(options)?;
    let tokens = Arc::clone(&setup.tokens);
    let reader = Arc::new(setup.reader(policy.clone(), false));
    let ahead = {
        let (reader, new_token) = (Arc::clone(&reader), Arc::clone(&setup.new_token));
        let report = Arc::clone(&setup.report);
        let report = move |event: &Event| {
            if matches!(event, Event::TokenUpdated { .. }) {
                new_token.notify_one();
            }
            report(event);
        };
        let start = || Ahead::start(Arc::clone(&tokens), move || reader.plan(), report);
        setup
            .hands_token
            .then(start)
            .transpose()
            .map_err(|error| failed("start the thread that refreshes", error))?
    };
    let runtime = runtime().map_err(|error| failed("set up the gateway", error))?;
    let served = runtime.block_on(async {
        let served = match listen {
            None => {
                let gate = Arc::new(setup.gate(reader));
                let (read, write) = stdio_pipes();
                tokio::select! {
                    () = session(setup.parts(Arc::clone(&gate), ""), read, write, &stop) => {}
                    () = async { gate.watch(LOOK).await; std::future::pending().await } => {}
                }
                Ok(())
            }
            Some((at, hosts)) => many(setup, policy, grants, at, hosts, &stop).await,
        };
        tokens.settle().await;
        served
    });
    // A read of standard input that nobody can stop may still be waiting in a thread.
    runtime.shutdown_background();
    drop(ahead);
    served.map(|()| Code::Done)
}

/// The tools of the server, as it lists them.
///
/// # Errors
///
/// A flag has an impossible value, or the server does not list its tools.
pub fn tools(options: Options) -> Result<Vec<Value>, Error> {
    options.stop.listen()?;
    let Prepared { setup, stop, .. } = Prepared::new(options)?;
    let runtime = runtime().map_err(|error| failed("set up the gateway", error))?;
    let listed = runtime.block_on(async {
        let gate = Arc::new(setup.gate(Arc::new(setup.reader(None, false))));
        let tokens = Arc::clone(&setup.tokens);
        let listed = tokio::select! {
            listed = survey(setup.parts(gate, "")) => listed,
            signal = stop.requested() => Err(Error::Interrupted { signal, left: Left::Nothing }),
        };
        tokens.settle().await;
        listed
    });
    runtime.shutdown_background();
    listed
}

fn failed(action: &str, source: io::Error) -> Error {
    Error::Other { action: action.into(), source }
}

/// Serves many clients over HTTP.
async fn many(
    setup: Setup,
    policy: Option<(PathBuf, String)>,
    grants: Option<GrantFile>,
    at: SocketAddr,
    hosts: Hosts,
    stop: &Shutdown,
) -> Result<(), Error> {
    let not_named =
        || Error::Other { action: "find the grants".into(), source: io::ErrorKind::NotFound.into() };
    let grants = grants.ok_or_else(not_named)?;
    let listener = TcpListener::bind(at).await;
    let listener = listener.map_err(|source| Error::Other { action: format!("listen on {at}"), source })?;
    let bound = listener.local_addr().unwrap_or(at);
    (setup.talk)(&format!("🚪 {} listens on http://{bound}/mcp", setup.name.as_str()));
    let clock = setup.clock;
    let sessions =
        Sessions { setup, grants: Grants::new(grants, Arc::new(clock)), policy, gates: Mutex::default() };
    let front = Front::new(sessions, hosts, clock);
    let end = CancellationToken::new();
    let looking = async {
        loop {
            pause(LOOK).await;
            front.house().gates().iter().for_each(|gate| gate.look_again());
        }
    };
    let ending = async {
        stop.requested().await;
        end.cancel();
        std::future::pending::<()>().await;
    };
    tokio::select! {
        () = front.serve(listener, end.clone()) => {}
        () = looking => {}
        () = ending => {}
    }
    Ok(())
}

fn wrong(name: &str, problem: String) -> Error {
    Error::Setting { name: name.into(), place: "on the command line".into(), problem }
}

/// The name of the gateway.
fn name(given: Option<&str>, command: &[OsString], url: Option<&str>) -> Result<Name, Error> {
    let Some(given) = given else {
        if let Some(url) = url {
            return Ok(Name::of_url(url));
        }
        let words: Vec<String> = command.iter().map(|word| word.to_string_lossy().into_owned()).collect();
        return Ok(Name::of_command(&words));
    };
    Name::parse(given).map_err(|problem| wrong("--name", problem.into()))
}

/// A server that is reached over HTTP.
fn http_target(
    url: &str,
    send_token_to: Option<&str>,
    headers: &[String],
    hands_token: bool,
    tokens: &Tokens,
) -> Result<Target, Error> {
    let look = tokens.keeper().look()?;
    let hosted = look.settings.mcp_url(look.held.origin.as_ref())?;
    let mut address =
        Address::read(url, &hosted, send_token_to).map_err(|problem| wrong("--url", problem))?;
    address.gets_token &= hands_token;
    let headers = headers::read(headers, address.gets_token, |name| std::env::var_os(name));
    let headers = headers.map_err(|problem| wrong("--header", problem))?;
    Ok(Target::Http { address, headers })
}

/// One client, from its first line to its last.
async fn session(
    parts: Parts,
    read: impl AsyncRead + Unpin,
    write: impl AsyncWrite + Unpin + Send + 'static,
    stop: &Shutdown,
) {
    let (out, outgoing) = mpsc::channel(UNREAD);
    let (relay, inbox) = Relay::new(parts, out);
    let mut writing = tokio::spawn(write_all(write, outgoing));
    let mut running = {
        let relay = Arc::clone(&relay);
        tokio::spawn(async move { relay.run(inbox).await })
    };
    let patience = tokio::select! {
        () = read_all(read, &relay) => LAST_CALLS,
        // Nobody reads any more.
        _ = &mut writing => Duration::ZERO,
        _ = stop.requested() => Duration::ZERO,
        // A panic there, which has been reported.
        _ = &mut running => Duration::ZERO,
    };
    let ending = relay.end(patience);
    tokio::select! {
        () = ending => {}
        // A signal while the last calls are waited for.
        _ = stop.requested(), if !patience.is_zero() => relay.end(Duration::ZERO).await,
    }
    running.abort();
    drop(relay);
    let _ = running.await;
    // The last messages are written as soon as nobody can send any more.
    let _ = tokio::time::timeout(LOOK, writing).await;
}

async fn read_all(read: impl AsyncRead + Unpin, relay: &Arc<Relay>) {
    let mut lines = RawLines::new(read, LONGEST_HEARD);
    while let Some(line) = lines.next().await {
        match line {
            RawLine::Bytes(bytes) if bytes.trim_ascii().is_empty() => {}
            RawLine::Bytes(bytes) => relay.hear(&bytes, 0, ParamHeaders::default()).await,
            RawLine::TooLong => relay.refuse_length(LONGEST_HEARD).await,
        }
    }
}

async fn write_all(mut write: impl AsyncWrite + Unpin, mut outgoing: mpsc::Receiver<Outgoing>) {
    while let Some(Outgoing { mut text, .. }) = outgoing.recv().await {
        if text.is_empty() {
            continue;
        }
        text.push('\n');
        if write.write_all(text.as_bytes()).await.is_err() || write.flush().await.is_err() {
            return;
        }
    }
}
