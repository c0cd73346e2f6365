//! The HTTP server: connections, bodies, and the ways in which they can break.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::fmt;
use std::future::pending;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use http_body_util::{BodyExt as _, Limited};
use hyper::body::{Body, Bytes, Frame, Incoming, SizeHint};
use hyper::header::{DATE, HeaderName};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request as HttpRequest, Response};
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};

use super::faults::{Outcome, http_date};
use super::message::{Delivery, Feed, Reply, Request};
use super::shared::Shared;
use crate::clock::pause;
use crate::mutex::locked;

/// The largest request, in bytes. None that the sandbox knows comes near it.
const MAX_REQUEST: usize = 1024 * 1024;

/// The bytes in a piece of padding.
const PIECE: usize = 64 * 1024;

/// The pause between pieces of a body, long enough for each to be sent separately.
const PIECE_PAUSE: Duration = Duration::from_millis(10);

/// Serves until it is dropped.
pub(super) async fn serve(listener: TcpListener, shared: Arc<Shared>) -> Infallible {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                tokio::spawn(connection(stream, Arc::clone(&shared)));
            }
            // Usually out of file descriptors; connections that end free some.
            Err(_) => pause(PIECE_PAUSE).await,
        }
    }
}

async fn connection(stream: TcpStream, shared: Arc<Shared>) {
    // Otherwise a trickle would be gathered into packets, as it is after an error.
    let _ = stream.set_nodelay(true);
    let service = service_fn(move |request| answer(Arc::clone(&shared), request));
    // A connection ends early by a deliberate fault or because the client left.
    let _ =
        http1::Builder::new().auto_date_header(false).serve_connection(TokioIo::new(stream), service).await;
}

/// Answers one request. The error makes hyper close the connection without a reply.
async fn answer(
    shared: Arc<Shared>,
    request: HttpRequest<Incoming>,
) -> Result<Response<ReplyBody>, ConnectionEnds> {
    let (head, body) = request.into_parts();
    let Ok(body) = Limited::new(body, MAX_REQUEST).collect().await else {
        return Err(ConnectionEnds);
    };
    let request = Request {
        method: head.method,
        path: head.uri.path().to_owned(),
        query: head.uri.query().unwrap_or_default().to_owned(),
        headers: head.headers,
        body: body.to_bytes(),
    };
    let reply = match shared.outcome(&request) {
        Outcome::Reply(reply) => reply,
        Outcome::Cut => return Err(ConnectionEnds),
        Outcome::Never => pending().await,
        Outcome::Delayed(reply, duration) => {
            pause(duration).await;
            reply
        }
        Outcome::Later(duration) => {
            pause(duration).await;
            shared.carry_out(&request)
        }
    };
    let reply = reply
        .with(DATE, &http_date(shared.zooms_now()))
        .with(HeaderName::from_static("x-zm-trackingid"), &shared.tracking_id());
    let mut response = Response::new(ReplyBody::new(&reply));
    *response.status_mut() = reply.status;
    *response.headers_mut() = reply.headers;
    Ok(response)
}

/// The connection is closed without a reply.
#[derive(Debug)]
struct ConnectionEnds;

impl fmt::Display for ConnectionEnds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the sandbox closes this connection")
    }
}

impl std::error::Error for ConnectionEnds {}

/// A body, sent by the delivery of the reply.
struct ReplyBody {
    pieces: Pieces,
    /// The `Content-Length`; without it the body is sent in chunks.
    length: Option<u64>,
    pace: Option<Duration>,
    wait: Option<Pin<Box<dyn Future<Output = ()> + Send>>>,
}

enum Pieces {
    Text(VecDeque<Bytes>),
    Padding { left: u64, piece: Bytes },
    Endless { piece: Bytes },
    Fed(Feed),
}

impl ReplyBody {
    fn new(reply: &Reply) -> Self {
        if let Some(feed) = &reply.feed {
            return Self { pieces: Pieces::Fed(feed.clone()), length: None, pace: None, wait: None };
        }
        let body = &reply.body;
        let (first, second) = (body.slice(..body.len() / 2), body.slice(body.len() / 2..));
        let length = Some(body.len() as u64);
        let piece = || Bytes::from(vec![b' '; PIECE]);
        let text =
            |pieces: Vec<Bytes>| Pieces::Text(pieces.into_iter().filter(|piece| !piece.is_empty()).collect());
        let (pieces, length, pace) = match reply.delivery {
            Delivery::Whole => (text(vec![body.clone()]), length, None),
            Delivery::Chunked => (text(vec![first, second]), None, Some(PIECE_PAUSE)),
            Delivery::Trickle(pace) => {
                let bytes = (0..body.len()).map(|index| body.slice(index..=index)).collect();
                (text(bytes), length, Some(pace))
            }
            // hyper closes the connection of a body that falls short of its length.
            Delivery::Half => (text(vec![first]), length, Some(PIECE_PAUSE)),
            Delivery::Padding(bytes) => (Pieces::Padding { left: bytes, piece: piece() }, Some(bytes), None),
            Delivery::Endless => (Pieces::Endless { piece: piece() }, None, None),
        };
        Self { pieces, length, pace, wait: None }
    }
}

impl Pieces {
    fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<Option<Bytes>> {
        Poll::Ready(match self {
            Self::Text(pieces) => pieces.pop_front(),
            Self::Endless { piece } => Some(piece.clone()),
            Self::Padding { left: 0, .. } => None,
            Self::Padding { left, piece } => {
                let size = usize::try_from(*left).map_or(PIECE, |left| left.min(PIECE));
                *left -= size as u64;
                Some(piece.slice(..size))
            }
            Self::Fed(feed) => {
                return locked(&feed.0).poll_recv(context);
            }
        })
    }
}

impl Body for ReplyBody {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        if let Some(wait) = &mut self.wait {
            ready!(wait.as_mut().poll(context));
            self.wait = None;
        }
        let piece = ready!(self.pieces.poll_next(context));
        if piece.is_some() {
            self.wait = self.pace.map(|pace| Box::pin(pause(pace)) as Pin<Box<_>>);
        }
        Poll::Ready(piece.map(|piece| Ok(Frame::data(piece))))
    }

    fn size_hint(&self) -> SizeHint {
        self.length.map(SizeHint::with_exact).unwrap_or_default()
    }
}
