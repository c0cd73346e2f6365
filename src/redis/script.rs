//! A script that a Redis runs as one step.

use std::sync::OnceLock;

use ring::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};

use super::keys::hexadecimal;

/// A script in Lua. Redis knows it by the SHA-1 of its text once it has run it.
#[derive(Debug)]
pub struct Script {
    pub(super) text: &'static str,
    name: OnceLock<String>,
}

impl Script {
    /// The script with this text.
    pub const fn new(text: &'static str) -> Self {
        Self { text, name: OnceLock::new() }
    }

    /// Its name for `EVALSHA`.
    pub(super) fn name(&self) -> &str {
        self.name
            .get_or_init(|| hexadecimal(digest(&SHA1_FOR_LEGACY_USE_ONLY, self.text.as_bytes()).as_ref()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_has_the_name_that_redis_gives_it() {
        // The example of the page about EVALSHA.
        assert_eq!(Script::new("return 1").name(), "e0e1f9fabfc9d4800c877a703b823ac0578ff8db");
    }
}
