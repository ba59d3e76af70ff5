//! The console of a fleet that runs: in a real browser, and over HTTP as nobody's
//! page would ask it.

#![allow(clippy::unwrap_used, reason = "helpers may do what tests may")]

mod browser;
mod given;
mod reading;
mod safety;
mod secrets;
