//! The server of a client: started, started again when it has ended, replaced when there is another token, and ended.

use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use chrono::{DateTime, Utc};
use tokio::sync::mpsc;

use super::{Current, Relay, State};
use crate::clock::{Clock as _, pause};
use crate::error::Diagnostic as _;
use crate::files::Stamp;
use crate::mcp::gateway::child::{Around, Child, Origin};
use crate::mcp::gateway::flight::Generation;
use crate::mcp::gateway::link::{Link, Target};
use crate::mcp::gateway::message::{Kind, Message, Outcome};
use crate::mcp::gateway::metrics::RestartReason;
use crate::mcp::gateway::restart::{Deaths, OnNewToken, Replace, Upgrade, replace};
use crate::mcp::gateway::seam::Received;
use crate::mcp::gateway::upstream::HttpServer;
use crate::mcp::gateway::upstream::bearer::{Bearer, Masked};
use crate::mutex::locked;
use crate::policy::gate::Denied;
use crate::programs::Program;
use crate::token::Token;
use crate::tokens::Tokens;
use crate::tokens::ahead::LOOK;
use crate::tokens::reach::Reach;

/// How long a server is not started because its token is being fetched. Then it is started without one, and another one
/// when that has come.
const TOKEN_PATIENCE: Duration = Duration::from_secs(5);

/// How long the calls of a server may continue after another one has taken its place.
const LAST_OF_OLD: Duration = Duration::from_secs(30);

/// A server that is started within this is waited for.
const NEAR: Duration = Duration::from_secs(2);

/// The pause before a replacement is tried again that failed.
const AFTER_FAILED_REPLACEMENT: Duration = Duration::from_secs(30);

/// A token that a server is started with.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Handed {
    token: Token,
    ends: Option<DateTime<Utc>>,
}

/// A server that runs.
struct Running {
    generation: Generation,
    server: Arc<Link>,
    handed: Option<Handed>,
    /// Whether there is another version of it.
    upgrade: Mutex<Upgrade<Vec<Stamp>>>,
}

impl Relay {
    /// Keeps a server running, and passes on what it says, until the client has gone and [`Relay::end`] is done.
    pub(crate) async fn run(self: &Arc<Self>, mut inbox: mpsc::Receiver<(Generation, Received)>) {
        tokio::select! {
            () = self.keep() => {}
            () = async {
                while let Some((generation, received)) = inbox.recv().await {
                    match received {
                        Received::Message(text) => self.said(generation, &text).await,
                        Received::BegunAgain => drop(tokio::spawn(Arc::clone(self).look_at_tools())),
                        Received::Ended(reason) => self.lost(generation, &reason).await,
                    }
                }
            } => {}
        }
    }

    /// Lets the server answer what it was given, for as long as `patience` lasts, and ends it.
    pub(crate) async fn end(&self, patience: Duration) {
        // Calls not answered by then never are.
        let idle = self.answered_until(|state| !state.is_busy(None));
        let _ = tokio::time::timeout(patience, idle).await;
        let links: Vec<Arc<Link>> = self.state().links.values().cloned().collect();
        for server in links {
            server.end().await;
        }
    }

    /// Waits until so many requests are answered that this holds.
    async fn answered_until(&self, holds: impl Fn(&State) -> bool) {
        loop {
            let answered = self.answered.notified();
            if holds(&self.state()) {
                return;
            }
            answered.await;
        }
    }

    async fn keep(self: &Arc<Self>) {
        let mut deaths = Deaths::default();
        loop {
            let started = self.parts.clock.elapsed();
            match self.start().await {
                Ok(running) => self.keep_running(running).await,
                Err(problem) => self.current.send_modify(|current| current.lack = problem),
            }
            let now = self.parts.clock.elapsed();
            let wait = deaths.ended(started, now);
            self.count_restart(RestartReason::Ended);
            // For doctor alone, which can do without it.
            let _ = self.parts.restarts.as_ref().map(|restarts| restarts.note(self.parts.clock.now()));
            let lack = self.current.borrow().lack.clone();
            let (many, left) = (deaths.within_a_minute(now), wait.as_secs_f64());
            (self.parts.warn)(&format!("{lack}. It is started again in {left:.1} s ({many} in a minute)."));
            self.current.send_modify(|current| current.is_far = wait > NEAR);
            pause(wait).await;
        }
    }

    /// Returns when the server has ended, or the one that has taken its place.
    async fn keep_running(self: &Arc<Self>, mut running: Running) {
        loop {
            let reason = tokio::select! {
                () = running.server.ended() => return self.settled(running.generation).await,
                reason = self.needs_replacement(&running) => reason,
            };
            match self.start().await {
                Ok(next) => {
                    self.count_restart(reason);
                    let old = std::mem::replace(&mut running, next);
                    tokio::spawn(Arc::clone(self).drain(old));
                }
                Err(problem) => {
                    let new = match reason {
                        RestartReason::Upgrade => "another version of the server",
                        RestartReason::Token | RestartReason::Ended => "the server with the new token",
                    };
                    let problem = format!("{new} did not start, the old one goes on: {problem}");
                    locked(&running.upgrade).is_no_use();
                    (self.parts.warn)(&problem);
                    pause(AFTER_FAILED_REPLACEMENT).await;
                }
            }
        }
    }

    /// Waits until everything is answered that a server was given before it ended.
    async fn settled(&self, generation: Generation) {
        loop {
            let settled = self.settled.notified();
            if !self.state().links.contains_key(&generation) {
                return;
            }
            settled.await;
        }
    }

    /// Waits until a server is to be replaced, because there is another token than it was handed, or another version of it.
    async fn needs_replacement(&self, running: &Running) -> RestartReason {
        let Target::Program(program) = &self.parts.target else { return std::future::pending().await };
        let origin = Origin::of(&program.command);
        loop {
            let other = self.tokens_of_children().and_then(|tokens| Some(tokens.present().ok()??.1));
            let handed = running.handed.as_ref();
            let is_other = other.is_some_and(|other| handed.is_none_or(|handed| handed.token != other));
            let is_upgraded =
                self.parts.on_new_token != OnNewToken::Never && self.is_upgraded(running, &origin);
            let answered = self.answered.notified();
            let is_idle = !self.state().is_busy(Some(running.generation));
            let ends = handed.and_then(|handed| handed.ends);
            let wait = match replace(self.parts.on_new_token, is_idle, ends, self.parts.clock.now()) {
                // A call is not worth less than another version.
                _ if is_upgraded && is_idle => return RestartReason::Upgrade,
                _ if !is_other => LOOK,
                _ if self.state().refused == Some(running.generation) => return RestartReason::Token,
                // Without a token it is of no use.
                _ if handed.is_none() => return RestartReason::Token,
                Replace::Now => return RestartReason::Token,
                Replace::Never => return std::future::pending().await,
                Replace::WhenIdle(left) => left.min(LOOK),
            };
            tokio::select! {
                () = answered, if is_other || is_upgraded => {}
                () = self.parts.new_token.notified() => {}
                () = self.wanted.notified() => {}
                () = pause(wait) => {}
            }
        }
    }

    /// Whether there is another version of a server.
    fn is_upgraded(&self, running: &Running, origin: &Origin) -> bool {
        locked(&running.upgrade).is_there(origin.state(), self.parts.clock.elapsed())
    }

    /// Starts a server, puts it where the one before was, and has messages go to it.
    async fn start(self: &Arc<Self>) -> Result<Running, String> {
        let (handed, token_lack) = self.token().await;
        // Before it is started: a change while it starts is one.
        let state = match &self.parts.target {
            Target::Program(program) => Origin::of(&program.command).state(),
            Target::Http { .. } => None,
        };
        let generation = {
            let mut state = self.state();
            state.generation += 1;
            state.generation
        };
        let server = Arc::new(self.connect(generation, handed.as_ref())?);
        {
            let mut state = self.state();
            state.links.insert(generation, Arc::clone(&server));
            state.handed.extend(handed.iter().map(|handed| (generation, handed.token.clone())));
        }
        if let Err(problem) = self.put_in_place(generation, &server).await {
            server.end().await;
            return Err(format!("the server that was started again is no use: {problem}"));
        }
        let named = Some((generation, Arc::clone(&server)));
        self.current.send_replace(Current { server: named, token_lack, ..Current::default() });
        self.listen_again(generation, &server).await;
        Ok(Running { generation, server, handed, upgrade: Mutex::new(Upgrade::new(state)) })
    }

    /// Starts a child with this token, or readies a connection, which gets its tokens for itself.
    fn connect(self: &Arc<Self>, generation: Generation, handed: Option<&Handed>) -> Result<Link, String> {
        match &self.parts.target {
            Target::Program(program) => {
                let token = handed.map(|handed| &handed.token);
                if let Some(token) = token {
                    self.masks().add(token);
                }
                let around = Around {
                    inbox: self.inbox.clone(),
                    masks: Arc::clone(&self.masks),
                    errors: Arc::clone(&self.parts.errors),
                };
                let child = Child::start(program, token, generation, around);
                Ok(Link::Child(child.map_err(|error| not_started(program, &error))?))
            }
            Target::Http { address, headers } => {
                let (said, mut received) = mpsc::channel(super::INBOX);
                let inbox = self.inbox.clone();
                tokio::spawn(async move {
                    while let Some(received) = received.recv().await {
                        // Without a relay nobody hears it.
                        let _ = inbox.send((generation, received)).await;
                    }
                });
                let masked = |tokens: &Arc<Tokens>| {
                    let (tokens, masks) = (Arc::clone(tokens), Arc::clone(&self.masks));
                    Arc::new(Masked { tokens, masks }) as Arc<dyn Bearer>
                };
                let bearer = self.parts.tokens.as_ref().map(masked);
                let server = HttpServer::new(address, headers.clone(), bearer, said);
                Ok(Link::Http(
                    server.map_err(|error| format!("the server cannot be asked: {}", error.report()))?,
                ))
            }
        }
    }

    /// The token for a server, or why there is none where there should be one.
    async fn token(&self) -> (Option<Handed>, Option<String>) {
        let Some(tokens) = self.tokens_of_children() else { return (None, None) };
        let reach = Arc::new(Reach::default());
        match tokio::time::timeout(TOKEN_PATIENCE, tokens.for_program(&reach)).await {
            Ok(Ok((token, ends))) => (Some(Handed { token, ends }), None),
            Ok(Err(error)) => (None, Some(error.report())),
            Err(_) => (None, Some("the token is being fetched".into())),
        }
    }

    /// Where the tokens come from that children are started with.
    pub(super) fn tokens_of_children(&self) -> Option<&Arc<Tokens>> {
        self.parts.tokens.as_ref().filter(|_| matches!(self.parts.target, Target::Program(_)))
    }

    /// Whether the server has a token. Where it has none, one is asked for again.
    ///
    /// # Errors
    ///
    /// There is none, and none can be had.
    pub(super) async fn has_token(&self, tool: &str) -> Result<(), Denied> {
        let Some(tokens) = self.tokens_of_children() else { return Ok(()) };
        if self.current.borrow().token_lack.is_none() {
            return Ok(());
        }
        let reach = Arc::new(Reach::default());
        if let Err(error) = Box::pin(tokens.for_program(&reach)).await {
            let message =
                format!("{tool} was not called, since there is no token for it: {}", error.report());
            return Err(Denied { rule: None, message });
        }
        self.wanted.notify_waiters();
        let mut current = self.current.subscribe();
        // Its own error says what is missing, where it takes longer than that.
        let _ = tokio::time::timeout(TOKEN_PATIENCE, current.wait_for(|now| now.token_lack.is_none())).await;
        Ok(())
    }

    /// Has a new server go through what the client went through with the old one.
    async fn put_in_place(self: &Arc<Self>, generation: Generation, server: &Link) -> Result<(), String> {
        let (replayed, is_ready) = {
            let state = self.state();
            (state.set.replayed(), state.set.is_ready())
        };
        for step in replayed {
            if step.method.starts_with("notifications/") {
                let line = format!(r#"{{"jsonrpc":"2.0","method":"{}"}}"#, step.method);
                server.send(line).await.map_err(|not_given| not_given.0)?;
                continue;
            }
            let answer = self.ask(generation, server, step.method, step.params.as_deref()).await?;
            let message = Message::from_server(answer.as_bytes()).map_err(|refused| refused.reason)?;
            if step.method == "initialize"
                && let Kind::Answer { outcome: Outcome::Error(error), .. } = &message.kind
            {
                return Err(format!("it refuses initialize: {}", error.get()));
            }
        }
        if is_ready && self.tools.borrow().is_some() {
            let tools = self.list_tools(generation, server).await?;
            if self.take_up(tools).await {
                self.notify_of_tools().await;
            }
        }
        Ok(())
    }

    /// Lets a server answer what it was given, and ends it.
    async fn drain(self: Arc<Self>, old: Running) {
        // Calls not answered by then are answered by its end.
        let idle = self.answered_until(|state| !state.is_busy(Some(old.generation)));
        let _ = tokio::time::timeout(LAST_OF_OLD, idle).await;
        old.server.end().await;
    }

    /// A server has ended: what it was given is answered in words.
    async fn lost(self: &Arc<Self>, generation: Generation, reason: &str) {
        let (lost, server) = {
            let mut state = self.state();
            state.own.retain(|_, (asked, _)| *asked != generation);
            state.handed.remove(&generation);
            (state.flight.lost(generation, |about| !about.is_waited_for()), state.links.remove(&generation))
        };
        let is_current = self.current.borrow().server.as_ref().is_some_and(|(one, _)| *one == generation);
        if is_current {
            self.current.send_modify(|current| {
                current.server = None;
                current.lack = format!("the server has ended: {reason}");
            });
        }
        for asked in lost {
            let message = format!(
                "the server was given this and has ended before it answered, so it may have been carried out or not: \
                 {reason}. It is started again; repeat this only if that does no harm."
            );
            self.fail(asked, &message).await;
        }
        self.settled.notify_waiters();
        if let Some(server) = server {
            // It may have closed its output and still be there.
            tokio::spawn(async move { server.end().await });
        }
    }
}

/// The message where the program of a server cannot be started.
fn not_started(program: &Program, error: &io::Error) -> String {
    let name = program.command.first().map(|name| name.to_string_lossy()).unwrap_or_default();
    let advice = if error.kind() == io::ErrorKind::NotFound { "; is it installed, and on PATH?" } else { "" };
    format!("the server cannot be started: {name}: {error}{advice}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_that_cannot_be_started_is_named() {
        let program = Program {
            command: vec!["npx".into()],
            token_env: None,
            variables: Vec::new(),
            has_terminal: false,
        };
        let said = |kind: io::ErrorKind| not_started(&program, &kind.into());
        assert_eq!(
            said(io::ErrorKind::NotFound),
            "the server cannot be started: npx: entity not found; is it installed, and on PATH?"
        );
        assert_eq!(
            said(io::ErrorKind::PermissionDenied),
            "the server cannot be started: npx: permission denied"
        );
    }
}
