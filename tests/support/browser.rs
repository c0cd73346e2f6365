//! The person with the browser, for tests of a login.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::ChildStderr;
use std::time::Duration;

use reqwest::Url;

use crate::support::processes::{Printed, Running};
use crate::support::{Ended, Home};

/// A page as a browser gets it.
pub(crate) struct Page {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
    /// Where it is.
    pub(crate) address: Url,
}

impl Page {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let is_it =
            |line: &&str| line.split_once(':').is_some_and(|(found, _)| found.eq_ignore_ascii_case(name));
        Some(self.head.lines().find(is_it)?.split_once(':')?.1.trim())
    }
}

/// Sends one request with this method and `Host`, and reads the answer to its end.
pub(crate) fn request(method: &str, address: &Url, host: &str) -> Page {
    let mut stream = TcpStream::connect((address.host_str().unwrap(), address.port().unwrap())).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let target = &address[url::Position::BeforePath..url::Position::AfterQuery];
    write!(stream, "{method} {target} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    Page { status, head: head.to_owned(), body: body.to_owned(), address: address.clone() }
}

/// Opens an address, without following a redirect.
pub(crate) fn open(address: &Url) -> Page {
    let host = &address[url::Position::BeforeHost..url::Position::AfterPort];
    request("GET", address, host)
}

/// The address that a page leads to.
pub(crate) fn next(page: &Page) -> Option<Url> {
    page.header("location").map(|location| page.address.join(location).unwrap())
}

/// Opens an address and follows it to the page on which it ends.
pub(crate) fn follow(address: &Url) -> Page {
    let mut page = open(address);
    for _ in 0..5 {
        let Some(next) = next(&page) else { return page };
        page = open(&next);
    }
    panic!("too many redirects from {address}")
}

/// A `zoomtok login` that waits for its person.
pub(crate) struct Waiting {
    pub(crate) running: Running,
    stderr: BufReader<Printed<ChildStderr>>,
    /// The output so far.
    shown: String,
    /// The address that it shows.
    pub(crate) address: Url,
}

impl Waiting {
    /// Starts one, and waits until it shows its address.
    #[track_caller]
    pub(crate) fn start(home: &Home, arguments: &[&str]) -> Self {
        let mut running = home.start(arguments);
        let mut stderr = BufReader::new(running.stderr());
        let mut shown = String::new();
        loop {
            let mut line = String::new();
            assert!(stderr.read_line(&mut line).unwrap() > 0, "it shows no address: {shown}");
            shown.push_str(&line);
            if let Ok(address) = Url::parse(line.trim())
                && address.scheme().starts_with("http")
            {
                return Self { running, stderr, shown, address };
            }
        }
    }

    /// The next line that it shows.
    #[track_caller]
    pub(crate) fn line(&mut self) -> String {
        let mut line = String::new();
        self.stderr.read_line(&mut line).unwrap();
        self.shown.push_str(&line);
        line
    }

    /// Waits for its end.
    #[track_caller]
    pub(crate) fn end(mut self) -> Ended {
        self.stderr.read_to_string(&mut self.shown).unwrap();
        drop(self.stderr);
        Ended { stderr: self.shown, ..self.running.end() }
    }

    /// The address to which the browser will be sent back.
    pub(crate) fn redirect(&self) -> Url {
        let fields = self.address.query_pairs();
        let (_, redirect) = fields.into_iter().find(|(name, _)| name == "redirect_uri").unwrap();
        Url::parse(&redirect).unwrap()
    }
}
