//! A token in a Secret of Kubernetes: written by a watch, and read where it is mounted.

mod mounted;
mod secret;
