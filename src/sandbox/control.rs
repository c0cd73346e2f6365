//! Control over HTTP, for users of `zoomtok sandbox`: cause faults, revoke tokens, list requests.

use std::time::Duration;

use chrono::SecondsFormat;
use hyper::Method;
use hyper::header::{HOST, HeaderValue, ORIGIN};
use serde_json::{Value, json};

use super::faults::{Endpoint, Fault, RetryAfter};
use super::hosted::Hosted;
use super::message::{Fields, Reply, Request};
use super::oauth::{Consent, Logins};
use super::state::State;
use crate::token::mask;

/// Fields whose values may be real credentials.
const SECRET_FIELDS: [&str; 7] =
    ["access_token", "refresh_token", "token", "client_secret", "code", "code_verifier", "device_code"];

/// Answers requests under `/sandbox`.
pub(super) fn answer(state: &mut State, request: &Request) -> Reply {
    if !is_local(request) {
        return Reply::text(403, "text/plain", "only for programs on this machine\n");
    }
    match (&request.method, request.path.as_str()) {
        (&Method::POST, "/sandbox/fault") => match command(&request.form()) {
            Ok(Command::Add { on, fault, times }) => {
                state.faults(on).push(fault, times);
                Reply::empty(204)
            }
            Ok(Command::Clear(on)) => {
                state.faults(on).clear();
                Reply::empty(204)
            }
            Err(field) => wrong(field),
        },
        (&Method::POST, "/sandbox/revoke") => {
            state.tokens.revoke_all();
            Reply::empty(204)
        }
        (&Method::POST, "/sandbox/login") => match decide(&mut state.logins, &request.form()) {
            Ok(()) => Reply::empty(204),
            Err(field) => wrong(field),
        },
        (&Method::POST, "/sandbox/mcp") => match act(&mut state.hosted, &request.form()) {
            Ok(()) => Reply::empty(204),
            Err(field) => wrong(field),
        },
        (&Method::GET, "/sandbox/requests") => Reply::json(200, &seen(state)),
        _ => Reply::text(
            404,
            "text/plain",
            "the paths are /sandbox/fault, /sandbox/login, /sandbox/mcp, /sandbox/revoke and /sandbox/requests\n",
        ),
    }
}

fn wrong(field: &str) -> Reply {
    Reply::text(400, "text/plain", format!("the field \"{field}\" is missing or wrong\n"))
}

/// Does with the logins what a form of `POST /sandbox/login` asks for.
///
/// # Errors
///
/// The name of a missing or invalid field.
fn decide(logins: &mut Logins, form: &Fields) -> Result<(), &'static str> {
    let decision = form.get("consent").map(|name| Consent::named(name).ok_or("consent")).transpose()?;
    let expiry =
        form.get("expire").map(|codes| if codes == "codes" { Ok(()) } else { Err("expire") }).transpose()?;
    let scope = form.get("scope");
    if decision.is_none() && expiry.is_none() && scope.is_none() {
        return Err("consent");
    }
    logins.consent = decision.unwrap_or(logins.consent);
    if let Some(scope) = scope {
        logins.scope.clone_from(scope);
    }
    if expiry.is_some() {
        logins.expire();
    }
    Ok(())
}

/// Does to the hosted MCP servers what a form of `POST /sandbox/mcp` asks for.
///
/// # Errors
///
/// The name of a missing or invalid field.
fn act(hosted: &mut Hosted, form: &Fields) -> Result<(), &'static str> {
    match form.get("do").map(String::as_str) {
        Some("forget") => hosted.forget(),
        Some("hang-up") => hosted.hang_up(),
        Some("push") => {
            let message = form.get("message").and_then(|text| serde_json::from_str::<Value>(text).ok());
            hosted.push(&message.filter(Value::is_object).ok_or("message")?);
        }
        _ => return Err("do"),
    }
    Ok(())
}

/// Whether no web page can have sent this request. A page whose own name resolves to 127.0.0.1 is recognised by its
/// `Host`, any other by the `Origin` that browsers add.
fn is_local(request: &Request) -> bool {
    let host = request.headers.get(HOST).map_or(Ok(""), HeaderValue::to_str).unwrap_or_default();
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    matches!(name, "127.0.0.1" | "localhost") && !request.headers.contains_key(ORIGIN)
}

/// The requests so far, with possible credentials masked.
fn seen(state: &State) -> Value {
    let list = state.seen.iter().map(|seen| {
        json!({
            "at": seen.at.to_rfc3339_opts(SecondsFormat::Millis, true),
            "method": seen.method,
            "path": seen.path,
            "query": masked(form_urlencoded::parse(seen.query.as_bytes()).into_owned()),
            "form": masked(seen.fields.clone()),
            "client_ok": seen.client_ok,
            "token": seen.bearer.as_deref().map(mask),
        })
    });
    list.collect()
}

fn masked(fields: impl IntoIterator<Item = (String, String)>) -> Value {
    let shown = fields.into_iter().map(|(name, value)| {
        let value = if SECRET_FIELDS.contains(&name.as_str()) { mask(&value) } else { value };
        (name, json!(value))
    });
    Value::Object(shown.collect())
}

#[derive(Debug, PartialEq)]
enum Command {
    Add { on: Endpoint, fault: Fault, times: u32 },
    Clear(Endpoint),
}

/// Reads a form of `POST /sandbox/fault`.
///
/// # Errors
///
/// The name of a missing or invalid field.
fn command(form: &Fields) -> Result<Command, &'static str> {
    let on = match form.get("on").map(String::as_str) {
        None | Some("token") => Endpoint::Token,
        Some("api") => Endpoint::Api,
        Some("mcp") => Endpoint::Mcp,
        Some("login") => Endpoint::Login,
        Some(_) => return Err("on"),
    };
    if form.get("fault").is_some_and(|fault| fault == "none") {
        return Ok(Command::Clear(on));
    }
    let times = match form.get("times").map(String::as_str) {
        None => 1,
        Some("always") => u32::MAX,
        Some(times) => times.parse().map_err(|_| "times")?,
    };
    Ok(Command::Add { on, fault: fault(form)?, times })
}

fn fault(form: &Fields) -> Result<Fault, &'static str> {
    let text = |name: &'static str| form.get(name).cloned().ok_or(name);
    let number = |name: &'static str| text(name)?.parse().map_err(|_| name);
    let status = || -> Result<u16, &'static str> {
        let status = text("status")?.parse().map_err(|_| "status")?;
        // A status below 200 is never final, and HTTP defines none above 599.
        if (200..600).contains(&status) { Ok(status) } else { Err("status") }
    };
    let seconds = || -> Result<Duration, &'static str> {
        let seconds = text("seconds")?.parse().map_err(|_| "seconds")?;
        Duration::try_from_secs_f64(seconds).map_err(|_| "seconds")
    };
    Ok(match form.get("fault").map(String::as_str).unwrap_or_default() {
        "slow" => Fault::Slow(seconds()?),
        "late" => Fault::Late(seconds()?),
        "never" => Fault::Never,
        "cut-before" => Fault::CutBefore,
        "cut-after" => Fault::CutAfter,
        "gateway" => Fault::Gateway(status()?),
        "torn" => Fault::Torn,
        "truncated" => Fault::Truncated,
        "trickle" => Fault::Trickle(seconds()?),
        "chunked" => Fault::Chunked,
        "bom" => Fault::Bom,
        "huge" => Fault::Huge(number("bytes")?),
        "endless" => Fault::Endless,
        "empty" => Fault::Empty,
        "html" => Fault::Html(status()?),
        "status" => Fault::Status(status()?),
        "busy" => Fault::Busy(retry_after(form)?),
        "redirect" => {
            let location = text("location")?;
            HeaderValue::from_str(&location).map_err(|_| "location")?;
            Fault::Redirect(location)
        }
        "json" => Fault::Json { status: status()?, body: text("body")? },
        "token" => Fault::Token(text("text")?),
        "no-token" => Fault::NoToken,
        _ => return Err("fault"),
    })
}

fn retry_after(form: &Fields) -> Result<RetryAfter, &'static str> {
    let seconds = || form.get("seconds").and_then(|text| text.parse::<u32>().ok()).ok_or("seconds");
    match form.get("retry-after").map(String::as_str) {
        None | Some("none") => Ok(RetryAfter::None),
        Some("seconds") => Ok(RetryAfter::Seconds(seconds()?.into())),
        Some("date") => Ok(RetryAfter::Date(seconds()?.into())),
        Some("http-date") => Ok(RetryAfter::HttpDate(seconds()?.into())),
        Some(_) => Err("retry-after"),
    }
}

#[cfg(test)]
mod tests {
    use super::super::message::tests::request;
    use super::*;

    fn fields(text: &str) -> Fields {
        form_urlencoded::parse(text.as_bytes()).into_owned().collect()
    }

    #[test]
    fn every_fault_can_be_requested() {
        let table = [
            ("fault=slow&seconds=0.5", Fault::Slow(Duration::from_millis(500))),
            ("fault=late&seconds=3", Fault::Late(Duration::from_secs(3))),
            ("fault=never", Fault::Never),
            ("fault=gateway&status=504", Fault::Gateway(504)),
            ("fault=torn", Fault::Torn),
            ("fault=cut-before", Fault::CutBefore),
            ("fault=cut-after", Fault::CutAfter),
            ("fault=truncated", Fault::Truncated),
            ("fault=trickle&seconds=1", Fault::Trickle(Duration::from_secs(1))),
            ("fault=chunked", Fault::Chunked),
            ("fault=bom", Fault::Bom),
            ("fault=huge&bytes=5000000000", Fault::Huge(5_000_000_000)),
            ("fault=endless", Fault::Endless),
            ("fault=empty", Fault::Empty),
            ("fault=html&status=502", Fault::Html(502)),
            ("fault=status&status=500", Fault::Status(500)),
            ("fault=busy", Fault::Busy(RetryAfter::None)),
            ("fault=busy&retry-after=seconds&seconds=9", Fault::Busy(RetryAfter::Seconds(9))),
            ("fault=busy&retry-after=date&seconds=9", Fault::Busy(RetryAfter::Date(9))),
            ("fault=busy&retry-after=http-date&seconds=9", Fault::Busy(RetryAfter::HttpDate(9))),
            ("fault=redirect&location=/a", Fault::Redirect("/a".into())),
            ("fault=json&status=400&body={}", Fault::Json { status: 400, body: "{}".into() }),
            ("fault=token&text=%24%28id%29", Fault::Token("$(id)".into())),
            ("fault=no-token", Fault::NoToken),
        ];
        for (text, fault) in table {
            let expected = Command::Add { on: Endpoint::Token, fault, times: 1 };
            assert_eq!(command(&fields(text)), Ok(expected), "{text}");
        }
    }

    #[test]
    fn a_command_says_where_and_how_often() {
        let expected = |times| Command::Add { on: Endpoint::Api, fault: Fault::Empty, times };
        assert_eq!(command(&fields("on=api&fault=empty&times=3")), Ok(expected(3)));
        assert_eq!(command(&fields("on=api&fault=empty&times=always")), Ok(expected(u32::MAX)));
        assert_eq!(command(&fields("on=token&fault=none")), Ok(Command::Clear(Endpoint::Token)));
        assert_eq!(command(&fields("on=mcp&fault=none")), Ok(Command::Clear(Endpoint::Mcp)));
        assert_eq!(command(&fields("on=login&fault=none")), Ok(Command::Clear(Endpoint::Login)));
    }

    #[test]
    fn the_hosted_servers_do_what_they_are_asked() {
        let mut hosted = Hosted::default();
        for (text, expected) in [
            ("do=forget", Ok(())),
            ("do=hang-up", Ok(())),
            ("do=push&message={\"jsonrpc\":\"2.0\",\"method\":\"x\"}", Ok(())),
            ("do=push", Err("message")),
            ("do=push&message=[]", Err("message")),
            ("do=end", Err("do")),
            ("", Err("do")),
        ] {
            assert_eq!(act(&mut hosted, &fields(text)), expected, "{text}");
        }
    }

    #[test]
    fn the_person_at_the_page_decides_as_ordered() {
        for (text, expected, consent) in [
            ("consent=allow", Ok(()), Consent::Allow),
            ("consent=deny", Ok(()), Consent::Deny),
            ("consent=ask&scope=a+b&expire=codes", Ok(()), Consent::Ask),
            ("consent=perhaps", Err("consent"), Consent::Ask),
            ("consent=allow&expire=never", Err("expire"), Consent::Ask),
            ("", Err("consent"), Consent::Ask),
        ] {
            let mut logins = Logins::new(5);
            assert_eq!(decide(&mut logins, &fields(text)), expected, "{text}");
            assert_eq!(logins.consent, consent, "{text}");
            assert_eq!(logins.scope == "a b", text.contains("scope"), "{text}");
        }
    }

    #[test]
    fn an_invalid_command_names_the_field() {
        let table = [
            ("", "fault"),
            ("fault=flood", "fault"),
            ("fault=empty&on=disk", "on"),
            ("fault=empty&times=-1", "times"),
            ("fault=slow", "seconds"),
            ("fault=slow&seconds=-1", "seconds"),
            ("fault=slow&seconds=NaN", "seconds"),
            ("fault=html&status=99", "status"),
            ("fault=status&status=600", "status"),
            ("fault=huge&bytes=many", "bytes"),
            ("fault=redirect&location=a%0Ab", "location"),
            ("fault=json&status=200", "body"),
            ("fault=busy&retry-after=later", "retry-after"),
        ];
        for (text, field) in table {
            assert_eq!(command(&fields(text)), Err(field), "{text}");
        }
    }

    #[test]
    fn web_pages_are_rejected() {
        let with_host = |host| request("POST /sandbox/revoke").with_header(HOST, host);
        for host in ["127.0.0.1", "127.0.0.1:8080", "localhost", "localhost:1"] {
            assert!(is_local(&with_host(host)), "{host}");
        }
        for host in
            ["", "example.com", "example.com:8080", "127.0.0.1.example.com", "localhost.example.com:80"]
        {
            assert!(!is_local(&with_host(host)), "{host}");
        }
        assert!(!is_local(&request("POST /sandbox/revoke")));
        assert!(!is_local(&with_host("localhost").with_header(ORIGIN, "https://example.com")));
    }
}
