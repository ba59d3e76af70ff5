//! The command `jit-runners` as people and programs meet it: the real binary,
//! its exit codes, its two streams, its signals, and what it leaves.

mod demo;
mod program;
mod refusals;
mod up;
