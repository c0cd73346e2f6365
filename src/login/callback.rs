//! The answers to requests to the listener (pure).

use super::authorize::{CALLBACK, State};
use super::page::{DENIED, DONE, OTHER};
use super::reply::{Reply, read};

/// The head of a request.
#[derive(Debug, Clone, Copy)]
pub(super) struct Head<'a> {
    pub(super) method: &'a str,
    pub(super) path: &'a str,
    pub(super) query: &'a str,
    /// The `Host` header.
    pub(super) host: &'a str,
}

/// An answer, and what it brings to the login.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    /// Where the browser goes on, so that the code leaves its address bar.
    pub(super) location: Option<&'static str>,
    pub(super) page: &'static str,
    /// The reply that ends the login.
    pub(super) reply: Option<Reply>,
    /// Whether the browser has seen its last page.
    pub(super) is_last: bool,
}

impl Answer {
    fn page(status: u16, page: &'static str) -> Self {
        Self { status, location: None, page, reply: None, is_last: false }
    }
}

/// Answers a request to the listener that is reached as `host`. Nothing but a callback of this login ends it.
pub(super) fn answer(head: Head<'_>, host: &str, state: &State) -> Answer {
    // A page of somebody else's whose name leads to this machine calls it by that name.
    if !head.host.eq_ignore_ascii_case(host) {
        return Answer::page(403, OTHER);
    }
    match (head.method, head.path) {
        // Browsers and security tools look at a link before they follow it; a HEAD takes nothing.
        ("HEAD", _) => Answer::page(200, ""),
        ("GET", CALLBACK) => called_back(read(head.query, state)),
        ("GET", "/done") => Answer { is_last: true, ..Answer::page(200, DONE) },
        ("GET", "/denied") => Answer { is_last: true, ..Answer::page(200, DENIED) },
        ("GET", "/favicon.ico") => Answer::page(204, ""),
        ("GET", _) => Answer::page(404, OTHER),
        _ => Answer::page(405, OTHER),
    }
}

fn called_back(reply: Reply) -> Answer {
    let location = match reply {
        Reply::Code(_) => "/done",
        Reply::Denied | Reply::Error(_) => "/denied",
        Reply::OtherState | Reply::Nothing => return Answer::page(400, OTHER),
    };
    Answer { location: Some(location), reply: Some(reply), ..Answer::page(303, "") }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOST: &str = "127.0.0.1:7";

    fn asked(line: &str, host: &str) -> Answer {
        let (method, target) = line.split_once(' ').unwrap();
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        answer(Head { method, path, query, host }, HOST, &State::of("s"))
    }

    #[test]
    fn only_a_callback_of_this_login_ends_it() {
        for (line, status, location) in [
            ("GET /callback?code=abc&state=s", 303, Some("/done")),
            ("GET /callback?error=access_denied&state=s", 303, Some("/denied")),
            ("GET /callback?error=server_error&state=s", 303, Some("/denied")),
        ] {
            let answer = asked(line, HOST);
            assert_eq!((answer.status, answer.location), (status, location), "{line}");
            assert!(answer.reply.is_some() && !answer.is_last, "{line}");
        }
        for (line, status) in [
            ("GET /callback?code=abc&state=other", 400),
            ("GET /callback?code=abc", 400),
            ("GET /callback?error=access_denied", 400),
            ("GET /callback?state=s", 400),
            ("GET /callback", 400),
            ("GET /callback/?code=abc&state=s", 404),
            ("GET /", 404),
            ("GET /favicon.ico", 204),
            ("HEAD /callback?code=abc&state=s", 200),
            ("POST /callback?code=abc&state=s", 405),
            ("OPTIONS /callback?code=abc&state=s", 405),
        ] {
            let answer = asked(line, HOST);
            assert_eq!(answer.status, status, "{line}");
            assert!(answer.reply.is_none() && answer.location.is_none() && !answer.is_last, "{line}");
        }
    }

    #[test]
    fn a_host_of_another_name_gets_nothing() {
        for host in
            ["", "127.0.0.1", "127.0.0.1:8", "localhost:7", "evil.example:7", "127.0.0.1:7.evil.example"]
        {
            let answer = asked("GET /callback?code=abc&state=s", host);
            assert_eq!(answer.status, 403, "{host}");
            assert!(answer.reply.is_none());
        }
    }

    #[test]
    fn the_last_page_is_there_after_the_code_has_left_the_address() {
        for (path, page) in [("/done", DONE), ("/denied", DENIED)] {
            let answer = asked(&format!("GET {path}"), HOST);
            assert_eq!((answer.status, answer.page, answer.is_last), (200, page, true));
        }
    }
}
