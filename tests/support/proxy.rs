//! A way to a server that fails as ways do.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// The state of the way, also for existing connections.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    /// Nothing.
    Open,
    /// Connections end as soon as they are made.
    Refused,
    /// Nothing that is sent arrives, and nobody says so.
    BlackHole,
    /// The connection ends after so many more bytes of answers.
    CutAfter(usize),
    /// Each piece of an answer comes later by this.
    Slow(Duration),
    /// Requests arrive; the answers end before the first byte.
    HalfClosed,
}

/// A proxy before a port of this machine.
pub(crate) struct Proxy {
    pub(crate) port: u16,
    shared: Arc<Shared>,
}

struct Shared {
    to: u16,
    way: Mutex<Way>,
    connections: AtomicUsize,
    requests: AtomicUsize,
    is_over: AtomicBool,
}

impl Proxy {
    /// Starts one before this port.
    pub(crate) fn before(to: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let shared = Arc::new(Shared {
            to,
            way: Mutex::new(Way::Open),
            connections: AtomicUsize::new(0),
            requests: AtomicUsize::new(0),
            is_over: AtomicBool::new(false),
        });
        let all = Arc::clone(&shared);
        thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                if all.is_over.load(Ordering::Relaxed) {
                    return;
                }
                all.connections.fetch_add(1, Ordering::Relaxed);
                all.serve(client);
            }
        });
        Self { port, shared }
    }

    /// From now on the way is like this.
    pub(crate) fn set(&self, way: Way) {
        *self.shared.way.lock().unwrap() = way;
    }

    /// How many connections there were.
    pub(crate) fn connections(&self) -> usize {
        self.shared.connections.load(Ordering::Relaxed)
    }

    /// How many pieces of requests there were.
    pub(crate) fn requests(&self) -> usize {
        self.shared.requests.load(Ordering::Relaxed)
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.shared.is_over.store(true, Ordering::Relaxed);
        // It waits for the next connection.
        let _ = TcpStream::connect(("127.0.0.1", self.port));
    }
}

impl Shared {
    fn way(&self) -> Way {
        *self.way.lock().unwrap()
    }

    fn serve(self: &Arc<Self>, client: TcpStream) {
        if self.way() == Way::Refused {
            return;
        }
        let Ok(server) = TcpStream::connect(("127.0.0.1", self.to)) else { return };
        let (from_client, to_server) = (client.try_clone().unwrap(), server.try_clone().unwrap());
        let all = Arc::clone(self);
        thread::spawn(move || all.requests(from_client, to_server));
        let all = Arc::clone(self);
        thread::spawn(move || all.answers(server, client));
    }

    fn requests(&self, mut client: TcpStream, mut server: TcpStream) {
        let mut buffer = [0; 16 * 1024];
        while let Ok(length @ 1..) = client.read(&mut buffer) {
            self.requests.fetch_add(1, Ordering::Relaxed);
            match self.way() {
                Way::BlackHole => continue,
                Way::Refused => break,
                Way::HalfClosed => {
                    let _ = client.shutdown(Shutdown::Write);
                }
                Way::Open | Way::CutAfter(_) | Way::Slow(_) => {}
            }
            if server.write_all(&buffer[..length]).is_err() {
                break;
            }
        }
        let _ = server.shutdown(Shutdown::Both);
        let _ = client.shutdown(Shutdown::Both);
    }

    fn answers(&self, mut server: TcpStream, mut client: TcpStream) {
        let mut buffer = [0; 16 * 1024];
        while let Ok(length @ 1..) = server.read(&mut buffer) {
            let mut passes = length;
            match self.way() {
                Way::BlackHole => continue,
                Way::Refused => break,
                Way::CutAfter(left) => {
                    passes = length.min(left);
                    self.set(left - passes);
                }
                Way::Slow(by) => thread::sleep(by),
                Way::Open | Way::HalfClosed => {}
            }
            if client.write_all(&buffer[..passes]).is_err() || passes < length {
                break;
            }
        }
        let _ = client.shutdown(Shutdown::Both);
        let _ = server.shutdown(Shutdown::Both);
    }

    fn set(&self, left: usize) {
        let mut way = self.way.lock().unwrap();
        if matches!(*way, Way::CutAfter(_)) {
            *way = Way::CutAfter(left);
        }
    }
}
