//! Logins, over real connections.

use super::*;

// The example of RFC 7636, appendix B.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
const LOOPBACK: &str = "http%3A%2F%2F127.0.0.1%3A7%2Fcallback";

/// A form of the public client, without an Authorization header.
fn public(path: &str, form: &str) -> String {
    let form = format!("{form}&client_id={PUBLIC_CLIENT_ID}");
    format!(
        "POST {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\
         content-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\n\r\n{form}",
        form.len()
    )
}

fn page() -> String {
    get(
        &format!(
            "/oauth/authorize?response_type=code&client_id={PUBLIC_CLIENT_ID}&redirect_uri={LOOPBACK}\
             &code_challenge={CHALLENGE}&code_challenge_method=S256&state=s"
        ),
        "",
    )
}

/// The code that the browser brings back.
fn code(sandbox: &Sandbox) -> String {
    let answer = exchange(sandbox, &page());
    let location = head(&answer).lines().find_map(|line| line.strip_prefix("location: ")).unwrap();
    let code = location.strip_prefix("http://127.0.0.1:7/callback?code=").unwrap();
    code.strip_suffix("&state=s").unwrap().to_owned()
}

fn redeem(sandbox: &Sandbox, code: &str, verifier: &str) -> Value {
    let form =
        format!("grant_type=authorization_code&code={code}&redirect_uri={LOOPBACK}&code_verifier={verifier}");
    json(&exchange(sandbox, &public("/oauth/token", &form)))
}

#[test]
fn a_second_login_ends_the_refresh_token_of_the_first() {
    let sandbox = start();
    sandbox.consent(Consent::Allow);
    let refresh = |token: &Value| {
        let form = format!("grant_type=refresh_token&refresh_token={}", token.as_str().unwrap());
        json(&exchange(&sandbox, &public("/oauth/token", &form)))
    };
    let first = redeem(&sandbox, &code(&sandbox), VERIFIER)["refresh_token"].clone();
    let second = redeem(&sandbox, &code(&sandbox), VERIFIER)["refresh_token"].clone();
    assert_eq!(refresh(&first)["error"], "invalid_grant");
    assert!(refresh(&second)["access_token"].is_string());
}

#[test]
fn a_code_is_refused_by_what_is_wrong_with_it() {
    let sandbox = start();
    exchange(&sandbox, &post("/sandbox/login", "consent=allow"));
    let first = code(&sandbox);
    assert_eq!(redeem(&sandbox, &first, VERIFIER)["token_type"], "bearer");
    assert_eq!(redeem(&sandbox, &first, VERIFIER)["reason"], "Invalid authorization code");
    assert_eq!(redeem(&sandbox, &code(&sandbox), CHALLENGE)["reason"], "Invalid code verifier");
    let form = format!(
        "grant_type=authorization_code&code={}&redirect_uri=http://127.0.0.1:8/callback&code_verifier={VERIFIER}",
        code(&sandbox)
    );
    assert_eq!(json(&exchange(&sandbox, &public("/oauth/token", &form)))["errorCode"], 4709);
    let late = code(&sandbox);
    sandbox.expire_codes();
    assert_eq!(redeem(&sandbox, &late, VERIFIER)["error"], "invalid_grant");
}

#[test]
fn a_device_gets_a_token_once_its_user_has_allowed_it() {
    let sandbox = Sandbox::start(Options { device_interval: 0, ..Options::default() }).unwrap();
    sandbox.grant_scopes("user:read:user");
    let begun = json(&exchange(&sandbox, &post("/oauth/devicecode", "")));
    let form = format!(
        "grant_type=urn:ietf:params:oauth:grant-type:device_code&device_code={}",
        begun["device_code"].as_str().unwrap()
    );
    let poll = || json(&exchange(&sandbox, &post("/oauth/token", &form)));
    assert_eq!(poll()["error"], "authorization_pending");
    let complete = begun["verification_uri_complete"].as_str().unwrap();
    let path = complete.strip_prefix(&sandbox.oauth_url()).unwrap();
    assert!(exchange(&sandbox, &get(path, "")).contains("Allow"));
    exchange(&sandbox, &get(&format!("{path}&decision=allow"), ""));
    let answer = poll();
    assert_eq!(answer["scope"], "user:read:user");
    assert_eq!(answer["refresh_token"], sandbox.refresh_token());
}

#[test]
fn the_login_can_be_made_to_fail() {
    let sandbox = start();
    for (request, code) in [(page(), 502), (post("/oauth/devicecode", ""), 503)] {
        exchange(&sandbox, &post("/sandbox/fault", &format!("on=login&fault=status&status={code}")));
        assert!(exchange(&sandbox, &request).starts_with(&format!("HTTP/1.1 {code} ")));
        assert!(exchange(&sandbox, &request).starts_with("HTTP/1.1 200 "));
    }
    let public_revoke =
        public("/oauth/revoke", &format!("token={}", sandbox.refresh_token_of(Client::Public)));
    assert_eq!(json(&exchange(&sandbox, &public_revoke))["status"], "success");
}
