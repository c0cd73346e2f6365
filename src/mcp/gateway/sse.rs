//! Server-sent events, as far as streamable HTTP uses them. Pure.

/// One event.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Event {
    /// Its name; none for a plain message.
    pub(crate) name: Option<String>,
    /// Its data; empty where there is none.
    pub(crate) data: String,
    /// Its id; none if this event has none of its own.
    pub(crate) id: Option<String>,
    /// The milliseconds to wait before a lost stream is opened again.
    pub(crate) retry: Option<u64>,
}

/// An event has more bytes than were asked for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct TooLong;

/// Reads a stream piece by piece, however it is cut.
#[derive(Debug)]
pub(crate) struct Parser {
    most: usize,
    line: Vec<u8>,
    event: Event,
    /// Whether a line of data has come, even an empty one.
    has_data: bool,
    /// The last byte was a carriage return: a line feed after it belongs to the same end of line.
    after_cr: bool,
    is_first_line: bool,
}

impl Parser {
    /// A parser of events of at most this many bytes.
    pub(crate) fn new(most: usize) -> Self {
        Self {
            most,
            line: Vec::new(),
            event: Event::default(),
            has_data: false,
            after_cr: false,
            is_first_line: true,
        }
    }

    /// Takes the next bytes, and appends the events that end in them.
    ///
    /// # Errors
    ///
    /// An event is too long.
    pub(crate) fn feed(&mut self, mut bytes: &[u8], events: &mut Vec<Event>) -> Result<(), TooLong> {
        if std::mem::take(&mut self.after_cr) && bytes.first() == Some(&b'\n') {
            bytes = &bytes[1..];
        }
        while let Some(end) = bytes.iter().position(|byte| matches!(byte, b'\n' | b'\r')) {
            self.extend(&bytes[..end])?;
            let is_cr = bytes[end] == b'\r';
            bytes = &bytes[end + 1..];
            if is_cr {
                match bytes.first() {
                    Some(b'\n') => bytes = &bytes[1..],
                    Some(_) => {}
                    None => self.after_cr = true,
                }
            }
            events.extend(self.end_line());
        }
        self.extend(bytes)
    }

    fn extend(&mut self, bytes: &[u8]) -> Result<(), TooLong> {
        if self.line.len() + self.event.data.len() + bytes.len() > self.most {
            return Err(TooLong);
        }
        self.line.extend_from_slice(bytes);
        Ok(())
    }

    fn end_line(&mut self) -> Option<Event> {
        let line = std::mem::take(&mut self.line);
        let line = String::from_utf8(line)
            .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned());
        let is_first = std::mem::take(&mut self.is_first_line);
        let line = line.strip_prefix('\u{feff}').filter(|_| is_first).unwrap_or(&line);
        if line.is_empty() {
            let event = std::mem::take(&mut self.event);
            let had_data = std::mem::take(&mut self.has_data);
            return (had_data || event.id.is_some() || event.retry.is_some()).then_some(event);
        }
        // A line that begins with a colon is a comment.
        let (field, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "data" => {
                if std::mem::replace(&mut self.has_data, true) {
                    self.event.data.push('\n');
                }
                self.event.data.push_str(value);
            }
            "event" => self.event.name = Some(value.to_owned()).filter(|name| name != "message"),
            "id" if !value.contains('\0') => self.event.id = Some(value.to_owned()),
            "retry" => self.event.retry = value.parse().ok(),
            _ => {}
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(data: &str) -> Event {
        Event { data: data.into(), ..Event::default() }
    }

    fn parsed(text: &str, piece: usize) -> Vec<Event> {
        let (mut parser, mut events) = (Parser::new(1000), Vec::new());
        for piece in text.as_bytes().chunks(piece) {
            parser.feed(piece, &mut events).unwrap();
        }
        events
    }

    #[test]
    fn events_are_the_same_however_the_stream_is_cut_and_its_lines_end() {
        let with_id = |id: &str, data: &str| Event { id: Some(id.into()), ..event(data) };
        let table = [
            ("data: {}\n\n", vec![event("{}")]),
            ("data:{}\r\n\r\ndata: 2\r\n\r\n", vec![event("{}"), event("2")]),
            ("data: a\rdata:  b\r\r", vec![event("a\n b")]),
            ("\u{feff}: hello\n\ndata: 1\n\n", vec![event("1")]),
            ("id: 7\ndata:\n\n", vec![with_id("7", "")]),
            ("id: 7\n\n", vec![with_id("7", "")]),
            ("id: a\0b\ndata: 1\n\n", vec![event("1")]),
            ("event: message\ndata: 1\n\n", vec![event("1")]),
            ("event: ping\ndata\n\n", vec![Event { name: Some("ping".into()), ..event("") }]),
            ("retry: 500\nother: 1\n\n", vec![Event { retry: Some(500), ..Event::default() }]),
            ("retry: soon\ndata: 1\n\n", vec![event("1")]),
            ("data: \u{e9}\u{1f600}\n\n", vec![event("\u{e9}\u{1f600}")]),
            ("data: unfinished\n", vec![]),
            ("event: nothing\n\n\n\n", vec![]),
        ];
        for (text, expected) in table {
            for piece in [1, 2, 3, 1000] {
                assert_eq!(parsed(text, piece), expected, "{text:?} in pieces of {piece}");
            }
        }
    }

    #[test]
    fn an_event_is_bounded_over_all_its_lines() {
        let mut parser = Parser::new(20);
        let mut events = Vec::new();
        for _ in 0..3 {
            parser.feed(b"data: 0123456789\n\n", &mut events).unwrap();
        }
        assert_eq!(events.len(), 3);
        parser.feed(b"data: 0123456789\n", &mut events).unwrap();
        assert_eq!(parser.feed(b"data: 01234\n", &mut events), Err(TooLong));
        assert_eq!(Parser::new(20).feed(&[b'x'; 21], &mut events), Err(TooLong));
    }
}
