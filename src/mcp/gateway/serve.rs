//! `zoomtok gateway`: one client over standard input and output.

use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use rmcp::transport::stdio_pipes;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt as _};
use tokio::sync::{Notify, mpsc};

use super::child::Program;
use super::ground::Reader;
use super::link::Target;
use super::name::Name;
use super::pin_file::PinFile;
use super::place::Place;
use super::relay::{Parts, Relay};
use super::restart::OnNewToken;
use super::seam::Outgoing;
use super::upstream::address::Address;
use super::upstream::headers;
use crate::clock::{Shutdown, SystemClock, runtime};
use crate::error::{Code, Diagnostic as _, Error};
use crate::event::Event;
use crate::mcp::wire::raw::{RawLine, RawLines};
use crate::policy::gate::{Gate, Voice};
use crate::settings::Environment;
use crate::tokens::Tokens;
use crate::tokens::ahead::{Ahead, LOOK};

/// The longest message of a client, in bytes.
const LONGEST_HEARD: usize = 16 * 1024 * 1024;

/// How many messages may wait for a client to read them.
const UNREAD: usize = 64;

/// How long the calls under way may go on when the client has closed its end.
const LAST_CALLS: Duration = Duration::from_secs(30);

/// What a gateway is set up with.
pub struct Options {
    /// The environment of the process.
    pub environment: Environment,
    /// The `.env`, which need not exist.
    pub env_file: PathBuf,
    /// Where state is kept, if anywhere.
    pub state_root: Option<PathBuf>,
    /// The time.
    pub clock: SystemClock,
    /// What ends the gateway.
    pub stop: Shutdown,
    /// The server: a command with its arguments; none where it has a `url`.
    pub command: Vec<OsString>,
    /// The address of a server that is reached over HTTP, or a short name of one of Zoom's.
    pub url: Option<String>,
    /// Headers for it, each `NAME=VARIABLE`.
    pub headers: Vec<String>,
    /// Another host than Zoom's that may get the token.
    pub send_token_to: Option<String>,
    /// What the gateway is called; by its command where it is not named.
    pub name: Option<String>,
    /// The variable in which the server gets the token; none where it gets none.
    pub token_env: Option<String>,
    /// When a server with another token takes the place of the one with the old.
    pub on_new_token: OnNewToken,
    /// The policy that the command line names; without one the setting counts, and without that everything is allowed.
    pub policy: Option<PathBuf>,
    /// Whether tools are held back that change.
    pub pins: bool,
    /// What is wrong with the command itself and cannot be put right while it runs: every call says it.
    pub fault: Option<Error>,
    /// What hears of the refreshing.
    pub report: Box<dyn Fn(&Event) + Send>,
    /// What hears of everything that is to be fixed or known, a sentence each.
    pub warn: Arc<dyn Fn(&str) + Send + Sync>,
    /// What hears of what is in order.
    pub talk: Box<dyn Fn(&str) + Send + Sync>,
    /// What hears of what the server writes to standard error, line by line.
    pub errors: Arc<dyn Fn(&str) + Send + Sync>,
}

/// Serves one client over standard input and output, until it closes them or a signal comes.
///
/// # Errors
///
/// The name is none, or the system has no room for a thread.
pub fn serve(options: Options) -> Result<Code, Error> {
    let Options { environment, env_file, state_root, clock, stop, command, warn, talk, report, .. } = options;
    let failed = |action: &str, source| Error::Other { action: action.into(), source };
    stop.listen()?;
    let name = name(options.name.as_deref(), &command, options.url.as_deref())?;
    let tokens = Arc::new(Tokens::new(environment, env_file, state_root, clock, stop.clone()));
    let fault = options.fault.map(|error| format!("{} Then start the gateway again.", error.sentence()));
    let reader = Arc::new(Reader {
        tokens: Arc::clone(&tokens),
        hands_token: options.token_env.is_some(),
        name: name.clone(),
        policy: options.policy.map(|path| (path, "--policy".to_owned())),
        fault,
    });
    let gate = {
        let (reader, warn) = (Arc::clone(&reader), Arc::clone(&warn));
        let voice = Voice { warn: Box::new(move |warning| warn(warning)), talk };
        Arc::new(Gate::for_gateway(Box::new(move || reader.read()), clock, voice))
    };
    let new_token = Arc::new(Notify::new());
    let hands_token = options.token_env.is_some();
    let target = match &options.url {
        None => Target::Program(Program { command, token_env: options.token_env }),
        Some(url) => {
            let (to, headers) = (options.send_token_to.as_deref(), &options.headers);
            http_target(url, to, headers, hands_token, &tokens)?
        }
    };
    let pins = tokens.state_root().filter(|_| options.pins);
    let pins = pins.map(|root| PinFile::new(Place::new(root, &name).pins()));
    let ahead = hands_token.then(|| {
        let new_token = Arc::clone(&new_token);
        let report = move |event: &Event| {
            if matches!(event, Event::TokenUpdated { .. }) {
                new_token.notify_one();
            }
            report(event);
        };
        Ahead::start(Arc::clone(&tokens), move || reader.plan(), report)
    });
    let ahead = ahead.transpose().map_err(|error| failed("start the thread that refreshes", error))?;
    let runtime = runtime().map_err(|error| failed("set up the gateway", error))?;
    runtime.block_on(async {
        let parts = Parts {
            name: name.as_str().to_owned(),
            target,
            clock,
            gate: Arc::clone(&gate),
            grant: String::new(),
            tokens: hands_token.then(|| Arc::clone(&tokens)),
            new_token,
            on_new_token: options.on_new_token,
            pins,
            errors: options.errors,
            warn,
        };
        let (read, write) = stdio_pipes();
        tokio::select! {
            () = session(parts, read, write, &stop) => {}
            () = async { gate.watch(LOOK).await; std::future::pending().await } => {}
        }
        tokens.settle().await;
    });
    // A read of standard input that nobody can stop may still be waiting in a thread.
    runtime.shutdown_background();
    drop(ahead);
    Ok(Code::Done)
}

/// What the gateway is called.
fn name(given: Option<&str>, command: &[OsString], url: Option<&str>) -> Result<Name, Error> {
    let Some(given) = given else {
        if let Some(url) = url {
            return Ok(Name::of_url(url));
        }
        let words: Vec<String> = command.iter().map(|word| word.to_string_lossy().into_owned()).collect();
        return Ok(Name::of_command(&words));
    };
    Name::parse(given).map_err(|problem| Error::Setting {
        name: "--name".into(),
        place: "on the command line".into(),
        problem: problem.into(),
    })
}

/// A server that is reached over HTTP.
fn http_target(
    url: &str,
    send_token_to: Option<&str>,
    headers: &[String],
    hands_token: bool,
    tokens: &Tokens,
) -> Result<Target, Error> {
    let wrong = |name: &str, problem| Error::Setting {
        name: name.into(),
        place: "on the command line".into(),
        problem,
    };
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
        _ = stop.asked() => Duration::ZERO,
        // A panic there, which has been reported.
        _ = &mut running => Duration::ZERO,
    };
    let ending = relay.end(patience);
    tokio::select! {
        () = ending => {}
        // A signal while the last calls are waited for.
        _ = stop.asked(), if !patience.is_zero() => relay.end(Duration::ZERO).await,
    }
    running.abort();
    drop(relay);
    let _ = running.await;
    // What was said last is written as soon as nobody can say anything more.
    let _ = tokio::time::timeout(LOOK, writing).await;
}

async fn read_all(read: impl AsyncRead + Unpin, relay: &Arc<Relay>) {
    let mut lines = RawLines::new(read, LONGEST_HEARD);
    while let Some(line) = lines.next().await {
        match line {
            RawLine::Bytes(bytes) if bytes.trim_ascii().is_empty() => {}
            RawLine::Bytes(bytes) => relay.hear(&bytes, 0).await,
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
