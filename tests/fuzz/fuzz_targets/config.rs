//! Configuration files.

#![no_main]

use libfuzzer_sys::fuzz_target;
use portico_fuzz::config::Config;

fuzz_target!(|text: &str| {
    if let Err(errors) = Config::parse(text, "fuzz.toml") {
        assert!(!errors.to_string().is_empty());
    }
});
