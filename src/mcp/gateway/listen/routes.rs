//! Routes each message to one of a client's connections. Pure, but for the queues.

use std::collections::{HashMap, VecDeque};

use hyper::body::Bytes;
use tokio::sync::oneshot;

use super::queue::{Reader, Writer, queue};
use crate::mcp::gateway::seam::Outgoing;

/// How many messages that belong to no request may wait for a stream to go to, or are kept to be sent again.
const MOST_KEPT: usize = 256;

/// The most that these may have together, in bytes.
const MOST_KEPT_BYTES: usize = 4 * 1024 * 1024;

/// The first thing that a request gets.
#[derive(Debug)]
pub(super) enum First {
    /// Its answer, and nothing else.
    Answer(String),
    /// Something before the answer: all of it comes as events.
    Stream(Reader),
}

#[derive(Debug)]
enum Post {
    Waiting(oneshot::Sender<First>),
    Streaming(Writer),
}

impl Post {
    /// Ends the connection of a request that gets no answer: a stream of events that has an end and no more. Clients take
    /// whatever else they could get for the answer.
    fn end(self) {
        if let Self::Waiting(first) = self {
            // The other end of the queue is dropped here. The client may have gone.
            let _ = first.send(First::Stream(queue().1));
        }
    }
}

/// The open connections of one session, and what waits for one.
#[derive(Debug, Default)]
pub(super) struct Routes {
    posts: HashMap<u64, Post>,
    /// The stream for what belongs to no request, and its number.
    stream: Option<(u64, Writer)>,
    streams: u64,
    /// The events sent on that stream, with their ids.
    sent: Kept,
    waiting: Kept,
    last_event: u64,
    /// Whether what belongs to no request is dropped: its requests may be those of several clients.
    drops_unrelated: bool,
}

/// Messages, the oldest of which are dropped where they become too many.
#[derive(Debug, Default)]
struct Kept {
    messages: VecDeque<(u64, String)>,
    bytes: usize,
}

impl Kept {
    fn push(&mut self, id: u64, text: String) {
        self.bytes += text.len();
        self.messages.push_back((id, text));
        while self.messages.len() > MOST_KEPT || self.bytes > MOST_KEPT_BYTES {
            let Some((_, oldest)) = self.messages.pop_front() else { return };
            self.bytes -= oldest.len();
        }
    }

    fn take(&mut self) -> VecDeque<(u64, String)> {
        self.bytes = 0;
        std::mem::take(&mut self.messages)
    }
}

impl Routes {
    pub(super) fn new(drops_unrelated: bool) -> Self {
        Self { drops_unrelated, ..Self::default() }
    }

    /// A request came with this ticket. Its connection waits for what comes first.
    pub(super) fn ask(&mut self, ticket: u64) -> oneshot::Receiver<First> {
        let (sender, receiver) = oneshot::channel();
        self.posts.insert(ticket, Post::Waiting(sender));
        receiver
    }

    /// The connection of a request has gone, and what belongs to it goes nowhere. Gives whether it was not answered yet.
    pub(super) fn gone(&mut self, ticket: u64) -> bool {
        self.posts.remove(&ticket).is_some()
    }

    /// Opens the stream for what belongs to no request, in place of an earlier one. It begins with what came after the
    /// last event that the client has seen, and with what waits. Gives its number.
    pub(super) fn listen(&mut self, last_seen: Option<u64>) -> (u64, Reader) {
        let (writer, reader) = queue();
        if let Some(last_seen) = last_seen {
            for (id, text) in self.sent.messages.iter().filter(|(id, _)| *id > last_seen) {
                // The queue is empty and has room for all that is kept.
                let _ = writer.write(event(Some(*id), text));
            }
        }
        self.streams += 1;
        self.stream = Some((self.streams, writer));
        for (_, text) in self.waiting.take() {
            self.unrelated(text);
        }
        (self.streams, reader)
    }

    /// The stream of this number has gone.
    pub(super) fn hung_up(&mut self, number: u64) {
        if self.stream.as_ref().is_some_and(|(open, _)| *open == number) {
            self.stream = None;
        }
    }

    /// Sends a message where it belongs.
    pub(super) fn send(&mut self, outgoing: Outgoing) {
        let Outgoing { text, ticket, answers } = outgoing;
        match ticket {
            None => self.unrelated(text),
            Some(ticket) if answers => match self.posts.remove(&ticket) {
                Some(post) if text.is_empty() => post.end(),
                // The client may have gone: then nobody wants the answer.
                Some(Post::Waiting(first)) => drop(first.send(First::Answer(text))),
                Some(Post::Streaming(stream)) => drop(stream.write(event(None, &text))),
                None => {}
            },
            Some(ticket) => self.related(ticket, &text),
        }
    }

    /// Something about a request, before its answer.
    fn related(&mut self, ticket: u64, text: &str) {
        let stream = match self.posts.remove(&ticket) {
            None => return,
            Some(Post::Streaming(stream)) => stream,
            Some(Post::Waiting(first)) => {
                let (writer, reader) = queue();
                if first.send(First::Stream(reader)).is_err() {
                    return;
                }
                writer
            }
        };
        // A stream that is not read is ended: the client sees that its request has failed.
        if stream.write(event(None, text)).is_ok() {
            self.posts.insert(ticket, Post::Streaming(stream));
            if self.stream.is_none() {
                for (_, text) in self.waiting.take() {
                    self.unrelated(text);
                }
            }
        }
    }

    /// Something that belongs to no request.
    fn unrelated(&mut self, text: String) {
        if self.drops_unrelated {
            return;
        }
        if let Some((_, stream)) = &self.stream {
            let id = self.last_event + 1;
            if stream.write(event(Some(id), &text)).is_ok() {
                self.last_event = id;
                self.sent.push(id, text);
                return;
            }
            self.stream = None;
        }
        let streams = self.posts.values().filter_map(|post| match post {
            Post::Streaming(stream) => Some(stream),
            Post::Waiting(_) => None,
        });
        for stream in streams {
            if stream.write(event(None, &text)).is_ok() {
                return;
            }
        }
        self.waiting.push(0, text);
    }

    /// Ends every connection of a client that takes its leave: no request of it gets an answer any more, or an error.
    pub(super) fn leave(&mut self) {
        self.posts.drain().for_each(|(_, post)| post.end());
        self.end();
    }

    /// Ends every connection.
    pub(super) fn end(&mut self) {
        *self = Self { streams: self.streams, ..Self::new(self.drops_unrelated) };
    }

    /// Whether a client is connected.
    pub(super) fn is_in_use(&self) -> bool {
        !self.posts.is_empty() || self.stream.is_some()
    }
}

/// A message as a server-sent event. A message has no line ends, or they stand between its parts.
fn event(id: Option<u64>, text: &str) -> Bytes {
    let id = id.map(|id| format!("id: {id}\n")).unwrap_or_default();
    let mut event = String::with_capacity(id.len() + text.len() + 24);
    event.push_str(&id);
    event.push_str("event: message\n");
    for line in text.split(['\n', '\r']) {
        event.push_str("data: ");
        event.push_str(line);
        event.push('\n');
    }
    event.push('\n');
    event.into()
}

#[cfg(test)]
mod tests {
    use std::task::{Context, Poll, Waker};

    use super::*;

    fn about(ticket: u64, text: &str, answers: bool) -> Outgoing {
        Outgoing { text: text.into(), ticket: Some(ticket), answers }
    }

    fn unrelated(text: &str) -> Outgoing {
        Outgoing { text: text.into(), ticket: None, answers: false }
    }

    /// Everything that a stream has brought so far, and whether it has ended.
    fn read(reader: &mut Reader) -> (String, bool) {
        let (mut text, mut context) = (String::new(), Context::from_waker(Waker::noop()));
        loop {
            match reader.poll_next(&mut context) {
                Poll::Ready(Some(piece)) => text.push_str(str::from_utf8(&piece).unwrap()),
                Poll::Ready(None) => return (text, true),
                Poll::Pending => return (text, false),
            }
        }
    }

    fn of_stream(mut first: oneshot::Receiver<First>) -> Reader {
        match first.try_recv() {
            Ok(First::Stream(reader)) => reader,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn an_answer_that_comes_first_comes_alone() {
        let mut routes = Routes::default();
        let (mut one, mut two) = (routes.ask(1), routes.ask(2));
        routes.send(about(2, "b", true));
        routes.send(about(1, "a", true));
        routes.send(about(1, "again", true));
        routes.send(about(3, "nobody's", true));
        assert!(matches!(one.try_recv(), Ok(First::Answer(text)) if text == "a"));
        assert!(matches!(two.try_recv(), Ok(First::Answer(text)) if text == "b"));
        assert!(!routes.is_in_use());
    }

    #[test]
    fn a_request_that_gets_no_answer_has_an_end() {
        let mut routes = Routes::default();
        let (one, two, three) = (routes.ask(1), routes.ask(2), routes.ask(3));
        routes.send(about(1, "", true));
        assert_eq!(read(&mut of_stream(one)), (String::new(), true));
        routes.send(about(2, "half", false));
        let mut streaming = of_stream(two);
        routes.leave();
        assert_eq!(read(&mut streaming), ("event: message\ndata: half\n\n".into(), true));
        assert_eq!(read(&mut of_stream(three)), (String::new(), true));
        assert!(!routes.is_in_use());
    }

    #[test]
    fn progress_before_an_answer_makes_a_stream_that_ends_with_it() {
        let mut routes = Routes::default();
        let first = routes.ask(1);
        routes.send(about(1, "{\n\"half\":1}", false));
        let mut stream = of_stream(first);
        assert_eq!(read(&mut stream), ("event: message\ndata: {\ndata: \"half\":1}\n\n".into(), false));
        routes.send(about(1, "done", true));
        assert_eq!(read(&mut stream), ("event: message\ndata: done\n\n".into(), true));
        assert!(!routes.is_in_use());
    }

    #[test]
    fn messages_without_a_request_go_to_the_stream_else_to_an_open_answer_else_wait() {
        let mut routes = Routes::default();
        routes.send(unrelated("1"));
        let first = routes.ask(1);
        routes.send(unrelated("2"));
        routes.send(about(1, "half", false));
        let mut answer = of_stream(first);
        let data = |text: &str| format!("event: message\ndata: {text}\n\n");
        assert_eq!(read(&mut answer).0, [data("half"), data("1"), data("2")].concat());
        routes.send(unrelated("3"));
        assert_eq!(read(&mut answer).0, data("3"));
        let (number, mut stream) = routes.listen(None);
        routes.send(unrelated("4"));
        assert_eq!(read(&mut stream), (format!("id: 1\n{}", data("4")), false));
        routes.hung_up(number);
        drop(answer);
        routes.send(unrelated("5"));
        let (_, mut stream) = routes.listen(None);
        assert_eq!(read(&mut stream).0, format!("id: 2\n{}", data("5")));
    }

    #[test]
    fn among_requests_of_several_clients_each_hears_of_its_own_alone() {
        let mut routes = Routes::new(true);
        let first = routes.ask(1);
        routes.send(unrelated("anybody's"));
        routes.send(about(1, "its own", false));
        routes.send(unrelated("anybody's"));
        routes.send(about(1, "done", true));
        let data = |text: &str| format!("event: message\ndata: {text}\n\n");
        assert_eq!(read(&mut of_stream(first)), ([data("its own"), data("done")].concat(), true));
        let gone = routes.ask(2);
        drop(gone);
        assert!(routes.gone(2) && !routes.gone(2) && !routes.gone(1), "once, and only before the answer");
    }

    #[test]
    fn a_new_stream_takes_the_place_of_the_old_one_and_begins_where_that_was_lost() {
        let mut routes = Routes::default();
        let (first, mut old) = routes.listen(None);
        routes.send(unrelated("a"));
        routes.send(unrelated("b"));
        let (_, mut new) = routes.listen(Some(1));
        assert!(read(&mut old).1, "the old one ends");
        assert_eq!(read(&mut new), ("id: 2\nevent: message\ndata: b\n\n".into(), false));
        routes.hung_up(first);
        assert!(routes.is_in_use(), "the old one's end is not that of the new one");
        routes.end();
        assert!(read(&mut new).1 && !routes.is_in_use());
    }

    #[test]
    fn waiting_messages_are_bounded_in_number_and_in_bytes() {
        let mut routes = Routes::default();
        for number in 0..=MOST_KEPT {
            routes.send(unrelated(&number.to_string()));
        }
        assert_eq!(routes.waiting.messages.len(), MOST_KEPT);
        assert_eq!(routes.waiting.messages[0].1, "1", "the oldest has gone");
        for _ in 0..5 {
            routes.send(unrelated(&"x".repeat(MOST_KEPT_BYTES / 4)));
        }
        assert_eq!(routes.waiting.messages.len(), 4);
        routes.send(unrelated(&"x".repeat(MOST_KEPT_BYTES + 1)));
        assert_eq!((routes.waiting.messages.len(), routes.waiting.bytes), (0, 0));
    }

    #[test]
    fn nothing_is_kept_for_a_request_whose_connection_has_gone() {
        let mut routes = Routes::default();
        let first = routes.ask(1);
        routes.gone(1);
        routes.send(about(1, "half", false));
        routes.send(about(1, "done", true));
        drop(first);
        drop(routes.ask(2));
        routes.send(about(2, "half", false));
        assert!(!routes.is_in_use());
    }
}
