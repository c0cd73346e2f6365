use std::collections::BTreeSet;
use std::fs::File;
use std::io::Write as _;
use std::os::unix::fs::symlink;

use super::*;

const A: &str = "aaaaaaaaaaaaaaaa";
const B: &str = "bbbbbbbbbbbbbbbb";
const OWN: &str = "0000000000000000";

#[test]
fn a_known_file_and_a_known_path_both_count_and_what_is_new_takes_after_the_other() {
    for (of_file, of_path, known, counted) in [
        // Neither is known: by its name.
        (None, None, (OWN, OWN), vec![OWN]),
        // A new name of a known file, as of a link, a mount, or in a renamed directory.
        (Some(A), None, (A, A), vec![A]),
        // A new file at a known path, as an editor leaves.
        (None, Some(A), (A, A), vec![A]),
        (None, Some(OWN), (OWN, OWN), vec![OWN]),
        (Some(A), Some(A), (A, A), vec![A]),
        // One laid over another, whichever came first.
        (Some(A), Some(B), (A, B), vec![A, B]),
        (Some(B), Some(A), (B, A), vec![A, B]),
        (Some(A), Some(OWN), (A, OWN), vec![OWN, A]),
    ] {
        let found = Found::new(of_file.map(str::to_owned), of_path.map(str::to_owned), OWN);
        assert_eq!((found.of_file.as_str(), found.of_path.as_str()), known, "{of_file:?} {of_path:?}");
        assert_eq!(found.keys().collect::<Vec<_>>(), counted, "{of_file:?} {of_path:?}");
    }
}

/// A state root, and `.env` files beside it.
struct World(tempfile::TempDir);

impl World {
    fn new() -> Self {
        let world = Self(tempfile::tempdir().unwrap());
        for directory in ["a", "b"] {
            fs::create_dir(world.path(directory)).unwrap();
        }
        world
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().canonicalize().unwrap().join(name)
    }

    /// A new file of this name, in the place of one that was there.
    fn put(&self, name: &str) -> PathBuf {
        let new = self.path("new");
        put(&new, b"A=1\n");
        fs::rename(new, self.path(name)).unwrap();
        self.path(name)
    }

    fn known(&self) -> KnownFiles {
        KnownFiles::new(&self.path("state/zoomtok"))
    }

    fn counts(&self, name: &str) -> BTreeSet<PathBuf> {
        self.at(name, now()).unwrap().into_iter().collect()
    }

    fn at(&self, name: &str, now: DateTime<Utc>) -> Result<Vec<PathBuf>, Error> {
        self.known().counts(&Identity::of_file(&self.path(name)), now).map(Option::unwrap)
    }

    /// Counts something in these.
    fn count(&self, name: &str) -> BTreeSet<PathBuf> {
        let counts = self.counts(name);
        for path in &counts {
            let tally = Tally::try_open(path).unwrap().unwrap();
            tally.note_kept().unwrap();
        }
        counts
    }

    fn entries(&self) -> usize {
        fs::read_dir(self.path("state/zoomtok/files")).unwrap().count()
    }
}

fn put(path: &Path, bytes: &[u8]) {
    File::options().create(true).truncate(true).write(true).open(path).unwrap().write_all(bytes).unwrap();
}

#[expect(clippy::disallowed_methods, reason = "the system dates the entries")]
fn now() -> DateTime<Utc> {
    Utc::now()
}

#[test]
fn a_file_is_known_under_each_of_its_names_and_a_copy_is_another_one() {
    let world = World::new();
    let env = world.put("a/.env");
    let counts = world.count("a/.env");
    assert_eq!(counts.len(), 1);
    assert!(counts.iter().all(|path| path.ends_with(format!("{}/policy-counts.json", key_of(&env)))));
    fs::hard_link(&env, world.path("b/.env")).unwrap();
    assert_eq!(world.counts("b/.env"), counts);
    // The path stays known with another file in it, and so does the file with another path.
    world.put("b/.env");
    assert_eq!(world.counts("b/.env"), counts);
    fs::rename(world.path("a"), world.path("c")).unwrap();
    assert_eq!(world.counts("c/.env"), counts);
    world.put("c/.env");
    assert_eq!(world.counts("c/.env"), counts);
    // Also where the old name has a file again.
    fs::create_dir(world.path("a")).unwrap();
    world.put("a/.env");
    assert_eq!(world.counts("a/.env"), counts);
    fs::create_dir(world.path("d")).unwrap();
    fs::copy(world.path("a/.env"), world.path("d/.env")).unwrap();
    assert_ne!(world.counts("d/.env"), counts);
}

#[test]
fn a_new_file_looked_up_under_two_names_at_once_has_the_same_counts() {
    for _ in 0..20 {
        let world = World::new();
        let env = world.put("a/.env");
        fs::hard_link(&env, world.path("b/.env")).unwrap();
        let look = |name: &str| {
            loop {
                if let Some(counts) =
                    world.known().counts(&Identity::of_file(&world.path(name)), now()).unwrap()
                {
                    return counts;
                }
            }
        };
        let found: BTreeSet<_> = std::thread::scope(|scope| {
            let names = ["a/.env", "b/.env"].into_iter().cycle().take(6);
            let looks: Vec<_> = names.map(|name| scope.spawn(move || look(name))).collect();
            looks.into_iter().flat_map(|look| look.join().unwrap()).collect()
        });
        assert_eq!(found.len(), 1, "{found:?}");
    }
}

#[test]
fn a_file_that_is_laid_over_another_counts_for_both() {
    let world = World::new();
    world.put("a/.env");
    world.put("b/.env");
    let (a, b) = (world.count("a/.env"), world.count("b/.env"));
    assert!(a.is_disjoint(&b));
    let both: BTreeSet<_> = a.union(&b).cloned().collect();
    fs::hard_link(world.path("a/.env"), world.path("new")).unwrap();
    fs::rename(world.path("new"), world.path("b/.env")).unwrap();
    assert_eq!(world.counts("b/.env"), both);
    assert_eq!(world.counts("b/.env"), both);
    assert_eq!(world.counts("a/.env"), a);
    // And a known one that is moved.
    world.put("b/.env");
    assert_eq!(world.counts("b/.env"), b);
    fs::rename(world.path("b/.env"), world.path("a/.env")).unwrap();
    assert_eq!(world.counts("a/.env"), both);
}

#[test]
fn the_replacement_of_a_known_file_is_known_before_anybody_looks_it_up() {
    let world = World::new();
    let known = world.known();
    let env = world.put("a/.env");
    let before = || fs::metadata(&env).unwrap();
    // Nothing is made for a `.env` for which nothing was counted.
    let old = before();
    world.put("a/.env");
    assert!(known.carry(Some(&old), &env).unwrap());
    assert!(!world.path("state").exists());
    let counts = world.counts("a/.env");
    // Under another name than the one it was counted by.
    let link = world.path("b/.env");
    fs::hard_link(&env, &link).unwrap();
    let old = before();
    world.put("b/.env");
    assert!(known.carry(Some(&old), &link).unwrap());
    fs::rename(world.path("b"), world.path("c")).unwrap();
    assert_eq!(world.counts("c/.env"), counts);
    // By its path, where an editor came in between, and where it was removed.
    world.count("a/.env");
    world.put("a/.env");
    for old in [Some(before()), None] {
        world.put("a/.env");
        assert!(known.carry(old.as_ref(), &env).unwrap());
        let moved = world.path("b");
        fs::create_dir(&moved).unwrap();
        fs::rename(&env, moved.join(".env")).unwrap();
        assert_eq!(world.counts("b/.env"), counts);
        fs::remove_dir_all(moved).unwrap();
        world.put("a/.env");
    }
}

#[test]
fn an_unreadable_entry_is_an_error_and_one_that_another_holds_is_waited_for() {
    let world = World::new();
    let env = world.put("a/.env");
    world.counts("a/.env");
    let entry = fs::read_dir(world.path("state/zoomtok/files")).unwrap().next().unwrap().unwrap().path();
    let held = Tally::try_open(&entry).unwrap().unwrap();
    assert!(world.known().counts(&Identity::of_file(&env), now()).unwrap().is_none());
    drop(held);
    for text in [
        "{",
        r#"{"version":9,"counts":"aaaaaaaaaaaaaaaa","path":""}"#,
        r#"{"version":1,"counts":"../../x","path":""}"#,
    ] {
        put(&entry, text.as_bytes());
        let error = world.at("a/.env", now()).unwrap_err().to_string();
        assert!(error.contains("this is not what zoomtok wrote there"), "{error}");
    }
    fs::remove_file(&entry).unwrap();
    symlink(world.path("a/.env"), &entry).unwrap();
    world.at("a/.env", now()).unwrap_err();
}

#[test]
fn only_what_is_gone_for_two_days_is_forgotten() {
    let world = World::new();
    world.put("a/.env");
    let counts = world.count("a/.env");
    fs::rename(world.path("a"), world.path("c")).unwrap();
    assert_eq!(world.counts("c/.env"), counts);
    // The file, and the path that is no other's.
    assert_eq!(world.entries(), 2);
    for _ in 0..3 {
        world.put("c/.env");
        world.counts("c/.env");
    }
    assert_eq!(world.entries(), 5);
    world.put("b/.env");
    world.at("b/.env", now() + TimeDelta::hours(47)).unwrap();
    assert_eq!(world.entries(), 6);
    world.at("b/.env", now() + TimeDelta::hours(49)).unwrap();
    assert_eq!(world.entries(), 3);
    assert_eq!(world.counts("c/.env"), counts);
    // Once the path is gone as well, it is forgotten too.
    fs::remove_dir_all(world.path("c")).unwrap();
    world.at("b/.env", now() + TimeDelta::hours(49)).unwrap();
    assert_eq!(world.entries(), 1);
}
