//! Forwarding the port of a login from the machine where the browser is (pure).

use std::net::IpAddr;

/// The command to type there, by what sshd says of the connection: the address and port of the client, then those of this
/// machine. None for anything else.
pub(crate) fn forward(connection: &str, user: Option<&str>, port: u16) -> Option<String> {
    let mut words = connection.split_ascii_whitespace().skip(2);
    let host: IpAddr = words.next()?.parse().ok()?;
    let server_port: u16 = words.next()?.parse().ok()?;
    let is_plain = |name: &&str| {
        !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
    };
    let at = user.filter(is_plain).map(|user| format!("{user}@")).unwrap_or_default();
    let on = if server_port == 22 { String::new() } else { format!("-p {server_port} ") };
    Some(format!("ssh -N {on}-L {port}:127.0.0.1:{port} {at}{host}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_leads_back_to_this_machine() {
        for (connection, user, expected) in [
            ("198.51.100.7 50000 192.0.2.1 22", Some("ada"), Some("ssh -N -L 7:127.0.0.1:7 ada@192.0.2.1")),
            ("198.51.100.7 50000 192.0.2.1 2222", None, Some("ssh -N -p 2222 -L 7:127.0.0.1:7 192.0.2.1")),
            ("2001:db8::1 50000 2001:db8::2 22", Some("$(id)"), Some("ssh -N -L 7:127.0.0.1:7 2001:db8::2")),
            ("198.51.100.7 50000 192.0.2.1", Some("ada"), None),
            ("a b $(id) 22", Some("ada"), None),
            ("", None, None),
        ] {
            assert_eq!(forward(connection, user, 7).as_deref(), expected, "{connection}");
        }
    }
}
