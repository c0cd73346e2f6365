//! Where clients connect, and which names of this machine they may use for that. Pure.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

/// Which names of the server a request may carry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Hosts {
    /// Those of this machine: a page whose own name leads to this machine is none of them.
    Loopback,
    /// Any: a proxy in front of the gateway has judged it.
    Any,
}

/// Reads what `--listen` names: `ADDRESS:PORT`, or a port on this machine. With `behind_proxy` it may be an address that
/// other machines can reach.
///
/// # Errors
///
/// The problem in words, for behind the name of the flag.
pub(crate) fn read(text: &str, behind_proxy: bool) -> Result<(SocketAddr, Hosts), String> {
    let loopback = |port| SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), port);
    let port = text.strip_prefix("localhost:").unwrap_or(text).parse().map(loopback);
    let address: SocketAddr = port
        .or_else(|_| text.parse())
        .map_err(|_| format!("{text:?} is no ADDRESS:PORT, such as 127.0.0.1:8080"))?;
    match (address.ip().is_loopback(), behind_proxy) {
        (true, false) => Ok((address, Hosts::Loopback)),
        (_, true) => Ok((address, Hosts::Any)),
        (false, false) => Err(format!(
            "other machines can reach {address}, and the gateway speaks plain HTTP: bearer tokens would cross the network \
             in the clear. Listen on 127.0.0.1, or put a proxy with HTTPS in front and add --behind-proxy"
        )),
    }
}

/// Whether a name in a URL is one of this machine's.
pub(super) fn is_loopback_name(name: &str) -> bool {
    let address = name.strip_prefix('[').and_then(|name| name.strip_suffix(']')).unwrap_or(name);
    name.eq_ignore_ascii_case("localhost")
        || address.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_is_listened_to_unless_a_proxy_is_in_front() {
        for (text, behind_proxy, expected) in [
            ("127.0.0.1:8080", false, Ok(("127.0.0.1:8080", Hosts::Loopback))),
            ("localhost:8080", false, Ok(("127.0.0.1:8080", Hosts::Loopback))),
            ("8080", false, Ok(("127.0.0.1:8080", Hosts::Loopback))),
            ("0", false, Ok(("127.0.0.1:0", Hosts::Loopback))),
            ("[::1]:80", false, Ok(("[::1]:80", Hosts::Loopback))),
            ("127.0.0.1:8080", true, Ok(("127.0.0.1:8080", Hosts::Any))),
            ("0.0.0.0:8080", true, Ok(("0.0.0.0:8080", Hosts::Any))),
            ("0.0.0.0:8080", false, Err("--behind-proxy")),
            ("[::]:8080", false, Err("--behind-proxy")),
            ("10.0.0.1:8080", false, Err("in the clear")),
            ("example.com:8080", true, Err("is no ADDRESS:PORT")),
            ("127.0.0.1", false, Err("is no ADDRESS:PORT")),
            ("127.0.0.1:99999", false, Err("is no ADDRESS:PORT")),
            ("", false, Err("is no ADDRESS:PORT")),
        ] {
            match (read(text, behind_proxy), expected) {
                (Ok((address, hosts)), Ok(expected)) => {
                    assert_eq!((address.to_string().as_str(), hosts), expected, "{text}");
                }
                (Err(problem), Err(expected)) => assert!(problem.contains(expected), "{text}: {problem}"),
                (read, _) => panic!("{text}: {read:?}"),
            }
        }
    }

    #[test]
    fn a_name_of_this_machine_is_one_that_no_other_can_have() {
        for name in ["localhost", "LOCALHOST", "127.0.0.1", "127.1.2.3", "[::1]"] {
            assert!(is_loopback_name(name), "{name}");
        }
        for name in [
            "",
            "localhost.",
            "localhost.example.com",
            "127.0.0.1.example.com",
            "0.0.0.0",
            "[::]",
            "10.0.0.1",
        ] {
            assert!(!is_loopback_name(name), "{name}");
        }
    }
}
