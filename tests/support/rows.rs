//! The possible outcomes of a request for a token: a row for each, with its consequences.

use std::fs;
use std::io::Write as _;
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
#[cfg(unix)]
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;
use zoomtok::sandbox::{Endpoint, Fault, RetryAfter, Sandbox};

use crate::support::{Ended, Home, sandbox};

/// A row of the table.
pub(crate) struct Row {
    pub(crate) name: &'static str,
    cause: Cause,
    app: App,
    /// The exit status of the process.
    pub(crate) code: i32,
    /// How often a token is asked for.
    pub(crate) posts: usize,
    says: &'static [&'static str],
}

/// The cause of a failure.
enum Cause {
    /// Every answer of the sandbox.
    Fault(Fault),
    /// The first answer of the sandbox.
    Once(Fault),
    /// The connection is reset before an answer.
    Reset,
    /// There is no server at this URL, or none that can be talked to; `PORT` is one where plain HTTP is spoken.
    Url(&'static str),
}

/// Whose token is asked for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum App {
    ServerToServer,
    User,
    PublicUser,
}

/// A row, set up.
pub(crate) struct Scene {
    /// Its `.env` holds a token that has expired.
    pub(crate) home: Home,
    pub(crate) sandbox: Sandbox,
    raw: Option<Raw>,
}

impl Scene {
    /// How often a token was asked for.
    pub(crate) fn posts(&self) -> usize {
        self.raw.as_ref().map_or_else(|| self.sandbox.token_requests().len(), Raw::connections)
    }
}

impl Row {
    /// Makes it happen to whoever asks.
    pub(crate) fn scene(&self) -> Scene {
        let sandbox = sandbox();
        let expired = format!("# mine\nZOOM_ACCESS_TOKEN=\"{}\"\n", sandbox.mint(-100));
        let home = match self.app {
            App::ServerToServer => Home::of(&sandbox, &expired),
            App::User => Home::of_user(&sandbox, &expired),
            App::PublicUser => Home::of_public(&sandbox, &expired),
        };
        let turn_to = |url: &str| home.write_env(&home.env_text().replace(&sandbox.oauth_url(), url));
        let mut raw = None;
        match &self.cause {
            Cause::Fault(fault) => sandbox.fail(Endpoint::Token, fault.clone(), u32::MAX),
            Cause::Once(fault) => sandbox.fail(Endpoint::Token, fault.clone(), 1),
            Cause::Reset => {
                let server = Raw::start(None);
                turn_to(&server.url);
                raw = Some(server);
            }
            Cause::Url(url) => turn_to(&url.replace("PORT", &sandbox.port().to_string())),
        }
        Scene { home, sandbox, raw }
    }

    /// Runs a command in this row, and fails unless it ends as the row says: with its code and one line on stderr,
    /// nothing on stdout, so many requests, and the `.env` as it was.
    pub(crate) fn holds_for(&self, arguments: &[&str]) -> (Scene, Ended) {
        let scene = self.scene();
        let before = fs::read(scene.home.env_path()).unwrap();
        let ended = scene.home.run(arguments).expect(self.code).says(self.says);
        assert_eq!(ended.stdout, "");
        assert!(ended.stderr.starts_with("zoomtok: "), "{}", ended.stderr);
        assert_eq!(fs::read(scene.home.env_path()).unwrap(), before, ".env has changed");
        assert_eq!(scene.posts(), self.posts, "requests");
        (scene, ended)
    }
}

/// Checks every row, all at once: they mostly wait. Fails with the names of those that do not hold.
#[track_caller]
pub(crate) fn every(rows: &[Row], check: impl Fn(&Row) + Sync) {
    let named: Vec<(&str, &Row)> = rows.iter().map(|row| (row.name, row)).collect();
    each(&named, |row| check(row));
}

/// Checks every named case, all at once. Fails with the names of those that do not hold.
#[track_caller]
pub(crate) fn each<T: Sync>(cases: &[(&str, T)], check: impl Fn(&T) + Sync) {
    let failed: Vec<&str> = thread::scope(|scope| {
        let running: Vec<_> = cases
            .iter()
            .map(|(name, case)| {
                let named = thread::Builder::new().name((*name).to_owned());
                (name, named.spawn_scoped(scope, || check(case)).unwrap())
            })
            .collect();
        running.into_iter().filter_map(|(name, thread)| thread.join().err().map(|_| *name)).collect()
    });
    assert!(failed.is_empty(), "these do not hold: {failed:?}");
}

/// All rows.
pub(crate) fn rows() -> Vec<Row> {
    let mut rows = transient();
    rows.extend(refused());
    rows
}

/// Transient failures: exit status 5, and at most three tries.
pub(crate) fn transient() -> Vec<Row> {
    let row = |name, cause, posts, says| Row { name, cause, app: App::ServerToServer, code: 5, posts, says };
    let fault = |name, fault, posts, says| row(name, Cause::Fault(fault), posts, says);
    let json = |status, body: &str| Fault::Json { status, body: body.into() };
    vec![
        row("nobody listens", Cause::Url("http://127.0.0.1:1"), 0, &["127.0.0.1 cannot be reached"]),
        row("no such name", Cause::Url("https://zoom.invalid"), 0, &["zoom.invalid cannot be reached"]),
        row("no TLS", Cause::Url("https://127.0.0.1:PORT"), 0, &["127.0.0.1 cannot be reached"]),
        row("reset", Cause::Reset, 3, &["broke off"]),
        fault("cut before the answer", Fault::CutBefore, 3, &["broke off", "try again later"]),
        fault("connection closed after processing", Fault::CutAfter, 3, &["broke off"]),
        fault("truncated", Fault::Truncated, 3, &["broke off"]),
        fault("200 HTML", Fault::Html(200), 3, &["not a JSON object", "is a proxy in the way?"]),
        fault("200 empty", Fault::Empty, 3, &["HTTP 200", "was empty"]),
        fault("200 without a token", Fault::NoToken, 3, &["held no token"]),
        fault("200 with an empty token", Fault::Token(String::new()), 3, &["held no token"]),
        fault("200 with a list", json(200, "[]"), 3, &["not a JSON object"]),
        fault("200 cut off", json(200, "{\"access_token\":\"ab"), 3, &["not a JSON object"]),
        fault(
            "200 with an unsafe token",
            Fault::Token("a\nB=$(id)".into()),
            1,
            &["the token from Zoom is unusable"],
        ),
        fault("400 HTML", Fault::Html(400), 1, &["HTTP 400", "not a JSON object"]),
        fault("403 HTML", Fault::Html(403), 1, &["HTTP 403", "not a JSON object"]),
        fault("404 HTML", Fault::Html(404), 1, &["HTTP 404", "not a JSON object"]),
        fault("400 for no known reason", json(400, "{\"error\":\"teapot\"}"), 1, &["HTTP 400"]),
        fault("408", Fault::Status(408), 3, &["HTTP 408"]),
        fault("429", Fault::Busy(RetryAfter::None), 3, &["HTTP 429", "too busy"]),
        fault("500", Fault::Status(500), 3, &["HTTP 500"]),
        fault("500 with a verdict", json(500, "{\"error\":\"invalid_client\"}"), 3, &["HTTP 500"]),
        fault("502", Fault::Html(502), 3, &["HTTP 502"]),
        fault("503", Fault::Status(503), 3, &["HTTP 503"]),
        fault("504", Fault::Status(504), 3, &["HTTP 504"]),
        fault("a login page", Fault::Redirect("https://zoom.invalid/signin".into()), 1, &["redirect"]),
        fault("a look-up that is down", json(400, "{\"errorCode\":4732}"), 3, &["4732"]),
        fault("an exception", json(400, "{\"errorCode\":4700,\"errorMessage\":\"\"}"), 3, &["4700"]),
    ]
}

/// Refusals: exit status 4, and no second try.
pub(crate) fn refused() -> Vec<Row> {
    let row = |name, app, status, body: &str, says| Row {
        name,
        cause: Cause::Fault(Fault::Json { status, body: body.into() }),
        app,
        code: 4,
        posts: 1,
        says,
    };
    let server = |name, body, says| row(name, App::ServerToServer, 400, body, says);
    let user = |name, body, says| row(name, App::User, 400, body, says);
    vec![
        server(
            "invalid_client",
            r#"{"reason":"Invalid client_id or client_secret","error":"invalid_client"}"#,
            &["ZOOM_CLIENT_ID", "ZOOM_CLIENT_SECRET", "HTTP 400"],
        ),
        row(
            "invalid_client under 200",
            App::ServerToServer,
            200,
            r#"{"error":"invalid_client"}"#,
            &["ZOOM_CLIENT_ID", "ZOOM_CLIENT_SECRET"],
        ),
        row(
            "invalid_client under 401",
            App::User,
            401,
            r#"{"error":"invalid_client"}"#,
            &["ZOOM_CLIENT_ID", "ZOOM_CLIENT_SECRET"],
        ),
        row(
            "invalid_client for a public client",
            App::PublicUser,
            400,
            r#"{"reason":"Invalid client_id or client_secret","error":"invalid_client"}"#,
            &["ZOOM_CLIENT_SECRET", "Public Client ID"],
        ),
        server(
            "4702 in the other dialect",
            r#"{"status":false,"errorCode":4702,"errorMessage":"Invalid client_id: x","result":null}"#,
            &["ZOOM_CLIENT_ID"],
        ),
        server(
            "invalid_request for an account",
            r#"{"reason":"Bad Request","error":"invalid_request"}"#,
            &["ZOOM_ACCOUNT_ID"],
        ),
        server(
            "unsupported_grant_type",
            r#"{"reason":"unsupported grant type","error":"unsupported_grant_type"}"#,
            &["ZOOM_ACCOUNT_ID", "ZOOM_REFRESH_TOKEN"],
        ),
        server(
            "unauthorized_client",
            r#"{"error":"unauthorized_client"}"#,
            &["not allowed", "administrator"],
        ),
        server("invalid_scope", r#"{"error":"invalid_scope"}"#, &["scope"]),
        server("invalid_grant for an account", r#"{"error":"invalid_grant"}"#, &["invalid_grant"]),
        server("4717", r#"{"code":4717,"message":"disabled"}"#, &["disabled"]),
        user(
            "invalid_grant",
            r#"{"reason":"Invalid Token!","error":"invalid_grant"}"#,
            &["ZOOM_REFRESH_TOKEN"],
        ),
        user("invalid_grant and no reason", r#"{"error":"invalid_grant"}"#, &["ZOOM_REFRESH_TOKEN"]),
        user("4741", r#"{"code":4741,"message":"superseded"}"#, &["ZOOM_REFRESH_TOKEN"]),
        row(
            "invalid_grant for a public client",
            App::PublicUser,
            400,
            r#"{"reason":"Invalid refresh token","error":"invalid_grant"}"#,
            &["ZOOM_REFRESH_TOKEN"],
        ),
        Row {
            name: "a refresh token whose answer was lost",
            cause: Cause::Once(Fault::CutAfter),
            app: App::User,
            code: 4,
            posts: 2,
            says: &["never arrived", "ZOOM_REFRESH_TOKEN"],
        },
    ]
}

/// A server of bytes: to each connection the same, or a reset.
pub(crate) struct Raw {
    pub(crate) url: String,
    connections: Arc<AtomicUsize>,
}

impl Raw {
    /// Answers every connection with these bytes, or with a reset. It lives as long as the tests do.
    pub(crate) fn start(answer: Option<Vec<u8>>) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let connections = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&connections);
        thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                counter.fetch_add(1, Ordering::SeqCst);
                if let Some(answer) = &answer {
                    read_request(&stream);
                    stream.write_all(answer).unwrap();
                } else {
                    // Closing a connection before all that came was read resets it.
                    stream.peek(&mut [0]).unwrap();
                }
            }
        });
        Self { url, connections }
    }

    /// How many connections came.
    pub(crate) fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }
}

/// Reads a request whole, as what is left unread resets the connection.
fn read_request(stream: &std::net::TcpStream) {
    use std::io::{BufRead as _, BufReader, Read as _};
    let mut reader = BufReader::new(stream);
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        if let Some(value) = line.to_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        }
        if line.trim().is_empty() {
            break;
        }
    }
    reader.read_exact(&mut vec![0; length]).unwrap();
}

/// A script for `sh`, in which `$0` is the program, with the environment that the program has in this home.
#[cfg(unix)]
pub(crate) fn shell(home: &Home, script: &str) -> Command {
    let program = home.command::<&str>([]);
    let mut shell = Command::new("sh");
    shell.args(["-c", script, env!("CARGO_BIN_EXE_zoomtok")]).current_dir(home.work()).env_clear();
    shell.envs(program.get_envs().filter_map(|(name, value)| Some((name, value?))));
    shell
}

/// A JWT with these claims, which nobody has signed.
pub(crate) fn jwt(claims: &Value) -> String {
    let segment = |text: &str| URL_SAFE_NO_PAD.encode(text);
    format!("{}.{}.c2lnbmF0dXJl", segment(r#"{"alg":"HS512"}"#), segment(&claims.to_string()))
}

/// When a JWT ends, in seconds since 1970.
pub(crate) fn exp(token: &str) -> i64 {
    let payload = URL_SAFE_NO_PAD.decode(token.trim().split('.').nth(1).unwrap()).unwrap();
    serde_json::from_slice::<Value>(&payload).unwrap()["exp"].as_i64().unwrap()
}

/// Every file and directory below one.
pub(crate) fn tree(directory: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(directory).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(tree(&path));
        }
        found.push(path);
    }
    found.sort();
    found
}
