//! The bytes to and from a Redis, each answer by a deadline.

use std::io::{self, Read, Write};
use std::net::{TcpStream, ToSocketAddrs as _};
use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use rustls_platform_verifier::BuilderVerifierExt as _;
use url::Host;

use super::access::Access;
use super::address::Address;
use crate::clock::{Clock as _, SystemClock};

/// The largest answer in bytes, and a TLS handshake.
const LONGEST_REPLY: u64 = 4 * 1024 * 1024;

/// The way to a Redis.
pub(super) enum Stream {
    Plain(Timed),
    Tls(Box<StreamOwned<ClientConnection, Timed>>),
}

/// A socket with a time by which everything has to be done, and a bound on what is read.
pub(super) struct Timed {
    socket: TcpStream,
    clock: SystemClock,
    /// As of the clock's [`crate::clock::Clock::elapsed`].
    until: Duration,
    left: u64,
}

/// The reason why there is no connection.
pub(super) enum Obstacle {
    Network(io::Error),
    Tls(io::Error),
}

impl Stream {
    /// Connects within this time.
    pub(super) fn connect(access: &Access, within: Duration) -> Result<Self, Obstacle> {
        let clock = SystemClock::start();
        let socket = connect(&access.address, &clock, within).map_err(Obstacle::Network)?;
        // Each command is small, and waited for.
        socket.set_nodelay(true).map_err(Obstacle::Network)?;
        let mut timed = Timed { socket, clock, until: within, left: LONGEST_REPLY };
        if !access.address.tls {
            return Ok(Self::Plain(timed));
        }
        let mut tls = client(access).map_err(Obstacle::Tls)?;
        // Here, and not with the first command: nothing has been sent if this fails.
        while tls.is_handshaking() {
            tls.complete_io(&mut timed).map_err(|error| match error.kind() {
                io::ErrorKind::InvalidData => Obstacle::Tls(error),
                // A Redis without TLS waits for more of what it takes for a command.
                io::ErrorKind::TimedOut => {
                    Obstacle::Network(io::Error::new(error.kind(), "it did not take up TLS in time"))
                }
                _ => Obstacle::Network(error),
            })?;
        }
        Ok(Self::Tls(Box::new(StreamOwned::new(tls, timed))))
    }

    /// Whether the other side has not ended it, and nothing that nobody has asked for has come. With TLS more may come.
    pub(super) fn is_open(&self) -> bool {
        let (socket, may_speak) = match self {
            Self::Plain(timed) => (&timed.socket, false),
            Self::Tls(tls) => (&tls.sock.socket, true),
        };
        if socket.set_nonblocking(true).is_err() {
            return false;
        }
        let seen = socket.peek(&mut [0]);
        let is_open = match seen {
            Ok(0) => false,
            Ok(_) => may_speak,
            Err(error) => error.kind() == io::ErrorKind::WouldBlock,
        };
        socket.set_nonblocking(false).is_ok() && is_open
    }

    /// Gives what follows so much time.
    pub(super) fn allow(&mut self, time: Duration) {
        let timed = match self {
            Self::Plain(timed) => timed,
            Self::Tls(tls) => &mut tls.sock,
        };
        timed.until = timed.clock.elapsed().saturating_add(time);
        timed.left = LONGEST_REPLY;
    }
}

impl Read for Stream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Plain(timed) => timed.read(buffer),
            Self::Tls(tls) => tls.read(buffer),
        }
    }
}

impl Write for Stream {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Plain(timed) => timed.write(bytes),
            Self::Tls(tls) => tls.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Plain(timed) => timed.flush(),
            Self::Tls(tls) => tls.flush(),
        }
    }
}

impl Timed {
    fn remaining(&self) -> io::Result<Duration> {
        let left = self.until.checked_sub(self.clock.elapsed()).filter(|left| !left.is_zero());
        left.ok_or_else(too_slow)
    }
}

impl Read for Timed {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.socket.set_read_timeout(Some(self.remaining()?))?;
        let read = self.socket.read(buffer).map_err(timed_out)?;
        let left = self.left.checked_sub(read as u64);
        self.left =
            left.ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "its answer is too long"))?;
        Ok(read)
    }
}

impl Write for Timed {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.socket.set_write_timeout(Some(self.remaining()?))?;
        self.socket.write(bytes).map_err(timed_out)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.socket.flush()
    }
}

fn too_slow() -> io::Error {
    io::Error::new(io::ErrorKind::TimedOut, "it took too long")
}

/// The same error on every system where a socket has waited for too long.
fn timed_out(error: io::Error) -> io::Error {
    if matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut) {
        too_slow()
    } else {
        error
    }
}

/// Tries each address of the host, all of them within this time.
fn connect(address: &Address, clock: &SystemClock, within: Duration) -> io::Result<TcpStream> {
    let port = address.port;
    let addresses: Vec<_> = match &address.host {
        Host::Domain(name) => (name.as_str(), port).to_socket_addrs()?.collect(),
        Host::Ipv4(address) => vec![(*address, port).into()],
        Host::Ipv6(address) => vec![(*address, port).into()],
    };
    let mut last = io::Error::new(io::ErrorKind::NotFound, "its name has no address");
    for address in addresses {
        let left = within.checked_sub(clock.elapsed()).filter(|left| !left.is_zero());
        match TcpStream::connect_timeout(&address, left.ok_or_else(too_slow)?) {
            Ok(socket) => return Ok(socket),
            Err(error) => last = timed_out(error),
        }
    }
    Err(last)
}

/// The side of the client of a TLS connection.
fn client(access: &Access) -> io::Result<ClientConnection> {
    let invalid =
        |error: &dyn std::fmt::Display| io::Error::new(io::ErrorKind::InvalidData, error.to_string());
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let builder = builder.map_err(|error| invalid(&error))?;
    let config = match &access.authorities {
        Some(pem) => {
            let mut roots = RootCertStore::empty();
            let found = CertificateDer::pem_slice_iter(pem).filter_map(Result::ok);
            roots.add_parsable_certificates(found);
            if roots.is_empty() {
                return Err(invalid(&"the file that ZOOMTOK_STORE_CA_FILE names holds no certificate"));
            }
            builder.with_root_certificates(roots).with_no_client_auth()
        }
        None => builder.with_platform_verifier().map_err(|error| invalid(&error))?.with_no_client_auth(),
    };
    let name = match &access.address.host {
        Host::Domain(name) => ServerName::try_from(name.clone()).map_err(|error| invalid(&error))?,
        Host::Ipv4(address) => ServerName::from(std::net::IpAddr::from(*address)),
        Host::Ipv6(address) => ServerName::from(std::net::IpAddr::from(*address)),
    };
    ClientConnection::new(Arc::new(config), name).map_err(|error| invalid(&error))
}
