//! A server over streamable HTTP whose answers a test makes up.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use serde_json::{Value, json};

/// The answer of a server.
pub(crate) struct Reply {
    pub(crate) status: u16,
    /// The session that it begins.
    pub(crate) session: Option<String>,
    /// One message; none where the status says it all.
    pub(crate) message: Option<Value>,
}

impl Reply {
    pub(crate) fn status(status: u16) -> Self {
        Self { status, session: None, message: None }
    }

    /// The result of a request.
    #[expect(clippy::needless_pass_by_value, reason = "it reads better at the call")]
    pub(crate) fn result(request: &Value, result: Value) -> Self {
        let message = json!({"jsonrpc": "2.0", "id": request["id"], "result": result});
        Self { status: 200, session: None, message: Some(message) }
    }

    /// The answer to `initialize`, with a session of this name.
    pub(crate) fn begun(request: &Value, session: &str) -> Self {
        let capabilities = json!({"tools": {"listChanged": true}});
        let result = json!({"protocolVersion": request["params"]["protocolVersion"], "capabilities": capabilities,
            "serverInfo": {"name": "made up", "version": "1"}});
        Self { session: Some(session.to_owned()), ..Self::result(request, result) }
    }
}

/// It serves for as long as the tests run.
pub(crate) struct HttpServer {
    pub(crate) address: String,
    heard: Arc<Mutex<Vec<Heard>>>,
}

/// Names in lower case, and values.
type Headers = Vec<(String, String)>;

/// A message that it was sent.
#[derive(Clone)]
pub(crate) struct Heard {
    pub(crate) message: Value,
    headers: Headers,
}

impl Heard {
    /// The values of a header, by its name in lower case.
    pub(crate) fn header(&self, name: &str) -> Vec<&str> {
        self.headers.iter().filter(|(one, _)| one == name).map(|(_, value)| &**value).collect()
    }
}

impl HttpServer {
    /// Starts one: `answer` is given each message, with the session that it names.
    pub(crate) fn start(answer: impl Fn(&Value, &str) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}/mcp", listener.local_addr().unwrap());
        let heard: Arc<Mutex<Vec<Heard>>> = Arc::default();
        let (answer, noted) = (Arc::new(answer), Arc::clone(&heard));
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let (answer, noted) = (Arc::clone(&answer), Arc::clone(&noted));
                thread::spawn(move || {
                    let Some((headers, message)) = read(&stream) else { return };
                    let reply = match message {
                        Some(message) => {
                            let heard = Heard { message, headers };
                            noted.lock().unwrap().push(heard.clone());
                            answer(&heard.message, heard.header("mcp-session-id").first().unwrap_or(&""))
                        }
                        // It has no stream of its own, and lets nobody end a session.
                        None => Reply::status(405),
                    };
                    write(stream, &reply);
                });
            }
        });
        Self { address, heard }
    }

    /// How often it was sent a message of this method.
    pub(crate) fn heard(&self, method: &str) -> usize {
        self.all(method).len()
    }

    /// Each message of this method that it was sent.
    pub(crate) fn all(&self, method: &str) -> Vec<Heard> {
        let heard = self.heard.lock().unwrap();
        heard.iter().filter(|heard| heard.message["method"] == method).cloned().collect()
    }
}

/// The headers of a request, and its message; none where there is no request.
fn read(stream: &TcpStream) -> Option<(Headers, Option<Value>)> {
    let mut stream = BufReader::new(stream);
    let (mut length, mut headers) = (0, Vec::new());
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).ok()? == 0 {
            return None;
        }
        let Some((name, value)) = line.trim_end_matches(['\r', '\n']).split_once(": ") else {
            if line.trim_end().is_empty() {
                break;
            }
            continue;
        };
        let name = name.to_ascii_lowercase();
        if name == "content-length" {
            length = value.parse().unwrap();
        }
        headers.push((name, value.to_owned()));
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body).ok()?;
    Some((headers, serde_json::from_slice(&body).ok()))
}

fn write(mut stream: TcpStream, reply: &Reply) {
    let body = reply.message.as_ref().map(Value::to_string).unwrap_or_default();
    let session = reply.session.as_ref().map(|id| format!("mcp-session-id: {id}\r\n")).unwrap_or_default();
    let (status, length) = (reply.status, body.len());
    // Whoever has asked may have gone.
    let _ = write!(
        stream,
        "HTTP/1.1 {status} Made Up\r\ncontent-type: application/json\r\n{session}connection: close\r\n\
         content-length: {length}\r\n\r\n{body}"
    );
}
