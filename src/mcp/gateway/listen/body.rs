//! The bodies of answers: a text, or events as they come.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use hyper::body::{Body, Bytes, Frame, SizeHint};

use super::queue::Reader;
use crate::clock::pause;

/// How often a comment is sent on a stream on which nothing else is: proxies close what is silent for a minute, and a
/// client that has gone is noticed.
const HEARTBEAT: Duration = Duration::from_secs(25);

/// A body.
pub(super) enum ReplyBody {
    Whole(Option<Bytes>),
    Events(Events),
}

/// A stream of events. Its contents are dropped with it.
pub(super) struct Events {
    reader: Reader,
    heartbeat: Pin<Box<dyn Future<Output = ()> + Send>>,
    /// Has the routes forget this stream.
    _hold: Box<dyn Send>,
}

impl ReplyBody {
    pub(super) fn whole(body: impl Into<Bytes>) -> Self {
        Self::Whole(Some(body.into()).filter(|body| !body.is_empty()))
    }

    /// The events that come from `reader`. `hold` is dropped when the client hangs up, or at their end.
    pub(super) fn events(reader: Reader, hold: impl Send + 'static) -> Self {
        Self::Events(Events { reader, heartbeat: Box::pin(pause(HEARTBEAT)), _hold: Box::new(hold) })
    }
}

impl Body for ReplyBody {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let events = match &mut *self {
            Self::Whole(body) => return Poll::Ready(body.take().map(|body| Ok(Frame::data(body)))),
            Self::Events(events) => events,
        };
        if let Poll::Ready(piece) = events.reader.poll_next(context) {
            return Poll::Ready(piece.map(|piece| Ok(Frame::data(piece))));
        }
        if events.heartbeat.as_mut().poll(context).is_pending() {
            return Poll::Pending;
        }
        events.heartbeat = Box::pin(pause(HEARTBEAT));
        // Polled once, so that it wakes this body.
        let _ = events.heartbeat.as_mut().poll(context);
        Poll::Ready(Some(Ok(Frame::data(Bytes::from_static(b": \n\n")))))
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Whole(body) => SizeHint::with_exact(body.as_ref().map_or(0, |body| body.len() as u64)),
            Self::Events(_) => SizeHint::default(),
        }
    }
}
