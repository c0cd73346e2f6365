//! The service account of this pod: its token, its namespace, and whom it trusts. All of it is read anew each time, since its
//! token is exchanged while the pod runs.

use std::net::Ipv6Addr;
use std::path::{Path, PathBuf};

use reqwest::Url;
use zeroize::Zeroizing;

use super::error::Error;
use super::name::{Place, SecretName, is_namespace};
use crate::files::{distrust, open_regular, read_opened};
use crate::token::Token;

/// Where Kubernetes mounts it.
const DIRECTORY: &str = "/var/run/secrets/kubernetes.io/serviceaccount";

/// The longest file of it, in bytes.
const LONGEST_ACCOUNT_FILE: u64 = 1024 * 1024;

/// What Kubernetes says to a pod of itself.
#[derive(Debug, Clone)]
pub(crate) struct Surroundings {
    directory: PathBuf,
    host: Option<String>,
    port: Option<String>,
}

/// A service account, and where its API server is.
pub(super) struct Account {
    pub(super) server: Url,
    pub(super) token: Token,
    /// The certificates in PEM that are trusted.
    pub(super) authorities: Zeroizing<Vec<u8>>,
    pub(super) place: Place,
}

impl Surroundings {
    /// Those of this process, with the service account in this directory.
    pub(crate) fn of_process(directory: Option<&Path>) -> Self {
        let variable = |name| std::env::var(name).ok().filter(|value| !value.is_empty());
        Self {
            directory: directory.unwrap_or(Path::new(DIRECTORY)).to_owned(),
            host: variable("KUBERNETES_SERVICE_HOST"),
            port: variable("KUBERNETES_SERVICE_PORT"),
        }
    }

    /// The service account as it is now, for this Secret.
    pub(super) fn account(&self, secret: &SecretName) -> Result<Account, Error> {
        let server = self.server().ok_or(Error::NoServer)?;
        let own = if secret.is_relative() { self.namespace()? } else { String::new() };
        let token = self.text("token")?;
        let token = Token::new(token.trim_end()).map_err(|problem| self.problem("token", problem))?;
        let authorities = self.read("ca.crt")?;
        Ok(Account { server, token, authorities, place: secret.place(&own) })
    }

    /// The API server. The token is sent to it, so its name is checked.
    fn server(&self) -> Option<Url> {
        let (host, port) = (self.host.as_deref()?, self.port.as_deref()?.parse::<u16>().ok()?);
        let is_plain = |c: char| c.is_ascii_alphanumeric() || c == '.' || c == '-';
        let host = match host.parse::<Ipv6Addr>() {
            Ok(address) => format!("[{address}]"),
            Err(_) => Some(host).filter(|host| host.chars().all(is_plain))?.to_owned(),
        };
        Url::parse(&format!("https://{host}:{port}/")).ok()
    }

    fn namespace(&self) -> Result<String, Error> {
        let text = self.text("namespace")?;
        let namespace = text.trim_end();
        if is_namespace(namespace) {
            return Ok(namespace.to_owned());
        }
        Err(self.problem("namespace", "holds no name of a namespace"))
    }

    fn text(&self, name: &str) -> Result<Zeroizing<String>, Error> {
        let bytes = self.read(name)?;
        let text = std::str::from_utf8(&bytes).map_err(|_| self.problem(name, "holds no text"))?;
        Ok(text.to_owned().into())
    }

    fn read(&self, name: &str) -> Result<Zeroizing<Vec<u8>>, Error> {
        let path = self.directory.join(name);
        let unreadable = |error: std::io::Error| self.problem(name, &format!("cannot be read: {error}"));
        let (file, metadata) = open_regular(&path).map_err(unreadable)?;
        // Whoever can write these files says where the token goes.
        if let Some(distrust) = distrust(&path, &metadata) {
            return Err(self.problem(name, &distrust));
        }
        read_opened(file, &metadata, LONGEST_ACCOUNT_FILE, "which no file of a service account is")
            .map_err(unreadable)
    }

    fn problem(&self, name: &str, problem: &str) -> Error {
        Error::Account { path: self.directory.join(name), problem: problem.to_owned() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_server_is_where_the_variables_say_and_speaks_tls() {
        let server = |host: &str, port: &str| {
            let given = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
            let surroundings =
                Surroundings { directory: PathBuf::new(), host: given(host), port: given(port) };
            surroundings.server().map(|url| url.to_string())
        };
        for (host, port, expected) in [
            ("10.0.0.1", "443", Some("https://10.0.0.1/")),
            ("10.0.0.1", "6443", Some("https://10.0.0.1:6443/")),
            ("fd00::1", "6443", Some("https://[fd00::1]:6443/")),
            ("kubernetes.default.svc", "443", Some("https://kubernetes.default.svc/")),
            ("", "443", None),
            ("10.0.0.1", "", None),
            ("10.0.0.1", "tcp://10.0.0.1:443", None),
            ("user@10.0.0.1", "443", None),
            ("10.0.0.1/x?", "443", None),
        ] {
            assert_eq!(server(host, port).as_deref(), expected, "{host} {port}");
        }
    }
}
