//! Properties that hold for any input, one function for each kind of input: it takes bytes and panics if a property
//! fails.
//!
//! The property tests call them with proptest's inputs, the targets in `fuzz/` with libFuzzer's.

pub use crate::clients::oracle::claude_config;
pub use crate::mcp::gateway::message::oracle::gateway_message;
pub use crate::mcp::zoom::oracle::json_rpc;
pub use crate::policy::oracle::policy;
pub use crate::store::env::text::oracle::env_text;
pub use crate::token::oracle::jwt;
pub use crate::zoom::answer::oracle::token_answer;
pub use crate::zoom::api::answer::oracle::api_answer;

#[cfg(test)]
mod tests {
    use std::fs;
    use std::panic::catch_unwind;
    use std::path::PathBuf;

    type Oracle = fn(&[u8]);

    /// A seed is an input with which fuzzing started, or one that it found. Every target calls the function listed
    /// here.
    #[test]
    fn the_properties_hold_for_every_seed() {
        let targets: [(&str, Oracle); 8] = [
            ("api_answer", super::api_answer),
            ("claude_config", super::claude_config),
            ("env_text", super::env_text),
            ("gateway_message", super::gateway_message),
            ("json_rpc", super::json_rpc),
            ("jwt", super::jwt),
            ("policy", super::policy),
            ("token_answer", super::token_answer),
        ];
        let mut failed = Vec::new();
        for (target, holds) in targets {
            let seeds = fs::read_dir(format!("{}/fuzz/seeds/{target}", env!("CARGO_MANIFEST_DIR"))).unwrap();
            let source = format!("{}/fuzz/targets/{target}.rs", env!("CARGO_MANIFEST_DIR"));
            let call = format!("fuzz_target!(|data: &[u8]| zoomtok::oracles::{target}(data));");
            assert!(fs::read_to_string(source).unwrap().contains(&call), "{target}");
            let seeds: Vec<PathBuf> = seeds.map(|seed| seed.unwrap().path()).collect();
            assert!(!seeds.is_empty(), "{target}");
            failed.extend(seeds.into_iter().filter(|seed| {
                let bytes = fs::read(seed).unwrap();
                catch_unwind(|| holds(&bytes)).is_err()
            }));
        }
        assert!(failed.is_empty(), "{failed:#?}");
    }
}
