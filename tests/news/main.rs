//! The news service against a real HTTPS server that does everything a feed should not: whatever it
//! does, what was read last stays, and the log says so once.

mod conditional;
mod hostile;
mod server;
mod stand;
mod standing;
