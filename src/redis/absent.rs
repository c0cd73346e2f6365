//! A program without a client for the shared store: it says so.

use std::convert::Infallible;
use std::time::Duration;

use super::access::Access;
use super::reply::Reply;
use super::script::Script;
use crate::error::SharedError;

/// No connection to the shared store.
pub struct Connection(Infallible);

impl Connection {
    /// Makes none.
    ///
    /// # Errors
    ///
    /// [`SharedError::NotBuilt`].
    pub fn open(_: &Access) -> Result<Self, SharedError> {
        Err(SharedError::NotBuilt)
    }

    /// Is never asked.
    ///
    /// # Errors
    ///
    /// None.
    pub fn ask(&mut self, _: &[&[u8]]) -> Result<Reply, SharedError> {
        match self.0 {}
    }

    /// Is never asked.
    ///
    /// # Errors
    ///
    /// None.
    pub fn ask_within(&mut self, _: &[&[u8]], _: Duration) -> Result<Reply, SharedError> {
        match self.0 {}
    }

    /// Is never asked.
    ///
    /// # Errors
    ///
    /// None.
    pub fn run(&mut self, _: &Script, _: &[&[u8]], _: &[&[u8]]) -> Result<Reply, SharedError> {
        match self.0 {}
    }

    /// Is never asked.
    pub fn is_usable(&self) -> bool {
        match self.0 {}
    }

    /// Is never asked.
    pub fn is_open(&self) -> bool {
        match self.0 {}
    }

    /// Is never asked.
    pub fn address(&self) -> &str {
        match self.0 {}
    }
}
