//! The command `jit-runners` as people and programs meet it: the real binary,
//! its exit codes, its two streams, its signals, and what it leaves.

#![allow(clippy::unwrap_used, reason = "helpers may do what tests may")]

mod cancel;
mod cost;
mod demo;
mod doctor;
mod faults;
mod fleet;
mod program;
mod reading;
mod reconciled;
mod redrive;
mod refusals;
mod smoke;
mod smoke_refusals;
mod up;
