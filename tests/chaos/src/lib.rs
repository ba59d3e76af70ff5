//! The whole system in one thread and in virtual time, with everything going wrong.
//!
//! The place, GitHub's emulator, the functions and the containers are the ones that
//! the demo runs, connected without sockets and processes; the clock is tokio's,
//! paused. Whatever is random comes from a seed, so a run that fails can be had
//! again: same seed, same trace. Run one at a time in a current-thread runtime.

// The SDKs' futures nest deeper than the compiler's default.
#![recursion_limit = "256"]

pub mod backstage;
pub mod check;
pub mod container;
pub mod dice;
pub mod faults;
mod foreign;
pub mod functions;
pub mod matrix;
pub mod operator;
pub mod prompt;
mod run;
pub mod scenario;
pub mod stopper;
pub mod table;
pub mod time;
pub mod trace;
pub mod wire;
pub mod world;

pub use run::{Run, run, usual};
