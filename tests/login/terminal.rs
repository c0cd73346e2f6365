//! A login by somebody who types: questions, secrets that are not shown, and what is left when they stop.

use std::fs::{File, OpenOptions};
use std::io::{Read as _, Write as _};
use std::process::Stdio;
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use reqwest::Url;
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{LocalModes, Winsize, tcgetattr, tcsetwinsize};
use zoomtok::sandbox::{ACCOUNT_ID, CLIENT_ID, CLIENT_SECRET, Client, PUBLIC_CLIENT_ID, REDIRECT_URI};

use super::{pointed, world};
use crate::support::browser::{follow, next, open};
use crate::support::canaries::{Shows, assert_clean};
use crate::support::processes::Running;
use crate::support::{Home, mode, sandbox};

/// A terminal with the program on it, in a session of its own: Ctrl-C is a signal there.
pub(crate) struct Typist {
    running: Running,
    terminal: File,
    shown: Arc<Mutex<Vec<u8>>>,
    /// The thread that reads it, until the program has closed its end.
    reading: JoinHandle<()>,
}

impl Typist {
    pub(crate) fn start(home: &Home, arguments: &[&str]) -> Self {
        Self::start_on(home, arguments, "xterm")
    }

    /// The same on a terminal of this kind.
    pub(crate) fn start_on(home: &Home, arguments: &[&str], kind: &str) -> Self {
        Self::start_program(home, env!("CARGO_BIN_EXE_zoomtok"), arguments, kind)
    }

    /// The same of another program.
    pub(crate) fn start_program(home: &Home, program: &str, arguments: &[&str], kind: &str) -> Self {
        let screen = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&screen).unwrap();
        unlockpt(&screen).unwrap();
        let name = ptsname(&screen, Vec::new()).unwrap().into_string().unwrap();
        let end = || Stdio::from(OpenOptions::new().read(true).write(true).open(&name).unwrap());
        let mut command = home.foreign("setsid", ["--ctty", program].iter().chain(arguments));
        command.env("LC_ALL", "C.UTF-8").env("TERM", kind).stdin(end()).stdout(end()).stderr(end());
        let running = Running::new(command.spawn().unwrap());
        drop(command);
        let terminal = File::from(screen);
        let (mut reader, shown) = (terminal.try_clone().unwrap(), Arc::new(Mutex::new(Vec::new())));
        let kept = Arc::clone(&shown);
        let reading = thread::spawn(move || {
            let mut buffer = [0; 4096];
            while let Ok(read @ 1..) = reader.read(&mut buffer) {
                kept.lock().unwrap().extend_from_slice(&buffer[..read]);
            }
        });
        Self { running, terminal, shown, reading }
    }

    pub(crate) fn shown(&self) -> String {
        let shown = self.shown.lock().unwrap().clone();
        assert_clean(&shown, Shows::Nothing, "what a terminal shows");
        String::from_utf8_lossy(&shown).replace("\r\n", "\n")
    }

    /// Waits until this is shown.
    #[track_caller]
    pub(crate) fn until(&self, text: &str) -> String {
        let begun = Instant::now();
        loop {
            let shown = self.shown();
            if shown.contains(text) {
                return shown;
            }
            assert!(begun.elapsed() < Duration::from_secs(20), "{text:?} is not in {shown:?}");
            thread::sleep(Duration::from_millis(5));
        }
    }

    pub(crate) fn types(&mut self, text: &str) {
        self.terminal.write_all(text.as_bytes()).unwrap();
    }

    /// Gives the terminal so many columns.
    pub(crate) fn resize(&self, columns: u16) {
        let size = Winsize { ws_col: columns, ws_row: 24, ws_xpixel: 0, ws_ypixel: 0 };
        tcsetwinsize(&self.terminal, size).unwrap();
    }

    pub(crate) fn signal(&mut self, name: &str) {
        self.running.signal(name);
    }

    /// Answers a question once it is asked.
    #[track_caller]
    pub(crate) fn answers(&mut self, question: &str, answer: &str) {
        self.until(question);
        self.types(&format!("{answer}\n"));
    }

    fn is_echoing(&self) -> bool {
        tcgetattr(&self.terminal).unwrap().local_modes.contains(LocalModes::ECHO)
    }

    #[track_caller]
    pub(crate) fn until_silent(&self) {
        let begun = Instant::now();
        while self.is_echoing() {
            assert!(begun.elapsed() < Duration::from_secs(20), "a secret would be shown");
            thread::sleep(Duration::from_millis(5));
        }
    }

    /// The address that it shows.
    #[track_caller]
    fn address(&self) -> Url {
        let shown = self.until("paste its address");
        let line = shown.lines().find(|line| line.starts_with("http")).unwrap();
        Url::parse(line.trim()).unwrap()
    }

    /// Waits for its end. The terminal shows again what is typed.
    #[track_caller]
    pub(crate) fn end(mut self, code: i32) -> String {
        let ended = self.running.wait();
        assert!(self.is_echoing(), "the terminal does not show what is typed");
        while !self.reading.is_finished() {
            thread::sleep(Duration::from_millis(1));
        }
        assert_eq!(ended.code(), Some(code), "{}", self.shown());
        self.shown()
    }
}

#[test]
fn what_is_asked_for_is_stored_and_the_secret_is_not_shown() {
    let sandbox = sandbox();
    let home = pointed(&sandbox, Home::empty());
    let mut typist = Typist::start(&home, &["login"]);
    typist.answers("(2) a Server-to-Server OAuth app? [1] ", "3");
    typist.answers("Type 1 or 2", "2");
    typist.answers("Account ID: ", &format!("  {ACCOUNT_ID} "));
    typist.answers("Client ID: ", "two words");
    typist.answers("holds a character that no value of an app has", CLIENT_ID);
    typist.until("Client Secret (is not shown): ");
    typist.until_silent();
    typist.types(&format!("{CLIENT_SECRET}\n"));
    let shown = typist.end(0);
    assert!(shown.contains("✅ Logged in with an app of Ada Example"), "{shown}");
    assert!(!shown.contains(CLIENT_SECRET));
    assert_eq!(home.value("ZOOM_CLIENT_SECRET").unwrap(), CLIENT_SECRET);
    assert_eq!(mode(&home.env_path()), 0o600);
    home.run(["get", "-f"]).expect(0);
}

#[test]
fn an_interrupt_at_any_question_leaves_the_files_and_the_terminal_as_they_were() {
    let sandbox = sandbox();
    let questions = [
        ("[1] ", "2\n"),
        ("Account ID: ", "account\n"),
        ("Client ID: ", "id\n"),
        ("Client Secret (is not shown): ", "half-a-secret-canary"),
    ];
    for stop_at in 0..questions.len() {
        let mut home = pointed(&sandbox, Home::with_env("# mine\n"));
        home.set("UNUSED", "1");
        let mut typist = Typist::start(&home, &["login"]);
        for (question, answer) in &questions[..stop_at] {
            typist.until(question);
            typist.types(answer);
        }
        let (question, answer) = questions[stop_at];
        typist.until(question);
        if stop_at == questions.len() - 1 {
            typist.until_silent();
            typist.types(answer);
        }
        typist.types("\u{3}");
        let shown = typist.end(130);
        assert!(!shown.contains("half-a-secret"), "{shown}");
        assert_eq!(home.env_text(), "# mine\n");
        assert_eq!(home.names(), [".env"]);
    }
    assert_eq!(sandbox.requests().len(), 0);
}

#[test]
fn the_end_of_input_is_no_answer() {
    let sandbox = sandbox();
    let home = pointed(&sandbox, Home::empty());
    let mut typist = Typist::start(&home, &["login", "--server-to-server"]);
    typist.until("Account ID: ");
    typist.types("\u{4}");
    assert!(typist.end(3).contains("the input ended before all was answered"));
    assert!(home.names().is_empty());
}

#[test]
fn a_pasted_address_is_as_good_as_the_browser() {
    for whole in [true, false] {
        let (sandbox, home) = world();
        let mut typist = Typist::start(&home, &["login", "--no-browser", "--client-id", PUBLIC_CLIENT_ID]);
        let callback = next(&open(&typist.address())).unwrap();
        let code = callback.query_pairs().find(|(name, _)| name == "code").unwrap().1.into_owned();
        typist.types(&if whole { format!("{callback}\n") } else { format!("{code}\n") });
        typist.end(0);
        assert_eq!(home.value("ZOOM_REFRESH_TOKEN").unwrap(), sandbox.refresh_token_of(Client::Public));
    }
}

#[test]
fn whatever_else_is_pasted_is_said_and_waited_on() {
    let (_sandbox, home) = world();
    let mut typist = Typist::start(&home, &["login", "--no-browser", "--client-id", PUBLIC_CLIENT_ID]);
    let address = typist.address();
    let callback = next(&open(&address)).unwrap();
    let with = |query: &str| {
        let mut other = callback.clone();
        other.set_query(Some(query));
        other.to_string()
    };
    let state = callback.query_pairs().find(|(name, _)| name == "state").unwrap().1.into_owned();
    typist.types("\n");
    for (pasted, said) in [
        (address.to_string(), "That is the address to open"),
        (with("code=abcdefghijklmnop&state=of-another"), "That address belongs to another login"),
        (with(&format!("page=1&state={state}")), "There is no code in that address"),
        ("two words".to_owned(), "That is neither an address nor a code"),
    ] {
        typist.types(&format!("{pasted}\n"));
        typist.until(said);
    }
    typist.types(&format!("{}\n", with(&format!("error=server_error&state={state}"))));
    assert!(typist.end(4).contains("the error server_error"));
    assert!(!home.env_path().exists());
}

#[test]
fn the_browser_may_come_first() {
    let (_sandbox, home) = world();
    let typist = Typist::start(&home, &["login", "--no-browser", "--client-id", PUBLIC_CLIENT_ID]);
    follow(&typist.address());
    assert!(typist.end(0).contains("✅ Logged in as Ada Example"));
}

#[test]
fn a_confidential_client_pastes_what_its_own_address_got() {
    let (sandbox, home) = world();
    let arguments = ["login", "--paste", "--redirect-uri", REDIRECT_URI];
    let mut typist = Typist::start(&home, &arguments);
    typist.answers("Client ID: ", CLIENT_ID);
    typist.until("Client Secret (is not shown; empty for a Public Client ID): ");
    typist.until_silent();
    typist.types(&format!("{CLIENT_SECRET}\n"));
    let callback = next(&open(&typist.address())).unwrap();
    assert!(callback.as_str().starts_with(REDIRECT_URI));
    typist.types(&format!("{callback}\n"));
    typist.end(0);
    let request = &sandbox.token_requests()[0];
    assert!(request.client_ok && !request.fields.contains_key("client_id"));
    assert_eq!(home.value("ZOOM_REFRESH_TOKEN").unwrap(), sandbox.refresh_token_of(Client::Confidential));
    home.run(["get", "-f"]).expect(0);
}

#[test]
fn what_zooms_page_shows_is_explained_and_the_login_goes_on() {
    let (sandbox, home) = world();
    let mut typist = Typist::start(&home, &["login", "--no-browser", "--client-id", PUBLIC_CLIENT_ID]);
    let address = typist.address();
    let mut wrong = address.clone();
    let fields: Vec<(String, String)> = address.query_pairs().into_owned().collect();
    wrong.query_pairs_mut().clear();
    for (name, value) in &fields {
        let value = if name == "redirect_uri" { "http://localhost/callback" } else { value };
        wrong.query_pairs_mut().append_pair(name, value);
    }
    for (typed, words) in [
        (open(&wrong).body, "names localhost, which Zoom refuses"),
        (
            r#"{"status":false,"errorCode":4700,"errorMessage":"Invalid redirect url"}"#.into(),
            "Use Public Client OAuth",
        ),
        (
            r#"{"status":false,"errorCode":4702,"errorMessage":"Invalid client_id: x"}"#.into(),
            "Copy the Public Client ID",
        ),
        ("You cannot authorize the app".into(), "the app is not published"),
        (address.to_string(), "That is the address to open"),
        ("http://127.0.0.1/callback?code=abcdefabcdef&state=other".into(), "belongs to another login"),
        ("hm".into(), "neither an address nor a code"),
        (String::new(), ""),
    ] {
        typist.types(&format!("{}\n", typed.trim()));
        typist.until(words);
    }
    assert_eq!(sandbox.token_requests().len(), 0);
    follow(&address);
    typist.end(0);
}

#[test]
fn a_person_decides_whether_another_app_is_replaced() {
    for (answer, code) in [("", 1), ("n", 1), ("y", 0)] {
        let (sandbox, _) = world();
        let home = pointed(&sandbox, Home::of(&sandbox, ""));
        let text = home.env_text();
        let mut typist = Typist::start(&home, &["login", "--no-browser", "--client-id", PUBLIC_CLIENT_ID]);
        typist.answers("Replace that? [y/N] ", answer);
        if code == 0 {
            follow(&typist.address());
        }
        let shown = typist.end(code);
        assert_eq!(home.env_text() == text, code == 1, "{shown}");
        assert!(shown.contains("holds the credentials of another app"), "{shown}");
    }
}

#[test]
fn somebody_who_comes_by_ssh_gets_the_line_that_forwards_the_port() {
    let (_sandbox, mut home) = world();
    home.set("SSH_CONNECTION", "198.51.100.7 50000 192.0.2.1 22").set("USER", "ada").set("DISPLAY", ":0");
    let mut typist = Typist::start(&home, &["login", "--client-id", PUBLIC_CLIENT_ID]);
    let shown = typist.until("paste its address");
    let address = typist.address();
    let redirect = address.query_pairs().find(|(name, _)| name == "redirect_uri").unwrap().1.into_owned();
    let port = Url::parse(&redirect).unwrap().port().unwrap();
    assert!(shown.contains(&format!("ssh -N -L {port}:127.0.0.1:{port} ada@192.0.2.1")), "{shown}");
    typist.types("\u{3}");
    typist.end(130);
    assert!(!home.env_path().exists());
}
