//! A link in the place of `.env` that is laid anew.

use std::os::unix::fs::symlink;

use super::*;

/// A world whose `.env` is a link to the first of two files.
fn linked() -> (World<'static>, PathBuf, PathBuf) {
    let world = World::new("");
    let (mine, other) = (world.root.path().join("mine"), world.root.path().join("other"));
    put(&mine, CREDENTIALS);
    put(&other, CREDENTIALS);
    lay(&world.env_file(), &mine);
    (world, mine, other)
}

fn lay(link: &Path, target: &Path) {
    fs::remove_file(link).unwrap();
    symlink(target, link).unwrap();
}

#[test]
fn a_link_that_is_laid_anew_during_the_exchange_harms_no_file() {
    let (world, mine, other) = linked();
    let (link, target) = (world.env_file(), other.clone());
    put(&other, "OTHER=1\n");
    world.during(move || lay(&link, &target));
    world.get().unwrap();
    assert_eq!(fs::read_to_string(other).unwrap(), "OTHER=1\n");
    let text = fs::read_to_string(mine).unwrap();
    assert!(text.starts_with(CREDENTIALS) && text.contains("ZOOM_ACCESS_TOKEN=\"eyJ"), "{text}");
}

#[test]
fn a_link_that_is_laid_anew_while_one_waits_leads_to_another_lock() {
    let (world, mine, other) = linked();
    let ensure = || {
        lay(&world.env_file(), &mine);
        world.ensure_after(60, Unlike::None, || lay(&world.env_file(), &other))
    };
    let held = Lock::try_acquire(&other).unwrap().unwrap();
    let error = ensure().unwrap_err();
    assert!(matches!(error, Error::Busy { .. }), "{error}");
    assert_eq!(world.zoom.asked.get(), 0);
    drop(held);
    assert_eq!(ensure().unwrap().how, How::Fetched);
    assert_eq!(fs::read_to_string(mine).unwrap(), CREDENTIALS);
    assert!(fs::read_to_string(other).unwrap().contains("ZOOM_ACCESS_TOKEN=\"eyJ"));
}
