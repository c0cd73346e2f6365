#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| zoomtok::oracles::gateway_message(data));
