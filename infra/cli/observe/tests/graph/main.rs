//! The graph of a definition: where it places things, what it draws, and that
//! nothing in a definition makes it fail.
#![allow(clippy::unwrap_used, clippy::print_stdout, missing_docs)] // a test may; the count is for people

mod check;
mod definitions;
mod drawn;
mod generated;
mod read;
mod terminal;
