//! What holds the house together.
//!
//! The state machine's definition, the names in the code, the pictures and
//! tables in the docs and the imports between crates say the same thing in
//! different places. This crate reads all of them, so that its tests can say
//! which one is out of date.

pub mod definition;
pub mod picture;
pub mod repo;
