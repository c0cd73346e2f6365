//! An API server of Kubernetes with Secrets and nothing else, over HTTPS on loopback, and the service account of a pod.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread::{self, JoinHandle};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use serde_json::{Map, Value, json};
use tempfile::TempDir;

use crate::support::{Home, certificates};

/// The namespace of the pod.
pub(crate) const NAMESPACE: &str = "team";

/// Its Secrets, and how it behaves.
#[derive(Default)]
pub(crate) struct Cluster {
    secrets: BTreeMap<String, Value>,
    version: u64,
    /// The token that it takes.
    token: String,
    /// The verbs that the service account may not use.
    pub(crate) forbidden: BTreeSet<&'static str>,
    /// The status of its next answers.
    pub(crate) broken: Option<u16>,
    /// How often somebody else sets the key `other` just before a write.
    pub(crate) meddling: u32,
    /// Each request: its verb, and the body.
    pub(crate) heard: Vec<(String, String)>,
}

/// It ends with its test.
pub(crate) struct ApiServer {
    directory: TempDir,
    address: SocketAddr,
    cluster: Arc<Mutex<Cluster>>,
    serving: Option<JoinHandle<()>>,
    ending: Arc<Mutex<bool>>,
    rotations: usize,
}

impl ApiServer {
    pub(crate) fn start() -> Self {
        let directory = tempfile::tempdir().unwrap();
        certificates::make(directory.path());
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let mut server = Self {
            directory,
            address: listener.local_addr().unwrap(),
            cluster: Arc::default(),
            serving: None,
            ending: Arc::default(),
            rotations: 0,
        };
        fs::create_dir(server.account()).unwrap();
        server.rotate();
        server.serve(listener);
        server
    }

    /// Where the service account is mounted.
    pub(crate) fn account(&self) -> PathBuf {
        self.directory.path().join("serviceaccount")
    }

    /// Runs in this home are those of a pod from now on.
    pub(crate) fn around(&self, home: &mut Home) {
        home.set("KUBERNETES_SERVICE_HOST", &self.address.ip().to_string());
        home.set("KUBERNETES_SERVICE_PORT", &self.address.port().to_string());
    }

    /// The service account has a new token, and the old one no longer counts.
    pub(crate) fn rotate(&mut self) {
        self.revoke();
        let authority = fs::read_to_string(self.directory.path().join("ca.crt")).unwrap();
        let token = self.cluster().token.clone();
        self.rotations += 1;
        let files = [("token", &*token), ("ca.crt", &authority), ("namespace", NAMESPACE)];
        mount(&self.account(), &files, self.rotations);
    }

    /// The token that the pod has no longer counts.
    pub(crate) fn revoke(&self) {
        let mut cluster = self.cluster();
        cluster.version += 1;
        cluster.token = format!("canary-of-the-service-account-{}", cluster.version);
    }

    /// The pod trusts somebody else than the authority of this server.
    pub(crate) fn distrust(&mut self) {
        let other = tempfile::tempdir().unwrap();
        certificates::make(other.path());
        fs::copy(other.path().join("ca.crt"), self.directory.path().join("ca.crt")).unwrap();
        self.rotate();
    }

    pub(crate) fn cluster(&self) -> MutexGuard<'_, Cluster> {
        self.cluster.lock().unwrap()
    }

    /// Makes a Secret with these keys.
    pub(crate) fn make(&self, name: &str, data: &[(&str, &str)]) {
        let encoded = data.iter().map(|(key, value)| ((*key).to_owned(), STANDARD.encode(value).into()));
        let data: Map<_, _> = encoded.collect();
        let secret = json!({ "kind": "Secret", "metadata": { "name": name }, "data": data });
        self.cluster().store(&format!("{NAMESPACE}/{name}"), secret);
    }

    /// A value of a Secret, decoded.
    pub(crate) fn value(&self, name: &str, key: &str) -> Option<String> {
        let cluster = self.cluster();
        let value = cluster.secrets.get(&format!("{NAMESPACE}/{name}"))?["data"][key].as_str()?;
        Some(String::from_utf8(STANDARD.decode(value).unwrap()).unwrap())
    }

    pub(crate) fn remove(&self, name: &str) {
        self.cluster().secrets.remove(&format!("{NAMESPACE}/{name}")).unwrap();
    }

    /// How often it was asked for something of this verb.
    pub(crate) fn heard(&self, verb: &str) -> usize {
        self.cluster().heard.iter().filter(|(heard, _)| heard == verb).count()
    }

    /// It goes away: nothing listens there.
    pub(crate) fn stop(&mut self) {
        *self.ending.lock().unwrap() = true;
        // It notices with the next connection.
        let _ = TcpStream::connect(self.address);
        self.serving.take().unwrap().join().unwrap();
        *self.ending.lock().unwrap() = false;
    }

    /// It is back, with what it knew.
    pub(crate) fn go_on(&mut self) {
        self.serve(TcpListener::bind(self.address).unwrap());
    }

    fn serve(&mut self, listener: TcpListener) {
        let path = |name: &str| self.directory.path().join(name);
        let chain = CertificateDer::pem_file_iter(path("server.crt")).unwrap().map(Result::unwrap).collect();
        let key = PrivateKeyDer::from_pem_file(path("server.key")).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
        let config = config.unwrap().with_no_client_auth().with_single_cert(chain, key).unwrap();
        let (config, cluster, ending) =
            (Arc::new(config), Arc::clone(&self.cluster), Arc::clone(&self.ending));
        self.serving = Some(thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                if *ending.lock().unwrap() {
                    break;
                }
                let tls = ServerConnection::new(Arc::clone(&config)).unwrap();
                // A client that does not trust it ends the connection.
                let _ = answer(&mut StreamOwned::new(tls, stream), &cluster);
            }
        }));
    }
}

impl Drop for ApiServer {
    fn drop(&mut self) {
        if self.serving.is_some() {
            self.stop();
        }
    }
}

impl Cluster {
    fn store(&mut self, place: &str, mut secret: Value) {
        self.version += 1;
        secret["metadata"]["resourceVersion"] = self.version.to_string().into();
        self.secrets.insert(place.to_owned(), secret);
    }

    /// Carries out a request of this verb about the Secret at a place.
    fn carry_out(&mut self, verb: &str, place: &str, body: &str) -> (u16, Value) {
        if let Some(status) = self.broken {
            return failure(status, "InternalError");
        }
        if self.forbidden.contains(verb) {
            return failure(403, "Forbidden");
        }
        if verb != "get" && self.meddling > 0 {
            self.meddling -= 1;
            let mut secret = self.secrets.get(place).cloned().unwrap_or(json!({ "data": {} }));
            secret["data"]["other"] = STANDARD.encode(self.meddling.to_string()).into();
            self.store(place, secret);
        }
        let present = self.secrets.get(place).cloned();
        match (verb, present) {
            ("get" | "patch", None) => failure(404, "NotFound"),
            ("create", Some(_)) => failure(409, "AlreadyExists"),
            ("get", Some(secret)) => (200, secret),
            ("patch", Some(mut secret)) => {
                let change: Value = serde_json::from_str(body).unwrap();
                let read = &change["metadata"]["resourceVersion"];
                if !read.is_null() && *read != secret["metadata"]["resourceVersion"] {
                    return failure(409, "Conflict");
                }
                merge(&mut secret, &change);
                self.store(place, secret);
                (200, self.secrets[place].clone())
            }
            (_, _) => {
                self.store(place, serde_json::from_str(body).unwrap());
                (201, self.secrets[place].clone())
            }
        }
    }
}

/// A refusal, whose message repeats more than anybody should show.
fn failure(status: u16, reason: &str) -> (u16, Value) {
    let message = "canary-of-a-message-that-repeats-what-was-sent";
    (status, json!({ "kind": "Status", "reason": reason, "message": message, "code": status }))
}

/// A merge patch (RFC 7386).
fn merge(target: &mut Value, change: &Value) {
    let Value::Object(change) = change else {
        *target = change.clone();
        return;
    };
    if !target.is_object() {
        *target = json!({});
    }
    for (key, value) in change {
        if value.is_null() {
            target.as_object_mut().unwrap().remove(key);
        } else {
            merge(&mut target[key], value);
        }
    }
}

/// Reads one request and answers it.
fn answer(stream: &mut StreamOwned<ServerConnection, TcpStream>, cluster: &Mutex<Cluster>) -> io::Result<()> {
    let mut reader = BufReader::new(&mut *stream);
    let mut first = String::new();
    reader.read_line(&mut first)?;
    let mut headers = BTreeMap::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let Some((name, value)) = line.trim_end().split_once(": ") else { break };
        headers.insert(name.to_ascii_lowercase(), value.to_owned());
    }
    let length = headers.get("content-length").map_or(0, |length| length.parse().unwrap());
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    let body = String::from_utf8(body).unwrap();
    let (method, path) = first.split_once(' ').ok_or(io::ErrorKind::UnexpectedEof)?;
    let path = path.split(' ').next().unwrap();
    let (status, json) = {
        let mut cluster = cluster.lock().unwrap();
        let content = headers.get("content-type").map(String::as_str);
        let place = path.strip_prefix("/api/v1/namespaces/").and_then(|rest| rest.split_once("/secrets"));
        let verb = match (method, place, content) {
            ("GET", Some((_, name)), None) if !name.is_empty() => Some("get"),
            ("POST", Some((_, "")), Some("application/json")) => Some("create"),
            ("PATCH", Some((_, name)), Some("application/merge-patch+json")) if !name.is_empty() => {
                Some("patch")
            }
            _ => None,
        };
        cluster.heard.push((verb.unwrap_or(method).to_owned(), body.clone()));
        match (verb, place) {
            _ if headers.get("authorization") != Some(&format!("Bearer {}", cluster.token)) => {
                failure(401, "Unauthorized")
            }
            (_, Some((namespace, _))) if namespace != NAMESPACE => failure(404, "NotFound"),
            (Some(verb), Some((namespace, name))) => {
                let sent: Value = serde_json::from_str(&body).unwrap_or_default();
                let named = sent["metadata"]["name"].as_str().unwrap_or_default();
                let name = if verb == "create" { named } else { &name[1..] };
                cluster.carry_out(verb, &format!("{namespace}/{name}"), &body)
            }
            _ => failure(400, "BadRequest"),
        }
    };
    let json = json.to_string();
    let length = json.len();
    write!(
        stream,
        "HTTP/1.1 {status} Made Up\r\ncontent-type: application/json\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{json}"
    )?;
    stream.conn.send_close_notify();
    stream.flush()
}

/// Mounts files as the kubelet does: `..data` leads to a directory of this round, and is exchanged in one step.
pub(crate) fn mount(directory: &Path, files: &[(&str, &str)], round: usize) {
    let round = format!("..2026_01_01_00_00_0{round}.1");
    fs::create_dir(directory.join(&round)).unwrap();
    for (name, text) in files {
        fs::write(directory.join(&round).join(name), text).unwrap();
    }
    let old = fs::read_link(directory.join("..data")).ok();
    symlink(&round, directory.join("..data_tmp")).unwrap();
    fs::rename(directory.join("..data_tmp"), directory.join("..data")).unwrap();
    for (name, _) in files {
        if !directory.join(name).is_symlink() {
            symlink(format!("..data/{name}"), directory.join(name)).unwrap();
        }
    }
    if let Some(old) = old {
        fs::remove_dir_all(directory.join(old)).unwrap();
    }
}
