//! Pictures of feeds: whatever decodes becomes a small JPEG.

#![no_main]

use libfuzzer_sys::fuzz_target;
use portico_fuzz::news::picture::{self, MOST_BYTES};

fuzz_target!(|bytes: &[u8]| {
    if let Ok(small) = picture::shrink(bytes) {
        assert!(small.bytes.len() <= MOST_BYTES);
        assert_eq!(picture::from_kept(small.bytes.clone()), Some(small));
    }
});
