//! A Redis of a test's own, on a free port and with a directory of its own, which is killed, stopped and started again as the test
//! likes.

use std::fmt::Write as _;
use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tempfile::TempDir;
use zoomtok::redis::{Access, Address, COMMANDS, Connection, Keys, Reply};

use crate::support::{Home, certificates};

/// The password of [`USER`].
pub(crate) const PASSWORD: &str = "canary-of-the-store-its-password";

/// A user with no more rights than docs/fleet.md says.
pub(crate) const USER: &str = "zoomtok";

/// The rights that docs/fleet.md says.
pub(crate) fn rights() -> String {
    let commands: Vec<String> = COMMANDS.iter().map(|name| format!("+{name}")).collect();
    format!("resetchannels ~zoomtok:* -@all {}", commands.join(" "))
}

/// How long anything may take that is done in milliseconds; a busy machine is slow.
const SOON: Duration = Duration::from_secs(20);

/// A Redis. It ends with its test.
pub(crate) struct Redis {
    child: Option<Child>,
    directory: TempDir,
    pub(crate) port: u16,
    tls: bool,
    options: Vec<String>,
}

impl Redis {
    /// One that writes down each change before it answers.
    pub(crate) fn start() -> Self {
        Self::with(&[])
    }

    /// The same with these lines of redis.conf besides.
    pub(crate) fn with(options: &[&str]) -> Self {
        Self::new(false, options)
    }

    /// One that speaks TLS only, with a certificate of an authority of its own: [`Redis::authority`].
    pub(crate) fn with_tls() -> Self {
        Self::new(true, &[])
    }

    /// One with [`USER`], and nobody else who needs no password.
    pub(crate) fn with_user() -> Self {
        Self::with(&[
            &format!("user {USER} on >{PASSWORD} {}", rights()),
            "user admin on nopass ~* &* +@all",
            "user default off",
        ])
    }

    fn new(tls: bool, options: &[&str]) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let options = options.iter().map(|line| (*line).to_owned()).collect();
        let mut redis = Self { child: None, directory, port: 0, tls, options };
        if tls {
            certificates::make(redis.directory.path());
        }
        // Between the choice of a free port and its use somebody else may take it.
        for _ in 0..5 {
            redis.port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
            if redis.try_start() {
                return redis;
            }
        }
        panic!("redis-server does not start: {}", redis.log());
    }

    /// Starts it again, with what it has written down.
    pub(crate) fn restart(&mut self) {
        assert!(self.child.is_none(), "it still runs");
        assert!(self.try_start(), "redis-server does not start again: {}", self.log());
    }

    fn try_start(&mut self) -> bool {
        let port = self.port.to_string();
        let (plain, encrypted) = if self.tls { ("0", port.as_str()) } else { (port.as_str(), "0") };
        let mut text = format!(
            "bind 127.0.0.1\nport {plain}\ntls-port {encrypted}\ndir {}\nlogfile {}\nappendonly yes\nappendfsync always\n\
             save \"\"\nmaxmemory-policy noeviction\n",
            self.directory.path().display(),
            self.path("log").display()
        );
        if self.tls {
            let [certificate, key] = ["server.crt", "server.key"].map(|name| self.path(name));
            let (certificate, key) = (certificate.display(), key.display());
            let _ = write!(text, "tls-cert-file {certificate}\ntls-key-file {key}\ntls-auth-clients no\n");
        }
        text += &self.options.join("\n");
        let configuration = self.path("redis.conf");
        fs::write(&configuration, text).unwrap();
        let mut server = Command::new("redis-server");
        server.arg(configuration).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let mut child = server.spawn().unwrap();
        let started = Instant::now();
        while started.elapsed() < SOON {
            if child.try_wait().unwrap().is_some() {
                return false;
            }
            if self.answers() {
                self.child = Some(child);
                return true;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        let _ = child.kill();
        let _ = child.wait();
        false
    }

    fn answers(&self) -> bool {
        Connection::open(&self.administration()).is_ok_and(|mut connection| {
            connection.ask(&[b"PING"]).is_ok_and(|reply| reply.text() == Some("PONG"))
        })
    }

    /// Ends it with SIGKILL.
    pub(crate) fn kill(&mut self) {
        let mut child = self.child.take().unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
    }

    /// Loses all that it has written down. It must not run.
    pub(crate) fn forget(&self) {
        assert!(self.child.is_none(), "it still runs");
        fs::remove_dir_all(self.path("appendonlydir")).unwrap();
    }

    /// Stops it with SIGSTOP: it takes connections and answers nothing.
    pub(crate) fn stop(&self) {
        self.signal("STOP");
    }

    /// Has it go on.
    pub(crate) fn go_on(&self) {
        self.signal("CONT");
    }

    fn signal(&self, name: &str) {
        let pid = self.child.as_ref().unwrap().id();
        assert!(Command::new("sh").args(["-c", &format!("kill -{name} {pid}")]).status().unwrap().success());
    }

    /// Has it carry out a command, as one who may do everything.
    pub(crate) fn ask(&self, command: &[&str]) -> Reply {
        let mut connection = Connection::open(&self.administration()).unwrap();
        let command: Vec<&[u8]> = command.iter().map(|part| part.as_bytes()).collect();
        connection.ask(&command).unwrap()
    }

    /// All of its keys, sorted.
    pub(crate) fn keys(&self) -> Vec<String> {
        let reply = self.ask(&["KEYS", "*"]);
        let mut keys: Vec<String> =
            reply.list().unwrap().iter().map(|key| key.text().unwrap().to_owned()).collect();
        keys.sort();
        keys
    }

    /// Its key with this ending.
    #[track_caller]
    pub(crate) fn key(&self, ending: &str) -> String {
        self.keys().into_iter().find(|key| key.ends_with(ending)).unwrap()
    }

    /// The text of a value, whatever its type.
    pub(crate) fn value(&self, key: &str) -> Vec<u8> {
        fn texts(reply: &Reply) -> Vec<u8> {
            let list = reply.list().into_iter().flatten().flat_map(texts);
            reply.bytes().unwrap_or_default().iter().copied().chain(list).collect()
        }
        let is_hash = self.ask(&["TYPE", key]).text() == Some("hash");
        texts(&self.ask(&[if is_hash { "HGETALL" } else { "GET" }, key]))
    }

    /// All that it has written down.
    pub(crate) fn written(&self) -> Vec<u8> {
        let mut written = Vec::new();
        for entry in fs::read_dir(self.path("appendonlydir")).into_iter().flatten() {
            written.extend(fs::read(entry.unwrap().path()).unwrap());
        }
        written
    }

    /// Its own certificate's authority, in PEM.
    pub(crate) fn authority(&self) -> PathBuf {
        self.path("ca.crt")
    }

    /// Its address for everybody, by way of this port.
    pub(crate) fn address_at(&self, user: Option<&str>, port: u16) -> String {
        let scheme = if self.tls { "rediss" } else { "redis" };
        let user = user.map(|user| format!("{user}@")).unwrap_or_default();
        format!("{scheme}://{user}127.0.0.1:{port}/0")
    }

    /// Its address.
    pub(crate) fn address(&self) -> String {
        self.address_at(None, self.port)
    }

    /// The access of one who may do everything.
    fn administration(&self) -> Access {
        let has_user = self.options.iter().any(|line| line.starts_with("user admin"));
        let address = self.address_at(has_user.then_some("admin"), self.port);
        let password = has_user.then_some("any");
        access(&address, password, self.tls.then(|| fs::read(self.authority()).unwrap()))
    }

    fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    fn log(&self) -> String {
        fs::read_to_string(self.path("log")).unwrap_or_default()
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// The text of a file of keys.
pub(crate) fn key_of(byte: u8) -> String {
    STANDARD.encode([byte; 32])
}

/// The access to this address, with the keys of [`key_of`] 1.
pub(crate) fn access(address: &str, password: Option<&str>, authorities: Option<Vec<u8>>) -> Access {
    let keys = Keys::read(key_of(1).as_bytes()).unwrap();
    Access::new(Address::parse(address).unwrap(), password.map(Into::into), authorities, keys)
}

/// Writes the file of the keys into a home, and has each run use the store at this address.
pub(crate) fn share(home: &mut Home, address: &str) {
    let keys = key_file(&home.work(), 1);
    home.set("ZOOMTOK_STORE", address).set("ZOOMTOK_STORE_KEY_FILE", keys.to_str().unwrap());
}

/// A file of keys in a directory.
pub(crate) fn key_file(directory: &Path, byte: u8) -> PathBuf {
    let path = directory.join(format!("{byte}.key"));
    fs::write(&path, format!("{}\n", key_of(byte))).unwrap();
    crate::support::set_mode(&path, 0o600);
    path
}
