//! What listeners are made of: a socket tied to one interface and bound again when that is made anew, and
//! TLS with certificates that change while connections live. Who is let in, and what for, belongs to the edge
//! that opens the door.
//!
//! It stands at level 1, below the edges, because two of them have doors (`portal` one to each network of
//! people, `dashboard` one to the network of management) and edges do not import each other.

pub mod certificate;
pub mod listener;
pub mod tls;

use tokio::sync::watch;

/// Waits until it is time to stop, or until nobody could say so any more.
pub async fn stopped(mut stop: watch::Receiver<bool>) {
    let _ = stop.wait_for(|stop| *stop).await;
}
