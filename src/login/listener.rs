//! The listener on this machine to which the browser comes back.

use std::convert::Infallible;
use std::net::{Ipv4Addr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::header::{
    CACHE_CONTROL, CONNECTION, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HOST, HeaderName, HeaderValue,
    LOCATION, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpStream;
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use tokio::task::JoinSet;

use super::authorize::{CALLBACK, State};
use super::callback::{Answer, Head, answer};
use super::error::LoginError;
use super::reply::Reply;
use crate::clock::pause;

/// How many connections there may be at a time. A browser opens two or three.
const MOST_CALLERS: usize = 16;

/// How long the head of a request may take to come.
const CALLER_PATIENCE: Duration = Duration::from_secs(5);

/// The longest head of a request, in bytes; it is also the least that hyper can be told.
const LONGEST_HEAD: usize = 8 * 1024;

/// How long the browser has to fetch its last page, once it has brought the code.
const LAST_PAGE: Duration = Duration::from_secs(1);

/// The pause after a connection could not be accepted, as when too many files are open.
const PAUSE_AFTER_REFUSAL: Duration = Duration::from_millis(100);

/// A listener on 127.0.0.1, for one login.
pub(crate) struct Listener {
    listener: TcpListener,
    port: u16,
}

/// The result of a connection.
enum Brought {
    Reply(Reply),
    /// The last page has been read.
    End,
}

impl Listener {
    /// Listens on this port, or on any free one for 0.
    ///
    /// # Errors
    ///
    /// [`LoginError::Port`].
    pub(crate) fn bind(port: u16) -> Result<Self, LoginError> {
        let failed = |source| LoginError::Port { port, source };
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).map_err(failed)?;
        listener.set_nonblocking(true).map_err(failed)?;
        let port = listener.local_addr().map_err(failed)?.port();
        Ok(Self { listener, port })
    }

    /// The port.
    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// The address to which the browser is sent back.
    pub(crate) fn redirect_uri(&self) -> String {
        format!("http://{}:{}{CALLBACK}", Ipv4Addr::LOCALHOST, self.port)
    }

    /// Waits for the callback of the login with this state. Any other request is answered and changes nothing. The port is
    /// closed when this ends.
    pub(super) async fn reply(self, state: State) -> Reply {
        let host: Arc<str> = format!("{}:{}", Ipv4Addr::LOCALHOST, self.port).into();
        // Registering a socket that was just bound fails only without memory; then nobody can come.
        let Ok(listener) = tokio::net::TcpListener::from_std(self.listener) else {
            return std::future::pending().await;
        };
        let (brings, mut brought) = unbounded_channel();
        let mut connections = JoinSet::new();
        let mut reply = None;
        loop {
            let is_full = connections.len() >= MOST_CALLERS;
            tokio::select! {
                accepted = listener.accept(), if !is_full => match accepted {
                    Ok((stream, _)) => {
                        connections.spawn(connection(stream, Arc::clone(&host), state.clone(), brings.clone()));
                    }
                    Err(_) => pause(PAUSE_AFTER_REFUSAL).await,
                },
                Some(_) = connections.join_next() => {}
                // This end of the channel is held here, so it is never closed.
                Some(one) = brought.recv() => match one {
                    Brought::Reply(first) => { reply.get_or_insert(first); }
                    Brought::End => {}
                },
            }
            if reply.is_some() {
                break;
            }
        }
        // The browser follows to a page without the code, on this connection or on another one.
        let last_page = async {
            loop {
                tokio::select! {
                    accepted = listener.accept() => if let Ok((stream, _)) = accepted {
                        connections.spawn(connection(stream, Arc::clone(&host), state.clone(), brings.clone()));
                    },
                    Some(one) = brought.recv() => if matches!(one, Brought::End) { return },
                }
            }
        };
        let _ = tokio::time::timeout(LAST_PAGE, last_page).await;
        reply.unwrap_or(Reply::Nothing)
    }
}

async fn connection(stream: TcpStream, host: Arc<str>, state: State, brings: UnboundedSender<Brought>) {
    let is_last = AtomicBool::new(false);
    let service = service_fn(|request: Request<Incoming>| {
        let target = request.uri();
        let head = Head {
            method: request.method().as_str(),
            path: target.path(),
            query: target.query().unwrap_or_default(),
            host: request.headers().get(HOST).and_then(|host| host.to_str().ok()).unwrap_or_default(),
        };
        let mut answer = answer(head, &host, &state);
        is_last.fetch_or(answer.is_last, Ordering::Relaxed);
        if let Some(reply) = answer.reply.take() {
            // Nobody waits for a second one.
            let _ = brings.send(Brought::Reply(reply));
        }
        std::future::ready(Ok::<_, Infallible>(response(&answer)))
    });
    let mut builder = http1::Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(CALLER_PATIENCE).max_buf_size(LONGEST_HEAD);
    // A connection that breaks is its browser's affair.
    let _ = builder.serve_connection(TokioIo::new(stream), service).await;
    if is_last.load(Ordering::Relaxed) {
        let _ = brings.send(Brought::End);
    }
}

/// The answer as it is sent: nothing of it is kept, nothing goes on from it, and it loads nothing.
fn response(answer: &Answer) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::from_static(answer.page.as_bytes())));
    *response.status_mut() = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    let mut put =
        |name: HeaderName, value: &'static str| headers.insert(name, HeaderValue::from_static(value));
    put(CACHE_CONTROL, "no-store");
    put(REFERRER_POLICY, "no-referrer");
    put(X_CONTENT_TYPE_OPTIONS, "nosniff");
    put(
        CONTENT_SECURITY_POLICY,
        "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'",
    );
    if !answer.page.is_empty() {
        put(CONTENT_TYPE, "text/html; charset=utf-8");
    }
    if let Some(location) = answer.location {
        put(LOCATION, location);
    } else {
        // Each connection ends with its page, so that the end of the last one is seen.
        put(CONNECTION, "close");
    }
    response
}
