//! Whatever else comes to the port of a login.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use super::browser::LOGIN;
use super::world;
use crate::support::browser::{Waiting, follow, open, request};

#[test]
fn nothing_but_the_callback_of_this_login_ends_it() {
    let (sandbox, home) = world();
    let mut login = Waiting::start(&home, LOGIN);
    let redirect = login.redirect();
    let host = format!("127.0.0.1:{}", redirect.port().unwrap());
    let state = login.address.query_pairs().find(|(name, _)| name == "state").unwrap().1.into_owned();
    for (method, target, host, status) in [
        ("GET", "/callback?code=somebody-elses&state=wrong".to_owned(), host.as_str(), 400),
        ("GET", "/callback?code=somebody-elses".to_owned(), &host, 400),
        ("GET", "/callback?error=access_denied".to_owned(), &host, 400),
        ("GET", format!("/callback?state={state}"), &host, 400),
        ("GET", format!("/callback?code=somebody-elses&state={state}"), "evil.example", 403),
        ("GET", format!("/callback?code=somebody-elses&state={state}"), "localhost", 403),
        ("HEAD", format!("/callback?code=somebody-elses&state={state}"), &host, 200),
        ("POST", format!("/callback?code=somebody-elses&state={state}"), &host, 405),
        ("GET", "/favicon.ico".to_owned(), &host, 204),
        ("GET", "/".to_owned(), &host, 404),
        ("GET", "/done".to_owned(), &host, 200),
    ] {
        let page = request(method, &redirect.join(&target).unwrap(), host);
        assert_eq!(page.status, status, "{method} {target} {host}");
    }
    assert!(login.running.runs());
    assert_eq!(sandbox.token_requests().len(), 0);
    assert_eq!(follow(&login.address).status, 200);
    login.end().expect(0);
    assert_eq!(sandbox.token_requests().len(), 1);
    TcpStream::connect(host).unwrap_err();
}

#[test]
fn the_port_is_closed_before_zoom_is_asked() {
    let (sandbox, home) = world();
    sandbox.fail(
        zoomtok::sandbox::Endpoint::Token,
        zoomtok::sandbox::Fault::Slow(Duration::from_millis(500)),
        1,
    );
    let login = Waiting::start(&home, LOGIN);
    let redirect = login.redirect();
    follow(&login.address);
    assert!(sandbox.wait_for_token_requests(1, Duration::from_secs(10)));
    TcpStream::connect(("127.0.0.1", redirect.port().unwrap())).unwrap_err();
    login.end().expect(0);
}

#[test]
fn a_browser_that_does_not_fetch_the_last_page_holds_nothing_up() {
    let (_sandbox, home) = world();
    let login = Waiting::start(&home, LOGIN);
    let callback = crate::support::browser::next(&open(&login.address)).unwrap();
    let begun = Instant::now();
    assert_eq!(open(&callback).status, 303);
    login.end().expect(0);
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
}

#[test]
fn silent_and_endless_callers_keep_nobody_out() {
    let (_sandbox, home) = world();
    let login = Waiting::start(&home, LOGIN);
    let redirect = login.redirect();
    let connect = || TcpStream::connect(("127.0.0.1", redirect.port().unwrap())).unwrap();
    let silent: Vec<TcpStream> = (0..10).map(|_| connect()).collect();
    let mut endless = connect();
    let long = vec![b'a'; 100_000];
    let _ = endless.write_all(b"GET /callback?code=").and_then(|()| endless.write_all(&long));
    endless.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    let mut answer = Vec::new();
    let _ = endless.read_to_end(&mut answer);
    let answer = String::from_utf8_lossy(&answer).into_owned();
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 4"), "{answer}");
    assert_eq!(follow(&login.address).status, 200);
    login.end().expect(0);
    drop(silent);
}
