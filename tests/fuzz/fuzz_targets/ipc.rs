//! Frames between the two processes, as either side decodes them.

#![no_main]

use libfuzzer_sys::fuzz_target;
use portico_fuzz::net::ipc::{Reply, Request};

fuzz_target!(|frame: &[u8]| {
    if let Ok(request) = postcard::from_bytes::<Request>(frame) {
        let bytes = postcard::to_stdvec(&request).expect("what was read can be written");
        assert_eq!(postcard::from_bytes::<Request>(&bytes).as_ref(), Ok(&request));
    }
    if let Ok(reply) = postcard::from_bytes::<Reply>(frame) {
        let bytes = postcard::to_stdvec(&reply).expect("what was read can be written");
        assert_eq!(postcard::from_bytes::<Reply>(&bytes).as_ref(), Ok(&reply));
    }
});
