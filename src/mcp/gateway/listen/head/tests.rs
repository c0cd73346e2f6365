//! Requests that must not pass, and those that must.

use hyper::Request;

use super::*;

/// Headers that are set, or left out.
type Changes<'a> = &'a [(&'a str, Option<&'a str>)];

/// The head of a request with these lines.
fn parts(line: &str, headers: &[(&str, &str)]) -> Parts {
    let (method, uri) = line.split_once(' ').unwrap();
    let mut request = Request::builder().method(method).uri(uri);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(()).unwrap().into_parts().0
}

fn place_of(line: &str, headers: &[(&str, &str)], hosts: Hosts) -> Result<Place, u16> {
    place(&parts(line, headers), hosts, true).map_err(|refusal| refusal.status.as_u16())
}

#[test]
fn only_names_of_this_machine_pass() {
    for (host, expected) in [
        ("127.0.0.1:8080", Ok(Place::Post)),
        ("localhost", Ok(Place::Post)),
        ("LocalHost:1", Ok(Place::Post)),
        ("[::1]:8080", Ok(Place::Post)),
        ("[::1]", Ok(Place::Post)),
        ("evil.example", Err(403)),
        ("127.0.0.1.evil.example", Err(403)),
        ("localhost.evil.example:80", Err(403)),
        ("localhost.", Err(403)),
        ("0.0.0.0:8080", Err(403)),
        ("[::]:8080", Err(403)),
        ("10.0.0.1", Err(403)),
        ("localhost@evil.example", Err(400)),
        ("localhost:80@evil.example", Err(400)),
        ("localhost, evil.example", Err(400)),
        ("localhost:80:80", Err(400)),
        ("localhost/", Err(400)),
        ("", Err(400)),
        (":80", Err(400)),
    ] {
        assert_eq!(place_of("POST /mcp", &[("host", host)], Hosts::Loopback), expected, "{host}");
    }
    assert_eq!(place_of("POST /mcp", &[], Hosts::Loopback), Err(400), "none");
    let two = [("host", "localhost"), ("host", "localhost")];
    assert_eq!(place_of("POST /mcp", &two, Hosts::Loopback), Err(400), "two");
    let local = [("host", "localhost")];
    assert_eq!(place_of("POST http://evil.example/mcp", &local, Hosts::Loopback), Err(400), "absolute");
    assert_eq!(place_of("POST http://localhost/mcp", &local, Hosts::Loopback), Ok(Place::Post));
    assert_eq!(place_of("POST /mcp", &[("host", "mcp.example.com")], Hosts::Any), Ok(Place::Post));
}

#[test]
fn pages_of_other_origins_do_not_pass() {
    let with =
        |origin: &str, host: &str, hosts| place_of("POST /mcp", &[("host", host), ("origin", origin)], hosts);
    for (origin, expected) in [
        ("http://localhost:6274", Ok(Place::Post)),
        ("https://127.0.0.1", Ok(Place::Post)),
        ("http://[::1]:1", Ok(Place::Post)),
        ("null", Err(403)),
        ("", Err(403)),
        ("file://", Err(403)),
        ("http://evil.example", Err(403)),
        ("http://localhost.evil.example", Err(403)),
        ("http://localhost@evil.example", Err(403)),
        ("HTTP://localhost", Err(403)),
        ("http://localhost http://evil.example", Err(403)),
        ("chrome-extension://abc", Err(403)),
    ] {
        assert_eq!(with(origin, "localhost", Hosts::Loopback), expected, "{origin}");
    }
    let two = [("host", "localhost"), ("origin", "http://localhost"), ("origin", "http://evil.example")];
    assert_eq!(place_of("POST /mcp", &two, Hosts::Loopback), Err(403));
    assert_eq!(with("https://mcp.example.com", "mcp.example.com", Hosts::Any), Ok(Place::Post));
    assert_eq!(with("https://evil.example", "mcp.example.com", Hosts::Any), Err(403));
    assert_eq!(with("null", "mcp.example.com", Hosts::Any), Err(403));
}

#[test]
fn a_place_has_its_methods_and_what_is_for_this_machine_stays_on_it() {
    let local = [("host", "localhost:1")];
    for (line, expected) in [
        ("POST /mcp", Ok(Place::Post)),
        ("GET /mcp?x=y", Ok(Place::Listen)),
        ("DELETE /mcp", Ok(Place::End)),
        ("PUT /mcp", Err(405)),
        ("OPTIONS /mcp", Err(405)),
        ("HEAD /mcp", Err(405)),
        ("POST /mcp/", Err(404)),
        ("POST //mcp", Err(404)),
        ("POST /MCP", Err(404)),
        ("POST /", Err(404)),
        ("GET /healthz", Ok(Place::Health)),
        ("GET /metrics", Ok(Place::Metrics)),
        ("POST /metrics", Err(405)),
        ("GET /metrics/", Err(404)),
    ] {
        assert_eq!(place_of(line, &local, Hosts::Loopback), expected, "{line}");
    }
    let status = |headers: &[(&str, &str)], from_this_machine| {
        let place = place(&parts("GET /metrics", headers), Hosts::Any, from_this_machine);
        place.map_err(|refusal| refusal.status.as_u16())
    };
    assert_eq!(status(&local, false), Err(404), "from elsewhere");
    assert_eq!(status(&[("host", "mcp.example.com")], true), Err(404), "by its public name");
    assert_eq!(
        status(&[("host", "localhost"), ("x-forwarded-for", "10.0.0.1")], true),
        Err(404),
        "by a proxy"
    );
    assert_eq!(status(&local, true), Ok(Place::Metrics));
}

#[test]
fn a_bearer_is_one_and_in_its_header() {
    let bearer_of = |headers: &[(&str, &str)]| {
        bearer(&parts("POST /mcp?access_token=x", headers).headers).map(str::to_owned).map_err(|refusal| {
            assert_eq!(refusal.status, StatusCode::UNAUTHORIZED);
            refusal.header.unwrap().0
        })
    };
    for (headers, expected) in [
        (&[("authorization", "Bearer ztg_x")][..], Ok("ztg_x")),
        (&[("authorization", "bearer  ztg_x ")], Ok("ztg_x")),
        (&[], Err(WWW_AUTHENTICATE)),
        (&[("authorization", "ztg_x")], Err(WWW_AUTHENTICATE)),
        (&[("authorization", "Basic eDp5")], Err(WWW_AUTHENTICATE)),
        (&[("authorization", "Bearer a"), ("authorization", "Bearer b")], Err(WWW_AUTHENTICATE)),
    ] {
        assert_eq!(bearer_of(headers), expected.map(str::to_owned), "{headers:?}");
    }
}

#[test]
fn the_rest_of_a_head_has_one_meaning() {
    let good = [
        ("content-type", "application/json"),
        ("accept", "application/json, text/event-stream"),
        ("content-length", "2"),
    ];
    let status = |changes: Changes<'_>, agreed| {
        let kept =
            good.iter().filter(|(name, _)| changes.iter().all(|(changed, _)| changed != name)).copied();
        let added = changes.iter().filter_map(|(name, value)| Some((*name, (*value)?)));
        let headers: Vec<(&str, &str)> = kept.chain(added).collect();
        check(&parts("POST /mcp", &headers), Place::Post, agreed).map_err(|refusal| refusal.status.as_u16())
    };
    let table: &[(Changes<'_>, Result<(), u16>)] = &[
        (&[], Ok(())),
        (&[("content-type", Some("Application/JSON; charset=utf-8"))], Ok(())),
        (&[("content-type", Some("application/json;"))], Ok(())),
        (&[("content-type", Some("text/plain"))], Err(415)),
        (&[("content-type", Some("application/jsonp"))], Err(415)),
        (&[("content-type", Some("text/plain; application/json"))], Err(415)),
        (&[("content-type", Some("application/x-www-form-urlencoded"))], Err(415)),
        (&[("content-type", None)], Err(415)),
        (&[("content-type", Some("application/json")), ("content-type", Some("text/plain"))], Err(400)),
        (&[("content-encoding", Some("gzip"))], Err(415)),
        (&[("content-encoding", Some("identity"))], Ok(())),
        (&[("transfer-encoding", Some("chunked"))], Err(411)),
        (&[("transfer-encoding", Some("identity"))], Err(411)),
        (&[("content-length", None)], Err(411)),
        (&[("content-length", Some("4194304"))], Ok(())),
        (&[("content-length", Some("4194305"))], Err(413)),
        (&[("content-length", Some("18446744073709551616"))], Err(400)),
        (&[("content-length", Some("-1"))], Err(400)),
        (&[("accept", None)], Ok(())),
        (&[("accept", Some("*/*"))], Ok(())),
        (&[("accept", Some("text/*;q=0.5, application/JSON"))], Ok(())),
        (&[("accept", Some("application/json"))], Err(406)),
        (&[("accept", Some("text/event-stream"))], Err(406)),
        (&[("mcp-protocol-version", Some("2024-11-05"))], Ok(())),
        (&[("mcp-protocol-version", Some("2025-03-26"))], Ok(())),
        (&[("mcp-protocol-version", Some("2025-11-25"))], Ok(())),
        (&[("mcp-protocol-version", Some("2027-01-01"))], Err(400)),
        (&[("mcp-protocol-version", Some(""))], Err(400)),
        (
            &[("mcp-protocol-version", Some("2025-06-18")), ("mcp-protocol-version", Some("2025-06-18"))],
            Err(400),
        ),
    ];
    for (changes, expected) in table {
        assert_eq!(status(changes, None), *expected, "{changes:?}");
    }
    let newer: Changes<'_> = &[("mcp-protocol-version", Some("2027-01-01"))];
    assert_eq!((status(newer, Some("2027-01-01")), status(newer, Some("2025-11-25"))), (Ok(()), Err(400)));

    let listen = |headers: &[(&str, &str)]| {
        check(&parts("GET /mcp", headers), Place::Listen, None).map_err(|refusal| refusal.status.as_u16())
    };
    assert_eq!(listen(&[("accept", "text/event-stream")]), Ok(()));
    assert_eq!(listen(&[("accept", "application/json")]), Err(406));
    assert_eq!(listen(&[("accept", "text/event-stream"), ("content-length", "1")]), Err(400));
    assert_eq!(listen(&[("accept", "text/event-stream"), ("transfer-encoding", "chunked")]), Err(411));
}
