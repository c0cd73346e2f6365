//! The example for Compose.

use std::fs;

use serde_json::Value;

use super::{IMAGE, assert_understood, assert_variables, texts};
use crate::support::Home;
use crate::support::needs::needs;
use crate::support::pages::read;
use crate::support::redis::{PASSWORD, Redis, USER, access};
use crate::support::yaml::documents;

fn compose() -> Value {
    documents(&read("deploy/compose.yaml")).remove(0)
}

#[test]
fn the_machines_are_restricted_and_share_the_store() {
    let compose = compose();
    let services = compose["services"].as_object().unwrap();
    assert_eq!(services.keys().collect::<Vec<_>>(), ["one", "store", "two"]);
    for (name, service) in services {
        assert_eq!(service["read_only"], true, "{name}");
        assert_eq!(texts(&service["cap_drop"]), ["ALL"], "{name}");
        assert!(service["ports"].is_null(), "{name} is for its own network");
        for volume in texts(&service["volumes"]) {
            let source = volume.split(':').next().unwrap();
            assert!(source.starts_with("./") || compose["volumes"].get(source).is_some(), "{volume}");
        }
        for network in texts(&service["networks"]) {
            assert!(compose["networks"].get(network).is_some(), "{network}");
        }
        if name == "store" {
            assert_eq!(texts(&service["networks"]), ["fleet"]);
            continue;
        }
        assert_eq!(service["image"], IMAGE);
        assert_understood(&texts(&service["command"]));
        let environment = service["environment"].as_object().unwrap();
        assert_variables(environment.keys().map(String::as_str));
        let user = format!("redis://{USER}@store:6379/0");
        assert_eq!(environment["ZOOMTOK_STORE"], user.as_str());
        for (name, value) in environment.iter().filter(|(name, _)| name.starts_with("ZOOMTOK_STORE_")) {
            let secret = value.as_str().unwrap().strip_prefix("/run/secrets/").unwrap();
            assert!(texts(&service["secrets"]).contains(&secret), "{name}");
            assert!(compose["secrets"].get(secret).is_some(), "{name}");
        }
    }
    assert_eq!(compose["networks"]["fleet"]["internal"], true);
    let one = serde_json::to_string(&services["one"]).unwrap().replace("one:/data", "two:/data");
    assert_eq!(one, serde_json::to_string(&services["two"]).unwrap());
}

/// The line of the file's first comment that makes something.
fn line(of: &str) -> String {
    let text = read("deploy/compose.yaml");
    let line = text.lines().find(|line| line.contains("(umask 077; ") && line.contains(&format!("> {of})")));
    format!("(umask 077; {}", line.unwrap().split_once("(umask 077; ").unwrap().1)
}

#[test]
fn the_lines_for_the_store_make_a_configuration_that_redis_takes() {
    needs!(Redis, Openssl);
    let home = Home::empty();
    let at = |name: &str| home.work().join(name);
    fs::write(at("redis.conf"), read("deploy/redis.conf")).unwrap();
    for file in ["store.password", "store.key", "store.conf"] {
        let made = home.foreign("sh", ["-c", &*line(file)]).output().unwrap();
        assert!(made.status.success(), "{file}: {}", String::from_utf8_lossy(&made.stderr));
        assert_eq!(crate::support::mode(&at(file)), 0o600, "{file}");
    }
    zoomtok::redis::Keys::read(&fs::read(at("store.key")).unwrap()).unwrap();
    let password = fs::read_to_string(at("store.password")).unwrap();
    let text = fs::read_to_string(at("store.conf")).unwrap();
    assert!(text.lines().any(|line| line == "bind *"));
    assert!(text.contains(&format!(">{}", password.trim_end())) && !text.contains(">PASSWORD"));
    // The test has an address and a port of its own.
    let own = |line: &&str| !line.starts_with("port ") && !line.starts_with("bind ");
    let lines: Vec<&str> = text.lines().filter(own).collect();
    let redis = Redis::with(&[&lines[..], &["user admin on nopass ~* &* +@all"]].concat());
    let connect = |password: &str| {
        let access = access(&redis.address_at(Some(USER), redis.port), Some(password), None);
        zoomtok::redis::Connection::open(&access).map(drop)
    };
    connect(password.trim_end()).unwrap();
    connect(PASSWORD).unwrap_err();
}
