//! The token endpoint, and the logins that lead to it.

mod authorize;
mod codes;
mod consent;
mod device;
mod logins;
mod page;

use hyper::header::AUTHORIZATION;
use serde_json::json;

pub(super) use self::authorize::authorize;
use self::codes::Rejected;
pub use self::consent::Consent;
use self::device::NotYet;
pub(super) use self::logins::Logins;
use super::jwt::Kind;
use super::message::{Reply, Request};
use super::options::{ACCOUNT_ID, CLIENT_ID, CLIENT_SECRET, ExpiresIn, PUBLIC_CLIENT_ID};
use super::tokens::{Client, Tokens};

/// Answers `POST /oauth/token`.
///
/// Zoom does not document the order of its checks; here the client comes first, as in RFC 6749, then the grant type,
/// then the fields of the grant. Fields in the query do not count: Zoom has barred tokens from URLs since February
/// 2023, and forum thread 124925 reports a plain 400 for a query that had worked for years.
pub(super) fn token(
    tokens: &mut Tokens,
    logins: &mut Logins,
    request: &Request,
    origin: &str,
    expires_in: ExpiresIn,
    now: i64,
) -> Reply {
    let Some(client) = client(request) else { return wrong_client() };
    let form = request.form();
    let field = |name: &str| form.get(name).map(String::as_str);
    match field("grant_type") {
        Some("account_credentials") if client == Client::Confidential => {
            // Zoom says no more than this about a wrong account id (connector guide of Psoxy).
            if field("account_id") != Some(ACCOUNT_ID) {
                return refusal("Bad Request", "invalid_request");
            }
            let access = tokens.issue(Kind::ServerToServer, client, now);
            success(&access, None, &logins.scope, tokens.life(), (origin, expires_in))
        }
        Some("refresh_token") => {
            // One message for a token that is spent, revoked or from another app (raycast/extensions#10896).
            if field("refresh_token") != Some(tokens.refresh(client)) {
                let reason = match client {
                    Client::Confidential => "Invalid Token!",
                    Client::Public => "Invalid refresh token",
                };
                return refusal(reason, "invalid_grant");
            }
            let access = tokens.issue(Kind::User, client, now);
            let refresh = tokens.rotate(client, now);
            success(&access, Some(&refresh), &logins.scope, tokens.life(), (origin, expires_in))
        }
        Some(grant @ ("authorization_code" | DEVICE_CODE)) => {
            let text = |name| field(name).unwrap_or_default();
            let redeemed = if grant == DEVICE_CODE {
                logins.devices.poll(client, text("device_code"), logins.consent, now).map_err(not_yet)
            } else {
                let (code, redirect_uri, verifier) =
                    (text("code"), text("redirect_uri"), text("code_verifier"));
                logins.codes.redeem(client, code, redirect_uri, verifier, now).map_err(rejected)
            };
            if let Err(reply) = redeemed {
                return reply;
            }
            let access = tokens.issue(Kind::User, client, now);
            // The refresh token of an earlier login of the same user ends: forum thread 95429, code 4741.
            let refresh = tokens.rotate(client, now);
            success(&access, Some(&refresh), &logins.scope, tokens.life(), (origin, expires_in))
        }
        // Also without a grant type, as forum thread 79648 saw with a JSON content type.
        _ => refusal("unsupported grant type", "unsupported_grant_type"),
    }
}

/// The grant type of a device (RFC 8628).
const DEVICE_CODE: &str = "urn:ietf:params:oauth:grant-type:device_code";

/// Answers `POST /oauth/devicecode`.
pub(super) fn device_code(logins: &mut Logins, request: &Request, origin: &str, now: i64) -> Reply {
    let Some(client) = client(request) else { return wrong_client() };
    logins.devices.begin(client, origin, now).unwrap_or_else(|_| refusal("No random numbers", "server_error"))
}

/// Answers `GET /oauth_device`.
pub(super) fn device_page(logins: &mut Logins, request: &Request, now: i64) -> Reply {
    logins.devices.page(request, now)
}

/// Zoom answers an unknown code of a public client with these words; those about the verifier are not known.
fn rejected(why: Rejected) -> Reply {
    match why {
        Rejected::Code => refusal("Invalid authorization code", "invalid_grant"),
        Rejected::Verifier => refusal("Invalid code verifier", "invalid_grant"),
        Rejected::RedirectUri => {
            let body = json!({"status": false, "errorCode": 4709, "errorMessage": "Redirect URI mismatch."});
            Reply::json(400, &body)
        }
    }
}

/// By RFC 8628, section 3.5.
fn not_yet(why: NotYet) -> Reply {
    match why {
        NotYet::Pending => refusal("The user has not decided yet", "authorization_pending"),
        NotYet::SlowDown => refusal("Too many requests", "slow_down"),
        NotYet::Expired => refusal("The device code has expired", "expired_token"),
        NotYet::Denied => refusal("The user denied the request", "access_denied"),
        NotYet::Unknown => refusal("Invalid device code", "invalid_grant"),
    }
}

/// Answers `POST /oauth/revoke`. By RFC 7009, revoking an invalid token is a success.
pub(super) fn revoke(tokens: &mut Tokens, request: &Request, now: i64) -> Reply {
    let Some(client) = client(request) else { return wrong_client() };
    match request.form().get("token") {
        Some(token) => {
            tokens.revoke(client, token, now);
            Reply::json(200, &json!({"status": "success"}))
        }
        None => refusal("Bad Request", "invalid_request"),
    }
}

/// The client that a request is from: by its id and secret in Basic authentication, or without that by its id in the form.
pub(super) fn client(request: &Request) -> Option<Client> {
    if !request.header(&AUTHORIZATION).is_empty() {
        let (id, secret) = request.basic()?;
        return (id == CLIENT_ID && secret == CLIENT_SECRET).then_some(Client::Confidential);
    }
    let id = request.form().remove("client_id")?;
    (id == PUBLIC_CLIENT_ID).then_some(Client::Public)
}

/// Zoom answers 400 instead of 401: JubaerHossain/zoom-laravel#3.
fn wrong_client() -> Reply {
    refusal("Invalid client_id or client_secret", "invalid_client")
}

fn refusal(reason: &str, error: &str) -> Reply {
    Reply::json(400, &json!({"reason": reason, "error": error}))
}

fn success(
    access: &str,
    refresh: Option<&str>,
    scope: &str,
    life: i64,
    (origin, expires_in): (&str, ExpiresIn),
) -> Reply {
    let mut body = json!({
        "access_token": access,
        "token_type": "bearer",
        "scope": scope,
        "api_url": origin,
    });
    // A token valid for 3600 s by its claims came with 3599 (the marketplace notes in Zoom's skills repository).
    let seconds = life.saturating_sub(1);
    let written = match expires_in {
        ExpiresIn::Missing => None,
        ExpiresIn::Number => Some(json!(seconds)),
        ExpiresIn::Text => Some(json!(seconds.to_string())),
        #[expect(clippy::cast_precision_loss, reason = "a lifetime in seconds is far below 2^52")]
        ExpiresIn::Float => Some(json!(seconds as f64 + 0.5)),
        ExpiresIn::Zero => Some(json!(0)),
        ExpiresIn::Negative => Some(json!(-seconds)),
        ExpiresIn::Huge => Some(json!(u64::MAX)),
    };
    if let Some(written) = written {
        body["expires_in"] = written;
    }
    if let Some(refresh) = refresh {
        body["refresh_token"] = json!(refresh);
    }
    Reply::json(200, &body)
}

#[cfg(test)]
mod tests {
    use hyper::header::CONTENT_TYPE;
    use serde_json::Value;

    use super::super::message::tests::request;
    use super::super::tokens::Standing;
    use super::*;

    const NOW: i64 = 1_790_000_000;
    const ORIGIN: &str = "http://127.0.0.1:1";

    fn tokens() -> Tokens {
        Tokens::new(3600, false, NOW).unwrap()
    }

    fn ask(tokens: &mut Tokens, request: &Request) -> (u16, Value) {
        let reply = token(tokens, &mut Logins::new(5), request, ORIGIN, ExpiresIn::Number, NOW);
        (reply.status.as_u16(), reply.value().unwrap())
    }

    fn with(fields: &[(&str, &str)]) -> Request {
        request("POST /oauth/token").with_basic(CLIENT_ID, CLIENT_SECRET).with_form(fields)
    }

    fn account() -> Request {
        with(&[("grant_type", "account_credentials"), ("account_id", ACCOUNT_ID)])
    }

    #[test]
    fn an_account_gets_an_access_token_and_no_refresh_token() {
        let mut tokens = tokens();
        let (status, body) = ask(&mut tokens, &account());
        assert_eq!(status, 200);
        assert_eq!(body["token_type"], "bearer");
        assert_eq!(body["expires_in"], 3599);
        assert_eq!(body["api_url"], ORIGIN);
        assert!(body["scope"].as_str().unwrap().starts_with("meeting:read:list_meetings:admin "));
        assert_eq!(body.get("refresh_token"), None);
        assert_eq!(tokens.standing(body["access_token"].as_str().unwrap(), NOW), Standing::Good);
    }

    #[test]
    fn a_refresh_token_can_be_used_once() {
        let mut tokens = tokens();
        let first = tokens.refresh(Client::Confidential).to_owned();
        let exchange = |token: &str| with(&[("grant_type", "refresh_token"), ("refresh_token", token)]);

        let (status, body) = ask(&mut tokens, &exchange(&first));
        assert_eq!(status, 200);
        assert_eq!(body["refresh_token"], tokens.refresh(Client::Confidential));
        assert_ne!(body["refresh_token"], first.as_str());

        let spent = json!({"reason": "Invalid Token!", "error": "invalid_grant"});
        assert_eq!(ask(&mut tokens, &exchange(&first)), (400, spent.clone()));
        assert_eq!(ask(&mut tokens, &exchange("")), (400, spent));
        let second = tokens.refresh(Client::Confidential).to_owned();
        assert_eq!(ask(&mut tokens, &exchange(&second)).0, 200);
    }

    #[test]
    fn a_client_has_refresh_tokens_of_its_own() {
        let mut tokens = tokens();
        let [confidential, public] =
            [Client::Confidential, Client::Public].map(|client| tokens.refresh(client).to_owned());
        let exchange = |token: &str| {
            let fields =
                [("grant_type", "refresh_token"), ("refresh_token", token), ("client_id", PUBLIC_CLIENT_ID)];
            request("POST /oauth/token").with_form(&fields)
        };
        let spent = json!({"reason": "Invalid refresh token", "error": "invalid_grant"});
        assert_eq!(ask(&mut tokens, &exchange(&confidential)), (400, spent));
        let (status, body) = ask(&mut tokens, &exchange(&public));
        assert_eq!((status, &body["refresh_token"]), (200, &json!(tokens.refresh(Client::Public))));
        assert_eq!(tokens.refresh(Client::Confidential), confidential);
        assert_eq!(ask(&mut tokens, &exchange(&public)).0, 400);
    }

    #[test]
    fn refusals_look_like_zooms() {
        let wrong_client = json!({"reason": "Invalid client_id or client_secret", "error": "invalid_client"});
        let wrong_account = json!({"reason": "Bad Request", "error": "invalid_request"});
        let wrong_grant = json!({"reason": "unsupported grant type", "error": "unsupported_grant_type"});
        let account_grant = ("grant_type", "account_credentials");
        let table = [
            (account().with_basic(CLIENT_ID, "wrong"), &wrong_client),
            (account().with_basic(&format!("{CLIENT_ID} "), CLIENT_SECRET), &wrong_client),
            (request("POST /oauth/token").with_form(&[account_grant]), &wrong_client),
            // A confidential client without its secret, and a public one that shows a secret or asks for an account.
            (
                request("POST /oauth/token").with_form(&[account_grant, ("client_id", CLIENT_ID)]),
                &wrong_client,
            ),
            (with(&[account_grant]).with_basic(PUBLIC_CLIENT_ID, ""), &wrong_client),
            (
                request("POST /oauth/token").with_form(&[account_grant, ("client_id", PUBLIC_CLIENT_ID)]),
                &wrong_grant,
            ),
            // The client is checked before the grant.
            (with(&[("grant_type", "password")]).with_basic("a", "b"), &wrong_client),
            (with(&[account_grant]), &wrong_account),
            (with(&[account_grant, ("account_id", &format!("{ACCOUNT_ID} "))]), &wrong_account),
            (with(&[("grant_type", "client_credentials")]), &wrong_grant),
            (with(&[]), &wrong_grant),
            (account().with_header(CONTENT_TYPE, "application/json"), &wrong_grant),
        ];
        for (request, expected) in table {
            assert_eq!(ask(&mut tokens(), &request), (400, expected.clone()), "{request:?}");
        }
    }

    #[test]
    fn fields_in_the_query_do_not_count() {
        let query = format!("POST /oauth/token?grant_type=account_credentials&account_id={ACCOUNT_ID}");
        let request = request(&query).with_basic(CLIENT_ID, CLIENT_SECRET).with_form(&[]);
        assert_eq!(ask(&mut tokens(), &request).1["error"], "unsupported_grant_type");
    }

    #[test]
    fn expires_in_is_written_in_the_requested_form() {
        let table = [
            (ExpiresIn::Number, json!(3599)),
            (ExpiresIn::Text, json!("3599")),
            (ExpiresIn::Float, json!(3599.5)),
            (ExpiresIn::Zero, json!(0)),
            (ExpiresIn::Negative, json!(-3599)),
            (ExpiresIn::Huge, json!(u64::MAX)),
        ];
        for (written, expected) in table {
            let body = success("t", None, "s", 3600, (ORIGIN, written)).value().unwrap();
            assert_eq!(body["expires_in"], expected, "{written:?}");
        }
        let body = success("t", None, "s", 3600, (ORIGIN, ExpiresIn::Missing)).value().unwrap();
        assert_eq!(body.get("expires_in"), None);
    }

    #[test]
    fn revoking_requires_the_client_and_a_token() {
        let mut tokens = tokens();
        let access = tokens.issue(Kind::User, Client::Confidential, NOW);
        let form = request("POST /oauth/revoke").with_form(&[("token", &access)]);
        assert_eq!(revoke(&mut tokens, &form, NOW).status, 400);
        assert_eq!(tokens.standing(&access, NOW), Standing::Good);

        let reply = revoke(&mut tokens, &form.with_basic(CLIENT_ID, CLIENT_SECRET), NOW);
        assert_eq!(reply.value().unwrap(), json!({"status": "success"}));
        assert_eq!(tokens.standing(&access, NOW), Standing::Unknown);
        assert_eq!(revoke(&mut tokens, &with(&[]), NOW).status, 400);
    }
}
