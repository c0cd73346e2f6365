//! The address of the shared store, as `ZOOMTOK_STORE` has it. Pure.

use std::fmt;

use percent_encoding::percent_decode_str;
use url::{Host, Url};

/// The port of Redis, where the address names none.
const USUAL_PORT: u16 = 6379;

/// The address of a Redis. It holds no password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    /// Whether it is spoken to with TLS.
    pub(super) tls: bool,
    pub(super) user: Option<String>,
    pub(super) host: Host<String>,
    pub(super) port: u16,
    /// The number of the database.
    pub(super) database: u32,
}

impl Address {
    /// Reads `redis://[user@]host[:port][/database]`, or the same with `rediss://`, which is TLS.
    ///
    /// # Errors
    ///
    /// The problem, to be read after the name of the variable; it repeats nothing of the address.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        const SCHEME: &str = "is no address of the form redis://host:6379/0, or rediss:// with TLS";
        let text = text.trim();
        let tls = match text.split_once("://") {
            Some((scheme, _)) if scheme.eq_ignore_ascii_case("redis") => false,
            Some((scheme, _)) if scheme.eq_ignore_ascii_case("rediss") => true,
            Some(_) => {
                return Err("has an unknown scheme: redis:// and rediss:// (TLS) are the ones there are");
            }
            None => return Err(SCHEME),
        };
        let url = Url::parse(text).map_err(|_| SCHEME)?;
        if url.password().is_some() {
            return Err(
                "holds a password, which addresses show to everybody: put it into ZOOMTOK_STORE_PASSWORD, or into the \
                 file that ZOOMTOK_STORE_PASSWORD_FILE names",
            );
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err("has more behind the number of the database than an address of a Redis has");
        }
        let user =
            percent_decode_str(url.username()).decode_utf8().map_err(|_| "has a user that is not UTF-8")?;
        if user.chars().any(|c| c.is_whitespace() || c.is_control()) {
            return Err("has a user with white space in its name");
        }
        let host = url.host_str().filter(|host| !host.is_empty()).ok_or("names no host")?;
        // The scheme is none of those whose hosts url reads itself.
        let host = Host::parse(host).map_err(|_| "names a host that cannot be one")?;
        let port = url.port().unwrap_or(USUAL_PORT);
        if port == 0 {
            return Err("names the port 0, which nothing listens on");
        }
        let database = match url.path().trim_start_matches('/') {
            "" => 0,
            digits if digits.bytes().all(|byte| byte.is_ascii_digit()) => {
                digits.parse().map_err(|_| "names a database with a number that is too large")?
            }
            _ => return Err("names a database that is no number"),
        };
        Ok(Self { tls, user: Some(user.into_owned()).filter(|user| !user.is_empty()), host, port, database })
    }

    /// Whether what is sent to it can be read on the way: it is neither encrypted nor stays on this machine.
    pub fn is_in_clear(&self) -> bool {
        let is_here = match &self.host {
            Host::Domain(name) => name == "localhost",
            Host::Ipv4(address) => address.is_loopback(),
            Host::Ipv6(address) => address.is_loopback(),
        };
        !self.tls && !is_here
    }
}

/// As it is shown, and as [`Address::parse`] reads it.
impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { tls, user, host, port, database } = self;
        f.write_str(if *tls { "rediss://" } else { "redis://" })?;
        if let Some(user) = user {
            let user = percent_encoding::utf8_percent_encode(user, percent_encoding::NON_ALPHANUMERIC);
            write!(f, "{user}@")?;
        }
        write!(f, "{host}:{port}/{database}")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn addresses_are_read_with_what_they_leave_out() {
        for (text, shown) in [
            ("redis://localhost", "redis://localhost:6379/0"),
            ("redis://localhost/", "redis://localhost:6379/0"),
            (" REDIS://Redis.example:7000/3 ", "redis://redis.example:7000/3"),
            ("rediss://zoomtok@redis.example", "rediss://zoomtok@redis.example:6379/0"),
            ("redis://a%40b@[::1]:7/1", "redis://a%40b@[::1]:7/1"),
            ("redis://127.0.0.1", "redis://127.0.0.1:6379/0"),
        ] {
            let address = Address::parse(text).unwrap();
            assert_eq!(address.to_string(), shown);
            assert_eq!(Address::parse(shown).as_ref(), Ok(&address));
        }
        for (text, in_clear) in [
            ("redis://localhost", false),
            ("redis://127.1.2.3", false),
            ("redis://[::1]", false),
            ("redis://10.0.0.1", true),
            ("redis://localhost.example", true),
            ("rediss://10.0.0.1", false),
        ] {
            assert_eq!(Address::parse(text).unwrap().is_in_clear(), in_clear, "{text}");
        }
    }

    #[test]
    fn what_is_wrong_with_an_address_is_said_without_it() {
        for (text, problem) in [
            ("", "is no address of the form redis://"),
            ("localhost:6379", "is no address of the form redis://"),
            ("http://localhost", "unknown scheme"),
            ("valkey://localhost", "unknown scheme"),
            ("unix:///run/redis.sock", "unknown scheme"),
            ("redis://user:secret@localhost", "holds a password"),
            ("redis://:secret@localhost", "holds a password"),
            ("redis://", "names no host"),
            ("redis:///0", "names no host"),
            ("redis://local host", "is no address"),
            ("redis://localhost:0", "the port 0"),
            ("redis://localhost:99999", "is no address"),
            ("redis://localhost/x", "a database that is no number"),
            ("redis://localhost/-1", "a database that is no number"),
            ("redis://localhost/0/1", "a database that is no number"),
            ("redis://localhost/99999999999", "too large"),
            ("redis://localhost/0?password=secret", "has more behind"),
            ("redis://localhost/0#secret", "has more behind"),
        ] {
            let said = Address::parse(text).unwrap_err();
            assert!(said.contains(problem), "{text}: {said}");
        }
    }

    proptest! {
        #[test]
        fn an_address_is_what_it_is_shown_as(text in "redis(s)?://([a-z%@.:]{0,6}@)?[a-z0-9.:\\[\\]]{0,12}(/[0-9x]{0,3})?") {
            if let Ok(address) = Address::parse(&text) {
                prop_assert_eq!(Address::parse(&address.to_string()), Ok(address));
            }
        }
    }
}
