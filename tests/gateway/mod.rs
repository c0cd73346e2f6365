//! The gateway before a stand-in server.

pub(crate) mod passing;
