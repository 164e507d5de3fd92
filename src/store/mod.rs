//! The state table: running sessions, forgotten when they end.
