//! Logins of many machines: one for all of them, and the grant of another user.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use zoomtok::sandbox::{Client, Consent, PUBLIC_CLIENT_ID};

use super::tokens::{force, get, machines_of_user};
use crate::login::browser::LOGIN;
use crate::support::browser::{Waiting, follow};
use crate::support::needs::needs;
use crate::support::redis::{Redis, share};
use crate::support::{Home, sandbox};

#[test]
fn a_login_on_one_machine_is_one_for_all() {
    needs!(Redis);
    let (sandbox, redis) = (sandbox(), Redis::start());
    sandbox.consent(Consent::Allow);
    let urls = format!("ZOOM_OAUTH_URL={}\nZOOM_API_URL={}\n", sandbox.oauth_url(), sandbox.api_url());
    let machine = |more: &str| {
        let mut home = Home::empty();
        home.set("ZOOM_OAUTH_URL", &sandbox.oauth_url()).set("ZOOM_API_URL", &sandbox.api_url());
        home.write_env(&format!("{urls}{more}"));
        share(&mut home, &redis.address());
        home
    };
    let (first, second) = (machine(""), machine(&format!("ZOOM_CLIENT_ID={PUBLIC_CLIENT_ID}\n")));
    for _ in 0..2 {
        let login = Waiting::start(&first, LOGIN);
        follow(&login.address);
        login.end().expect(0);
        assert_eq!(first.value("ZOOM_REFRESH_TOKEN"), None);
        // The second machine takes what the login brought.
        let token = first.value("ZOOM_ACCESS_TOKEN").unwrap();
        force(&second).expect(0).quietly();
        assert_eq!(second.value("ZOOM_ACCESS_TOKEN").unwrap(), token);
        force(&second).expect(0).quietly();
        force(&first).expect(0).quietly();
        assert_ne!(get(&first), token);
    }
    let refresh_token = sandbox.refresh_token_of(Client::Public);
    assert!(!first.env_text().contains(&refresh_token) && !second.env_text().contains(&refresh_token));
}

#[test]
fn the_grant_of_another_user_is_left_alone() {
    needs!(Redis);
    let (sandbox, redis) = (sandbox(), Redis::start());
    let homes = machines_of_user(&sandbox, &redis, 2);
    get(&homes[0]);
    let text = homes[1].env_text();
    let payload = URL_SAFE_NO_PAD.encode(r#"{"iat":1700000000,"exp":1700003600,"uid":"somebody-else"}"#);
    let lines = text.lines().filter(|line| !line.starts_with("ZOOM_ACCESS_TOKEN"));
    let other = format!(
        "{}\nZOOM_ACCESS_TOKEN=eyJhbGciOiJIUzUxMiJ9.{payload}.c2ln\n",
        lines.collect::<Vec<_>>().join("\n")
    );
    homes[1].write_env(&other);
    homes[1].run(["get"]).expect(3).says(&["has the tokens of another user of this app"]);
    assert_eq!((homes[1].env_text(), sandbox.token_requests().len()), (other, 1));
}
