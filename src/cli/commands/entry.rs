//! The entry of a server in a client's configuration: what it is to say, and what a person is told of it.

pub(super) mod program;
pub(super) mod surroundings;
pub(super) mod told;
pub(super) mod wanted;
