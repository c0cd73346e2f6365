//! The certificates that the environment names. The client reads the system's by itself, unless empty variables keep it
//! from finding them.

use std::ffi::{OsStr, OsString};
use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::Path;

use reqwest::{Certificate, ClientBuilder};
use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;

use crate::error::Error;

const FILE: &str = "SSL_CERT_FILE";
const DIRECTORIES: &str = "SSL_CERT_DIR";

/// The largest file of certificates that is read, in bytes. A file of all authorities has a quarter of a MiB.
const MOST: u64 = 16 * 1024 * 1024;

/// Makes a client trust the certificates that the environment of this process names, if any.
///
/// # Errors
///
/// [`Error::Setting`] where it names some and there are none.
pub(super) fn trust(builder: ClientBuilder) -> Result<ClientBuilder, Error> {
    let Some(named) = Named::of(|name| std::env::var_os(name)) else { return Ok(builder) };
    let certificates = named.read()?;
    // On other systems these variables alone decide what is trusted, as for OpenSSL.
    let beside_those_of_system = cfg!(any(windows, target_vendor = "apple"));
    Ok(if beside_those_of_system {
        builder.tls_certs_merge(certificates)
    } else {
        builder.tls_certs_only(certificates)
    })
}

/// The roots that the environment names.
#[derive(Debug, Default, PartialEq, Eq)]
struct Named {
    file: Option<OsString>,
    directories: Option<OsString>,
}

impl Named {
    /// None if no variable is set, or an empty one does no harm.
    fn of(variables: impl Fn(&str) -> Option<OsString>) -> Option<Self> {
        let set = [FILE, DIRECTORIES].map(&variables);
        let is_set = set.iter().any(Option::is_some);
        let [file, directories] = set.map(|value| value.filter(|value| !value.is_empty()));
        let is_named = file.is_some() || directories.is_some();
        (is_named || (is_set && SEARCHES_FILES)).then_some(Self { file, directories })
    }

    fn read(&self) -> Result<Vec<Certificate>, Error> {
        if *self == Self::default() {
            return Ok(certificates(&of_system()));
        }
        let mut found = Vec::new();
        if let Some(file) = &self.file {
            found = pem(Path::new(file)).map_err(|error| unusable(FILE, file, &error.to_string()))?;
            if found.is_empty() {
                return Err(unusable(FILE, file, "it holds no certificate"));
            }
        }
        if let Some(directories) = &self.directories {
            let mut last = None;
            for directory in std::env::split_paths(directories).filter(|path| !path.as_os_str().is_empty()) {
                match all(&directory) {
                    Ok(certificates) => found.extend(certificates),
                    Err(error) => last = Some(error),
                }
            }
            if found.is_empty() {
                let why = last.map_or_else(|| "it holds no certificate".into(), |error| error.to_string());
                return Err(unusable(DIRECTORIES, directories, &why));
            }
        }
        Ok(certificates(&found))
    }
}

/// Whether the client finds this system's certificates in files, by these variables.
const SEARCHES_FILES: bool = cfg!(all(unix, not(target_vendor = "apple")));

/// The system's certificates, which a client with empty variables would not find.
#[cfg(all(unix, not(target_vendor = "apple")))]
fn of_system() -> Vec<CertificateDer<'static>> {
    let places = openssl_probe::probe();
    let file = places.cert_file.and_then(|file| pem(&file).ok());
    let directories = places.cert_dir.iter().filter_map(|directory| all(directory).ok());
    file.into_iter().chain(directories).find(|found| !found.is_empty()).unwrap_or_default()
}

#[cfg(not(all(unix, not(target_vendor = "apple"))))]
fn of_system() -> Vec<CertificateDer<'static>> {
    Vec::new()
}

/// The certificates as the client takes them. A bundle may hold unreadable ones beside good ones.
fn certificates(found: &[CertificateDer<'static>]) -> Vec<Certificate> {
    let mut store = RootCertStore::empty();
    let good = found.iter().filter(|certificate| store.add((*certificate).clone()).is_ok());
    good.filter_map(|certificate| Certificate::from_der(certificate).ok()).collect()
}

/// The certificates of a file.
fn pem(path: &Path) -> io::Result<Vec<CertificateDer<'static>>> {
    // Opening alone has an effect on some devices.
    insist_regular(&fs::metadata(path)?)?;
    let mut options = File::options();
    options.read(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::custom_flags(
        &mut options,
        rustix::fs::OFlags::NONBLOCK.bits().cast_signed(),
    );
    let file = options.open(path)?;
    // The path may lead to another file by now.
    insist_regular(&file.metadata()?)?;
    let mut text = Vec::new();
    file.take(MOST).read_to_end(&mut text)?;
    Ok(CertificateDer::pem_slice_iter(&text).filter_map(Result::ok).collect())
}

fn insist_regular(metadata: &fs::Metadata) -> io::Result<()> {
    let refused = || io::Error::new(io::ErrorKind::InvalidInput, "it is not a regular file");
    metadata.is_file().then_some(()).ok_or_else(refused)
}

/// The certificates of the readable files in a directory.
fn all(directory: &Path) -> io::Result<Vec<CertificateDer<'static>>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(directory)? {
        found.extend(pem(&entry?.path()).unwrap_or_default());
    }
    found.sort_by(|one, other| one.as_ref().cmp(other.as_ref()));
    // Each is also there under the digest of its name.
    found.dedup();
    Ok(found)
}

fn unusable(name: &str, path: &OsStr, why: &str) -> Error {
    Error::Setting {
        name: name.into(),
        place: "set in the environment".into(),
        problem: format!("names {}, from which no certificate can be read: {why}", path.display()),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;
    use std::path::PathBuf;

    use super::*;
    use crate::error::Code;
    use crate::error::Diagnostic as _;

    /// A root of Let's Encrypt's.
    const PEM: &str = "-----BEGIN CERTIFICATE-----
MIICGzCCAaGgAwIBAgIQQdKd0XLq7qeAwSxs6S+HUjAKBggqhkjOPQQDAzBPMQsw
CQYDVQQGEwJVUzEpMCcGA1UEChMgSW50ZXJuZXQgU2VjdXJpdHkgUmVzZWFyY2gg
R3JvdXAxFTATBgNVBAMTDElTUkcgUm9vdCBYMjAeFw0yMDA5MDQwMDAwMDBaFw00
MDA5MTcxNjAwMDBaME8xCzAJBgNVBAYTAlVTMSkwJwYDVQQKEyBJbnRlcm5ldCBT
ZWN1cml0eSBSZXNlYXJjaCBHcm91cDEVMBMGA1UEAxMMSVNSRyBSb290IFgyMHYw
EAYHKoZIzj0CAQYFK4EEACIDYgAEzZvVn4CDCuwJSvMWSj5cz3es3mcFDR0HttwW
+1qLFNvicWDEukWVEYmO6gbf9yoWHKS5xcUy4APgHoIYOIvXRdgKam7mAHf7AlF9
ItgKbppbd9/w+kHsOdx1ymgHDB/qo0IwQDAOBgNVHQ8BAf8EBAMCAQYwDwYDVR0T
AQH/BAUwAwEB/zAdBgNVHQ4EFgQUfEKWrt5LSDv6kviejM9ti6lyN5UwCgYIKoZI
zj0EAwMDaAAwZQIwe3lORlCEwkSHRhtFcP9Ymd70/aTSVaYgLXTWNLxBo1BfASdW
tL4ndQavEi51mI38AjEAi/V3bNTIZargCyzuFJ0nN6T5U6VR5CmD1/iQMVtCnwr1
/q4AaOeMSQ+2b1tbFfLn
-----END CERTIFICATE-----
";

    fn put(path: &Path, text: &str) -> PathBuf {
        File::options().create_new(true).write(true).open(path).unwrap().write_all(text.as_bytes()).unwrap();
        path.to_owned()
    }

    fn named(file: Option<&Path>, directories: Option<&Path>) -> Option<Named> {
        Named::of(|name| match name {
            FILE => file.map(|path| path.as_os_str().to_owned()),
            _ => directories.map(|path| path.as_os_str().to_owned()),
        })
    }

    #[test]
    fn named_roots_are_read_and_an_empty_variable_counts_as_unset() {
        let root = tempfile::tempdir().unwrap();
        let at = |name: &str| root.path().join(name);
        let bad = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
        let good = put(&at("good.pem"), &format!("some words\n{bad}{PEM}"));
        let read = |file, directories| named(file, directories).unwrap().read().unwrap().len();
        assert_eq!(read(Some(&good), None), 1);
        assert_eq!(read(None, Some(root.path())), 1);
        let none = at("none");
        assert_eq!(read(Some(&good), Some(&none)), 1);
        let empty = Path::new("");
        assert_eq!(read(Some(empty), Some(root.path())), 1);
        let several = std::env::join_paths([at("none"), root.path().to_owned()]).unwrap();
        assert_eq!(read(None, Some(Path::new(&several))), 1);
        assert_eq!(named(None, None), None);
        assert_eq!(named(Some(empty), Some(empty)).is_some(), SEARCHES_FILES);
    }

    #[test]
    fn unusable_roots_are_named() {
        let root = tempfile::tempdir().unwrap();
        let at = |name: &str| root.path().join(name);
        let empty = put(&at("empty.pem"), "no certificate\n");
        fs::create_dir(at("directory")).unwrap();
        for (file, directories, why) in [
            (Some(at("none")), None, "SSL_CERT_FILE (set in the environment) names"),
            (Some(at("directory")), None, "it is not a regular file"),
            (Some(empty), None, "it holds no certificate"),
            (None, Some(at("none")), "SSL_CERT_DIR (set in the environment) names"),
            (None, Some(at("directory")), "it holds no certificate"),
        ] {
            let error = named(file.as_deref(), directories.as_deref()).unwrap().read().unwrap_err();
            let path = file.or(directories).unwrap();
            assert!(error.to_string().contains(why), "{error}");
            assert!(error.to_string().contains(path.to_str().unwrap()), "{error}");
            assert_eq!(error.code(), Code::Usage);
        }
    }
}
