//! Files against the sandbox, over real connections.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::thread::{self, JoinHandle};

use tokio::runtime::{Builder, Runtime};

use super::*;
use crate::sandbox::{Endpoint, Fault, Options, Sandbox, Shelf};

const SHELF: Shelf = Shelf { meetings: 3, days: 1, bytes: 200_000, ranges: true };

struct World {
    sandbox: Sandbox,
    api: Api,
    token: Token,
    runtime: Runtime,
}

impl World {
    fn new(shelf: Shelf) -> Self {
        let sandbox = Sandbox::start(Options::default()).unwrap();
        sandbox.record(shelf);
        let api = Api::new(&Url::parse(&sandbox.api_url()).unwrap()).unwrap();
        let token = Token::new(sandbox.mint(3600)).unwrap();
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        Self { sandbox, api, token, runtime }
    }

    fn failing(fault: Fault) -> Self {
        let world = Self::new(SHELF);
        world.sandbox.fail(Endpoint::Api, fault, 1);
        world
    }

    fn address(&self) -> String {
        format!("{}/rec/file/shelf-000001", self.sandbox.oauth_url())
    }

    /// Where the bytes begin, all of them, and the version of the file; none if there is nothing at that place.
    fn fetch(&self, address: &str, rest: &Rest) -> Result<Option<(FileBody, Vec<u8>)>, ApiFailure> {
        self.runtime.block_on(async {
            let Some(mut body) = self.api.file(address, &self.token, rest).await? else {
                return Ok(None);
            };
            let mut bytes = Vec::new();
            while let Some(chunk) = body.chunk().await? {
                bytes.extend_from_slice(&chunk);
            }
            Ok(Some((body, bytes)))
        })
    }
}

fn rest(from: u64, etag: Option<&str>) -> Rest {
    Rest { from, etag: etag.map(str::to_owned) }
}

#[test]
fn a_file_comes_whole_or_from_where_it_is_asked_for() {
    let world = World::new(SHELF);
    let video = SHELF.video(1);
    let (whole, bytes) = world.fetch(&world.address(), &Rest::default()).unwrap().unwrap();
    assert!(bytes == video && (whole.from, whole.total) == (0, Some(200_001)));
    let etag = whole.etag.unwrap();
    for etag in [None, Some(etag.as_str())] {
        let (part, bytes) = world.fetch(&world.address(), &rest(150_000, etag)).unwrap().unwrap();
        assert!(bytes == video[150_000..] && (part.from, part.total) == (150_000, Some(200_001)));
    }
    // Another version comes whole.
    let (whole, bytes) = world.fetch(&world.address(), &rest(150_000, Some("\"old\""))).unwrap().unwrap();
    assert!(bytes == video && whole.from == 0);
    for from in [200_001, 300_000] {
        assert!(world.fetch(&world.address(), &rest(from, None)).unwrap().is_none());
    }
}

#[test]
fn a_server_without_ranges_sends_the_whole() {
    let world = World::new(Shelf { ranges: false, ..SHELF });
    let (whole, bytes) = world.fetch(&world.address(), &rest(5, None)).unwrap().unwrap();
    assert!(bytes == SHELF.video(1) && (whole.from, whole.etag) == (0, None));
}

#[test]
fn what_is_not_the_file_is_told_from_it() {
    let forbidden = r#"{"status":false,"errorCode":300,"errorMessage":"Forbidden"}"#;
    for (fault, said) in [
        (Fault::Html(200), "a sign-in page came instead of the file"),
        (Fault::Json { status: 200, body: forbidden.into() }, "Zoom refused: Forbidden (HTTP 200, code 300"),
        (Fault::Json { status: 403, body: forbidden.into() }, "Zoom refused: Forbidden (HTTP 403, code 300"),
        (Fault::Status(401), "does not accept the token"),
        (Fault::Status(404), "Zoom refused: Not Found"),
        (Fault::Status(503), "out of order"),
        (Fault::CutBefore, "broke off"),
        (Fault::Truncated, "broke off"),
    ] {
        let world = World::failing(fault);
        let failure = world.fetch(&world.address(), &Rest::default()).map(drop).unwrap_err();
        assert!(failure.to_string().contains(said), "{failure}");
    }
    let world = World::failing(Fault::Json { status: 200, body: r#"{"timeline": []}"#.into() });
    let (_, bytes) = world.fetch(&world.address(), &Rest::default()).unwrap().unwrap();
    assert_eq!(bytes, br#"{"timeline": []}"#);
}

/// A host that is not Zoom's: it gives the same answer to one request, which is what the thread ends with.
fn storage(answer: &'static str) -> (String, JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}/bucket/file?signature=s", listener.local_addr().unwrap());
    let served = thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let (mut request, mut piece) = (Vec::new(), [0; 1024]);
        while !request.ends_with(b"\r\n\r\n") {
            let read = stream.read(&mut piece).unwrap();
            request.extend_from_slice(&piece[..read]);
        }
        stream.write_all(answer.as_bytes()).unwrap();
        String::from_utf8(request).unwrap()
    });
    (address, served)
}

#[test]
fn a_storage_host_gets_the_range_and_not_the_token() {
    let (address, served) =
        storage("HTTP/1.1 206 Partial\r\ncontent-range: bytes 5-8/9\r\ncontent-length: 4\r\n\r\nrest");
    let world = World::failing(Fault::Redirect(address));
    let (part, bytes) = world.fetch(&world.address(), &rest(5, None)).unwrap().unwrap();
    assert!(bytes == b"rest" && (part.from, part.total) == (5, Some(9)));
    let request = served.join().unwrap().to_lowercase();
    assert!(request.contains("range: bytes=5-\r\n") && !request.contains("authorization"), "{request}");
}

#[test]
fn what_a_storage_host_refuses_is_not_taken_for_a_word_about_the_token() {
    let (address, served) = storage("HTTP/1.1 401 Unauthorized\r\ncontent-length: 0\r\n\r\n");
    let world = World::failing(Fault::Redirect(address));
    let failure = world.fetch(&world.address(), &Rest::default()).map(drop).unwrap_err();
    assert!(matches!(failure, ApiFailure::Broken { status: 401, .. }), "{failure}");
    served.join().unwrap();
}

#[test]
fn a_part_that_was_not_asked_for_is_refused() {
    let (address, served) =
        storage("HTTP/1.1 206 Partial\r\ncontent-range: bytes 0-8/9\r\ncontent-length: 9\r\n\r\nnot the 5");
    let world = World::failing(Fault::Redirect(address));
    let failure = world.fetch(&world.address(), &rest(5, None)).map(drop).unwrap_err();
    assert!(failure.to_string().contains("another part of the file"), "{failure}");
    served.join().unwrap();
}

#[test]
fn a_redirect_is_followed_to_https_alone_and_never_with_a_user() {
    let api = Api::new(&Url::parse("https://api.zoom.us/v2").unwrap()).unwrap();
    for (url, way) in [
        ("https://us02web.zoom.us/rec/x", Ok(Way::WithToken)),
        ("https://file.zoomgov.com/x", Ok(Way::WithToken)),
        ("https://bucket.storage.example/x?signature=s", Ok(Way::WithoutToken)),
        ("https://notzoom.us/x", Ok(Way::WithoutToken)),
        ("https://zoom.us.example/x", Ok(Way::WithoutToken)),
        ("http://us02web.zoom.us/x", Err("us02web.zoom.us would be reached without https")),
        ("http://127.0.0.1:80/x", Err("127.0.0.1 would be reached without https")),
        ("https://me:secret@storage.example/x", Err("the address at storage.example holds a user name")),
        ("file:///etc/passwd", Err("nobody would be reached without https")),
    ] {
        let found = api.way(&Url::parse(url).unwrap());
        assert_eq!(found.as_ref().map_err(String::as_str), way.as_ref().map_err(|problem| *problem), "{url}");
    }
    let world = World::new(SHELF);
    for address in ["https://storage.example/x", "not an address", "http://u:p@127.0.0.1/x"] {
        let failure = world.fetch(address, &Rest::default()).map(drop).unwrap_err();
        assert!(matches!(failure, ApiFailure::Elsewhere { redirected: false, .. }), "{failure}");
    }
    assert_eq!(world.sandbox.requests().len(), 0);
}

#[test]
fn a_content_range_says_where_the_bytes_begin() {
    for (text, expected) in [
        ("bytes 5-9/10", Some((5, Some(10)))),
        ("bytes 0-0/*", Some((0, None))),
        ("bytes */10", None),
        ("bytes 5/10", None),
        ("items 5-9/10", None),
        ("bytes -5-9/10", None),
        ("", None),
    ] {
        assert_eq!(content_range(text), expected, "{text}");
    }
}

#[test]
fn a_file_is_not_followed_in_circles_or_to_nowhere() {
    let world = World::new(SHELF);
    for (location, times, said) in [
        (world.address(), MAX_REDIRECTS + 1, "the file is behind too many redirects"),
        ("http://[".to_owned(), 1, "the file is behind a redirect to nowhere"),
    ] {
        world.sandbox.fail(Endpoint::Api, Fault::Redirect(location), u32::try_from(times).unwrap());
        let failure = world.fetch(&world.address(), &Rest::default()).err().unwrap();
        assert!(failure.to_string().contains(said), "{failure}");
    }
    assert_eq!(world.sandbox.requests().len(), MAX_REDIRECTS + 2);
}
