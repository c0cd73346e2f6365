//! Locks of values that are whole whatever happens.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// Each of these values is written in one step, so a panic elsewhere leaves it whole.
pub(super) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
