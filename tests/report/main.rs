//! Exports, read by programs that nobody here wrote: LibreOffice and openpyxl for workbooks, a validator of
//! CSV on the Web, an RDF reader, checkers of PDF/UA and pdftotext.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test ends where the ground it stands on gives way"
)]

mod command;
mod command_audit;
mod command_ends;
mod gateway;
mod open_data;
mod page;
mod page_command;
mod pages;
mod register;
mod tables;
mod together;
mod town;
mod works;
mod world;
