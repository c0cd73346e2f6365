//! Logging in: a browser that comes back to this machine, an address that is pasted, a device, credentials that are typed.
//!
//! Storing a login, and making sure that it can be stored, is the keeper's affair. These parts are pure: the address of
//! Zoom's page (`authorize`), what comes back (`reply`, `pasted`), what the listener answers (`callback`), which kind of
//! login it is and what it lacks (`kind`), what Zoom's pages refuse (`refusal`), how a device polls (`device`).

mod answer;
mod authorize;
mod browser;
mod callback;
mod device;
mod error;
mod kind;
mod listener;
mod page;
mod pasted;
mod pkce;
mod refusal;
mod reply;
mod ssh;
mod terminal;
mod wait;

pub(crate) use answer::checked;
pub(crate) use authorize::Authorization;
pub(crate) use browser::{NoBrowser, open, openers};
pub(crate) use device::{Polls, Then};
pub(crate) use error::LoginError;
pub(crate) use kind::{Kind, Needed};
pub(crate) use listener::Listener;
pub(crate) use ssh::forward;
pub(crate) use terminal::Terminal;
pub(crate) use wait::until_allowed;
