//! What is asked of every language's file, and known answers of each.

mod answers;
mod files;
