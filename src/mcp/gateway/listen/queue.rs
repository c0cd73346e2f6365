//! The messages that wait to be written to one client's stream: bounded in bytes, and never waited for.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};

use crate::mutex::locked;
use hyper::body::Bytes;

/// The most that may wait for a client to read its stream, in bytes; one message may be longer.
const MOST_UNREAD_BYTES: usize = 16 * 1024 * 1024;

/// The client does not read, or has gone.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Full;

#[derive(Debug, Default)]
struct State {
    pieces: VecDeque<Bytes>,
    bytes: usize,
    is_ended: bool,
    is_read: bool,
    waker: Option<Waker>,
}

/// The end that is written to. The stream ends when it is dropped.
#[derive(Debug)]
pub(super) struct Writer(Arc<Mutex<State>>);

/// The end that is read.
#[derive(Debug)]
pub(super) struct Reader(Arc<Mutex<State>>);

/// A queue.
pub(super) fn queue() -> (Writer, Reader) {
    let state = Arc::new(Mutex::new(State { is_read: true, ..State::default() }));
    (Writer(Arc::clone(&state)), Reader(state))
}

impl Writer {
    /// Appends a piece.
    ///
    /// # Errors
    ///
    /// Too much waits already, or nobody reads any more.
    pub(super) fn write(&self, piece: Bytes) -> Result<(), Full> {
        let mut state = locked(&self.0);
        let is_too_much = state.bytes > 0 && state.bytes + piece.len() > MOST_UNREAD_BYTES;
        if is_too_much || !state.is_read {
            return Err(Full);
        }
        state.bytes += piece.len();
        state.pieces.push_back(piece);
        if let Some(waker) = state.waker.take() {
            waker.wake();
        }
        Ok(())
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        let mut state = locked(&self.0);
        state.is_ended = true;
        if let Some(waker) = state.waker.take() {
            waker.wake();
        }
    }
}

impl Reader {
    /// The next piece; none at the end.
    pub(super) fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<Option<Bytes>> {
        let mut state = locked(&self.0);
        if let Some(piece) = state.pieces.pop_front() {
            state.bytes -= piece.len();
            return Poll::Ready(Some(piece));
        }
        if state.is_ended {
            return Poll::Ready(None);
        }
        state.waker = Some(context.waker().clone());
        Poll::Pending
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        let mut state = locked(&self.0);
        state.is_read = false;
        state.pieces.clear();
        state.bytes = 0;
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;

    use super::*;

    #[tokio::test]
    async fn pieces_come_in_order_and_the_end_after_them() {
        let (writer, mut reader) = queue();
        writer.write("a".into()).unwrap();
        let later = tokio::spawn(async move {
            tokio::task::yield_now().await;
            writer.write("b".into()).unwrap();
        });
        let mut read = Vec::new();
        while let Some(piece) = poll_fn(|context| reader.poll_next(context)).await {
            read.push(piece);
        }
        later.await.unwrap();
        assert_eq!(read, ["a", "b"]);
    }

    #[test]
    fn a_client_that_does_not_read_costs_no_more_than_the_bound() {
        let (writer, mut reader) = queue();
        let huge = Bytes::from(vec![0; MOST_UNREAD_BYTES + 1]);
        writer.write(huge.clone()).unwrap();
        assert_eq!(writer.write("x".into()), Err(Full));
        let mut context = Context::from_waker(Waker::noop());
        assert!(
            matches!(reader.poll_next(&mut context), Poll::Ready(Some(piece)) if piece.len() == huge.len())
        );
        writer.write(huge.slice(..MOST_UNREAD_BYTES - 1)).unwrap();
        writer.write("x".into()).unwrap();
        assert_eq!(writer.write("y".into()), Err(Full));
        drop(reader);
        assert_eq!(writer.write("x".into()), Err(Full));
    }
}
