//! The memory of this process in place of a file that it cannot write, by the key of a state directory.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard};

use super::memory::Memory;
use crate::mutex::locked;

static UNWRITTEN: Mutex<BTreeMap<String, Unwritten>> = Mutex::new(BTreeMap::new());

struct Unwritten {
    memory: Memory,
    /// Why it is not in the file; none where there is no place for one.
    problem: Option<String>,
}

fn unwritten() -> MutexGuard<'static, BTreeMap<String, Unwritten>> {
    // Each of them is put there in one step.
    locked(&UNWRITTEN)
}

pub(super) fn memory(key: &str) -> Option<Memory> {
    unwritten().get(key).map(|unwritten| unwritten.memory.clone())
}

pub(super) fn problem(key: &str) -> Option<String> {
    unwritten().get(key)?.problem.clone()
}

pub(super) fn keep(key: &str, memory: &Memory, problem: Option<String>) {
    unwritten().insert(key.to_owned(), Unwritten { memory: memory.clone(), problem });
}

/// Now that it is in the file.
pub(super) fn forget(key: &str) {
    unwritten().remove(key);
}
