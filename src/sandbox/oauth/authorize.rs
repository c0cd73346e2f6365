//! The authorization page.

use serde_json::json;
use url::{Host, Url};

use super::codes::{Method, Request as Wanted};
use super::consent::Consent;
use super::logins::Logins;
use super::page;
use crate::sandbox::message::{Fields, Reply, Request};
use crate::sandbox::options::{CLIENT_ID, PUBLIC_CLIENT_ID, REDIRECT_URI};
use crate::sandbox::tokens::Client;

/// Answers `GET /oauth/authorize`.
pub(in crate::sandbox) fn authorize(logins: &mut Logins, request: &Request, now: i64) -> Reply {
    let query = request.query_fields();
    let wanted = match wanted(&query) {
        Ok(wanted) => wanted,
        Err((code, message)) => return refusal(code, &message),
    };
    let decided = query.get("decision").and_then(|name| Consent::named(name));
    let outcome = match decided.unwrap_or(logins.consent) {
        Consent::Ask => return page::question(&request.path, &query, "Read and change your meetings"),
        Consent::Deny => ("error", "access_denied".to_owned()),
        Consent::Allow => match logins.codes.issue(wanted.clone(), now) {
            Ok(code) => ("code", code),
            Err(_) => return refusal(4732, "Authorization code creation failed"),
        },
    };
    // It was read as a URL before.
    let Ok(mut target) = Url::parse(&wanted.redirect_uri) else { return refusal(4700, INVALID) };
    target.query_pairs_mut().append_pair(outcome.0, &outcome.1);
    if let Some(state) = query.get("state") {
        target.query_pairs_mut().append_pair("state", state);
    }
    Reply::redirect(target.as_str())
}

/// The message about an address that is not registered.
const INVALID: &str = "Invalid redirect url";

/// The message about this machine's name as an address
/// (<https://developers.zoom.us/changelog/platform/pkce-loopback>).
const LOCALHOST: &str = "Localhost is not allowed, please use 127.0.0.1 or [::1] instead";

/// Reads a request for authorization.
fn wanted(query: &Fields) -> Result<Wanted, (u16, String)> {
    let field = |name: &str| query.get(name).map(String::as_str);
    let id = field("client_id").unwrap_or_default();
    let client = match id {
        CLIENT_ID => Client::Confidential,
        PUBLIC_CLIENT_ID => Client::Public,
        _ => return Err((4702, format!("Invalid client_id: {id}"))),
    };
    let redirect_uri = field("redirect_uri").unwrap_or_default();
    check_redirect(client, redirect_uri).map_err(|message| (4700, message.to_owned()))?;
    // Zoom's words for these are not known.
    if field("response_type") != Some("code") {
        return Err((4700, "Invalid response type".into()));
    }
    let method = match field("code_challenge_method") {
        None | Some("plain") => Method::Plain,
        Some("S256") => Method::S256,
        Some(_) => return Err((4700, "Invalid code challenge method".into())),
    };
    let challenge = field("code_challenge").filter(|text| !text.is_empty());
    if challenge.is_none() && client == Client::Public {
        return Err((4700, "Code challenge is required".into()));
    }
    let challenge = challenge.map(|text| (method, text.to_owned()));
    Ok(Wanted { client, redirect_uri: redirect_uri.to_owned(), challenge })
}

/// Refuses an address that the app does not have. A public client's may lead to this machine, with any port, by address
/// and not by name; a confidential client's may not.
fn check_redirect(client: Client, text: &str) -> Result<(), &'static str> {
    if text == REDIRECT_URI {
        return Ok(());
    }
    let url = Url::parse(text).map_err(|_| INVALID)?;
    if client == Client::Confidential || url.scheme() != "http" {
        return Err(INVALID);
    }
    match url.host() {
        Some(Host::Domain("localhost")) => Err(LOCALHOST),
        Some(Host::Ipv4(address)) if address == std::net::Ipv4Addr::LOCALHOST => path_of(&url),
        Some(Host::Ipv6(address)) if address == std::net::Ipv6Addr::LOCALHOST => path_of(&url),
        _ => Err(INVALID),
    }
}

fn path_of(url: &Url) -> Result<(), &'static str> {
    let is_registered = url.path() == "/callback" && url.query().is_none() && url.fragment().is_none();
    is_registered.then_some(()).ok_or(INVALID)
}

/// A refusal in the form of Zoom's authorization page, which is no page.
fn refusal(code: u16, message: &str) -> Reply {
    Reply::json(400, &json!({"status": false, "errorCode": code, "errorMessage": message, "result": null}))
}

#[cfg(test)]
mod tests {
    use hyper::header::LOCATION;

    use super::*;
    use crate::sandbox::message::tests::request;

    const LOOPBACK: &str = "http://127.0.0.1:52936/callback";

    fn asked(logins: &mut Logins, changes: &[(&str, &str)]) -> Reply {
        let mut fields = Fields::from(
            [
                ("response_type", "code"),
                ("client_id", PUBLIC_CLIENT_ID),
                ("redirect_uri", LOOPBACK),
                ("code_challenge", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"),
                ("code_challenge_method", "S256"),
                ("state", "a b&c"),
            ]
            .map(|(name, value)| (name.to_owned(), value.to_owned())),
        );
        for (name, value) in changes {
            fields.insert((*name).to_owned(), (*value).to_owned());
        }
        let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(&fields).finish();
        authorize(logins, &request(&format!("GET /oauth/authorize?{query}")), 0)
    }

    fn location(reply: &Reply) -> Url {
        Url::parse(reply.headers[LOCATION].to_str().unwrap()).unwrap()
    }

    #[test]
    fn an_allowed_request_goes_back_with_a_code_and_its_state() {
        let mut logins = Logins::new(5);
        for (consent, change) in [(Consent::Allow, ("x", "y")), (Consent::Ask, ("decision", "allow"))] {
            logins.consent = consent;
            let reply = asked(&mut logins, &[change]);
            assert_eq!(reply.status, 302);
            let location = location(&reply);
            assert!(location.as_str().starts_with(&format!("{LOOPBACK}?")), "{location}");
            let fields: Vec<(String, String)> = location.query_pairs().into_owned().collect();
            assert_eq!((fields[0].0.as_str(), fields[0].1.len()), ("code", 32));
            assert_eq!(fields[1], ("state".to_owned(), "a b&c".to_owned()));
        }
    }

    #[test]
    fn a_denied_request_goes_back_with_the_error() {
        let mut logins = Logins::new(5);
        logins.consent = Consent::Deny;
        let location = location(&asked(&mut logins, &[]));
        assert_eq!(location.query(), Some("error=access_denied&state=a+b%26c"));
    }

    #[test]
    fn a_person_is_shown_both_links() {
        let page = asked(&mut Logins::new(5), &[]);
        let text = String::from_utf8(page.body.to_vec()).unwrap();
        for link in ["decision=allow", "decision=deny"] {
            assert!(text.contains(link), "{text}");
        }
        assert!(text.contains("state=a+b%26c&amp;decision="), "{text}");
    }

    #[test]
    fn refusals_are_json_and_go_nowhere() {
        let confidential = ("client_id", CLIENT_ID);
        for (changes, code, message) in [
            (&[("client_id", "other")][..], 4702, "Invalid client_id: other"),
            (&[("redirect_uri", "http://localhost:1/callback")], 4700, LOCALHOST),
            (&[("redirect_uri", "http://127.0.0.1:1/other")], 4700, INVALID),
            (&[("redirect_uri", "http://127.0.0.1:1/callback?a=b")], 4700, INVALID),
            (&[("redirect_uri", "http://127.0.0.2:1/callback")], 4700, INVALID),
            (&[("redirect_uri", "https://127.0.0.1:1/callback")], 4700, INVALID),
            (&[("redirect_uri", "https://elsewhere.example/")], 4700, INVALID),
            (&[("redirect_uri", "")], 4700, INVALID),
            (&[confidential], 4700, INVALID),
            (&[confidential, ("redirect_uri", "http://localhost:1/callback")], 4700, INVALID),
            (&[("response_type", "token")], 4700, "Invalid response type"),
            (&[("code_challenge_method", "S512")], 4700, "Invalid code challenge method"),
            (&[("code_challenge", "")], 4700, "Code challenge is required"),
        ] {
            let reply = asked(&mut Logins::new(5), changes);
            let body = reply.value().unwrap();
            assert_eq!((&body["errorCode"], &body["errorMessage"]), (&json!(code), &json!(message)));
            assert!(!reply.headers.contains_key(LOCATION), "{changes:?}");
        }
    }

    #[test]
    fn what_is_registered_is_taken() {
        for (id, redirect) in [
            (PUBLIC_CLIENT_ID, "http://[::1]:7/callback"),
            (PUBLIC_CLIENT_ID, "http://127.0.0.1/callback"),
            (PUBLIC_CLIENT_ID, REDIRECT_URI),
            (CLIENT_ID, REDIRECT_URI),
        ] {
            let mut logins = Logins::new(5);
            logins.consent = Consent::Allow;
            let changes = [("client_id", id), ("redirect_uri", redirect)];
            assert_eq!(asked(&mut logins, &changes).status, 302, "{redirect}");
        }
    }
}
