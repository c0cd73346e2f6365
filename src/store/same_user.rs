//! Which `.env`s act for the same user of the same app. Zoom has one grant for each user and app: of two that are kept
//! apart, each login, and each refresh, logs the other one out.
//!
//! There is a small entry for each user of an app, by a digest of both, with the paths of the `.env`s that got a token for
//! it. Losing it costs a warning.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::env::file::EnvFile;
use super::identity::{Identity, digest};
use super::names::{ACCESS_TOKEN, REFRESH_TOKEN};
use super::state::{VERSION, Versioned};
use crate::error::Error;
use crate::files::{Tally, read_json};
use crate::token::Claims;

/// The directory of the entries.
const USERS: &str = "users";

/// No entry comes near this many bytes.
const LONGEST_USER_ENTRY: u64 = 1024 * 1024;

/// The most paths in an entry. Those that were noted first are forgotten first.
const MOST_SAME_USER: usize = 50;

/// An entry.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Entry {
    paths: Vec<PathBuf>,
}

/// The entry for the user and the app of a token; none where it does not say both.
fn entry(root: &Path, token: &str) -> Option<PathBuf> {
    let claims = Claims::read(token).ok()?;
    let key = digest(format!("{}\n{}", claims.client_id?, claims.user_id?).as_bytes());
    Some(root.join(USERS).join(key))
}

/// Takes note that a `.env` got this token for a user. While another process takes note, nothing is noted.
///
/// # Errors
///
/// [`Error::Store`], [`Error::Unreadable`].
pub(crate) fn note_user(root: &Path, of: &Identity, token: &str) -> Result<(), Error> {
    let Some(path) = entry(root, token) else { return Ok(()) };
    let Some(mut tally) = Tally::try_open(&path)? else { return Ok(()) };
    // One that cannot be understood is as good as none.
    let read = serde_json::from_slice::<Versioned<Entry>>(&tally.read()?).ok();
    let mut entry = read.filter(|read| read.version == VERSION).map(|read| read.content).unwrap_or_default();
    let own = of.path();
    if entry.paths.iter().any(|path| path == own) {
        return Ok(());
    }
    entry.paths.retain(|path| path.exists());
    entry.paths.push(own.to_owned());
    let surplus = entry.paths.len().saturating_sub(MOST_SAME_USER);
    entry.paths.drain(..surplus);
    let text = serde_json::to_vec(&Versioned { version: VERSION, content: entry }).map_err(|error| {
        Error::Other { action: "write who is logged in where".into(), source: error.into() }
    })?;
    tally.write(text)
}

/// The other `.env`s that hold a grant of the same user and app as this token, as far as they were noted and still do.
pub(crate) fn of_same_user(root: &Path, of: &Identity, token: &str) -> Vec<PathBuf> {
    let Some(own) = entry(root, token) else { return Vec::new() };
    let read = read_json::<Entry>(&own, VERSION, LONGEST_USER_ENTRY);
    let paths = read.ok().flatten().unwrap_or_default().paths;
    let holds = |path: &PathBuf| {
        let file = EnvFile::read(path, &[ACCESS_TOKEN, REFRESH_TOKEN]);
        file.is_ok_and(|file| {
            let theirs = file.get(ACCESS_TOKEN).and_then(|token| entry(root, &token.value));
            theirs.as_ref() == Some(&own) && file.get(REFRESH_TOKEN).is_some()
        })
    };
    paths.into_iter().filter(|path| path != of.path() && holds(path)).collect()
}

#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::io::Write as _;

    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;

    use super::*;

    fn token(client: &str, user: &str) -> String {
        let claims = format!(r#"{{"iss":"zm:cid:{client}","uid":"{user}"}}"#);
        format!("eyJh.{}.c2ln", URL_SAFE_NO_PAD.encode(claims))
    }

    struct World(tempfile::TempDir);

    impl World {
        /// Writes a `.env` with a token, and a refresh token where there is one.
        fn put(&self, name: &str, token: &str, refresh: &str) -> Identity {
            let path = self.0.path().join(name);
            let text = format!("ZOOM_ACCESS_TOKEN={token}\nZOOM_REFRESH_TOKEN={refresh}\n");
            let file = File::options().create(true).truncate(true).write(true).open(&path);
            file.unwrap().write_all(text.as_bytes()).unwrap();
            Identity::of_file(&path)
        }

        fn note(&self, of: &Identity, token: &str) {
            note_user(&self.0.path().join("state"), of, token).unwrap();
        }

        fn others(&self, of: &Identity, token: &str) -> Vec<String> {
            let others = of_same_user(&self.0.path().join("state"), of, token);
            others.iter().map(|path| path.file_name().unwrap().to_str().unwrap().to_owned()).collect()
        }
    }

    #[test]
    fn those_of_one_user_and_app_know_of_each_other_as_long_as_they_are() {
        let world = World(tempfile::tempdir().unwrap());
        let mine = token("app", "me");
        let [a, b] = ["a", "b"].map(|name| world.put(name, &mine, "r"));
        let others = [("c", token("app", "you")), ("d", token("other", "me")), ("e", "opaque".to_owned())];
        for (name, token) in &others {
            let of = world.put(name, token, "r");
            world.note(&of, token);
            assert_eq!(world.others(&of, token), [""; 0]);
        }
        world.note(&a, &mine);
        assert_eq!(world.others(&a, &mine), [""; 0]);
        world.note(&b, &mine);
        world.note(&b, &mine);
        assert_eq!((world.others(&a, &mine), world.others(&b, &mine)), (vec!["b".into()], vec!["a".into()]));
        // One that is logged out, or in as somebody else, or gone, is none any more.
        world.put("b", &mine, "");
        assert_eq!(world.others(&a, &mine), [""; 0]);
        world.put("b", &token("app", "you"), "r");
        assert_eq!(world.others(&a, &mine), [""; 0]);
        world.put("b", &mine, "r");
        assert_eq!(world.others(&a, &mine), ["b"]);
        std::fs::remove_file(world.0.path().join("b")).unwrap();
        assert_eq!(world.others(&a, &mine), [""; 0]);
    }

    #[test]
    fn an_entry_stays_small_and_holds_neither_token_nor_user() {
        let world = World(tempfile::tempdir().unwrap());
        let mine = token("the-app", "the-user");
        for number in 0..MOST_SAME_USER + 5 {
            let of = world.put(&format!("{number}.env"), &mine, "r");
            world.note(&of, &mine);
        }
        let last = Identity::of_file(&world.0.path().join("54.env"));
        assert_eq!(world.others(&last, &mine).len(), MOST_SAME_USER - 1);
        let path = entry(&world.0.path().join("state"), &mine).unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        for secret in ["the-app", "the-user", mine.as_str()] {
            assert!(!text.contains(secret) && !path.to_str().unwrap().contains(secret));
        }
        // An unreadable file is written anew.
        File::options().write(true).truncate(true).open(&path).unwrap().write_all(b"{").unwrap();
        assert_eq!(world.others(&last, &mine), [""; 0]);
        world.note(&last, &mine);
        assert!(std::fs::read_to_string(&path).unwrap().contains("54.env"));
    }
}
