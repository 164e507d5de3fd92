//! Gives memory back that a crowd has left behind.

use std::time::Duration;

/// Longest time that memory of a crowd that has gone stays with the process.
const EVERY: Duration = Duration::from_secs(20);

/// Gives unused memory back to the system now and then, as long as the runtime lives. Buffers of
/// connections and what is kept of a session are allocated in turns, so that the allocator of glibc by
/// itself gives back almost nothing after 500 visitors have gone.
pub(super) async fn keep_small() {
    let mut every = tokio::time::interval(EVERY);
    loop {
        every.tick().await;
        give_back();
    }
}

#[cfg(target_env = "gnu")]
fn give_back() {
    #[allow(unsafe_code, reason = "glibc offers no other way")]
    // SAFETY: takes the allocator's own locks, touches free memory alone (malloc_trim(3)).
    unsafe {
        libc::malloc_trim(0);
    }
}

/// Other allocators look after themselves.
#[cfg(not(target_env = "gnu"))]
const fn give_back() {}
