//! The way to Zoom by the environment: a proxy, certificates. An unusable one is an error, since without it credentials
//! would go another way than they should.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpListener;

use crate::support::Home;

/// A home whose credentials are Zoom's own: nothing here leads there but by a proxy.
fn home() -> Home {
    Home::with_env("ZOOM_CLIENT_ID=id\nZOOM_CLIENT_SECRET=canary-secret\nZOOM_ACCOUNT_ID=account\n")
}

#[test]
fn a_proxy_that_cannot_be_used_is_named_and_nothing_is_sent() {
    for (name, value, problem) in [
        ("HTTPS_PROXY", "'http://127.0.0.1:1'", "begins or ends with a quote"),
        ("https_proxy", "http://127.0.0.1:1\r", "white space"),
        ("ALL_PROXY", "socks5://127.0.0.1:1", "names a SOCKS proxy"),
        ("HTTPS_PROXY", "http://me:canary#@127.0.0.1:1", "not the address of a proxy"),
    ] {
        let mut home = home();
        home.set(name, value);
        // There the two spellings are one variable.
        let name = if cfg!(windows) { name.to_ascii_uppercase() } else { name.to_owned() };
        let ended =
            home.run(["get"]).expect(2).says(&[&format!("{name} (set in the environment) "), problem]);
        assert!(!ended.stderr.contains("canary"), "{}", ended.stderr);
        let doctor = home.run(["doctor"]).expect(2);
        assert!(doctor.stdout.contains(&format!("❌ {name} (set in the environment) ")), "{}", doctor.stdout);
        // A command that needs no network needs no proxy.
        home.run(["check"]).expect(1).quietly();
    }
}

#[test]
fn a_proxy_that_fails_is_named_without_its_password() {
    let mut home = home();
    home.set("HTTPS_PROXY", "http://me:canary^word@127.0.0.1:1");
    let proxy = "zoom.us cannot be reached through the proxy http://127.0.0.1:1 (HTTPS_PROXY): ";
    let ended = home.run(["get"]).expect(5).says(&[proxy]);
    assert!(!ended.stderr.contains("canary"), "{}", ended.stderr);
    home.set("NO_PROXY", "api.zoom.us");
    home.run(["get"]).expect(5).says(&[proxy]);
}

#[test]
fn a_password_reaches_the_proxy_as_it_is_meant() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let mut home = home();
    home.set("HTTPS_PROXY", &format!("http://me:pa^ss@127.0.0.1:{port}"));
    let asked = std::thread::spawn(move || {
        let (mut client, _) = listener.accept().unwrap();
        drop(listener);
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            client.read_exact(&mut byte).unwrap();
            head.extend(byte);
        }
        client.write_all(b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n").unwrap();
        String::from_utf8(head).unwrap().to_ascii_lowercase()
    });
    home.run(["get"]).expect(5).says(&["through the proxy http://127.0.0.1:"]);
    let asked = asked.join().unwrap();
    assert!(asked.starts_with("connect zoom.us:443 "), "{asked}");
    assert!(asked.contains("proxy-authorization: basic bwu6cgfec3m="), "{asked}");
}

#[test]
fn certificates_that_cannot_be_used_are_named_and_an_empty_variable_is_unset() {
    let mut home = home();
    // Nothing is asked of Zoom itself.
    home.set("HTTPS_PROXY", "http://127.0.0.1:1");
    let wrong = home.work().join("none.pem");
    for name in ["SSL_CERT_FILE", "SSL_CERT_DIR"] {
        let without = fs::read_dir("/etc/ssl/certs").is_err();
        home.set(name, "");
        // As far as this machine has certificates at all.
        if !without {
            home.run(["get"]).expect(5).says(&["through the proxy"]);
        }
        home.set(name, wrong.to_str().unwrap());
        home.run(["get"]).expect(2).says(&[name, "none.pem, from which no certificate can be read"]);
        home.set(name, "");
    }
}
