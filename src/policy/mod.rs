//! The policy: which tools may be called, with which arguments, how often. Pure: text in, decisions out.
//!
//! A policy is one JSON document. Its form is that of `PolicyLayer`'s public pages ("Writing policies"), so that a policy
//! written for that gateway holds here too.

mod check;
pub(crate) mod class;
mod condition;
pub(crate) mod convert;
pub mod counts;
mod document;
mod error;
mod fault;
pub(crate) mod file;
pub(crate) mod gate;
mod judge;
mod limit;
mod loose;
#[cfg(any(test, fuzzing))]
pub(crate) mod oracle;
mod parse;
mod path;
mod sense;
pub(crate) mod suggest;
mod written;

pub use check::{Against, Catalog};
pub use error::PolicyError;
pub use fault::PolicyFault;
pub use judge::{Allowed, BuiltIn, Judgement, Policy, Refusal};
pub use limit::{Charge, Window};

#[cfg(test)]
mod tests;
