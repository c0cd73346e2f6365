//! Mutexes of values that stay whole when a thread panics.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// Locks, ignoring poison: for values of which every change is one step, so that a panic elsewhere leaves them whole.
pub(crate) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
