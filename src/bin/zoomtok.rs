//! The `zoomtok` program.

fn main() {}
