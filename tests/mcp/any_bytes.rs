//! Lines as no client should send them, made of any bytes: each byte is a choice. So they can come from whatever brings
//! bytes, a property test that shrinks them or a fuzzer that grows them.

/// Values of a field: of every type, at the edges of some.
const VALUES: &[&str] = &[
    "null",
    "true",
    "0",
    "-1",
    "1.5",
    "1e400",
    "18446744073709551616",
    "\"\"",
    "\"ping\"",
    "\"\\ud800\"",
    "\"\\u0000\"",
    "[]",
    "[1]",
    "[[]]",
    "{}",
    "{\"\":null}",
    "{\"a\":{\"a\":1,\"a\":2}}",
    "nul",
    "",
];

/// Methods that a server has, and others.
const METHODS: &[&str] = &[
    "initialize",
    "notifications/initialized",
    "ping",
    "tools/list",
    "tools/call",
    "server/discover",
    "subscriptions/listen",
    "notifications/cancelled",
    "notifications/progress",
    "notifications/roots/list_changed",
    "logging/setLevel",
    "completion/complete",
    "prompts/list",
    "prompts/get",
    "resources/list",
    "resources/read",
    "resources/subscribe",
    "tasks/get",
    "tasks/list",
    "tools/call/",
    "rpc.discover",
    "no/such/method",
];

const TOOLS: &[&str] = &["get_user", "list_users", "zoom_token_status", "zoom_refresh_token", "no_such_tool"];

/// The fields that mark a request of protocol version 2026-07-28, whole or in part.
const META: &[&str] = &[
    r#"{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}}"#,
    r#"{"io.modelcontextprotocol/protocolVersion":"2026-07-28"}"#,
    r#"{"io.modelcontextprotocol/protocolVersion":"1999-12-31","io.modelcontextprotocol/clientCapabilities":[]}"#,
    r#"{"io.modelcontextprotocol/protocolVersion":1,"progressToken":{}}"#,
    r#"{"progressToken":"a"}"#,
];

/// Longer than any line of a client, in several sizes: a server that drops what is too long meets its limit somewhere.
const LONG: [usize; 4] = [60_000, 250_000, 1_000_000, 2 * 1024 * 1024];

/// Deeper than any reader may follow by calling itself.
const DEEP: usize = 10_000;

/// A few lines made from these bytes, in the pieces in which they are written.
pub(crate) fn writes(bytes: &[u8]) -> Vec<Vec<u8>> {
    let mut choices = Choices(bytes);
    let mut writes = Vec::new();
    while !choices.0.is_empty() {
        let mut line = line(&mut choices);
        line.extend_from_slice(choices.of(&[b"\n".as_slice(), b"\r\n", b"\n\n", b"\0\n", b" \t\n"]));
        let rest = line.split_off(line.len() * choices.below(4) / 4);
        writes.extend([line, rest]);
    }
    writes
}

/// Bytes, of which one is taken for each choice; when there are no more, the first of everything is chosen.
struct Choices<'a>(&'a [u8]);

impl<'a> Choices<'a> {
    fn below(&mut self, n: usize) -> usize {
        let Some((first, rest)) = self.0.split_first() else { return 0 };
        self.0 = rest;
        usize::from(*first) % n
    }

    fn of<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.below(all.len())]
    }

    /// True once in so many times.
    fn rarely(&mut self, times: usize) -> bool {
        self.below(times) == times - 1
    }

    fn raw(&mut self) -> &'a [u8] {
        let length = self.below(64).min(self.0.len());
        let (raw, rest) = self.0.split_at(length);
        self.0 = rest;
        raw
    }
}

fn line(choices: &mut Choices<'_>) -> Vec<u8> {
    match choices.below(16) {
        0 => choices.raw().to_vec(),
        1 => {
            let mut line = message(choices).into_bytes();
            let at = line.len() * choices.below(8) / 8;
            line.splice(at..at, *choices.of(&[b"\xff\xfe", b"\xc0\x80", b"\xed\xa0", b"\0\0"]));
            line
        }
        2 => [b"\xef\xbb\xbf", message(choices).as_bytes()].concat(),
        3 => {
            let part = choices.of(&["x", "0,", "{},", "[0,", "{\"a\":", "\"\",", "\\u0000", "\u{1f600}"]);
            let length = choices.of(&LONG);
            around(choices, &part.repeat(length / part.len())).into_bytes()
        }
        4 => {
            let (open, close) = choices.of(&[("[", "]"), ("{\"a\":", "}")]);
            let nested = [&open.repeat(DEEP), "1", &close.repeat(DEEP)].concat();
            around(choices, &nested).into_bytes()
        }
        5 => {
            let messages: Vec<_> = (0..choices.below(4)).map(|_| message(choices)).collect();
            format!("[{}]", messages.join(",")).into_bytes()
        }
        6 => choices.of(VALUES).as_bytes().to_vec(),
        7 => {
            // Half of a message; the other half may be the next line.
            let mut line = message(choices).into_bytes();
            line.truncate(line.len() / 2);
            line
        }
        _ => message(choices).into_bytes(),
    }
}

/// This text where a message has room for anything.
fn around(choices: &mut Choices<'_>, inside: &str) -> String {
    let call = "\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\",\"params\":";
    match choices.below(6) {
        0 => inside.to_owned(),
        1 => format!("{{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"{inside}\"}}"),
        2 => format!("{{{call}{inside}}}"),
        3 => format!("{{{call}[{inside}0]}}"),
        4 => format!("{{{call}{{\"name\":\"get_user\",\"arguments\":{{\"user_id\":[{inside}0]}}}}}}"),
        _ => format!("{{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":[{inside}0]}}"),
    }
}

/// An object that is nearly a message of JSON-RPC.
fn message(choices: &mut Choices<'_>) -> String {
    let mut fields = Vec::new();
    if !choices.rarely(16) {
        let version = if choices.rarely(16) { choices.of(VALUES) } else { "\"2.0\"" };
        fields.push(format!("\"jsonrpc\":{version}"));
    }
    if !choices.rarely(4) {
        fields.push(format!("\"id\":{}", if choices.rarely(4) { choices.of(VALUES) } else { "1" }));
    }
    if !choices.rarely(8) {
        let method = format!("\"{}\"", choices.of(METHODS));
        fields.push(format!("\"method\":{}", if choices.rarely(8) { choices.of(VALUES) } else { &method }));
    }
    if !choices.rarely(8) {
        fields.push(format!("\"params\":{}", parameters(choices)));
    }
    if choices.rarely(8) {
        let name = choices.of(&["result", "error", "id", "method", "jsonrpc", "unknown"]);
        let error = "{\"code\":-32600,\"message\":\"\"}";
        fields.push(format!("\"{name}\":{}", if choices.rarely(2) { choices.of(VALUES) } else { error }));
    }
    format!("{{{}}}", fields.join(","))
}

fn parameters(choices: &mut Choices<'_>) -> String {
    if choices.rarely(8) {
        return choices.of(VALUES).to_owned();
    }
    let mut fields = Vec::new();
    for _ in 0..choices.below(4) {
        let tool = format!("\"{}\"", choices.of(TOOLS));
        let (name, usual) = choices.of(&[
            ("name", tool.as_str()),
            ("arguments", "{\"user_id\":\"me\"}"),
            ("arguments", "{}"),
            ("requestId", "1"),
            ("protocolVersion", "\"2025-11-25\""),
            ("protocolVersion", "\"2026-07-28\""),
            ("capabilities", "{}"),
            ("clientInfo", "{\"name\":\"a\",\"version\":\"1\"}"),
            ("notifications", "{\"toolsListChanged\":true}"),
            ("cursor", "\"a\""),
        ]);
        fields.push(format!("\"{name}\":{}", if choices.rarely(4) { choices.of(VALUES) } else { usual }));
    }
    if choices.rarely(4) {
        fields.push(format!("\"_meta\":{}", choices.of(META)));
    }
    format!("{{{}}}", fields.join(","))
}
